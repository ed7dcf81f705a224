"""Mail attachments, made by the worker when the mail leaves, in the language of the account."""

import pytest
from django.core import mail
from icalendar import Calendar

from symposium.core.mail import queue
from symposium.registrations import notices, places
from symposium.registrations.documents import certificates
from symposium.registrations.documents.attachments import ATTACHMENTS
from tests.factories import (
    make_booking,
    make_category,
    make_registration,
    make_user,
    make_workshop,
    open_edition,
)
from tests.helpers import pdf_files
from tests.helpers.check_ins import make_attendee, make_check_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _outbox(settings):
    settings.EMAIL_BACKEND = "symposium.core.mail.queue.QueueBackend"
    settings.MAIL_TRANSPORT = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def edition():
    return open_edition(slug="2031", name_fr="Villes", name_ar="مدن")


def sent() -> list:
    queue.send_due(ATTACHMENTS)
    return mail.outbox


def language_of(file: bytes) -> str:
    with pdf_files.opened(file) as document:
        return str(document.Root.Lang)


def files(message) -> dict[str, tuple]:
    return {name: (content, kind) for name, content, kind in message.attachments}


def test_confirmation_mail_has_ticket_and_calendar(edition):
    user = make_user(language="ar")
    registration = make_registration(make_category(edition), user=user)
    make_booking(registration, make_workshop(edition, title_fr="Atelier", title_ar="ورشة"))
    confirmation = sent()[0]
    attached = files(confirmation)
    assert (confirmation.to, list(attached)) == ([user.email], ["ticket-2031.pdf", "2031.ics"])
    content, kind = attached["ticket-2031.pdf"]
    assert (kind, language_of(content)) == ("application/pdf", "ar")
    content, kind = attached["2031.ics"]
    [event] = Calendar.from_ical(content).events
    assert (kind, str(event["summary"])) == ("text/calendar", "ورشة")


def test_enclosures_reflect_the_state_at_sending(edition):
    registration = make_registration(make_category(edition))
    places.cancel(registration)
    assert [files(message) for message in sent()] == [{}, {}]


def test_online_registration_has_no_ticket(edition):
    category = make_category(edition, on_site=False, online_access=True)
    registration = make_registration(category)
    assert ATTACHMENTS["ticket"](registration.code) is None
    assert [list(files(message)) for message in sent()] == [["2031.ics"]]


def test_certificate_mail_has_its_pdf():
    registration = make_attendee(user=make_user(language="en"))
    make_check_in(registration)
    notices.certificate_ready(certificates.issue(registration))
    [after] = sent()
    [(name, content, kind)] = after.attachments
    assert (name, kind) == ("certificate-2021.pdf", "application/pdf")
    assert language_of(content) == "en"


def test_certificate_of_a_cancelled_registration_is_not_enclosed():
    registration = make_attendee()
    make_check_in(registration)
    certificates.issue(registration)
    places.cancel(registration)
    assert ATTACHMENTS["certificate"](registration.code) is None


@pytest.mark.parametrize("kind", ATTACHMENTS)
def test_unknown_code_attaches_nothing(kind):
    assert ATTACHMENTS[kind]("7K4Q2M9XTB") is None


def test_mail_message_contains_complete_files(edition):
    registration = make_registration(make_category(edition))
    [message] = sent()
    parts = {part.get_filename(): part for part in message.message().walk()}
    calendar = parts["2031.ics"].get_payload(decode=True)
    assert [str(event["uid"]) for event in Calendar.from_ical(calendar).events] == [
        "edition-2031@testserver"
    ]
    ticket = parts["ticket-2031.pdf"].get_payload(decode=True)
    assert pdf_files.scanned(pdf_files.pictures(ticket)[0]) == [registration.code]
