"""Check-in: one scan makes one entry, whatever the network and the number of devices.

A scan locks its registration, so that two devices that read one ticket in the same second give
one entry and one “already checked in”; the unique constraints of `CheckIn` are the safety net.
The device numbers each scan (`nonce`) and may send it again until it has an answer.
"""

import datetime
import re
import uuid
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.core import signing
from django.db import models, transaction
from django.db.models import F, Prefetch, Q, Value
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from symposium.accounts.models import User
from symposium.core.fulltext.query import FoldedText, containing, typed_words
from symposium.core.i18n.dates import long_date
from symposium.editions.models import Edition
from symposium.editions.slugs import UNAMBIGUOUS
from symposium.registrations.models import Booking, Category, CheckIn, Registration
from symposium.registrations.models.registrations import State
from symposium.sessions.models import Session

LETTER = f"[{UNAMBIGUOUS.upper()}]"
# A ticket code, in groups or not, alone or in a URL; the check-in scripts use the same pattern.
CODE = re.compile(
    rf"(?:^|[^A-Z0-9])({LETTER}{{4}})[-\s]?({LETTER}{{4}})[-\s]?({LETTER}{{2}})(?![A-Z0-9])"
)
CLOCK_DRIFT = datetime.timedelta(minutes=2)
NAME_FIELDS = ["given_name", "family_name", "given_name_ar", "family_name_ar"]


class Outcome(models.TextChoices):
    IN = "in", _("Checked in")
    ALREADY = "already", _("Already checked in")
    OTHER_DAY = "other_day", _("Another day")
    UNDONE = "undone", _("Check-in undone")
    REFUSED = "refused", _("Not valid")


class Reason(models.TextChoices):
    """Reason why a person is not checked in, as a sentence for the check-in team."""

    UNKNOWN = "unknown", _("Code not recognised.")
    OTHER_EDITION = "other_edition", _("This ticket is for another edition: %(edition)s.")
    PENDING = "pending", _("This registration isn’t approved yet.")
    WAITING = "waiting", _("This person is on the waiting list.")
    OFFERED = "offered", _("This person hasn’t accepted the place offered yet.")
    REFUSED = "refused", _("This registration wasn’t accepted.")
    DECLINED = "declined", _("This person declined the place offered.")
    EXPIRED = "expired", _("The offer has expired.")
    CANCELLED = "cancelled", _("This registration is cancelled.")
    ONLINE_ONLY = "online_only", _("This registration is for online access only.")
    NOT_TODAY = "not_today", _("The symposium opens on %(first)s.")
    OVER = "over", _("The symposium ended on %(last)s.")
    SESSION_OTHER_DAY = "session_other_day", _("This session is on %(day)s.")
    DEMONSTRATION = "demonstration", _("A trial: this entry counts for %(day)s.")
    NOT_BOOKED = "not_booked", _("No place is booked in this session.")
    UNDONE = "undone", _("This check-in was undone. Scan the ticket again to check them in.")


OTHER_DAYS = (Reason.NOT_TODAY, Reason.OVER, Reason.SESSION_OTHER_DAY)


@dataclass(frozen=True)
class Result:
    """Result of a scan. `check_in` is the active entry, new or earlier, or the undone one.

    `day` is the first day of the check-in, for the sentences about another day.
    """

    edition: Edition
    outcome: Outcome
    reason: Reason | None = None
    registration: Registration | None = None
    check_in: CheckIn | None = None
    day: datetime.date | None = None

    @property
    def sentence(self) -> str:
        """The reason in the reader's language; empty without a reason."""
        if self.reason is None:
            return ""
        ticket = self.registration or self
        return self.reason.label % {
            "edition": f"{ticket.edition.name} {ticket.edition.slug}",
            "first": long_date(self.edition.starts_on),
            "last": long_date(self.edition.ends_on),
            "day": self.day and long_date(self.day),
        }

    @property
    def is_of_today(self) -> bool:
        return self.check_in is not None and self.check_in.day == self.edition.today()

    @cached_property
    def bookings(self) -> list[Booking]:
        """The person's confirmed bookings on the day of the entry, ordered by time."""
        if self.check_in is None or self.outcome == Outcome.UNDONE:
            return []
        held = self.registration.bookings.confirmed().exclude(
            session__effective_status=Session.Status.CANCELLED
        )
        return [
            booking
            for booking in held.in_order()
            if booking.session.starts_at
            and self.edition.today(booking.session.starts_at) == self.check_in.day
        ]


# Search results carry a token that is valid for a day, and no ticket code.
TOKEN_MAX_AGE = datetime.timedelta(days=1)


