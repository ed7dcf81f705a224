"""The second half of `make demo`, inside `.venv`: prepare the site and serve it.

A single process loads Django once, migrates, loads the data and collects the static files. Then it
becomes gunicorn's master; at its end it stops the database.
"""

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import django
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from gunicorn.app.base import BaseApplication

from scripts import catalogues, embedded_postgres
from scripts.demo import LOG, PROJECT, VAR, address, step, url

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def main() -> None:
    bind, port = address()
    site = os.environ.get("SITE_URL") or url(bind, port)
    nohup = signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    for end in (signal.SIGTERM,) if nohup else (signal.SIGTERM, signal.SIGHUP):
        signal.signal(end, signal.default_int_handler)  # like Ctrl-C: it stops the database too
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DEMO": "1",
        "DEBUG": "0",
        "SITE_URL": site,
        "ALLOWED_HOSTS": "127.0.0.1,localhost,[::1]" if bind in LOOPBACK else "*",
        "LOG_LEVEL": "WARNING",
    }
    with contextlib.ExitStack() as stack:
        with step("Database"):
            # Always the embedded server: a DATABASE_URL in the shell may be a real one.
            embedded = embedded_postgres.running(VAR / "postgres")
            os.environ["DATABASE_URL"] = stack.enter_context(embedded)
        with step("Translations"):
            catalogues.compile_all()
        with step("Django"):
            django.setup()
        with ThreadPoolExecutor(1) as background:
            collected = background.submit(collect_static)
            with step("Tables"):
                check_version()
                command("migrate", interactive=False)
            with step("Demonstration data"):
                command("load_demo", upcoming=True, beside=True)
                command("generateimages")  # this version may show other sizes
            with step("Styles, scripts and fonts"):
                collected.result()
        with step("Site"):
            application = get_wsgi_application()
            connections.close_all()  # gunicorn forks, and processes cannot share a connection
            stack.enter_context(worker())
        Site(application, bind=bind, port=port, address=site).run()


def check_version() -> None:
    """Refuse the database of another version, and leave it as it is."""
    known = MigrationLoader(None).disk_migrations
    applied = MigrationRecorder(connections["default"]).applied_migrations()
    if any(app.startswith("symposium_") and (app, name) not in known for app, name in applied):
        sys.exit(
            "The data of the demonstration are of another version. Nothing was changed in them. "
            "To delete them and start afresh: make clean, then make demo"
        )


def command(name: str, **options) -> None:
    """Run a management command; its output goes to the log."""
    output = io.StringIO()
    try:
        call_command(name, stdout=output, stderr=output, **options)
    finally:
        with open(LOG, "a") as log:
            log.write(f"--- {name}\n{output.getvalue()}")


@contextlib.contextmanager
def worker() -> Iterator[None]:
    """Run the process that sends e-mails during the block; its output goes to the log."""
    process = os.getpid()
    arguments = [sys.executable, "manage.py", "worker", "--parent", str(process)]
    with open(LOG, "a") as log:
        child = subprocess.Popen(arguments, cwd=PROJECT, stdout=log, stderr=log)
    try:
        yield
    finally:
        if os.getpid() == process:  # a forked child also leaves this block
            child.terminate()
            child.wait()


def collect_static() -> None:
    """Collect and compress the static files, unless none has changed since the last time."""
    files = {
        storage.path(path): Path(storage.path(path)).stat().st_mtime_ns
        for finder in get_finders()
        for path, storage in finder.list([])
    }
    stamp = VAR / "static.json"
    now = json.dumps(files, sort_keys=True)
    if not stamp.exists() or stamp.read_text() != now:
        command("collectstatic", interactive=False)
        stamp.write_text(now)


class Site(BaseApplication):
    """gunicorn application with its settings in code instead of on a command line."""

    def __init__(self, application, *, bind: str, port: int, address: str):
        self.application = application
        self.listens = f"[{bind}]:{port}" if ":" in bind else f"{bind}:{port}"
        self.address = address
        self.nohup = signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
        super().__init__()

    def load_config(self) -> None:
        options = {
            "bind": self.listens,
            "worker_class": "gthread",
            "workers": 1,
            "threads": 8,
            "preload_app": True,
            "graceful_timeout": 3,
            "loglevel": "warning",
            "control_socket_disable": True,
            "when_ready": self.ready,
            "on_exit": lambda server: print("\n  Stopping the site and its database.", flush=True),
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self):
        return self.application

    def ready(self, server) -> None:
        # On SIGHUP gunicorn would reload, but closing the terminal must stop the site, except under
        # nohup.
        end = signal.SIG_IGN if self.nohup else lambda *_: os.kill(os.getpid(), signal.SIGTERM)
        signal.signal(signal.SIGHUP, end)
        password = VAR / "demo-password"
        print(
            f"\n  The site answers at   {self.address}/"
            f"\n  The organisers’ desk  {self.address}/admin/"
            "\n  Sign in as            organiser@example.org"
            f"\n  with the password     {password.read_text().strip()}"
            "\n\n  Mails are kept in var/mail, nothing is sent."
            "\n  Ctrl-C stops the site and its database.\n",
            flush=True,
        )


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("\nStopped. The same command goes on where it was.")
    except OSError as error:
        sys.exit(f"{error.filename or VAR}: {error.strerror}.")
