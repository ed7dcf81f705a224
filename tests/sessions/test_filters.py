import datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from symposium.sessions.forms import ProgrammeFilter
from tests.factories import (
    instant,
    make_abstract,
    make_edition,
    make_keyword,
    make_participation,
    make_room,
    make_session,
    make_speaker,
    make_track,
)
from tests.helpers.page_html import cards, hrefs, main, texts, tree, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    return make_edition("2021")


def programme(client, **query):
    return client.get("/fr/2021/programme/", query)


def found(edition, **query) -> list[str]:
    """Return the titles that a query shows."""
    form = ProgrammeFilter(query, edition)
    return [s.title_fr for s in form.filter(edition.sessions.published().for_programme())]


def chosen(edition, at: datetime.datetime | None = None, **query) -> datetime.date | None:
    return ProgrammeFilter(query, edition, at).day_chosen


# Day


def test_day_defaults_to_the_first(edition):
    assert chosen(edition) == edition.days[0]


def test_day_defaults_to_today_during_the_edition(edition):
    assert chosen(edition, at=instant(edition, "08:00", day=2)) == edition.days[1]


def test_today_uses_the_edition_time_zone():
    edition = make_edition(time_zone="Pacific/Kiritimati")  # UTC+14
    at = datetime.datetime(2021, 6, 9, 12, tzinfo=datetime.UTC)
    assert chosen(edition, at=at) == edition.days[1]


@pytest.mark.parametrize("day", ["2021-06-08", "2021-06-11", "hier", "2021-6-9", "'"])
def test_unknown_day_is_ignored(edition, day):
    assert chosen(edition, day=day) == edition.days[0]


def test_day_can_be_all(edition):
    assert chosen(edition, day="all") is None


def test_search_covers_all_days(edition):
    assert chosen(edition, q="ville") is None
    assert chosen(edition, q="ville", day="2021-06-10") == edition.days[1]


def test_day_shows_only_its_sessions(edition):
    make_session(edition, title_fr="Soir", at="23:59", lasting=1)
    make_session(edition, title_fr="Lendemain", day=2, at="00:00")
    assert found(edition) == ["Soir"]
    assert found(edition, day="2021-06-10") == ["Lendemain"]
    assert found(edition, day="all") == ["Soir", "Lendemain"]


# Selected filters


@pytest.fixture
def several(edition):
    """Four sessions that each filter divides differently."""
    uses, technologies = (make_track(edition, name_fr=name) for name in ("Usages", "Techniques"))
    big, small = (make_room(edition, name_fr=name) for name in ("Grande", "Petite"))
    make_session(edition, title_fr="A", track=uses, room=big, kind="panel", languages=["fr"])
    make_session(edition, title_fr="B", track=uses, room=small, kind="talk", languages=["fr", "ar"])
    make_session(edition, title_fr="C", track=technologies, room=big, at="11:00", languages=["ar"])
    make_session(edition, title_fr="D", day=2)


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ({"track": "usages"}, ["A", "B"]),
        ({"room": "grande"}, ["A", "C"]),
        ({"kind": "talk"}, ["B", "C", "D"]),
        ({"language": "ar"}, ["B", "C"]),
        ({"track": "usages", "room": "petite"}, ["B"]),
        ({"track": "usages", "kind": "talk", "language": "ar", "day": "2021-06-09"}, ["B"]),
        ({"track": "usages", "day": "2021-06-10"}, []),
    ],
)
def test_filters_combine(edition, several, query, titles):
    assert found(edition, **query) == titles


@pytest.mark.parametrize("name", ["track", "room", "kind", "language", "keyword"])
def test_unknown_value_is_ignored(edition, several, name):
    assert ProgrammeFilter({name: "inconnu"}, edition).active == {}
    assert found(edition, **{name: "inconnu", "day": "all"}) == ["A", "B", "C", "D"]


def test_value_of_another_edition_is_ignored(edition, several):
    make_track(make_edition(), name_fr="Étranger")
    assert found(edition, track="etranger", day="all") == ["A", "B", "C", "D"]


def test_break_is_not_a_kind_filter_choice(edition):
    make_session(edition, kind="break")
    kinds = [value for value, _label in ProgrammeFilter({}, edition).fields["kind"].choices]
    assert kinds == [
        "", "opening", "plenary", "keynote", "panel", "workshop", "talk", "poster_session",
        "closing",
    ]  # fmt: skip


def test_keyword_finds_the_sessions_of_its_abstracts(edition):
    session = make_session(edition, title_fr="A")
    make_session(edition, title_fr="B")
    make_keyword(make_abstract(edition, session=session), name_fr="Résilience")
    assert found(edition, keyword="resilience") == ["A"]


