"""Drawn portraits of fictional people: a bust under an arch, in the portal's colours.

They are the same at every run: the slug determines the colours.
"""

import functools
import hashlib
import io
from typing import NamedTuple

from PIL import Image, ImageChops, ImageColor, ImageDraw

WIDTH, HEIGHT = 800, 1000
FINE = 2  # scale of the drawing, which is then reduced for smooth edges

# (wall, paper behind the bust, garment)
SCHEMES = [
    ("#0a4a70", "#f4ede1", "#ad4225"),
    ("#17614f", "#fcf1d8", "#0a4a70"),
    ("#ad4225", "#faf8f4", "#17614f"),
    ("#06304a", "#faebe4", "#a83f22"),
    ("#0a4a70", "#e2f0ea", "#06304a"),
    ("#17614f", "#faf8f4", "#8b3319"),
    ("#ad4225", "#e6f0f5", "#06304a"),
    ("#06304a", "#f4ede1", "#17614f"),
]
SKINS = ["#e0bd9b", "#cfa27c", "#b9835c", "#98643f", "#74482c"]
HAIRS = ["#12212c", "#2c211c", "#4a3326", "#6b4a32", "#7d848a"]
SCARVES = ["#e6dac6", "#f2b632", "#c9dfeb", "#d98a6a", "#9cc7b6"]


def portrait(slug: str, style: str) -> bytes:
    """Return the portrait of `slug` as a JPEG; `style` is a key of `HEADS`."""
    choice = hashlib.sha256(slug.encode()).digest()
    wall, paper, garment = SCHEMES[choice[0] % len(SCHEMES)]
    skin = SKINS[choice[1] % len(SKINS)]
    shades = SCARVES if style == "scarf" else HAIRS
    colours = Palette(skin, shaded(skin), shades[choice[2] % len(shades)])
    picture = patterned(wall, 160).copy()
    inside = Image.new("RGB", picture.size, paper)
    pen = Canvas(ImageDraw.Draw(inside))
    behind, above = HEADS[style]
    behind(pen, colours)
    pen.rounded(colours.neck, 346, 560, 454, 860, 40)
    inside.paste(patterned(garment, 80), mask=shoulders())
    pen.chord(colours.neck, 338, 678, 462, 802, 0, 180)
    pen.ellipse(colours.skin, *FACE)
    above(pen, colours)
    picture.paste(inside, mask=opening())
    content = io.BytesIO()
    picture.reduce(FINE).save(content, "JPEG", quality=92)
    return content.getvalue()


class Palette(NamedTuple):
    skin: str
    neck: str
    hair: str


def shaded(colour: str) -> str:
    """Return a darker shade of the colour."""
    red, green, blue = ImageColor.getrgb(colour)[:3]
    return f"#{red * 7 // 8:02x}{green * 7 // 8:02x}{blue * 7 // 8:02x}"


class Canvas:
    """Canvas that draws in the units of the final image."""

    def __init__(self, draw: ImageDraw.ImageDraw):
        self.draw = draw

    def ellipse(self, colour: str, *box) -> None:
        self.draw.ellipse(fine(box), colour)

    def chord(self, colour: str, left, top, right, bottom, start, end) -> None:
        self.draw.chord(fine((left, top, right, bottom)), start, end, colour)

    def rounded(self, colour: str | int, left, top, right, bottom, radius) -> None:
        self.draw.rounded_rectangle(fine((left, top, right, bottom)), FINE * radius, colour)


def fine(box) -> list:
    return [FINE * number for number in box]


# Parts of the head behind and above the face
FACE = (290, 370, 510, 664)


def nothing(pen: Canvas, colours: Palette) -> None:
    pass


def crown(pen: Canvas, colours: Palette) -> None:
    pen.chord(colours.hair, 280, 346, 520, 640, 180, 360)
    pen.chord(colours.skin, 302, 432, 498, 640, 180, 360)


def parting(pen: Canvas, colours: Palette) -> None:
    pen.chord(colours.hair, 278, 342, 520, 660, 170, 300)
    pen.chord(colours.hair, 320, 344, 524, 640, 212, 14)


def long_hair(pen: Canvas, colours: Palette) -> None:
    pen.rounded(colours.hair, 258, 340, 542, 800, 142)


def bun(pen: Canvas, colours: Palette) -> None:
    pen.ellipse(colours.hair, 338, 262, 462, 388)


CURLS = [(278, 430), (318, 366), (400, 338), (482, 366), (522, 430), (264, 506), (536, 506)]


