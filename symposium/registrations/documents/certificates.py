"""Certificates of attendance: who has one, what it says, how it is verified.

A check-in at the entrance counts for the public sessions of its day: time with several sessions
counts once; breaks and cancelled sessions do not count. A check-in at a session counts for that
session. An undone check-in does not count.
"""

import datetime
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Concat, Trim
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from symposium.core import batches
from symposium.core.documents import pdf, qr
from symposium.core.i18n.dates import long_date
from symposium.editions.models import Edition, Partner
from symposium.registrations.documents.tickets import edition_data
from symposium.registrations.documents.words import words_of
from symposium.registrations.models import Certificate, CheckIn, DocumentText, Registration
from symposium.registrations.models.document_texts import NAME
from symposium.registrations.models.organiser_texts import filled
from symposium.registrations.places import Refused
from symposium.sessions.models import Session

Period = tuple[datetime.datetime, datetime.datetime]


def due_registrations(edition: Edition, at: datetime.datetime | None = None):
    """Queryset of the registrations entitled to a certificate: none before the edition is over."""
    confirmed = edition.registrations.confirmed().filter(anonymised_at=None).with_details()
    if edition.phase(at) != "after":
        return confirmed.none()
    return confirmed.filter(Exists(CheckIn.objects.active().filter(registration=OuterRef("pk"))))


@transaction.atomic
def issue(registration: Registration, at: datetime.datetime | None = None) -> Certificate:
    """Create or update the certificate of a registration, and return it.

    An updated certificate has the current name and days, and the same token, so that a printed copy
    can still be verified. Raise Refused if the registration has no right to one, or not yet.
    """
    at = at or timezone.now()
    rows = Registration.objects.select_for_update(of=("self",), no_key=True).with_details()
    registration = rows.get(pk=registration.pk)
    check_due(registration, at)
    periods = attended_periods(registration)
    said = {
        "name": registration.name,
        "name_ar": registration.name_ar,
        "days": sorted(periods),
        "minutes": sum(total_minutes(day) for day in periods.values()),
    }
    found = Certificate.objects.filter(registration=registration).first()
    certificate = found or Certificate(registration=registration)
    changed = any(getattr(certificate, field) != value for field, value in said.items())
    # Saved even if the check-in adds nothing, so that `issue_due` does not select it again.
    if changed or registration.check_ins.filter(recorded_after(certificate.issued_at)).exists():
        for field, value in (said | {"issued_at": at}).items():
            setattr(certificate, field, value)
        certificate.save()
    return certificate


def recorded_after(issued_at: datetime.datetime | OuterRef) -> Q:
    """Return a condition on check-ins: recorded or undone later, as after a device was offline."""
    return Q(recorded_at__gt=issued_at) | Q(undone_at__gt=issued_at)


def names_are_frozen(registration: Registration) -> bool:
    """Return whether only organisers may still correct the name, since a certificate shows it."""
    edition = registration.edition
    return edition.phase() == "after" and not edition.is_demonstration


def issue_due(edition: Edition, at: datetime.datetime | None = None) -> int:
    """Issue a batch of the certificates that are missing, or whose name or check-ins changed.

    Return the number issued. After the edition only organisers correct a name: see
    `names_are_frozen`.
    """
    named = due_registrations(edition, at).alias(
        whole=full_name_expression("given_name", "family_name"),
        whole_ar=full_name_expression("given_name_ar", "family_name_ar"),
    )
    right = Q(certificate__name=F("whole"), certificate__name_ar=F("whole_ar"))
    since = recorded_after(OuterRef("certificate__issued_at"))
    late = Exists(CheckIn.objects.filter(since, registration=OuterRef("pk")))
    outdated = named.filter(Q(certificate=None) | ~right | late)
    return batches.for_each_locked(outdated, lambda registration: bool(issue(registration, at)))


def full_name_expression(given_name: str, family_name: str) -> Trim:
    """Return the SQL expression that equals `Registration.name`."""
    return Trim(Concat(given_name, Value(" "), family_name))


def check_due(registration: Registration, at: datetime.datetime) -> None:
    """Raise Refused unless the registration may have a certificate now."""
    if registration.edition.phase(at) != "after":
        raise Refused(
            _("Certificates of attendance are issued after the symposium."), code="not_over"
        )
    if not due_registrations(registration.edition, at).filter(pk=registration.pk).exists():
        raise Refused(
            _("This person wasn’t checked in, so there’s no certificate."),
            code="not_attended",
        )


