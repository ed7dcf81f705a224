"""Run every check, even after a failure, and list the failed ones at the end.

python -m scripts.suite [step …]      without a name: all of them
"""

import os
import shlex
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from scripts.venv import PROJECT

SUMMARY = PROJECT / "var" / "suite.txt"
# manage.py needs these values to start; the checks open no database and use no secret.
CHECKED = {
    "DEMO": "1",
    "SECRET_KEY": "checks",
    "DATABASE_URL": "postgres://nobody@/nothing?host=/nowhere",
}
PYTHON = [sys.executable, "-W", "ignore::SyntaxWarning"]
OXLINT = os.path.join(os.path.dirname(sys.executable), "oxlint")
PYTEST = ["-m", "pytest", "-n", "auto", "--dist=loadgroup", "--durations=15"]
PYTEST += shlex.split(os.environ.get("ARGS", ""))
STEPS = {
    "layout": ["-m", "ruff", "format", "--check"],
    "code": ["-m", "ruff", "check"],
    "types": ["-m", "mypy"],
    "scripts": [OXLINT, "static/js"],
    "styles": ["-m", "scripts.styles", "--check"],
    "templates": ["-m", "djlint", "--lint", "--quiet", "templates"],
    "compilation": ["-m", "compileall", "-q", "config", "scripts", "symposium", "tests"],
    "catalogues": ["-m", "scripts.catalogues", "--check"],
    "terms": ["-m", "scripts.terms"],
    "settings": ["manage.py", "check", "--fail-level", "WARNING"],
    "migrations": ["manage.py", "makemigrations", "--check", "--dry-run"],
    "tests": PYTEST,
}


def main(names: list[str]) -> int:
    started = time.monotonic()
    results = run_all(names)
    failed = [name for name, passed in results.items() if not passed]
    elapsed = f"{time.monotonic() - started:.1f}s"
    summary = f"==== {len(names)} steps passed in {elapsed} ===="
    if failed:
        counts = f"{len(failed)} failed, {len(names) - len(failed)} passed"
        summary = f"==== FAILED: {', '.join(failed)} — {counts} in {elapsed} ===="
    print(f"\n{summary}", flush=True)
    SUMMARY.parent.mkdir(exist_ok=True)
    SUMMARY.write_text(f"{summary}\n")  # .ci/run prints it again after make's last line
    return bool(failed)


def run_all(names: list[str]) -> dict[str, bool]:
    """Run the checks in parallel and print each when it ends; then run the tests."""
    checks = [name for name in names if name != "tests"]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = dict(zip(checks, pool.map(check, checks), strict=True))
    if "tests" in names:
        print(f"\n{heading('tests')}", flush=True)
        code, seconds, _ = run("tests")
        results["tests"] = ended(code, seconds, "tests")
    return results


def check(name: str) -> bool:
    code, seconds, output = run(name, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return ended(code, seconds, name, f"\n{heading(name)}\n{output}")


def run(name: str, **streams) -> tuple[int, float, str | None]:
    """Return the exit code of a step, its seconds, and its output if captured by a pipe."""
    command = STEPS[name]
    started = time.monotonic()
    environment = {**os.environ, **(CHECKED if command[0] == "manage.py" else {})}
    done = subprocess.run(
        command if command[0] == OXLINT else [*PYTHON, *command],
        cwd=PROJECT, env=environment, check=False, text=True, **streams,
    )  # fmt: skip
    return done.returncode, time.monotonic() - started, done.stdout


def heading(name: str) -> str:
    return f"==== {name}: {' '.join(STEPS[name])}"


def ended(code: int, seconds: float, name: str, before: str = "") -> bool:
    """Print the result of a step with a single write, as two steps may end together."""
    word = "passed" if code == 0 else f"FAILED (exit {code})"
    print(f"{before}---- {name} {word} in {seconds:.1f}s\n", end="", flush=True)
    return code == 0


if __name__ == "__main__":
    names = sys.argv[1:] or list(STEPS)
    try:
        sys.exit(main(names))
    except KeyboardInterrupt:
        sys.exit("\nStopped.")
