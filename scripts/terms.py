"""Check that interface texts and guides use the portal's terms, in three languages.

    python -m scripts.terms

It reads the catalogues, the texts of templates, the demonstration's data and the guides for
organisers. It does not read the published abstract of the symposium, a record that nobody edits.
"""

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import polib

PROJECT = Path(__file__).resolve().parent.parent
LANGUAGES = ("fr", "en", "ar")
GUIDES = ("docs/organisers.md", "docs/programme.md", "docs/registration.md")
# Not prose: template tags, HTML tags, code and addresses.
TEMPLATE_TAGS = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}|<[^>]*>", re.DOTALL)
CODE = re.compile(r"```.*?```|`[^`]*`|\]\([^)]*\)|https?://\S+|\S+@\S+", re.DOTALL)

# By language: a pattern that texts must not contain, and its replacement.
RULES = {
    "en": [
        (r"\be-mail", "email"),
        (r"(?<![-/.\w])mails?\b", "email"),
        (r"\b(somebody|anybody|everybody|whoever)\b", "someone, anyone, everyone"),
        (r"\bat the (most|least)\b", "at most, up to, at least"),
        (r"\bweb site", "website"),
        (r"\b(the|this|organisers?[’']?) desk\b", "organiser area"),
        (r"\bat the door\b", "at the entrance, at check-in"),
        (r"\borganiz\w*|\bcolors?\b", "British spelling"),
        (r"\w\(s\)", "a plural, or a label that needs none"),
    ],
    "fr": [
        (r"\bpistes?\b", "axe"),
        (r"\bcertificats?\b", "attestation"),
        (r"\bcourriels?\b|\badresses? électroniques?\b|\bmails?\b(?<!-mail)(?<!-mails)", "e-mail"),
        (r"\b(orateur|oratrice)s?\b", "intervenant"),
        (r"\bbureau des organisateurs\b", "espace des organisateurs"),
        (r"\brendre (votre|sa|la) place\b", "libérer"),
        (r"\w\(s\)", "un accord, ou un libellé qui s’en passe"),
        (r"\w[·•]\w|\w\.e\.s\b", "une forme sans point médian"),
        (r"\w'\w", "l’apostrophe ’"),
    ],
    "ar": [
        (r"مكتب المنظمين", "فضاء المنظمين"),
        (r"شهاد(ة|ات) (ال)?حضور", "شهادة المشاركة"),
        (r"عند الباب", "المدخل"),
        (r"إمكانية الولوج", "الولوجيات"),
        (r"رمز (ال)?استجابة", "رمز QR"),
        (r"للتمثيل", "على سبيل المثال"),
        (r"من قبل[.؟!]", "سبق…"),
    ],
}
# A catalogue's text has no automatic no-break spaces in French, so it must contain them.
CATALOGUE_RULES = {
    "fr": [
        (r" [:;?!»]|« |\u00a0[;?!»]|«\u00a0", "U+00A0 before a colon, U+202F at ; ? ! « »"),
    ]
}


def faults(read: Iterable[tuple[str, str, str]]) -> list[str]:
    """Return one sentence for each wrong term: file, term and replacement.

    `read` yields the file, language and text of each, like `texts()`.
    """
    return [
        f"{where}: “{found}” in “{text.strip()[:70]}”: {better}"
        for where, language, text in read
        for found, better in faults_of(text, language, is_catalogue=where.endswith(".po"))
    ]


def faults_of(text: str, language: str, *, is_catalogue: bool = False) -> list[tuple[str, str]]:
    """Return pairs of a wrong term in the text and its replacement."""
    rules = RULES[language] + (CATALOGUE_RULES.get(language, []) if is_catalogue else [])
    found = ((re.search(pattern, text, re.IGNORECASE), better) for pattern, better in rules)
    return [(match[0], better) for match, better in found if match]


def texts() -> Iterator[tuple[str, str, str]]:
    """Yield the file, language and text of everything that users read."""
    return chain(catalogue_texts(), template_texts(), guide_texts(), data_texts())


def catalogue_texts() -> Iterator[tuple[str, str, str]]:
    for path in sorted(PROJECT.glob("locale/*/LC_MESSAGES/django.po")):
        for entry in polib.pofile(str(path)):
            yield name(path), "en", f"{entry.msgid}\n{entry.msgid_plural}"
            for text in (entry.msgstr, *entry.msgstr_plural.values()):
                yield name(path), path.parent.parent.name, text


def template_texts() -> Iterator[tuple[str, str, str]]:
    for suffix in ("html", "txt"):
        for path in sorted((PROJECT / "templates").rglob(f"*.{suffix}")):
            for line in TEMPLATE_TAGS.sub("\n", path.read_text()).splitlines():
                yield name(path), "en", line


def guide_texts() -> Iterator[tuple[str, str, str]]:
    for guide in GUIDES:
        for line in prose(PROJECT / guide).splitlines():
            yield guide, "en", line


def data_texts() -> Iterator[tuple[str, str, str]]:
    data = PROJECT / "symposium" / "demo" / "data"
    for path in sorted(data.rglob("*.md")):  # practical.fr.md
        for line in prose(path).splitlines():
            yield name(path), path.name.split(".")[-2], line
    for path in sorted(data.glob("*.toml")):
        for language, text in translated(tomllib.loads(path.read_text())):
            yield name(path), language, text


def prose(path: Path) -> str:
    """Return the text of a Markdown file without its code and addresses."""
    return CODE.sub(" ", path.read_text())


def translated(thing) -> Iterator[tuple[str, str]]:
    """Yield the language and text of each translated value of a TOML document."""
    if isinstance(thing, dict):
        for key, value in thing.items():
            if key in LANGUAGES and isinstance(value, str):
                yield key, value
            else:
                yield from translated(value)
    elif isinstance(thing, list):
        for item in thing:
            yield from translated(item)


def name(path: Path) -> str:
    return str(path.relative_to(PROJECT))


def main() -> None:
    found = faults(texts())
    sys.exit("\n".join(dict.fromkeys(found)) if found else 0)


if __name__ == "__main__":
    main()
