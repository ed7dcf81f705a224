"""The periodic work of `manage.py worker`, in the order in which it is done.

A task does nothing twice, since the rows say what was done; it treats a batch of people at a time,
each in a transaction of their own.
"""

from collections.abc import Callable

from symposium.abstracts import documents, usage
from symposium.accounts import attempts, browser_sessions, guesses
from symposium.agenda import change_notices
from symposium.privacy import erasure
from symposium.registrations import drafts, places, reminders, waiting_list

HOUSEKEEPING: list[Callable[[], object]] = [
    places.expire_offers,
    waiting_list.refill,
    change_notices.tell_changes,
    change_notices.tell_starred_changes,
    reminders.remind,
    reminders.send_certificates,
    erasure.apply_retention,
    erasure.forget_accounts,
    erasure.forget_mails,
    erasure.forget_journal,
    browser_sessions.forget_sessions,
    guesses.forget,
    attempts.forget,
    drafts.forget_drafts,
    documents.forget_what_changed,
    usage.sum_up,
]
