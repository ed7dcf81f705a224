"""The identity of an edition: its pages, and the page of the desk that sets it."""

import io
import re
import zlib

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse
from PIL import Image

from symposium.core.mail.composing import compose, style
from symposium.core.revision import current
from symposium.editions.identity import Link
from symposium.editions.models import Edition
from tests.factories import (
    make_edition,
    make_news,
    make_organiser,
    make_page,
    make_partner,
    make_session,
    make_user,
)
from tests.helpers.admin_forms import form_of, save
from tests.helpers.database_errors import refused_by
from tests.helpers.page_html import hrefs, texts, tree

pytestmark = pytest.mark.django_db
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'
OWN = {"main_colour": "#5b2a86", "accent_colour": "#00695c", "tile": "arch"}


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def edition():
    return make_edition("2027", contact_email="contact@example.org")


@pytest.fixture
def desk(client):
    client.force_login(make_organiser(language="en"))
    return client


def page_of(edition) -> str:
    return reverse("admin:symposium_editions_identity", args=[edition.pk])


def preview_of(edition, path: str = "") -> str:
    address = f"en/{edition.slug}/{path}"
    return reverse("admin:symposium_editions_site", args=[edition.pk, address])


def errors(response) -> list[str]:
    return texts(tree(response), "//ul[contains(@class, 'errorlist')]/li")


def menu(client, edition) -> list[str]:
    return texts(tree(client.get(f"/en/{edition.slug}/")), "//nav[@id='menu']//li")


def picture(size=(600, 800), file_format="PNG") -> SimpleUploadedFile:
    stream = io.BytesIO()
    Image.new("RGB", size, "#5b2a86").save(stream, file_format)
    return SimpleUploadedFile("photo.png", stream.getvalue())


# The public pages


def test_standard_edition_loads_no_sheet_of_its_own(client, edition):
    assert "/looks/" not in client.get("/en/2027/").content.decode()


def test_colours_of_an_edition_are_on_its_pages(client, edition):
    Edition.objects.filter(pk=edition.pk).update(**OWN)
    address = re.search(r'href="(/looks/[^"]+)"', client.get("/en/2027/").content.decode())[1]
    response = client.get(address)
    assert response.headers["Content-Type"] == "text/css; charset=utf-8"
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "--sea:#5b2a86;" in response.content.decode()
    assert response.cookies == {}


@pytest.mark.parametrize(
    "name", ["0-0-star", "ffffff-0-star", "5b2a86-0-none", "5B2A86-0-star", "x"]
)
def test_sheet_of_impossible_colours_is_not_found(client, name):
    assert client.get(f"/looks/00000000/{name}.css").status_code == 404


def test_sheet_of_another_release_is_not_stored_for_ever(client):
    response = client.get("/looks/00000000/5b2a86-0-star.css")
    assert response.headers["Cache-Control"] == "no-cache"


def test_postgresql_refuses_a_colour_that_cannot_be_read(edition):
    with refused_by("editions_colours_readable"), transaction.atomic():
        Edition.objects.filter(pk=edition.pk).update(accent_colour="#e9ae2d")


def test_menu_has_its_own_order_and_pages(client, edition):
    make_page(edition, slug="committees", title_en="Committees")
    make_news(edition)
    make_session(edition)
    standard = menu(client, edition)
    assert standard == ["Programme", "News", "Search", "My account"]
    edition.menu = ["page:committees", "news", "-programme"]
    edition.save()
    assert menu(client, edition) == ["Committees", "News", "Search", "My account"]


def test_page_of_the_menu_is_marked_as_current(client, edition):
    make_page(edition, slug="committees", title_en="Committees")
    edition.menu = ["page:committees"]
    edition.save()
    page = tree(client.get("/en/2027/pages/committees/"))
    assert texts(page, "//nav[@id='menu']//a[@aria-current='page']") == ["Committees"]


def test_home_page_has_its_own_parts(client, edition):
    make_partner(edition)
    make_news(edition)
    edition.home = ["partners", "-venue", "-after", "news"]
    edition.save()
    found = tree(client.get("/en/2027/")).xpath("//main/section/@aria-labelledby")
    assert found == ["home-partners", "home-news"]


def test_footer_has_its_own_links(client, edition):
    edition.footer = ["contact"]
    edition.links = "https://www.linkedin.com/company/example\nhttps://social.example.org/@a"
    edition.save()
    footer = tree(client.get("/en/2027/"))
    assert hrefs(footer, "//footer//ul[@class='footer-links']//a") == [
        "https://www.linkedin.com/company/example",
        "https://social.example.org/@a",
    ]
    assert texts(footer, "//footer//ul[@class='footer-links']//a") == [
        "LinkedIn", "social.example.org"
    ]  # fmt: skip


def test_name_of_a_network_needs_its_own_host():
    assert Link("https://notlinkedin.com/a").name == "notlinkedin.com"


def test_colours_of_an_edition_are_in_its_mails(edition):
    edition.main_colour = "#5b2a86"
    assert edition.mail_context()["palette"] == {"sea-fill": "#5b2a86", "sea-deep": "#3a1b56"}
    assert "#0a4a70" not in style(edition.palette)
    assert "#0a4a70" in style({})
    assert mail.outbox == []


