"""House rules that a machine can check; the docs and `architecture.md` give their reasons."""

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models
from django.template.utils import get_app_template_dirs
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise

from scripts import catalogues
from symposium.core.mail import PARTS
from tests.factories import (
    make_abstract,
    make_author,
    make_edition,
    make_keyword,
    make_main_abstract,
    make_page,
    make_participation,
    make_resource,
    make_room,
    make_session,
    make_speaker,
    make_track,
)

PROJECT = Path(__file__).resolve().parent.parent
CODE = [path for part in ("symposium", "config") for path in (PROJECT / part).rglob("*.py")]
TEMPLATES = sorted(path for path in (PROJECT / "templates").rglob("*.*") if path.is_file())
STYLES = sorted((PROJECT / "static" / "css").glob("*.css"))
SCRIPTS = sorted((PROJECT / "static" / "js").glob("*.js"))
# Each folder may import those before it, and none after it.
LEVELS = [
    "core", "accounts", "editions", "speakers", "sessions", "abstracts", "search", "registrations",
    "agenda", "privacy", "spreadsheets", "tasks", "website", "demo",
]  # fmt: skip
TRANSLATED = ["fr", "ar"]
MODELS = [
    model
    for config in apps.get_app_configs()
    if config.name.startswith("symposium.")
    for model in config.get_models()
    if not hasattr(model, "history_date")
]


def named(path: Path) -> str:
    return str(path.relative_to(PROJECT))


def bare(css: str) -> str:
    return re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)


# Python


def level(path: Path) -> int:
    """Return the position of a module's folder in LEVELS."""
    return LEVELS.index(path.relative_to(PROJECT).parts[1])


