"""Make `.venv`, and install the packages of a lock file if it has changed.

    python3 scripts/venv.py [requirements-demo.lock]

It runs before anything is installed, so it uses only the standard library.
"""

import fcntl
import hashlib
import importlib.util
import os
import re
import subprocess
import sys
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
VENV = PROJECT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCKS = ["requirements-dev.lock", "requirements-demo.lock", "requirements.lock"]
AWAY = re.compile(
    r"NewConnectionError|NameResolutionError|Temporary failure in name resolution|unreachable"
    r"|Connection refused|timed out|Failed to establish|ProxyError|from versions: none",
)


def ensure(lock: str) -> str:
    """Return “ready” or “installed”; exit with a message on failure."""
    with open(PROJECT / lock) as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        whole = answers()
        if whole and stamp(lock).exists():
            return "ready"
        if not whole:
            create()
        install(lock)
        for name in LOCKS[LOCKS.index(lock) :]:  # the packages of the later ones are in it
            stamp(name).touch()
        return "installed"


def stamp(lock: str) -> Path:
    """Return the file whose existence means that the packages of `lock` are installed."""
    digest = hashlib.sha256((PROJECT / lock).read_bytes())
    return VENV / f"installed-{digest.hexdigest()[:16]}"


def answers() -> bool:
    """Return whether `.venv` works: its creation may be interrupted, or its Python removed."""
    if not PYTHON.exists():
        return False
    question = "import pip, sys; sys.exit(sys.version_info < (3, 11))"
    return subprocess.run([PYTHON, "-c", question], capture_output=True).returncode == 0


def create() -> None:
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        sys.exit(
            "This Python cannot make virtual environments: its « venv » module is missing.\n"
            f"On Debian and Ubuntu: apt install python3.{sys.version_info.minor}-venv"
        )
    command: list[str | Path] = [sys.executable, "-m", "venv", "--clear", VENV]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode:
        sys.exit(f"{VENV} could not be made:\n{(result.stdout + result.stderr).strip()}")


def install(lock: str) -> None:
    """Install exactly the packages of the lock, each verified by its hash."""
    log = PROJECT / "var" / "pip.log"
    log.parent.mkdir(exist_ok=True)
    command: list[str | Path] = [
        PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--no-compile",
        "--retries", "2", "--progress-bar", "off", "--require-hashes", "--no-deps", "-r", lock,
    ]  # fmt: skip
    started = time.monotonic()
    with open(log, "w") as kept:
        pip = subprocess.Popen(
            command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        for line in pip.stdout:
            kept.write(line)
            if line.startswith(("Collecting", "Installing")) and sys.stdout.isatty():
                print(f"\r\033[K     {line.strip()[:70]}", end="", flush=True)
    if sys.stdout.isatty():
        print("\r\033[K", end="", flush=True)
    if pip.wait():
        explain(log)
    elapsed = time.monotonic() - started
    with open(log, "a") as kept:
        kept.write(f"{elapsed:.0f} s\n")


def explain(log: Path) -> None:
    text = log.read_text()
    errors = [line for line in text.splitlines() if line.startswith("ERROR")]
    reason = "\n".join(errors[:3] or text.splitlines()[-5:])
    if AWAY.search(text):
        reason = (
            "The packages could not be fetched. The first run needs the network (later ones do "
            f"not): is it up, and does pip know your proxy?\n{reason}"
        )
    elif "No space left" in text:
        reason = f"The disk is full.\n{reason}"
    sys.exit(f"{reason}\nAll that pip said: {log}\nThen run the same command again.")


if __name__ == "__main__":
    os.chdir(PROJECT)
    name = sys.argv[1] if sys.argv[1:] else "requirements-demo.lock"
    if not stamp(name).exists():
        print(f"Installing {name} (a minute the first time)…", flush=True)
    try:
        ensure(name)
    except KeyboardInterrupt:
        sys.exit("Stopped. Run the same command again to go on.")
    except OSError as error:
        sys.exit(f"{error.filename or PROJECT}: {error.strerror}")
