"""Fictional registrations of an edition of the demonstration, the same at every run.

The rows are written directly, as by an import: nobody gets an e-mail, and the dates lie in the
past. All later changes go through `places.py`.
"""

import datetime
import random
from collections.abc import Iterator

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from symposium.accounts.models import User
from symposium.demo import data
from symposium.editions.models import Edition
from symposium.registrations.models import (
    Booking,
    Category,
    CheckIn,
    Option,
    Question,
    Registration,
    Reminder,
    StateChange,
)
from symposium.registrations.models.registrations import State

EXTRA_KEYS = ("share", "full")  # keys of a category in the file that are not model fields


def load(edition: Edition, at: datetime.datetime | None = None) -> None:
    """Make the categories and questions of an edition; in a demonstration, registrations too."""
    table = data.table("attendance")
    categories = [
        Category.objects.create(edition=edition, order=order, **data.fields(entry, *EXTRA_KEYS))
        for order, entry in enumerate(table["category"])
    ]
    for order, entry in enumerate(table["question"]):
        make_question(edition, entry, order, categories)
    if settings.DEMO:
        add_people(edition, categories, at or timezone.now())


def add_people(edition: Edition, categories: list[Category], at: datetime.datetime) -> None:
    chance = random.Random(edition.slug)  # noqa: S311 (the seed gives the same people at every run)
    registrations = list(make_registrations(edition, categories, chance, at))
    Registration.objects.bulk_create(registrations)
    StateChange.objects.bulk_create(
        StateChange(registration=one, state=one.state, at=one.created_at) for one in registrations
    )
    book(edition, registrations, chance)
    if edition.phase(at) == "after":
        check_in(edition, registrations, chance)
    Reminder.objects.bulk_create(
        Reminder(registration=registration, kind=kind)
        for registration in registrations
        for kind in Reminder.Kind
    )


def make_question(edition: Edition, entry: dict, order: int, categories: list[Category]) -> None:
    own = data.fields(entry, "options", "categories")
    question = Question.objects.create(edition=edition, order=order, **own)
    question.categories.set(categories[number] for number in entry.get("categories", []))
    for place, label in enumerate(entry.get("options", [])):
        Option.objects.create(question=question, order=place, **data.fields({"label": label}))


def make_registrations(
    edition: Edition, categories: list[Category], chance: random.Random, at: datetime.datetime
) -> Iterator[Registration]:
    """Yield registrations of each category, made in the month before the symposium or `at`."""
    last = min(at, edition.period.lower)
    for category, entry in zip(categories, data.table("attendance")["category"], strict=True):
        for number in range(entry["share"]):
            share_of_month = 1 - number / entry["share"]
            moment = last - datetime.timedelta(days=30 * share_of_month + chance.random())
            yield make_registration(edition, category, number, chance, moment)


def make_registration(
    edition: Edition,
    category: Category,
    number: int,
    chance: random.Random,
    moment: datetime.datetime,
) -> Registration:
    table = data.table("attendance")["people"]
    given, family = chance.choice(table["given"]), chance.choice(table["family"])
    in_arabic = "ar" in given and chance.random() < 0.6
    state = state_of(category, number)
    return Registration(
        edition=edition,
        user=account(f"{edition.slug}.{category.order}.{number}@example.org", chance),
        category=category,
        state=state,
        queue_number=number if state == State.WAITING else None,
        given_name=given["fr"],
        family_name=family["fr"],
        given_name_ar=given["ar"] if in_arabic else "",
        family_name_ar=family["ar"] if in_arabic else "",
        affiliation=chance.choice(table["affiliations"]),
        role=chance.choice(Registration.Role.values),
        country=chance.choice(table["countries"]),
        is_listed=chance.random() < 0.3,
        created_at=moment,
        consented_at=moment,
    )


def state_of(category: Category, number: int) -> State:
    if category.places is not None and number >= category.places:
        return State.WAITING
    return State.PENDING if category.needs_approval and number == 0 else State.CONFIRMED


def account(email: str, chance: random.Random) -> User:
    language = chance.choice(["fr", "fr", "ar", "en"])
    defaults = {"language": language, "password": make_password(None)}
    return User.objects.get_or_create(email=email, defaults=defaults)[0]


def book(edition: Edition, registrations: list[Registration], chance: random.Random) -> None:
    """Book a seat in one workshop for some of the attendees; one each, so that none overlap."""
    workshops = list(edition.sessions.with_places().order_by("pk"))
    on_site = [one for one in registrations if one.is_confirmed and one.category.on_site]
    seats = {workshop.pk: 0 for workshop in workshops}
    bookings = []
    for registration in on_site:
        workshop = chance.choice([*workshops, None])
        if workshop and seats[workshop.pk] < workshop.places:
            seats[workshop.pk] += 1
            bookings.append(
                Booking(
                    edition=edition,
                    registration=registration,
                    session=workshop,
                    state=State.CONFIRMED,
                    notified_sequence=workshop.sequence,
                    created_at=registration.created_at,
                )
            )
    Booking.objects.bulk_create(bookings)


def check_in(edition: Edition, registrations: list[Registration], chance: random.Random) -> None:
    """Check in 85 % of the expected attendees each day, mostly before the first session."""
    expected = [one for one in registrations if one.is_confirmed and one.category.on_site]
    CheckIn.objects.bulk_create(
        CheckIn(
            edition=edition,
            registration=registration,
            day=day,
            scanned_at=arrived,
            recorded_at=arrived,
        )
        for day in edition.days
        for registration in expected
        if chance.random() < 0.85
        for arrived in [arrival(edition, day, chance)]
    )


def arrival(edition: Edition, day: datetime.date, chance: random.Random) -> datetime.datetime:
    opens = datetime.datetime.combine(day, datetime.time(8, 15), edition.zone)
    return opens + datetime.timedelta(minutes=chance.triangular(0, 150, 40))
