"""Admin of sessions, which also reports how many people will be notified of a change."""

from collections.abc import Collection

from django.contrib import admin, messages
from django.utils.translation import ngettext

from symposium.agenda import change_notices
from symposium.registrations.admin.sessions import SessionAdmin as BookedSessionAdmin
from symposium.sessions.models import Session

admin.site.unregister(Session)


@admin.register(Session)
class SessionAdmin(BookedSessionAdmin):
    def report_consequences(self, request, sessions, *, published: bool = False) -> None:
        super().report_consequences(request, sessions, published=published)
        if number := change_notices.count_to_notify(sessions):
            words = ngettext(
                "%(n)d person who booked or starred a session will be told by email in a few "
                "minutes.",
                "%(n)d people who booked or starred a session will be told by email in a few "
                "minutes.",
                number,
            )
            messages.info(request, words % {"n": number})

    def audiences(self, keys: Collection[int]) -> list[str]:
        number = change_notices.count_concerned(keys)
        words = ngettext(
            "%(n)d person who booked or starred a session, told by email.",
            "%(n)d people who booked or starred a session, told by email.",
            number,
        )
        told = [words % {"n": number}] if number else []
        return [*told, *super().audiences(keys)]