@pytest.mark.parametrize(
    ("session", "abstract"),
    [
        ({"status": "draft"}, {}),
        ({}, {"status": "draft"}),
        ({}, {"status": "withdrawn"}),
        ({}, {"published_at": timezone.now() + datetime.timedelta(days=1)}),
    ],
)
def test_keyword_of_hidden_content_is_not_offered(edition, session, abstract):
    session = make_session(edition, title_fr="A", **session)
    make_keyword(make_abstract(edition, session=session, **abstract), name_fr="Secret")
    form = ProgrammeFilter({"keyword": "secret"}, edition)
    assert [value for value, _label in form.fields["keyword"].choices] == [""]
    assert found(edition, q="secret") == []


# Words


@pytest.mark.parametrize("q", ["resilience", "RÉSILIENCE", "  résil  ", "villes resil"])
def test_words_are_found_without_accents(edition, q):
    make_session(edition, title_fr="La résilience des villes")
    make_session(edition, title_fr="Une autre")
    assert found(edition, q=q) == ["La résilience des villes"]


def test_words_are_found_in_titles_people_and_keywords(edition):
    session = make_session(edition, title_fr="A", title_en="Cities", title_ar="مدن")
    make_participation(session, make_speaker(edition, family_name_fr="Béna", family_name_ar="بنا"))
    make_keyword(make_abstract(edition, session=session, title_fr="Essai"), name_fr="Eau")
    make_session(edition, title_fr="B")
    for q in ("cities", "مدن", "bena", "بنا", "essai", "eau", "bena eau cities"):
        assert found(edition, q=q) == ["A"], q


def test_words_of_hidden_speakers_and_drafts_find_nothing(edition):
    session = make_session(edition)
    hidden = make_speaker(edition, family_name_fr="Caché", is_published=False)
    make_participation(session, hidden)
    make_session(edition, title_fr="Brouillon caché", status="draft")
    assert found(edition, q="cache") == []


@pytest.mark.parametrize("q", ["%", "_", "\\", "100%", "a_b", "a\\b"])
def test_words_with_sql_characters_are_taken_literally(edition, q):
    make_session(edition, title_fr="Rien de cela")
    make_session(edition, title_fr=f"Voici {q} écrit")
    assert found(edition, q=q) == [f"Voici {q} écrit"]


@pytest.mark.parametrize("q", ["", "   ", "é" * 2000])
def test_empty_or_overlong_words_are_ignored(client, edition, q):
    make_session(edition, title_fr="A")
    assert cards(programme(client, q=q)) == ["A"]


def test_words_beyond_ten_are_ignored(edition, django_assert_num_queries):
    make_session(edition, title_fr="a b c d e f g h i j")
    form = ProgrammeFilter({"q": "a b c d e f g h i j z z z"}, edition)
    with django_assert_num_queries(1):
        assert form.filter(edition.sessions.all()).count() == 1


def test_nul_is_a_bad_request(client, edition):
    assert client.get("/fr/2021/programme/?q=a%00b").status_code == 400


# The page


def test_filters_survive_a_change_of_language(client, edition):
    make_track(edition, name_fr="Usages")
    query = "day=all&q=l%27eau+%26+la+ville&track=usages"
    page = tree(client.get(f"/fr/2021/programme/?{query}"))
    assert hrefs(page, "(//ul[@class='langs'])[1]//a") == [
        f"/{language}/2021/programme/?{query}" for language in ("fr", "en", "ar")
    ]


def test_day_links_preserve_the_filters(client, edition):
    make_track(edition, name_fr="Usages")
    page = main(programme(client, track="usages", q="l'eau & co"))
    asked = [parse_qs(urlsplit(href).query) for href in hrefs(page, ".//ul[@class='p-days']//a")]
    kept = {"track": ["usages"], "q": ["l'eau & co"]}
    assert asked == [kept | {"day": [day]} for day in ("2021-06-09", "2021-06-10", "all")]


@pytest.mark.parametrize(
    ("query", "links"),
    [
        ({}, []),
        ({"day": "2021-06-10"}, []),
        (
            {"day": "2021-06-10", "track": "usages", "kind": "panel"},
            [
                ("Usages", "?day=2021-06-10&kind=panel"),
                ("Table ronde", "?day=2021-06-10&track=usages"),
            ],
        ),
        ({"q": "l'eau"}, [("l'eau", "?")]),
    ],
)
def test_filters_in_use_link_to_the_programme_without_them(edition, query, links):
    make_track(edition, name_fr="Usages")
    assert [
        (used["value"], used["address"]) for used in ProgrammeFilter(query, edition).in_use
    ] == (links)


def picked(form) -> dict[str, list[str]]:
    return {
        group["name"]: [pick["value"] for pick in group["picks"] if pick["is_chosen"]]
        for group in form.picks
    }


