"""Reader of the files in `data/`.

In the TOML files a table with languages as keys is a translated field; `day`, `start` and `end` are
in the edition's time zone; other entries are referred to by slug.
"""

import datetime
import functools
import tomllib
from pathlib import Path
from typing import Any

from symposium.core.i18n.localized import LANGUAGES
from symposium.editions.models import Edition

FOLDER = Path(__file__).resolve().parent / "data"
PAGES = ("practical", "accessibility", "privacy", "legal")


@functools.cache
def table(name: str) -> dict:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text())


def fields(entry: dict, *without: str) -> dict:
    """Return model fields of an entry: `title = {fr = …, ar = …}` gives `title_fr`, `title_ar`."""
    found: dict[str, Any] = {}
    for name, value in entry.items():
        if name in without:
            continue
        if isinstance(value, dict):
            found |= {f"{name}_{language}": text for language, text in value.items()}
        else:
            found[name] = value
    return found


def published_text() -> dict[str, str]:
    """Return the abstract of the first edition by language, without the last line, the keywords."""
    files = {language: FOLDER / f"abstract-{language}.txt" for language in LANGUAGES}
    return {
        language: "\n".join(path.read_text().splitlines()[:-1]) for language, path in files.items()
    }


def page(slug: str, folder: str = "") -> dict[str, str]:
    """Return the translated `title` and `body` of a page; the first line of its file is the title.

    A file in `folder` takes precedence over the shared one.
    """
    found: dict[str, str] = {}
    for language in LANGUAGES:
        name = f"{slug}.{language}.md"
        own = FOLDER / "pages" / folder / name
        text = (own if own.exists() else FOLDER / "pages" / name).read_text()
        title, _, body = text.partition("\n")
        found |= {f"title_{language}": title.removeprefix("# "), f"body_{language}": body.strip()}
    return found


def times(edition: Edition, entry: dict) -> dict[str, datetime.datetime]:
    """Return `starts_at` and `ends_at` of an entry, or {} if it has no day."""
    if "day" not in entry:
        return {}
    day = edition.days[entry["day"] - 1]
    start, end = (datetime.time.fromisoformat(entry[name]) for name in ("start", "end"))
    return {
        "starts_at": datetime.datetime.combine(day, start, edition.zone),
        "ends_at": datetime.datetime.combine(day, end, edition.zone),
    }
