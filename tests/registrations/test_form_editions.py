"""The form of an edition in the memory of the process, and the queries of a registration."""

import time

import pytest
from django.http import Http404

from symposium.core import revision
from symposium.editions.models import Page
from symposium.registrations import form_editions
from symposium.registrations.form_editions import edition_with_form
from symposium.registrations.models import Category, Option, Registration
from tests.factories import (
    make_category,
    make_question,
    make_session,
    make_user,
    make_workshop,
    open_edition,
)
from tests.registrations.test_mail_texts import make_text
from tests.registrations.test_register import address, typed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("page_cache")]


@pytest.fixture
def edition():
    edition = open_edition("2030")
    make_category(edition, name_fr="Sur place", places=1)
    make_question(edition, ("Tram", "Train"), kind="choices", label_fr="Comment ?")
    return edition


def register(client, edition):
    client.force_login(make_user())
    question = edition.questions.get()
    answer = {f"question_{question.pk}": question.options.first().pk}
    return address(), typed(edition.categories.first(), **answer)


def test_registration_takes_fourteen_queries(client, edition, settings, django_assert_num_queries):
    """The revision, session, account, draft; locks, counts and five rows in one transaction."""
    settings.EMAIL_BACKEND = "symposium.core.mail.queue.QueueBackend"
    client.post(*register(client, edition))
    for count in (2, 4):
        for hour in range(count):
            make_workshop(edition, at=f"{8 + count + hour:02}:00")
            make_category(edition)
        client.post(*register(client, edition))
        form = register(client, edition)
        with django_assert_num_queries(14):  # two of them BEGIN and COMMIT
            assert client.post(*form).status_code == 302
    ranks = Registration.objects.waiting().values_list("queue_number", flat=True)
    assert list(ranks) == [1, 2, 3, 4]


def test_form_is_not_lost_while_the_revision_cannot_be_read(client, edition, monkeypatch):
    form = register(client, edition)
    monkeypatch.setattr(revision.REVISION, "retry_at", time.monotonic() + 60)
    assert client.post(*form).status_code == 302
    assert Registration.objects.count() == 1


WRITES = {
    "category": lambda edition: edition.categories.update(name_fr="Autre"),
    "new category": make_category,
    "question": lambda edition: edition.questions.update(label_fr="Autre ?"),
    "new question": make_question,
    "question deleted": lambda edition: edition.questions.all().delete(),
    "answer": lambda edition: Option.objects.update(label_fr="Autre"),
    "question of a category": lambda edition: edition.questions.get().categories.set(
        edition.categories.all()
    ),
    "email": make_text,
    "privacy": lambda edition: Page.objects.filter(slug=Page.PRIVACY).update(slug="droits"),
    "first session": lambda edition: make_session(edition, at="07:00"),
    "closing": lambda edition: type(edition).objects.update(registration_opens_at=None),
}


def said(edition) -> list:
    """Return all that the form and its e-mail read of an edition."""
    questions = [
        (one.label, [str(option) for option in one.options.all()], list(one.categories.all()))
        for one in edition.questions.all()
    ]
    return [
        [str(category) for category in edition.categories.all()],
        questions,
        [text.subject_en for text in edition.mail_texts.all()],
        edition.privacy_notice,
        edition.first_session_at,
        edition.registration_opens_at,
    ]


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_write_is_read_by_the_next_request(edition, write):
    before = said(edition_with_form("2030"))
    write(edition)
    after = said(edition_with_form("2030"))
    assert sum(one != other for one, other in zip(before, after, strict=True)) == 1


def test_second_request_reads_the_revision_only(edition, django_assert_num_queries):
    edition_with_form("2030")
    with django_assert_num_queries(1):
        said(edition_with_form("2030"))


def test_request_changes_its_own_copy_only(edition):
    edition_with_form("2030").name_fr = "Autre"
    assert edition_with_form("2030").name_fr == edition.name_fr


def test_unknown_edition_is_not_found_and_not_kept(edition):
    for _ in range(2):
        with pytest.raises(Http404):
            edition_with_form("1999")


def test_memory_is_bounded(monkeypatch):
    monkeypatch.setattr(form_editions, "MAX_EDITIONS", 2)
    for number in range(3):
        open_edition(str(2040 + number))
        edition_with_form(str(2040 + number))
    assert list(form_editions.KEPT) == ["2042"]


def test_full_category_is_counted_in_its_rows_not_in_memory(client, edition):
    """Places change by the desk while the form is in memory."""
    client.post(*register(client, edition))
    Category.objects.update(places=2)
    for _ in range(2):
        client.post(*register(client, edition))
    states = Registration.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["confirmed", "confirmed", "waiting"]
