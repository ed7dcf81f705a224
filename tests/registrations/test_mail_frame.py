"""The frame of all mails: valid HTML, a text part that says as much, the QR code, the sender."""

import datetime
import io

import html5lib
import pytest
from django.core import mail
from django.utils import timezone
from PIL import Image

from symposium.core.mail import queue
from symposium.core.mail.models import Email
from symposium.editions.models import Edition
from symposium.privacy import erasure
from symposium.registrations import notices, places
from symposium.registrations.documents.attachments import ATTACHMENTS
from symposium.registrations.models import Certificate
from symposium.sessions.changes import changes_since_sequence
from symposium.sessions.models import Session
from tests.factories import (
    make_booking,
    make_category,
    make_invitation,
    make_registration,
    make_room,
    make_user,
    make_workshop,
    open_edition,
    refreshed,
)
from tests.helpers import smtp
from tests.helpers.sign_in import code_of

pytestmark = pytest.mark.django_db

HOUR = datetime.timedelta(hours=1)
LANGUAGES = ("fr", "en", "ar")
NAMES = {
    "name_fr": "Villes, territoires & <usages>", "name_en": "Cities, territories & <uses>",
    "name_ar": "مدن ومجالات", "city_fr": "Casablanca", "city_en": "Casablanca",
    "city_ar": "الدار البيضاء", "venue_fr": "Faculté", "venue_en": "Faculty", "venue_ar": "الكلية",
    "address_fr": "Km 8, route d’El Jadida", "address_en": "Km 8, El Jadida road",
    "address_ar": "كلم 8، طريق الجديدة",
}  # fmt: skip


@pytest.fixture
def edition():
    return open_edition(
        slug="2027", contact_email="team@example.org", starts_on=datetime.date(2027, 6, 9),
        is_current=True, offer_hours=24, **NAMES,
    )  # fmt: skip


def register(category, language, sessions=()):
    return make_registration(
        category, user=make_user(language=language), given_name="Salma", family_name="Médina",
        sessions=sessions,
    )  # fmt: skip


def write_all_mails(edition, language, client, email="amina@example.org") -> list:
    """Send every e-mail to a person of that language; the last is the code for `email`."""
    organiser = make_user(name="Nadia")
    room = make_room(edition, name_fr="Salle A", name_en="Room A", name_ar="القاعة أ")
    titles = {"title_fr": "Cartes", "title_en": "Maps", "title_ar": "خرائط"}
    workshop = make_workshop(edition, places=1, room=room, **titles)
    gone = make_workshop(edition, places=3, at="14:00", **titles)
    names = {"name_fr": "Sur place", "name_en": "On site", "name_ar": "حضوري"}
    venue = make_category(edition, places=1, online_access=True, **names)
    press = make_category(edition, needs_approval=True, **names)
    first = register(venue, language, [workshop])
    second = register(venue, language, [workshop])
    asked = register(press, language)
    notices.reminder(first, tomorrow=True)
    notices.reminder(first, tomorrow=False)
    notices.message(first, subject="Bus 7", body="Le bus 7.\n\nVoir https://example.org/bus.")
    certificate = Certificate.objects.create(
        registration=first, name="Salma", days=[edition.starts_on], minutes=60
    )
    notices.certificate_ready(certificate)
    make_booking(first, gone)
    known = {session: session.sequence for session in (refreshed(workshop), refreshed(gone))}
    Session.objects.filter(pk=workshop.pk).update(
        starts_at=workshop.starts_at + HOUR, ends_at=workshop.ends_at + HOUR
    )
    Session.objects.filter(pk=gone.pk).update(status=Session.Status.CANCELLED)
    notices.booked_sessions_changed(first, changes_since_sequence(known))
    places.cancel(first)
    places.expire_offers(timezone.now() + 48 * HOUR)
    places.change_category(second, press, by=organiser)
    places.refuse(asked, by=organiser, reason="Complet.")
    places.cancel(register(press, language), by=organiser, reason="Doublon.")
    notices.invited(make_invitation(venue, email="n@example.org", language=language))
    erasure.send_farewell(first.user)
    client.post(f"/{language}/accounts/login/?edition=2027", {"login": email})
    return mail.outbox


def words(text: str) -> str:
    return " ".join(text.split())


def html_of(message) -> str:
    [(html, _kind)] = message.alternatives
    return html


def said_in_html(message) -> list[str]:
    """Return the text nodes of the body, as a reader may see them."""
    body = html5lib.parse(html_of(message), namespaceHTMLElements=False).find("body")
    return [words(text) for text in body.itertext() if text.strip()]


