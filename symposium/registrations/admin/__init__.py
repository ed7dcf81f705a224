"""What organisers do with those who take part; Django finds these pages through this package."""

from symposium.registrations.admin import (
    accounts,
    attendance,
    categories,
    invitations,
    journal,
    messages,
    questions,
    registrations,
    sessions,
)

__all__ = [
    "accounts",
    "attendance",
    "categories",
    "invitations",
    "journal",
    "messages",
    "questions",
    "registrations",
    "sessions",
]
