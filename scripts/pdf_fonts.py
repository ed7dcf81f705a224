"""Make the fonts that PDFs are set in: run by vendor.py, with the tools that it installs.

typst wants one whole font for each weight, where npm has one variable file for each script.
Noto Sans Arabic is of release 2.004: later ones draw a letter and its dots apart, and who copies a
name out of the PDF in Chrome or Firefox would get its letters twice.
« Symposium Fallback » has one sign, an empty arch, for whatever the others cannot write (an emoji,
a Chinese letter): PDF/UA-1 allows no missing glyph, and a name must never stop a ticket.
"""

import sys
from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.merge import Merger
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter, parse_unicodes
from fontTools.ttLib import TTFont, newTable
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable
from fontTools.varLib.instancer import instantiateVariableFont

WEIGHTS = {"Regular": 400, "Bold": 700}
# Where two have a letter, the first is taken.
LATIN = ["latin", "latin-ext", "vietnamese", "greek", "cyrillic"]
ARABIC = parse_unicodes(
    "0020-0040,005B-0060,007B-007E,00A0,00AB,00BB,0600-06FF,0750-077F,200C-200D,2010-2014,2026,"
    "202F,25CC,FDF2,FDFC"
)
ALL_UNICODE = [range(0x20, 0xD800), range(0xE000, 0xFFFE), range(0x10000, 0xF0000)]


def weighing(source: Path, weight: int) -> TTFont:
    font = TTFont(source, recalcTimestamp=False)
    font.flavor = None
    return instantiateVariableFont(font, {"wght": weight})


def keep(font: TTFont, characters: list[int]) -> None:
    options = Options(layout_features=["*"], notdef_outline=True, recalc_timestamp=False)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)


def name(font: TTFont, family: str, style: str) -> None:
    """The names a PDF shows, and the marks of a bold font, which an instance does not have."""
    said = {1: family, 2: style, 3: f"{family} {style}", 4: f"{family} {style}",
            6: f"{family}-{style}".replace(" ", "")}  # fmt: skip
    for number in {16, 17, 21, 22, 25}:
        font["name"].removeNames(number)
    for number, text in said.items():
        font["name"].removeNames(number)
        font["name"].setName(text, number, 3, 1, 0x409)
    bold = style == "Bold"
    font["OS/2"].usWeightClass = WEIGHTS[style]
    font["OS/2"].fsSelection = font["OS/2"].fsSelection & ~0x61 | (0x20 if bold else 0x40)
    font["head"].macStyle = 1 if bold else 0


def dated(font: TTFont, moment: int) -> None:
    """Without this each run would write other bytes."""
    font["head"].created = font["head"].modified = moment
    font.recalcTimestamp = False


def latin(files: Path, style: str, work: Path) -> TTFont:
    parts = []
    for script in LATIN:
        part = work / f"{script}-{style}.ttf"
        weighing(files / f"inter-{script}-wght-normal.woff2", WEIGHTS[style]).save(part)
        parts.append(str(part))
    font = Merger().merge(parts)
    dated(font, TTFont(parts[0])["head"].modified)
    name(font, "Inter", style)
    return font


def arabic(files: Path, style: str) -> TTFont:
    source = files / f"noto-sans-arabic-arabic-{WEIGHTS[style]}-normal.woff2"
    font = TTFont(source, recalcTimestamp=False)
    font.flavor = None
    keep(font, ARABIC)
    name(font, "Noto Sans Arabic", style)
    return font


def arch() -> TTGlyphPen:
    """The outline of the symposium's arch: one way around outside, the other way inside."""
    pen = TTGlyphPen(None)
    doorway(pen, first=520, last=80, foot=0, spring=400, top=640)
    doorway(pen, first=130, last=470, foot=50, spring=390, top=585)
    return pen


def doorway(pen: TTGlyphPen, *, first: int, last: int, foot: int, spring: int, top: int) -> None:
    pen.moveTo((first, foot))
    pen.lineTo((last, foot))
    pen.lineTo((last, spring))
    pen.qCurveTo((last, top), (300, top))
    pen.qCurveTo((first, top), (first, spring))
    pen.closePath()


def fallback() -> TTFont:
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "arch"])
    builder.setupCharacterMap({0x20: "arch"})
    builder.setupGlyf({".notdef": arch().glyph(), "arch": arch().glyph()})
    builder.setupHorizontalMetrics({".notdef": (600, 80), "arch": (600, 80)})
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({})
    builder.setupOS2(usWeightClass=400, sTypoAscender=800, sTypoDescender=-200, sCapHeight=640)
    builder.setupPost()
    font = builder.font
    name(font, "Symposium Fallback", "Regular")
    table = CmapSubtable.newSubtable(13)  # many characters to one glyph, in a few bytes
    table.platformID, table.platEncID, table.language = 3, 10, 0
    table.cmap = {code: "arch" for part in ALL_UNICODE for code in part}
    font["cmap"] = newTable("cmap")
    font["cmap"].tableVersion = 0
    font["cmap"].tables = [table]
    dated(font, 0)
    return font


def main(inter: Path, noto: Path, target: Path, work: Path) -> None:
    for style in WEIGHTS:
        latin(inter, style, work).save(target / f"inter-{style.lower()}.ttf")
        arabic(noto, style).save(target / f"noto-sans-arabic-{style.lower()}.ttf")
    fallback().save(target / "symposium-fallback.ttf")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
