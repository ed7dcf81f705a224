"""Make the fonts of PDFs: vendor.py runs this script, with the tools that it installs.

- Inter is complete, unlike the subsets on the pages.
- DejaVu Sans has the characters that Inter lacks: Tifinagh, Hebrew, relations, arrows and others.
- “Noto Sans CJK” has the common Chinese and Japanese characters of the national standards and the
  common Korean syllables, in one weight.
- Noto Sans Arabic is release 2.004: later ones draw a letter and its dots separately, so that a
  name copied from the PDF in Chrome or Firefox has its letters twice.
- “Symposium Fallback” has one glyph, an empty arch, for all characters that the others lack (most
  emoji): PDF/UA-1 allows no missing glyph, and a name must never prevent a ticket.
"""

import sys
from collections.abc import Iterable
from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.merge import Merger
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter, parse_unicodes
from fontTools.ttLib import TTFont, newTable
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable

WEIGHTS = {"Regular": 400, "Bold": 700}
# Without Inter's calt, which draws “->” as an arrow and “3x9” as a product: texts stay as typed.
FEATURES = ["kern", "ccmp", "locl", "mark", "mkmk", "tnum"]
ARABIC = set(
    parse_unicodes(
        "0020-0040,005B-0060,007B-007E,00A0,00AB,00BB,0600-06FF,0750-077F,200C-200D,2010-2014,"
        "2026,202F,25CC,FD3E,FD3F,FDF2,FDFA,FDFC,FDFD"
    )
)
ARABIC_SCRIPT = set(parse_unicodes("0600-06FF,0750-077F,08A0-08FF,FB50-FDFF,FE70-FEFE"))
GAMES = set(parse_unicodes("1D300-1D35F,1F000-1F0FF,4DC0-4DFF"))  # dominoes, cards, hexagrams
FIRST = {"gb2312": 0xA1, "big5": 0xA4, "euc_jp": 0xA1, "euc_kr": 0xB0}
LAST = {"gb2312": 0xF7, "big5": 0xC6, "euc_jp": 0xCF, "euc_kr": 0xC8}  # the common characters
ALL_UNICODE = [range(0x20, 0xD800), range(0xE000, 0xFFFE), range(0x10000, 0xF0000)]


def opened(source: Path) -> TTFont:
    font = TTFont(source, recalcTimestamp=False)
    font.flavor = None
    return font


def keep(font: TTFont, characters: Iterable[int], features: list[str]) -> None:
    options = Options(
        layout_features=features, notdef_outline=True, recalc_timestamp=False, hinting=False
    )
    options.drop_tables += ["FFTM", "STAT", "BASE", "vhea", "vmtx"]
    options.drop_tables += [] if features else ["GSUB", "GPOS", "GDEF"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)


def name(font: TTFont, family: str, style: str) -> None:
    """Set the names shown in a PDF, and the flags of a bold font, which an instance lacks."""
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
    """Set a fixed date, so that each run writes the same bytes."""
    font["head"].created = font["head"].modified = moment
    font.recalcTimestamp = False


def latin(package: Path, style: str) -> TTFont:
    font = opened(package / "web" / f"Inter-{style}.woff2")
    keep(font, font.getBestCmap(), FEATURES)
    name(font, "Inter", style)
    return font


def signs(package: Path, style: str, known: set[int]) -> TTFont:
    """Return the glyphs that are not `known`, without Arabic, which has its own font."""
    font = opened(package / "ttf" / f"DejaVuSans{'-Bold' if style == 'Bold' else ''}.ttf")
    keep(font, set(font.getBestCmap()) - known - ARABIC_SCRIPT - GAMES, FEATURES)
    name(font, "DejaVu Sans", style)
    return font


def arabic(package: Path, style: str) -> TTFont:
    font = opened(package / "files" / f"noto-sans-arabic-arabic-{WEIGHTS[style]}-normal.woff2")
    keep(font, ARABIC, ["*"])
    name(font, "Noto Sans Arabic", style)
    return font


def usual(codec: str) -> set[int]:
    """Return the characters with two bytes in the common rows of a national standard."""
    found: set[int] = set()
    for first in range(FIRST[codec], LAST[codec] + 1):
        for second in range(0x40, 0xFF):
            text = bytes([first, second]).decode(codec, "ignore")
            found.update(map(ord, text) if len(text) == 1 else ())
    return found


def east_asian(packages: list[Path], known: set[int], work: Path) -> TTFont:
    """Return one font merged from the parts on npm; the first part with a character is used."""
    wanted = set().union(*map(usual, FIRST)) - known
    parts: list[str] = []
    for source in (path for package in packages for path in numbered(package)):
        font = opened(source)
        if found := wanted & set(font.getBestCmap()):
            wanted -= found
            keep(font, found, [])
            parts.append(str(work / f"{len(parts)}.ttf"))
            font.save(parts[-1])
    font = Merger().merge(parts)
    dated(font, TTFont(parts[0])["head"].modified)
    name(font, "Noto Sans CJK", "Regular")
    return font


def numbered(package: Path) -> list[Path]:
    return sorted((package / "files").glob("*-[0-9]*-400-normal.woff2"))


def arch() -> TTGlyphPen:
    """Return the outline of the symposium's arch: outer and inner path have opposite directions."""
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
    table = CmapSubtable.newSubtable(13)  # format 13: many characters to one glyph, in a few bytes
    table.platformID, table.platEncID, table.language = 3, 10, 0
    table.cmap = {code: "arch" for part in ALL_UNICODE for code in part}
    font["cmap"] = newTable("cmap")
    font["cmap"].tableVersion = 0
    font["cmap"].tables = [table]
    dated(font, 0)
    return font


def main(inter: Path, dejavu: Path, noto: Path, chinese: Path, korean: Path, *rest: Path) -> None:
    target, work = rest
    for style in WEIGHTS:
        made = latin(inter, style)
        known = set(made.getBestCmap())
        made.save(target / f"inter-{style.lower()}.ttf")
        made = signs(dejavu, style, known)
        known |= set(made.getBestCmap())
        made.save(target / f"dejavu-sans-{style.lower()}.ttf")
        arabic(noto, style).save(target / f"noto-sans-arabic-{style.lower()}.ttf")
    east_asian([chinese, korean], known, work).save(target / "noto-sans-cjk-regular.ttf")
    fallback().save(target / "symposium-fallback.ttf")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
