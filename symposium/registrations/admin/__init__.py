"""Admin pages of registrations; Django finds them through this package."""

from symposium.registrations.admin import (
    attendance,
    audit_log,
    categories,
    document_texts,
    invitations,
    mail_texts,
    messages,
    news,
    questions,
    registrations,
    sessions,
)

__all__ = [
    "attendance",
    "audit_log",
    "categories",
    "document_texts",
    "invitations",
    "mail_texts",
    "messages",
    "news",
    "questions",
    "registrations",
    "sessions",
]
