"""Run every check, whatever fails, and say at the end what failed.

python -m scripts.suite [step …]      without a name: all of them
"""

import os
import subprocess
import sys
import time

from scripts.venv import PROJECT

SUMMARY = PROJECT / "var" / "suite.txt"
# What manage.py needs to start without a database or a secret: these checks open neither.
CHECKED = {
    "DEMO": "1",
    "SECRET_KEY": "checks",
    "DATABASE_URL": "postgres://nobody@/nothing?host=/nowhere",
}
PYTEST = ["-m", "pytest", "-n", "auto", "--durations=10", *os.environ.get("ARGS", "").split()]
STEPS = {
    "layout": ["-m", "ruff", "format", "--check"],
    "code": ["-m", "ruff", "check"],
    "templates": ["-m", "djlint", "--lint", "--quiet", "templates"],
    "compilation": ["-m", "compileall", "-q", "config", "scripts", "symposium", "tests"],
    "catalogues": ["-m", "scripts.catalogues", "--check"],
    "settings": ["manage.py", "check", "--fail-level", "WARNING"],
    "migrations": ["manage.py", "makemigrations", "--check", "--dry-run"],
    "tests": PYTEST,
}


def main(names: list[str]) -> int:
    started = time.monotonic()
    results = {name: run(name, number, len(names)) for number, name in enumerate(names, 1)}
    failed = [name for name, passed in results.items() if not passed]
    elapsed = f"{time.monotonic() - started:.1f}s"
    summary = f"==== {len(names)} steps passed in {elapsed} ===="
    if failed:
        counts = f"{len(failed)} failed, {len(names) - len(failed)} passed"
        summary = f"==== FAILED: {', '.join(failed)} — {counts} in {elapsed} ===="
    print(f"\n{summary}", flush=True)
    SUMMARY.parent.mkdir(exist_ok=True)
    SUMMARY.write_text(f"{summary}\n")  # .ci/run repeats it after make's own last line
    return bool(failed)


def run(name: str, number: int, total: int) -> bool:
    command = STEPS[name]
    print(f"\n==== {number}/{total} {name}: {' '.join(command)}", flush=True)
    started = time.monotonic()
    environment = {**os.environ, **(CHECKED if command[0] == "manage.py" else {})}
    code = subprocess.run(
        [sys.executable, "-W", "ignore::SyntaxWarning", *command],
        cwd=PROJECT, env=environment, check=False,
    ).returncode  # fmt: skip
    word = "passed" if code == 0 else f"FAILED (exit {code})"
    print(f"---- {name} {word} in {time.monotonic() - started:.1f}s", flush=True)
    return code == 0


if __name__ == "__main__":
    names = sys.argv[1:] or list(STEPS)
    try:
        sys.exit(main(names))
    except KeyboardInterrupt:
        sys.exit("\nStopped.")
