import pytest

from symposium.speakers.models import Speaker
from tests.factories import (
    make_abstract,
    make_author,
    make_edition,
    make_link,
    make_participation,
    make_session,
    make_speaker,
    make_track,
    picture,
)
from tests.helpers.page_html import hrefs, main, texts, tree, words

pytestmark = pytest.mark.django_db
LIST = "/fr/2021/speakers/"
NAMES = ".//li[@class='index-person']/h4"
SESSIONS = ".//section[@aria-labelledby='sessions']//li"
ABSTRACTS = ".//section[@aria-labelledby='abstracts']//li"


@pytest.fixture
def edition():
    return make_edition("2021")


def test_speaker_list_is_sorted_by_name_ignoring_accents(client, edition):
    for given, family in (("Salma", "Zahra"), ("Ali", "Émeri"), ("Nora", "Emeri"), ("B", "Fès")):
        make_speaker(edition, given_name_fr=given, family_name_fr=family)
    assert texts(main(client.get(LIST)), NAMES) == [
        "Ali Émeri", "Nora Emeri", "B Fès", "Salma Zahra",
    ]  # fmt: skip


def test_index_has_a_heading_for_each_letter(client, edition):
    for name in ("Œuvre", "Onde", "Łuk", "’t Hooft", "3"):
        make_speaker(edition, family_name_fr=name)
    page = main(client.get(LIST))
    sections = page.xpath(".//div[@class='index']/section")
    assert [(words(one.find("h3")), texts(one, ".//h4")) for one in sections] == [
        ("L", ["Salma Łuk"]), ("O", ["Salma Onde", "Salma Œuvre"]), ("T", ["Salma ’t Hooft"]),
        ("#", ["Salma 3"]),
    ]  # fmt: skip
    assert hrefs(page, ".//ul[@class='letters']//a") == [
        "#letter-L", "#letter-O", "#letter-T", "#letter-#"
    ]  # fmt: skip


def test_script_of_the_page_comes_first_in_the_index(client, edition):
    make_speaker(edition, given_name_fr="Ali", family_name_fr="Baz")
    make_speaker(edition, given_name_ar="سلمى", family_name_ar="البوصلة", family_name_fr="Zid")
    assert texts(main(client.get(LIST)), NAMES) == ["Ali Baz", "Salma Zid"]
    assert texts(main(client.get("/ar/2021/speakers/")), NAMES) == ["سلمى البوصلة", "Ali Baz"]


def test_index_shows_the_first_held_session_of_a_speaker(client, edition):
    speaker = make_speaker(edition)
    make_speaker(edition)
    track = make_track(edition, mark="disc")
    for title, at, fields in (
        ("Brouillon", "08:00", {"status": "draft"}),
        ("Annulée", "09:00", {"status": "cancelled"}),
        ("Table", "14:00", {}),
        ("Exposé", "10:00", {"track": track}),
    ):
        session = make_session(edition, title_fr=title, at=at, **fields)
        make_participation(session, speaker)
    page = main(client.get(LIST))
    assert texts(page, ".//p[@class='talk']") == ["Exposé"]
    assert len(page.xpath(".//div[contains(@class, 'track-disc')]")) == 1


def test_speakers_are_filtered_by_the_tracks_of_their_sessions(client, edition):
    water, air = (make_track(edition, slug=slug, name_fr=slug) for slug in ("eau", "air"))
    for name, track in (("Un", water), ("Deux", air), ("Trois", water)):
        speaker = make_speaker(edition, family_name_fr=name)
        make_participation(make_session(edition, track=track), speaker)
    page = main(client.get(f"{LIST}?track=eau"))
    assert texts(page, NAMES) == ["Salma Trois", "Salma Un"]
    assert texts(page, ".//nav[@aria-label='Filtrer']//a") == [
        "Tous les axes 3", "eau 2", "air 1"
    ]  # fmt: skip
    assert texts(page, ".//*[@aria-current='true']") == ["eau 2"]


def test_a_long_index_has_pages_and_links_of_letters(client, edition):
    names = [f"{'AB'[place % 2]}{place:03}" for place in range(102)]
    Speaker.objects.bulk_create(
        Speaker(edition=edition, slug=name.lower(), family_name_fr=name) for name in names
    )
    page = tree(client.get(LIST))
    assert texts(page, NAMES) == sorted(names)[:60]
    assert hrefs(page, ".//ul[@class='letters']//a") == [".", "?letter=A", "?letter=B"]
    assert hrefs(page, "//*[@rel='next']") == ["?page=2", "?page=2"]
    last = tree(client.get(f"{LIST}?page=2"))
    assert texts(last, NAMES) == sorted(names)[60:]
    assert hrefs(last, "//*[@rel='prev']") == [".", "."]
    assert hrefs(last, "//link[@rel='canonical']") == [f"http://testserver{LIST}?page=2"]
    of_letter = tree(client.get(f"{LIST}?letter=B"))
    assert texts(of_letter, NAMES) == sorted(names)[51:]
    assert hrefs(of_letter, "//link[@rel='canonical']") == [f"http://testserver{LIST}"]


@pytest.mark.parametrize("number", ["0", "1", "2", "-1", "x", "٢", ""])
def test_a_page_that_does_not_exist_is_404(client, edition, number):
    make_speaker(edition)
    assert client.get(f"{LIST}?page={number}").status_code == 404


def test_an_unknown_letter_or_track_is_announced_and_not_stored(client, edition):
    make_speaker(edition)
    response = client.get(f"{LIST}?letter=Z&track=nowhere")
    page = main(response)
    assert texts(page, ".//div[@role='status']") == [
        "Le filtre « Axe : nowhere » est inconnu. La page s’affiche sans lui.",
        "Le filtre « Lettre : Z » est inconnu. La page s’affiche sans lui.",
    ]
    assert len(page.xpath(NAMES)) == 1
    assert "private" in response["Cache-Control"]