def token_of(registration: Registration) -> str:
    return signing.dumps(registration.pk, salt=salt_of(registration.edition_id))


def read_token(edition: Edition, token: str) -> int:
    """Return the primary key of the registration; raise BadSignature."""
    return signing.loads(token, salt=salt_of(edition.pk), max_age=TOKEN_MAX_AGE)


def salt_of(edition: int) -> str:
    return f"check-in-{edition}"


class NonceUsed(ValueError):
    """The nonce belongs to a scan of another ticket or at another place."""


def read_code(text: str) -> str:
    """Return the last ticket code in a scanned or typed text, or ""."""
    found = CODE.findall(text.upper())
    return "".join(found[-1]) if found else ""


def is_code(text: str) -> bool:
    """Return whether `text` is meant as a ticket code: it has a digit, or the code exists.

    A name of ten letters has the form of a code.
    """
    code = read_code(text)
    return any(map(str.isdigit, code)) or Registration.objects.filter(code=code).exists()


def counted_day(edition: Edition, at: datetime.datetime) -> datetime.date | None:
    """Return the day for which a scan counts; None outside the days of the edition.

    A demonstration is tried on any day: other days count as the first one. Ticking “demonstration”
    on a real edition is harmless: its certificates say that they are not valid.
    """
    day = edition.today(at)
    if edition.starts_on <= day <= edition.ends_on:
        return day
    return edition.starts_on if edition.is_demonstration else None


def displayed_day(edition: Edition, at: datetime.datetime | None = None) -> datetime.date:
    """Return the day whose entries are shown: `counted_day`, or else the edition's nearest day."""
    at = at or timezone.now()
    nearest = min(max(edition.today(at), edition.starts_on), edition.ends_on)
    return counted_day(edition, at) or nearest


def open_days(edition: Edition, session: Session | None = None) -> list[datetime.date]:
    """Return the days on which check-in is open: the days of the edition, or of the session."""
    if session and session.starts_at:
        return sorted({edition.today(session.starts_at), edition.today(session.ends_at)})
    return edition.days


def scan_time(edition: Edition, scanned_at: datetime.datetime | None) -> datetime.datetime:
    """Return the time of the scan: the device's time if its clock can be right, or else now."""
    now = timezone.now()
    if scanned_at is None or scanned_at > now + CLOCK_DRIFT:
        return now
    inside = edition.starts_on <= edition.today(scanned_at) <= edition.ends_on
    return scanned_at if inside else now


@transaction.atomic
def check_in(
    *,
    edition: Edition,
    code: str = "",
    person: int | None = None,
    by: User,
    nonce: uuid.UUID,
    scanned_at: datetime.datetime | None = None,
    session: Session | None = None,
) -> Result:
    """Check in the registration with the ticket `code` or the primary key `person`.

    Return the result, with the reason if the person is not checked in. `session` is None for the
    entrance. A scan sent again with the same `nonce` gets the same answer, unless its entry was
    undone. Raise NonceUsed if the nonce was used for another ticket or session.
    """
    tickets = Registration.objects.select_for_update(of=("self",), no_key=True).with_details()
    asked = Q(pk=person, edition=edition) if person else Q(code=read_code(code) or code.upper())
    registration = tickets.filter(asked).first()
    if registration is None:
        return Result(edition, Outcome.REFUSED, Reason.UNKNOWN)
    if earlier := CheckIn.objects.select_related("by").filter(nonce=nonce).first():
        if (earlier.registration_id, earlier.session) != (registration.pk, session):
            raise NonceUsed
        if earlier.undone_at:
            return Result(edition, Outcome.UNDONE, Reason.UNDONE, registration, earlier)
        return accepted_result(earlier, edition, registration)
    at = scan_time(edition, scanned_at)
    day = counted_day(edition, at)
    if reason := refusal_reason(registration, edition, at, session):
        outcome = Outcome.OTHER_DAY if reason in OTHER_DAYS else Outcome.REFUSED
        return Result(edition, outcome, reason, registration, day=open_days(edition, session)[0])
    if standing := entries_at(registration.check_ins, day, session).select_related("by").first():
        return Result(edition, Outcome.ALREADY, None, registration, standing)
    made = CheckIn.objects.create(
        edition=edition, registration=registration, session=session, day=day,
        scanned_at=at, by=by, nonce=nonce,
    )  # fmt: skip
    return accepted_result(made, edition, registration)


def accepted_result(check_in: CheckIn, edition: Edition, registration: Registration) -> Result:
    """Return the result of an entry; a demonstration names the day that the entry counts for."""
    days = open_days(edition, check_in.session)
    if edition.today(check_in.scanned_at) in days:
        return Result(edition, Outcome.IN, None, registration, check_in)
    reason = Reason.DEMONSTRATION
    return Result(edition, Outcome.OTHER_DAY, reason, registration, check_in, days[0])


