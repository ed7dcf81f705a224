"""Pages, errors, mails and the installed app stay in their edition."""

import datetime
import io

import pytest
from django.core import mail
from django.core.cache import cache
from django.utils import timezone
from lxml import html
from PIL import Image

from symposium.editions.models import Edition
from tests.factories import (
    make_category,
    make_edition,
    make_main_abstract,
    make_news,
    make_organiser,
    make_page,
    make_registration,
    make_session,
    make_speaker,
    make_user,
    open_edition,
)
from tests.helpers.page_html import hrefs, texts, tree

pytestmark = pytest.mark.django_db

LANGUAGES = ["fr", "en", "ar"]
DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def _editions():
    """Create a current edition that is over, and a coming one."""
    cache.clear()
    make_edition("2021", is_current=True)
    make_category(open_edition("2030"))


def shown(page) -> str:
    """Return the edition of a page, which its title, brand and menu agree on."""
    title = page.findtext("head/title")
    brands = set(hrefs(page, "//*[@class='brand']"))
    (brand,) = {brand.split("/")[2] for brand in brands}
    assert title.endswith(f"Symposium {brand} {brand}"), title
    return brand


def edition_of(response) -> str:
    return shown(tree_of(response))


def tree_of(response):
    return html.document_fromstring(response.content.decode())


def steps(page) -> tuple[int, int]:
    """Return the number of steps, and the number of the current one."""
    numbers = texts(page, "//*[@class='steps']/li/b")
    (present,) = texts(page, "//*[@class='steps']/li[@aria-current]/b")
    return len(numbers), int(present)


# Errors and the offline page


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ["nowhere/", "programme/nowhere/", "pages/nowhere/", "rooms/x/"])
def test_missing_page_in_an_edition_names_the_edition(client, language, path):
    response = client.get(f"/{language}/2030/{path}")
    assert (response.status_code, edition_of(response)) == (404, "2030")


def test_unpublished_edition_gets_the_same_404_as_an_unknown_one(client):
    make_edition("2027", name_fr="Secret", is_published=False)
    hidden, never = client.get("/fr/2027/"), client.get("/fr/2028/")
    assert hidden.status_code == never.status_code == 404
    assert hidden.content.decode().replace("2027", "2028") == never.content.decode()


def test_forbidden_page_in_an_edition_names_the_edition(client):
    client.force_login(make_user())
    edition = Edition.objects.get(slug="2030")
    make_session(edition, slug="eau", stream_url="https://example.org/live")
    response = client.get("/fr/2030/programme/eau/stream/")
    assert (response.status_code, edition_of(response)) == (403, "2030")


@pytest.mark.parametrize("address", ["/fr/2030x/", "/fr/accounts/login/?next=//[&edition='"])
def test_invalid_address_shows_the_current_edition(client, address):
    assert edition_of(client.get(address)) == "2021"


@pytest.mark.parametrize("language", LANGUAGES)
def test_offline_page_follows_its_edition_and_is_not_personal(client, language):
    stranger = client.get(f"/{language}/offline/?edition=2030")
    assert edition_of(stranger) == "2030"
    client.force_login(make_user())
    client.get("/fr/my/?edition=2030")
    assert client.get(f"/{language}/offline/?edition=2030").content == stranger.content
    assert edition_of(client.get(f"/{language}/offline/")) == "2021"


# Accounts


@pytest.mark.parametrize("language", LANGUAGES)
def test_registration_pages_and_mail_stay_in_the_edition(client, language):
    register = f"/{language}/2030/register/"
    entrance = tree(client.get(register))
    assert shown(entrance) == "2030"
    login, confirm = f"/{language}/accounts/login/", f"/{language}/accounts/login/code/confirm/"
    assert edition_of(client.get(f"{login}?next={register}")) == "2030"
    response = client.post(login, {"login": "nora@example.org", "next": register})
    code = tree(client.get(response["Location"]))
    assert shown(code) == "2030"
    assert [steps(page) for page in (entrance, code)] == [(3, 1), (3, 2)]
    assert edition_of(client.get(confirm)) == "2030"
    [message] = mail.outbox
    assert "Symposium 2030 2030" in message.body
    assert "Symposium 2030 2030" in message.alternatives[0][0]
    assert "2021" not in message.body


PRIVATE = ["my/", "my/programme/", "my/data/", "accounts/email/", "accounts/2fa/"]


@pytest.mark.parametrize("path", PRIVATE)
def test_account_pages_stay_in_the_edition_of_the_referring_page(client, path):
    client.force_login(make_user())
    assert edition_of(client.get(f"/fr/{path}")) == "2021"
    (account,) = hrefs(tree(client.get("/fr/2030/")), "//a[starts-with(@href, '/fr/my/')]")
    assert edition_of(client.get(account)) == "2030"
    assert edition_of(client.get(f"/fr/{path}")) == "2030"


