import datetime
from importlib import import_module

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404
from django.utils import translation

from symposium.editions.models import Edition, FormerSlug, Page, Partner
from symposium.editions.slugs import find_by_slug
from tests.factories import (
    instant,
    make_category,
    make_edition,
    make_keyword,
    make_page,
    make_partner,
    make_room,
    make_session,
    make_speaker,
    make_track,
    open_edition,
    refreshed,
)
from tests.helpers.database_errors import commit, execute, faults, refused_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    return make_edition("2021")


# Editions


def test_second_current_edition_is_refused(edition):
    make_edition("2019", is_current=True)
    with refused_by("editions_one_current"):
        Edition.objects.update(is_current=True)

    edition.is_current = True
    assert faults(edition) == {
        "__all__": ["Another edition is set as current. Clear its box first."]
    }


def test_current_edition_can_be_switched_by_updates(edition):
    make_edition("2019", is_current=True)
    Edition.objects.filter(slug="2019").update(is_current=False)
    Edition.objects.filter(slug="2021").update(is_current=True)
    assert Edition.objects.current() == edition


def test_current_edition_defaults_to_the_latest_published(edition):
    make_edition("2019", starts_on=datetime.date(2019, 6, 1))
    make_edition("2023", starts_on=datetime.date(2023, 6, 1), is_published=False)
    assert Edition.objects.current() == edition


def test_edition_ending_before_it_starts_is_refused(edition):
    with refused_by("editions_last_day_not_before_first"):
        Edition.objects.update(ends_on=datetime.date(2021, 6, 8))

    edition.ends_on = datetime.date(2021, 6, 8)
    assert faults(edition) == {"__all__": ["The last day cannot be before the first day."]}


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (datetime.date(2021, 6, 9), datetime.date(2921, 6, 10)),
        (datetime.date(9999, 12, 30), datetime.date(9999, 12, 31)),
    ],
)
def test_edition_with_a_mistyped_year_is_refused(edition, first, last):
    with refused_by("editions_three_months_at_most"):
        Edition.objects.update(starts_on=first, ends_on=last)

    edition.starts_on, edition.ends_on = first, last
    assert faults(edition) == {
        "__all__": ["An edition can’t last more than three months. Check the years."]
    }


def test_registration_closing_before_it_opens_is_refused(edition):
    opens, closes = instant(edition, "10:00"), instant(edition, "09:00")
    with refused_by("editions_registration_closes_after_it_opens"):
        Edition.objects.update(registration_opens_at=opens, registration_closes_at=closes)

    edition.registration_opens_at, edition.registration_closes_at = opens, closes
    assert faults(edition) == {"__all__": ["Registration must close after it opens."]}


def test_unknown_edition_time_zone_is_refused(edition):
    edition.time_zone = "Mars/Olympus"
    assert faults(edition) == {
        "time_zone": ["“Mars/Olympus” isn’t a time zone. Use a name such as “Africa/Casablanca”."]
    }


@pytest.mark.parametrize("empty", ["", None])
@pytest.mark.parametrize("field", ["name", "short_name", "city"])
def test_edition_without_name_in_any_language_is_refused(edition, field, empty):
    with refused_by("editions_named"):
        Edition.objects.update(**{f"{field}_{code}": empty for code in ("fr", "en", "ar")})


def test_edition_slug_cannot_change(edition):
    with refused_by("editions_slug_stays"):
        Edition.objects.update(slug="2022")
    with refused_by("editions_slug_stays"):
        execute("UPDATE symposium_editions_edition SET slug = '2022'")


def test_edition_slug_is_unique(edition):
    with refused_by("symposium_editions_edition_slug_key"):
        make_edition("2021")


@pytest.mark.parametrize(
    ("zone", "first", "last"),
    [
        ("Africa/Casablanca", "2021-06-08T23:00+00:00", "2021-06-10T23:00+00:00"),
        ("America/New_York", "2021-06-09T04:00+00:00", "2021-06-11T04:00+00:00"),
        ("Asia/Tokyo", "2021-06-08T15:00+00:00", "2021-06-10T15:00+00:00"),
    ],
)
def test_edition_period_uses_its_time_zone(edition, zone, first, last):
    Edition.objects.update(time_zone=zone)
    period = refreshed(edition).period
    assert [period.lower.isoformat(), period.upper.isoformat()] == [
        f"{end.removesuffix('+00:00')}:00+00:00" for end in (first, last)
    ]


def test_edition_period_on_a_clock_change_day_is_23_hours():
    day = datetime.date(2021, 3, 14)
    edition = make_edition(starts_on=day, ends_on=day, time_zone="America/New_York")
    assert edition.period.upper - edition.period.lower == datetime.timedelta(hours=23)