def refusal_reason(
    registration: Registration, edition: Edition, at: datetime.datetime, session: Session | None
) -> Reason | None:
    """Return why this ticket is not valid at this time and place, or None if it is."""
    if registration.edition_id != edition.pk:
        return Reason.OTHER_EDITION
    if registration.state != State.CONFIRMED:
        return Reason(registration.state)
    if not registration.category.on_site:
        return Reason.ONLINE_ONLY
    if counted_day(edition, at) is None:
        return Reason.NOT_TODAY if edition.today(at) < edition.starts_on else Reason.OVER
    if not edition.is_demonstration and edition.today(at) not in open_days(edition, session):
        return Reason.SESSION_OTHER_DAY
    if session and session.places is not None:
        booked = registration.bookings.confirmed().filter(session=session)
        return None if booked.exists() else Reason.NOT_BOOKED
    return None


def entries_at(check_ins, day: datetime.date, session: Session | None):
    """Filter to the active entries: of the session, or of the entrance on `day`."""
    if session:
        return check_ins.active().filter(session=session)
    return check_ins.active().at_the_entrance().filter(day=day)


def undo(*, nonce: uuid.UUID, by: User) -> CheckIn:
    """Undo an entry; a second call changes nothing. Raise CheckIn.DoesNotExist."""
    CheckIn.objects.filter(nonce=nonce, undone_at=None).update(
        undone_at=timezone.now(), undone_by=by
    )
    return CheckIn.objects.get(nonce=nonce)


# Numbers, lists and search


@dataclass(frozen=True)
class Count:
    category: Category
    entered: int
    expected: int


@dataclass(frozen=True)
class Counts:
    rows: list[Count]

    @property
    def entered(self) -> int:
        return sum(row.entered for row in self.rows)

    @property
    def expected(self) -> int:
        return sum(row.expected for row in self.rows)


def counts(edition: Edition, day: datetime.date, session: Session | None = None) -> Counts:
    """Count the people checked in and expected, by category, in three queries."""
    entered = per_category(entries_at(edition.check_ins, day, session), "registration__category")
    expected = per_category(expected_at(edition, session), "category")
    return Counts(
        [
            Count(category, entered.get(category.pk, 0), expected.get(category.pk, 0))
            for category in edition.categories.filter(on_site=True)
        ]
    )


def expected_at(edition: Edition, session: Session | None):
    """Queryset of the registrations expected at the entrance or in the session."""
    expected = edition.registrations.confirmed().filter(category__on_site=True)
    if session and session.places is not None:
        booked = session.bookings.confirmed()
        return expected.filter(pk__in=booked.values("registration"))
    return expected


def per_category(rows, field: str) -> dict[int, int]:
    counted = rows.order_by().values(field).annotate(number=models.Count("pk"))
    return dict(counted.values_list(field, "number"))


def entries(edition: Edition, day: datetime.date, session: Session | None = None):
    """Queryset of the active entries, latest first."""
    return entries_at(edition.check_ins, day, session).select_related(
        "registration__category", "by"
    )


def recent(edition: Edition, by: User, session: Session | None = None):
    """Queryset of the entries that `by` made at this place, latest first."""
    made = edition.check_ins.filter(by=by, session=session)
    return made.select_related("registration__category").order_by("-recorded_at")


def with_name(people, name: str):
    """Filter to people whose given or family name is `name`, compared as `FoldedText`."""
    is_name = (Q(Exact(FoldedText(F(field)), FoldedText(Value(name)))) for field in NAME_FIELDS)
    return people.filter(reduce(or_, is_name))


def search(edition: Edition, text: str, day: datetime.date, session: Session | None = None):
    """Queryset of registrations whose name, in either script, has every word of `text`.

    A registration with the ticket code `text` is found too. A single letter must be a whole name:
    most names contain it. `active_check_ins` of each is a list of its entry at this place, if any.
    """
    words = typed_words(text)
    named: models.QuerySet = edition.registrations.all() if words else edition.registrations.none()
    for word in words:
        named = with_name(named, word) if len(text) == 1 else containing(named, word, NAME_FIELDS)
    standing = entries_at(CheckIn.objects, day, session)
    return (
        edition.registrations.with_details()
        .filter(Q(pk__in=named.values("pk")) | Q(code=read_code(text)))
        .prefetch_related(Prefetch("check_ins", standing, to_attr="active_check_ins"))
        .order_by("family_name", "given_name", "pk")
    )