def curls(pen: Canvas, colours: Palette) -> None:
    for x, y in CURLS:
        pen.ellipse(colours.hair, x - 62, y - 62, x + 62, y + 62)


def beard(pen: Canvas, colours: Palette) -> None:
    left, top, right, bottom = FACE
    pen.chord(colours.hair, left - 4, top, right + 4, bottom + 14, 0, 180)
    pen.ellipse(colours.skin, 312, 400, 488, 606)
    crown(pen, colours)


def scarf_behind(pen: Canvas, colours: Palette) -> None:
    pen.ellipse(colours.hair, 252, 326, 548, 740)


def scarf_above(pen: Canvas, colours: Palette) -> None:
    pen.chord(colours.hair, 222, 636, 578, 884, 180, 360)
    pen.chord(colours.hair, 222, 712, 578, 808, 0, 180)
    pen.rounded(colours.hair, 288, 560, 512, 780, 100)
    pen.ellipse(colours.hair, 252, 326, 548, 700)
    pen.ellipse(colours.skin, 302, 392, 498, 650)


HEADS = {
    "short": (nothing, crown),
    "parting": (nothing, parting),
    "beard": (nothing, beard),
    "curls": (curls, crown),
    "bun": (bun, crown),
    "long": (long_hair, parting),
    "scarf": (scarf_behind, scarf_above),
}


# Masks, and the pattern: the eight-pointed star of static/img/zellige.svg


def arch(left: int, top: int, right: int, radius: int) -> Image.Image:
    """Return the mask of a round arch that extends to the bottom of the image."""
    mask = Image.new("L", (FINE * WIDTH, FINE * HEIGHT))
    Canvas(ImageDraw.Draw(mask)).rounded(255, left, top, right, HEIGHT + radius, radius)
    return mask


@functools.cache
def opening() -> Image.Image:
    return arch(112, 190, 688, 288)


@functools.cache
def shoulders() -> Image.Image:
    return arch(150, 742, 650, 190)


@functools.cache
def patterned(colour: str, size: int) -> Image.Image:
    """Return an image tiled at `size`, offset by half a tile: a star lies on the vertical axis."""
    picture = Image.new("RGB", (FINE * WIDTH, FINE * HEIGHT), colour)
    tile = zellige(FINE * size)
    mask = Image.new("L", picture.size)
    for x in range(-tile.width // 2, mask.width, tile.width):
        for y in range(0, mask.height, tile.height):
            mask.paste(tile, (x, y))
    picture.paste("#ffffff", mask=mask)
    return picture


@functools.cache
def zellige(size: int) -> Image.Image:
    """Return one tile of the pattern, as the opacity of white."""
    layers = Image.new("L", (size, size))
    for x, y in [(48, 48), (0, 0), (96, 0), (0, 96), (96, 96)]:
        for opacity, polygon in STAR if x == 48 else CROSS:
            layer = Image.new("L", layers.size)
            points = [((x + dx) * size / 96, (y + dy) * size / 96) for dx, dy in polygon]
            ImageDraw.Draw(layer).polygon(points, fill=round(255 * opacity))
            layers = ImageChops.lighter(layers, layer)
    return layers


def turned(quarter: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the points of a figure whose first quarter is `quarter`."""
    points, figure = quarter, []
    for _ in range(4):
        figure += points
        points = [(-y, x) for x, y in points]
    return figure


def petals(near: float, middle: float, half: float, far: float, diagonal: bool) -> list:
    rhombus = [(near, 0), (middle, half), (far, 0), (middle, -half)]
    slanted = [((x - y) * 0.7071, (x + y) * 0.7071) for x, y in rhombus]
    found = []
    for petal in [rhombus, slanted] if diagonal else [rhombus]:
        for _ in range(4):
            found.append(petal)
            petal = [(-y, x) for x, y in petal]
    return found


STAR = [
    (0.16, turned([(46.4, 0), (32.8, 13.6), (32.8, 32.8), (13.6, 32.8)])),
    *((0.26, petal) for petal in petals(20, 29.2, 7, 41, diagonal=True)),
    (0.6, turned([(15, 0), (10.6, 4.4), (10.6, 10.6), (4.4, 10.6)])),
]
CROSS = [
    (0.1, turned([(45.6, 0), (33.4, 12.9), (12.9, 12.9), (12.9, 33.4)])),
    *((0.24, petal) for petal in petals(17, 29.4, 6, 41.5, diagonal=False)),
    (0.42, turned([(10, 0), (7.1, 2.9), (7.1, 7.1), (2.9, 7.1)])),
]
