"""Personal data: export, erasure on request, and deletion after the retention periods.

To erase is to anonymise. The registration stays in the statistics, without the person:

- kept: edition, category, state and its changes, role, country, bookings, check-ins, and the times
  of all these;
- emptied: names, affiliation, accessibility needs, consent, the reasons that organisers wrote; the
  registration leaves the public list and the account, and gets another code, so that no old ticket
  leads to it;
- deleted: answers (what a person eats reveals something about health or faith), the certificate,
  and the names in the audit log of the desk.
"""

import datetime
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth import SESSION_KEY
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session as BrowserSession
from django.db import transaction
from django.db.models import BigIntegerField, Exists, Model, OuterRef, Q, QuerySet
from django.db.models.functions import Cast
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from symposium.accounts.models import User
from symposium.agenda.models import Star
from symposium.core import batches, mail
from symposium.core.mail.models import Email
from symposium.editions.models import Edition
from symposium.privacy import data_export
from symposium.registrations import places
from symposium.registrations.models import (
    Answer,
    Booking,
    Certificate,
    CheckIn,
    Invitation,
    Registration,
)
from symposium.registrations.models.drafts import MAX_AGE
from symposium.registrations.models.registrations import new_registration_code
from symposium.registrations.places import Refused

# An e-mail claimed within this time may be leaving at this moment.
IN_FLIGHT = datetime.timedelta(minutes=2)
ONE_HOUR = datetime.timedelta(hours=1)
NAMELESS = "…"
UNNAMED = {"object_repr": NAMELESS, "change_message": ""}
# Models whose objects the audit log of the desk names with a person's name or e-mail address.
PEOPLE = (
    User,
    EmailAddress,
    Authenticator,
    Invitation,
    Registration,
    Booking,
    CheckIn,
    Certificate,
)
UNUSED_ACCOUNT_DAYS = 7
ACCESSIBILITY_NEEDS_DAYS = 30
INVITATION_DAYS = 30
ANSWER_DAYS = 180
IDENTITY_DAYS = 730


def export(user: User) -> dict:
    """Return all data about `user`, in the active language, in the shape of `data_export.py`."""
    return data_export.data_about(user)


# Erasing


@transaction.atomic
def erase(user: User, at: datetime.datetime | None = None) -> None:
    """Delete the account and all data that identify the person; anonymous data stay.

    Registrations to editions that are not over are cancelled first. A last e-mail confirms the
    erasure. Raise Refused, with nothing changed, for an organiser: another organiser must remove
    that role first.
    """
    if user.is_staff or user.is_superuser:
        raise Refused(
            _(
                "This is an organiser account. Ask another organiser to remove that role "
                "before you delete it."
            ),
            code="organiser",
        )
    at = at or timezone.now()
    opened = session_keys_of(user)
    user = User.objects.select_for_update().filter(pk=user.pk).first()
    if user is None:
        return
    mine = user.registrations.with_details().order_by("pk")
    places.lock_capacities(mine.all())
    for registration in mine:
        if registration.edition.phase(at) != "after":
            places.cancel(registration)
        anonymise(registration, at)
    verified = user.emailaddress_set.filter(verified=True)
    addresses = {user.email, *verified.values_list("email", flat=True)}
    invitations = Invitation.objects.filter(email__in=addresses)
    anonymise_audit_log(
        User.objects.filter(pk=user.pk), user.emailaddress_set.all(),
        Authenticator.objects.filter(user=user), invitations,
    )  # fmt: skip
    invitations.delete()
    withdraw_mails(addresses, at)
    send_farewell(user)
    BrowserSession.objects.filter(pk__in=opened).delete()
    user.delete()


def anonymise(registration: Registration, at: datetime.datetime) -> None:
    """Remove all data that identify the person; a second call changes nothing."""
    certificates = Certificate.objects.filter(registration=registration)
    itself = Registration.objects.filter(pk=registration.pk, anonymised_at=None)
    anonymise_audit_log(
        itself, registration.bookings.all(), registration.check_ins.all(), certificates
    )
    registration.answers.all().delete()
    registration.changes.exclude(reason="").update(reason="")
    certificates.delete()
    itself.update(
        user=None, code=new_registration_code(), given_name="", family_name="", given_name_ar="",
        family_name_ar="", affiliation="", accessibility_needs="", is_listed=False,
        consented_at=None,
        consent_version="", updated_at=at, anonymised_at=at,
    )  # fmt: skip


