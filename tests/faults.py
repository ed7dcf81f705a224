"""Put faults into a copy of the project, one at a time, and report which of them the tests find.

python tests/faults.py [--tests REVISION] [name …]      without a name: every fault

The copy is the last commit; with `--tests`, its tests are from another revision, to compare two
suites by the same faults. The pattern of a fault must match in exactly one file: any other number
is an error. The exit status is 1 if a fault stays undiscovered.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

PROJECT = Path(__file__).resolve().parent.parent
SOURCES = ("config", "symposium", "templates", "static/css", "static/js")
ENDINGS = {".py", ".html", ".css", ".js", ".typ", ".sql", ".txt"}


class Fault(NamedTuple):
    """A pattern, its replacement, and the test modules that should find the fault."""

    name: str
    pattern: str
    replacement: str
    tests: str


FAULTS = [
    # Every public page
    Fault(
        "page without a direction",
        r' dir="\{\{ direction \}\}" data-own',
        " data-own",
        "test_html",
    ),
    Fault(
        "an id twice",
        r'<link rel="manifest" href="',
        '<link rel="manifest" id="content" href="',
        "test_html",
    ),
    Fault(
        "picture without a size",
        r' width="280" height="350"',
        "",
        "test_html",
    ),
    Fault(
        "level of headings left out",
        r'<h3>(?=<a href="\{% url "speakers:detail")',
        "<h5>",
        "test_html",
    ),
    Fault(
        "page without its address",
        r'<link rel="canonical"[^>]*>',
        "",
        "test_html",
    ),
    Fault(
        "locale of another country",
        r"ar_MA",
        "ar_EG",
        "test_html",
    ),
    Fault(
        "draft that is indexed",
        r"\{% if draft or unlisted %\}",
        "{% if draft %}",
        "test_html",
    ),
    Fault(
        "script of another host",
        r'(?=<link rel="manifest")',
        '<script src="https://cdn.example.net/x.js"></script>',
        "test_house",
    ),
    Fault(
        "style with a left side",
        r"\nmain \{\n  flex: 1 0 auto",
        "\nmain {\n  margin-left: 0;\n  flex: 1 0 auto",
        "test_house",
    ),
    Fault(
        "rule without a sentence",
        r'violation_error_message=_\("This name is already used by another keyword."\),',
        "",
        "test_house",
    ),
    Fault(
        "model without a name",
        r'def __str__(?=\(self\) -> str:\n        return f"\{self\.speaker\} · \{self\.session\}")',
        "def name_of",
        "test_house",
    ),
    # In a browser
    Fault(
        "pale words in the light",
        r"--ink-2: #46545e",
        "--ink-2: #9aa5ad",
        "test_accessibility",
    ),
    Fault(
        "dim words in the dark",
        r"(?<=    )--ink-2: #b3c0c7",
        "--ink-2: #4a555b",
        "test_accessibility",
    ),
    Fault(
        "page wider than a phone",
        r"(?=\nmain \{\n  flex: 1 0 auto)",
        ".site-footer { min-inline-size: 25rem; }",
        "test_accessibility",
    ),
    Fault(
        "wider where letters are large",
        r"(?=\nmain \{\n  flex: 1 0 auto)",
        "@media (min-width: 992px) { .site-footer { min-inline-size: 45rem; } }",
        "test_accessibility",
    ),
    Fault(
        "links too close to touch",
        r"(?<=\n\.langs a \{)[^}]*",
        "font-size: 9px; line-height: 1",
        "test_accessibility",
    ),
    Fault(
        "button without a name",
        r'(?<=\n          \{% icon "x-lg" %\})\{% translate "Close" %\}',
        "",
        "test_html",
    ),
    # Cached pages
    Fault(
        "pages of two filters taken for one",
        r"urlencode\(used\)",
        '""',
        "test_page_cache",
    ),
    # The apps
    Fault(
        "a place too many",
        r"held < owner\.places",
        "held <= owner.places",
        "test_places",
    ),
    Fault(
        "last who waits goes first",
        r'order_by\("queue_number", "pk"\)',
        'order_by("-queue_number", "pk")',
        "test_places",
    ),
    Fault(
        "name of somebody who asked for none",
        r"confirmed\(\)\.filter\(is_listed=True, ",
        "confirmed().filter(",
        "test_register test_lists test_erasure",
    ),
    Fault(
        "cell that runs as a formula",
        r"f\"'\{text\}\" if runs else text",
        "text",
        "test_spreadsheet",
    ),
    Fault(
        "change that calendars do not see",
        r'"sequence", session\.sequence',
        '"sequence", 0',
        "test_ical",
    ),
    Fault(
        "authors joined by another sign",
        r'join_names\(names, ", & "\)',
        'join_names(names, ", ")',
        "test_citation",
    ),
    Fault(
        "harvester not told of deletions",
        r'deletedRecord\("persistent"\)',
        'deletedRecord("no")',
        "test_oai test_harvest",
    ),
    Fault(
        "guesses without end",
        r"timedelta\(minutes=10\): 5\b",
        "timedelta(minutes=10): 500",
        "test_guesses",
    ),
    Fault(
        "abstract of a draft session",
        r"(?<=PUBLISHED = )NOT_IN_DRAFT_SESSION & ",
        "",
        "test_models test_published test_record",
    ),
    Fault(
        "ticket of another edition",
        r"if registration\.edition_id != edition\.pk:(?=\n +return Reason)",
        "if False:",
        "test_checkin",
    ),
    Fault(
        "organiser who is erased",
        r"if user\.is_staff or (?=user\.is_superuser:\n +raise Refused)",
        "if ",
        "test_erasure",
    ),
    Fault(
        "link that takes in the next word",
        r"sorted\(links, key=len, reverse=True\)",
        "sorted(links)",
        "test_mail",
    ),
]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--tests", metavar="REVISION", help="the revision whose tests are run")
    parser.add_argument("names", nargs="*", metavar="name", help="faults, by a part of their names")
    asked = parser.parse_args()
    chosen = [f for f in FAULTS if not asked.names or any(name in f.name for name in asked.names)]
    missed = 0
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        copy = Path(folder) / "project"
        run("git", "worktree", "add", "--detach", "--quiet", str(copy), "HEAD", cwd=PROJECT)
        try:
            if asked.tests:
                shutil.rmtree(copy / "tests")
                run("git", "checkout", "--quiet", asked.tests, "--", "tests", cwd=copy)
            print(f"{'fault':40} {'seconds':>7}  found by", flush=True)
            for fault in chosen:
                started = time.monotonic()
                finder = found_by(fault, copy)
                missed += finder is None
                seconds = time.monotonic() - started
                print(f"{fault.name:40} {seconds:7.1f}  {finder or 'NOTHING'}", flush=True)
        finally:
            run("git", "worktree", "remove", "--force", str(copy), cwd=PROJECT)
    print(f"{len(chosen) - missed} of {len(chosen)} faults found")
    return bool(missed)


def found_by(fault: Fault, copy: Path) -> str | None:
    """Return the first test that fails with the fault in the copy, or None; restore the copy."""
    path, text = place(fault, copy)
    path.write_text(re.sub(fault.pattern, fault.replacement, text))
    try:
        arguments = ["-q", "-x", "--no-header", "-p", "no:cacheprovider", *modules(fault, copy)]
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *arguments],
            cwd=copy, capture_output=True, text=True, check=False,
        )  # fmt: skip
    finally:
        path.write_text(text)
    if done.returncode not in (0, 1):
        sys.exit(f"The tests could not run with the fault “{fault.name}”:\n{done.stdout}")
    failed = re.search(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
    return failed[1] if failed else None


def place(fault: Fault, copy: Path) -> tuple[Path, str]:
    """Return the only file that contains the pattern, and its text; exit unless there is one."""
    files = [p for part in SOURCES for p in (copy / part).rglob("*") if p.suffix in ENDINGS]
    found = [(path, text) for path in files if re.search(fault.pattern, text := path.read_text())]
    if len(found) != 1:
        where = ", ".join(str(path.relative_to(copy)) for path, _ in found) or "nowhere"
        sys.exit(f"The fault “{fault.name}” has its place in one file, not in: {where}")
    return found[0]


def modules(fault: Fault, copy: Path) -> list[str]:
    return [
        str(path.relative_to(copy))
        for name in fault.tests.split()
        for path in sorted((copy / "tests").rglob(f"{name}.py"))
    ]


def run(*command: str, cwd: Path) -> None:
    subprocess.run(command, cwd=cwd, check=True)


if __name__ == "__main__":
    sys.exit(main())
