"""The programme embedded in other sites: allowed sites, content, and the snippet for partners."""

from urllib.parse import urlsplit

import html5lib
import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from symposium.editions.models import Edition, validate_origins
from tests.factories import (
    make_edition,
    make_organiser,
    make_participation,
    make_room,
    make_session,
    make_track,
)
from tests.helpers.page_html import hrefs, texts, tree

pytestmark = pytest.mark.django_db
PARTNER = "https://www.example.org"
EMBED = "/fr/2021/embed/programme/"
PAGE = "/fr/2021/embed/"


@pytest.fixture
def edition():
    return make_edition("2021", embed_origins=PARTNER)


def ancestors(response) -> tuple[str, str | None]:
    """Return `frame-ancestors` of the policy, and the older X-Frame-Options header or None."""
    policy = response["Content-Security-Policy"].split("; ")
    [found] = [words for words in policy if words.startswith("frame-ancestors ")]
    return found.removeprefix("frame-ancestors "), response.headers.get("X-Frame-Options")


# Allowed sites


@pytest.mark.parametrize(
    ("origins", "said"),
    [
        (PARTNER, f"'self' {PARTNER}"),
        (" HTTPS://WWW.Example.org/ \n\nhttps://*.a.ma:8443\r\n", f"'self' {PARTNER} https://*.a.ma:8443"),
        (f"{PARTNER}\n*", "*"),
        (f"{PARTNER}\nhttps://a.ma; script-src *\nhttp://b.ma", f"'self' {PARTNER}"),
    ],
    ids=["one", "several", "all", "not origins, by an import"],
)  # fmt: skip
def test_embed_page_policy_lists_allowed_sites(client, origins, said):
    make_session(make_edition("2021", embed_origins=origins))
    assert ancestors(client.get(EMBED)) == (said, None)


def test_other_pages_refuse_framing(client, edition):
    session = make_session(edition)
    for path in ("/fr/2021/", "/fr/2021/programme/", session.get_absolute_url(), PAGE, "/fr/x/",
                 "/fr/2021/programme.pdf", "/oembed?url=x"):  # fmt: skip
        assert ancestors(client.get(path)) == ("'none'", "DENY"), path


def test_embed_page_policy_preserves_other_directives(client, edition):
    def rest(path):
        policy = client.get(path)["Content-Security-Policy"].split("; ")
        return sorted(words for words in policy if not words.startswith("frame-ancestors"))

    assert rest(EMBED) == rest("/fr/2021/programme/")


def test_edition_without_allowed_sites_has_no_embed_page(client):
    make_session(make_edition("2021"))
    make_edition("2020", embed_origins="*", is_published=False)
    for path in (EMBED, PAGE, EMBED.replace("2021", "2020"), PAGE.replace("2021", "2020")):
        response = client.get(path)
        assert (response.status_code, *ancestors(response)) == (404, "'none'", "DENY")


@pytest.mark.django_db(transaction=True)
def test_cached_embed_page_follows_allowed_sites(edition, page_cache):
    make_session(edition)
    first, second = (Client().get(EMBED) for _ in range(2))
    assert list(page_cache.pages) == [(EMBED, "", "")]
    unchanged = Client().get(EMBED, headers={"If-None-Match": first["ETag"]})
    assert unchanged.status_code == 304
    expected = (f"'self' {PARTNER}", None)
    assert [ancestors(r) for r in (first, second, unchanged)] == [expected] * 3
    Edition.objects.update(embed_origins="*")
    assert ancestors(Client().get(EMBED)) == ("*", None)
    Edition.objects.update(embed_origins="")
    assert Client().get(EMBED).status_code == 404


# Content


def test_embed_list_accepts_programme_filters(client, edition):
    track, room = make_track(edition, slug="usages"), make_room(edition, slug="bleue")
    make_session(edition, title_fr="Une", track=track)
    make_session(edition, title_fr="Deux", room=room, at="11:00")
    make_session(edition, title_fr="Trois", track=track, room=room, day=2)

    def shown(query):
        return texts(tree(client.get(f"{EMBED}{query}")), "//li//h3")

    assert shown("") == ["Une", "Deux"]
    assert shown("?day=2021-06-10") == ["Trois"]
    assert shown("?day=all") == ["Une", "Deux", "Trois"]
    assert shown("?track=usages") == ["Une", "Trois"]
    assert shown("?room=bleue&day=2021-06-09") == ["Deux"]
    assert shown("?track=inconnue") == ["Une", "Deux"]


