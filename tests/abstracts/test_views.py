import datetime

import pytest
from django.utils import timezone

from symposium.abstracts.models import Keyword
from tests.factories import (
    make_abstract,
    make_author,
    make_edition,
    make_keyword,
    make_main_abstract,
    make_session,
    make_speaker,
)
from tests.helpers.page_html import main, texts, words

pytestmark = pytest.mark.django_db
LIST, KEYWORDS = "/fr/2021/abstracts/", "/fr/2021/keywords/"
TITLES = ".//article//h3"
TOMORROW = timezone.now() + datetime.timedelta(days=1)
HIDDEN = [
    ({"status": "draft"}, 404),
    ({"published_at": TOMORROW}, 404),
    ({"status": "withdrawn"}, 410),
]


@pytest.fixture
def edition():
    return make_edition("2021")


def test_untranslated_abstract_has_its_own_language_attributes(client, edition):
    make_abstract(edition, slug="a", title_fr="Titre", text_fr="Un.\nDeux.")
    page = main(client.get("/ar/2021/abstracts/a/"))
    marked = [(p.get("lang"), p.get("dir"), words(p)) for p in page.xpath(".//article/p")]
    assert marked == [("fr", "ltr", "Un."), ("fr", "ltr", "Deux.")]
    (title,) = page.xpath(".//h1/*")
    assert (title.get("lang"), title.get("dir"), words(title)) == ("fr", "ltr", "Titre")


def test_missing_main_abstract_is_404(client, edition):
    assert client.get("/fr/2021/abstract/").status_code == 404


def test_main_abstract_slug_redirects_to_its_single_address(client, edition):
    make_main_abstract(edition, slug="texte")
    response = client.get("/fr/2021/abstracts/texte/")
    assert (response.status_code, response["Location"]) == (301, "/fr/2021/abstract/")


# Publication


@pytest.mark.parametrize(("fields", "status"), HIDDEN)
def test_hidden_abstract_appears_nowhere(client, edition, fields, status):
    hidden = make_abstract(edition, slug="cache", title_fr="Caché", **fields)
    make_keyword(hidden, name_fr="Secret")
    assert client.get("/fr/2021/abstracts/cache/").status_code == status
    assert client.get("/fr/2021/abstracts/cache/abstract.pdf").status_code == status
    assert client.get("/fr/2021/abstracts.pdf").status_code == 404
    assert texts(main(client.get(LIST)), TITLES) == []
    assert texts(main(client.get(KEYWORDS)), ".//ul[@class='keywords']/li") == []
    assert client.get("/fr/2021/keywords/secret/").status_code == 404


def test_abstract_of_a_draft_session_is_404(client, edition):
    session = make_session(edition, status="draft")
    make_abstract(edition, session=session, slug="cache")
    assert client.get("/fr/2021/abstracts/cache/").status_code == 404


@pytest.mark.parametrize(
    "path", ["abstract/", "abstracts/", "abstracts/a/", "keywords/", "keywords/mot/"]
)
def test_unpublished_edition_has_no_page(client, path):
    edition = make_edition("2021", is_published=False)
    make_main_abstract(edition)
    make_keyword(make_abstract(edition, slug="a"), slug="mot")
    assert client.get(f"/fr/2021/{path}").status_code == 404


def test_author_without_page_is_named_without_link(client, edition):
    abstract = make_abstract(edition, slug="a")
    make_author(abstract, given_name_fr="Nora", family_name_fr="Rivage")
    make_author(abstract, speaker=make_speaker(edition, given_name_fr="Ali", family_name_fr="Sel"))
    page = main(client.get("/fr/2021/abstracts/a/"))
    assert texts(page, ".//p[@class='lead']") == ["Nora Rivage, Ali Sel"]
    assert texts(page, ".//p[@class='lead']//a") == ["Ali Sel"]


# Lists


def test_abstract_list_begins_with_main_abstract(client, edition):
    make_abstract(edition, title_fr="A")
    make_main_abstract(edition, title_fr="Z")
    assert texts(main(client.get(LIST)), TITLES) == ["Z", "A"]


@pytest.mark.parametrize("number", [1, 3])
def test_list_query_count_is_constant(client, edition, django_assert_num_queries, number):
    for place in range(number):
        abstract = make_abstract(edition, title_fr=f"Résumé {place}", session=make_session(edition))
        make_author(abstract, speaker=make_speaker(edition))
        make_author(abstract)
    with django_assert_num_queries(5):
        page = main(client.get(LIST))
    assert texts(page, TITLES) == [f"Résumé {place}" for place in range(number)]