def attended_periods(registration: Registration) -> dict[datetime.date, list[Period]]:
    """Return the days with a check-in, each with the periods of the sessions that count."""
    held = list(registration.edition.sessions.held().scheduled().exclude(kind=Session.Kind.BREAK))
    days: dict[datetime.date, list[Period]] = {}
    for check_in in registration.check_ins.active():
        counted = [
            (session.starts_at, session.ends_at)
            for session in held
            if session.pk == check_in.session_id
            or (check_in.session_id is None and session.day == check_in.day)
        ]
        days.setdefault(check_in.day, []).extend(counted)
    return days


def total_minutes(periods: Iterable[Period]) -> int:
    """Return the minutes that the periods cover together; overlaps count once."""
    total = datetime.timedelta()
    reached = datetime.datetime.min.replace(tzinfo=datetime.UTC)
    for start, end in sorted(periods):
        total += max(datetime.timedelta(), end - max(start, reached))
        reached = max(reached, end)
    return int(total.total_seconds() // 60)


# On paper


def certificate_pdf(certificate: Certificate, language: str) -> bytes:
    return pdf.render("typst/certificate.typ", certificate_data(certificate, language), language)


def certificate_data(certificate: Certificate, language: str) -> dict:
    """Return the data of `typst/certificate.typ`."""
    edition = certificate.registration.edition
    with translation.override(language), timezone.override(edition.zone):
        about = edition_data(edition)
        verify_url = settings.SITE_URL + certificate.get_absolute_url()
        return {
            "title": _("Certificate of attendance: %(name)s") % {"name": certificate.name},
            "created": certificate.issued_at,
            "edition": about,
            "name": certificate.name,
            "name_ar": certificate.name_ar,
            "hours": duration_text(certificate.minutes),
            "days": [long_date(day) for day in certificate.days],
            "verify_url": verify_url,
            "qr": qr.drawing(verify_url),
            "issued": long_date(timezone.localdate(certificate.issued_at)),
            "signature": edition.signed_by,
            "words": certificate_words(certificate, about),
        }


def certificate_words(certificate: Certificate, about: dict[str, Any]) -> dict[str, str]:
    edition = certificate.registration.edition
    heading, sentence = words_of(edition, DocumentText.Kind.CERTIFICATE)
    values = {
        "symposium": about["name"],
        "place": about["place"],
        "dates": about["dates"],
        "hours": duration_text(certificate.minutes),
        "days": _(", ").join(long_date(day) for day in certificate.days),
    }
    before, _name, after = sentence.partition(NAME)
    return {
        "kicker": _("Demonstration: not a valid certificate")
        if edition.is_demonstration
        else _("Certificate of attendance"),
        "heading": heading,
        "before": filled(before, values).strip(),
        "after": filled(after, values).strip(),
        "dates": _("Dates"),
        "place": _("Place"),
        "hours": pgettext("certificate", "of sessions") if certificate.minutes else "",
        "days": _("Days of attendance"),
        "issued": _("Issued"),
        "organiser": ""
        if edition.is_demonstration
        else _("For the organisers: %(names)s") % {"names": organiser_names(edition)},
        "verify": _("Verify this certificate at"),
        "qr_alt": _("QR code: link to verify this certificate"),
        **signature_words(),
    }


def signature_words() -> dict[str, str]:
    """Return the descriptions of the pictures of a signature and a seal."""
    return {"signature": _("Signature"), "seal": _("Seal")}


def duration_text(total: int) -> str:
    """Return “13 h” or “13 h 45” for a number of minutes; "" for 0 (a programme without hours)."""
    hours, rest = divmod(total, 60)
    if not total:
        return ""
    if not rest:
        return pgettext("duration", "%(hours)s h") % {"hours": hours}
    return pgettext("duration", "%(hours)s h %(minutes)02d") % {"hours": hours, "minutes": rest}


def organiser_names(edition: Edition) -> str:
    names = [str(partner) for partner in edition.partners.filter(kind=Partner.Kind.ORGANISER)]
    return _(", ").join(names) or str(edition)