def anonymise_audit_log(*things: QuerySet) -> None:
    """Remove the names of these objects from the audit log; who did what and when stays.

    Call it before the objects are deleted.
    """
    for rows in things:
        numbers = [str(pk) for pk in rows.values_list("pk", flat=True)]
        audit_log_of(rows.model).filter(object_id__in=numbers).update(**UNNAMED)


def audit_log_of(model: type[Model]) -> QuerySet[LogEntry]:
    return LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(model))


def session_keys_of(user: User) -> list[str]:
    """Return the keys of the browser sessions in which `user` is signed in; it decodes them all."""
    number = str(user.pk)
    return [
        session.session_key
        for session in BrowserSession.objects.iterator()
        if session.get_decoded().get(SESSION_KEY) == number
    ]


def withdraw_mails(addresses: Collection[str], at: datetime.datetime) -> None:
    """Delete the queued e-mails to these addresses; `delete_mails` deletes those leaving now."""
    leaving = Q(status=Email.Status.RETRYING, updated_at__gt=at - IN_FLIGHT)
    for address in addresses:
        waiting = Email.objects.filter(to=address).exclude(leaving)
        found = list(waiting.select_for_update(skip_locked=True).values_list("pk", flat=True))
        Email.objects.filter(pk__in=found).delete()


def send_farewell(user: User) -> None:
    """Queue the last e-mail; `delete_mails` deletes it from the queue once it is sent."""
    edition = Edition.objects.current()
    with translation.override(user.language):
        context = edition.mail_context() if edition else {}
    mail.send(
        to=user.email,
        language=user.language,
        template="registrations/email/erased",
        context=context,
        reply_to=edition.contact_email if edition else "",
    )


# Retention


@dataclass(frozen=True)
class Rule:
    """Retention rule: data that are deleted `days` after the end of their edition.

    `what` and `then` are the texts for the privacy page. `left` returns the rows that still have
    the data, in any edition; `forget` deletes the data of one row; `edition` is the lookup from a
    row to its edition.
    """

    what: str | Promise
    days: int
    then: str | Promise
    left: Callable[[], QuerySet]
    forget: Callable[[Any, datetime.datetime], object]
    edition: str = "edition"


def registrations_with(condition: Q | Exists) -> Callable[[], QuerySet]:
    return lambda: Registration.objects.filter(condition)


def delete_needs(registration: Registration, at: datetime.datetime) -> None:
    Registration.objects.filter(pk=registration.pk).update(accessibility_needs="")


def delete_star(star: Star, at: datetime.datetime) -> None:
    star.delete()


def delete_answers(registration: Registration, at: datetime.datetime) -> None:
    registration.answers.all().delete()


def delete_invitation(invitation: Invitation, at: datetime.datetime) -> None:
    anonymise_audit_log(Invitation.objects.filter(pk=invitation.pk))
    invitation.delete()


RETENTION = (
    Rule(
        what=gettext_lazy("Accessibility needs"),
        days=ACCESSIBILITY_NEEDS_DAYS,
        then=gettext_lazy("Deleted."),
        left=registrations_with(Q(accessibility_needs__gt="")),
        forget=delete_needs,
    ),
    Rule(
        what=gettext_lazy("Invitations: name and email address"),
        days=INVITATION_DAYS,
        then=gettext_lazy("Deleted."),
        left=Invitation.objects.all,
        forget=delete_invitation,
        edition="category__edition",
    ),
    Rule(
        what=gettext_lazy("Answers to the questions of the organisers"),
        days=ANSWER_DAYS,
        then=gettext_lazy("Deleted."),
        left=registrations_with(Exists(Answer.objects.filter(registration=OuterRef("pk")))),
        forget=delete_answers,
    ),
    Rule(
        what=gettext_lazy("Names, affiliation, consent, certificate of attendance"),
        days=IDENTITY_DAYS,
        then=gettext_lazy(
            "Deleted, and the registration is separated from the account. Only anonymous "
            "figures are kept: category, status, role, country, sessions booked, entry "
            "times."
        ),
        left=registrations_with(Q(anonymised_at=None)),
        forget=anonymise,
    ),
    Rule(
        what=gettext_lazy("Stars: the sessions in your programme"),
        days=IDENTITY_DAYS,
        then=gettext_lazy("Deleted."),
        left=Star.objects.all,
        forget=delete_star,
        edition="session__edition",
    ),
)


def apply_retention(at: datetime.datetime | None = None) -> int:
    """Apply each retention rule to a batch of overdue rows; return the number of rows treated."""
    at = at or timezone.now()
    return sum(apply_rule(rule, at) for rule in RETENTION)


