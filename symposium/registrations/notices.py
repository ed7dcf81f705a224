"""E-mails to registered people: one function for each, in the language of the account.

They are queued in the transaction that causes them (see `core/mail`), so a change that is rolled
back sends nothing. Tickets, calendars and certificates are named here and made by the worker.
"""

import contextlib
import re
from collections.abc import Collection, Iterator
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from symposium.core import mail
from symposium.core.i18n.dates import moment
from symposium.core.i18n.localized import localized_text
from symposium.editions.models import Edition, News
from symposium.registrations import subscriptions
from symposium.registrations.documents.tickets import QR_IMAGE
from symposium.registrations.models import (
    Booking,
    Certificate,
    Invitation,
    MailText,
    Registration,
)
from symposium.registrations.models.organiser_texts import filled
from symposium.registrations.models.registrations import Reservation
from symposium.sessions.changes import Kind, SessionChange, present_place
from symposium.sessions.models import Session

LEFT_TO_RIGHT = "\u200e"
HOURS = re.compile("\u2066([^\u2069]*)\u2069")
# Sessions with their changes, as `sessions.changes.changes_since_sequence` returns them.
SessionNews = Collection[tuple[Session, SessionChange | None]]


def registered(registration: Registration, *, rank: int | None = None, **more) -> None:
    """Send the state of a registration that was just created or approved.

    `rank` is its position in the waiting list, if known; `more` the known parts of the context.
    """
    if registration.is_confirmed:
        confirmed(registration, **more)
    elif registration.is_pending:
        send_to(registration, "pending", **more)
    else:
        send_to(registration, "waiting", rank=rank or registration.queue_position, **more)


def confirmed(registration: Registration, *, promoted: bool = False, **more) -> None:
    with recipient_locale(registration):
        cards = [{"rows": [*when_and_where(registration.edition), category_row(registration)]}]
    send_to(
        registration, "confirmed", attachments=attachments_for(registration), promoted=promoted,
        cards=cards, **more,
    )  # fmt: skip


def refused(registration: Registration, *, reason: str = "") -> None:
    send_to(registration, "refused", reason_text=mail.Trusted(reason))


def cancelled(
    registration: Registration, *, was_confirmed: bool, by_organiser: bool, reason: str = ""
) -> None:
    send_to(
        registration, "cancelled", was_confirmed=was_confirmed, by_organiser=by_organiser,
        reason_text=mail.Trusted(reason),
    )  # fmt: skip


def category_changed(registration: Registration) -> None:
    attachments = attachments_for(registration) if registration.is_confirmed else ()
    send_to(
        registration, "category_changed", attachments=attachments, rank=registration.queue_position
    )


def offered(holder: Reservation) -> None:
    """Send the offer of a place or a seat, with the time until which it is reserved."""
    registration = registration_behind(holder)
    with recipient_locale(registration):
        until = moment(holder.offer_expires_at)
        deadline = _("Reply by %(until)s (%(city)s time). After that it goes to the next person.")
        words = {"until": until, "city": registration.edition.city}
        more = {
            "until": until,
            "deadline": mail.Trusted(deadline % words),
            "action_label": _("Reply to the offer"),
        }
    send_to(registration, "offered", holder=holder, is_seat=isinstance(holder, Booking), **more)


def offer_expired(holder: Reservation) -> None:
    send_to(
        registration_behind(holder), "offer_expired", holder=holder,
        is_seat=isinstance(holder, Booking),
    )  # fmt: skip


def booked(booking: Booking, *, promoted: bool = False) -> None:
    """Send the state of a booking."""
    attachments = [f"calendar:{booking.registration.code}"] if booking.is_confirmed else ()
    send_to(
        booking.registration, "booked", holder=booking, attachments=attachments,
        promoted=promoted, has_place=booking.registration.is_confirmed, rank=booking.queue_position,
    )  # fmt: skip


def booked_sessions_changed(registration: Registration, news: SessionNews) -> None:
    """Send the changes of booked sessions, and the overlaps between the person's bookings."""
    with recipient_locale(registration):
        cards = [change_card(*one) for one in news]
        note = release_note(news)
        clashes = [
            {"one": mail.Trusted(one.session), "other": mail.Trusted(other.session)}
            for one, other in registration.clashes()
        ]
    send_to(
        registration, "session_changed", attachments=[f"calendar:{registration.code}"],
        cards=cards, clashes=clashes, note_text=note,
    )  # fmt: skip