def test_resent_code_mail_uses_the_remembered_edition(client):
    client.post("/fr/accounts/login/?edition=2030", {"login": "nora@example.org"})
    client.post("/fr/accounts/login/code/confirm/", {"action": "resend"})
    assert ["Symposium 2030 2030" in message.body for message in mail.outbox] == [True, True]


def test_account_pages_show_the_next_registered_edition(client):
    registration = make_registration(make_category(open_edition("2031")))
    client.force_login(registration.user)
    assert edition_of(client.get("/fr/my/")) == "2031"
    assert edition_of(client.get(f"/fr/my/{registration.code}/")) == "2031"


@pytest.mark.parametrize("language", LANGUAGES)
def test_sign_out_redirects_to_the_edition_in_the_page_language(client, language):
    client.force_login(make_user())
    page = tree(client.get(f"/{language}/my/?edition=2030"))
    (form,) = page.xpath("//form[contains(@action, '/logout/')]")
    response = client.post(form.get("action"), dict(form.form_values()))
    assert (response.status_code, response["Location"]) == (302, f"/{language}/2030/")


def test_sign_out_without_edition_preserves_the_language(client):
    client.force_login(make_user())
    assert client.post("/ar/accounts/logout/")["Location"] == "/ar/"


def test_edition_context_sets_no_session_cookie(client):
    for address in ("/fr/accounts/login/?next=/fr/2030/register/", "/fr/2030/", "/fr/2030/x/"):
        assert "sessionid" not in client.get(address).cookies
    assert client.get("/fr/my/?edition=2030")["Location"] == (
        "/fr/accounts/login/?next=/fr/my/%3Fedition%3D2030"
    )
    assert edition_of(client.get("/fr/my/?edition=2030", follow=True)) == "2030"


def test_public_pages_neither_read_nor_write_the_session(client):
    client.force_login(make_organiser())
    client.get("/fr/my/?edition=2030")
    response = client.get("/fr/2021/")
    assert "Cookie" not in response.headers.get("Vary", "")
    assert client.session["edition"] == "2030"


# The menu


def menu(client, slug: str) -> list[str]:
    page = tree(client.get(f"/fr/{slug}/"))
    own = "//nav//a[starts-with(@href, '/fr/') and not(contains(@href, '/my/'))]"
    return sorted({address for address in hrefs(page, own) if f"/{slug}/" in address})


def test_menu_of_a_new_edition_has_no_dead_link(client):
    make_edition("2027", starts_on=timezone.now().date() + 30 * DAY)
    found = menu(client, "2027")
    assert found == ["/fr/2027/editions/", "/fr/2027/search/"]
    assert [client.get(address).status_code for address in found] == [200, 200]


def test_menu_lists_existing_sections_only(client):
    edition = make_edition("2027")
    make_session(edition, status="draft")
    make_speaker(edition, is_published=False)
    argument = make_main_abstract(edition, status="draft", published_at=None)
    assert menu(client, "2027") == ["/fr/2027/editions/", "/fr/2027/search/"]
    make_session(edition)
    make_speaker(edition)
    argument.delete()
    make_main_abstract(edition)
    make_page(edition, slug="venir")
    found = menu(client, "2027")
    assert [address.removeprefix("/fr/2027/") for address in found] == [
        "abstract/", "abstracts/", "editions/", "pages/venir/", "programme/", "search/",
        "speakers/",
    ]  # fmt: skip
    assert [client.get(address).status_code for address in found] == [200] * 7


def menu_items(client, slug: str) -> list[str]:
    page = tree(client.get(f"/en/{slug}/pages/practical/"))
    return [" ".join(link.text_content().split()) for link in page.xpath("//*[@id='menu']//a")]


def test_menu_begins_with_the_symposium_and_leads_to_the_way_there(client):
    edition = make_edition("2032", starts_on=timezone.now().date() + 30 * DAY)
    make_main_abstract(edition)
    make_session(edition)
    make_speaker(edition)
    make_news(edition)
    make_page(edition, slug="practical")
    assert menu_items(client, "2032") == [
        "The symposium", "Programme", "Abstracts", "Speakers", "Getting there", "News", "Search",
        "My account",
    ]  # fmt: skip
    page = tree(client.get("/en/2032/pages/practical/"))
    assert hrefs(page, "//*[@id='menu']//a[@aria-current]") == ["/en/2032/pages/practical/"]


def test_menu_of_a_past_edition_has_no_way_there(client):
    edition = make_edition("2018", starts_on=datetime.date(2018, 6, 9))
    make_page(edition, slug="practical")
    assert menu_items(client, "2018") == ["Search", "My account"]
    page = tree(client.get("/en/2018/"))
    addresses = ["/en/2018/pages/practical/", "/en/2018/editions/"]
    assert hrefs(page, "//footer//nav//a") == addresses