def apply_rule(rule: Rule, at: datetime.datetime) -> int:
    before = at - datetime.timedelta(days=rule.days)

    def forget(row) -> bool:
        rule.forget(row, at)
        return True

    # The period of an edition ends with its last day, in its own time zone.
    overdue = rule.left().filter(**{f"{rule.edition}__period__endswith__lte": before})
    # A demonstration installation keeps the fictional people of demonstration editions. In
    # production the flag does not exempt an edition from retention.
    if settings.DEMO:
        overdue = overdue.exclude(**{f"{rule.edition}__is_demonstration": True})
    return batches.for_each_locked(overdue, forget)


def retention_table() -> list[dict[str, str]]:
    """Return the retention periods for the privacy page: dicts of `what`, `kept` and `then`."""
    rows = [
        {
            "what": str(rule.what),
            "kept": ngettext(
                "%(days)s day after the end of the symposium",
                "%(days)s days after the end of the symposium",
                rule.days,
            )
            % {"days": rule.days},
            "then": str(rule.then),
        }
        for rule in RETENTION
    ]
    mails = {
        "what": _("Emails we’ve sent you"),
        "kept": ngettext("%(days)s day", "%(days)s days", settings.MAIL_RETENTION_DAYS)
        % {"days": settings.MAIL_RETENTION_DAYS},
        "then": _("Deleted."),
    }
    account = {
        "what": _("Account: email address, name, language"),
        "kept": ngettext(
            "Until you delete it, or for %(days)s day if no one ever signs in",
            "Until you delete it, or for %(days)s days if no one ever signs in",
            UNUSED_ACCOUNT_DAYS,
        )
        % {"days": UNUSED_ACCOUNT_DAYS},
        "then": _("Deleted."),
    }
    sessions = {
        "what": _("Devices you’re signed in on: IP address and browser"),
        "kept": _("As long as the session: until you sign out, %(days)s days at most")
        % {"days": settings.SESSION_COOKIE_AGE // 86400},
        "then": _("Deleted."),
    }
    hours = MAX_AGE // ONE_HOUR
    typed = {
        "what": _("What you’d typed when your session ended, except accessibility needs"),
        "kept": ngettext("%(hours)s hour", "%(hours)s hours", hours) % {"hours": hours},
        "then": _("Deleted."),
    }
    return [*rows, mails, account, sessions, typed]


def delete_unused_accounts(at: datetime.datetime | None = None) -> int:
    """Delete old accounts that nobody ever used: no sign-in and no verified e-mail address.

    Keep accounts with a role, a permission or a registration: their owner may still come. Return
    the number deleted.
    """
    at = at or timezone.now()
    before = at - datetime.timedelta(days=UNUSED_ACCOUNT_DAYS)
    verified = EmailAddress.objects.filter(user=OuterRef("pk"), verified=True)
    unused = User.objects.filter(
        ~Exists(verified),
        last_login=None,
        date_joined__lt=before,
        is_staff=False,
        is_superuser=False,
        groups=None,
        user_permissions=None,
        registrations=None,
    )
    return batches.for_each_locked(User.objects.filter(pk__in=unused.values("pk")), delete_account)


def delete_account(user: User) -> bool:
    user.delete()
    return True


def anonymise_deleted_people() -> int:
    """Remove the names of deleted people from the audit log, however they were deleted.

    When an organiser deletes an account or an invitation, the log records its name. Return the
    number of entries changed.
    """
    return sum(
        audit_log_of(model)
        .exclude(object_repr=NAMELESS)
        .exclude(object_id=None)
        .filter(~Exists(model.objects.filter(pk=Cast(OuterRef("object_id"), BigIntegerField()))))
        .update(**UNNAMED)
        for model in PEOPLE
    )


def delete_mails() -> int:
    """Delete sent or failed e-mails to addresses without an account or an invitation.

    These are the last e-mail to an erased person, and e-mails that were leaving at that moment.
    Return the number deleted.
    """
    done = Email.objects.filter(status__in=[Email.Status.SENT, Email.Status.FAILED])
    known = [
        Exists(User.objects.filter(email=OuterRef("to"))),
        Exists(EmailAddress.objects.filter(email=OuterRef("to"))),
        Exists(Invitation.objects.filter(email=OuterRef("to"))),
    ]
    nobodys = done.exclude(known[0] | known[1] | known[2])
    found = list(nobodys.values_list("pk", flat=True)[: batches.BATCH_SIZE])
    Email.objects.filter(pk__in=found).delete()
    return len(found)
