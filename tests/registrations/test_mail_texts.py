"""Texts of the organisers in the e-mails that everybody gets."""

import datetime
from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone, translation

from symposium.registrations import notices
from symposium.registrations.models import Certificate, MailText
from symposium.registrations.models.organiser_texts import filled
from tests.factories import (
    make_booking,
    make_category,
    make_organiser,
    make_registration,
    make_user,
    make_workshop,
    open_edition,
)
from tests.helpers.admin_forms import admin_url, save
from tests.helpers.database_errors import refused_by
from tests.helpers.page_html import texts, tree

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    return open_edition("2027", name_en="Fair", name_fr="Foire")


def make_text(edition, kind=MailText.Kind.PENDING, **fields) -> MailText:
    fields = fields or {"subject_en": "Thank you, {name}", "body_en": "Request: {category}."}
    return MailText.objects.create(edition=edition, kind=kind, **fields)


def mail_to(edition, outbox, language: str = "en", send=notices.registered, **fields):
    user = make_user(language=language)
    category = make_category(edition, needs_approval=True, name_en="Students", name_fr="Étudiants")
    registration = make_registration(category, user=user, state="pending", **fields)
    send(registration)
    return outbox[-1]


def test_own_words_replace_the_standard_ones(edition, mailoutbox):
    make_text(edition)
    mail = mail_to(edition, mailoutbox, given_name="Amal", family_name="Alaoui")
    assert mail.subject == "Thank you, Amal Alaoui"
    assert mail.body.split("\n\n")[:2] == ["Hello Amal Alaoui,", "Request: Students."]


def test_language_left_blank_has_the_standard_words(edition, mailoutbox):
    make_text(edition)
    assert mail_to(edition, mailoutbox, "fr").subject.startswith("Nous avons")


def test_other_kinds_keep_the_standard_words(edition, mailoutbox):
    make_text(edition, MailText.Kind.WAITING)
    assert mail_to(edition, mailoutbox).subject.startswith("We’ve received your request")


def offered(holder) -> None:
    holder.offer_expires_at = timezone.now() + datetime.timedelta(hours=1)
    notices.offered(holder)


# What sends each kind of e-mail: functions of a confirmed registration, or of a booking.
ABOUT_REGISTRATION = {
    "confirmed": notices.confirmed,
    "refused": notices.refused,
    "category_changed": notices.category_changed,
    "offered": offered,
    "offer_expired": notices.offer_expired,
    "cancelled": partial(notices.cancelled, was_confirmed=True, by_organiser=True),
    "withdrawn": partial(notices.cancelled, was_confirmed=True, by_organiser=False),
    "session_changed": lambda registration: notices.booked_sessions_changed(registration, []),
    "reminder": partial(notices.reminder, tomorrow=True),
    "certificate_ready": lambda registration: notices.certificate_ready(
        Certificate.objects.create(
            registration=registration, days=[registration.edition.starts_on], minutes=60
        )
    ),
}
ABOUT_SEAT = {
    "booked": notices.booked,
    "seat_waiting": notices.booked,
    "seat_offered": offered,
    "seat_expired": notices.offer_expired,
}


def test_every_kind_is_sent_below():
    assert {*ABOUT_REGISTRATION, *ABOUT_SEAT, "pending", "waiting"} == {*MailText.Kind.values}


def make_full_text(edition, kind: str) -> None:
    """Create a text with every placeholder of its kind."""
    names = " / ".join(f"{{{name}}}" for name in MailText.PLACEHOLDERS[kind])
    make_text(edition, kind, subject_en=f"Own {kind}", body_en=f"All: {names}")


@pytest.mark.parametrize("kind", ABOUT_REGISTRATION)
def test_own_words_of_each_email_about_a_registration(edition, mailoutbox, kind):
    registration = make_registration(make_category(edition), user=make_user(language="en"))
    make_full_text(edition, kind)
    ABOUT_REGISTRATION[kind](registration)
    mail = mailoutbox[-1]
    assert mail.subject == f"Own {kind}"
    assert "{" not in mail.body
    assert "All: Salma" in mail.body
    assert ("by" in mail.body and "Reply" in mail.body) == (kind == "offered")


