"""All data stored about a user, to read and to download (GDPR, articles 15 and 20).

A part is `{"label", "fields", "parts", "entries"}`. `fields` and `parts` are dicts by name, the
same in every language; `entries` is a list of parts of one kind. A field is `{"label", "value",
"shown"}`: `value` is for machines (dates in ISO 8601), `shown` for people. `label` and `shown` are
in the active language. Other people are never named: the author of an action is “You” or “The
organisers”.
"""

import datetime
from collections.abc import Iterable

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db.models import Model
from django.http import QueryDict
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django_countries.fields import Country

from symposium.accounts.models import User
from symposium.accounts.second_factor import NAMES
from symposium.agenda.models import Agenda, Star
from symposium.core.i18n.dates import long_date, moment
from symposium.core.mail.models import Email
from symposium.registrations.models import (
    Answer,
    Booking,
    Certificate,
    CheckIn,
    Draft,
    Invitation,
    Message,
    Registration,
    StateChange,
)

PERSON = [
    "given_name", "family_name", "given_name_ar", "family_name_ar", "affiliation", "role",
    "country", "accessibility_needs", "is_listed", "takes_messages",
]  # fmt: skip
CONSENT = ["consented_at", "consent_version"]
TIMES = ["created_at", "updated_at", "anonymised_at"]


def data_about(user: User) -> dict:
    """Return all data stored about `user` as one part, which is JSON-serialisable."""
    registrations = user.registrations.with_details().order_by("created_at")
    made = {"made_at": field(_("Created"), timezone.now())}
    return part(
        _("My data"),
        made,
        account=account(user),
        registrations=list_part(_("Registrations"), map(registration, registrations)),
        programme=programme(user),
        drafts=list_part(_("Forms saved for an hour"), map(draft, Draft.objects.filter(user=user))),
        invitations=list_part(_("Invitations"), map(invitation, invitations_for(user))),
        mails=list_part(_("Emails sent to you"), map(sent_mail, mails_to(user))),
    )


def account(user: User) -> dict:
    addresses = user.emailaddress_set.order_by("pk")
    keys = Authenticator.objects.filter(user=user).order_by("pk")
    sessions = UserSession.objects.filter(user=user).order_by("created_at")
    return part(
        _("Account"),
        fields_of(user, "email", "name", "language", "date_joined", "last_login", "is_active"),
        addresses=list_part(_("Email addresses"), map(address, addresses)),
        keys=list_part(_("Ways to sign in"), map(key, keys)),
        sessions=list_part(_("Where you are signed in"), map(signed_in, sessions)),
    )


def address(found) -> dict:
    return part(found.email, fields_of(found, "email", "verified", "primary"))


def signed_in(found: UserSession) -> dict:
    return part(
        moment(found.created_at),
        {
            "created_at": field(_("Signed in"), found.created_at),
            "ip": field(_("IP address"), found.ip),
            "user_agent": field(_("Browser"), found.user_agent),
        },
    )


def key(found: Authenticator) -> dict:
    """Return when a way to sign in was added and last used; never its secret."""
    label = str(NAMES[found.type])
    return part(
        label,
        {
            "type": field(_("Kind"), found.type, label),
            "created_at": field(_("Added"), found.created_at),
            "last_used_at": field(_("Last used"), found.last_used_at),
        },
    )


def registration(found: Registration) -> dict:
    edition = found.edition
    with timezone.override(edition.zone):
        return part(
            f"{edition} {edition.slug}",
            {
                "edition": field(_("Edition"), edition.slug, str(edition)),
                "category": field(_("Category"), str(found.category)),
                "code": field(_("Ticket code"), found.code, found.code_in_groups),
                **fields_of(found, *PERSON),
                **standing(found),
                **fields_of(found, *CONSENT, *TIMES),
            },
            answers=list_part(_("Answers"), map(answer, answers_of(found))),
            bookings=list_part(_("Sessions booked"), map(booking, found.bookings.in_order())),
            check_ins=list_part(_("Entries"), map(check_in, entries_of(found))),
            certificates=list_part(_("Certificates"), map(certificate, certificates_of(found))),
            changes=list_part(_("Registration history"), map(change, found.changes.all())),
            messages=list_part(_("Messages received"), map(message, found.messages.all())),
            reminders=list_part(_("Reminders sent"), map(reminder, found.reminders.order_by("pk"))),
        )


def standing(holder: Registration | Booking) -> dict:
    turn = field(_("Position on the waiting list"), holder.queue_number)
    return {**fields_of(holder, "state", "offer_expires_at"), "queue_number": turn}


def answers_of(found: Registration) -> Iterable[Answer]:
    return found.answers.select_related("question", "option")


def answer(found: Answer) -> dict:
    words = {"yes": _("Yes"), "no": _("No")} if found.question.kind == "yes_no" else {}
    given = field(_("Answer"), str(found), words.get(found.text))
    return part(str(found.question), {"answer": given})