def test_edition_period_follows_python_rules_not_those_of_postgresql():
    """Debian's PostgreSQL may not know that Morocco left UTC+1 in 2026."""
    edition = Edition(starts_on=datetime.date(2026, 12, 1), ends_on=datetime.date(2026, 12, 2),
                      slug="2026", name_fr="N", short_name_fr="N", city_fr="C")  # fmt: skip
    assert faults(edition) == {}
    edition.save()
    assert [end.isoformat() for end in (edition.period.lower, edition.period.upper)] == [
        "2026-12-01T00:00:00+00:00", "2026-12-03T00:00:00+00:00",
    ]  # fmt: skip
    assert refreshed(edition).period == edition.period


def test_edition_period_follows_a_save_of_some_fields(edition):
    edition.ends_on += datetime.timedelta(days=1)
    edition.save(update_fields=["ends_on"])
    assert refreshed(edition).period == edition.days_period()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE symposium_editions_edition SET ends_on = ends_on + 1",
        "UPDATE symposium_editions_edition SET starts_on = starts_on - 1",
        "UPDATE symposium_editions_edition SET period = 'empty'",
    ],
)
def test_edition_days_changed_without_their_period_are_refused(edition, statement):
    with refused_by("editions_whole_days"):
        execute(statement)


def shift_periods(hours: int) -> None:
    execute(
        "UPDATE symposium_editions_edition SET period = tstzrange("
        "lower(period) + %s * interval '1 hour', upper(period) + %s * interval '1 hour')",
        hours, hours,
    )  # fmt: skip


def test_periods_are_rebuilt_for_sessions_too(edition, capsys):
    session = make_session(edition)
    shift_periods(-1)
    call_command("rebuild_periods")
    assert capsys.readouterr().out == "1 rebuilt.\n"
    assert refreshed(edition).period == edition.period
    assert refreshed(session).allowed_period == edition.period


def test_period_that_leaves_a_session_outside_is_not_rebuilt(edition):
    shift_periods(-1)
    make_session(edition, starts_at=edition.period.lower - datetime.timedelta(hours=1),
                 ends_at=edition.period.lower)  # fmt: skip
    with pytest.raises(CommandError, match=r"outside its edition: 2021\. Move it first"):
        call_command("rebuild_periods")
    assert refreshed(edition).has_stale_period


def test_periods_of_postgresql_are_computed_by_the_migration(edition, capsys):
    """The one of 2021 stays, since a session of its last evening would be outside."""
    other = make_edition("2022", starts_on=datetime.date(2022, 6, 9))
    shift_periods(1)
    make_session(edition, starts_at=edition.period.upper,
                 ends_at=edition.period.upper + datetime.timedelta(hours=1))  # fmt: skip
    name = "0005_computed_periods"
    state = MigrationExecutor(connection).loader.project_state(("symposium_editions", name))
    import_module(f"symposium.editions.migrations.{name}").compute(state.apps, None)
    assert [refreshed(one).has_stale_period for one in (edition, other)] == [True, False]
    assert capsys.readouterr().out.startswith("\nThe hours of edition 2021 stay: ")


def test_edition_is_before_during_and_after(edition):
    moments = [
        instant(edition, "23:59", 0),
        instant(edition, "00:00"),
        instant(edition, "00:00", 3),
    ]
    assert [edition.phase(at) for at in moments] == ["before", "during", "after"]


def test_edition_opens_and_closes_registration(edition):
    make_category(edition)
    make_page(edition, slug=Page.PRIVACY)
    edition.registration_opens_at = instant(edition, "08:00")
    edition.registration_closes_at = instant(edition, "18:00")
    moments = [instant(edition, at) for at in ("07:59", "08:00", "17:59", "18:00")]
    assert [edition.registration_is_open(at) for at in moments] == [False, True, True, False]


def test_registration_ends_with_the_last_day_unless_extended(edition):
    make_category(edition)
    make_page(edition, slug=Page.PRIVACY)
    edition.registration_opens_at = instant(edition, "08:00")
    last, after = instant(edition, "23:59", day=2), instant(edition, "00:00", day=3)
    much_later = instant(edition, "08:00", day=3000)

    def answers() -> list[tuple[bool, bool, bool]]:
        """Return at three moments whether registration is open; pages, rules and query agree."""
        edition.save()
        moments = (last, after, much_later)
        asked = [Edition.objects.taking_registrations(at).exists() for at in moments]
        assert [edition.registration_is_open(at) for at in moments] == asked
        assert [edition.takes_registrations(at) for at in moments] == asked
        return asked

    assert answers() == [True, False, False]
    edition.registration_closes_at = instant(edition, "08:00", day=2000)
    assert answers() == [True, False, False]
    edition.registration_after_end = True
    assert answers() == [True, True, False]
    edition.registration_closes_at = None
    assert answers() == [True, True, True]