@pytest.mark.parametrize("kind", ABOUT_SEAT)
def test_own_words_of_each_email_about_a_seat(edition, mailoutbox, kind):
    workshop = make_workshop(edition, title_en="Maps", places=0 if kind == "seat_waiting" else 1)
    registration = make_registration(make_category(edition), user=make_user(language="en"))
    booking = make_booking(registration, workshop)
    make_full_text(edition, kind)
    ABOUT_SEAT[kind](booking)
    mail = mailoutbox[-1]
    assert mail.subject == f"Own {kind}"
    assert "{" not in mail.body
    assert "Maps" in mail.body


def test_ticket_stays_in_a_confirmation(edition, mailoutbox):
    make_text(edition, MailText.Kind.CONFIRMED, subject_en="Welcome", body_en="Code: {code}")
    mail = mail_to(edition, mailoutbox, send=notices.confirmed)
    code = mail.body.split("\n\n")[1]
    assert code.startswith("Code: ")
    html = mail.alternatives[0][0]
    assert 'class="qr"' in html
    assert 'class="cards"' in html


@pytest.mark.parametrize("name", ["{{ code }}", "{code}", "{% now 'Y' %}", "<b>Amal</b>"])
def test_text_that_people_typed_is_never_a_template(edition, mailoutbox, name):
    make_text(edition, subject_en="Hello", body_en="For {name}")
    mail = mail_to(edition, mailoutbox, given_name=name, family_name="A")
    assert mail.body.split("\n\n")[1] == f"For {name} A"
    assert "<b>" not in mail.alternatives[0][0].replace('<td class="brand"><b>', "")


def test_name_does_not_become_a_link(edition, mailoutbox):
    make_text(edition, subject_en="Hello", body_en="For {name}: see https://example.org/a")
    html = mail_to(edition, mailoutbox, given_name="evil.example", family_name="A").alternatives[0][
        0
    ]
    assert 'href="https://example.org/a"' in html
    assert "evil.example" not in html


def test_values_are_not_read_again():
    assert filled("{name} {x}", {"name": "{code}", "code": "1"}) == "{code} {x}"


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"subject_en": "x", "body_en": "Your {ticket}"},
         {"body_en": ["{ticket} can’t stand in this text. Use one of these: ⁦{name}⁩ "
                      "⁦{symposium}⁩ ⁦{dates}⁩ ⁦{place}⁩ ⁦{category}⁩ ⁦{link}⁩."]}),
        ({"subject_en": "x", "body_en": "x", "body_fr": "x"},
         {"subject_fr": ["Enter both the subject and the text in this language."]}),
    ],
)  # fmt: skip
def test_bad_text_is_refused_with_a_sentence(edition, fields, fault):
    text = MailText(edition=edition, kind="pending", **fields)
    with pytest.raises(ValidationError) as caught:
        text.clean()
    with translation.override("en"):
        assert caught.value.message_dict == fault


def test_email_has_one_text_per_edition(edition):
    make_text(edition)
    with refused_by("mail_texts_once"), transaction.atomic():
        make_text(edition)


def test_organisers_see_what_they_write(client, edition):
    client.force_login(make_organiser(language="en"))
    text = make_text(edition)
    page = tree(client.get(admin_url(text)))
    shown = texts(page, "//div[contains(@class, 'field-preview')]//strong")
    assert shown == ["Thank you, Salma Boussole"]
    standard = texts(page, "//div[contains(@class, 'field-standard')]//strong")
    assert standard == ["We’ve received your request: Fair 2027"]


def test_unknown_placeholder_is_refused_in_the_form(client, edition):
    client.force_login(make_organiser(language="en"))
    text = make_text(edition)
    response = save(client, admin_url(text), body_en="{nom}")
    assert response.status_code == 200
    text.refresh_from_db()
    assert text.body_en == "Request: {category}."
