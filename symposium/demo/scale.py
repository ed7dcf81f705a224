"""An edition of any size, to measure the speed of the site: the same texts many times over."""

import datetime
import math

from django.db import transaction

from symposium.abstracts.models import Abstract, AbstractKeyword, Author, Keyword
from symposium.core.i18n.localized import LANGUAGES
from symposium.demo import data
from symposium.demo.loader import find_or_make_keywords, make_ordered
from symposium.editions.models import Edition
from symposium.sessions.models import Participation, Room, Session, Track
from symposium.speakers.models import Speaker

SLUG = "scale"
FIRST_DAY = datetime.date(2020, 6, 1)
DAYS, ROOMS, SPEAKERS_EACH = 5, 20, 2
MAX_SESSIONS = 10_000  # sessions, which then last six minutes each
OPENS, OPEN_MINUTES = datetime.time(8, 30), 600
BATCH = 500


@transaction.atomic
def load(number: int) -> None:
    """Make the edition “scale” with `number` sessions, each with an abstract, unless it exists."""
    if Edition.objects.filter(slug=SLUG).exists():
        return
    edition = Edition.objects.create(
        slug=SLUG,
        name_fr=f"Congrès de {number} sessions",
        name_en=f"A congress of {number} sessions",
        name_ar=f"مؤتمر من {number} جلسة",
        short_name_fr="Grand congrès",
        short_name_en="Big congress",
        short_name_ar="المؤتمر الكبير",
        city_fr="Casablanca",
        city_ar="الدار البيضاء",
        starts_on=FIRST_DAY,
        ends_on=FIRST_DAY + datetime.timedelta(days=DAYS - 1),
        is_published=True,
        is_demonstration=True,
    )
    speakers = made(Speaker, build_speakers(edition, max(number * 3 // 2, ROOMS * SPEAKERS_EACH)))
    sessions = made(Session, build_sessions(edition, number))
    abstracts = made(Abstract, build_abstracts(edition, sessions))
    keywords = list(find_or_make_keywords().values())
    parts, authors, uses = [], [], []
    for place, (session, abstract) in enumerate(zip(sessions, abstracts, strict=True)):
        for order in range(SPEAKERS_EACH):
            speaker = speakers[(place * SPEAKERS_EACH + order) % len(speakers)]
            parts.append(Participation(session=session, speaker=speaker, order=order))
            authors.append(Author(abstract=abstract, speaker=speaker, order=order))
        uses += build_uses(abstract, place, keywords)
    made(Participation, parts)
    made(Author, authors)
    made(AbstractKeyword, uses)


def made(model, built: list) -> list:
    return model.objects.bulk_create(built, batch_size=BATCH)


def build_speakers(edition: Edition, number: int) -> list[Speaker]:
    people = data.table("speakers")["speaker"]
    names = ("given_name", "slug", "portrait", "links", "orcid", "is_featured", "biography")
    return [
        Speaker(
            edition=edition,
            slug=f"speaker-{place + 1}",
            **data.fields({"given_name": people[place % len(people)]["given_name"]}),
            **data.fields(people[place // len(people) % len(people)], *names),
        )
        for place in range(number)
    ]


def build_sessions(edition: Edition, number: int) -> list[Session]:
    """Build sessions one after the other in every room, with the same hours in all rooms."""
    tracks = list(make_ordered(edition, Track).values())
    rooms = made(Room, [build_room(edition, place) for place in range(ROOMS)])
    talks = [entry for entry in translated("sessions", "session") if entry["kind"] == "talk"]
    each_day = math.ceil(number / ROOMS / DAYS)
    lasting = datetime.timedelta(minutes=min(60, OPEN_MINUTES // each_day))
    sessions = []
    for place in range(number):
        day, turn = divmod(place // ROOMS, each_day)
        opens = datetime.datetime.combine(edition.days[day], OPENS, edition.zone)
        sessions.append(
            Session(
                edition=edition,
                slug=f"session-{place + 1}",
                kind=Session.Kind.TALK,
                status=Session.Status.PUBLISHED,
                track=tracks[place % len(tracks)],
                room=rooms[place % ROOMS],
                languages=["fr"],
                starts_at=opens + turn * lasting,
                ends_at=opens + (turn + 1) * lasting,
                **numbered(talks[place % len(talks)], place + 1, "title", "description"),
            )
        )
    return sessions


def build_room(edition: Edition, place: int) -> Room:
    number = place + 1
    names = {"fr": f"Salle {number}", "en": f"Room {number}", "ar": f"القاعة {number}"}
    return Room(edition=edition, slug=f"room-{number}", order=place, **data.fields({"name": names}))


def build_abstracts(edition: Edition, sessions: list[Session]) -> list[Abstract]:
    texts = translated("abstracts", "abstract")
    day_before = edition.starts_on - datetime.timedelta(days=1)
    return [
        Abstract(
            edition=edition,
            session=session,
            slug=session.slug,
            status=Abstract.Status.PUBLISHED,
            published_at=datetime.datetime.combine(day_before, OPENS, edition.zone),
            **numbered(texts[place % len(texts)], place + 1, "title", "text"),
        )
        for place, session in enumerate(sessions)
    ]


def build_uses(abstract: Abstract, place: int, keywords: list[Keyword]) -> list[AbstractKeyword]:
    """Build four keywords per abstract; the step 5 makes those of neighbours differ."""
    chosen = [keywords[(place + 5 * order) % len(keywords)] for order in range(4)]
    return [
        AbstractKeyword(abstract=abstract, keyword=keyword, order=order)
        for order, keyword in enumerate(chosen)
    ]


def translated(file: str, name: str) -> list[dict]:
    """Return the entries of a file whose title is in all languages."""
    return [e for e in data.table(file)[name] if len(e["title"]) == len(LANGUAGES)]


def numbered(entry: dict, number: int, *names: str) -> dict[str, str]:
    """Return the translated texts of an entry, with a number in its title to make it unique."""
    title = {language: f"{text} ({number})" for language, text in entry["title"].items()}
    return data.fields({name: entry.get(name, {}) for name in names} | {"title": title})