def test_web_app_has_the_colour_of_its_edition(client, edition):
    Edition.objects.filter(pk=edition.pk).update(**OWN)
    manifest = client.get("/manifest.webmanifest?edition=2027").json()
    assert manifest["theme_color"] == "#5b2a86"


# The logo beyond the pages


def with_mark(edition, drawing: bytes = DRAWING) -> Edition:
    edition.mark.save("mark.svg", SimpleUploadedFile("mark.svg", drawing))
    return Edition.objects.get(pk=edition.pk)


def pixels(response) -> Image.Image:
    return Image.open(io.BytesIO(response.content)).convert("RGB")


def test_icons_are_those_of_the_portal_without_a_logo(client, edition):
    manifest = client.get("/manifest.webmanifest?edition=2027").json()
    assert {icon["src"] for icon in manifest["icons"]} == {
        "/static/img/icon-192.png", "/static/img/icon-512.png"
    }  # fmt: skip
    assert client.get("/looks/2027/icon-192.png").status_code == 404
    page = tree(client.get("/en/2027/"))
    assert page.xpath("//link[@rel='icon']/@href") == ["/static/img/favicon.svg"]


def test_icons_are_made_of_the_mark(client, edition):
    with_mark(edition, DRAWING.replace(b"<path", b'<path fill="#5b2a86"'))
    page = tree(client.get("/en/2027/"))
    assert page.xpath("//link[contains(@rel, 'icon')]/@href") == [
        "/looks/2027/icon-192.png", "/looks/2027/icon-180.png"
    ]  # fmt: skip
    manifest = client.get("/manifest.webmanifest?edition=2027").json()
    for icon in manifest["icons"]:
        shown = pixels(client.get(icon["src"]))
        assert f"{shown.width}x{shown.height}" == icon["sizes"]
        assert shown.getpixel((shown.width * 6 // 10, shown.height * 4 // 10)) == (0x5B, 0x2A, 0x86)
        assert min(shown.getpixel((2, 2))) >= 254


@pytest.mark.parametrize("size", [0, 191, 50_000])
def test_icon_of_another_size_is_not_found(client, edition, size):
    with_mark(edition)
    assert client.get(f"/looks/2027/icon-{size}.png").status_code == 404


def test_icon_of_a_draft_is_not_found(client):
    with_mark(make_edition("2028", is_published=False))
    assert client.get("/looks/2028/icon-192.png").status_code == 404


def test_card_shows_the_logo_once_there_is_one(client, edition):
    before = client.get("/en/2027/card.png").content
    edition.logo.save("logo.png", picture((600, 200)))
    assert client.get("/en/2027/card.png").content != before


def test_sender_of_mails_has_its_own_name(edition):
    assert edition.mail_context()["sender_name"] == ""
    edition.sender_name = "Fair\r\nBcc: a@example.org"
    message = compose(
        to="b@example.org", language="en", template="registrations/email/message",
        context={**edition.mail_context(), "subject_line": "x", "message_text": "x"},
    )  # fmt: skip
    assert message.from_email.startswith('"Fair Bcc: a@example.org" <')


@pytest.mark.parametrize("field", ["logo", "mark"])
def test_script_of_a_drawing_is_removed(desk, edition, field):
    hostile = DRAWING.replace(b"<path", b'<script>alert(1)</script><path onload="alert(1)"')
    save(desk, page_of(edition), **{field: SimpleUploadedFile("m.svg", hostile)})
    edition.refresh_from_db()
    with getattr(edition, field).open() as file:
        assert b"alert" not in file.read()


# The page of the desk


def test_identity_is_saved(desk, edition):
    response = save(
        desk, page_of(edition), **OWN, hero="picture", hero_picture=picture(),
        logo=SimpleUploadedFile("logo.svg", DRAWING), links="https://www.youtube.com/@example",
    )  # fmt: skip
    assert response.status_code == 302
    edition.refresh_from_db()
    assert {name: getattr(edition, name) for name in OWN} == OWN
    home = tree(desk.get("/en/2027/"))
    assert home.xpath("//a[@class='brand']/img/@src")[0] == edition.logo.url
    assert len(home.xpath("//div[@class='hero-picture']/img")) == 1
    assert edition.history.latest().main_colour == "#5b2a86"


def test_logo_is_served_as_a_drawing_that_cannot_run(desk, edition):
    save(desk, page_of(edition), logo=SimpleUploadedFile("logo.svg", DRAWING))
    edition.refresh_from_db()
    response = desk.get(edition.logo.url)
    assert response.headers["Content-Type"] == "image/svg+xml"
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    response.close()


def test_standard_form_changes_nothing(desk, edition):
    before = Edition.objects.values().get()
    save(desk, page_of(edition))
    after = Edition.objects.values().get()
    assert after | {"updated_at": before["updated_at"]} == before


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"accent_colour": "#e9ae2d"},
         "White text on ⁦#e9ae2d⁩ has a contrast of 1.98. It must be 4.5 or more. "
         "The nearest shade that works is ⁦#956f1d⁩."),
        ({"main_colour": "red"}, "Enter a colour as # and six digits, for example #ad4225."),
        ({"main_colour": '#"};*{'}, "Enter a colour as # and six digits, for example #ad4225."),
        ({"links": "https://ok.example.org\njavascript:alert(1)"},
         "“javascript:alert(1)” isn’t a whole address. Enter one per line, for example "
         "https://www.linkedin.com/company/example."),
        ({"links": "http://example.org"},
         "“http://example.org” isn’t a whole address. Enter one per line, for example "
         "https://www.linkedin.com/company/example."),
    ],
)  # fmt: skip
def test_bad_value_is_refused_with_a_sentence(desk, edition, changes, message):
    response = save(desk, page_of(edition), **{"tile": "disc"} | changes)
    assert errors(response) == [message]
    edition.refresh_from_db()
    assert (edition.main_colour, edition.accent_colour, edition.tile) == ("", "", "star")
    assert form_of(response) | changes == form_of(response)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("logo.svg", b"<html/>",
         "We couldn’t read this drawing. Choose an SVG, PNG, JPEG or WebP file."),
        ("logo.png", b"<svg/>", "We couldn’t read this image. Choose a JPEG, PNG or WebP file."),
        ("logo.exe", DRAWING, "We couldn’t read this image. Choose a JPEG, PNG or WebP file."),
    ],
)  # fmt: skip
def test_bad_logo_is_refused_with_a_sentence(desk, edition, name, content, message):
    response = save(desk, page_of(edition), logo=SimpleUploadedFile(name, content))
    assert errors(response) == [message]