def reminder(registration: Registration, *, tomorrow: bool) -> None:
    with recipient_locale(registration):
        cards = [{"rows": when_and_where(registration.edition)}]
        opens = opening_time(registration.edition)
    send_to(
        registration, "reminder", attachments=attachments_for(registration), bulk=True,
        tomorrow=tomorrow, opens=opens, cards=cards,
    )  # fmt: skip


def certificate_ready(certificate: Certificate) -> None:
    registration = certificate.registration
    with recipient_locale(registration):
        verify_url = settings.SITE_URL + certificate.get_absolute_url()
    send_to(
        registration, "certificate_ready",
        attachments=[f"certificate:{registration.code}"], bulk=True,
        verify_url=verify_url,
    )  # fmt: skip


def message(
    registration: Registration, *, subject: str, body: str, news: News | None = None
) -> None:
    """Send a message of the organisers, already in the reader's language."""
    if registration.user is not None:
        mail.send(**message_mail(registration, subject, body, news))


def message_preview(
    registration: Registration, *, subject: str, body: str, news: News | None = None
) -> EmailMessage:
    """Return the message as its reader will see it, without sending it."""
    return mail.compose(**message_mail(registration, subject, body, news))


def message_mail(
    registration: Registration, subject: str, body: str, news: News | None = None
) -> dict:
    words: dict[str, Any] = {
        "subject_line": mail.Trusted(subject),
        "message_text": mail.Trusted(body),
    }
    with recipient_locale(registration):
        unsubscribe_url = subscriptions.unsubscribe_url(registration)
        if news:
            words["action_url"] = settings.SITE_URL + news.get_absolute_url()
            words["action_label"] = _("Read on the site")
    whole = mail_kwargs(registration, "message", bulk=True, **words)
    return {**whole, "unsubscribe_url": unsubscribe_url}


def invited(invitation: Invitation) -> None:
    category = invitation.category
    edition = category.edition
    with translation.override(invitation.language), timezone.override(edition.zone):
        context = {
            **edition.mail_context(),
            "name": invitation.name,
            "category": mail.Trusted(category),
            "why": _("You receive this email because the organisers have invited you."),
            "email": mail.Trusted(invitation.email),
            "action_url": settings.SITE_URL
            + reverse("registrations:register", args=[edition.slug]),
            "action_label": _("Register"),
        }
    mail.send(
        to=invitation.email,
        language=invitation.language,
        template="registrations/email/invited",
        context=context,
        reply_to=edition.contact_email,
        zone=edition.zone,
        bulk=True,
    )


# Shared parts


def send_to(registration: Registration, template: str, **more) -> None:
    """Send an e-mail with a template of `registrations/email/`, unless the account is erased."""
    if registration.user is not None:
        mail.send(**mail_kwargs(registration, template, **more))


def mail_kwargs(
    registration: Registration,
    template: str,
    *,
    holder: Reservation | None = None,
    attachments: Collection[str] = (),
    bulk: bool = False,
    **more,
) -> dict:
    """Return the arguments of `mail.compose` for an e-mail to the account of the registration.

    `holder` is the registration or booking that the e-mail is about.
    """
    edition = registration.edition
    with recipient_locale(registration):
        if "bookings" not in more:
            more["bookings"] = [] if holder else booked_sessions(registration)
        context = {
            **edition.mail_context(),
            "why": mail.Trusted(
                _("You receive this email because you registered for %(edition)s.")
                % {"edition": f"{edition.name} {edition.slug}"}
            ),
            "name": registration.name,
            "category": mail.Trusted(registration.category),
            "on_site": registration.category.on_site,
            "online": registration.category.online_access,
            "code": registration.code_in_groups,
            "qr_image": QR_IMAGE,
            "state": registration.get_state_display(),
            "confirmed": (holder or registration).is_confirmed,
            "what": mail.Trusted(holder.session if isinstance(holder, Booking) else edition),
            "when": session_times(holder.session) if isinstance(holder, Booking) else "",
            "action_url": settings.SITE_URL + registration.get_absolute_url(),
            "action_label": _("My registration"),
            **more,
        }
    if own := own_words(registration, template, context):
        context |= own
        template = "own"
    return {
        "to": registration.user.email,
        "language": registration.user.language,
        "template": f"registrations/email/{template}",
        "context": context,
        "attachments": list(attachments),
        "reply_to": edition.contact_email,
        "zone": edition.zone,
        "bulk": bulk,
    }


