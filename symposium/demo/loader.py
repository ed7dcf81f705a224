"""Loading of the demonstration into the database.

An edition is either created with all its content or left unchanged: organisers' changes and
deletions stay, however often this runs. The one exception is the fictional edition that starts
tomorrow: it moves with its sessions as days pass.
"""

import datetime

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.http import Http404
from django.utils import timezone

from symposium.abstracts import versions
from symposium.abstracts.models import Abstract, AbstractKeyword, Author, Keyword
from symposium.demo import attendance, data, organiser
from symposium.demo.portraits import portrait
from symposium.editions.models import Edition, News, Page, Partner
from symposium.editions.slugs import find_by_slug
from symposium.sessions.models import Participation, Resource, Room, Session, Track
from symposium.speakers.models import Link, Speaker

FIRST_EDITION = "2021"
# Values of a session's entry that are no fields of the model.
NOT_FIELDS = ("day", "start", "end", "track", "room", "speakers", "resources", "talks")


class SlugTaken(Exception):
    """Error: another edition already uses the slug of the upcoming edition."""


@transaction.atomic
def load() -> None:
    """Make the first edition and, in a demonstration, the organiser's account, if missing."""
    if settings.DEMO:
        organiser.ensure()
    if not Edition.objects.filter(slug=FIRST_EDITION).exists():
        make_edition(
            data.table("edition"),
            data.published_text(),
            is_current=not Edition.objects.filter(is_current=True).exists(),
        )


@transaction.atomic
def load_upcoming(at: datetime.datetime | None = None, *, current: bool = True) -> None:
    """Make the edition that starts the day after `at`, or move it there; make it `current`.

    Its slug is the year. Raise SlugTaken if an edition with that slug is not a demonstration or is
    the first edition.
    """
    entry = data.table("upcoming")
    zone = Edition(time_zone=entry["edition"]["time_zone"]).zone
    tomorrow = (at or timezone.now()).astimezone(zone).date() + datetime.timedelta(days=1)
    slug = str(tomorrow.year)
    edition = Edition.objects.filter(slug=slug).first()
    if edition is None:
        days = {"starts_on": tomorrow, "ends_on": tomorrow + datetime.timedelta(days=1)}
        edition = make_edition(entry, entry["main_abstract"]["text"], "upcoming", slug=slug, **days)
    elif slug == FIRST_EDITION or not edition.is_demonstration:
        raise SlugTaken(
            f"The edition “{slug}” exists and is not a demonstration: it is left alone."
        )
    else:
        reschedule(edition, tomorrow)
    if not current:
        return
    Edition.objects.exclude(pk=edition.pk).update(is_current=False)
    Edition.objects.filter(pk=edition.pk).update(is_current=True)


def reschedule(edition: Edition, starts_on: datetime.date) -> None:
    """Move the edition to another first day; its sessions keep their times of day."""
    shift = starts_on - edition.starts_on
    sessions = list(edition.sessions.scheduled())
    for session in sessions:
        session.starts_at = session.starts_at.astimezone(edition.zone) + shift
        session.ends_at = session.ends_at.astimezone(edition.zone) + shift
    # A session must lie within its edition's days after each query, or have no time.
    edition.sessions.update(starts_at=None, ends_at=None)
    edition.starts_on += shift
    edition.ends_on += shift
    edition.save()
    Session.objects.bulk_update(sessions, ["starts_at", "ends_at"])


def make_edition(entry: dict, text: dict[str, str], folder: str = "", **fields) -> Edition:
    """Make an edition with all its content; `text` is its main abstract by language.

    `folder` has pages that replace the shared ones; `fields` override those of `entry`.
    """
    edition = Edition.objects.create(
        is_published=True, is_demonstration=True, **data.fields(entry["edition"]) | fields
    )
    edition.refresh_from_db()
    for order, partner in enumerate(entry.get("partner", [])):
        Partner.objects.create(edition=edition, order=order, **data.fields(partner))
    for order, slug in enumerate(data.PAGES):
        Page.objects.create(edition=edition, slug=slug, order=order, **data.page(slug, folder))
    for item in entry.get("news", []):
        at = days_before(edition, days=item["days_before"])
        News.objects.create(edition=edition, published_at=at, **data.fields(item, "days_before"))
    speakers = make_speakers(edition)
    sessions = make_sessions(edition, speakers)
    make_wholes(edition, entry.get("whole", []), sessions, speakers)
    keywords = find_or_make_keywords()
    make_main_abstract(edition, entry, text, keywords)
    for abstract in data.table("abstracts")["abstract"]:
        make_abstract(edition, abstract, sessions, speakers, keywords)
    attendance.load(edition)
    return edition


def make_speakers(edition: Edition) -> dict[str, Speaker]:
    speakers = {}
    for entry in data.table("speakers")["speaker"]:
        speaker = Speaker(edition=edition, **data.fields(entry, "portrait", "links"))
        if "portrait" in entry:
            picture = portrait(speaker.slug, entry["portrait"])
            speaker.photo = ContentFile(picture, f"{speaker.slug}.jpg")
        speaker.save()
        for order, link in enumerate(entry.get("links", [])):
            Link.objects.create(speaker=speaker, order=order, **data.fields(link))
        speakers[speaker.slug] = speaker
    return speakers


