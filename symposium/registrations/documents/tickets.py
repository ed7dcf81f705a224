"""Tickets and name badges: what is printed on them, in the language of whoever reads.

A QR code holds the ticket code and nothing else: no name, no address.
"""

from collections.abc import Collection

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from symposium.core.documents import pdf, qr
from symposium.core.i18n.dates import moment, weekday
from symposium.core.i18n.localized import localized_text
from symposium.editions.models import Edition
from symposium.registrations.models import Registration
from symposium.sessions.models import Session


def ticket_pdf(registration: Registration, language: str) -> bytes:
    return pdf.render("typst/ticket.typ", ticket_data(registration, language), language)


def badges_pdf(registrations: Collection[Registration], language: str) -> bytes:
    return pdf.render("typst/badges.typ", badges_data(registrations, language), language)


def ticket_data(registration: Registration, language: str) -> dict:
    """What "typst/ticket.typ" prints: the person, the edition, the seats they hold."""
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
    """What "typst/badges.typ" prints, for one registration or more of the same edition."""
    registrations = list(registrations)
    edition = registrations[0].edition
    with translation.override(language), timezone.override(edition.zone):
        return {
            "title": _("Badges: %(edition)s") % {"edition": edition},
            "created": max(registration.updated_at for registration in registrations),
            "edition": edition_data(edition),
            "badges": [person_data(registration) for registration in registrations],
            "words": {"badges": _("Badges"), "qr_alt": _("QR code of the ticket")},
        }


def edition_data(edition: Edition) -> dict[str, str]:
    return {
        "name": str(edition),
        "dates": edition.dates,
        "place": _(", ").join(filter(None, [edition.venue, edition.city])),
        "address": edition.address or "",
    }


def person_data(registration: Registration) -> dict:
    """As their owner writes it; « other » says nothing on a badge."""
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
    """The sessions in which this person has a seat, in order of time."""
    held = Session.objects.published().scheduled().exclude(status=Session.Status.CANCELLED)
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
        "room": str(session.room or ""),
    }


def opening_session(edition: Edition) -> list[list[str]]:
    """When the first session starts, once the programme says so; a welcome by its own title."""
    held = edition.sessions.published().scheduled().exclude(status=Session.Status.CANCELLED)
    first = held.order_by("starts_at").first()
    if not first:
        return []
    label = localized_text(first, "title")[0] if first.is_break else _("First session")
    return [[label, moment(first.starts_at)]]
