"""News of an edition: pages, strip of the home page, feed, desk, and who sees what when."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import timezone
from lxml import etree

from symposium.core import revision
from symposium.editions.models import News
from tests.factories import make_edition, make_news, make_organiser, refreshed
from tests.helpers.admin_forms import admin_url, errors_of, save
from tests.helpers.desk_roles import DESK_ROLES, desk_statuses
from tests.helpers.page_html import hrefs, main, texts, tree, words

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
BASE = "{http://www.w3.org/XML/1998/namespace}base"
JUNE = datetime.datetime(2021, 6, 1, 9, tzinfo=datetime.UTC)
TOMORROW = timezone.now() + datetime.timedelta(days=1)
STRIP = ".//section[@aria-labelledby='home-news']//li/a"
IN_THREE = {
    "title_fr": "Tram arrêté", "body_fr": "Venez **à pied**.",
    "title_en": "Tram stopped", "body_en": "Come **on foot**.",
    "title_ar": "توقف الترام", "body_ar": "تعالوا **مشيًا**.",
}  # fmt: skip


@pytest.fixture
def edition():
    return make_edition("2021")


def day(number: int) -> datetime.datetime:
    return JUNE + datetime.timedelta(days=number)


def feed(client, language: str = "fr"):
    response = client.get(f"/2021/news.atom?lang={language}")
    assert (response.status_code, response["Content-Type"], response["Content-Language"]) == (
        200, "application/atom+xml; charset=utf-8", language,
    )  # fmt: skip
    return etree.fromstring(response.content)


# Pages


@pytest.mark.parametrize(
    ("language", "heading", "title", "text", "date"),
    [
        ("fr", "Actualités", "Tram arrêté", "Venez à pied.", "1er juin 2021"),
        ("en", "News", "Tram stopped", "Come on foot.", "1 June 2021"),
        ("ar", "الأخبار", "توقف الترام", "تعالوا مشيًا.", "1 يونيو 2021"),
    ],
)
def test_list_and_page_are_in_three_languages(
    client, edition, language, heading, title, text, date
):
    make_news(edition, slug="tram", **IN_THREE)
    listed = main(client.get(f"/{language}/2021/news/"))
    assert texts(listed, ".//h1") == [heading]
    assert texts(listed, ".//ul[contains(@class, 'booking-list')]/li") == [f"{date} {title} {text}"]
    page = main(client.get(f"/{language}/2021/news/tram/"))
    assert texts(page, ".//h1") == [title]
    assert texts(page, ".//article") == [f"{date} {text}"]
    assert texts(page, ".//article//strong") != []


def test_missing_language_is_marked(client, edition):
    make_news(edition, slug="tram", title_fr="Tram", body_fr="À pied.")
    page = main(client.get("/ar/2021/news/tram/"))
    assert [one.get("lang") for one in page.xpath(".//h1/span | .//article/div")] == ["fr", "fr"]


def test_list_is_paged_latest_first(client, edition):
    for number in range(41):
        make_news(edition, title_fr=f"N{number}", published_at=day(number))
    pages = {path: client.get(f"/fr/2021/news/{path}") for path in ("", "?page=2", "?page=3")}
    titles = [texts(main(answer), ".//li//h3") for answer in pages.values()]
    assert [title for found in titles for title in found] == [f"N{n}" for n in range(40, -1, -1)]
    assert [len(found) for found in titles] == [20, 20, 1]
    links = [hrefs(main(answer), ".//nav[contains(@class, 'actions')]/a")
             for answer in pages.values()]  # fmt: skip
    assert links == [["?page=2"], ["/fr/2021/news/", "?page=3"], ["/fr/2021/news/?page=2"]]


@pytest.mark.parametrize("number", ["", "0", "1", "01", "4", "-1", "x", "٢", "9" * 5000])
def test_invalid_page_number_is_404(client, edition, number):
    make_news(edition)
    assert client.get("/fr/2021/news/", {"page": number}).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_news_query_counts_are_constant(client, edition, django_assert_num_queries, number):
    for place in range(number):
        make_news(edition, slug=f"n{place}")
    for path, count in [
        ("/fr/2021/news/", 5), ("/fr/2021/news/n0/", 4), ("/2021/news.atom", 2), ("/fr/2021/", 12)
    ]:  # fmt: skip
        with django_assert_num_queries(count):
            assert client.get(path).status_code == 200


def test_former_slug_redirects(client, edition):
    item = make_news(edition, slug="avant")
    item.slug = "apres"
    item.save()
    response = client.get("/fr/2021/news/avant/")
    assert (response.status_code, response["Location"]) == (301, "/fr/2021/news/apres/")


# The home page and the menu


def test_strip_has_pinned_first_then_latest_three_in_all(client, edition):
    for number in range(4):
        make_news(edition, title_fr=f"N{number}", published_at=day(number))
    make_news(edition, title_fr="Épinglée", is_pinned=True, published_at=day(-9))
    page = main(client.get("/fr/2021/"))
    assert texts(page, STRIP) == ["Épinglée", "N3", "N2"]


def test_without_news_there_is_no_strip_and_no_link(client, edition):
    make_news(edition, published_at=None)
    make_news(make_edition("2019"))
    page = tree(client.get("/fr/2021/"))
    assert page.xpath(STRIP) == []
    assert [link for link in hrefs(page, "//a") if "/news/" in link] == []
    assert texts(main(client.get("/fr/2021/news/")), ".//div[@class='empty']") == [
        "Pas encore d’actualité"
    ]


def test_menu_links_to_news(client, edition):
    make_news(edition)
    for language in ("fr", "en", "ar"):
        page = tree(client.get(f"/{language}/2021/news/"))
        assert page.xpath("//nav[@id='menu']//a[@aria-current]/@href") == [
            f"/{language}/2021/news/"
        ]


# The feed


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_feed_has_the_whole_text_in_the_language_asked_for(client, edition, language):
    item = make_news(edition, slug="tram", **IN_THREE)
    root = feed(client, language)
    (entry,) = root.iter(f"{ATOM}entry")
    page_url = f"http://testserver/{language}/2021/news/tram/"
    assert (root.get(LANG), entry.get(LANG), entry.get(BASE)) == (language, language, page_url)
    assert entry.findtext(f"{ATOM}title") == IN_THREE[f"title_{language}"]
    assert "<strong>" in entry.findtext(f"{ATOM}summary")
    assert entry.find(f"{ATOM}link").get("href") == page_url
    assert entry.findtext(f"{ATOM}published") == "2021-06-01T09:00:00+00:00"
    assert entry.findtext(f"{ATOM}id") == f"tag:testserver,2021:news:2021:{item.pk}:{language}"


def test_feed_is_linked_and_unchanged_feed_is_304(client, edition):
    make_news(edition)
    address = "/2021/news.atom?lang=ar"
    page = tree(client.get("/ar/2021/news/"))
    assert page.xpath("//link[@type='application/atom+xml']/@href") == [address]
    first = client.get(address)
    known = {"If-None-Match": first["ETag"]}
    assert client.get(address, headers=known).status_code == 304
    News.objects.update(title_fr="Autre")
    assert client.get(address, headers=known).status_code == 200


# Drafts and the future

HIDDEN = ["/fr/2021/", "/fr/2021/news/", "/2021/news.atom", "/sitemap.xml",
          "/fr/2021/search/?q=Secret", "/fr/2021/search/?q=tramway"]  # fmt: skip


@pytest.mark.parametrize("published_at", [None, TOMORROW])
@pytest.mark.parametrize("as_organiser", [False, True])
def test_draft_and_future_news_are_nowhere(client, edition, published_at, as_organiser):
    texts_of = {"title_fr": "Secret", "body_fr": "Le tramway"}
    make_news(edition, slug="secret", published_at=published_at, **texts_of)
    if as_organiser:
        client.force_login(make_organiser())
    for path in HIDDEN:
        page = client.get(path).content.decode()
        assert "news/secret" not in page, path
        assert "Le tramway" not in page, path
    assert client.get("/fr/2021/news/secret/").status_code == 404


def test_news_appear_at_their_time_without_a_write(edition):
    item = make_news(edition, published_at=TOMORROW)
    assert list(edition.news.published()) == []
    assert list(edition.news.published(at=TOMORROW)) == [item]


def test_news_of_an_unpublished_edition_are_nowhere(client):
    make_news(make_edition("2030", is_published=False), slug="secret")
    paths = ["/fr/2030/news/", "/fr/2030/news/secret/", "/2030/news.atom"]
    assert [client.get(path).status_code for path in paths] == [404] * 3
    assert News.objects.published().count() == 0


@pytest.mark.django_db(transaction=True)
def test_news_move_the_revision_of_their_edition(edition):
    other = make_edition("2019")
    before = revision.current("2021"), revision.current("2019")
    make_news(edition)
    assert revision.current("2021") != before[0]
    assert revision.current("2019") == before[1]
    assert other.news.count() == 0


# The search


@pytest.mark.parametrize(
    ("language", "asked"), [("fr", "tram arrêté"), ("en", "stopped"), ("ar", "الترام")]
)
def test_search_finds_news(client, edition, language, asked):
    make_news(edition, slug="tram", **IN_THREE)
    page = main(client.get(f"/{language}/2021/search/", {"q": asked}))
    (found,) = page.xpath(".//section[@aria-labelledby='found-news']//article")
    assert hrefs(found, ".//h3/a") == [f"/{language}/2021/news/tram/"]
    assert "2021" in words(found)


def test_search_shows_the_text_without_markdown(client, edition):
    make_news(edition, body_fr="La [ligne](https://example.org/) **orange** roule.")
    page = main(client.get("/fr/2021/search/?q=orange"))
    [news] = page.xpath(".//section[@aria-labelledby='found-news']")
    assert texts(news, ".//p[@class='titles-first']") == ["La ligne orange roule."]


# The rules


def test_title_and_text_are_needed_in_one_language(edition):
    for fields in ({"title_fr": "Tram"}, {"title_fr": "Tram", "body_ar": "نص"}):
        item = News(edition=edition, slug="x", **fields)
        with pytest.raises(ValidationError) as refused:
            item.validate_constraints()
        assert refused.value.messages == ["Indiquez un titre et un texte dans au moins une langue."]
    with pytest.raises(IntegrityError, match="news_written"):
        make_news(edition, body_fr="")


def test_slug_belongs_to_one_news_of_an_edition(edition):
    make_news(edition, slug="tram")
    make_news(make_edition("2019"), slug="tram")
    with pytest.raises(IntegrityError, match="news_slug_once_per_edition"):
        make_news(edition, slug="tram")


# The desk


@pytest.fixture
def desk(client):
    client.force_login(make_organiser(language="en"))
    return client


def test_news_is_written_and_previewed_before_it_is_public(desk, edition):
    page = f"{admin_url(News, 'add')}?edition={edition.pk}"
    assert save(desk, page, title_fr="Tram", body_fr="## Ligne").status_code == 302
    item = News.objects.get()
    assert (item.slug, item.published_at) == ("tram", None)
    preview = desk.get(admin_url(item, "preview"))
    assert "Preview: this page isn’t public." in preview.content.decode()
    assert "noindex" in preview.content.decode()
    save(desk, admin_url(item), published_at_0="2021-06-01", published_at_1="09:00")
    assert refreshed(item).published_at == day(0) - datetime.timedelta(hours=1)
    assert "Preview: this" not in desk.get(admin_url(item, "preview")).content.decode()
    assert [one.history_type for one in item.history.all()] == ["~", "+"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"body_fr": ""}, "Enter a title and a text in at least one language."),
        ({"published_at_0": "9999-01-01"}, "Check the year of publication."),
    ],
)
def test_invalid_news_is_refused_with_a_sentence(desk, edition, changes, sentence):
    item = make_news(edition)
    assert errors_of(save(desk, admin_url(item), **changes))["__all__"] == [sentence]


def test_export_has_titles_and_times(desk, edition):
    make_news(edition, title_fr="=Tram")
    answer = desk.post(f"{admin_url(News, 'changelist')}export/", {"format": "1"})
    assert answer.status_code == 200
    assert "'=Tram" in answer.content.decode()
    assert "2021-06-01 10:00" in answer.content.decode()


@pytest.mark.parametrize("role", DESK_ROLES)
def test_desk_pages_by_role(edition, role):
    views = ("changelist", "add", "change", "preview", "history", "delete")
    assert desk_statuses(make_news(edition), views, role) == {DESK_ROLES[role]}