# Past and coming editions


def buttons(page, where: str) -> list[tuple[str, str]]:
    return [(a.get("href"), a.text_content().strip()) for a in page.xpath(f"{where}//a")]


@pytest.mark.parametrize(
    ("language", "symposium", "words"),
    [
        ("fr", "Le symposium", "Lire le résumé"),
        ("en", "The symposium", "Read the abstract"),
        ("ar", "الندوة", "قراءة الملخص"),
    ],
)
def test_past_edition_is_readable_and_closed_to_registration(client, language, symposium, words):
    edition = make_edition("2022", registration_opens_at=timezone.now() - 900 * DAY)
    make_main_abstract(edition)
    page = tree(client.get(f"/{language}/2022/"))
    abstract = f"/{language}/2022/abstract/"
    assert buttons(page, "//*[@id='menu']")[0] == (abstract, symposium)
    assert buttons(page, "//*[@class='hero-text']") == [(abstract, words)]
    assert f"/{language}/2022/register/" not in hrefs(page, "//a")
    make_session(edition)
    register = client.get(f"/{language}/2022/register/")
    assert register.templates[0].name == "registrations/closed.html"
    assert f"/{language}/2030/register/" in hrefs(tree(register))


def test_home_page_lists_upcoming_and_past_editions(client):
    make_edition("2019", starts_on=datetime.date(2019, 6, 9))
    make_edition("2018", starts_on=datetime.date(2018, 6, 9), is_published=False)
    archive, next_one = tree(client.get("/fr/2021/")), tree(client.get("/fr/2030/"))
    coming, former = "//*[@aria-labelledby='home-coming']", "//*[@aria-labelledby='home-former']"
    assert hrefs(archive, f"{coming}//a") == ["/fr/2030/", "/fr/2030/register/"]
    assert hrefs(archive, f"{former}//a") == ["/fr/2019/"]
    assert hrefs(next_one, f"{coming}//a") == []
    assert hrefs(next_one, f"{former}//a") == ["/fr/2021/", "/fr/2019/"]
    assert texts(archive, f"{coming}//h3") == ["Symposium 2030 2030"]


# The installed app


@pytest.mark.parametrize(
    ("language", "programme", "ticket"),
    [
        ("fr", "Programme", "Mon billet"),
        ("en", "Programme", "My ticket"),
        ("ar", "البرنامج", "تذكرتي"),
    ],
)
def test_manifest_follows_edition_and_page_language(client, language, programme, ticket):
    page = tree(client.get(f"/{language}/2030/"))
    (address,) = hrefs(page, "//link[@rel='manifest']")
    client.force_login(make_user())
    client.get("/fr/my/?edition=2021")  # the manifest contains nothing personal
    response = client.get(address, headers={"accept-language": "es"})
    data = response.json()
    assert "Cookie" not in response.headers.get("Vary", "")
    assert {name: data[name] for name in ("id", "name", "lang", "dir", "start_url", "scope")} == {
        "id": "/2030/",
        "name": "Symposium 2030 2030",
        "lang": language,
        "dir": "rtl" if language == "ar" else "ltr",
        "start_url": f"/{language}/2030/",
        "scope": "/",
    }
    assert data["shortcuts"] == [
        {"name": programme, "url": f"/{language}/2030/programme/"},
        {"name": ticket, "url": f"/{language}/my/?edition=2030"},
    ]
    assert [(icon["sizes"], icon["purpose"]) for icon in data["icons"]] == [
        ("192x192", "any"), ("512x512", "any"), ("512x512", "maskable"),
    ]  # fmt: skip


def test_manifest_shows_the_card_of_the_edition(client):
    data = client.get("/manifest.webmanifest?edition=2030&lang=ar").json()
    assert [(shot["src"], shot.get("form_factor")) for shot in data["screenshots"]] == [
        ("/ar/2030/card.png", "wide"), ("/ar/2030/card.png", None),
    ]  # fmt: skip
    card = Image.open(io.BytesIO(client.get("/ar/2030/card.png").content))
    assert {shot["sizes"] for shot in data["screenshots"]} == {f"{card.width}x{card.height}"}


def test_manifest_of_a_past_edition_has_no_account_shortcut(client):
    data = client.get("/manifest.webmanifest?edition=2021&lang=en").json()
    assert [shortcut["url"] for shortcut in data["shortcuts"]] == ["/en/2021/programme/"]


@pytest.mark.parametrize("query", ["", "?edition=2027&lang=xx", "?edition='"])
def test_manifest_defaults_to_the_current_edition(client, query):
    make_edition("2027", is_published=False)
    data = client.get(f"/manifest.webmanifest{query}", headers={"accept-language": "en"}).json()
    assert (data["name"], data["lang"]) == ("Symposium 2021 2021", "en")
