"""Attachments of e-mails about registrations, made when the e-mail is sent.

They are in the language of the account and show the state at that moment: a ticket cancelled
meanwhile is not sent.
"""

from symposium.core.documents import qr
from symposium.core.mail.queue import Attachment, InlineImage, Makers
from symposium.registrations.documents import calendars, certificates, tickets
from symposium.registrations.models import Certificate, Registration

PDF = "application/pdf"


def confirmed(code: str) -> Registration | None:
    return (
        Registration.objects.confirmed()
        .with_details()
        .filter(code=code, anonymised_at=None)
        .first()
    )


def ticket(code: str) -> Attachment:
    registration = confirmed(code)
    if not (registration and registration.category.on_site):
        return None
    content = tickets.ticket_pdf(registration, registration.user.language)
    return f"ticket-{registration.edition.slug}.pdf", content, PDF


def ticket_qr(code: str) -> Attachment:
    registration = confirmed(code)
    if not (registration and registration.category.on_site):
        return None
    return InlineImage(tickets.QR_IMAGE, qr.png(registration.code))


def calendar(code: str) -> Attachment:
    registration = confirmed(code)
    if not registration:
        return None
    content = calendars.registration_calendar(registration, registration.user.language)
    return f"{registration.edition.slug}.ics", content, "text/calendar"


def certificate(code: str) -> Attachment:
    registration = confirmed(code)
    found = Certificate.objects.filter(registration=registration).first() if registration else None
    if not found:
        return None
    content = certificates.certificate_pdf(found, registration.user.language)
    return f"certificate-{registration.edition.slug}.pdf", content, PDF


ATTACHMENTS: Makers = {
    "ticket": ticket,
    "qr": ticket_qr,
    "calendar": calendar,
    "certificate": certificate,
}
