"""The mails to people who register: one function for each, in the language of their account.

They are written in the transaction that causes them (see `core/mail`), so a change that is rolled
back tells nobody. Tickets, calendars and certificates are named here and made by the worker.
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

from symposium.core import mail
from symposium.core.i18n.dates import moment
from symposium.editions.models import Edition
from symposium.registrations import subscriptions
from symposium.registrations.models import Booking, Certificate, Invitation, Registration
from symposium.registrations.models.registrations import Holder
from symposium.sessions.changes import Shift, present_place
from symposium.sessions.models import Session

LEFT_TO_RIGHT = "\u200e"
HOURS = re.compile("\u2066([^\u2069]*)\u2069")
# Sessions with what became of each, as `sessions.changes.since_told` gives them.
News = Collection[tuple[Session, Shift | None]]


def registered(registration: Registration) -> None:
    """What became of a registration that has just been made or accepted."""
    if registration.is_confirmed:
        confirmed(registration)
    elif registration.is_pending:
        tell(registration, "pending")
    else:
        tell(registration, "waiting", rank=registration.rank)


def confirmed(registration: Registration, *, promoted: bool = False) -> None:
    tell(registration, "confirmed", attachments=attachments_for(registration), promoted=promoted)


def refused(registration: Registration, *, reason: str = "") -> None:
    tell(registration, "refused", reason_text=mail.Trusted(reason))


def cancelled(
    registration: Registration, *, was_confirmed: bool, by_organiser: bool, reason: str = ""
) -> None:
    tell(
        registration, "cancelled", was_confirmed=was_confirmed, by_organiser=by_organiser,
        reason_text=mail.Trusted(reason),
    )  # fmt: skip


def category_changed(registration: Registration) -> None:
    attachments = attachments_for(registration) if registration.is_confirmed else ()
    tell(registration, "category_changed", attachments=attachments, rank=registration.rank)


def offered(holder: Holder) -> None:
    """A place, or a seat, that is kept for a while."""
    registration = registration_of(holder)
    with reading(registration):
        until = moment(holder.offer_expires_at)
    tell(registration, "offered", holder=holder, until=until, is_seat=isinstance(holder, Booking))


def offer_expired(holder: Holder) -> None:
    tell(
        registration_of(holder), "offer_expired", holder=holder,
        is_seat=isinstance(holder, Booking),
    )  # fmt: skip


def booked(booking: Booking, *, promoted: bool = False) -> None:
    """Where somebody stands in a session that they booked."""
    attachments = [f"calendar:{booking.registration.code}"] if booking.is_confirmed else ()
    tell(
        booking.registration, "booked", holder=booking, attachments=attachments,
        promoted=promoted, has_place=booking.registration.is_confirmed, rank=booking.rank,
    )  # fmt: skip


def session_changed(registration: Registration, news: News) -> None:
    """Booked sessions that have moved or are cancelled, with the clashes that this makes."""
    with reading(registration):
        changed = [told(*one) for one in news]
        clashes = [
            {"one": mail.Trusted(one.session), "other": mail.Trusted(other.session)}
            for one, other in registration.clashes()
        ]
    tell(
        registration, "session_changed", attachments=[f"calendar:{registration.code}"],
        changed=changed, clashes=clashes,
    )  # fmt: skip


def reminder(registration: Registration, *, tomorrow: bool) -> None:
    held = registration.edition.sessions.published().exclude(status=Session.Status.CANCELLED)
    first = held.scheduled().order_by("starts_at").first()
    with reading(registration):
        address = mail.Trusted(registration.edition.address)
        opens = f"{timezone.localtime(first.starts_at):%H:%M}" if first else ""
    tell(
        registration, "reminder", attachments=attachments_for(registration), bulk=True,
        tomorrow=tomorrow, opens=opens, address=address,
    )  # fmt: skip


def after(certificate: Certificate) -> None:
    registration = certificate.registration
    with reading(registration):
        verify_url = settings.SITE_URL + certificate.get_absolute_url()
    tell(
        registration, "after", attachments=[f"certificate:{registration.code}"], bulk=True,
        verify_url=verify_url,
    )  # fmt: skip


def message(registration: Registration, *, subject: str, body: str) -> None:
    """Words of the organisers, in the reader's language."""
    if registration.user is not None:
        mail.send(**message_letter(registration, subject, body))