@pytest.mark.parametrize("number", [1, 3])
def test_keyword_list_query_count_is_constant(client, edition, django_assert_num_queries, number):
    abstract = make_abstract(edition)
    for name in ["Ville", "Énergie", "Eau"][:number]:
        make_keyword(abstract, name_fr=name)
    with django_assert_num_queries(4):
        page = main(client.get(KEYWORDS))
    expected = sorted(["Ville1 résumé", "Énergie1 résumé", "Eau1 résumé"][:number], key=sort)
    assert texts(page, ".//ul[@class='keywords']/li") == expected


def sort(words: str) -> str:
    return words.replace("É", "E")


@pytest.mark.parametrize("number", [1, 3])
def test_keyword_page_query_count_is_constant(client, edition, django_assert_num_queries, number):
    keyword = make_keyword(slug="eau")
    for place in range(number):
        speaker, session = make_speaker(edition), make_session(edition, title_fr=f"S{place}")
        abstract = make_abstract(edition, session=session, title_fr=f"R{place}")
        make_author(abstract, speaker=speaker)
        keyword.uses.create(abstract=abstract)
    with django_assert_num_queries(9):
        page = main(client.get("/fr/2021/keywords/eau/"))
    assert texts(page, TITLES) == [f"R{n}" for n in range(number)] + [
        f"S{n}" for n in range(number)
    ]
    assert len(page.xpath(".//li[@class='person']")) == number


def test_keyword_page_excludes_hidden_content(client, edition):
    draft = make_session(edition, status="draft", title_fr="Séance cachée")
    hidden = make_speaker(edition, is_published=False)
    keyword = make_keyword(make_abstract(edition, title_fr="Vu"), slug="eau")
    author = make_author(make_abstract(edition, title_fr="Vu aussi"), speaker=hidden)
    keyword.uses.create(abstract=author.abstract)
    keyword.uses.create(abstract=make_abstract(edition, session=draft, title_fr="Caché"))
    page = main(client.get("/fr/2021/keywords/eau/"))
    assert texts(page, TITLES) == ["Vu", "Vu aussi"]
    assert page.xpath(".//li[@class='person']") == []


@pytest.mark.parametrize(("language", "names"), [("fr", "water · ماء"), ("ar", "eau · water")])
def test_keyword_page_shows_names_in_other_languages(client, edition, language, names):
    make_keyword(make_abstract(edition), slug="eau", name_fr="eau", name_en="water", name_ar="ماء")
    page = main(client.get(f"/{language}/2021/keywords/eau/"))
    assert texts(page, ".//p[@class='lead']") == [names]


def test_keyword_with_equal_names_in_two_languages_shows_one(client, edition):
    make_keyword(
        make_abstract(edition), slug="sc", name_fr="Smart", name_en="Smart", name_ar="ذكية"
    )
    assert texts(main(client.get("/ar/2021/keywords/sc/")), ".//p[@class='lead']") == ["Smart"]


def test_related_keywords_are_ordered_by_shared_abstracts(client, edition):
    water, air, fire, far = (make_keyword(slug=s, name_fr=s) for s in ("eau", "air", "feu", "loin"))
    shared = [(water, air, fire), (water, air), (air, far)]
    for keywords in shared:
        abstract = make_abstract(edition)
        for keyword in keywords:
            keyword.uses.create(abstract=abstract)
    hidden = make_abstract(edition, status="draft")
    for keyword in (water, far):
        keyword.uses.create(abstract=hidden)
    page = main(client.get("/en/2021/keywords/eau/"))
    assert texts(page, ".//ul[@class='keywords']/li") == [
        "air2 abstracts in common", "feu1 abstract in common",
    ]  # fmt: skip
    alone = main(client.get("/en/2021/keywords/loin/"))
    assert texts(alone, ".//ul[@class='keywords']/li") == ["air1 abstract in common"]


def test_related_keywords_are_limited_to_the_closest(edition):
    abstract = make_abstract(edition)
    keyword, *others = (make_keyword(abstract, name_fr=f"{number:02}") for number in range(15))
    closest = others[-1]
    again = make_abstract(edition)
    for used in (keyword, closest):
        used.uses.create(abstract=again)
    related = list(Keyword.objects.related_to(keyword, edition))
    assert related == [closest, *others[:11]]


# Former addresses


def test_former_addresses_redirect(client, edition):
    abstract = make_abstract(edition, slug="ancien")
    keyword = make_keyword(abstract, slug="vieux")
    for thing, slug in ((abstract, "nouveau"), (keyword, "neuf")):
        thing.slug = slug
        thing.save()
    answers = [
        client.get(path) for path in ("/en/2021/abstracts/ancien/", "/en/2021/keywords/vieux/")
    ]
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [
        (301, "/en/2021/abstracts/nouveau/"),
        (301, "/en/2021/keywords/neuf/"),
    ]