def test_edition_without_opening_time_has_closed_registration(edition):
    assert edition.registration_is_open(instant(edition, "08:00")) is False


def test_edition_deletion_cascades_to_its_programme(edition):
    session = make_session(edition, room=make_room(edition), track=make_track(edition))
    session.participations.create(speaker=make_speaker(edition))
    make_page(edition)
    make_partner(edition)
    edition.delete()
    commit()
    assert not Edition.objects.exists()


# Names in several languages


def test_name_falls_back_to_french_then_english_then_arabic():
    page = make_page(title_fr="", title_en="Access", title_ar="الوصول")
    with translation.override("fr"):
        assert page.title == "Access"
    with translation.override("ar"):
        assert page.title == "الوصول"
    page.title_en = ""
    with translation.override("en"):
        assert page.title == "الوصول"


@pytest.mark.parametrize(
    ("make", "constraint", "field"),
    [
        (make_partner, "partners_named", "name"),
        (make_page, "pages_titled", "title"),
        (make_room, "rooms_named", "name"),
        (make_track, "tracks_named", "name"),
        (make_session, "sessions_titled", "title"),
        (make_speaker, "speakers_named", "family_name"),
        (make_keyword, "keywords_named", "name"),
    ],
)
@pytest.mark.parametrize("empty", ["", None])
def test_object_without_name_in_any_language_is_refused(make, constraint, field, empty):
    instance = make()
    with refused_by(constraint):
        type(instance).objects.update(**{f"{field}_{code}": empty for code in ("fr", "en", "ar")})


def test_partner_with_arabic_name_only_is_accepted(edition):
    partner = Partner(edition=edition, name_ar="جامعة الحسن الثاني")
    assert faults(partner) == {}
    partner.save()
    assert str(partner) == "جامعة الحسن الثاني"


# Slugs


def test_slug_is_derived_from_the_first_latin_title(edition):
    pages = [
        make_page(edition, title_fr="Accès à l’hôtel", title_en="Access"),
        make_page(edition, title_fr="", title_en="Access"),
        make_page(edition, title_fr="", title_ar="الوصول", title_en="Access"),
    ]
    assert [page.slug for page in pages] == ["acces-a-lhotel", "access", "access-2"]


@pytest.mark.parametrize("title", ["تجديد المدينة", "😀🎉", "\u202e\u2066", "。", "<>"])
def test_slug_of_a_non_latin_title_is_a_stable_code(edition, title):
    page = make_page(edition, title_fr=title)
    slug = page.slug
    assert slug.isascii()
    assert slug.startswith("page-")

    page.title_en = "The city renewed"
    page.save()
    assert refreshed(page).slug == slug


def test_slug_of_a_long_title_is_short(edition):
    slugs = [make_page(edition, title_fr="ville " * 33).slug for _ in range(2)]
    assert slugs == ["-".join(["ville"] * 10), "-".join(["ville"] * 10) + "-2"]


def test_slug_is_unchanged_when_the_title_changes(edition):
    page = make_page(edition, title_fr="Venir")
    page.title_fr = "Comment venir"
    page.save()
    assert refreshed(page).slug == "venir"


def test_slug_is_unique_in_an_edition_only(edition):
    make_page(edition, slug="acces")
    make_page(make_edition("2023"), slug="acces")
    with refused_by("pages_slug_once_per_edition"):
        Page.objects.bulk_create([Page(edition=edition, title_fr="Accès", slug="acces")])
    assert faults(Page(edition=edition, title_fr="Accès", slug="acces")) == {
        "__all__": ["This address is already used by another page in this edition."]
    }


@pytest.mark.parametrize("slug", ["", "a/b", "accès", "a b", "../admin"])
def test_malformed_slug_is_refused(edition, slug):
    with refused_by("editions_slug_written"):
        Page.objects.bulk_create([Page(edition=edition, title_fr="Accès", slug=slug)])


@pytest.mark.parametrize(
    "make", [make_page, make_room, make_track, make_session, make_speaker, make_keyword]
)
def test_former_slug_finds_the_renamed_object(make):
    instance = make(slug="before")
    queryset = type(instance).objects
    edition = getattr(instance, "edition_id", None)
    queryset.update(slug="after")

    assert find_by_slug(queryset.all(), "after", edition) == (instance, False)
    assert find_by_slug(queryset.all(), "before", edition) == (instance, True)