def own_words(registration: Registration, template: str, context: dict) -> dict:
    """Return the words of the organisers for an e-mail, or {} where it has the standard ones.

    What people typed is made safe before it stands in the text, whose addresses become links.
    """
    kind = MailText.kind_of(template, context)
    if kind is None or registration.user is None:
        return {}
    texts = registration.edition.mail_texts.all()
    found = next((one for one in texts if one.kind == kind), None)
    words = found and found.words(registration.user.language)
    if not words:
        return {}
    safe = mail.sanitize(context)
    names = {
        "symposium": "edition_name", "link": "action_url", "certificate": "verify_url",
        "session": "what",
    }  # fmt: skip
    values = {name: str(safe.get(names.get(name, name)) or "") for name in found.known}
    subject, body = (mail.Trusted(filled(text, values)) for text in words)
    return {
        "own_subject": subject,
        "own_text": body,
        "has_ticket": context["on_site"] and "code" in found.known,
    }


@contextlib.contextmanager
def recipient_locale(registration: Registration) -> Iterator[None]:
    """Activate the language of the recipient and the time zone of the edition."""
    language = registration.user.language if registration.user else None
    with translation.override(language), timezone.override(registration.edition.zone):
        yield


def registration_behind(holder: Any) -> Registration:
    return holder if isinstance(holder, Registration) else holder.registration


def attachments_for(registration: Registration) -> list[str]:
    """Return the attachments of a confirmed registration; on site they include a ticket."""
    kinds = ["qr", "ticket"] if registration.category.on_site else []
    ticket = [f"{kind}:{registration.code}" for kind in kinds]
    return [*ticket, f"calendar:{registration.code}"]


def booked_sessions(registration: Registration) -> list[dict]:
    """Return the contexts of the active bookings; the first query is cheap, and most have none."""
    live = registration.bookings.active()
    if not live.exists():
        return []
    return [
        session_context(booking.session) | {"state": booking.get_state_display()}
        for booking in live.in_order()
    ]


def when_and_where(edition: Edition) -> list[dict]:
    """Return the rows of the dates with the first hour, and of the place with a link to a map."""
    opens = opening_time(edition)
    detail = _("The first session starts at %(opens)s.") % {"opens": opens} if opens else ""
    where = {"label": _("Where"), "value": mail.Trusted(edition.place)}
    if edition.address:
        where |= {
            "detail": mail.Trusted(edition.address),
            "more_url": edition.map_url,
            "more_label": _("View on a map"),
        }
    return [{"label": _("When"), "value": edition.dates, "detail": detail}, where]


def opening_time(edition: Edition) -> str:
    """Return the hour of the first session, or "" while there is none."""
    first = edition.first_session_at
    return f"{timezone.localtime(first):%H:%M}" if first else ""


def category_row(registration: Registration) -> dict:
    return {"label": _("Category"), "value": mail.Trusted(registration.category)}


def session_context(session: Session) -> dict:
    return {
        "title": mail.Trusted(session),
        "when": session_times(session),
        "room": mail.Trusted(session.effective_room or ""),
    }


def change_card(session: Session, shift: SessionChange | None) -> dict:
    """Return the card of a session: before and now if it moved, else a sentence."""
    before = ""
    if shift and shift.kind == Kind.MOVED:
        before, now = shift.sides()
    elif shift and shift.kind == Kind.CANCELLED and shift.first.old_starts_at:
        before, now = shift.old_place(), _("Cancelled.")
    else:
        now = shift.sentence if shift else present_place(session)
    rows: list[dict[str, Any]] = [
        {"label": pgettext("session", "Before"), "value": plain_isolates(before), "is_old": True},
        {"label": pgettext("session", "Now"), "value": plain_isolates(now)},
    ]
    return {
        "title": mail.Trusted(session),
        "rows": [row | {"value": mail.Trusted(row["value"])} for row in rows if row["value"]],
    }


def release_note(news: SessionNews) -> mail.Trusted:
    """Return the public note of the latest release among the changes, or ""."""
    made = [shift.last.release for _session, shift in news if shift and shift.last.release]
    latest = max(made, key=lambda release: release.number, default=None)
    return mail.Trusted(localized_text(latest, "note")[0] if latest else "")


def session_times(session: Session) -> str:
    """Return the day and the times of a session, with marks instead of isolates."""
    if not session.starts_at:
        return _("not scheduled yet")
    return plain_isolates(session.times())


def plain_isolates(words: str) -> str:
    """Replace the isolates around hours, which e-mails drop, by left-to-right marks."""
    return HOURS.sub(rf"{LEFT_TO_RIGHT}\1{LEFT_TO_RIGHT}", words)
