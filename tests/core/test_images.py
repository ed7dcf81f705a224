import io
import re
import struct
import zlib
from itertools import product
from pathlib import Path

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from symposium.core.images import MAX_BYTES, NormalizeColours
from symposium.speakers.models import Speaker
from tests.factories import make_edition, make_partner, make_speaker, picture, refreshed
from tests.helpers.database_errors import faults

pytestmark = pytest.mark.django_db

UNREADABLE = "We couldn’t read this image. Choose a JPEG, PNG or WebP file."
TOO_MANY_PIXELS = "The image must be no more than 40 million pixels."
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
    """Return a PNG of 45 bytes whose header claims this size and which holds no pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checksum = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IEND", b"")


def uploaded(content: bytes, name: str = "photo.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="image/png")


# Stored files


def test_photo_metadata_is_removed():
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


def test_logo_text_and_profile_are_removed():
    texts = PngInfo()
    texts.add_text("Comment", "secret")
    partner = make_partner(logo=picture(pnginfo=texts, icc_profile=b"secret"))
    with partner.logo.open() as kept:
        assert Image.open(kept).info == {}


def test_photo_is_rotated_by_its_exif_orientation():
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    speaker = speaker_with(picture("photo.jpg", (60, 40), "JPEG", exif=exif))
    with Image.open(speaker.photo.path) as kept:
        assert (kept.size, kept.getexif().get(ORIENTATION)) == ((40, 60), None)


def test_large_photo_is_scaled_down():
    speaker = speaker_with(picture(size=(4000, 3000)))
    with Image.open(speaker.photo.path) as kept:
        assert (kept.format, kept.size) == ("JPEG", (1200, 900))


def test_photo_trailing_bytes_are_removed():
    photo = picture().read() + b"<script>alert(1)</script>"
    speaker = speaker_with(uploaded(photo))
    with speaker.photo.open() as kept:
        assert b"<script>" not in kept.read()


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "1", "CMYK", "I;16"])
def test_photo_of_any_colour_mode_is_stored_as_jpeg(mode):
    content = io.BytesIO()
    kind = "JPEG" if mode == "CMYK" else "PNG"
    Image.new(mode, (40, 50)).save(content, kind)
    speaker = speaker_with(uploaded(content.getvalue()))
    with Image.open(speaker.photo.path) as kept:
        assert (kept.format, kept.size) == ("JPEG", (40, 50))


def test_animated_photo_is_reduced_to_its_first_frame():
    frames = [Image.new("RGB", (40, 50), colour) for colour in ("red", "blue")]
    content = io.BytesIO()
    frames[0].save(content, "WEBP", save_all=True, append_images=frames[1:])
    speaker = speaker_with(uploaded(content.getvalue(), "photo.webp"))
    with Image.open(speaker.photo.path) as kept:
        assert (kept.format, getattr(kept, "n_frames", 1)) == ("JPEG", 1)
        assert kept.getpixel((20, 25))[0] > 200


def test_photo_file_name_is_random_with_its_stored_extension():
    name = speaker_with(picture("Mon portrait.png")).photo.name
    assert re.fullmatch(r"speakers/[a-z2-9]{16}\.jpg", name)


def test_logo_transparency_is_preserved():
    content = io.BytesIO()
    Image.new("RGBA", (40, 50), (0, 0, 0, 0)).save(content, "PNG")
    partner = make_partner(logo=uploaded(content.getvalue()))
    with Image.open(partner.logo.path) as kept:
        assert (kept.format, kept.convert("RGBA").getpixel((1, 1))[3]) == ("PNG", 0)


# Colours


def as_logo(image: Image.Image, **options) -> list[tuple]:
    """Return the colours of the left and the right half of an image saved as a partner's logo."""
    partner = make_partner(logo=uploaded(encoded(image, **options)))
    with Image.open(partner.logo.path) as kept:
        return halves(kept.convert("RGBA"))


def as_photo(image: Image.Image, kind: str = "PNG", **options) -> list[tuple]:
    speaker = speaker_with(uploaded(encoded(image, kind, **options)))
    with Image.open(speaker.photo.path) as kept:
        return halves(kept)


def encoded(image: Image.Image, kind: str = "PNG", **options) -> bytes:
    content = io.BytesIO()
    image.save(content, kind, **options)
    return content.getvalue()


