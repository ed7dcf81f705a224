"""Sheets of the programme: rooms, tracks, sessions."""

import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from symposium.sessions.models import Change, Participation, Room, Session, Track
from symposium.spreadsheets.columns import (
    Address,
    Choice,
    Clock,
    Day,
    Identifier,
    Languages,
    Number,
    OwnChoice,
    Related,
    Text,
    Times,
    translated,
)
from symposium.spreadsheets.people import People
from symposium.spreadsheets.rows import Row
from symposium.spreadsheets.sheets import Sheet
from symposium.spreadsheets.values import ISO_DAY, invalid, parse_clock, parse_minutes

if TYPE_CHECKING:
    from symposium.spreadsheets.runs import Run

SESSION = Session._meta
KIND_WORDS = {
    "opening": ["ouverture", "séance d’ouverture", "cérémonie d’ouverture", "افتتاح"],
    "plenary": ["plénière", "séance plénière", "plenary session", "جلسة عامة"],
    "keynote": ["conférence", "conférence plénière", "conférence invitée", "keynote speech",
                "conférence inaugurale"],
    "panel": ["table ronde", "panel", "round table", "roundtable", "مائدة مستديرة"],
    "workshop": ["atelier", "workshop", "ورشة", "ورشة عمل"],
    "talk": ["communication", "communications", "parallèle", "session parallèle", "exposé",
             "session",             "paper", "papers", "مداخلة", "جلسة"],
    "poster_session": ["poster", "posters", "session poster", "ملصق", "ملصقات"],
    "break": ["pause", "pause café", "pause-café", "déjeuner", "dîner", "lunch", "coffee break",
              "accueil", "استراحة", "غداء"],
    "closing": ["clôture", "séance de clôture", "cérémonie de clôture", "اختتام"],
}  # fmt: skip
STATUS_WORDS = {
    "draft": ["provisoire", "à confirmer"],
    "published": ["publié", "publiée", "confirmé", "confirmée", "public"],
    "cancelled": ["annulé", "annulée", "canceled"],
}


ROLES = {"chairs": "chair", "moderators": "moderator"}


class Rooms(Sheet):
    kind = "rooms"
    model = Room
    label = Room._meta.verbose_name_plural
    titles = ("Salles", "Lieux", "Rooms", "القاعات")
    columns = [
        Identifier(),
        *translated("name", gettext_lazy("Name"),
                    headings={"fr": ["Nom", "Salle", "Room", "Name", "Lieu"], "ar": ["القاعة"]}),
        *translated("description", gettext_lazy("description"),
                    headings={"fr": ["Description", "Emplacement"]}),
        *translated("floor", gettext_lazy("floor"), headings={"fr": ["Étage", "Niveau"]}),
        *translated("access", gettext_lazy("access"), headings={"fr": ["Accès"]}),
        Number("capacity", gettext_lazy("Seats"), "Places", "Capacité", "Capacity", "Jauge",
               "عدد المقاعد"),
        Number("order", gettext_lazy("order"), "Ordre"),
    ]  # fmt: skip

    def assign(self, run: "Run", obj: Any, read: dict[str, Any]) -> None:
        super().assign(run, obj, {"order": 0} | read if read.get("order", 0) is None else read)


class Tracks(Sheet):
    kind = "tracks"
    model = Track
    label = Track._meta.verbose_name_plural
    titles = ("Axes", "Thèmes", "Thématiques", "Tracks", "المحاور")
    columns = [
        Identifier(),
        *translated("name", gettext_lazy("Name"),
                    headings={"fr": ["Nom", "Axe", "Thème", "Track", "Name"], "ar": ["المحور"]}),
        Choice("mark", gettext_lazy("Mark"), Track._meta.get_field("mark"), "Marque"),
    ]  # fmt: skip

    def named(self, edition, name: str) -> Track:
        """Return a new track whose mark is the one that fewest tracks have."""
        made = super().named(edition, name)
        used = list(edition.tracks.values_list("mark", flat=True))
        made.mark = min((value for value, _label in Track.Mark.choices), key=used.count)
        return made


class SessionDay(Day):
    def get(self, obj: Session) -> datetime.date | None:
        return obj.starts_at.astimezone(obj.edition.zone).date() if obj.starts_at else None


class SessionClock(Clock):
    """Start or end of a session, in the zone of the edition; `field` has the instant."""

    def __init__(self, name: str, label: Any, *headings: str, field: str):
        super().__init__(name, label, *headings)
        self.field = field

    def get(self, obj: Session) -> datetime.time | None:
        at = getattr(obj, self.field)
        return at.astimezone(obj.edition.zone).time() if at else None


class Lasting(Number):
    """Length in minutes, instead of the end; read only."""

    exported = False

    def get(self, obj: Session) -> None:
        return None

    def read(self, text: str, run: "Run") -> int | None:
        return parse_minutes(text) if text else None


