"""Charts of an edition's registrations: the queries, and the page that shows the charts."""

import datetime

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.db.models.functions import TruncDate, TruncMinute
from django.http import Http404
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language_bidi, pgettext
from django.utils.translation import gettext as _

from symposium.core.i18n.dates import long_date
from symposium.editions.models import Edition
from symposium.registrations import countries
from symposium.registrations.models import CheckIn
from symposium.registrations.models.registrations import OCCUPYING_STATES, State
from symposium.registrations.statistics import (
    HEIGHT,
    Chart,
    Row,
    arrivals,
    bars,
    growth,
    height_of_bars,
    quarters_of,
    totals,
)

MOST_COUNTRIES = 12


class ChartsMixin(admin.ModelAdmin):
    def changelist_view(self, request, extra_context=None):
        edition = self.chosen_edition(request)
        query = {"plots_query": f"edition={edition.pk}" if edition else ""}
        return super().changelist_view(request, query | (extra_context or {}))

    def get_urls(self):
        view = self.admin_site.admin_view(self.charts_view)
        name = "symposium_registrations_registration_charts"
        return [path("charts/", view, name=name), *super().get_urls()]

    def charts_view(self, request):
        if not self.has_view_permission(request):
            raise PermissionDenied
        edition = self.working_edition(request)
        if edition is None:
            raise Http404
        with timezone.override(edition.zone):
            context = {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "title": _("Registrations in figures"),
                "charts": charts(edition),
            }
            name = "admin/symposium_registrations/registration/charts.html"
            return TemplateResponse(request, name, context).render()


def charts(edition: Edition) -> list[Chart]:
    return [
        over_time(edition),
        by_category(edition),
        by_country(edition),
        by_workshop(edition),
        *by_quarter(edition),
    ]


def over_time(edition: Edition) -> Chart:
    live = edition.registrations.active().order_by()
    day = TruncDate("created_at", tzinfo=edition.zone)
    per_day = dict(live.annotate(day=day).values_list("day").annotate(Count("pk")))
    numbers = list(edition.categories.values_list("places", flat=True))
    places = None if None in numbers or not numbers else sum(numbers)
    until = min(edition.today(), edition.ends_on)
    days = totals(per_day, until)
    total = days[-1][1] if days else 0
    description = _("%(n)d people are registered or waiting.") % {"n": total}
    key = [("first", _("registered or waiting"))]
    if places is not None:
        description += " " + _("There are %(n)d places.") % {"n": places}
        key.append(("limit", _("places")))
    return Chart(
        "time", _("Registrations over time"), description, HEIGHT, growth(days, places),
        [_("Day"), _("New"), _("Total")],
        [
            [date_format(day, "j F Y"), str(per_day[day]), str(total)]
            for day, total in days if day in per_day
        ],
        key, of_time=True,
    )  # fmt: skip


def by_category(edition: Edition) -> Chart:
    def number(*states):
        return Count("registrations", filter=Q(registrations__state__in=states))

    counted = edition.categories.annotate(
        held=number(*OCCUPYING_STATES), queue=number(State.WAITING), asked=number(State.PENDING)
    )
    rows = []
    for one in counted:
        parts = [("first", one.held), ("second", one.queue), ("third", one.asked)]
        rows.append(Row(str(one), parts, one.places))
    return bar_chart(
        "categories", _("Categories"),
        _("Confirmed, waiting and awaiting approval, by category."), rows,
        [
            ("first", _("confirmed")), ("second", _("on the waiting list")),
            ("third", _("awaiting approval")), ("limit", _("places")),
        ],
        [
            _("Category"), pgettext("number of people", "Confirmed"), _("Waiting"),
            _("Awaiting approval"), _("Places"),
        ],
    )  # fmt: skip


def by_country(edition: Edition) -> Chart:
    live = edition.registrations.active().order_by()
    counted = dict(live.values_list("country").annotate(Count("pk")))
    names = {code: name or _("not specified") for code, name in countries.named_countries(counted)}
    ordered = sorted(counted, key=lambda code: (-counted[code], names[code]))
    rows = [Row(names[code], [("first", counted[code])]) for code in ordered]
    shown = rows[:MOST_COUNTRIES]
    if others := sum(row.total for row in rows[MOST_COUNTRIES:]):
        shown.append(Row(_("Other countries"), [("first", others)]))
    chart = bar_chart(
        "countries", _("Countries"), _("Countries of people registered or waiting."), shown,
        [], [_("Country"), _("People")],
    )  # fmt: skip
    table = [[row.label, str(row.total)] for row in rows]
    return Chart(**{**vars(chart), "rows": table})


def by_workshop(edition: Edition) -> Chart:
    def number(*states):
        return Count("bookings", filter=Q(bookings__state__in=states))

    counted = (
        edition.sessions.filter(places__isnull=False)
        .annotate(held=number(*OCCUPYING_STATES), queue=number(State.WAITING))
        .order_by("starts_at", "pk")
    )
    rows = [
        Row(str(one), [("first", one.held), ("second", one.queue)], one.places) for one in counted
    ]
    return bar_chart(
        "workshops", _("Sessions with limited places"),
        _("Seats booked and people waiting, by session."), rows,
        [
            ("first", _("booked")), ("second", _("on the waiting list")), ("limit", _("places")),
        ],
        [_("Session"), _("Booked"), _("Waiting"), _("Places")],
    )  # fmt: skip


def bar_chart(name, title, description, rows: list[Row], key, headings) -> Chart:
    drawn = bars(rows, rtl=get_language_bidi())
    table = [
        [
            row.label,
            *(str(number) for _kind, number in row.parts),
            *(["–" if row.limit is None else str(row.limit)] if key else []),
        ]
        for row in rows
    ]
    return Chart(name, title, description, height_of_bars(rows), drawn, headings, table, key)


def by_quarter(edition: Edition) -> list[Chart]:
    """Return a chart for each day with check-ins, or one empty chart if there are none."""
    entries = CheckIn.objects.active().at_the_entrance().filter(edition=edition).order_by()
    minute = TruncMinute("scanned_at", tzinfo=edition.zone)
    counted = entries.annotate(minute=minute).values_list("day", "minute").annotate(Count("pk"))
    days: dict[datetime.date, list] = {}
    for day, at, number in counted:
        days.setdefault(day, []).append((at, number))
    return [of_day(day, days[day]) for day in sorted(days)] or [of_day(None, [])]


def of_day(day: datetime.date | None, minutes: list) -> Chart:
    quarters = quarters_of(minutes)
    title = _("Arrivals")
    if day:
        title = _("Arrivals on %(day)s") % {"day": long_date(day)}
    total = sum(number for _start, number in quarters)
    return Chart(
        f"arrivals-{day or 'none'}", title,
        _("%(n)d people checked in. Each bar is 15 minutes.") % {"n": total}, HEIGHT,
        arrivals(quarters), [_("From"), _("People")],
        [[f"{start:%H:%M}", str(number)] for start, number in quarters if number],
        of_time=True,
    )  # fmt: skip
