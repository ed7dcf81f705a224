"""The first edition, loaded once: each test changes it in its own transaction."""

import datetime
import io

import pytest
from django.core.management import call_command

from symposium.abstracts.models import Abstract, AbstractKeyword, Author, Keyword
from symposium.accounts.models import User
from symposium.demo import data, loader
from symposium.editions.models import Edition, Page, Partner
from symposium.registrations.models import Booking, Category, CheckIn, Question, Registration
from symposium.sessions.models import Participation, Resource, Room, Session, Track
from symposium.speakers.models import Link, Speaker
from tests.conftest import inside
from tests.factories import instant, refreshed

pytestmark = pytest.mark.django_db

MODELS = [
    Edition, Partner, Page, Track, Room, Speaker, Link, Session, Participation, Resource,
    Keyword, Abstract, AbstractKeyword, Author, Category, Question, Registration, Booking,
    CheckIn, User,
]  # fmt: skip
MONDAY = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)


@pytest.fixture(scope="module", autouse=True)
def _loaded(loaded, django_db_blocker):
    with django_db_blocker.unblock(), inside(loaded.database):
        yield


@pytest.fixture(autouse=True)
def _password(loaded, settings):
    settings.VAR = loaded.var


@pytest.fixture
def first():
    return Edition.objects.get()


def counts() -> list[int]:
    return [model.objects.count() for model in MODELS]


def slugs(queryset) -> set[str]:
    return set(queryset.values_list("slug", flat=True))


def test_load_demo_twice_changes_nothing(loaded):
    made = counts()
    assert made == [1, 3, 4, 4, 4, 34, 6, 45, 80, 5, 18, 25, 92, 41, 5, 3, 109, 69, 152, 110]
    rows = [list(model.objects.order_by("pk").values()) for model in MODELS]
    again = io.StringIO()
    call_command("load_demo", stdout=again)
    assert [list(model.objects.order_by("pk").values()) for model in MODELS] == rows
    lines = (loaded.said + again.getvalue()).splitlines()
    assert [line.partition(": ")[2] for line in lines] == [
        "1 (1 made)", "34 (34 made)", "45 (45 made)", "25 (25 made)", "18 (18 made)",
        "109 (109 made)", "110 (110 made)",
        "1 (0 made)", "34 (0 made)", "45 (0 made)", "25 (0 made)", "18 (0 made)",
        "109 (0 made)", "110 (0 made)",
    ]  # fmt: skip


def test_load_demo_preserves_organiser_changes_and_deletions(first):
    first.sessions.filter(slug="ouverture").update(title_fr="Bienvenue")
    first.sessions.get(slug="accueil").delete()
    first.pages.get(slug="legal").delete()
    loader.load()
    assert first.sessions.get(slug="ouverture").title_fr == "Bienvenue"
    assert first.sessions.filter(slug="accueil").count() == 0
    assert first.pages.count() == 3


def test_demo_main_abstract_is_the_published_text(first):
    argument = first.abstracts.get(kind=Abstract.Kind.SYMPOSIUM)
    assert argument.language == "fr"
    for language, introduction, comma in [
        ("fr", "Mots clés : ", ", "),
        ("en", "Keywords: ", ", "),
        ("ar", "الكلمات المفتاحية: ", "، "),
    ]:
        used = argument.ordered_keywords.values_list(f"keyword__name_{language}", flat=True)
        text = getattr(argument, f"text_{language}")
        published = (data.FOLDER / f"abstract-{language}.txt").read_text()
        assert f"{text}\n{introduction}{comma.join(used)}." == published.rstrip("\n")
    assert [str(use.keyword) for use in argument.ordered_keywords.all()] == [
        "Smart city", "territoires", "villes", "résilience", "régénération", "pandémie",
        "technologies", "digital", "new normal", "transformation des usages",
    ]  # fmt: skip


def test_first_edition_has_its_expected_content(first):
    sessions = first.sessions.all()
    assert (first.is_current, first.is_demonstration, first.is_over) == (True,) * 3
    assert (first.takes_registrations(), first.registration_is_open()) == (False, False)
    assert slugs(sessions.filter(status="cancelled")) == {"teletravail-et-courtes-distances"}
    assert slugs(sessions.filter(status="draft")) == {"capteurs-citoyens"}
    assert slugs(sessions.filter(starts_at=None)) == {"la-nuit-une-ressource-urbaine"}
    assert slugs(sessions.filter(title_fr=None, title_en=None)) == {"memoire-de-la-ville"}
    assert slugs(sessions.filter(title_fr=None, title_ar=None)) == {"small-data-for-small-towns"}
    assert sessions.filter(title_en=None, title_ar=None).count() == 5
    assert sessions.get(slug="ouverture").starts_at == instant(first, "09:00")
    assert sessions.get(slug="cloture").ends_at == instant(first, "17:45", day=2)
    assert first.abstracts.published().count() == 24
    assert first.speakers.exclude(photo="").count() == 30


@pytest.mark.usefixtures("first")
def test_all_demo_objects_pass_model_validation():
    """The database has already checked uniqueness and constraints."""
    for model in MODELS:
        for row in model.objects.all():
            row.full_clean(validate_unique=False, validate_constraints=False)


def test_upcoming_edition_starts_tomorrow_and_stays_current(first):
    loader.load_upcoming(MONDAY)
    upcoming = Edition.objects.current()
    opening, argument = (
        upcoming.sessions.get(slug="ouverture"),
        upcoming.abstracts.get(slug="abstract"),
    )
    made = counts()
    for row in (upcoming, argument, *upcoming.pages.all()):
        row.full_clean()
    assert upcoming.slug == "2026"
    assert upcoming.days == [datetime.date(2026, 11, 24), datetime.date(2026, 11, 25)]
    assert opening.starts_at == instant(upcoming, "09:00")
    assert argument.text_fr.startswith("Ce texte est fictif")
    assert upcoming.pages.get(slug="practical").body_fr.startswith("Cette édition est entièrement")

    loader.load_upcoming(MONDAY + datetime.timedelta(days=2))
    moved = refreshed(upcoming)
    assert moved.days == [datetime.date(2026, 11, 26), datetime.date(2026, 11, 27)]
    assert refreshed(opening).starts_at == instant(moved, "09:00")
    assert [part.period.lower for part in opening.participations.all()] == [opening.starts_at] * 2
    assert counts() == made
    assert refreshed(first).days[0] == datetime.date(2021, 6, 9)

    loader.load()
    assert Edition.objects.current() == upcoming