def test_embed_page_has_no_header_and_its_links_leave_the_frame(client, edition):
    session = make_session(edition, title_fr="Une")
    make_participation(session)
    page = tree(client.get(f"{EMBED}?theme=dark"))
    assert page.xpath("//header | //footer | //script | //form") == []
    assert page.get("data-bs-theme") == "dark"
    out = page.xpath("//a[@target='_blank' and @rel='noopener']")
    assert [link.get("href") for link in out] == [
        f"{settings.SITE_URL}/fr/2021/programme/",
        f"{settings.SITE_URL}{session.get_absolute_url()}",
    ]
    inside = hrefs(page, "//a[not(@target)]")
    assert inside == [
        f"?day={day}&theme=dark" for day in ("2021-06-09", "2021-06-10", "all")
    ]  # fmt: skip


@pytest.mark.parametrize(("language", "direction"), [("fr", "ltr"), ("en", "ltr"), ("ar", "rtl")])
def test_embed_html_is_valid_in_each_language(client, edition, language, direction):
    make_participation(make_session(edition, status="cancelled"))
    for path in (EMBED, PAGE):
        response = client.get(path.replace("fr", language))
        parser = html5lib.HTMLParser()
        parser.parse(response.content.decode())
        assert parser.errors == []
        page = tree(response)
        assert (page.get("lang"), page.get("dir")) == (language, direction)
        assert page.xpath("//meta[@name='robots']/@content") == ["noindex"]
        assert response.cookies == {}


@pytest.mark.parametrize("number", [1, 3])
def test_embed_list_query_count_is_constant(client, edition, django_assert_num_queries, number):
    for _place in range(number):
        make_participation(
            make_session(edition, room=make_room(edition), track=make_track(edition))
        )
    with django_assert_num_queries(10):
        client.get(EMBED)


# The page for partners


def test_snippet_is_escaped_iframe_code(client, edition):
    make_track(edition, slug="usages")
    page = tree(client.get(f"{PAGE}?day=all&track=usages&theme=light"))
    [code] = page.xpath("//code")
    frame = tree_of(code.text_content())
    [shown] = page.xpath("//main//iframe")
    assert dict(frame.attrib) == dict(shown.attrib)
    address = urlsplit(frame.get("src"))
    assert f"{address.scheme}://{address.netloc}" == settings.SITE_URL
    assert f"{address.path}?{address.query}" == f"{EMBED}?day=all&track=usages&theme=light"
    assert (frame.get("loading"), frame.get("height")) == ("lazy", "640")
    assert frame.get("title").endswith("Symposium 2021 2021")
    assert client.get(f"{address.path}?{address.query}").status_code == 200


def tree_of(text: str):
    return html5lib.parseFragment(text, treebuilder="lxml", namespaceHTMLElements=False)[0]


def test_partner_page_lists_allowed_sites(client, edition):
    assert texts(tree(client.get(PAGE)), "//main//li/bdi") == [PARTNER]
    Edition.objects.update(embed_origins="*")
    assert texts(tree(client.get(PAGE)), "//main//li/bdi") == []


# The desk


@pytest.mark.parametrize(
    "text",
    [
        "http://example.org", "example.org", "https://example.org/x", "https://exa mple.org",
        "https://a.ma; script-src *", "https://", "https://*", "'self'", "https://a.ma,https://b.ma",
        "https://example.org:port", "https://user@example.org", "null", "data:",
    ],
)  # fmt: skip
def test_invalid_origin_is_refused_by_name(text):
    with pytest.raises(ValidationError) as refused:
        validate_origins(f"https://good.example.org\n{text}")
    assert (refused.value.code, refused.value.params["line"]) == ("origin", text.lower())


def test_organiser_sets_allowed_sites_and_sees_the_snippet(client, edition):
    client.force_login(make_organiser())
    address = reverse("admin:symposium_editions_edition_change", args=[edition.pk])
    page = tree(client.get(address))
    assert texts(page, "//pre/code") == [str(tree(client.get(PAGE)).xpath("string(//code)"))]
    form = page.xpath("//form[@id='edition_form']")[0]
    fields = {name: value or "" for name, value in form.form_values()}
    refused = client.post(address, fields | {"embed_origins": "https://a.ma\nhttp://b.ma"})
    assert b"http://b.ma" in refused.content
    assert texts(tree(refused), "//textarea[@id='id_embed_origins']") == [
        "https://a.ma http://b.ma"
    ]
    assert client.post(address, fields | {"embed_origins": "https://a.ma\r\n*"}).status_code == 302
    edition.refresh_from_db()
    assert edition.frame_ancestors == ["https://a.ma", "*"]
