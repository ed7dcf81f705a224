import datetime

import pytest
from django.utils import timezone

from symposium.abstracts.models import Abstract, Keyword
from tests.factories import (
    make_abstract,
    make_author,
    make_edition,
    make_keyword,
    make_main_abstract,
    make_session,
    make_speaker,
    make_track,
)
from tests.helpers.page_html import hrefs, main, texts, tree, words

pytestmark = pytest.mark.django_db
LIST, KEYWORDS = "/fr/2021/abstracts/", "/fr/2021/keywords/"
TITLES = ".//ul[@class='titles']/li//h3"
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
    assert texts(main(client.get(KEYWORDS)), ".//li[@class='index-word']") == []
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
    assert texts(page, ".//ul[@class='authors']/li") == ["Nora Rivage", "Ali Sel"]
    assert texts(page, ".//ul[@class='authors']//a") == ["Ali Sel"]


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
    with django_assert_num_queries(8):
        page = main(client.get(LIST))
    assert texts(page, TITLES) == [f"Résumé {place}" for place in range(number)]


def test_abstract_in_a_list_has_track_time_authors_and_first_sentence(client, edition):
    track = make_track(edition, name_fr="Eau")
    session = make_session(edition, track=track, at="14:30", status="cancelled")
    abstract = make_abstract(edition, session=session, kind="poster", text_fr="Un. Deux.\nTrois.")
    make_author(abstract, given_name_fr="Nora", family_name_fr="Rivage")
    make_author(abstract, speaker=make_speaker(edition, given_name_fr="A", family_name_fr="Sel"))
    page = main(client.get(LIST))
    assert texts(page, ".//div[@class='titles-meta']/span") == [
        "Eau", "Mercredi 9 juin, 14:30", "Poster", "Annulée"
    ]  # fmt: skip
    assert texts(page, ".//ul[@class='titles']//p") == ["Nora Rivage, A Sel", "Un."]


def test_long_first_sentence_is_cut(client, edition):
    make_abstract(edition, text_fr="mot " * 200)
    [sentence] = texts(main(client.get(LIST)), ".//p[@class='titles-first']")
    assert (len(sentence) <= 240, sentence[-1]) == (True, "…")


def test_abstracts_are_filtered_by_track_day_and_language(client, edition):
    water, air = (make_track(edition, slug=slug, name_fr=slug) for slug in ("eau", "air"))
    for title, track, day, language in (
        ("A", water, 1, "fr"), ("B", air, 1, "en"), ("C", water, 2, "en"), ("D", None, 2, "fr"),
    ):  # fmt: skip
        session = make_session(edition, track=track, day=day)
        texts_by_language = {"text_fr": "Un.", "text_en": "One."}
        make_abstract(
            edition, title_fr=title, session=session, language=language, **texts_by_language
        )
    whole = main(client.get(LIST))
    assert texts(whole, ".//nav[@aria-label='Filtrer']//a") == [
        "Tous les axes 4", "eau 2", "air 1",
        "Toutes les journées 4", "Mer. 9 2", "Jeu. 10 2",
        "Toutes les langues 4", "Français 2", "Anglais 2",
    ]  # fmt: skip
    page = main(client.get(f"{LIST}?track=eau&day=2021-06-10"))
    assert texts(page, TITLES) == ["C"]
    assert texts(page, ".//*[@aria-current='true']") == [
        "eau 1", "Jeu. 10 1", "Toutes les langues 1"
    ]  # fmt: skip
    assert hrefs(page, ".//nav[@aria-label='Filtrer']//a")[:3] == [
        "?day=2021-06-10", "?track=eau&day=2021-06-10", "?track=air&day=2021-06-10"
    ]  # fmt: skip
    none = main(client.get(f"{LIST}?track=air&language=fr"))
    assert texts(none, ".//div[@class='empty']/h3") == ["Aucun résumé ne correspond à ces filtres"]


def test_an_unknown_filter_is_announced_and_not_stored(client, edition):
    make_abstract(edition, title_fr="A")
    response = client.get(f"{LIST}?track=x&day=2021-13-01&language=de")
    page = main(response)
    assert (texts(page, TITLES), len(page.xpath(".//div[@role='status']"))) == (["A"], 3)
    assert "private" in response["Cache-Control"]


