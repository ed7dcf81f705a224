"""Filters of the programme, read from the address."""

import datetime
from urllib.parse import quote

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from symposium.core.fulltext.query import parse
from symposium.core.i18n.dates import weekday
from symposium.core.i18n.localized import LANGUAGE_NAMES, LANGUAGES, in_each_language, sort_key
from symposium.editions.models import Edition
from symposium.sessions.models import Participation, Session

TITLES, NAMES = in_each_language("title"), in_each_language("given_name", "family_name")
KEYWORDS = in_each_language("keywords__name")
MAX_WORDS = 10  # each word costs a subquery
ALL_DAYS = "all"
MAX_ARCHES = 5  # days; more would fill the line
PICKED = ("track", "room", "kind", "language")
# Label of a filter without a choice: in French “all” agrees with the noun.
ALL = {
    "track": _("All tracks"),
    "room": _("All rooms"),
    "kind": _("All kinds"),
    "language": _("All languages"),
    "keyword": _("All keywords"),
}


class ProgrammeFilter(forms.Form):
    """Filters of the programme, read from the query string; `unknown` lists the unknown values.

    `at` is the time of the request, from which the default day follows.
    """

    day = forms.CharField(label=_("Day"), required=False)
    track = forms.ChoiceField(label=_("Track"), required=False)
    room = forms.ChoiceField(label=_("Room"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    language = forms.ChoiceField(label=_("Language"), required=False)
    keyword = forms.ChoiceField(label=_("Keyword"), required=False)
    q = forms.CharField(label=_("Search terms"), required=False, max_length=200)

    def __init__(self, data, edition: Edition, at: datetime.datetime | None = None):
        super().__init__(data)
        self.edition = edition
        self.today = edition.today(at)
        self.tracks = list(edition.tracks.all())
        self.kinds = list(edition.session_kinds.all())
        kinds = [choice for choice in Session.Kind.choices if choice[0] != Session.Kind.BREAK]
        kinds += [(kind.choice, kind.name) for kind in self.kinds if not kind.is_break]
        self.choices = {
            "track": [(track.slug, track.name) for track in self.tracks],
            "room": [(room.slug, room.name) for room in edition.rooms.all()],
            "kind": kinds,
            "language": [(code, capfirst(name)) for code, name in LANGUAGE_NAMES.items()],
            "keyword": keyword_choices(edition),
        }
        for field, choices in self.choices.items():
            self.fields[field].choices = [("", ALL[field]), *choices]
            self.fields[field].widget.attrs["class"] = "form-select"
        self.full_clean()
        # Unknown values in the query string are ignored.
        self.cleaned_data = {name: self.cleaned_data.get(name, "") for name in self.fields}
        if self.cleaned_data["day"] not in (ALL_DAYS, *map(str, edition.days)):
            self.cleaned_data["day"] = ""
        self.unknown = [
            {"name": self.fields[name].label, "value": data[name]}
            for name in ("day", *self.choices)
            if data.get(name) and not self.cleaned_data[name]
        ]

    @property
    def active(self) -> dict[str, str]:
        """Filters in use, by field, without the day."""
        values = self.cleaned_data
        return {name: values[name] for name in (*self.choices, "q") if values[name]}

    @property
    def day_chosen(self) -> datetime.date | None:
        """Day to show, or None for all days. By default today, or the first day of the edition.

        Other filters without a day apply to all days.
        """
        asked = self.cleaned_data["day"]
        days = {day.isoformat(): day for day in self.edition.days}
        if asked in days:
            return days[asked]
        if asked == ALL_DAYS or self.active:
            return None
        return self.today if self.today in days.values() else self.edition.starts_on

    def filter(self, sessions, *, without: str = ""):
        """Narrow `sessions` by all filters except the one named `without`."""
        values = {name: value for name, value in self.active.items() if name != without}
        for name, lookup in {"track": "track__slug", "room": "room__slug"}.items():
            if name in values:
                sessions = sessions.filter(**{lookup: values[name]})
        if "kind" in values:
            sessions = sessions.of_kind(values["kind"])
        if "keyword" in values:
            used = self.edition.abstracts.published().filter(keywords__slug=values["keyword"])
            sessions = sessions.filter(pk__in=used.values("session"))
        if "language" in values:
            sessions = sessions.filter(languages__contains=[values["language"]])
        if "q" in values:
            sessions = sessions.filter(self.says(values["q"]))
        if self.day_chosen and without != "day":
            sessions = sessions.filter(starts_at__range=self.bounds(self.day_chosen))
        return sessions

    def says(self, words: str) -> Q:
        """Return a condition: the search finds the session, or the session mentions each word.

        For a mention, a few letters of a word, or a sign, are enough.
        """
        question = parse(words)
        telling = self.edition.abstracts.published().filter(pk__in=question.found("abstract"))
        found = Q(pk__in=question.found("session")) | Q(pk__in=telling.values("session"))
        pieces = Q()
        for word in words.split()[:MAX_WORDS]:
            pieces &= self.contains(word)
        return (found if question.wanted else Q(pk__in=[])) | pieces

    def contains(self, word: str) -> Q:
        """Return a condition: `word` is in a public text of the session."""
        abstracts = self.edition.abstracts.published().filter(contains(word, TITLES + KEYWORDS))
        speakers = self.edition.speakers.published().filter(contains(word, NAMES))
        speaking = Participation.objects.filter(speaker__in=speakers)
        held = [found.values("session") for found in (abstracts, speaking)]
        return contains(word, TITLES) | Q(pk__in=held[0]) | Q(pk__in=held[1])

    def bounds(self, day: datetime.date) -> tuple[datetime.datetime, datetime.datetime]:
        """Return the first and the last instant of `day` in the edition's time zone."""
        zone = self.edition.zone
        return (
            timezone.make_aware(datetime.datetime.combine(day, datetime.time.min), zone),
            timezone.make_aware(datetime.datetime.combine(day, datetime.time.max), zone),
        )

    def address(self, **changes) -> str:
        """Return the query string with some filters changed; an empty value removes a filter."""
        values = {"day": self.cleaned_data["day"], **self.active} | changes
        known = {name: value for name, value in values.items() if value}
        return "?" + "&".join(f"{name}={quote(str(value))}" for name, value in known.items())

    def label_of(self, name: str) -> str:
        """Return the label of the value of a filter in use."""
        value = self.active[name]
        return str(dict(self.choices[name])[value]) if name in self.choices else value

    @property
    def in_use(self) -> list[dict[str, str]]:
        """Filters in use: the label of each value, and the `address` without it."""
        return [
            {"value": self.label_of(name), "address": self.address(**{name: ""})}
            for name in self.active
        ]

    @property
    def tabs(self) -> list[dict]:
        """Tabs of each day, then of all days; `address` includes the other filters.

        `arches` draws a day as a row of arches, of which its own is filled.
        """
        chosen, days = self.day_chosen, self.edition.days
        drawn = days if 1 < len(days) <= MAX_ARCHES else []
        tabs = [
            {
                "day": day,
                "address": self.address(day=day),
                "is_current": day == chosen,
                "arches": [other == day for other in drawn],
            }
            for day in days
        ]
        if len(days) == 1:
            return tabs
        return [
            *tabs,
            {"day": None, "address": self.address(day=ALL_DAYS), "is_current": not chosen},
        ]

    @property
    def picks(self) -> list[dict]:
        """Filters with few values, each with all its values, for radio buttons."""
        marks = {track.slug: track.mark for track in self.tracks}
        days = [(day.isoformat(), capfirst(weekday(day))) for day in self.edition.days]
        groups = {"day": [(ALL_DAYS, _("All days")), *days]} | {
            name: [("", ALL[name]), *self.choices[name]] for name in PICKED
        }
        return [
            {
                "name": name,
                "label": self.fields[name].label,
                "picks": [
                    {
                        "value": value,
                        "label": label,
                        "mark": marks.get(value) if name == "track" else None,
                        "is_chosen": value == (self.cleaned_data[name] or choices[0][0]),
                    }
                    for value, label in choices
                ],
            }
            for name, choices in groups.items()
            if len(choices) > 2  # “all” and another
        ]

    @property
    def chips(self) -> list[dict]:
        """Tracks to choose from, after “all” (`track` is None)."""
        current = self.active.get("track", "")
        chips = [{"track": None, "address": self.address(track=""), "is_current": not current}]
        return chips + [
            {
                "track": track,
                "address": self.address(track=track.slug),
                "is_current": track.slug == current,
            }
            for track in self.tracks
        ]

    def looser(self, sessions) -> list[dict]:
        """Return, for an empty result, each filter whose removal shows sessions, with a `count`."""
        names = [*self.active, *(["day"] if self.cleaned_data["day"] and self.day_chosen else [])]
        ways = [
            {
                "name": self.fields[name].label,
                "value": self.label_of(name) if name != "day" else weekday(self.day_chosen),
                "address": self.address(**{name: ALL_DAYS if name == "day" else ""}),
                "count": self.filter(sessions, without=name).to_be_prepared().count(),
            }
            for name in names
        ]
        return [way for way in ways if way["count"]]


def contains(word: str, fields: list[str]) -> Q:
    """Return a condition: one of the `fields` contains `word`, without regard to accents."""
    found = Q()
    for field in fields:
        found |= Q(**{f"{field}__unaccent__icontains": word})
    return found


def keyword_choices(edition: Edition) -> list[tuple[str, str]]:
    """Return the (slug, name) pairs of the keywords of the edition's sessions, sorted by name.

    The query goes through relations, since this app must not import the models of abstracts.
    """
    used = edition.abstracts.published().filter(session__isnull=False, keywords__isnull=False)
    found = used.values_list("keywords__slug", *KEYWORDS).distinct().order_by()
    first = LANGUAGES.index(get_language())
    choices = [(slug, names[first] or next(filter(None, names))) for slug, *names in found]
    return sorted(choices, key=lambda choice: sort_key(choice[1]))
