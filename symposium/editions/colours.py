"""Colours of an edition: from one or two that an organiser picks, all the others are computed.

Each picked colour replaces a family of `portal.css`: `main` the sea, `accent` the terracotta. White
text stands on it, so its contrast with white is 4.5 at least (WCAG 2.2, 1.4.3). The other shades
are moved towards black or white until their texts have as much.

Colours are six hexadecimal digits after “#”, in lower case.
"""

import hashlib
import re
from functools import lru_cache

from django.templatetags.static import static

COLOUR = re.compile(r"#[0-9a-f]{6}")
MIN_CONTRAST = 4.5
STEP = 0.02
WHITE, BLACK = "#ffffff", "#000000"
# What texts stand on, in `portal.css`: the lightest and the darkest of each theme.
LIGHT_PAPERS, DARK_PAPERS = (WHITE, "#e6dac6"), ("#0c1920", "#2a3d48")
MAIN, ACCENT = "sea", "terra"
STANDARD = {MAIN: "#0a4a70", ACCENT: "#ad4225"}
PRINTED = ("sea-fill", "sea-deep", "terra", "terra-fill")  # names in `_symposium.typ` and mails
# The tile of an edition: the file in static/img. The star is that of `portal.css`.
TILES = {
    "square": "tile-square.svg",
    "arch": "tile-arch.svg",
    "diamond": "tile-diamond-light.svg",
    "disc": "tile-disc.svg",
}
DARK = (
    "@media(prefers-color-scheme:dark){{:root:not([data-bs-theme=light]){{{0}}}}}"
    ":root[data-bs-theme=dark]{{{0}}}"
)


def channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def luminance(colour: str) -> float:
    """Return the relative luminance of WCAG 2.2, from 0 (black) to 1 (white)."""
    parts = [channel / 255 for channel in channels(colour)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2.2, from 1 to 21."""
    darker, lighter = sorted([luminance(one), luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


def mixed(colour: str, other: str, share: float) -> str:
    """Return `colour` with `share` (0 to 1) of `other`."""
    pairs = zip(channels(colour), channels(other), strict=True)
    return "#" + "".join(f"{round(one + (two - one) * share):02x}" for one, two in pairs)


def moved(colour: str, towards: str, papers: tuple[str, ...], least: float = MIN_CONTRAST) -> str:
    """Return the shade nearest to `colour`, towards black or white, with contrast on `papers`."""
    share, shade = 0.0, colour
    while share < 1 and min(contrast(shade, paper) for paper in papers) < least:
        share += STEP
        shade = mixed(colour, towards, min(share, 1))
    return shade


def nearest_allowed(colour: str) -> str:
    """Return the shade nearest to `colour` on which white text can be read."""
    return moved(colour, BLACK, (WHITE,))


def is_readable(colour: str) -> bool:
    return contrast(colour, WHITE) >= MIN_CONTRAST


def light_family(colour: str) -> dict[str, str]:
    """Return the shades of a picked colour in the light theme, by the end of their names."""
    tint = mixed(colour, WHITE, 0.9)
    deep = mixed(colour, BLACK, 0.36)
    return {
        "": moved(colour, BLACK, (*LIGHT_PAPERS, tint)),
        "-fill": colour,
        "-deep": deep,
        "-tint": tint,
    }


def dark_family(colour: str) -> dict[str, str]:
    """Return the shades in the dark theme: a lighter text, and a surface seen on dark paper."""
    fill = moved(colour, WHITE, (DARK_PAPERS[0],), 1.8)
    tint = mixed(fill, DARK_PAPERS[0], 0.75)
    return {
        "": moved(colour, WHITE, (*DARK_PAPERS, tint), 5),
        "-fill": fill,
        "-deep": mixed(fill, BLACK, 0.4),
        "-tint": tint,
    }


def tokens(main: str, accent: str, *, dark: bool) -> dict[str, str]:
    """Return the custom properties of `portal.css` that change, without their dashes, by name."""
    found: dict[str, str] = {}
    for name, colour in ((MAIN, main), (ACCENT, accent)):
        if colour:
            family = dark_family(colour) if dark else light_family(colour)
            found |= {f"{name}{end}": shade for end, shade in family.items()}
    if main:
        found["on-sea-2"] = moved(found["sea-deep"], WHITE, (found["sea-deep"],), 7)
        if not dark:
            found["focus"] = found["sea"]
    return found


def arches(main: str, accent: str) -> dict[str, str]:
    """Return the colours of the first two of the five arches, which are green and amber else."""
    if not (main or accent):
        return {}
    main, accent = main or STANDARD[MAIN], accent or STANDARD[ACCENT]
    return {"arch-1": mixed(accent, BLACK, 0.3), "arch-2": mixed(main, WHITE, 0.3)}


def declarations(values: dict[str, str]) -> str:
    return ";".join(f"--{name}:{value}" for name, value in values.items())


@lru_cache(maxsize=64)
def style_sheet(main: str, accent: str, tile: str) -> str:
    """Return the style sheet that gives `portal.css` an edition's colours and tile, or ""."""
    light = tokens(main, accent, dark=False) | arches(main, accent)
    if tile in TILES:
        address = static(f"img/{TILES[tile]}")
        light |= {"zellige": f'url("{address}")', "arch-tile": f'url("{address}")'}
    if not light:
        return ""
    dark = tokens(main, accent, dark=True)
    return f":root{{{declarations(light)}}}" + (DARK.format(declarations(dark)) if dark else "")


def digest(sheet: str) -> str:
    return hashlib.sha256(sheet.encode()).hexdigest()[:8]
