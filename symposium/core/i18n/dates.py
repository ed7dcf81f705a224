"""Dates and ranges of days as written in each language, and the time zone of the process."""

import datetime
import importlib.resources
import os
import time
import zoneinfo

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _


def pin_process_zone(name: str) -> None:
    """Make the C library, which formats the log's times, use the `tzdata` package like Python."""
    rules = importlib.resources.files("tzdata").joinpath("zoneinfo", *name.split("/"))
    os.environ["TZ"] = f":{rules}"
    time.tzset()


def midnight(day: datetime.date, zone: zoneinfo.ZoneInfo) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time.min, zone)


def day_number(day: datetime.date) -> str:
    return "1er" if day.day == 1 and get_language() == "fr" else str(day.day)


def long_date(day: datetime.date) -> str:
    """Return a date such as “9 June 2021” or « 1er juillet 2021 »."""
    return f"{day_number(day)} {date_format(day, 'F Y')}"


def moment(at: datetime.datetime) -> str:
    """Return a date and time such as “9 June 2021, 11:00”, in the active time zone."""
    local = timezone.localtime(at)
    return f"{long_date(local.date())}{_(', ')}{local:%H:%M}"


def span(first: datetime.date, last: datetime.date) -> str:
    """Return a range of days: “9 June 2021”, “9 and 10 June 2021”, “30 June to 2 July 2021”."""
    if first == last:
        return long_date(first)
    if first.year != last.year:
        start = long_date(first)
    elif first.month != last.month:
        start = f"{day_number(first)} {date_format(first, 'F')}"
    else:
        start = day_number(first)
    words = {"first": start, "last": long_date(last)}
    if (last - first).days == 1:
        return _("%(first)s and %(last)s") % words
    return pgettext("days", "%(first)s to %(last)s") % words


def weekday(day: datetime.date) -> str:
    """Return a day such as “Wednesday 9 June”."""
    return f"{date_format(day, 'l')} {day_number(day)} {date_format(day, 'F')}"


def short_weekday(day: datetime.date) -> str:
    """Return a day such as “Wed 9” or « mer. 9 », for narrow places."""
    point = "." if get_language() == "fr" else ""
    return f"{date_format(day, 'D')}{point} {day_number(day)}"