def test_huge_picture_is_refused_by_its_header(desk, edition):
    """A PNG of 50,000 × 50,000 pixels: only its header is read."""
    content = bytearray(picture((60, 60)).read())
    content[16:24] = (50_000).to_bytes(4) * 2
    content[29:33] = zlib.crc32(content[12:29]).to_bytes(4)
    response = save(desk, page_of(edition), logo=SimpleUploadedFile("logo.png", bytes(content)))
    assert errors(response) == ["The image must be no more than 40 million pixels."]
    edition.refresh_from_db()
    assert not edition.logo


def test_part_moves_without_a_script_and_nothing_is_saved(desk, edition):
    response = save(desk, page_of(edition), move="menu:down:abstract", main_colour="#5b2a86")
    form = form_of(response)
    assert form["menu_order"][:2] == ["programme", "abstract"]
    assert form["main_colour"] == "#5b2a86"
    response = desk.post(page_of(edition), form)
    edition.refresh_from_db()
    assert edition.menu[:2] == ["programme", "abstract"]


def test_partner_may_have_a_drawing(desk, edition):
    page = reverse("admin:symposium_editions_partner_add")
    logo = SimpleUploadedFile("logo.svg", DRAWING)
    response = save(desk, page, edition=edition.pk, name_en="Partner", logo=logo)
    assert response.status_code == 302
    assert edition.partners.get().logo.name == "partners/logo.svg"


@pytest.mark.parametrize("is_staff", [True, False])
def test_identity_and_preview_need_the_right_to_see_editions(client, edition, is_staff):
    client.force_login(make_user(is_staff=is_staff))
    status = 403 if is_staff else 302
    assert client.get(page_of(edition)).status_code == status
    assert client.get(preview_of(edition)).status_code == status


# Previews


def test_whole_draft_edition_is_previewed(desk):
    edition = make_edition("2028", is_published=False)
    make_page(edition, slug="committees", title_en="Committees")
    revision = current("2028")
    home = desk.get(preview_of(edition))
    assert texts(tree(home), "//div[@class='draft-banner']") == ["Preview: this page isn’t public."]
    address = preview_of(edition, "pages/committees/")
    assert address in hrefs(tree(home), "//footer//a")
    assert desk.get(address).status_code == 200
    assert "no-store" in home.headers["Cache-Control"].split(", ")
    assert desk.get("/en/2028/").status_code == 404
    assert current("2028") == revision
    assert not Edition.objects.get(pk=edition.pk).is_published


def test_preview_shows_what_is_not_saved(desk, edition):
    response = save(desk, page_of(edition), preview="1", **OWN)
    address = tree(response).xpath("//iframe/@src")[0]
    assert "/5b2a86-00695c-arch.css" in desk.get(address).content.decode()
    edition.refresh_from_db()
    assert edition.main_colour == ""


def test_preview_takes_no_looks_but_those_of_the_form(desk, edition):
    assert desk.get(preview_of(edition) + "?looks=e30:1:x").status_code == 404


@pytest.mark.parametrize("path", ["nothing/", "register/"])
def test_preview_has_published_pages_only(desk, edition, path):
    assert desk.get(preview_of(edition, path)).status_code == 404


def test_preview_of_another_edition_is_not_found(desk, edition):
    make_edition("2021")
    address = reverse("admin:symposium_editions_site", args=[edition.pk, "en/2021/"])
    assert desk.get(address).status_code == 404
