"""Registrations and bookings, their states; `places.py` alone writes a state."""

import datetime
import itertools
import secrets

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_countries.fields import CountryField

from symposium.accounts.models import User
from symposium.core.validators import validate_name
from symposium.editions.models import Edition
from symposium.editions.slugs import UNAMBIGUOUS
from symposium.registrations.models.categories import Category
from symposium.sessions.models import Session


def new_registration_code() -> str:
    """Return ten letters and digits that nobody confuses: 49 bits, to be scanned or dictated."""
    return "".join(secrets.choice(UNAMBIGUOUS.upper()) for _ in range(10))


def group_code(code: str) -> str:
    """Return the code in groups, as it is read aloud: 7K4Q-2M9X-TB."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


class State(models.TextChoices):
    """State of a registration or a booking. Only `places.py` writes it."""

    PENDING = "pending", _("Pending approval")
    CONFIRMED = "confirmed", _("Confirmed")
    WAITING = "waiting", _("On the waiting list")
    OFFERED = "offered", _("Place offered")
    REFUSED = "refused", _("Not accepted")
    DECLINED = "declined", _("Offer declined")
    EXPIRED = "expired", _("Offer expired")
    CANCELLED = "cancelled", pgettext_lazy("registration", "Cancelled")


ACTIVE_STATES = (State.PENDING, State.CONFIRMED, State.WAITING, State.OFFERED)
OCCUPYING_STATES = (State.CONFIRMED, State.OFFERED)


class ReservationQuerySet(models.QuerySet):
    def active(self):
        return self.filter(state__in=ACTIVE_STATES)

    def occupying(self):
        """Return the reservations that have a place, or are offered one."""
        return self.filter(state__in=OCCUPYING_STATES)

    def confirmed(self):
        return self.filter(state=State.CONFIRMED)

    def waiting(self):
        """Return the waiting list, in its order."""
        return self.filter(state=State.WAITING).order_by("queue_number", "pk")

    def overdue(self, at: datetime.datetime):
        """Return the offers that were not accepted in time."""
        return self.filter(state=State.OFFERED, offer_expires_at__lte=at)


class Reservation(models.Model):
    """Base of Registration and Booking, which hold a place or wait for one."""

    state = models.CharField(_("state"), max_length=9, choices=State, editable=False)
    # Position in the waiting list, assigned under the lock of the category or session.
    queue_number = models.PositiveIntegerField(null=True, editable=False)
    offer_expires_at = models.DateTimeField(_("offer expires"), null=True, editable=False)

    class Meta:
        abstract = True

    @property
    def is_active(self) -> bool:
        return self.state in ACTIVE_STATES

    @property
    def is_confirmed(self) -> bool:
        return self.state == State.CONFIRMED

    @property
    def is_pending(self) -> bool:
        return self.state == State.PENDING

    @property
    def is_waiting(self) -> bool:
        return self.state == State.WAITING

    @property
    def is_offered(self) -> bool:
        return self.state == State.OFFERED

    @property
    def is_declined(self) -> bool:
        return self.state == State.DECLINED


def state_constraints(table: str) -> list[models.CheckConstraint]:
    """Return the constraints of a state: WAITING needs a queue number, OFFERED an expiry time."""
    return [
        models.CheckConstraint(
            condition=Q(state__in=State.values),
            name=f"{table}_known_state",
            violation_error_message=_("Choose a valid status."),
        ),
        models.CheckConstraint(
            condition=~Q(state=State.WAITING) | Q(queue_number__isnull=False),
            name=f"{table}_waiting_in_turn",
            violation_error_message=_("A waiting registration must have a position on the list."),
        ),
        models.CheckConstraint(
            condition=~Q(state=State.OFFERED) | Q(offer_expires_at__isnull=False),
            name=f"{table}_offered_until",
            violation_error_message=_("An offer must have an expiry time."),
        ),
    ]


class RegistrationQuerySet(ReservationQuerySet):
    def of(self, user: User):
        return self.filter(user=user)

    def public_participants(self):
        """Return the public list of participants: confirmed, and listed at their own request."""
        return self.confirmed().filter(is_listed=True, anonymised_at=None)

    def may_watch(self, user: User) -> bool:
        """Return whether one of these registrations gives `user` the online streams."""
        mine = self.confirmed().filter(user=user.pk, category__online_access=True)
        return mine.exists()

    def with_details(self):
        return self.select_related("edition", "category", "user")


class Registration(Reservation):
    """One person's registration to one edition."""

    class Role(models.TextChoices):
        RESEARCH = "research", _("Research and teaching")
        STUDENT = "student", _("Student")
        AUTHORITY = "authority", _("Local or public authority")
        COMPANY = "company", _("Company")
        ASSOCIATION = "association", _("Association")
        PRESS = "press", _("Press")
        OTHER = "other", _("Other")

    edition = models.ForeignKey(
        Edition, models.CASCADE, related_name="registrations", verbose_name=_("edition")
    )
    user = models.ForeignKey(
        User, models.RESTRICT, related_name="registrations", null=True, blank=True,
        verbose_name=_("account"),
    )  # fmt: skip
    category = models.ForeignKey(
        Category, models.RESTRICT, related_name="registrations", verbose_name=_("category")
    )
    code = models.CharField(
        _("ticket code"), max_length=10, unique=True, default=new_registration_code, editable=False
    )
    given_name = models.CharField(
        _("given name"), max_length=100, blank=True, validators=[validate_name]
    )
    family_name = models.CharField(_("family name"), max_length=100, validators=[validate_name])
    given_name_ar = models.CharField(
        _("given name in Arabic script"), max_length=100, blank=True, validators=[validate_name]
    )
    family_name_ar = models.CharField(
        _("family name in Arabic script"), max_length=100, blank=True, validators=[validate_name]
    )
    affiliation = models.CharField(
        _("affiliation"), max_length=200, blank=True, validators=[validate_name],
        help_text=_("University, authority, company or association."),
    )  # fmt: skip
    role = models.CharField(_("profile"), max_length=11, choices=Role)
    country = CountryField(_("country"), blank=True)
    accessibility_needs = models.TextField(
        _("accessibility needs"), max_length=1000, blank=True,
        help_text=_("For example a hearing loop, interpreting or a reserved seat. Only the "
                    "welcome team can see this."),
    )  # fmt: skip
    is_listed = models.BooleanField(
        _("on the public list of participants"), default=False,
        help_text=_("Name, affiliation and country. You can change your mind at any time."),
    )  # fmt: skip
    # A link in each such e-mail ends the subscription: `subscriptions.py`.
    takes_messages = models.BooleanField(
        _("organisers’ messages"), default=True, db_default=True, editable=False
    )
    consented_at = models.DateTimeField(_("consent"), null=True, editable=False)
    consent_version = models.CharField(
        _("version of the privacy notice"), max_length=40, blank=True, editable=False
    )
    created_at = models.DateTimeField(_("registered"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("last change"), auto_now=True, editable=False)
    anonymised_at = models.DateTimeField(_("anonymised"), null=True, editable=False)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        ordering = ["-created_at", "-id"]
        permissions = [
            ("view_accessibility_needs", _("Can read accessibility needs")),
            ("export_registration", _("Can export registrations")),
            ("message_registration", _("Can send messages to participants")),
        ]
        indexes = [
            models.Index(fields=["category", "state", "queue_number"], name="registrations_queue"),
            models.Index(fields=["edition", "-created_at"], name="registrations_by_time"),
            models.Index(
                fields=["offer_expires_at"],
                condition=Q(state=State.OFFERED),
                name="registrations_offers",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["id", "edition"], name="registrations_id_edition"),
            models.UniqueConstraint(
                fields=["edition", "user"],
                condition=Q(state__in=ACTIVE_STATES),
                name="registrations_one_live_per_person",
                violation_error_message=_("This person is already registered for this edition."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=ACTIVE_STATES)
                | Q(user__isnull=False)
                | Q(anonymised_at__isnull=False),
                name="registrations_live_has_account",
                violation_error_message=_("An active registration must belong to an account."),
            ),
            models.CheckConstraint(
                condition=Q(family_name__gt="") | Q(anonymised_at__isnull=False),
                name="registrations_named",
                violation_error_message=_("Enter a family name."),
            ),
            *state_constraints("registrations"),
        ]

    def __str__(self) -> str:
        return self.name or str(_("Erased participant"))

    def get_absolute_url(self) -> str:
        return reverse("registrations:detail", args=[self.code])

    def clean(self) -> None:
        if self.category_id and self.category.edition_id != self.edition_id:
            raise ValidationError(
                {
                    "category": ValidationError(
                        _("Choose an item from this edition."), code="edition"
                    )
                }
            )

    @property
    def capacity(self) -> Category:
        """Category whose place it holds or waits for."""
        return self.category

    @property
    def has_ticket(self) -> bool:
        return self.is_confirmed and self.category.on_site

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def name_ar(self) -> str:
        return f"{self.given_name_ar} {self.family_name_ar}".strip()

    @property
    def code_in_groups(self) -> str:
        return group_code(self.code)

    @property
    def queue_position(self) -> int | None:
        """Position in the waiting list, 1 for the next one; None unless it waits."""
        if not self.is_waiting:
            return None
        ahead = self.category.registrations.waiting().filter(queue_number__lt=self.queue_number)
        return ahead.count() + 1

    def clashes(self) -> list[tuple["Booking", "Booking"]]:
        """Return the pairs of active bookings whose sessions overlap in time."""
        live = self.bookings.active().exclude(session__effective_status=Session.Status.CANCELLED)
        held = list(live.filter(session__starts_at__isnull=False).in_order())
        return [
            (one, other)
            for one, other in itertools.combinations(held, 2)
            if one.session.family != other.session.family
            and one.session.starts_at < other.session.ends_at
            and other.session.starts_at < one.session.ends_at
        ]


class BookingQuerySet(ReservationQuerySet):
    def waiting(self):
        """Return the waiting list, in its order, without registrations that are not confirmed."""
        return super().waiting().filter(registration__state=State.CONFIRMED)

    def in_order(self):
        shown = self.select_related("session__edition", "session__room", "session__track")
        return shown.order_by("session__starts_at", "session_id")


class Booking(Reservation):
    """Seat of a registration in a session with limited places, or its turn to get one."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="bookings", editable=False)
    registration = models.ForeignKey(
        Registration, models.CASCADE, related_name="bookings", verbose_name=_("registration")
    )
    session = models.ForeignKey(
        Session, models.RESTRICT, related_name="bookings", verbose_name=_("session")
    )
    # `Session.sequence` at the last notification of this person.
    notified_sequence = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("booked"), default=timezone.now, editable=False)

    objects = BookingQuerySet.as_manager()

    class Meta:
        verbose_name = _("booking")
        verbose_name_plural = _("bookings")
        ordering = ["created_at", "id"]
        indexes = [
            models.Index(fields=["session", "state", "queue_number"], name="bookings_queue"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["registration", "session"],
                condition=Q(state__in=ACTIVE_STATES),
                name="bookings_one_live_per_session",
                violation_error_message=_("This session is already booked."),
            ),
            *state_constraints("bookings"),
        ]

    def __str__(self) -> str:
        return str(self.session)

    @property
    def capacity(self) -> Session:
        return self.session

    @property
    def queue_position(self) -> int | None:
        """Position in the waiting list, 1 for the next one; None unless it waits."""
        if not self.is_waiting:
            return None
        ahead = self.session.bookings.waiting().filter(queue_number__lt=self.queue_number)
        return ahead.count() + 1


class StateChange(models.Model):
    """One state change of a registration.

    `by` is the organiser, or None if the person did it or it was automatic.
    """

    registration = models.ForeignKey(Registration, models.CASCADE, related_name="changes")
    state = models.CharField(_("state"), max_length=9, choices=State)
    at = models.DateTimeField(_("when"), default=timezone.now)
    by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("change of state")
        verbose_name_plural = _("changes of state")
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return self.get_state_display()


class Reminder(models.Model):
    """Record of an e-mail that is sent only once to each registration."""

    class Kind(models.TextChoices):
        WEEK = "week", _("A week before")
        DAY = "day", _("The day before")
        AFTER = "after", _("After the event")

    registration = models.ForeignKey(Registration, models.CASCADE, related_name="reminders")
    kind = models.CharField(_("kind"), max_length=5, choices=Kind)
    sent_at = models.DateTimeField(_("sent"), default=timezone.now)

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [
            models.UniqueConstraint(
                fields=["registration", "kind"],
                name="reminders_once",
                violation_error_message=_("This reminder has been sent."),
            )
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
