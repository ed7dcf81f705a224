"""Rendering of pictures with typst, as PNG with a palette."""

import io

from PIL import Image

from symposium.core.documents import pdf

POINTS_PER_INCH = 72  # a point of the template is a pixel of the picture
COLOURS = 128  # enough for smooth edges; all of them would take three times the bytes


def render(template: str, data: dict, language: str) -> bytes:
    """Return the PNG that `template` (“typst/card.typ”, of one page) makes of `data`.

    `data` is as for `pdf.render`, without a date. Raise `typst.TypstError` if the template cannot
    use it.
    """
    drawn = pdf.compiler(template, data, language).compile(format="png", ppi=POINTS_PER_INCH)
    picture = Image.open(io.BytesIO(drawn))  # type: ignore[arg-type]  # bytes: one page
    few = picture.convert("RGB").quantize(
        COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE
    )
    content = io.BytesIO()
    few.save(content, "PNG", optimize=True)
    return content.getvalue()
