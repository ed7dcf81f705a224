"""Checklist of an edition: what is missing before each milestone.

Each app has a module `checklist` with its checks, which `AppConfig.ready` registers. One query
answers all of them.
"""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, IntegerField, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from symposium.core.admin.base import is_empty, is_untranslated
from symposium.core.mail.models import Email
from symposium.editions.models import Edition, Page

# In the order of the year. The names are keys of `Check.milestone`.
MILESTONES = {
    "announcement": _("Announcement"),
    "registration": _("Registration"),
    "programme": _("Programme"),
    "day": _("The days"),
    "archive": _("Archive"),
}
BEFORE_THE_END = ("registration", "day")  # milestones of which nothing is asked after the last day


@dataclass(frozen=True)
class Check:
    """Question about an edition: are there `rows` that need work, or, if `is_required`, any rows?

    `sentence` takes `%(n)d`, the number of rows. `page` is the page of the desk that shows them
    (`changelist`), adds one (`add`) or edits the edition (`change`); `query` is its parameters. A
    user sees the check with the permission for that page.
    """

    milestone: str
    rows: Callable[[Edition], QuerySet]
    sentence: str | Promise
    page: str = "changelist"
    query: Mapping[str, Any] = field(default_factory=dict)
    is_required: bool = False

    def is_seen_by(self, user, edition: Edition) -> bool:
        verb = "view" if self.page == "changelist" else self.page
        meta = self.rows(edition).model._meta
        return user.has_perm(f"{meta.app_label}.{verb}_{meta.model_name}")

    def item(self, edition: Edition, number: int) -> "Item | None":
        """Return the item to show for `number` rows found, or None if nothing is missing."""
        if bool(number) == self.is_required:
            return None
        words = self.sentence if self.is_required else self.sentence % {"n": number}
        return Item(str(words), self.url(edition))

    def url(self, edition: Edition) -> str:
        meta = self.rows(edition).model._meta
        name = f"admin:{meta.app_label}_{meta.model_name}_{self.page}"
        if self.page == "change":
            return reverse(name, args=[edition.pk])
        own = {"edition": edition.pk} if hasattr(self.rows(edition).model, "edition") else {}
        query = urlencode(own | dict(self.query))
        return f"{reverse(name)}?{query}" if query else reverse(name)


@dataclass(frozen=True)
class Item:
    """Sentence that says what is missing, and the page of the desk where it is added."""

    sentence: str
    url: str


@dataclass(frozen=True)
class Milestone:
    """Step of the year. `state`: `done`, `now` (the first with something missing) or `later`."""

    name: str
    title: str | Promise
    date: datetime.date | None
    state: str
    items: list[Item]


CHECKS: list[Check] = []


def register(*checks: Check) -> None:
    CHECKS.extend(checks)


def checklist(edition: Edition, user) -> list[Milestone]:
    """Return the milestones of `edition`, with the missing things that `user` may add or see."""
    due = [check for check in CHECKS if is_asked(check, edition)]
    asked = [check for check in due if check.is_seen_by(user, edition)]
    missing: dict[str, list[Item]] = {name: [] for name in MILESTONES}
    for check, number in zip(asked, numbers(edition, asked), strict=True):
        if item := check.item(edition, number):
            missing[check.milestone].append(item)
    return milestones(edition, missing)


def is_asked(check: Check, edition: Edition) -> bool:
    if check.milestone == "archive":
        return edition.is_over
    return not (check.milestone in BEFORE_THE_END and edition.is_over)


def numbers(edition: Edition, checks: list[Check]) -> tuple[int, ...]:
    """Return the number of rows of each check, by one query."""
    if not checks:
        return ()
    counts = {f"check_{n}": number_of(check.rows(edition)) for n, check in enumerate(checks)}
    found = Edition.objects.filter(pk=edition.pk).order_by()
    return found.annotate(**counts).values_list(*counts).get()


def number_of(rows: QuerySet) -> Coalesce:
    """Return an expression: the number of distinct `rows`."""
    whole = rows.order_by().annotate(whole=Value(1)).values("whole")
    counted = whole.annotate(number=Count("pk", distinct=True)).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def milestones(edition: Edition, missing: dict[str, list[Item]]) -> list[Milestone]:
    opens = edition.registration_opens_at
    dates = {
        "registration": edition.today(opens) if opens else None,
        "day": edition.starts_on,
        "archive": edition.ends_on,
    }
    found, current = [], next((name for name in MILESTONES if missing[name]), "")
    for name, title in MILESTONES.items():
        is_done = not missing[name] and (edition.is_over or name not in ("day", "archive"))
        state = "now" if name == current else "done" if is_done else "later"
        found.append(Milestone(name, title, dates.get(name), state, missing[name]))
    return found


def itself(condition: Q) -> Callable[[Edition], QuerySet]:
    """Return the `rows` of a check: the edition itself, if the condition holds."""
    return lambda edition: Edition.objects.filter(condition, pk=edition.pk)


NO_ADDRESS = is_empty("address", "fr") & is_empty("address", "en") & is_empty("address", "ar")
OWN_CHECKS = (
    Check(
        "announcement", itself(Q(is_published=False)), _("The edition isn’t published"), "change"
    ),
    Check(
        "announcement", itself(is_untranslated("description")),
        _("The description is missing in a language"), "change",
    ),
    Check("announcement", itself(Q(contact_email="")), _("No contact email"), "change"),
    Check(
        "announcement",
        lambda edition: edition.pages.filter(is_published=True, slug=Page.PRACTICAL),
        _("No practical information page"), "add", {"slug": Page.PRACTICAL}, is_required=True,
    ),
    Check(
        "announcement",
        lambda edition: edition.pages.filter(is_published=False),
        ngettext_lazy("%(n)d page not published", "%(n)d pages not published", "n"),
        query={"is_published__exact": 0},
    ),
    Check(
        "announcement",
        lambda edition: edition.pages.filter(is_untranslated("title")),
        ngettext_lazy("%(n)d page to translate", "%(n)d pages to translate", "n"),
        query={"untranslated": "any"},
    ),
    Check("announcement", lambda edition: edition.partners.all(), _("No partner"), "add",
          is_required=True),
    Check(
        "registration", itself(Q(registration_opens_at=None)),
        _("No opening date for registration"), "change",
    ),
    Check(
        "registration", lambda edition: edition.pages.privacy_notices(),
        _("No privacy notice"), "add", {"slug": Page.PRIVACY}, is_required=True,
    ),
    Check(
        "registration", lambda edition: Email.objects.filter(status=Email.Status.FAILED),
        ngettext_lazy("%(n)d email not sent", "%(n)d emails not sent", "n"),
        query={"status__exact": Email.Status.FAILED.value},
    ),
    Check("day", itself(NO_ADDRESS), _("No postal address"), "change"),
    Check(
        "day",
        lambda edition: edition.news.filter(published_at=None),
        ngettext_lazy("%(n)d news item in draft", "%(n)d news items in draft", "n"),
    ),
)  # fmt: skip
