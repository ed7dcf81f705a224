"""Periodic tasks of `manage.py worker`, in the order in which they run.

A task does nothing twice, since the rows record what was done. It treats one batch of rows at a
time, each row in its own transaction.
"""

from collections.abc import Callable

from symposium.abstracts import documents, usage
from symposium.accounts import attempts, browser_sessions, guesses
from symposium.agenda import change_notices
from symposium.privacy import erasure
from symposium.registrations import drafts, places, reminders, waiting_list
from symposium.spreadsheets.models import delete_expired_imports

PERIODIC_TASKS: list[Callable[[], object]] = [
    places.expire_offers,
    waiting_list.promote_waiting_everywhere,
    change_notices.notify_booking_changes,
    change_notices.notify_star_changes,
    reminders.send_reminders,
    reminders.send_certificates,
    erasure.apply_retention,
    erasure.delete_unused_accounts,
    erasure.delete_mails,
    erasure.anonymise_deleted_people,
    browser_sessions.delete_expired_sessions,
    guesses.delete_expired_guesses,
    attempts.delete_expired_attempts,
    drafts.delete_expired_drafts,
    delete_expired_imports,
    documents.delete_stale_files,
    usage.sum_up,
]
