import io
import re
import struct
import zlib
from pathlib import Path

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from symposium.pictures import MAX_BYTES
from symposium.speakers.models import Speaker
from tests.factories import make_edition, make_partner, make_speaker, picture, refreshed
from tests.refusals import faults

pytestmark = pytest.mark.django_db

UNREADABLE = "This is not a picture that we can read. Choose a JPEG, PNG or WebP file."
TOO_MANY_PIXELS = "This picture has too many pixels: 40 million at the most. Save it smaller."
ORIENTATION, GPS = 0x0112, 0x8825


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def speaker_with(photo) -> Speaker:
    return make_speaker(photo=photo)


def said_of(photo) -> dict[str, list[str]]:
    return faults(Speaker(edition=make_edition(), family_name_fr="Médina", photo=photo))


def said_by_the_form(photo) -> dict[str, list[str]]:
    with translation.override("en"):
        Form = forms.modelform_factory(Speaker, fields=["photo"])
        errors = Form({}, {"photo": photo}, instance=make_speaker()).errors
        return {field: [str(error) for error in found] for field, found in errors.items()}


def header_of_png(width: int, height: int) -> bytes:
    """A PNG of 45 bytes that says it has so many pixels and holds none."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checksum = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IEND", b"")


def uploaded(content: bytes, name: str = "photo.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="image/png")


# What is kept


def test_picture_loses_where_it_was_taken():
    exif = Image.Exif()
    exif[GPS] = {1: "N", 2: (33.0, 35.0, 0.0)}
    exif[0x010F] = "The maker of the camera"
    photo = picture("photo.jpg", format="JPEG", exif=exif, comment=b"secret")
    assert b"The maker" in photo.read()

    with speaker_with(photo).photo.open() as kept:
        content = kept.read()
    assert b"The maker" not in content
    assert b"secret" not in content
    assert dict(Image.open(io.BytesIO(content)).getexif()) == {}


def test_logo_loses_its_texts_and_profile():
    texts = PngInfo()
    texts.add_text("Comment", "secret")
    partner = make_partner(logo=picture(pnginfo=texts, icc_profile=b"secret"))
    with partner.logo.open() as kept:
        assert Image.open(kept).info == {}


def test_picture_is_turned_upright():
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    speaker = speaker_with(picture("photo.jpg", (60, 40), "JPEG", exif=exif))
    with Image.open(speaker.photo.path) as kept:
        assert (kept.size, kept.getexif().get(ORIENTATION)) == ((40, 60), None)


def test_picture_is_made_no_larger_than_needed():
    speaker = speaker_with(picture(size=(4000, 3000)))
    with Image.open(speaker.photo.path) as kept:
        assert (kept.format, kept.size) == ("JPEG", (1200, 900))


def test_picture_hides_nothing_behind_its_pixels():
    photo = picture().read() + b"<script>alert(1)</script>"
    speaker = speaker_with(uploaded(photo))
    with speaker.photo.open() as kept:
        assert b"<script>" not in kept.read()


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "1", "CMYK", "I;16"])
def test_picture_of_any_colours_is_kept(mode):
    content = io.BytesIO()
    kind = "JPEG" if mode == "CMYK" else "PNG"
    Image.new(mode, (40, 50)).save(content, kind)
    speaker = speaker_with(uploaded(content.getvalue()))
    with Image.open(speaker.photo.path) as kept:
        assert (kept.format, kept.size) == ("JPEG", (40, 50))


def test_picture_that_moves_keeps_its_first_frame():
    frames = [Image.new("RGB", (40, 50), colour) for colour in ("red", "blue")]
    content = io.BytesIO()
    frames[0].save(content, "WEBP", save_all=True, append_images=frames[1:])
    speaker = speaker_with(uploaded(content.getvalue(), "photo.webp"))
    with Image.open(speaker.photo.path) as kept:
        assert (kept.format, getattr(kept, "n_frames", 1)) == ("JPEG", 1)
        assert kept.getpixel((20, 25))[0] > 200


def test_photo_is_named_by_what_it_has_become_and_by_nothing_that_one_guesses():
    name = speaker_with(picture("Mon portrait.png")).photo.name
    assert re.fullmatch(r"speakers/[a-z2-9]{16}\.jpg", name)


def test_logo_keeps_its_transparency():
    content = io.BytesIO()
    Image.new("RGBA", (40, 50), (0, 0, 0, 0)).save(content, "PNG")
    partner = make_partner(logo=uploaded(content.getvalue()))
    with Image.open(partner.logo.path) as kept:
        assert (kept.format, kept.convert("RGBA").getpixel((1, 1))[3]) == ("PNG", 0)


# What is refused


@pytest.mark.parametrize("said", [said_of, said_by_the_form])
@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (header_of_png(50_000, 50_000), TOO_MANY_PIXELS),
        (header_of_png(2**31 - 1, 2**31 - 1), TOO_MANY_PIXELS),
        (header_of_png(40_000_001, 1), TOO_MANY_PIXELS),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", UNREADABLE),
        (b"<!doctype html><script>alert(1)</script>", UNREADABLE),
        (b"\x89PNG\r\n\x1a\n", UNREADABLE),
        (b"not a picture", UNREADABLE),
    ],
)
def test_picture_that_is_none_is_refused_in_words(said, content, sentence):
    assert said(uploaded(content)) == {"photo": [sentence]}


@pytest.mark.parametrize("format", ["GIF", "BMP", "TIFF", "ICO", "PPM"])
@pytest.mark.parametrize("said", [said_of, said_by_the_form])
def test_picture_in_another_format_is_refused_whatever_its_name(said, format):
    assert said(picture("photo.png", format=format)) == {"photo": [UNREADABLE]}


@pytest.mark.parametrize("said", [said_of, said_by_the_form])
def test_picture_that_is_too_heavy_is_refused(said):
    photo = uploaded(picture().read() + bytes(20 * 1024 * 1024))
    sentence = "This picture weighs 20 MB; the limit is 8 MB. Save it smaller."
    assert said(photo) == {"photo": [sentence]}


def test_picture_just_at_the_limit_is_taken():
    content = picture().read()
    assert said_by_the_form(uploaded(content + bytes(MAX_BYTES - len(content)))) == {}


@pytest.mark.parametrize("cut", [40, 60, 100])
def test_picture_cut_short_is_refused_by_the_form(cut):
    content = picture(size=(400, 500)).read()[:cut]
    assert list(said_by_the_form(uploaded(content))) == ["photo"]


@pytest.mark.parametrize("name", ["photo.html", "photo.svg", "photo.php", "photo"])
def test_picture_under_the_name_of_something_else_is_refused_by_the_form(name):
    assert said_by_the_form(picture(name)) == {"photo": [UNREADABLE]}


# What is shown


def test_portrait_and_thumbnail_are_made_when_asked_for(media):
    speaker = speaker_with(picture(size=(800, 1000)))
    sizes = []
    for made in (speaker.portrait, speaker.thumbnail):
        assert made.url.endswith(".webp")
        with Image.open(media / made.name) as image:
            sizes.append((image.format, image.size))
    assert sizes == [("WEBP", (608, 760)), ("WEBP", (280, 350))]


def test_picture_is_encoded_once():
    speaker = speaker_with(picture())
    path = Path(speaker.photo.path)
    before = path.read_bytes()
    speaker = refreshed(speaker)
    speaker.position_fr = "Professeure"
    speaker.full_clean()
    speaker.save()

    assert (Path(speaker.photo.path), path.read_bytes()) == (path, before)


def test_speaker_without_a_photo_has_no_portrait():
    speaker = make_speaker()
    assert (bool(speaker.photo), bool(speaker.portrait), bool(speaker.thumbnail)) == (False,) * 3
    assert faults(speaker) == {}


def test_list_of_speakers_opens_no_picture(django_assert_num_queries):
    edition = make_edition()
    Speaker.objects.bulk_create(
        Speaker(edition=edition, family_name_fr="Médina", slug=f"m-{n}", photo="speakers/lost.jpg")
        for n in range(3)
    )
    with django_assert_num_queries(1):
        assert [bool(speaker.photo) for speaker in Speaker.objects.all()] == [True] * 3


def test_half_of_a_photo_is_refused():
    whole = picture("photo.jpg", size=(400, 500), format="JPEG").read()
    half = uploaded(whole[: len(whole) // 2], "photo.jpg")
    assert said_of(half) == {
        "photo": ["This is not a picture that we can read. Choose a JPEG, PNG or WebP file."]
    }


def test_picture_like_a_thread_is_refused():
    assert said_of(picture(size=(1, 20_000))) == {
        "photo": ["This picture is too small: 40 pixels a side at the least."]
    }


def test_photo_that_is_lost_does_not_close_the_page(client, media):
    speaker = speaker_with(picture(size=(80, 100)))
    speaker.photo.storage.delete(speaker.photo.name)
    urls = [f"/fr/{speaker.edition.slug}/speakers/", speaker.get_absolute_url()]
    assert [client.get(url).status_code for url in urls] == [200, 200]
