"""Who comes in: one scan, one entry, whatever the network and however many doors.

A scan locks its registration, so that two devices that read one ticket in the same second give
one entry and one « already in »; the unique constraints of `CheckIn` are the net beneath. The
device numbers each scan (`nonce`) and may send it again until it has an answer.
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
# A ticket code, in groups or not, alone or in an address; the scripts of the door read it too.
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
    """Why somebody is not let in, in a sentence for whoever stands at the door."""

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
    """What the door answers; `check_in` is the entry that stands, made now or before.

    Or the one that was taken back. `day` is the day that another one was meant for.
    """

    edition: Edition
    outcome: Outcome
    reason: Reason | None = None
    registration: Registration | None = None
    check_in: CheckIn | None = None
    day: datetime.date | None = None

    @property
    def sentence(self) -> str:
        """Why not, in the reader's language; nothing for who is in."""
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
        """The seats of this person on the day of their entry, in order of time."""
        if self.check_in is None or self.outcome == Outcome.UNDONE:
            return []
        held = self.registration.bookings.confirmed().exclude(
            session__status=Session.Status.CANCELLED
        )
        return [
            booking
            for booking in held.in_order()
            if booking.session.starts_at
            and self.edition.today(booking.session.starts_at) == self.check_in.day
        ]


# Somebody found by name: the door is handed a token for them, good for a day, and no ticket code.
TOKEN_MAX_AGE = datetime.timedelta(days=1)


def token_of(registration: Registration) -> str:
    return signing.dumps(registration.pk, salt=salt_of(registration.edition_id))


def read_token(edition: Edition, token: str) -> int:
    """The key of a registration to this edition; raises BadSignature."""
    return signing.loads(token, salt=salt_of(edition.pk), max_age=TOKEN_MAX_AGE)


def salt_of(edition: int) -> str:
    return f"check-in-{edition}"


class NonceUsed(ValueError):
    """The number of this scan belongs to the scan of another ticket or another door."""


def read_code(text: str) -> str:
    """The ticket code in what was scanned or typed; nothing if there is none."""
    found = CODE.findall(text.upper())
    return "".join(found[-1]) if found else ""


def is_code(text: str) -> bool:
    """Whether `text` is meant as a ticket code; a name of ten letters looks like one too."""
    code = read_code(text)
    return any(map(str.isdigit, code)) or Registration.objects.filter(code=code).exists()


def counted_day(edition: Edition, at: datetime.datetime) -> datetime.date | None:
    """The day that a scan counts for; None outside the days of the edition.

    The demonstration is tried on any day: there, it counts for the first. On an edition of real
    people the tick does no harm: its certificates are marked as certifying nothing.
    """
    day = edition.today(at)
    if edition.starts_on <= day <= edition.ends_on:
        return day
    return edition.starts_on if edition.is_demonstration else None


def displayed_day(edition: Edition, at: datetime.datetime | None = None) -> datetime.date:
    """The day whose entries the door shows: today, else the nearest of the edition."""
    at = at or timezone.now()
    nearest = min(max(edition.today(at), edition.starts_on), edition.ends_on)
    return counted_day(edition, at) or nearest


def open_days(edition: Edition, session: Session | None = None) -> list[datetime.date]:
    """The days on which a door is open: those of the edition, or of its session."""
    if session and session.starts_at:
        return sorted({edition.today(session.starts_at), edition.today(session.ends_at)})
    return edition.days


def scan_time(edition: Edition, scanned_at: datetime.datetime | None) -> datetime.datetime:
    """When the scan took place: what the device says, if its clock can be right."""
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
    """Let in whoever holds the ticket `code`, or was found by name, or say why not.

    `person` is the key of a registration to the edition. `session` is the door, None for the
    entrance. Sent again with the same `nonce`, an entry is answered as the first time, unless it
    was taken back since. Raises NonceUsed if that number was for something else.
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
    """In; a demonstration, which is tried on any day, says which one the entry counts for."""
    days = open_days(edition, check_in.session)
    if edition.today(check_in.scanned_at) in days:
        return Result(edition, Outcome.IN, None, registration, check_in)
    reason = Reason.DEMONSTRATION
    return Result(edition, Outcome.OTHER_DAY, reason, registration, check_in, days[0])


def refusal_reason(
    registration: Registration, edition: Edition, at: datetime.datetime, session: Session | None
) -> Reason | None:
    """Why this ticket does not open this door at this time; None if it does."""
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
    """Those of `check_ins` that stand: at a session's door, or at the entrance on `day`."""
    if session:
        return check_ins.active().filter(session=session)
    return check_ins.active().at_the_entrance().filter(day=day)


def undo(*, nonce: uuid.UUID, by: User) -> CheckIn:
    """Take an entry back; done twice, it is taken back once. Raises CheckIn.DoesNotExist."""
    CheckIn.objects.filter(nonce=nonce, undone_at=None).update(
        undone_at=timezone.now(), undone_by=by
    )
    return CheckIn.objects.get(nonce=nonce)


# What the door shows besides


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
    """How many are in and how many are expected, a category a row, in three queries."""
    entered = per_category(entries_at(edition.check_ins, day, session), "registration__category")
    expected = per_category(expected_at(edition, session), "category")
    return Counts(
        [
            Count(category, entered.get(category.pk, 0), expected.get(category.pk, 0))
            for category in edition.categories.filter(on_site=True)
        ]
    )


def expected_at(edition: Edition, session: Session | None):
    """The registrations that a door waits for."""
    expected = edition.registrations.confirmed().filter(category__on_site=True)
    if session and session.places is not None:
        booked = session.bookings.confirmed()
        return expected.filter(pk__in=booked.values("registration"))
    return expected


def per_category(rows, field: str) -> dict[int, int]:
    counted = rows.order_by().values(field).annotate(number=models.Count("pk"))
    return dict(counted.values_list(field, "number"))


def entries(edition: Edition, day: datetime.date, session: Session | None = None):
    """Who is in, last come first."""
    return entries_at(edition.check_ins, day, session).select_related(
        "registration__category", "by"
    )


def recent(edition: Edition, by: User, session: Session | None = None):
    """The last entries that `by` made at this door."""
    made = edition.check_ins.filter(by=by, session=session)
    return made.select_related("registration__category").order_by("-recorded_at")


def with_name(people, name: str):
    """Those whose given or family name is `name`, however it is typed."""
    is_name = (Q(Exact(FoldedText(F(field)), FoldedText(Value(name)))) for field in NAME_FIELDS)
    return people.filter(reduce(or_, is_name))


def search(edition: Edition, text: str, day: datetime.date, session: Session | None = None):
    """Registrations whose name, in either script, has every word of `text`, or that code.

    One letter alone is a whole name: most names have it in them. Each comes with `standing`: its
    entries at this door, at most one.
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
