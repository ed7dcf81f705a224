"""Texts that people type about themselves are stored as typed, or refused with a message."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from symposium.core import validators
from symposium.core.mail.models import Email
from symposium.registrations import places
from symposium.registrations.models import Registration
from tests.factories import (
    build_registration,
    make_category,
    make_invitation,
    make_registration,
    make_user,
    make_workshop,
    open_edition,
)
from tests.helpers.database_errors import faults

KEPT = [
    "O'Brien",
    "=1+1",
    "+1+1|cmd",
    "{{7*7}}",
    "{% include 'manage.py' %}",
    "{user.password}",
    "%s %(name)s",
    "<img onerror=x>",
    "</p><script>alert(1)</script>",
    "evil.com",
    "javascript:alert(1)",
    "Bcc: eve",
    "N’Diaye-Łukasz, Ph.D.",
    "عبد الرحمن",
    "李 小龍",
    "a\u0301",
    "می\u200cخواهم",
    "$(id) `id` ;--",
]
HIDDEN = "Enter this on one line, with no hidden characters."
ADDRESS = "Enter a name, with no web or email address."
REFUSED = [
    ("http://evil", ADDRESS),
    ("Salma www.evil.com", ADDRESS),
    ("salma@evil.com", ADDRESS),
    ("Salma\r\nBcc: eve", HIDDEN),
    ("Salma\nMédina", HIDDEN),
    ("Salma\rMédina", HIDDEN),
    ("Salma\x00", HIDDEN),
    ("Salma\x85", HIDDEN),
    ("Salma\ufffe", HIDDEN),
    ("\uffffSalma", HIDDEN),
    ("Salma\u2028Médina", HIDDEN),
    ("\u202egnp.exe", HIDDEN),
    ("Salma\u2066", HIDDEN),
    ("Salma\u200f", HIDDEN),
]
NAMES = ["given_name", "family_name", "given_name_ar", "family_name_ar", "affiliation"]


def complaint(validate, text):
    with translation.override("en"):
        try:
            validate(text)
        except ValidationError as error:
            return error.messages
    return []


@pytest.mark.parametrize("text", KEPT)
def test_unusual_name_is_accepted_unchanged(text):
    assert complaint(validators.validate_name, text) == []
    assert validators.one_line(text) == text


@pytest.mark.parametrize(("text", "sentence"), [*REFUSED, ("Salma\ud800", HIDDEN)])
def test_invalid_name_is_refused_with_a_message(text, sentence):
    assert complaint(validators.validate_name, text) == [sentence]


def test_single_line_text_may_contain_an_address():
    assert complaint(validators.validate_line, "http://example.org salma@example.org") == []


@pytest.mark.parametrize(("text", "line"), [
    ("  Salma \n Médina\t", "Salma Médina"), ("\u202eSalma\u200f\u2069", "Salma"), ("\r\n", ""),
])  # fmt: skip
def test_one_line_normalises_text(text, line):
    assert validators.one_line(text) == line


# Registrations

LONG = ("é" * 10_000, "Ensure this value has at most {} characters (it has 10000).")


@pytest.mark.django_db
@pytest.mark.parametrize("field", NAMES)
def test_registration_refuses_invalid_text_on_its_field(field):
    category = make_category()
    longest = Registration._meta.get_field(field).max_length
    for text, sentence in [*REFUSED, LONG]:
        registration = build_registration(category, state="pending", **{field: text})
        assert faults(registration) == {field: [sentence.format(longest)]}
        with pytest.raises(ValidationError):
            places.register(registration)
    assert Registration.objects.count() == 0


# Mails


@pytest.fixture
def outbox(settings, db):
    settings.EMAIL_BACKEND = "symposium.core.mail.queue.QueueBackend"


@pytest.mark.usefixtures("outbox")
@pytest.mark.parametrize("text", KEPT)
def test_mails_show_hostile_text_without_acting_on_it(text):
    """The text reads as typed, and no part of it becomes a header, a link or a tag."""
    edition = open_edition(contact_email="contact@example.org", offer_hours=1)
    category = make_category(edition, places=1, name_fr=text[:80])
    workshop = make_workshop(edition, places=1, title_fr=text)
    people = [
        make_registration(category, sessions=[workshop], **dict.fromkeys(NAMES, text))
        for _ in range(3)
    ]
    kept = Registration.objects.values_list(*NAMES)
    assert set(kept) == {(text,) * len(NAMES)}
    places.cancel(people[0], by=make_user(), reason=text)
    places.accept(people[1])
    places.refuse(people[2], by=make_user(), reason=f"{text}\n{text}")
    for email in Email.objects.all():
        assert spoken(email.text).count(text) >= 1
        assert HTML_TAG.findall(email.html) == []
        contact = "mailto:contact@example.org"
        assert set(LINK.findall(email.html)) <= {"http://testserver", contact, *ours(people)}
        assert email.subject == re.sub(r"[ \t\r\n]+", " ", email.subject)  # one line
        assert set(email.headers) == {"Auto-Submitted", "Reply-To", "Message-ID"}
        assert email.to in [person.user.email for person in people]
    assert Email.objects.count() == 7


# Every tag that loads or runs something, other than the picture of the QR code.
HTML_TAG = re.compile(r'<(?:img(?! src="cid:)|script|iframe|form)\b', re.IGNORECASE)
LINK = re.compile(r'href="([^"]*)"')


def ours(people):
    return [f"http://testserver/fr/my/{person.code}/" for person in people]


def spoken(body):
    """Return the body without the word joiners that keep mail programs from making links."""
    return body.replace("\u2060", "")


@pytest.mark.django_db
def test_invitation_refuses_an_invalid_name():
    invitation = make_invitation()
    invitation.name = "http://evil"
    assert complaint(lambda _: invitation.full_clean(), "") == [ADDRESS]
