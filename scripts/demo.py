"""The demonstration: everything from an empty machine to a site that answers.

    python3 scripts/demo.py [stop|clean]      (PORT=8000 BIND=127.0.0.1)

It starts under any Python ≥ 3.11, makes `.venv` and goes on inside it. One process: it prepares
the site, then becomes gunicorn's master, and stops the database when it ends.
"""

import contextlib
import fcntl
import importlib
import io
import ipaddress
import json
import os
import shutil
import signal
import socket
import sys
import time
import traceback
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
VAR = PROJECT / "var"
LOCK = VAR / "demo.lock"
LOG = VAR / "demo.log"
STEPS = 7
ORGANISER = "organiser@example.org"

sys.path.insert(0, str(PROJECT))
from scripts import venv  # noqa: E402 (the line above makes it found)

progress = {"done": 0}


def main() -> None:
    action = sys.argv[1] if sys.argv[1:] else "start"
    if action == "stop":
        stop()
    elif action == "clean":
        clean()
    elif os.environ.get("DEMO_LOCK"):
        serve(*address())
    else:
        prepare(*address())


def address() -> tuple[str, int]:
    bind, port = os.environ.get("BIND") or "127.0.0.1", os.environ.get("PORT") or "8000"
    if not port.isdecimal() or not 0 < int(port) < 65536:
        sys.exit(f"PORT={port} is not a port: choose a number between 1024 and 65535.")
    return bind, int(port)


def prepare(bind: str, port: int) -> None:
    """Refuse at once what cannot work, install, and start again inside the environment."""
    print("The demonstration of the symposium", flush=True)
    VAR.mkdir(exist_ok=True)
    lock = open(LOCK, "a+")  # noqa: SIM115 (held as long as the demonstration runs)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print(f"  It is already running: {running_site()['url']}")
        print("  Stop it with Ctrl-C where it runs, or with: make stop")
        return
    check_port(bind, port)
    LOCK.write_text(json.dumps({"pid": os.getpid(), "url": url(bind, port)}))
    with step("Python packages") as say:
        say(venv.ensure("requirements.txt"))
    os.set_inheritable(lock.fileno(), True)
    os.environ["DEMO_LOCK"] = str(lock.fileno())
    os.execv(venv.PYTHON, [str(venv.PYTHON), __file__])


def check_port(bind: str, port: int) -> None:
    kind = socket.AF_INET6 if ":" in bind else socket.AF_INET
    with socket.socket(kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bind, port))
            probe.listen()
        except socket.gaierror:
            sys.exit(f"BIND={bind} is not an address of this machine; try 127.0.0.1 or 0.0.0.0.")
        except PermissionError:
            sys.exit(f"Port {port} is reserved to root. Choose another: make demo PORT=8000")
        except OSError as error:
            if error.errno == 98 or "in use" in str(error):
                sys.exit(
                    f"The address {bind}:{port} is taken by another program. "
                    f"Stop it, or choose another port: make demo PORT={free_port(bind, port)}"
                )
            sys.exit(f"The site cannot listen on {bind}:{port}: {error.strerror}.")


def free_port(bind: str, port: int) -> int:
    """The next port that is free, to propose it."""
    kind = socket.AF_INET6 if ":" in bind else socket.AF_INET
    for candidate in range(port + 1, min(port + 100, 65536)):
        with socket.socket(kind) as probe, contextlib.suppress(OSError):
            probe.bind((bind, candidate))
            return candidate
    return 8000


def serve(bind: str, port: int) -> None:
    postgres = importlib.import_module("symposium.postgres")
    progress["done"] = 1
    hangup = signal.getsignal(signal.SIGHUP)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DEMO": "1",
        "DEBUG": "0",
        "SITE_URL": url(bind, port),
        "ALLOWED_HOSTS": "127.0.0.1,localhost,[::1]" if is_loopback(bind) else "*",
        "LOG_LEVEL": "WARNING",
    }
    LOG.write_text("")
    with contextlib.ExitStack() as stack:
        with step("Database"):
            # Always ours: a DATABASE_URL left in the shell may be a real one.
            os.environ["DATABASE_URL"] = stack.enter_context(
                postgres.running(VAR / "postgres", on_exit=lambda: print("Stopped."))
            )
        with step("Translations"):
            importlib.import_module("scripts.catalogues").compile_all()
        with step("Tables"):
            django = importlib.import_module("django")
            django.setup()
            command("migrate", interactive=False)
        with step("Demonstration data"):
            command("load_demo")
        with step("Style, scripts and fonts"):
            collect_static()
        with step("Site"):
            application = importlib.import_module("config.wsgi").application
            importlib.import_module("django.db").connections.close_all()
        gunicorn(application, bind=bind, port=port, hangup=hangup)


def collect_static() -> None:
    """Collect and compress, unless nothing changed since the last time."""
    settings = importlib.import_module("django.conf").settings
    finders = importlib.import_module("django.contrib.staticfiles.finders")
    found = sorted(
        (storage.path(path), os.stat(storage.path(path)).st_mtime_ns)
        for finder in finders.get_finders()
        for path, storage in finder.list([])
    )
    stamp = VAR / "static.json"
    now = json.dumps([found, settings.STORAGES["staticfiles"]["BACKEND"]])
    if stamp.exists() and stamp.read_text() == now and Path(settings.STATIC_ROOT).exists():
        return
    command("collectstatic", interactive=False, clear=True)
    stamp.write_text(now)


