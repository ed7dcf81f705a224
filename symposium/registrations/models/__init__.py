from symposium.registrations.models.attendance import Certificate, CheckIn
from symposium.registrations.models.categories import Category, Invitation
from symposium.registrations.models.document_texts import DocumentText
from symposium.registrations.models.drafts import Draft
from symposium.registrations.models.mail_texts import MailText
from symposium.registrations.models.messages import Message
from symposium.registrations.models.questions import Answer, Option, Question
from symposium.registrations.models.registrations import (
    Booking,
    Registration,
    Reminder,
    StateChange,
)

__all__ = [
    "Answer",
    "Booking",
    "Category",
    "Certificate",
    "CheckIn",
    "Draft",
    "Invitation",
    "DocumentText",
    "MailText",
    "Message",
    "Option",
    "Question",
    "Registration",
    "Reminder",
    "StateChange",
]