def imports(path: Path) -> list[str]:
    """Return the full names of the project's modules that a file imports."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{named(path)} has a relative import"
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return [name for name in found if name.startswith("symposium.")]


def test_imports_follow_the_layer_order():
    backwards = [
        f"{named(path)} imports {name}"
        for path in (PROJECT / "symposium").glob("*/**/*.py")
        for name in imports(path)
        if (part := name.split(".")[1]) in LEVELS and LEVELS.index(part) > level(path)
    ]
    assert backwards == []


def test_every_folder_has_a_layer():
    assert {path.parent.name for path in (PROJECT / "symposium").glob("*/*.py")} == set(LEVELS)


def test_every_module_is_in_a_folder():
    assert [path.name for path in (PROJECT / "symposium").glob("*.py")] == ["__init__.py"]


def test_configuration_imports_no_app_outside_urls():
    imported = {
        (path.name, name.split(".")[1])
        for path in (PROJECT / "config").rglob("*.py")
        for name in imports(path)
        if path.name != "urls.py"
    }
    assert imported == set()


def test_imports_are_at_module_level():
    """Exception: `ready()`, where Django requires it."""
    hidden = [
        f"{named(path)}:{node.lineno}"
        for path in CODE
        if path.name != "apps.py"
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert hidden == []


def test_module_names_are_not_generic():
    drawers = {"utils", "util", "helpers", "helper", "common", "services", "service", "misc"}
    everything = [*CODE, *(PROJECT / "scripts").glob("*.py")]
    assert [named(path) for path in everything if {path.stem, *path.parts} & drawers] == []


# Models


def test_model_has_str_and_verbose_names():
    silent = [
        model.__name__
        for model in MODELS
        if model.__str__ is models.Model.__str__
        or not isinstance(model._meta.verbose_name, Promise)
        or not isinstance(model._meta.verbose_name_plural, Promise)
    ]
    assert silent == []


def constraints():
    """Return every constraint that a person may violate; those on the primary key never are."""
    return [
        constraint
        for model in MODELS
        for constraint in model._meta.constraints
        if "id" not in getattr(constraint, "fields", [])
    ]


def test_constraint_has_its_own_message():
    default = models.BaseConstraint.default_violation_error_message
    messages = {one.name: one.violation_error_message for one in constraints()}
    assert [
        name
        for name, message in messages.items()
        if message == default or not isinstance(message, Promise)
    ] == []


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


# Languages


def catalogue(language: str) -> Path:
    path = PROJECT / "locale" / language / "LC_MESSAGES" / "django.po"
    assert path.exists(), f"{named(path)} is missing"
    return path


def messages(po: Path) -> set[tuple]:
    entries = (entry for entry in polib.pofile(str(po)) if not entry.obsolete)
    return {(entry.msgctxt, entry.msgid, entry.msgid_plural) for entry in entries}


@pytest.mark.parametrize("language", TRANSLATED)
def test_catalogue_is_complete(language):
    assert catalogues.faults(catalogue(language)) == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_catalogue_translates_every_constraint_and_model(language):
    translated = polib.pofile(str(catalogue(language))).translated_entries()
    known = {entry.msgid for entry in translated}
    with translation.override(None):
        said = [str(constraint.violation_error_message) for constraint in constraints()]
        called = [str(model._meta.verbose_name) for model in MODELS]
        called += [str(model._meta.verbose_name_plural) for model in MODELS]
    assert sorted({*said, *called} - known) == []


@pytest.mark.skipif(not shutil.which("xgettext"), reason="needs GNU gettext")
def test_catalogues_follow_the_source(tmp_path):
    for part in ("symposium", "config", "templates"):
        shutil.copytree(PROJECT / part, tmp_path / part)
    (tmp_path / "locale").mkdir()
    locales = [f"--locale={language}" for language in TRANSLATED]
    subprocess.run(
        [sys.executable, "-m", "django", "makemessages", *locales, "--verbosity=0"],
        cwd=tmp_path, env={"PATH": "/usr/local/bin:/usr/bin:/bin"}, check=True,
    )  # fmt: skip
    astray = {}
    for language in TRANSLATED:
        gathered = tmp_path / "locale" / language / "LC_MESSAGES" / "django.po"
        astray[language] = messages(gathered) ^ messages(catalogue(language))
    assert astray == {language: set() for language in TRANSLATED}, "run `make messages`"


# Templates


MAIL_PARTS = {f"mail/parts/{name}.{kind}" for name in PARTS for kind in ("txt", "html")}


def test_every_template_is_used():
    """Used by a view or another template, by Django for errors, or instead of a package's own."""
    sources = "".join(path.read_text() for path in [*CODE, *TEMPLATES])
    called = set(re.findall(r"[\"']([\w./-]+\.(?:html|txt|xml|js|typ))[\"']", sources))
    ours = PROJECT / "templates"
    packages = [folder for folder in get_app_template_dirs("templates") if folder != ours]
    unused = [
        name
        for name in (str(path.relative_to(ours)) for path in TEMPLATES)
        if name not in called
        and not is_mail(name, sources)
        and name not in MAIL_PARTS
        and not re.fullmatch(r"(40[034]|429|500|403_csrf)\.html", name)
        and not any((folder / of_all_models(name)).exists() for folder in packages)
        and not name.startswith("django/forms/")
    ]
    assert unused == []


def of_all_models(name: str) -> str:
    """Return the name of the admin's template that a template of one model stands for."""
    return re.sub(r"^admin/symposium_\w+/\w+/", "admin/", name)


def is_mail(name: str, sources: str) -> bool:
    """Return whether a template is a mail, whose name stands once for its subject and body.

    The name is a full path, or without its folder, as `notices.send_to` takes it.
    """
    mail = re.fullmatch(r"(?:registrations/email/)?(.+)_(?:subject|body)\.txt", name)
    return bool(mail) and re.search(rf'["/]{mail[1]}"', sources) is not None


@pytest.mark.parametrize(
    "forbidden",
    [
        r"\sstyle\s*=",
        r"<style\b",
        r"\son[a-z]+\s*=\s*[\"']",
        r"javascript:",
        r"<script(?![^>]*\b(?:src=|type=\"application/(?:ld\+)?json\"))[^>]*>",
        r"\|\s*safe\b",
        r"{%\s*autoescape off",
    ],
)
def test_templates_comply_with_the_security_policy(forbidden):
    pages = [path for path in TEMPLATES if path.suffix in {".html", ".svg", ".xml"}]
    found = [
        f"{named(path)}: {match[0].strip()}"
        for path in pages
        for match in re.finditer(forbidden, path.read_text())
    ]
    assert found == []


