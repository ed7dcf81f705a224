"""An edition made from an earlier one by the desk alone, which looks like another event."""

import datetime
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from symposium.editions.models import Edition
from symposium.registrations import notices
from tests.factories import (
    make_category,
    make_edition,
    make_organiser,
    make_page,
    make_registration,
    make_session,
    make_user,
    picture,
)
from tests.helpers import pdf_files
from tests.helpers.admin_forms import admin_url, form_of, save
from tests.helpers.page_html import texts, tree

pytestmark = pytest.mark.django_db
PURPLE, TEAL = "#5b2a86", "#00695c"
MARK = (
    f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path fill="{PURPLE}" '
    'd="M0 0h9v9H0z"/></svg>'
).encode()
NAMES = {"name_en": "Open Cities", "short_name_en": "Open", "sender_name_en": "Open Cities team"}
# Where the star of the portal has its hole, and a mark its middle: in pixels, and in millimetres.
ON_THE_CARD, ON_THE_TICKET_MM = (86, 586), (24, 22)
DOTS_PER_INCH = 150
OPENED = datetime.datetime(2021, 1, 4, 9, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def desk(client):
    client.force_login(make_organiser(language="en"))
    return client


def make_source() -> Edition:
    edition = make_edition(
        "2026", name_en="Smart City", short_name_en="Smart", city_en="Rabat", is_current=True,
        starts_on=datetime.date(2990, 6, 10), registration_opens_at=OPENED,
        contact_email="contact@example.org",
    )  # fmt: skip
    make_page(edition, slug="committees", title_en="Committees")
    return edition


def make_next_by_the_desk(desk, source: Edition) -> Edition:
    """Fill the pages of the desk as a browser would: the new edition, its identity, its form."""
    page = reverse("admin:symposium_editions_edition_next", args=[source.pk])
    names = {name: NAMES[name] for name in ("name_en", "short_name_en")}
    save(desk, page, slug="2027", starts_on="2991-06-09", **names)
    edition = Edition.objects.get(slug="2027")
    page = reverse("admin:symposium_editions_identity", args=[edition.pk])
    form = form_of(desk.get(page))
    order = form["menu_order"]
    looks = {
        "main_colour": PURPLE, "accent_colour": TEAL, "tile": "arch",
        "logo": SimpleUploadedFile("logo.svg", MARK), "mark": SimpleUploadedFile("mark.svg", MARK),
        "hero": "picture", "hero_picture": picture(size=(600, 800)),
        "menu_order": ["page:committees", *(one for one in order if one != "page:committees")],
        "menu_shown": ["page:committees", *form["menu_shown"]],
        "sender_name_en": NAMES["sender_name_en"],
    }  # fmt: skip
    assert desk.post(page, form | looks).status_code == 302
    assert save(desk, admin_url(edition), is_published="on").status_code == 302
    return Edition.objects.get(slug="2027")


def colour_at(image: Image.Image, point: tuple[int, int]) -> str:
    """Return the colour as #rgb: pictures have a palette, so that the last digits may differ."""
    pixel = image.convert("RGB").getpixel(point)
    return "#" + "".join(f"{min(round(channel / 17), 15):x}" for channel in pixel)


def seen(client, edition: Edition, mailoutbox) -> dict:
    """Return the looks of an edition wherever people meet it."""
    root = f"/en/{edition.slug}/"
    session = make_session(edition, slug="opening", title_en="Opening")
    home, page = tree(client.get(root)), tree(client.get(session.get_absolute_url()))
    card = Image.open(io.BytesIO(client.get(f"{session.get_absolute_url()}card.png").content))
    user = make_user(language="en")
    registration = make_registration(make_category(edition, name_en="Guests"), user=user)
    notices.confirmed(registration)
    mail = mailoutbox[-1]
    client.force_login(user)
    ticket = client.get(f"{registration.get_absolute_url()}ticket.pdf").content
    x, y = (round(place / 25.4 * DOTS_PER_INCH) for place in ON_THE_TICKET_MM)
    return {
        "brand": len(home.xpath("//header//a[@class='brand']/img")),
        "hero": len(home.xpath("//div[@class='hero-picture']/img")),
        "menu": texts(home, "//nav[@id='menu']//li")[0],
        "sheets": [
            href.rpartition("/")[2]
            for shown in (home, page)
            for href in shown.xpath("//link[@rel='stylesheet']/@href")
            if href.startswith("/looks/")
        ],
        "icon": page.xpath("//link[@rel='icon']/@href")[0],
        "card": colour_at(card, ON_THE_CARD),
        "sender": mail.from_email.partition("<")[0].strip('" '),
        "mail": PURPLE in mail.alternatives[0][0],
        "ticket": colour_at(pdf_files.pictures(ticket, DOTS_PER_INCH)[0], (x, y)),
    }


def test_next_edition_looks_like_another_event_without_a_line_of_code(desk, mailoutbox):
    source = make_source()
    edition = make_next_by_the_desk(desk, source)
    assert seen(desk, source, mailoutbox) == {
        "brand": 0,
        "hero": 0,
        "menu": "Programme",
        "sheets": [],
        "icon": "/static/img/favicon.svg",
        "card": "#ffe",
        "sender": "Smart City 2026",
        "mail": False,
        "ticket": "#fff",
    }
    sheet = f"{PURPLE[1:]}-{TEAL[1:]}-arch.css"
    assert seen(desk, edition, mailoutbox) == {
        "brand": 1,
        "hero": 1,
        "menu": "Committees",
        "sheets": [sheet, sheet],
        "icon": "/looks/2027/icon-192.png",
        "card": "#528",
        "sender": "Open Cities team",
        "mail": True,
        "ticket": "#528",
    }
