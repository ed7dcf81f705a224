"""What organisers do with those who take part; Django finds these pages through this package."""

from symposium.registrations.admin import (
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
    "attendance",
    "categories",
    "invitations",
    "journal",
    "messages",
    "questions",
    "registrations",
    "sessions",
]