def halves(image: Image.Image) -> list[tuple]:
    return [image.getpixel((image.width // 4 * place, image.height // 2)) for place in (1, 3)]


def drawn(mode: str, left, right) -> Image.Image:
    image = Image.new(mode, (80, 40), left)
    image.paste(right, (40, 0, 80, 40))
    return image


def of_palette() -> Image.Image:
    image = drawn("P", 0, 1)
    image.putpalette([10, 20, 30, 200, 100, 50])
    return image


CLEAR = (0, 0, 0, 0)
WHITE, BLACK, GREY = ((value, value, value, 255) for value in (255, 0, 128))


@pytest.mark.parametrize(
    ("image", "options", "seen"),
    [
        (drawn("LA", (0, 255), (0, 0)), {}, [BLACK, CLEAR]),
        (drawn("LA", (255, 255), (0, 0)), {}, [WHITE, CLEAR]),
        (drawn("LA", (128, 100), (128, 255)), {}, [(128, 128, 128, 100), GREY]),
        (drawn("I;16", 0x8080, 0xFFFF), {}, [GREY, WHITE]),
        (drawn("I;16", 0x8080, 0), {"transparency": 0}, [GREY, CLEAR]),
        (drawn("L", 128, 255), {}, [GREY, WHITE]),
        (drawn("L", 128, 255), {"transparency": 255}, [GREY, (255, 255, 255, 0)]),
        (drawn("1", 0, 1), {}, [BLACK, WHITE]),
        (drawn("RGB", (1, 2, 3), (4, 5, 6)), {}, [(1, 2, 3, 255), (4, 5, 6, 255)]),
        (drawn("RGB", (1, 2, 3), (4, 5, 6)), {"transparency": (4, 5, 6)},
         [(1, 2, 3, 255), (4, 5, 6, 0)]),
        (drawn("RGBA", (1, 2, 3, 255), CLEAR), {}, [(1, 2, 3, 255), CLEAR]),
        (of_palette(), {}, [(10, 20, 30, 255), (200, 100, 50, 255)]),
        (of_palette(), {"transparency": bytes([100, 255])},
         [(10, 20, 30, 100), (200, 100, 50, 255)]),
        (of_palette(), {"transparency": 1}, [(10, 20, 30, 255), (200, 100, 50, 0)]),
    ],
)  # fmt: skip
def test_logo_colours_are_preserved(image, options, seen):
    assert as_logo(image, **options) == seen


@pytest.mark.parametrize(
    ("image", "seen"),
    [
        (drawn("LA", (0, 255), (0, 0)), [BLACK, WHITE]),
        (drawn("RGBA", (0, 0, 0, 255), CLEAR), [BLACK, WHITE]),
        (drawn("I;16", 0x8080, 0), [GREY, BLACK]),
        (drawn("L", 128, 0), [GREY, BLACK]),
    ],
)
def test_photo_transparency_becomes_white(image, seen):
    assert as_photo(image) == [colour[:3] for colour in seen]


@pytest.mark.parametrize(
    ("mode", "value", "seen"),
    [
        ("I", 0x8080, (128, 128, 128)), ("F", 128.0, (128, 128, 128)),
        ("I;16B", 0x8080, (128, 128, 128)), ("La", (64, 128), (127, 127, 127, 128)),
        ("RGBa", (64, 0, 0, 128), (127, 0, 0, 128)),
        ("RGBX", (1, 2, 3, 4), (1, 2, 3)), ("YCbCr", (128, 128, 128), (128, 128, 128)),
        ("HSV", (0, 0, 128), (128, 128, 128)), ("CMYK", (0, 0, 0, 127), (128, 128, 128)),
    ],
)  # fmt: skip
def test_image_of_any_mode_is_converted_to_rgb_or_rgba(mode, value, seen):
    """Include the modes that none of the accepted formats has, in case Pillow reads one."""
    image = NormalizeColours().process(Image.new(mode, (4, 4), value))
    assert (image.mode, image.getpixel((1, 1))) == ("RGBA" if len(seen) == 4 else "RGB", seen)


def test_palette_with_transparency_is_converted_to_rgba():
    image = NormalizeColours().process(of_palette().convert("PA"))
    assert halves(image) == [(10, 20, 30, 255), (200, 100, 50, 255)]


def cmyk_profile() -> bytes:
    """Return a CMYK profile: paper is white, any ink black, but cyan alone is a middle grey.

    The grey shows that the profile is applied.
    """
    lightness = [0 if any(inks) else 255 for inks in product((0, 1), repeat=4)]
    lightness[0b1000] = 128
    table = b"".join(bytes([value, 128, 128]) for value in lightness)
    identity = bytes(range(256))
    return profile(
        b"CMYK",
        {b"A2B0": b"mft1" + struct.pack(">IBBBx", 0, 4, 3, 2)
         + fixed(1, 0, 0, 0, 1, 0, 0, 0, 1) + identity * 4 + table + identity * 3},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("icc_profile", "seen"),
    [(None, [(0, 255, 255), BLACK[:3]]), (cmyk_profile, [(119, 119, 119), BLACK[:3]])],
)
def test_cmyk_photo_is_converted_by_its_profile(icc_profile, seen):
    image = drawn("CMYK", (255, 0, 0, 0), (0, 0, 0, 255))
    options = {"icc_profile": icc_profile()} if icc_profile else {}
    for colour, expected in zip(as_photo(image, "JPEG", **options), seen, strict=True):
        assert max(abs(a - b) for a, b in zip(colour, expected, strict=True)) <= 4


def profile(space: bytes, tags: dict[bytes, bytes]) -> bytes:
    """Return an ICC profile of version 4 (ICC.1:2010, 7.2 and 7.3)."""
    white = b"XYZ " + fixed(0, 0.9642, 1, 0.8249)
    tags = {b"wtpt": white, b"cprt": text_tag("none"), b"desc": text_tag("test")} | tags
    body, table = b"", struct.pack(">I", len(tags))
    start = 128 + 4 + 12 * len(tags)
    for name, content in tags.items():
        table += name + struct.pack(">II", start + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    connection = b"Lab " if space == b"CMYK" else b"XYZ "
    header = struct.pack(">I4sI4s4s4s", start + len(body), bytes(4), 0x04200000,
                         b"prtr" if space == b"CMYK" else b"mntr", space, connection)  # fmt: skip
    header += bytes(12) + b"acsp" + bytes(28) + fixed(0.9642, 1, 0.8249)
    return header.ljust(128, b"\0") + table + body


def fixed(*values: float) -> bytes:
    return b"".join(struct.pack(">i", round(value * 65536)) for value in values)


def text_tag(text: str) -> bytes:
    content = text.encode("utf-16-be")
    return b"mluc" + struct.pack(">IIII4sII", 0, 1, 12, 0, b"enUS", len(content), 28)[:24] + content


def matrix_profile(red, green, blue, curve: bytes) -> bytes:
    columns = {b"rXYZ": red, b"gXYZ": green, b"bXYZ": blue}
    return profile(
        b"RGB ",
        {name: b"XYZ " + fixed(0, *column) for name, column in columns.items()}
        | dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve),
    )


DISPLAY_P3 = matrix_profile(
    (0.5151, 0.2412, -0.0011), (0.2920, 0.6922, 0.0419), (0.1571, 0.0666, 0.7841),
    b"para" + struct.pack(">IHH", 0, 3, 0)
    + fixed(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045),
)  # fmt: skip
ADOBE_RGB = matrix_profile(
    (0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457),
    b"para" + struct.pack(">IHH", 0, 0, 0) + fixed(2.19921875),
)  # fmt: skip
GREY_LINEAR = profile(b"GRAY", {b"kTRC": b"para" + struct.pack(">IHH", 0, 0, 0) + fixed(1.0)})


@pytest.mark.parametrize("save", [as_logo, as_photo])
@pytest.mark.parametrize(
    ("image", "icc_profile", "seen"),
    [
        (Image.new("RGB", (80, 40), (200, 40, 40)), DISPLAY_P3, (218, 0, 26)),
        (Image.new("RGB", (80, 40), (128, 128, 128)), DISPLAY_P3, (128, 128, 128)),
        (Image.new("RGBA", (80, 40), (200, 40, 40, 255)), DISPLAY_P3, (218, 0, 26)),
        (Image.new("RGB", (80, 40), (40, 200, 40)), ADOBE_RGB, (0, 202, 0)),
        (Image.new("L", (80, 40), 55), GREY_LINEAR, (128, 128, 128)),
        (Image.new("LA", (80, 40), (55, 255)), GREY_LINEAR, (128, 128, 128)),
        (Image.new("RGB", (80, 40), (200, 40, 40)), b"broken", (200, 40, 40)),
        (Image.new("RGB", (80, 40), (200, 40, 40)), DISPLAY_P3[:200], (200, 40, 40)),
        (Image.new("RGB", (80, 40), (200, 40, 40)), GREY_LINEAR, (200, 40, 40)),
        (Image.new("L", (80, 40), 128), DISPLAY_P3, (128, 128, 128)),
    ],
)
def test_profile_colours_are_converted_to_srgb(save, image, icc_profile, seen):
    for colour in save(image, icc_profile=icc_profile):
        assert max(abs(a - b) for a, b in zip(colour[:3], seen, strict=True)) <= 2


# Refused files


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
def test_invalid_image_is_refused_with_a_message(said, content, sentence):
    assert said(uploaded(content)) == {"photo": [sentence]}


@pytest.mark.parametrize("format", ["GIF", "BMP", "TIFF", "ICO", "PPM"])
@pytest.mark.parametrize("said", [said_of, said_by_the_form])
def test_image_in_unsupported_format_is_refused_for_any_name(said, format):
    assert said(picture("photo.png", format=format)) == {"photo": [UNREADABLE]}


@pytest.mark.parametrize("said", [said_of, said_by_the_form])
def test_image_that_is_too_heavy_is_refused(said):
    photo = uploaded(picture().read() + bytes(20 * 1024 * 1024))
    sentence = "This image is 20 MB. It must be 8 MB or smaller."
    assert said(photo) == {"photo": [sentence]}


def test_image_at_the_size_limit_is_accepted():
    content = picture().read()
    assert said_by_the_form(uploaded(content + bytes(MAX_BYTES - len(content)))) == {}


@pytest.mark.parametrize("cut", [40, 60, 100])
def test_truncated_image_is_refused_by_the_form(cut):
    content = picture(size=(400, 500)).read()[:cut]
    assert list(said_by_the_form(uploaded(content))) == ["photo"]


@pytest.mark.parametrize("name", ["photo.html", "photo.svg", "photo.php", "photo"])
def test_image_with_wrong_extension_is_refused_by_the_form(name):
    assert said_by_the_form(picture(name)) == {"photo": [UNREADABLE]}


# Displayed images


def test_portrait_and_thumbnail_are_generated_on_access(media):
    speaker = speaker_with(picture(size=(800, 1000)))
    sizes = []
    for made in (speaker.portrait, speaker.thumbnail):
        assert made.url.endswith(".webp")
        with Image.open(media / made.name) as image:
            sizes.append((image.format, image.size))
    assert sizes == [("WEBP", (608, 760)), ("WEBP", (280, 350))]


def test_photo_is_encoded_only_once():
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


def test_speaker_list_opens_no_image_file(django_assert_num_queries):
    edition = make_edition()
    Speaker.objects.bulk_create(
        Speaker(edition=edition, family_name_fr="Médina", slug=f"m-{n}", photo="speakers/lost.jpg")
        for n in range(3)
    )
    with django_assert_num_queries(1):
        assert [bool(speaker.photo) for speaker in Speaker.objects.all()] == [True] * 3


def test_truncated_photo_is_refused():
    whole = picture("photo.jpg", size=(400, 500), format="JPEG").read()
    half = uploaded(whole[: len(whole) // 2], "photo.jpg")
    assert said_of(half) == {
        "photo": ["We couldn’t read this image. Choose a JPEG, PNG or WebP file."]
    }


def test_image_that_is_too_narrow_is_refused():
    assert said_of(picture(size=(1, 20_000))) == {
        "photo": ["The image must be at least 40 pixels on each side."]
    }


def test_page_with_a_missing_photo_file_is_shown(client, media):
    speaker = speaker_with(picture(size=(80, 100)))
    speaker.photo.storage.delete(speaker.photo.name)
    urls = [f"/fr/{speaker.edition.slug}/speakers/", speaker.get_absolute_url()]
    assert [client.get(url).status_code for url in urls] == [200, 200]
