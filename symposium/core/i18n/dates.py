"""Dates and spans of days as a reader of each language writes them, and the rules of time zones."""

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
    """Let the C library, which writes the times of the log, follow `tzdata` as Python does."""
    rules = importlib.resources.files("tzdata").joinpath("zoneinfo", *name.split("/"))
    os.environ["TZ"] = f":{rules}"
    time.tzset()


def midnight(day: datetime.date, zone: zoneinfo.ZoneInfo) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time.min, zone)


def day_number(day: datetime.date) -> str:
    return "1er" if day.day == 1 and get_language() == "fr" else str(day.day)


def long_date(day: datetime.date) -> str:
    """9 June 2021, « 1er juillet 2021 »."""
    return f"{day_number(day)} {date_format(day, 'F Y')}"


def moment(at: datetime.datetime) -> str:
    """9 June 2021, 11:00: by the active clock."""
    local = timezone.localtime(at)
    return f"{long_date(local.date())}{_(', ')}{local:%H:%M}"


def span(first: datetime.date, last: datetime.date) -> str:
    """The days of an edition in words: one day, two days, or more; within a month or not."""
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
    """Wednesday 9 June."""
    return f"{date_format(day, 'l')} {day_number(day)} {date_format(day, 'F')}"