@pytest.mark.parametrize("number", [1, 3])
def test_list_query_count_is_constant(client, edition, django_assert_num_queries, number):
    for place in range(number):
        speaker = make_speaker(edition, family_name_fr=f"Nom{place}", photo=picture())
        make_participation(make_session(edition, track=make_track(edition)), speaker)
    with django_assert_num_queries(8):
        page = main(client.get(LIST))
    assert texts(page, NAMES) == [f"Salma Nom{place}" for place in range(number)]


def test_photo_sizes_are_generated_on_save(client, edition):
    speaker = make_speaker(edition, slug="salma", photo=picture())
    sizes = [speaker.portrait.name, speaker.thumbnail.name]
    assert [speaker.photo.storage.exists(name) for name in sizes] == [True, True]


def test_pages_generate_no_photo_sizes(client, edition):
    speaker = make_speaker(edition, slug="salma", photo=picture())
    speaker.photo.storage.delete(speaker.thumbnail.name)
    page = main(client.get(LIST))
    assert page.xpath(".//img/@src") == [speaker.thumbnail.url]
    assert not speaker.photo.storage.exists(speaker.thumbnail.name)


def test_speaker_initials_are_letters_only(client, edition):
    make_speaker(edition, given_name_fr="\u202eÉlise", family_name_fr="'t Hooft")
    assert texts(main(client.get(LIST)), ".//li[@class='index-person']//b") == ["Ét"]


def test_arabic_article_is_ignored_in_sorting_and_initials(client, edition):
    for given, family in (
        ("سلمى", "البوصلة"),
        ("أمينة", "الفاسي"),
        ("آل", "أندلسي"),
        ("ليلى", "ألفا"),
    ):
        make_speaker(edition, given_name_ar=given, family_name_ar=family)
    page = main(client.get("/ar/2021/speakers/"))
    assert texts(page, NAMES) == ["ليلى ألفا", "آل أندلسي", "سلمى البوصلة", "أمينة الفاسي"]
    assert texts(page, ".//li[@class='index-person']//b") == ["ل أ", "آ أ", "س ب", "أ ف"]


@pytest.mark.parametrize("number", [1, 3])
def test_speaker_page_query_count_is_constant(client, edition, django_assert_num_queries, number):
    speaker = make_speaker(edition, slug="salma")
    for place in range(number):
        session = make_session(edition, title_fr=f"S{place}", at=f"{9 + place:02}:00")
        make_participation(session, speaker)
        make_author(make_abstract(edition, title_fr=f"R{place}"), speaker=speaker)
        make_link(speaker, label_fr=f"L{place}")
    with django_assert_num_queries(9):
        page = main(client.get(f"{LIST}salma/"))
    assert texts(page, f"{SESSIONS}//h3") == [f"S{place}" for place in range(number)]
    assert texts(page, ABSTRACTS) == [f"R{place}" for place in range(number)]


def test_unpublished_speaker_appears_nowhere(client, edition):
    hidden = make_speaker(edition, slug="cache", family_name_fr="Caché", is_published=False)
    make_participation(make_session(edition, slug="seance", title_fr="A"), hidden)
    assert client.get(f"{LIST}cache/").status_code == 404
    for path in ("speakers/", "", "programme/", "programme/seance/"):
        assert "Caché" not in words(main(client.get(f"/fr/2021/{path}"))), path


def test_speaker_page_excludes_hidden_sessions_and_abstracts(client, edition):
    speaker = make_speaker(edition, slug="salma")
    make_participation(make_session(edition, title_fr="Brouillon", status="draft"), speaker)
    cancelled = make_session(edition, title_fr="Annulée", status="cancelled")
    make_participation(cancelled, speaker)
    make_author(make_abstract(edition, title_fr="Retiré", status="withdrawn"), speaker=speaker)
    page = main(client.get(f"{LIST}salma/"))
    assert texts(page, f"{SESSIONS}//h3") == ["Annulée"]
    assert texts(page, f"{SESSIONS}//span[contains(@class, 'tag-bad')]") == ["Annulée"]
    assert page.xpath(ABSTRACTS) == []


def test_unpublished_edition_has_no_page(client):
    make_speaker(make_edition("2021", is_published=False), slug="salma")
    paths = (LIST, f"{LIST}salma/")
    assert [client.get(path).status_code for path in paths] == [404, 404]


def test_former_speaker_address_redirects(client, edition):
    speaker = make_speaker(edition, slug="avant")
    speaker.slug = "apres"
    speaker.save()
    response = client.get("/ar/2021/speakers/avant/")
    assert (response.status_code, response["Location"]) == (301, "/ar/2021/speakers/apres/")


def test_untranslated_speaker_text_has_its_language_attributes(client, edition):
    make_speaker(edition, given_name_fr="Salma", family_name_fr="Rive", affiliation_fr="Université")
    make_speaker(edition, given_name_ar="سلمى", family_name_ar="الشاطئ", family_name_fr="Zest")
    page = main(client.get("/ar/2021/speakers/"))
    marked = {
        words(name): (name.get("lang"), name.get("dir")) for name in page.xpath(f"{NAMES}//bdi")
    }
    assert marked == {"Salma Rive": ("fr", "ltr"), "سلمى الشاطئ": (None, None)}
    (affiliation,) = page.xpath(".//li[@class='index-person']/p/*")
    assert (affiliation.get("lang"), affiliation.get("dir")) == ("fr", "ltr")