def message_preview(registration: Registration, *, subject: str, body: str) -> EmailMessage:
    """The same words as their reader will see them, not sent."""
    return mail.compose(**message_letter(registration, subject, body))


def message_letter(registration: Registration, subject: str, body: str) -> dict:
    words: dict[str, Any] = {
        "subject_line": mail.Trusted(subject),
        "message_text": mail.Trusted(body),
    }
    with reading(registration):
        unsubscribe_url = subscriptions.url(registration)
    whole = letter(registration, "message", bulk=True, **words)
    return {**whole, "unsubscribe_url": unsubscribe_url}


def invited(invitation: Invitation) -> None:
    category = invitation.category
    edition = category.edition
    with translation.override(invitation.language), timezone.override(edition.zone):
        context = {
            **about(edition),
            "name": invitation.name,
            "category": mail.Trusted(category),
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


# What they share


def tell(registration: Registration, template: str, **more) -> None:
    """Send one of the mails of `registrations/email/`; nobody is told whose data are erased."""
    if registration.user is not None:
        mail.send(**letter(registration, template, **more))


def letter(
    registration: Registration,
    template: str,
    *,
    holder: Holder | None = None,
    attachments: Collection[str] = (),
    bulk: bool = False,
    **more,
) -> dict:
    """The arguments of `mail.compose`, for the account of the registration."""
    edition = registration.edition
    with reading(registration):
        context = {
            **about(edition),
            "name": registration.name,
            "category": mail.Trusted(registration.category),
            "on_site": registration.category.on_site,
            "online": registration.category.online_access,
            "code": registration.code_in_groups,
            "state": registration.get_state_display(),
            "confirmed": (holder or registration).is_confirmed,
            "bookings": [] if holder else seats(registration),
            "what": mail.Trusted(holder.session if isinstance(holder, Booking) else edition),
            "when": when(holder.session) if isinstance(holder, Booking) else "",
            "action_url": settings.SITE_URL + registration.get_absolute_url(),
            "action_label": _("My registration"),
            **more,
        }
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


@contextlib.contextmanager
def reading(registration: Registration) -> Iterator[None]:
    """In the language of whoever reads, by the clock of the edition."""
    language = registration.user.language if registration.user else None
    with translation.override(language), timezone.override(registration.edition.zone):
        yield


def registration_of(holder: Any) -> Registration:
    return holder if isinstance(holder, Registration) else holder.registration


def attachments_for(registration: Registration) -> list[str]:
    """What a confirmed person is sent: a ticket where there is a door, a calendar always."""
    ticket = [f"ticket:{registration.code}"] if registration.category.on_site else []
    return [*ticket, f"calendar:{registration.code}"]


def seats(registration: Registration) -> list[dict]:
    """What they have booked; most have nothing, and the look at it costs little."""
    live = registration.bookings.live()
    if not live.exists():
        return []
    return [
        described(booking.session) | {"state": booking.get_state_display()}
        for booking in live.in_order()
    ]


def about(edition: Edition) -> dict:
    return {
        "edition_name": mail.Trusted(f"{edition.name} {edition.slug}"),
        "dates": edition.dates,
        "place": mail.Trusted(_(", ").join(filter(None, [edition.venue, edition.city]))),
        "can_reply": bool(edition.contact_email),
    }


def described(session: Session) -> dict:
    return {
        "title": mail.Trusted(session),
        "when": when(session),
        "room": mail.Trusted(session.room or ""),
    }


def told(session: Session, shift: Shift | None) -> dict:
    """A session and what became of it: from where to where."""
    change = shift.sentence if shift else present_place(session)
    return {"title": mail.Trusted(session), "change": mail.Trusted(in_text(change))}


def when(session: Session) -> str:
    """Its day and times; between marks, since a mail keeps no isolates."""
    if not session.starts_at:
        return _("not scheduled yet")
    return in_text(session.times())


def in_text(words: str) -> str:
    """Put marks in place of the isolates around hours, which a mail does not keep."""
    return HOURS.sub(rf"{LEFT_TO_RIGHT}\1{LEFT_TO_RIGHT}", words)
