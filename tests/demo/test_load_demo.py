import datetime
import stat

import pytest
from django.core.management import CommandError, call_command

from symposium.abstracts.models import Abstract, AbstractKeyword, Author, Keyword
from symposium.accounts.models import User
from symposium.demo import data, loader, organiser, scale
from symposium.editions.models import Edition, Page, Partner
from symposium.registrations.models import Booking, Category, CheckIn, Question, Registration
from symposium.sessions.models import Participation, Resource, Room, Session, Track
from symposium.speakers.models import Link, Speaker
from tests.factories import instant, make_edition, make_keyword, make_user, refreshed

pytestmark = pytest.mark.django_db

MODELS = [
    Edition, Partner, Page, Track, Room, Speaker, Link, Session, Participation, Resource,
    Keyword, Abstract, AbstractKeyword, Author, Category, Question, Registration, Booking,
    CheckIn, User,
]  # fmt: skip
MONDAY = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def password(settings, tmp_path):
    """The file of the password, in a folder of this test's own."""
    settings.VAR = tmp_path / "var"
    return settings.VAR / "demo-password"


@pytest.fixture
def first():
    loader.load()
    return Edition.objects.get()


def counts() -> list[int]:
    return [model.objects.count() for model in MODELS]


def slugs(queryset) -> set[str]:
    return set(queryset.values_list("slug", flat=True))


def test_load_demo_twice_changes_nothing(capsys):
    call_command("load_demo")
    made = counts()
    assert made == [1, 3, 4, 4, 4, 34, 6, 45, 80, 5, 18, 25, 92, 41, 5, 3, 109, 69, 152, 110]
    rows = [list(model.objects.order_by("pk").values()) for model in MODELS]
    call_command("load_demo")
    assert [list(model.objects.order_by("pk").values()) for model in MODELS] == rows
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(": ")[2] for line in lines] == [
        "1 (1 made)", "34 (34 made)", "45 (45 made)", "25 (25 made)", "18 (18 made)",
        "109 (109 made)", "110 (110 made)",
        "1 (0 made)", "34 (0 made)", "45 (0 made)", "25 (0 made)", "18 (0 made)",
        "109 (0 made)", "110 (0 made)",
    ]  # fmt: skip


def test_what_an_organiser_changed_or_removed_stays_so(first):
    first.sessions.filter(slug="ouverture").update(title_fr="Bienvenue")
    first.sessions.get(slug="accueil").delete()
    first.pages.get(slug="legal").delete()
    loader.load()
    assert first.sessions.get(slug="ouverture").title_fr == "Bienvenue"
    assert first.sessions.filter(slug="accueil").count() == 0
    assert first.pages.count() == 3


def test_abstract_of_the_symposium_is_the_published_text(first):
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


def test_first_edition_shows_what_a_portal_must_show(first):
    sessions = first.sessions.all()
    assert (first.is_current, first.is_demonstration, first.registration_is_open()) == (True,) * 3
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
def test_everything_would_pass_the_forms():
    for model in MODELS:
        for row in model.objects.all():
            row.full_clean()


def test_upcoming_edition_starts_tomorrow_and_moves_with_it(first):
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


def test_upcoming_edition_never_takes_the_place_of_a_real_one():
    real = make_edition("2026", is_current=True)
    with pytest.raises(loader.Occupied):
        loader.load_upcoming(MONDAY)
    assert list(Edition.objects.all()) == [real]
    assert refreshed(real).is_current is True


def test_current_edition_stays_current(first):
    loader.load_upcoming(MONDAY)
    loader.load()
    assert Edition.objects.current().slug == "2026"


def test_keyword_is_found_under_its_new_address():
    keyword = make_keyword(slug="resilience", name_fr="résilience")
    keyword.slug = "resiliences"
    keyword.save()
    keywords = loader.find_or_make_keywords()
    assert keywords["resilience"] == keyword
    assert Keyword.objects.count() == 18


# The organiser's account


def test_password_is_kept_for_its_owner_alone(password):
    organiser.ensure()
    written = password.read_text()
    assert stat.S_IMODE(password.stat().st_mode) == 0o600
    assert len(written.strip()) == 16
    organiser.ensure()
    assert password.read_text() == written
    user = User.objects.get()
    assert (user.email, user.is_superuser) == ("organiser@example.org", True)
    assert user.check_password(written.strip())


def test_account_that_exists_keeps_its_password(password):
    organiser.ensure()
    user = User.objects.get()
    user.set_password("chosen since then")
    user.save()
    organiser.ensure()
    assert refreshed(user).check_password("chosen since then")


def test_account_takes_the_password_of_a_new_file(password):
    user = make_user(organiser.EMAIL, "forgotten", is_staff=True)
    organiser.ensure()
    assert refreshed(user).check_password(password.read_text().strip())


def test_no_account_outside_a_demonstration(settings, password):
    settings.DEMO = False
    loader.load()
    assert User.objects.count() == 0
    assert not password.exists()


# Scale


def test_scale_makes_a_congress_once():
    scale.load(130)
    scale.load(130)
    edition = Edition.objects.get(slug="scale")
    assert (edition.sessions.count(), edition.speakers.count()) == (130, 195)
    assert (edition.rooms.count(), len(edition.days)) == (20, 5)
    assert edition.abstracts.published().filter(keywords__slug="resilience").count() > 0
    assert Participation.objects.filter(period=None).count() == 0


@pytest.mark.parametrize("number", ["0", "-5", "10001"])
def test_scale_refuses_what_does_not_fit(number):
    with pytest.raises(CommandError, match="from 1 to 10000"):
        call_command("load_demo", f"--scale={number}")
    assert Edition.objects.count() == 0