# Allowed hosts: vocabularies, and links that a reader chooses to follow.
HOSTS = {
    "www.w3.org",
    "schema.org",
    "wa.me",
    "orcid.org",
    "doi.org",
    "creativecommons.org",
    "www.openarchives.org",
    "datacite.org",
    "purl.org",
}


def test_sources_reference_no_other_host():
    host = re.compile(r"(?:https?:)?//([a-z0-9-]+(?:\.[a-z0-9-]+)+)")
    others = {
        named(path): set(host.findall(path.read_text())) - HOSTS
        for path in [*TEMPLATES, *STYLES, *SCRIPTS]
    }
    assert {name: hosts for name, hosts in others.items() if hosts} == {}


# Styles

PHYSICAL = (
    r"(?<![\w-])(?:"
    r"(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right)[\w-]*\s*:"
    r"|(?:left|right)\s*:"
    r"|border-(?:top|bottom)-(?:left|right)-radius"
    r"|(?:text-align|float|clear)\s*:\s*(?:left|right)"
    r")"
)
COLOUR = r"#[0-9a-fA-F]{3,8}\b"
BLACK_AND_WHITE = {"#fff", "#000"}
# Greys of the printed page, which has no dark mode.
PRINTED = {"#b9b1a3", "#eee"}


def test_stylesheets_use_logical_properties_only():
    """Mail programs know no logical properties: there, both sides may be padded alike."""
    alike = r"padding-left: ([^;}]+);\s*padding-right: \1(?=[;}])"
    assert [
        f"{named(path)}: {physical}"
        for path in STYLES
        for physical in re.findall(PHYSICAL, re.sub(alike, "", bare(path.read_text())))
    ] == []


def test_stylesheet_colours_are_design_tokens():
    css = bare((PROJECT / "static" / "css" / "portal.css").read_text())
    blocks = re.findall(r"([^{}]+)\{([^{}]*)\}", css)
    tokens, used = (
        {colour for name, body in blocks if (":root" in name) is wanted
         for colour in re.findall(COLOUR, body)}
        for wanted in (True, False)
    )  # fmt: skip
    assert used - tokens - BLACK_AND_WHITE - PRINTED == set()


# Addresses

ADDRESSES = {
    "editions:home": ["2021"],
    "editions:page": ["2021", "acces"],
    "abstracts:main": ["2021"],
    "abstracts:list": ["2021"],
    "abstracts:detail": ["2021", "ville"],
    "abstracts:keywords": ["2021"],
    "abstracts:keyword": ["2021", "resilience"],
    "search:results": ["2021"],
    "sessions:programme": ["2021"],
    "sessions:detail": ["2021", "mobilites"],
    "sessions:room": ["2021", "auditorium"],
    "speakers:list": ["2021"],
    "speakers:detail": ["2021", "salma-medina"],
}


@pytest.fixture
def symposium(db):
    """Create an edition with one object of each kind that has an address."""
    edition = make_edition("2021", is_current=True)
    make_page(edition, slug="acces")
    session = make_session(
        edition, slug="mobilites", track=make_track(edition),
        room=make_room(edition, slug="auditorium"),
    )  # fmt: skip
    speaker = make_speaker(edition, slug="salma-medina")
    make_participation(session, speaker)
    make_resource(session)
    abstract = make_abstract(session=session, slug="ville")
    make_author(abstract, speaker=speaker)
    make_keyword(abstract, slug="resilience")
    make_main_abstract(edition)


@pytest.mark.usefixtures("symposium")
@pytest.mark.parametrize(("language", "direction"), [("fr", "ltr"), ("en", "ltr"), ("ar", "rtl")])
def test_url_without_edition_is_shown_in_its_language(client, language, direction):
    with translation.override(language):
        addresses = {name: reverse(name, args=args) for name, args in ADDRESSES.items()}
    for name, address in addresses.items():
        answer = client.get(address)
        assert answer.status_code == 200, name
        [html] = re.findall(r"<html\b[^>]*>", answer.content.decode())
        assert re.findall(r' (?:lang|dir)="(\w+)"', html) == [language, direction], name
        assert address.startswith(f"/{language}/2021/"), name
        assert answer.cookies == {}, name