def test_former_slug_is_recorded_for_plain_sql(edition):
    page = make_page(edition, slug="acces")
    execute("UPDATE symposium_editions_page SET slug = 'venir'")
    assert list(FormerSlug.objects.values_list("table", "edition", "slug", "target")) == [
        ("symposium_editions_page", edition.pk, "acces", page.pk)
    ]


def test_every_former_slug_finds_the_object(edition):
    page = make_page(edition, slug="a")
    for slug in ("b", "c", "d"):
        Page.objects.update(slug=slug)
    found = [find_by_slug(Page.objects.all(), slug, edition.pk) for slug in "abcd"]
    assert found == [(page, True), (page, True), (page, True), (page, False)]


def test_former_slug_may_be_reused_by_its_owner(edition):
    page = make_page(edition, slug="a")
    Page.objects.update(slug="b")
    page.slug = "a"
    assert faults(page) == {}
    page.save()

    assert list(FormerSlug.objects.values_list("slug", flat=True)) == ["b"]
    assert find_by_slug(Page.objects.all(), "b", edition.pk) == (page, True)


def test_former_slug_is_refused_to_another_object(edition):
    make_page(edition, slug="acces")
    Page.objects.update(slug="venir")
    other = Page(edition=edition, title_fr="Accès", slug="acces")
    assert faults(other) == {"slug": ["This address has been used before. Choose another."]}
    with refused_by("editions_former_slug_once"):
        Page.objects.bulk_create([other])


def test_former_slug_is_refused_to_another_renamed_object(edition):
    make_page(edition, slug="acces")
    Page.objects.update(slug="venir")
    make_page(edition, slug="contact")
    with refused_by("editions_former_slug_once"):
        execute("UPDATE symposium_editions_page SET slug = 'acces' WHERE slug = 'contact'")


def test_former_slug_is_avoided_by_a_generated_slug(edition):
    make_page(edition, title_fr="Accès")
    Page.objects.update(slug="venir")
    assert make_page(edition, title_fr="Accès").slug == "acces-2"


def test_former_slug_of_one_edition_is_free_in_another(edition):
    make_page(edition, slug="acces")
    Page.objects.update(slug="venir")
    assert make_page(make_edition("2023"), slug="acces").slug == "acces"


def test_former_slug_of_a_page_is_free_for_a_session(edition):
    make_page(edition, slug="acces")
    Page.objects.update(slug="venir")
    assert make_session(edition, slug="acces").slug == "acces"


def test_former_slug_of_a_hidden_page_is_404(edition):
    make_page(edition, slug="acces", is_published=False)
    Page.objects.update(slug="venir")
    with pytest.raises(Http404):
        find_by_slug(Page.objects.published(), "acces", edition.pk)


@pytest.mark.parametrize("make", [make_page, make_room, make_track, make_session, make_speaker])
def test_object_with_a_slug_cannot_change_edition(make):
    instance, other = make(), make_edition("2023")
    with refused_by("editions_edition_stays"):
        type(instance).objects.update(edition=other)

    instance.edition = other
    assert faults(instance)["edition"] == [
        "You can’t move this to another edition. Create a new one there."
    ]


# Publication


def test_page_is_published_with_its_edition(edition):
    shown = make_page(edition)
    make_page(edition, is_published=False)
    make_page(make_edition("2023", is_published=False))
    assert list(Page.objects.published()) == [shown]


# Requirements of registration


def test_registration_is_closed_without_category_or_privacy_notice():
    edition = open_edition()
    assert what_registration_says(edition) == (["category"], False, False)
    make_category(edition)
    assert what_registration_says(edition) == ([], True, True)
    edition.pages.update(body_fr="")
    assert what_registration_says(edition) == (["privacy"], False, False)
    edition.pages.update(body_ar="نص", is_published=False)
    assert what_registration_says(edition) == (["privacy"], False, False)


def what_registration_says(edition: Edition) -> tuple[list[str], bool, bool]:
    found = Edition.objects.get(pk=edition.pk)
    return (
        found.missing_for_registration, found.registration_is_open(), found.takes_registrations()
    )  # fmt: skip


def test_taking_registrations_lists_editions_with_open_registration():
    edition = open_edition()
    found = [list(Edition.objects.taking_registrations())]
    make_category(edition)
    make_category(edition)
    found.append(list(Edition.objects.taking_registrations()))
    edition.pages.update(body_fr=None)
    found.append(list(Edition.objects.taking_registrations()))
    assert found == [[], [edition], []]
