import pytest

from tests.factories import (
    make_abstract,
    make_author,
    make_edition,
    make_link,
    make_participation,
    make_session,
    make_speaker,
    picture,
)
from tests.helpers.page_html import main, texts, words

pytestmark = pytest.mark.django_db
LIST = "/fr/2021/speakers/"
NAMES = ".//li[@class='person']/h3"


@pytest.fixture
def edition():
    return make_edition("2021")


def test_speaker_list_is_sorted_by_name_ignoring_accents(client, edition):
    for given, family in (("Salma", "Zahra"), ("Ali", "Émeri"), ("Nora", "Emeri"), ("B", "Fès")):
        make_speaker(edition, given_name_fr=given, family_name_fr=family)
    assert texts(main(client.get(LIST)), NAMES) == [
        "Ali Émeri", "Nora Emeri", "B Fès", "Salma Zahra",
    ]  # fmt: skip


@pytest.mark.parametrize("number", [1, 3])
def test_list_query_count_is_constant(client, edition, django_assert_num_queries, number):
    for place in range(number):
        make_speaker(edition, family_name_fr=f"Nom{place}", photo=picture())
    with django_assert_num_queries(4):
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
    assert texts(main(client.get(LIST)), ".//li[@class='person']//b") == ["Ét"]


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
    assert texts(page, ".//li[@class='person']//b") == ["ل أ", "آ أ", "س ب", "أ ف"]


@pytest.mark.parametrize("number", [1, 3])
def test_speaker_page_query_count_is_constant(client, edition, django_assert_num_queries, number):
    speaker = make_speaker(edition, slug="salma")
    for place in range(number):
        session = make_session(edition, title_fr=f"S{place}", at=f"{9 + place:02}:00")
        make_participation(session, speaker)
        make_author(make_abstract(edition, title_fr=f"R{place}"), speaker=speaker)
        make_link(speaker, label_fr=f"L{place}")
    with django_assert_num_queries(8):
        page = main(client.get(f"{LIST}salma/"))
    assert texts(page, ".//article//h3") == [f"S{place}" for place in range(number)]
    assert texts(page, ".//div[@class='prose']/ul[not(@class)]/li") == [
        f"R{place}" for place in range(number)
    ]


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
    assert texts(page, ".//article//h3") == ["Annulée"]
    assert texts(page, ".//article//span[contains(@class, 'tag-bad')]") == ["Annulée"]
    assert page.xpath(".//div[@class='prose']/ul[not(@class)]/li") == []


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
    (affiliation,) = page.xpath(".//li[@class='person']/p/*")
    assert (affiliation.get("lang"), affiliation.get("dir")) == ("fr", "ltr")