@pytest.mark.parametrize("language", LANGUAGES)
def test_text_part_of_each_mail_says_all_that_its_html_part_says(edition, client, language):
    messages = write_all_mails(edition, language, client, f"text-{language}@example.org")
    assert len(messages) == 18
    unsaid = [
        (message.subject, text)
        for message in messages
        for text in said_in_html(message)
        if text not in words(f"{message.subject} {message.body}")
    ]
    assert unsaid == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_html_part_of_each_mail_is_valid_and_loads_nothing(edition, client, language):
    messages = write_all_mails(edition, language, client, f"html-{language}@example.org")
    assert len(messages) == 18
    for message in messages:
        parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
        page = parser.parse(html_of(message))
        sources = {image.get("src") for image in page.iter("img")}
        assert sources <= {"cid:ticket-qr"}
        assert [name for name in ("link", "script", "iframe") if page.find(f".//{name}")] == []


def test_mail_comes_from_its_edition_and_names_the_contact(edition):
    register(make_category(edition), "fr")
    [message] = mail.outbox
    assert message.from_email == '"Villes, territoires & <usages> 2027" <contact@example.org>'
    assert message.body.split("\n\n-- \n")[1].split("\n\n") == [
        "Vous recevez cet e-mail à la suite de votre inscription\u00a0: "
        "Villes, territoires & <usages> 2027.",
        "Une question\u202f? Écrivez-nous\u00a0: team@example.org",
        "Villes, territoires & <usages> 2027\n9 et 10 juin 2027\nFaculté, Casablanca\n"
        "http://testserver\n",
    ]


def test_sign_in_mail_names_the_edition_of_the_page_and_its_code_in_the_subject(edition, client):
    open_edition(slug="2031", name_en="Later & more")
    client.post("/en/accounts/login/?edition=2031", {"login": "later@example.org"})
    [message] = mail.outbox
    code = code_of(message)
    assert message.subject == f"{code} is your sign-in code: Later & more 2031"
    assert message.from_email == "Later & more 2031 <contact@example.org>"
    assert f"<b>{code}</b>" in html_of(message)


def test_code_in_a_subject_is_not_in_the_organiser_area(edition, admin_client, settings):
    settings.EMAIL_BACKEND = "symposium.core.mail.queue.QueueBackend"
    email = queue.enqueue(mail.EmailMessage("482915 is your sign-in code", "", to=["a@b.org"]))
    pages = ["", f"{email.pk}/change/", "?q=482915"]
    shown = [
        admin_client.get(f"/admin/symposium_core/email/{page}").content.decode() for page in pages
    ]
    assert [page.count("482915 is") for page in shown] == [0, 0, 0]
    assert "•••••• is your sign-in code" in shown[0]


def test_ticket_mail_shows_the_qr_code_of_the_ticket(edition, settings):
    """The image stands in one group with the HTML part, and files stand beside them."""
    settings.EMAIL_BACKEND = "symposium.core.mail.queue.QueueBackend"
    settings.MAIL_TRANSPORT = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = (
        "127.0.0.1",
        "",
        "",
    )
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    register(make_category(edition), "fr")
    with smtp.Server() as server:
        settings.EMAIL_PORT = server.port
        queue.send_due(ATTACHMENTS)
        [message] = server.received
    kinds = [part.get_content_type() for part in message.walk()]
    assert kinds == [
        "multipart/mixed", "multipart/alternative", "text/plain", "multipart/related", "text/html",
        "image/png", "application/pdf", "text/calendar",
    ]  # fmt: skip
    image = next(part for part in message.walk() if part.get_content_type() == "image/png")
    assert (image["Content-ID"], image.get_content_disposition()) == ("<ticket-qr>", "inline")
    assert 'src="cid:ticket-qr"' in message.get_body(("html",)).get_content()
    with Image.open(io.BytesIO(image.get_content())) as picture:
        assert (picture.format, picture.width >= 206) == ("PNG", True)
    assert [part.get_filename() for part in message.iter_attachments()] == [
        "ticket-2027.pdf", "2027.ics",
    ]  # fmt: skip
    assert Email.objects.get().status == Email.Status.SENT


def test_qr_code_of_a_cancelled_ticket_is_not_sent(edition):
    holder = register(make_category(edition), "fr")
    assert ATTACHMENTS["qr"](holder.code).content_id == "ticket-qr"
    places.cancel(holder)
    assert ATTACHMENTS["qr"](holder.code) is None


def test_part_of_a_mail_cannot_be_forged(edition):
    holder = register(make_category(edition), "en")
    notices.message(holder, subject="Bus", body="\x1ecode\n\n\x1eqr")
    message = mail.outbox[-1]
    assert message.body.split("\n\n")[1:3] == ["code", "qr"]
    assert "cid:" not in html_of(message)
    assert Edition.objects.count() == 1