def booking(found: Booking) -> dict:
    session = found.session
    when = session.times() if session.starts_at else _("not scheduled yet")
    return part(
        str(session),
        {
            "session": field(_("Session"), str(session.guid), str(session)),
            "when": field(_("When"), session.starts_at, when),
            **standing(found),
            **fields_of(found, "created_at"),
        },
    )


def entries_of(found: Registration) -> Iterable[CheckIn]:
    return found.check_ins.select_related("session").order_by("scanned_at", "pk")


def check_in(found: CheckIn) -> dict:
    guid = str(found.session.guid) if found.session else None
    door = str(found.session) if found.session else _("Entrance")
    return part(
        f"{long_date(found.day)} · {door}",
        {
            "door": field(_("Door"), guid, door),
            **fields_of(found, "day", "scanned_at", "recorded_at", "undone_at"),
        },
    )


def certificates_of(found: Registration) -> Iterable[Certificate]:
    return Certificate.objects.filter(registration=found)


def certificate(found: Certificate) -> dict:
    url = settings.SITE_URL + found.get_absolute_url()
    return part(
        _("Certificate of attendance"),
        {
            **fields_of(found, "name", "name_ar", "days", "minutes", "issued_at"),
            "verify_url": field(_("Verification link"), url),
        },
    )


def change(found: StateChange) -> dict:
    by = {None: "", found.registration.user_id: _("You")}.get(found.by_id, _("The organisers"))
    return part(
        f"{text(found.at)} · {found}",
        {**fields_of(found, "state", "at", "reason"), "by": field(_("By"), by)},
    )


def message(found: Message) -> dict:
    return part(str(found), fields_of(found, "subject", "body", "sent_at"))


def reminder(found) -> dict:
    return part(str(found), fields_of(found, "kind", "sent_at"))


def programme(user: User) -> dict:
    """Return stars and settings; never the URL of the calendar, which gives access to it."""
    agenda = Agenda.objects.filter(user=user).first() or Agenda(user=user)
    return part(
        _("My programme"),
        fields_of(agenda, "wants_mail", "token_made_at"),
        stars=list_part(_("Starred sessions"), map(star, user.stars.in_order())),
    )


def star(found: Star) -> dict:
    session = found.session
    when = session.times() if session.starts_at else _("not scheduled yet")
    return part(
        str(session),
        {
            "session": field(_("Session"), str(session.guid), str(session)),
            "when": field(_("When"), session.starts_at, when),
            **fields_of(found, "created_at"),
        },
    )


def draft(found: Draft) -> dict:
    typed = QueryDict(found.typed)
    values = {name: field(name, values) for name, values in typed.lists()}
    return part(str(found.edition), {**fields_of(found, "expires_at"), **values})


def invitations_for(user: User) -> Iterable[Invitation]:
    found = Invitation.objects.filter(email=user.email)
    return found.select_related("category__edition").order_by("pk")


def invitation(found: Invitation) -> dict:
    fields = fields_of(found, "email", "name", "language", "sent_at", "created_at")
    category = {"category": field(_("Category"), str(found.category))}
    return part(f"{found.category.edition} · {found.category}", fields | category)


def mails_to(user: User) -> Iterable[Email]:
    return Email.objects.filter(to=user.email).order_by("pk")


def sent_mail(found: Email) -> dict:
    """Return an e-mail without its body, which may hold a code and is in the user's mailbox."""
    fields = {
        "subject": field(_("Subject"), found.subject),
        "created_at": field(_("Written"), found.created_at),
        "status": field(_("Status"), found.status, found.get_status_display()),
    }
    return part(found.subject, fields)


# Parts and fields


def part(label: str, fields: dict | None = None, **parts: dict) -> dict:
    return {"label": label, "fields": fields or {}, "parts": parts, "entries": []}


def list_part(label: str, entries: Iterable[dict]) -> dict:
    return part(label) | {"entries": list(entries)}


def fields_of(thing: Model, *names: str) -> dict:
    """Return fields of a model by name, with their verbose names as labels."""
    return {name: model_field(thing, name) for name in names}


def model_field(thing: Model, name: str) -> dict:
    value = getattr(thing, name)
    display = getattr(thing, f"get_{name}_display", None)
    return field(thing._meta.get_field(name).verbose_name, value, display and display())


def field(label: str, value, shown: str | None = None) -> dict:
    words = text(value) if shown is None else str(shown)
    return {"label": capfirst(str(label)), "value": plain(value), "shown": words}


def plain(value):
    """Return the value for JSON."""
    if isinstance(value, Country):
        return value.code
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, datetime.date) else value


def text(value) -> str:
    """Return the value for people, in the active language."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime.datetime):
        return moment(value)
    if isinstance(value, datetime.date):
        return long_date(value)
    return _(", ").join(map(text, value)) if isinstance(value, list) else str(value)
