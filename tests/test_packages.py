"""Dependencies are listed, locked and, if the repository has a copy of one, named in NOTICE."""

import ast
import re
import sys
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
OURS = {"config", "scripts", "symposium", "tests"}
DEMO = ["demo", "serve", "venv", "catalogues", "embedded_postgres"]  # the scripts of `make demo`
# The tools of `make vendor`, which installs them separately.
ASIDE = {"scripts/pdf_fonts.py"}
AXE = PROJECT / "tests" / "browser" / "vendor"
COPIES = [
    PROJECT / "static" / "vendor",
    PROJECT / "symposium" / "core" / "documents" / "fonts",
    AXE,
]
SCRIPT = PROJECT / "scripts" / "vendor.py"
SCANNER = PROJECT / "static" / "vendor" / "barcode-detector" / "barcode-detector.js"


@cache
def all_providers() -> dict[str, list[str]]:
    """Return the distributions that provide each module."""
    return packages_distributions()


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(file: str) -> dict[str, str]:
    """Return the versions of the packages in a file and in the files it includes."""
    text = (PROJECT / file).read_text()
    found = re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==([^\s;]+)", text, re.MULTILINE)
    named = {canonical(name): version for name, version in found}
    for included in re.findall(r"^-r (\S+)", text, re.MULTILINE):
        named |= pins(included)
    return named


def imported(path: Path) -> set[str]:
    tree = ast.walk(ast.parse(path.read_text()))
    names = set()
    for node in tree:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module)
    return {name.partition(".")[0] for name in names} - OURS - sys.stdlib_module_names


def python_files(place: Path) -> list[Path]:
    return [place] if place.is_file() else list(place.rglob("*.py"))


@pytest.mark.parametrize(
    ("requirements", "folders"),
    [
        ("requirements.txt", ["symposium", "config"]),
        ("requirements-demo.txt", [f"scripts/{name}.py" for name in DEMO]),
        ("requirements-dev.txt", ["scripts", "tests"]),
    ],
)
def test_every_imported_package_is_in_requirements(requirements, folders):
    """A package installed only as a dependency of another may disappear with a new version."""
    named, providers = pins(requirements), all_providers()
    missing = {
        f"{path.relative_to(PROJECT)} imports {module}"
        for folder in folders
        for path in python_files(PROJECT / folder)
        if str(path.relative_to(PROJECT)) not in ASIDE
        for module in imported(path)
        if not any(canonical(name) in named for name in providers.get(module, []))
    }
    assert missing == set()


@pytest.mark.parametrize("requirements", sorted(PROJECT.glob("requirements*.txt")), ids=str)
def test_lock_file_matches_requirements(requirements):
    """If it fails: run `make lock`."""
    named, locked = pins(requirements.name), pins(requirements.with_suffix(".lock").name)
    assert {name: locked.get(name) for name in named} == named


@pytest.mark.parametrize("lock", sorted(PROJECT.glob("requirements*.lock")), ids=str)
def test_lock_file_has_hashes_and_no_url(lock):
    text = lock.read_text()
    entries = re.findall(r"^\S+==.*?(?=^\S|\Z)", text, re.MULTILINE | re.DOTALL)
    assert {canonical(entry.partition("==")[0]) for entry in entries} == set(pins(lock.name))
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert re.findall(r"^--.*|\S*://\S*", text, re.MULTILINE) == []


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-demo.lock"])
def test_development_lock_has_the_production_versions(lock):
    """After `make dev`, `make demo` has nothing to install."""
    running, all_of_them = pins(lock), pins("requirements-dev.lock")
    assert {name: all_of_them.get(name) for name in running} == running


def test_notice_lists_every_bundled_file():
    kept = {path for folder in COPIES for path in folder.rglob("*") if path.is_file()}
    icons = PROJECT / "static" / "img"
    kept |= {icons / "icons.svg", icons / "icons.LICENSE.txt"}
    notice = (PROJECT / "NOTICE").read_text()
    named = re.findall(r"^  (\S+)$", notice, re.MULTILINE)
    assert sorted(named) == sorted(str(path.relative_to(PROJECT)) for path in kept)


def test_notice_lists_bundled_versions():
    """`make vendor` names some versions; the other files give theirs in their first lines."""
    fetched = re.findall(r'^[A-Z_]+ = "(\S+@\S+)"', SCRIPT.read_text(), re.MULTILINE)
    [axe] = re.findall(r"^/\*! axe v(\S+)", (AXE / "axe.min.js").read_text()[:100])
    [reader] = re.findall(r"zxing-wasm@[\d.]*\d", SCANNER.read_text())
    notice = (PROJECT / "NOTICE").read_text()
    named = re.findall(r"[@\w/-]+@[\d.]*\d", notice)
    icons = "bootstrap-icons@1.13.2"
    assert sorted(named) == sorted([*fetched, f"axe-core@{axe}", reader, icons])
