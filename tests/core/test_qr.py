import re

import pytest
from django.utils.safestring import SafeString
from PIL import Image, ImageDraw

from symposium.core.documents import qr
from tests.helpers.pdf_files import scanned

ADDRESS = "https://symposium.example/fr/verify/3kq8Zr0vT2m9/"


def drawn(svg: str, scale: int = 6) -> Image.Image:
    """Return the image that a browser draws of the SVG, on grey; the white belongs to the code."""
    side = int(re.search(r'viewBox="0 0 (\d+) \1"', svg)[1])
    image = Image.new("L", (side * scale + 40, side * scale + 40), 128)
    pen = ImageDraw.Draw(image)
    assert f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/>' in svg
    pen.rectangle((20, 20, 20 + side * scale - 1, 20 + side * scale - 1), fill=255)
    for run in re.findall(r"M(\d+) (\d+)h(\d+)v1", svg):
        x, y, length = (int(number) * scale for number in run)
        pen.rectangle((20 + x, 20 + y, 20 + x + length - 1, 20 + y + scale - 1), fill=0)
    return image


@pytest.mark.parametrize("text", ["7K4Q-2M9X-TB", ADDRESS, "سلمى é 🎉", "x" * 300])
def test_qr_code_is_decoded_to_its_text(text):
    assert scanned(drawn(qr.svg(text, "Ticket"))) == [text]
    assert scanned(drawn(qr.drawing(text))) == [text]


def test_code_survives_a_crease():
    """Error correction level M recovers up to 15 % of the code."""
    image = drawn(qr.svg(ADDRESS, "Ticket"))
    side = image.width
    ImageDraw.Draw(image).line((side * 0.4, side * 0.55, side * 0.7, side * 0.6), fill=255, width=9)
    assert scanned(image) == [ADDRESS]


def test_level_of_correction_is_m():
    """At level M these 49 bytes need version 4 (33 modules), at level L version 3."""
    assert len(ADDRESS) == 49
    assert qr.outline(ADDRESS)[0] == 33 + 2 * 4


def test_qr_quiet_zone_is_four_modules():
    side, path = qr.outline("7K4Q-2M9X-TB")
    places = re.findall(r"M(\d+) (\d+)h(\d+)", path)
    rows = [int(row) for _, row, _ in places]
    starts = [int(start) for start, _, _ in places]
    ends = [int(start) + int(length) for start, _, length in places]
    assert (min(rows), max(rows) + 1) == (4, side - 4)
    assert (min(starts), max(ends)) == (4, side - 4)


def test_qr_svg_has_an_escaped_accessible_name():
    svg = qr.svg("7K4Q", '<script>"Billet" & co')
    assert isinstance(svg, SafeString)
    opening = re.match(r'<svg class="qr" role="img" aria-label="([^"<>]*)" ', svg)
    assert opening[1] == "&lt;script&gt;&quot;Billet&quot; &amp; co"
    assert "style" not in svg


def test_text_of_the_code_is_not_in_the_page():
    assert "7K4Q" not in qr.svg('7K4Q"><script>', "Billet")
