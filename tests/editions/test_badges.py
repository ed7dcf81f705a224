"""Paper and background of the badges of an edition, at the desk."""

import io
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse
from PIL import Image

from symposium.core.images import Cropped
from symposium.editions.copying import copy_edition, draft_of
from symposium.editions.models import Edition
from tests.factories import make_edition, make_organiser, make_user
from tests.helpers import pdf_files
from tests.helpers.admin_forms import form_of, save
from tests.helpers.database_errors import refused_by
from tests.helpers.page_html import hrefs, texts, tree

pytestmark = pytest.mark.django_db
RED = (200, 30, 30)


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def edition():
    return make_edition("2027")


@pytest.fixture
def desk(client):
    client.force_login(make_organiser(language="en"))
    return client


def page_of(edition) -> str:
    return reverse("admin:symposium_editions_identity", args=[edition.pk])


def sample_of(edition) -> str:
    return reverse("admin:symposium_registrations_registration_badge", args=[edition.pk])


def upload(size=(600, 800), file_format="PNG", colour=RED) -> SimpleUploadedFile:
    stream = io.BytesIO()
    Image.new("RGB", size, colour).save(stream, file_format)
    return SimpleUploadedFile(f"b.{file_format.lower()}", stream.getvalue())


def errors(response) -> list[str]:
    return texts(tree(response), "//ul[contains(@class, 'errorlist')]/li")


def with_background(edition, **fields) -> Edition:
    edition.badge_background.save("b.png", upload(), save=False)
    for name, value in fields.items():
        setattr(edition, name, value)
    edition.save()
    return edition


@pytest.mark.parametrize("file_format", ["JPEG", "PNG"])
def test_paper_and_background_are_saved(desk, edition, file_format):
    background = upload((900, 700), file_format)
    response = save(desk, page_of(edition), badge_layout="single", badge_background=background)
    assert response.status_code == 302
    edition.refresh_from_db()
    assert edition.badge_layout == "single"
    with edition.badge_background.open() as file, Image.open(file) as stored:
        assert (stored.size, stored.format) == ((1240, 1748), "JPEG")
    assert edition.history.latest().badge_layout == "single"


def test_background_is_removed(desk, edition):
    with_background(edition)
    save(desk, page_of(edition), **{"badge_background-clear": "on"})
    edition.refresh_from_db()
    assert not edition.badge_background


def huge() -> bytes:
    """A PNG whose header declares 50,000 × 50,000 pixels."""
    content = bytearray(upload((60, 60)).read())
    content[16:24] = (50_000).to_bytes(4) * 2
    content[29:33] = zlib.crc32(content[12:29]).to_bytes(4)
    return bytes(content)


UNREADABLE = "We couldn’t read this image. Choose a JPEG, PNG or WebP file."


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("b.png", lambda: upload().read()[:300], UNREADABLE),
        ("b.jpg", lambda: b"<svg onload='alert(1)'/>", UNREADABLE),
        ("b.svg", lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", UNREADABLE),
        ("b.png", huge, "The image must be no more than 40 million pixels."),
        ("b.png", lambda: upload((20, 900)).read(),
         "The image must be at least 40 pixels on each side."),
        ("b.png", lambda: bytes(9 * 1024 * 1024),
         "This image is 9 MB. It must be 8 MB or smaller."),
    ],
)  # fmt: skip
def test_bad_background_is_refused_and_the_form_loses_nothing(
    desk, edition, name, content, message
):
    response = save(
        desk, page_of(edition), badge_layout="single", main_colour="#5b2a86",
        badge_background=SimpleUploadedFile(name, content()),
    )  # fmt: skip
    assert errors(response) == [message]
    form = form_of(response)
    assert (form["badge_layout"], form["main_colour"]) == ("single", "#5b2a86")
    edition.refresh_from_db()
    assert (edition.badge_layout, bool(edition.badge_background)) == ("four", False)


def test_very_long_picture_is_cropped_before_it_is_enlarged():
    """Enlarged first, it would have a thousand million pixels."""
    assert Cropped(1240, 1748).process(Image.new("RGB", (40, 900_000))).size == (1240, 1748)
    assert Cropped(1240, 1748).process(Image.new("RGB", (900_000, 40))).size == (1240, 1748)


def test_postgresql_refuses_another_paper(edition):
    with refused_by("editions_badge_layout_known"), transaction.atomic():
        Edition.objects.filter(pk=edition.pk).update(badge_layout="a3")


def test_next_edition_has_the_paper_and_a_background_of_its_own(edition):
    with_background(edition, badge_layout="single")
    twin = draft_of(edition, edition.starts_on.replace(year=2999), ["identity"])
    twin.slug, twin.name_en, twin.short_name_en = "2999", "Next", "Next"
    copy_edition(edition, twin, ["identity"])
    twin = Edition.objects.get(slug="2999")
    assert twin.badge_layout == "single"
    assert twin.badge_background.name != edition.badge_background.name
    with twin.badge_background.open() as copied, edition.badge_background.open() as former:
        assert copied.read() == former.read()


def test_only_organisers_may_open_a_background(desk, client, edition):
    address = with_background(edition).badge_background.url
    response = desk.get(address)
    assert response.headers["Content-Type"] == "image/jpeg"
    client.force_login(make_user(is_staff=True))
    assert client.get(address).status_code == 404
    client.logout()
    assert client.get(address).status_code == 404
    response.close()


# The sample


@pytest.mark.parametrize(
    ("layout", "size"), [("four", (210, 297)), ("single", (105, 148)), ("label", (100, 62))]
)
def test_sample_is_one_badge_on_its_paper(desk, edition, layout, size):
    with_background(edition, badge_layout=layout)
    response = desk.get(sample_of(edition))
    assert response.headers["Content-Type"] == "application/pdf"
    assert pdf_files.sizes_mm(response.content) == [size]
    [text] = pdf_files.texts(response.content)
    assert "Salma" in text
    [seen] = pdf_files.pictures(response.content)
    is_red = max(abs(a - b) for a, b in zip(seen.getpixel((15, 15)), RED, strict=True)) < 8
    assert is_red == (layout != "label")


def test_sample_shows_the_paper_that_is_not_saved(desk, edition):
    response = save(desk, page_of(edition), preview="1", badge_layout="label")
    [address] = [href for href in hrefs(tree(response), "//a") if sample_of(edition) in href]
    assert pdf_files.sizes_mm(desk.get(address).content) == [(100, 62)]
    edition.refresh_from_db()
    assert edition.badge_layout == "four"


def test_sample_takes_no_looks_but_those_of_the_form(desk, edition):
    assert desk.get(sample_of(edition) + "?looks=e30:1:x").status_code == 404


def test_sample_of_a_lost_background_has_none(desk, edition):
    Edition.objects.filter(pk=edition.pk).update(badge_background="badges/lost.jpg")
    assert pdf_files.sizes_mm(desk.get(sample_of(edition)).content) == [(210, 297)]


@pytest.mark.parametrize("is_staff", [True, False])
def test_sample_needs_the_right_to_change_editions(client, edition, is_staff):
    client.force_login(make_user(is_staff=is_staff))
    assert client.get(sample_of(edition)).status_code == (403 if is_staff else 302)