def make_sessions(edition: Edition, speakers: dict[str, Speaker]) -> dict[str, Session]:
    make_ordered(edition, Track)
    make_ordered(edition, Room)
    return {
        entry["slug"]: make_session(edition, entry, speakers)
        for entry in data.table("sessions")["session"]
    }


def make_session(edition: Edition, entry: dict, speakers: dict[str, Speaker]) -> Session:
    own = data.fields(entry, *NOT_FIELDS)
    session = Session.objects.create(
        edition=edition,
        track=edition.tracks.filter(slug=entry.get("track")).first(),
        room=edition.rooms.filter(slug=entry.get("room")).first(),
        **{"status": Session.Status.PUBLISHED} | own | data.times(edition, entry),
    )
    for order, part in enumerate(entry.get("speakers", [])):
        Participation.objects.create(
            session=session, speaker=speakers[part["speaker"]], role=part["role"], order=order
        )
    for order, resource in enumerate(resources(edition, entry)):
        Resource.objects.create(session=session, order=order, **data.fields(resource))
    return session


def make_wholes(
    edition: Edition,
    entries: list[dict],
    sessions: dict[str, Session],
    speakers: dict[str, Speaker],
) -> None:
    """Make the sessions that hold talks, which are among `sessions` already."""
    for entry in entries:
        whole = make_session(edition, entry, speakers)
        talks = [sessions[slug].pk for slug in entry["talks"]]
        edition.sessions.filter(pk__in=talks).update(parent=whole)


def resources(edition: Edition, entry: dict) -> list[dict]:
    """Return the session's resources, without recordings unless the edition is over."""
    is_over = edition.phase() == "after"
    return [r for r in entry.get("resources", []) if is_over or r["kind"] != "recording"]


def make_ordered(edition: Edition, model: type[Track] | type[Room]) -> dict:
    """Make the tracks or the rooms, in the order of the file; return them by slug."""
    name = model._meta.model_name
    return {
        entry["slug"]: model.objects.create(edition=edition, order=order, **data.fields(entry))
        for order, entry in enumerate(data.table(f"{name}s")[name])
    }


def find_or_make_keywords() -> dict[str, Keyword]:
    """Return all keywords by slug. All editions share them, so existing ones are reused."""
    return {
        entry["slug"]: find_or_make_keyword(entry) for entry in data.table("keywords")["keyword"]
    }


def find_or_make_keyword(entry: dict) -> Keyword:
    try:
        return find_by_slug(Keyword.objects.all(), entry["slug"])[0]
    except Http404:
        return Keyword.objects.create(**data.fields(entry))


def make_main_abstract(
    edition: Edition, entry: dict, text: dict[str, str], keywords: dict[str, Keyword]
) -> None:
    """Make the main abstract, with the edition's theme as title and its name as author."""
    title, name = entry["edition"]["theme"], entry["edition"]["name"]
    own = data.fields(entry["main_abstract"], "keywords", "text")
    main_abstract = Abstract.objects.create(
        edition=edition,
        slug="abstract",
        kind=Abstract.Kind.SYMPOSIUM,
        status=Abstract.Status.PUBLISHED,
        **{"published_at": days_before(edition, days=30)} | own,
        **data.fields({"title": title, "text": text}),
    )
    add_keywords(main_abstract, entry["main_abstract"]["keywords"], keywords)
    Author.objects.create(abstract=main_abstract, **data.fields({"family_name": name}))


def make_abstract(
    edition: Edition,
    entry: dict,
    sessions: dict[str, Session],
    speakers: dict[str, Speaker],
    keywords: dict[str, Keyword],
) -> None:
    abstract = Abstract.objects.create(
        edition=edition,
        session=sessions.get(entry.get("session")),
        status=Abstract.Status.PUBLISHED,
        published_at=days_before(edition, days=30),
        **data.fields(entry, "session", "authors", "keywords", "revision", "withdrawal"),
    )
    add_keywords(abstract, entry["keywords"], keywords)
    for order, slug in enumerate(entry["authors"]):
        Author.objects.create(abstract=abstract, speaker=speakers[slug], order=order)
    if "revision" in entry:
        revise(abstract, entry["revision"])
    if "withdrawal" in entry:
        withdraw(abstract, entry["withdrawal"])


def revise(abstract: Abstract, entry: dict) -> None:
    """Publish a second version of the abstract with the texts of `entry`."""
    versions.snapshot(abstract)
    for name, text in data.fields(entry, "note").items():
        setattr(abstract, name, text)
    abstract.save()
    versions.publish(abstract, entry["note"], at=days_before(abstract.edition, days=14))


def withdraw(abstract: Abstract, entry: dict) -> None:
    abstract.status = Abstract.Status.WITHDRAWN
    abstract.withdrawn_at = days_before(abstract.edition, days=14)
    for name, text in data.fields({"withdrawal_reason": entry["reason"]}).items():
        setattr(abstract, name, text)
    abstract.save()


def add_keywords(abstract: Abstract, slugs: list[str], keywords: dict[str, Keyword]) -> None:
    for order, slug in enumerate(slugs):
        AbstractKeyword.objects.create(abstract=abstract, keyword=keywords[slug], order=order)


def days_before(edition: Edition, days: int) -> datetime.datetime:
    day = edition.starts_on - datetime.timedelta(days=days)
    return datetime.datetime.combine(day, datetime.time(9), edition.zone)