def command(name: str, **options) -> None:
    """Run a management command, its words in the log."""
    management = importlib.import_module("django.core.management")
    output = io.StringIO()
    try:
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
            management.call_command(name, **options)
    finally:
        with open(LOG, "a") as log:
            log.write(f"--- {name}\n{output.getvalue()}")


def gunicorn(application, *, bind: str, port: int, hangup) -> None:
    base = importlib.import_module("gunicorn.app.base")

    def ready(arbiter) -> None:
        # gunicorn reloads on a hang-up; whoever closes the terminal wants it to end.
        nohup = hangup == signal.SIG_IGN
        signal.signal(
            signal.SIGHUP,
            signal.SIG_IGN if nohup else lambda *_: os.kill(os.getpid(), signal.SIGTERM),
        )
        announce(url(bind, port))

    class Site(base.BaseApplication):
        def load_config(self) -> None:
            host = f"[{bind}]" if ":" in bind else bind
            options = {
                "bind": f"{host}:{port}",
                "workers": 1,
                "worker_class": "gthread",
                "threads": 8,
                "preload_app": True,
                "graceful_timeout": 3,
                "loglevel": "warning",
                "control_socket_disable": True,
                "when_ready": ready,
            }
            for name, value in options.items():
                self.cfg.set(name, value)

        def load(self):
            return application

    Site().run()


def announce(site: str) -> None:
    password = VAR / "demo-password"
    secret = password.read_text().strip() if password.exists() else "(see var/demo-password)"
    print(
        f"\n  The site answers at   {site}/"
        f"\n  The organisers’ desk  {site}/admin/"
        f"\n  Sign in as            {ORGANISER}"
        f"\n  with the password     {secret}"
        f"\n\n  Mails go to {VAR / 'mail'}, what goes wrong to this terminal."
        "\n  Ctrl-C stops the site and its database.\n",
        flush=True,
    )


@contextlib.contextmanager
def step(title: str):
    """Show one line: its number, its title, then how long it took, or why it failed."""
    progress["done"] += 1
    started = time.monotonic()
    words = []
    print(f"  {progress['done']}/{STEPS}  {title:<26}", end="", flush=True)
    try:
        yield words.append
    except (Exception, SystemExit) as error:
        print("failed\n", flush=True)
        if isinstance(error, SystemExit) and error.code == 143:
            raise
        sys.exit(explain(title, error))
    words.append(f"{time.monotonic() - started:.1f} s")
    print(", ".join(words), flush=True)


def explain(title: str, error: BaseException) -> str:
    """Plain words for the terminal; the traceback only in the log."""
    if isinstance(error, SystemExit) or type(error).__name__ == "PostgresError":
        return str(error)
    with open(LOG, "a") as log:
        log.write("".join(traceback.format_exception(error)))
    return f"{title}: {type(error).__name__}: {error}\nThe details are in {LOG}"


def url(bind: str, port: int) -> str:
    if bind in ("0.0.0.0", "::"):  # noqa: S104 (asked for by BIND=)
        bind = "127.0.0.1"
    return os.environ.get("SITE_URL") or f"http://{f'[{bind}]' if ':' in bind else bind}:{port}"


def is_loopback(bind: str) -> bool:
    try:
        return ipaddress.ip_address(bind).is_loopback
    except ValueError:
        return bind == "localhost"


def running_site() -> dict:
    try:
        return json.loads(LOCK.read_text())
    except ValueError:
        return {"pid": 0, "url": "it is just starting"}


def stop() -> None:
    """Stop the demonstration and every embedded server of this folder."""
    if LOCK.exists():
        with open(LOCK, "a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if pid := running_site()["pid"]:
                    os.kill(pid, signal.SIGTERM)
                fcntl.flock(lock, fcntl.LOCK_EX)
                print("The site is stopped.")
    if venv.PYTHON.exists():
        for name in ("postgres", "postgres-test"):
            os.spawnv(
                os.P_WAIT, venv.PYTHON,
                [str(venv.PYTHON), "-m", "symposium.postgres", "stop", str(VAR / name)],
            )  # fmt: skip


def clean() -> None:
    """Go back to a fresh clone: the demonstration's data go too."""
    stop()
    if venv.PYTHON.exists():
        code = (
            "import sys, pathlib; from symposium import postgres;"
            "[postgres.remove(pathlib.Path(folder)) for folder in sys.argv[1:]]"
        )
        folders = [str(VAR / "postgres"), str(VAR / "postgres-test")]
        os.spawnv(os.P_WAIT, venv.PYTHON, [str(venv.PYTHON), "-c", code, *folders])
    for path in (VAR, venv.VENV, PROJECT / ".pytest_cache", PROJECT / ".ruff_cache"):
        shutil.rmtree(path, ignore_errors=True)
    for mo in PROJECT.glob("locale/*/LC_MESSAGES/*.mo"):
        mo.unlink()


if __name__ == "__main__":
    os.chdir(PROJECT)
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("\nStopped. Run make demo again to go on.")
    except OSError as error:
        sys.exit(f"{error.filename or PROJECT}: {error.strerror}.")