def test_filter_form_has_the_values_in_use(edition, several):
    query = {"day": "2021-06-10", "track": "usages"}
    assert picked(ProgrammeFilter(query, edition)) == {
        "day": ["2021-06-10"], "track": ["usages"], "room": [""], "kind": [""], "language": [""],
    }  # fmt: skip
    assert picked(ProgrammeFilter({}, edition))["day"] == ["all"]


def test_filter_without_a_choice_is_not_in_the_form(edition):
    make_track(edition)
    assert list(picked(ProgrammeFilter({}, edition))) == ["day", "kind", "language"]
    edition.ends_on = edition.starts_on
    assert list(picked(ProgrammeFilter({}, edition))) == ["kind", "language"]


def test_day_tabs_draw_a_short_edition_as_arches():
    tabs = ProgrammeFilter({}, make_edition()).tabs
    assert [tab.get("arches") for tab in tabs] == [[True, False], [False, True], None]
    long = make_edition(ends_on=datetime.date(2021, 6, 14))
    assert [tab.get("arches") for tab in ProgrammeFilter({}, long).tabs] == [*6 * [[]], None]


def test_edition_of_one_day_has_one_tab():
    edition = make_edition(ends_on=datetime.date(2021, 6, 9))
    assert [tab["day"] for tab in ProgrammeFilter({}, edition).tabs] == edition.days


def test_empty_result_suggests_filters_to_remove(client, edition):
    track = make_track(edition, name_fr="Usages")
    make_session(edition, title_fr="Eau", kind="panel")
    make_session(edition, title_fr="Air", track=track, day=2)
    make_session(edition, title_fr="Air du temps", track=track, day=2, at="11:00")
    make_session(edition, title_fr="Air caché", track=track, day=2, at="12:00", status="draft")
    page = main(
        client.get("/en/2021/programme/", {"track": track.slug, "q": "air", "kind": "panel"})
    )
    (empty,) = page.xpath(".//div[@class='empty'][not(@hidden)]")
    assert texts(empty, ".//li") == ["without “Kind: Panel” – 2 sessions"]
    assert hrefs(empty, ".//li/a") == [f"?track={track.slug}&q=air"]


def test_empty_result_suggests_removing_the_day(client, edition):
    make_session(edition, title_fr="Air", day=2)
    page = main(client.get("/en/2021/programme/", {"day": "2021-06-09", "q": "air"}))
    assert texts(page, ".//div[@class='empty'][not(@hidden)]//li") == [
        "without “Day: Wednesday 9 June” – 1 session"
    ]


def test_day_without_sessions_shows_a_notice(client, edition):
    page = main(client.get("/en/2021/programme/"))
    (empty,) = page.xpath(".//div[@class='empty'][not(@hidden)]")
    assert words(empty) == "No sessions on this day yet"


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("fr", "Le filtre « Axe : usages » est inconnu. La page s’affiche sans lui."),
        ("en", "We don’t recognise the filter “Track: usages”, so it isn’t applied."),
        ("ar", "المرشِّح «المحور: usages» غير معروف. تُعرض الصفحة من دونه."),
    ],
)
def test_unknown_filter_shows_a_notice(client, edition, language, sentence):
    make_session(edition, track=make_track(edition, slug="uses"))
    page = f"/{language}/2021/programme/"
    notices = ".//*[contains(@class, 'notice-warn')]"
    shown = client.get(page, {"track": "usages"})
    assert texts(main(shown), notices) == [sentence]
    assert len(cards(shown)) == 1
    for known in ({}, {"track": "uses"}, {"track": ""}, {"day": "all", "q": "x"}, {"foo": "x"}):
        assert texts(main(client.get(page, known)), notices) == []


def test_unknown_filter_value_is_escaped_in_its_notice(client, edition):
    evil = "<b>x</b>" * 20
    page = main(client.get("/en/2021/programme/", {"room": evil, "day": "2021-06-31"}))
    assert texts(page, ".//*[contains(@class, 'notice-warn')]") == [
        "We don’t recognise the filter “Day: 2021-06-31”, so it isn’t applied.",
        f"We don’t recognise the filter “Room: {evil[:59]}…”, so it isn’t applied.",
    ]


def test_breaks_and_cancelled_sessions_are_not_counted(client, edition):
    make_session(edition, kind="keynote")
    make_session(edition, at="10:00", kind="break")
    make_session(edition, at="11:00", status="cancelled")
    home = main(client.get("/en/2021/"))
    assert texts(home, ".//p[@class='home-counts']") == ["1 session, 0 speakers"]
    empty = main(client.get("/en/2021/programme/", {"q": "nothing"}))
    assert texts(empty, ".//div[@class='empty']//li") == [
        "without “Search terms: nothing” – 1 session"
    ]
