import datetime
from urllib.parse import quote

from django import forms
from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from symposium.editions.models import Edition
from symposium.sessions.models import Session

SEARCHED = (
    "title_fr", "title_en", "title_ar",
    "speakers__given_name_fr", "speakers__given_name_ar",
    "speakers__family_name_fr", "speakers__family_name_ar",
    "abstracts__title_fr", "abstracts__title_en", "abstracts__title_ar",
    "abstracts__keywords__name_fr", "abstracts__keywords__name_en", "abstracts__keywords__name_ar",
)  # fmt: skip
ALL_DAYS = "all"


class ProgrammeFilter(forms.Form):
    """The filters of the programme, read from its address; what it does not know is ignored.

    `options` are the tracks, rooms and keywords of the edition, fetched once for the page.
    """

    day = forms.CharField(required=False)
    track = forms.ChoiceField(label=_("Track"), required=False)
    room = forms.ChoiceField(label=_("Room"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    language = forms.ChoiceField(label=_("Language"), required=False)
    keyword = forms.ChoiceField(label=_("Keyword"), required=False)
    q = forms.CharField(label=_("Words"), required=False, max_length=200)

    def __init__(self, data, edition: Edition, tracks, rooms, keywords, at=None):
        super().__init__(data)
        self.edition = edition
        self.today = edition.today(at)
        kinds = [choice for choice in Session.Kind.choices if choice[0] != Session.Kind.BREAK]
        self.choices = {
            "track": [(track.slug, track.name) for track in tracks],
            "room": [(room.slug, room.name) for room in rooms],
            "kind": kinds,
            "language": settings.LANGUAGES,
            "keyword": [(keyword.slug, keyword.name) for keyword in keywords],
        }
        for field, choices in self.choices.items():
            self.fields[field].choices = [("", _("All")), *choices]
            self.fields[field].widget.attrs["class"] = "form-select"
        self.full_clean()

    @property
    def active(self) -> dict[str, str]:
        """The filters in force, other than the day: their field and value."""
        values = getattr(self, "cleaned_data", {})
        return {name: values[name] for name in (*self.choices, "q") if values.get(name)}

    @property
    def day_chosen(self) -> datetime.date | None:
        """The day to show; None for all days. Without a choice: today, or the first day.

        A search without a day looks at all of them.
        """
        asked = self.cleaned_data.get("day", "")
        days = {day.isoformat(): day for day in self.edition.days}
        if asked in days:
            return days[asked]
        if asked == ALL_DAYS or self.active:
            return None
        return self.today if self.today in days.values() else self.edition.starts_on

    def filter(self, sessions, *, without: str = ""):
        """Narrow `sessions`, leaving out the filter named `without`."""
        values = {name: value for name, value in self.active.items() if name != without}
        lookups = {
            "track": "track__slug",
            "room": "room__slug",
            "kind": "kind",
            "keyword": "abstracts__keywords__slug",
        }
        for name, lookup in lookups.items():
            if name in values:
                sessions = sessions.filter(**{lookup: values[name]})
        if "language" in values:
            sessions = sessions.filter(languages__contains=[values["language"]])
        for word in values.get("q", "").split():
            found = Q()
            for field in SEARCHED:
                found |= Q(**{f"{field}__unaccent__icontains": word})
            sessions = sessions.filter(pk__in=Session.objects.filter(found).values("pk"))
        if self.day_chosen and without != "day":
            sessions = sessions.filter(starts_at__range=self.bounds(self.day_chosen))
        return sessions.distinct() if "keyword" in values else sessions

    def bounds(self, day: datetime.date) -> tuple[datetime.datetime, datetime.datetime]:
        """The first and last instant of `day` by the edition's clock."""
        zone = self.edition.zone
        return (
            timezone.make_aware(datetime.datetime.combine(day, datetime.time.min), zone),
            timezone.make_aware(datetime.datetime.combine(day, datetime.time.max), zone),
        )

    def address(self, **changes) -> str:
        """The query string with some filters changed; an empty value takes one away."""
        values = {"day": self.cleaned_data.get("day", ""), **self.active} | changes
        known = {name: value for name, value in values.items() if value}
        return "?" + "&".join(f"{name}={quote(str(value))}" for name, value in known.items())

    def label_of(self, name: str) -> str:
        """What the value of a filter in force is called."""
        value = self.active[name]
        return str(dict(self.choices[name])[value]) if name in self.choices else value
