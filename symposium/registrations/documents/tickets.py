"""Tickets and name badges as PDF, in the language of the reader.

A QR code holds only the ticket code: no name, no address.
"""

import datetime
from collections.abc import Collection
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from symposium.core.documents import pdf, qr
from symposium.core.i18n.dates import moment, weekday
from symposium.core.i18n.localized import localized_text
from symposium.editions.models import Edition
from symposium.registrations.models import Registration
from symposium.sessions.models import Session

# The Content-ID of the QR code in an e-mail.
QR_IMAGE = "ticket-qr"


def ticket_pdf(registration: Registration, language: str) -> bytes:
    return pdf.render("typst/ticket.typ", ticket_data(registration, language), language)


def badges_pdf(registrations: Collection[Registration], language: str) -> bytes:
    return pdf.render("typst/badges.typ", badges_data(registrations, language), language)


def ticket_data(registration: Registration, language: str) -> dict:
    """Return the data of `typst/ticket.typ`: the person, the edition, the booked sessions."""
    edition = registration.edition
    with translation.override(language), timezone.override(edition.zone):
        return {
            "title": _("Ticket: %(edition)s") % {"edition": edition},
            "created": registration.updated_at,
            "edition": edition_data(edition),
            **person_data(registration),
            "sessions": [session_data(session) for session in booked_sessions(registration)],
            "lines": opening_session(edition),
            "words": {
                "ticket": _("Ticket"),
                "dates": _("Dates"),
                "place": _("Place"),
                "address": _("Address"),
                "qr_alt": _("QR code of the ticket"),
                "code_help": _("If the QR code can’t be scanned, give this code"),
                "sessions": _("Your sessions with limited places"),
                "session": _("Session"),
                "day": _("Day"),
                "time": _("Time"),
                "room": _("Room"),
                "footer": _(
                    "Show the QR code at check-in, on a screen or on paper. If you can’t come, "
                    "cancel on your registration page so that someone else can have your place."
                ),
            },
        }


def badges_data(registrations: Collection[Registration], language: str) -> dict:
    """Return the data of `typst/badges.typ`, for one or more registrations of one edition."""
    registrations = list(registrations)
    edition = registrations[0].edition
    with translation.override(language), timezone.override(edition.zone):
        return {
            "title": _("Badges: %(edition)s") % {"edition": edition},
            "created": max(registration.updated_at for registration in registrations),
            "edition": edition_data(edition),
            **edition.badge_looks,
            "badges": [person_data(registration) for registration in registrations],
            "words": {"badges": _("Badges"), "qr_alt": _("QR code of the ticket")},
        }


def edition_data(edition: Edition) -> dict[str, Any]:
    return {
        "name": str(edition),
        "dates": edition.dates,
        "place": _(", ").join(filter(None, [edition.venue, edition.city])),
        "address": edition.address or "",
        **edition.printed_looks,
    }


def person_data(registration: Registration) -> dict:
    """Return the person's details as they wrote them; a badge does not show the role “other”."""
    is_said = registration.role != Registration.Role.OTHER
    category = registration.category
    return {
        "name": registration.name,
        "name_ar": registration.name_ar,
        "affiliation": registration.affiliation,
        "role": registration.get_role_display() if is_said else "",
        "category": {"name": str(category), "colour": category.colour},
        "code": registration.code_in_groups,
        "qr": qr.drawing(registration.code),
    }


def booked_sessions(registration: Registration) -> list[Session]:
    """Return the sessions in which this person has a seat, ordered by time."""
    held = Session.objects.held().scheduled()
    bookings = registration.bookings.confirmed().filter(session__in=held)
    return [booking.session for booking in bookings.in_order()]


def session_data(session: Session) -> dict[str, str]:
    title, language = localized_text(session, "title")
    start, end = timezone.localtime(session.starts_at), timezone.localtime(session.ends_at)
    return {
        "title": title,
        "lang": language,
        "day": weekday(start.date()),
        "times": f"{start:%H:%M}–{end:%H:%M}",
        "room": str(session.effective_room or ""),
    }


def opening_session(edition: Edition) -> list[list[str]]:
    """Return the label and start of the first session, once the programme has times."""
    first = first_session(edition)
    return [[opening_label(first), moment(first.starts_at)]] if first else []


def first_session(edition: Edition) -> Session | None:
    """Return the first session that is held, or None while the programme has no times."""
    held = edition.sessions.held().scheduled().without_talks().select_related("room")
    return held.order_by("starts_at", "room__order", "pk").first()


def event_start(edition: Edition) -> datetime.datetime:
    """Return the start of the first session, or of the first day while there is none."""
    first = first_session(edition)
    return first.starts_at if first else edition.period.lower


def holder_name(registration: Registration, language: str) -> str:
    """Return the name of a person, in Arabic letters on an Arabic ticket if they gave it."""
    return (registration.name_ar if language == "ar" else "") or registration.name


def opening_label(first: Session) -> str:
    """Return the title of a first session that is a break, such as a welcome."""
    return localized_text(first, "title")[0] if first.is_break else _("First session")
