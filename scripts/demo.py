"""Run the demonstration, from an empty machine to a running site.

    python3 -m scripts.demo start|stop|clean      (PORT=8000 BIND=127.0.0.1)

This first half runs under any Python ≥ 3.11 with nothing installed: it exits at once if the
demonstration cannot work, makes `.venv`, and replaces itself by `scripts/serve.py` inside it. It
locks `var/demo.lock` from start to end, so that a second demonstration finds the first.
"""

import contextlib
import errno
import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator

from scripts import venv

PROJECT = venv.PROJECT
VAR = PROJECT / "var"
LOCK = VAR / "demo.lock"
LOG = VAR / "demo.log"
EMBEDDED = [VAR / "postgres", VAR / "postgres-test"]


def start() -> None:
    bind, port = address()
    print("The demonstration of the symposium", flush=True)
    VAR.mkdir(exist_ok=True)
    lock = open(LOCK, "a+")  # noqa: SIM115 (locked until the process ends)
    if not seized(lock):
        print(f"  It is already running: {running()['url']}")
        print("  Stop it with Ctrl-C where it runs, or with: make stop")
        return
    check_port(bind, port)
    LOCK.write_text(json.dumps({"pid": os.getpid(), "url": url(bind, port)}))
    LOG.write_text("")
    with step("Python packages") as say:
        say(venv.ensure("requirements-demo.lock"))
    os.set_inheritable(lock.fileno(), True)
    os.execv(venv.PYTHON, [str(venv.PYTHON), "-m", "scripts.serve"])


def stop() -> None:
    """Stop the demonstration and the embedded servers of this folder."""
    if LOCK.exists():
        with open(LOCK, "a+") as lock:
            if not seized(lock):
                os.kill(running()["pid"], signal.SIGTERM)
                fcntl.flock(lock, fcntl.LOCK_EX)
    in_venv("from scripts.embedded_postgres import stop; stop(pathlib.Path(sys.argv[1]))")


def clean() -> None:
    """Restore the state of a fresh clone; the demonstration's data are deleted."""
    stop()
    in_venv("from scripts.embedded_postgres import remove; remove(pathlib.Path(sys.argv[1]))")
    made = [".pytest_cache", ".ruff_cache", "var", ".venv"]
    for path in map(PROJECT.joinpath, made):
        shutil.rmtree(path, ignore_errors=True)
    for catalogue in PROJECT.glob("locale/*/LC_MESSAGES/*.mo"):
        catalogue.unlink()


def in_venv(code: str) -> None:
    """Run a line of Python for each embedded server, in `.venv` if it is installed."""
    installed = any(venv.VENV.glob("installed-*"))
    for folder in EMBEDDED:
        if installed and folder.exists():
            subprocess.run([venv.PYTHON, "-c", f"import pathlib, sys; {code}", folder], check=False)


def address() -> tuple[str, int]:
    """Return the address and the port to listen on, from the environment: `BIND` and `PORT`."""
    bind, port = os.environ.get("BIND") or "127.0.0.1", os.environ.get("PORT") or "8000"
    if not port.isdecimal() or not 0 < int(port) < 65536:
        sys.exit(f"PORT={port} is not a port: choose a number from 1024 to 65535.")
    return bind, int(port)


def url(bind: str, port: int) -> str:
    """Return the address to open in a browser on this machine."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(bind, bind)  # noqa: S104 (asked for)
    return f"http://{f'[{host}]' if ':' in host and host[0] != '[' else host}:{port}"


def check_port(bind: str, port: int) -> None:
    try:
        listen(bind, port)
    except socket.gaierror:
        sys.exit(f"BIND={bind} is not an address of this machine; try 127.0.0.1 or 0.0.0.0.")
    except PermissionError:
        sys.exit(f"Port {port} is reserved to root. Choose another: make demo PORT=8000")
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            sys.exit(f"The site cannot listen on {bind}, port {port}: {error.strerror}.")
        sys.exit(
            f"The address {bind}:{port} is taken by another program. "
            f"Stop that program, or choose another port: make demo PORT={free_port(bind, port)}"
        )


def listen(bind: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in bind else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((bind, port))
        probe.listen()


def free_port(bind: str, taken: int) -> int:
    for port in range(taken + 1, 65536):
        with contextlib.suppress(OSError):
            listen(bind, port)
            return port
    return 8000


def seized(lock) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def running() -> dict:
    """Return the `pid` and `url` of the running demonstration, which holds the lock."""
    for _ in range(50):
        with contextlib.suppress(ValueError):
            return json.loads(LOCK.read_text())
        time.sleep(0.1)  # the other process is still writing them
    sys.exit(f"A demonstration is starting and does not say where: see {LOCK}.")


@contextlib.contextmanager
def step(title: str) -> Iterator[Callable[[str], None]]:
    """Print a line for a step: its title, result and duration, or the reason of its failure."""
    started = time.monotonic()
    words: list[str] = []
    print(f"  {title:.<30} ", end="", flush=True)
    try:
        yield words.append
    except (Exception, SystemExit) as error:
        print("failed\n", flush=True)
        sys.exit(explain(title, error))
    print(*words, f"{time.monotonic() - started:.1f} s", flush=True)


def explain(title: str, error: BaseException) -> str:
    """Return a plain message for the terminal; the traceback goes to the log only."""
    if isinstance(error, SystemExit) or type(error).__name__ == "PostgresError":
        return str(error)
    with open(LOG, "a") as log:
        log.write("".join(traceback.format_exception(error)))
    return f"{title}: {type(error).__name__}: {error}\nThe details are in {LOG}"


if __name__ == "__main__":
    os.chdir(PROJECT)
    try:
        {"start": start, "stop": stop, "clean": clean}[sys.argv[1]]()
    except KeyboardInterrupt:
        sys.exit("\nStopped. The same command goes on where it was.")
    except OSError as error:
        sys.exit(f"{error.filename or PROJECT}: {error.strerror}.")