class Sessions(Sheet):
    kind = "sessions"
    model = Session
    label = SESSION.verbose_name_plural
    titles = ("Sessions", "Programme", "Séances", "Planning", "Schedule", "Program", "البرنامج",
              "الجلسات")  # fmt: skip
    needs = ("rooms", "tracks", "speakers")
    parts = ("participations",)
    records = (Change,)
    field_columns = {"starts_at": "start", "ends_at": "end", "": "title_fr"}
    name_field = "title"
    merges = False
    columns = [
        Identifier(),
        *translated("title", gettext_lazy("title"),
                    headings={"fr": ["Titre", "Intitulé", "Title", "Session", "Séance", "Activité",
                                     "Titre de la session", "Sujet"],
                              "en": ["English title", "Titre anglais"],
                              "ar": ["العنوان", "عنوان الجلسة", "عنوان المداخلة"]}),
        OwnChoice("kind", gettext_lazy("Kind"), SESSION.get_field("kind"), "session_kinds", "Type",
                  "Nature", "Format", "Type de session", "Session type", "النوع", words=KIND_WORDS),
        Choice("status", gettext_lazy("Status"), SESSION.get_field("status"), "Statut", "État",
               "الحالة", words=STATUS_WORDS),
        SessionDay("day", gettext_lazy("Day"), "Date", "Jour", "Journée", "اليوم", "التاريخ"),
        SessionClock("start", gettext_lazy("start"), "Début", "H. début", "Heure de début", "De",
                     "Heure", "Start time", "البداية", "ساعة البداية", field="starts_at"),
        SessionClock("end", gettext_lazy("end"), "Fin", "H. fin", "Heure de fin", "À", "End time",
                     "النهاية", "ساعة النهاية", field="ends_at"),
        Times("times", gettext_lazy("Times"), "Horaire", "Horaires", "Heures", "Créneau", "Time",
              "Time slot", "التوقيت"),
        Lasting("lasting", gettext_lazy("Length"), "Durée", "Duration", "Durée (min)", "المدة"),
        Related("room", gettext_lazy("Room"), "rooms", "Salle", "Lieu", "Venue", "Location",
                "القاعة", "المكان"),
        Related("track", gettext_lazy("Track"), "tracks", "Axe", "Thème", "Thématique", "المحور"),
        Related("parent", pgettext_lazy("talk", "part of"), "sessions", "Dans la session",
                "Session parente", "In session"),
        People("speakers", gettext_lazy("Speakers"), "Intervenants", "Orateurs", "Intervenant",
               "Intervenant(s)", "Orateur", "Speaker", "Conférencier", "Auteurs",
               "Presenters", "المتدخلون",
               "المتدخل",
               note=gettext_lazy("Names with semicolons between, and the role in brackets.")),
        People("chairs", gettext_lazy("Chair"), "Présidence", "Président", "Président de séance",
               "Présidente", "Session chair", "رئيس الجلسة", role="chair"),
        People("moderators", gettext_lazy("Moderator"), "Modérateur", "Modératrice", "Modération",
               "Animateur", "المسير", "تسيير", role="moderator"),
        Languages("languages", gettext_lazy("Languages"), "Langue", "Langues", "Language", "اللغة"),
        Number("places", gettext_lazy("Places"), "Nombre de places", "Jauge"),
        Address("stream_url", gettext_lazy("online stream"), "Lien de diffusion", "Zoom"),
        *translated("description", gettext_lazy("description"), Text,
                    headings={"fr": ["Description", "Présentation"]}),
    ]  # fmt: skip

    def objects(self, edition):
        found = super().objects(edition).select_related("edition", "room", "track", "parent")
        return found.prefetch_related("participations__speaker")

    def exported(self, edition):
        return self.objects(edition).order_by("starts_at", "room__order", "pk")

    def rank(self, row: Row) -> int:
        """Put talks after the sessions that they are part of."""
        return 1 if row.text("parent") else 0

    def find_by_name(self, run: "Run", row: Row) -> Session | None:
        """Return an unclaimed session of this title, the one of the same time if there are more."""
        index = run.known.index("sessions")
        claimed = run.claimed("sessions")
        found = [one for one in index.find(self.title(row)) if one.pk not in claimed]
        if len(found) < 2:
            return found[0] if found else None
        start = row.text("start") or row.text("times")
        column = self.by_name["start"]
        same = [
            one for one in found
            if (text := column.text(column.get(one), run.known)) and text[:5] in start.zfill(5)
        ]  # fmt: skip
        return (same or found)[0]

    def prepare(self, run: "Run", row: Row) -> None:
        """Give a row without a day that of the row above, and take a cell of times apart."""
        day = row.text("day")
        if day:
            run.last_day = row.cells["day"]
        elif (
            run.last_day and not row.text("identifier") and (row.text("start") or row.text("times"))
        ):
            row.cells["day"] = run.last_day
        if row.text("times") and not row.text("start"):
            ref = row.reference("times")
            with run.faults_of(row, self, "times"):
                start, end = self.by_name["times"].read(row.text("times"), run)
                row.cells |= {"start": (ref, f"{start:%H:%M}"), "end": (ref, f"{end:%H:%M}")}
        elif (found := ISO_DAY.match(day)) and found.end() < len(day) and not row.text("start"):
            row.cells["start"] = row.cells["day"]  # a day with a time
        if row.text("lasting") and row.text("start") and not row.text("end"):
            self.prepare_end(run, row)
        for name in ("times", "lasting"):
            row.cells.pop(name, None)

    def prepare_end(self, run: "Run", row: Row) -> None:
        """Give a row the end that its start and its length make."""
        ref = row.reference("lasting")
        with run.faults_of(row, self, "lasting"):
            minutes = parse_minutes(row.text("lasting"))
            start = parse_clock(row.text("start"))
            end = datetime.datetime.combine(run.edition.starts_on, start)
            row.cells["end"] = (ref, f"{end + datetime.timedelta(minutes=minutes):%H:%M}")

    def assign(self, run: "Run", obj: Session, read: dict[str, Any]) -> None:
        rest = {key: value for key, value in read.items() if key in PLAIN}
        super().assign(run, obj, rest)
        if "kind" in read:
            kinds = run.known.own_words("session_kinds")
            obj.choose_kind(kinds.get(read["kind"]), read["kind"])
        if {"day", "start", "end"} & set(read):
            self.assign_times(run, obj, read)

    def assign_times(self, run: "Run", obj: Session, read: dict[str, Any]) -> None:
        """Put day and times together; a new start alone moves the end with it."""
        zone = run.edition.zone
        day, start, end = (
            read.get(name, self.by_name[name].get(obj)) for name in ("day", "start", "end")
        )
        lasting = obj.ends_at - obj.starts_at if obj.ends_at and obj.starts_at else None
        if not (day and start):
            if start or end:
                raise invalid(_("Write the day, the start and the end, or none of them."))
            obj.starts_at = obj.ends_at = None
            return
        obj.starts_at = datetime.datetime.combine(day, start, zone)
        if not run.row.text("end") and lasting:
            obj.ends_at = obj.starts_at + lasting
        else:
            obj.ends_at = datetime.datetime.combine(day, end, zone) if end else None

    def clean(self, obj: Session) -> None:
        """Check the session alone: its room may be free once the other rows are written."""
        obj.clean_fields(exclude=["edition", "room", "track", "parent", "parent_room"])
        obj.clean_times()

    def save_parts(self, run: "Run", obj: Session, read: dict[str, Any]) -> None:
        """Write who takes part; a column of one role leaves the other roles alone."""
        named = [name for name in ("speakers", "chairs", "moderators") if name in read]
        if not named:
            return
        is_whole = "speakers" in read or run.is_new
        people = {} if is_whole else dict(self.by_name["speakers"].get(obj))
        for name in named:
            role = ROLES.get(name, "")
            if role:
                people = {one: was for one, was in people.items() if was != role}
            people |= dict(read[name])
        self.save_people(run, obj, people)

    @staticmethod
    def save_people(run: "Run", obj: Session, people: dict[Any, str]) -> None:
        own = run.known.own_words("speaker_roles")
        kept = {} if run.is_new else {one.speaker_id: one for one in obj.participations.all()}
        vars(obj).pop("_prefetched_objects_cache", None)
        gone = [one.pk for pk, one in kept.items() if pk not in {who.pk for who in people}]
        if gone:
            Participation.objects.filter(pk__in=gone).delete()
        added = []
        for order, (speaker, role) in enumerate(people.items()):
            part = kept.get(speaker.pk)
            if part is None:
                part = Participation(session=obj, speaker=speaker, order=order)
                part.choose_role(own.get(role), role)
                added.append(part)
            elif (part.role_choice, part.order) != (role, order):
                part.choose_role(own.get(role), role)
                part.order = order
                part.save()
        Participation.objects.bulk_create(added)

    def suspects(self, run: "Run") -> set[int]:
        """Return the sessions at the time of another in the same room or with the same people."""
        mine = Session.objects.filter(edition=run.edition)
        at_that_time = mine.exclude(pk=OuterRef("pk")).filter(
            starts_at__lt=OuterRef("ends_at"), ends_at__gt=OuterRef("starts_at")
        )
        same_people = at_that_time.filter(speakers__participations__session=OuterRef("pk"))
        clashing = Exists(at_that_time.filter(room=OuterRef("room"))) | Exists(same_people)
        talks = Q(parent__isnull=False)
        return set(mine.filter(clashing | talks).values_list("pk", flat=True))

    def check(self, run: "Run", obj: Session) -> None:
        obj.clean()
        obj.check_speakers(obj.speakers.all())


PLAIN = {column.name for column in Sessions.columns} - {
    "kind", "day", "start", "end", "times", "speakers", "chairs", "moderators", "identifier",
    "lasting",
}  # fmt: skip