def test_a_long_list_has_pages(client, edition):
    pattern = make_abstract(edition)
    titles = [f"T{place:03}" for place in range(101)]
    Abstract.objects.bulk_create(
        Abstract(
            edition=edition, slug=title, status=pattern.status, published_at=pattern.published_at,
            title_fr=title, text_fr="Un.", language="fr",
        )
        for title in titles
    )  # fmt: skip
    pattern.delete()
    pages = [tree(client.get(f"{LIST}{query}")) for query in ("", "?page=2", "?page=3")]
    assert [title for page in pages for title in texts(page, TITLES)] == titles
    assert [hrefs(page, "//link[@rel='prev' or @rel='next']") for page in pages] == [
        ["?page=2"], [".", "?page=3"], ["?page=2"]
    ]  # fmt: skip
    assert [hrefs(page, "//link[@rel='canonical']") for page in pages] == [
        [f"http://testserver{LIST}{query}"] for query in ("", "?page=2", "?page=3")
    ]
    in_languages = [len(page.xpath("//link[@rel='alternate'][@hreflang]")) for page in pages]
    assert in_languages == [4, 0, 0]  # a later page has other entries in another language
    assert client.get(f"{LIST}?page=4").status_code == 404


def test_page_of_an_abstract_shows_others_with_the_same_keywords(client, edition):
    one, two, three = (make_keyword(slug=slug) for slug in ("un", "deux", "trois"))
    used = {"A": (one, two), "B": (two,), "C": (one, two), "D": (three,), "E": ()}
    for title, keywords in used.items():
        abstract = make_abstract(edition, slug=title, title_fr=title)
        for keyword in keywords:
            keyword.uses.create(abstract=abstract)
    hidden = make_abstract(edition, status="draft", title_fr="F")
    one.uses.create(abstract=hidden)
    shown = ".//section[@aria-labelledby='related']//h3"
    pages = {title: main(client.get(f"{LIST}{title}/")) for title in ("A", "D", "E")}
    assert {title: texts(page, shown) for title, page in pages.items()} == {
        "A": ["C", "B"], "D": [], "E": []
    }  # fmt: skip


@pytest.mark.parametrize("number", [1, 3])
def test_keyword_list_query_count_is_constant(client, edition, django_assert_num_queries, number):
    abstract = make_abstract(edition)
    for name in ["Ville", "Énergie", "Eau"][:number]:
        make_keyword(abstract, name_fr=name)
    with django_assert_num_queries(4):
        page = main(client.get(KEYWORDS))
    expected = sorted(["Ville 1 résumé", "Énergie 1 résumé", "Eau 1 résumé"][:number], key=sort)
    assert texts(page, ".//li[@class='index-word']") == expected


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
    with django_assert_num_queries(10):
        page = main(client.get("/fr/2021/keywords/eau/"))
    assert texts(page, TITLES) == [f"R{n}" for n in range(number)]


def test_keyword_page_excludes_hidden_content(client, edition):
    draft = make_session(edition, status="draft", title_fr="Séance cachée")
    keyword = make_keyword(make_abstract(edition, title_fr="Vu"), slug="eau")
    keyword.uses.create(abstract=make_abstract(edition, title_fr="Vu aussi"))
    keyword.uses.create(abstract=make_abstract(edition, session=draft, title_fr="Caché"))
    page = main(client.get("/fr/2021/keywords/eau/"))
    assert texts(page, TITLES) == ["Vu", "Vu aussi"]


@pytest.mark.parametrize(
    ("language", "names"), [("fr", ["water", "ماء"]), ("ar", ["eau", "water"])]
)
def test_keyword_page_shows_names_in_other_languages(client, edition, language, names):
    make_keyword(make_abstract(edition), slug="eau", name_fr="eau", name_en="water", name_ar="ماء")
    page = main(client.get(f"/{language}/2021/keywords/eau/"))
    assert texts(page, ".//ul[@class='keyword-names']/li") == names


def test_keyword_with_equal_names_in_two_languages_shows_one(client, edition):
    make_keyword(
        make_abstract(edition), slug="sc", name_fr="Smart", name_en="Smart", name_ar="ذكية"
    )
    page = main(client.get("/ar/2021/keywords/sc/"))
    assert texts(page, ".//ul[@class='keyword-names']/li") == ["Smart"]


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
    assert texts(page, ".//ul[@class='keyword-line']/li") == [
        "air 2 abstracts in common", "feu 1 abstract in common",
    ]  # fmt: skip
    alone = main(client.get("/en/2021/keywords/loin/"))
    assert texts(alone, ".//ul[@class='keyword-line']/li") == ["air 1 abstract in common"]


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
