"""Compile the translation catalogues without GNU gettext.

    python scripts/catalogues.py [--check]

With --check it also fails if a catalogue is incomplete.
"""

import re
import sys
from pathlib import Path

import polib

PROJECT = Path(__file__).resolve().parent.parent


def compile_all(folder: Path = PROJECT) -> int:
    """Write the .mo file of each newer .po file; return the number written."""
    stale = [po for po in catalogues(folder) if not fresh(po)]
    for po in stale:
        unfinished = po.with_suffix(".mo.unfinished")
        polib.pofile(str(po)).save_as_mofile(str(unfinished))
        unfinished.replace(po.with_suffix(".mo"))
    return len(stale)


def catalogues(folder: Path) -> list[Path]:
    return sorted(folder.glob("locale/*/LC_MESSAGES/*.po"))


def fresh(po: Path) -> bool:
    mo = po.with_suffix(".mo")
    return mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime


def faults(po: Path) -> list[str]:
    """Return a sentence for each message that is fuzzy, untranslated or has other placeholders."""
    found = []
    for entry in polib.pofile(str(po)):
        if entry.obsolete:
            continue
        where = f"{po.relative_to(PROJECT)}:{entry.linenum}: {entry.msgid[:60]!r}"
        if entry.fuzzy:
            found.append(f"{where} is fuzzy")
        elif not entry.translated():
            found.append(f"{where} is not translated")
        elif not entry.msgid_plural and placeholders(entry.msgid) != placeholders(entry.msgstr):
            found.append(f"{where} loses or changes a placeholder")
    return found


def placeholders(message: str) -> list[str]:
    return sorted(re.findall(r"%\(\w+\)[sd]|%[sd]|\{\w*\}", message))


def main() -> None:
    written = compile_all()
    print(f"{len(catalogues(PROJECT))} catalogues, {written} compiled")
    if "--check" in sys.argv:
        found = [fault for po in catalogues(PROJECT) for fault in faults(po)]
        sys.exit("\n".join(found) if found else 0)


if __name__ == "__main__":
    main()
