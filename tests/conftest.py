"""Fixtures of every test: the embedded PostgreSQL, a closed network, a browser if there is one.

`pytest` needs no other configuration: this file sets the settings and the database before Django
reads them. Each worker has its own databases, copied from templates that stay between runs: the
tables alone, the demonstration, the demonstration with a congress.
"""

import contextlib
import datetime
import functools
import gc
import hashlib
import io
import ipaddress
import os
import re
import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import psycopg2
import pytest

from scripts import catalogues, embedded_postgres

PROJECT = Path(__file__).resolve().parent.parent
# The headless shell draws no window, and takes a third of the time of a whole Chromium.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser")
BROWSERS += ("google-chrome", "google-chrome-stable")
NO_BROWSER = "no chromium on this machine, browser tests not run"
NO_BROWSER += " (Debian: apt install chromium-headless-shell)"
CONTROLLER = "PYTEST_XDIST_WORKER" not in os.environ

at_the_end = contextlib.ExitStack()
if CONTROLLER:
    catalogues.compile_all()
    if "DATABASE_URL" not in os.environ:
        server = embedded_postgres.running(PROJECT / "var" / "postgres-test", durable=False)
        os.environ["DATABASE_URL"] = at_the_end.enter_context(server)
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DEMO": "1",
        "DEBUG": "0",
        "SECRET_KEY": "only for tests",
        "SITE_URL": "http://testserver",
        "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
        "CACHE_URL": "locmemcache://",
        "PAGE_CACHE_MEGABYTES": "0",
        "LOG_LEVEL": "WARNING",
        "MEDIA_ROOT": at_the_end.enter_context(tempfile.TemporaryDirectory(prefix="media-")),
        "STATIC_ROOT": at_the_end.enter_context(tempfile.TemporaryDirectory(prefix="static-")),
        "TEST_RUN": str(os.getpid()),
    }

from django.conf import settings  # noqa: E402 (it reads the environment above)
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import TransactionTestCase, override_settings  # noqa: E402
from django.urls import clear_script_prefix  # noqa: E402
from django.utils import translation  # noqa: E402

from symposium.core import page_cache as page_cache_module  # noqa: E402
from symposium.core import page_store, revision  # noqa: E402

settings.STORAGES["staticfiles"]["BACKEND"] = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
)
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_collection_finish() -> None:
    """Collect garbage less often: models, templates and modules stay until the end."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def pytest_unconfigure() -> None:
    at_the_end.close()


@pytest.fixture(autouse=True)
def fresh_start():
    """Start each test in the first language and at the root, whatever the previous test left."""
    translation.activate(settings.LANGUAGE_CODE)
    clear_script_prefix()


@pytest.fixture
def one_minute(monkeypatch) -> None:
    """Stop the clock within its minute, for which a cached page is valid, however slow the test."""
    clock, minute = time.time, time.time() // 60 * 60
    monkeypatch.setattr(time, "time", lambda: min(clock(), minute + 59))


@pytest.fixture
def page_cache(settings, monkeypatch, one_minute) -> page_store.PageCache:
    """An empty, enabled cache of published pages."""
    settings.PAGE_CACHE_BYTES = 8 * 1024 * 1024
    monkeypatch.setattr(page_cache_module, "PAGES", page_store.PageCache())
    monkeypatch.setattr(revision, "REVISION", revision.RevisionReader())
    monkeypatch.setattr("symposium.registrations.form_editions.KEPT", {})
    return page_cache_module.PAGES


# The database


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker):
    """Copy the template database; replaces the migration by each worker of pytest-django."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    TransactionTestCase._fixture_teardown = put_back
    with contextlib.ExitStack() as stack:
        with django_db_blocker.unblock():
            name = stack.enter_context(copied(f"test_{os.environ['TEST_RUN']}_{worker}"))
        use(connection, name)
        yield
        connection.close()


@contextlib.contextmanager
def copied(name: str, database: str = ""):
    """Copy `database`, or the migrated template, to `name`; drop the copy after the block.

    Nobody may be connected to the source.
    """
    with administration() as cursor:
        source = database or migrated_template(cursor)
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE {source}")
    yield name
    with administration() as cursor:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextlib.contextmanager
def administration():
    """Cursor outside the tested databases, for one worker at a time."""
    with contextlib.closing(psycopg2.connect(os.environ["DATABASE_URL"])) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(20210)")
            yield cursor


def migrated_template(cursor) -> str:
    """Return the name of a migrated database, made again if the code it depends on has changed."""

    def migrate() -> None:
        call_command("migrate", verbosity=0, interactive=False)
        keep_rows(connection)

    return kept_template(cursor, f"template_{fingerprint(TABLES)}", "template1", migrate)


def kept_template(cursor, name: str, source: str, fill: Callable[[], None]) -> str:
    """Return the name of a database that stays between runs; `fill` makes it if it is missing."""
    cursor.execute("SELECT datname FROM pg_database WHERE datname ~ '^(template|test)_'")
    existing = {row[0] for row in cursor}
    if name not in existing:
        for old in filter(forgotten, existing):
            if not name.startswith(old):  # its name begins with the name of its source, which stays
                cursor.execute(f"DROP DATABASE {old} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE template_unfinished TEMPLATE {source}")
        with inside("template_unfinished"):
            fill()
        cursor.execute(f"ALTER DATABASE template_unfinished RENAME TO {name}")
    return name


# Files that determine the tables: migrations, the modules they call, settings, packages.
TABLES = (
    "symposium/**/migrations/*.py",
    "symposium/**/*.sql",
    "symposium/core/**/*.py",
    "symposium/**/apps.py",
    "symposium/**/groups.py",
    "config/settings.py",
    "requirements.txt",
    "tests/conftest.py",
)
# Files that determine the demonstration: its contents and the code that loads them.
CONTENTS = ("symposium/**/*.py", "symposium/demo/**/*.*")


def fingerprint(patterns: Iterable[str]) -> str:
    """Return a short hash of the contents of these files and of the project's path."""
    digest = hashlib.sha256(bytes(PROJECT))
    for pattern in patterns:
        for path in sorted(PROJECT.glob(pattern)):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


# The revision only moves forward, since it identifies the cached pages.
LEFT = {"django_migrations", "symposium_core_revision"}


def keep_rows(connection) -> None:
    """Copy the rows that migrations made, and create the function that restores the tables.

    Deleting some rows is many times faster than Django's TRUNCATE of every table and the creation
    of the permissions. No trigger runs meanwhile.
    """
    with connection.cursor() as cursor:
        tables = sorted({*connection.introspection.table_names(cursor)} - LEFT)
        cursor.execute("CREATE SCHEMA kept")
        steps = [f'DELETE FROM "{table}";' for table in tables]  # noqa: S608 (our names)
        for table in tables:
            cursor.execute(f'SELECT FROM "{table}" LIMIT 1')
            if cursor.rowcount:
                cursor.execute(f'CREATE TABLE kept."{table}" AS TABLE "{table}"')
                steps.append(f'INSERT INTO "{table}" SELECT * FROM kept."{table}";')  # noqa: S608
        cursor.execute(
            "CREATE FUNCTION kept.put_back() RETURNS void LANGUAGE plpgsql"
            f" SET session_replication_role = replica AS $$ BEGIN {' '.join(steps)} END $$"
        )


def put_back(test=None) -> None:
    """Restore the tables after a test that commits; replaces Django's flush."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT kept.put_back()")


def forgotten(database: str) -> bool:
    """Return whether a database is an older template, or belongs to a run that was killed."""
    run = re.match(r"test_(\d+)_", database)
    return not run or not Path(f"/proc/{run[1]}").exists()


def use(connection, name: str) -> None:
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name


LOADED = PROJECT / "var" / "demonstration-test"


class Loaded(NamedTuple):
    """Database made by `load_demo`, and the output of the command."""

    database: str
    var: Path  # the folder of the password file
    said: str


@pytest.fixture(scope="session")
def loaded(django_db_setup, django_db_blocker, tmp_path_factory):
    """The loaded demonstration, to be copied, or changed in transactions that are rolled back."""
    var = tmp_path_factory.mktemp("loaded") / "var"
    with django_db_blocker.unblock(), administration() as cursor:
        template = loaded_template(cursor)
        copy_missing(LOADED / "media", Path(settings.MEDIA_ROOT))
        shutil.copytree(LOADED / "var", var)
    with copied(f"{connection.settings_dict['NAME']}_loaded", template) as name:
        yield Loaded(name, var, (LOADED / "said").read_text())


def loaded_template(cursor) -> str:
    """Return the name of a database with the demonstration, whose files are in LOADED.

    It is made again on another day: some of its dates depend on the day it is made.
    """

    def load() -> None:
        shutil.rmtree(LOADED, ignore_errors=True)
        said = io.StringIO()
        with (
            override_settings(VAR=LOADED / "var", MEDIA_ROOT=LOADED / "media"),
            translation.override(settings.LANGUAGE_CODE),
        ):
            call_command("load_demo", stdout=said)
        (LOADED / "said").write_text(said.getvalue())

    migrated, contents = migrated_template(cursor), fingerprint(CONTENTS)
    name = f"{migrated}_{contents}_{datetime.date.today():%m%d}"  # noqa: DTZ011 (any day does)
    return kept_template(cursor, name, migrated, load)


def copy_missing(source: Path, target: Path) -> None:
    """Copy the missing files: another worker reads the files that it has copied."""
    for path in source.rglob("*"):
        copy = target / path.relative_to(source)
        if path.is_file() and not copy.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)


@pytest.fixture(scope="session")
def demonstration_database(loaded, django_db_blocker):
    """Name of a read-only database: the demonstration, and a congress of twenty rooms."""
    from symposium.demo import scale  # its models need a started Django

    with django_db_blocker.unblock(), administration() as cursor:
        template = loaded_template(cursor)
        template = kept_template(cursor, f"{template}_100", template, lambda: scale.load(100))
    with copied(f"{loaded.database}_to_read", template) as name:
        yield name


@pytest.fixture(scope="module")
def demonstration(demonstration_database, django_db_blocker):
    """The edition of the demonstration, shared by the tests of a module, which change nothing."""
    from symposium.editions.models import Edition

    with django_db_blocker.unblock(), inside(demonstration_database):
        yield Edition.objects.current()


@contextlib.contextmanager
def inside(database: str):
    """Use this database for every query in the block."""
    own = connection.settings_dict["NAME"]
    use(connection, database)
    try:
        yield
    finally:
        use(connection, own)


# The network


class NetworkClosed(RuntimeError):
    """Connection of a test to another machine."""


def guard(connect):
    def guarded(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6) and not is_loopback(address[0]):
            self.close()
            raise NetworkClosed(f"A test may not open a connection to {address[0]}.")
        return connect(self, address)

    return guarded


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


socket.socket.connect = guard(socket.socket.connect)
socket.socket.connect_ex = guard(socket.socket.connect_ex)


# The browser


@functools.cache
def chromium() -> str | None:
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def pytest_collection_modifyitems(config, items) -> None:
    optional = not chromium() and os.environ.get("REQUIRE_BROWSER") != "1"
    for item in items:
        if (PROJECT / "tests" / "browser") in item.path.parents:
            item.add_marker(pytest.mark.browser)
        if item.get_closest_marker("browser") and optional:
            item.add_marker(pytest.mark.skip(reason=NO_BROWSER))
        if "loaded" in item.fixturenames and config.getoption("loadgroup", default=False):
            # One worker runs the tests of a module that share a site and the pages it has read.
            # xdist 3.8 writes the group to an attribute that pytest 9.2 does not read.
            item._id = type(item._id).parse(f"{item.nodeid}@{item.path.stem}")


@pytest.fixture(scope="session")
def browser():
    """Chromium, unable to reach another machine."""
    if not chromium():
        pytest.fail(f"{NO_BROWSER}, and REQUIRE_BROWSER=1 asks for them")
    from playwright.sync_api import sync_playwright

    # Playwright's event loop runs in this thread, where Django would refuse database queries.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    closed = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=chromium(),
            args=[closed, "--disable-gpu"],
            env={**os.environ, "TZ": settings.TIME_ZONE},  # by name: Chromium has its own rules
        )
        yield launched
        launched.close()


@pytest.fixture
def page(browser, live_server):
    """A new window of the live server's site."""
    context = browser.new_context(base_url=live_server.url, locale="fr-FR", service_workers="block")
    yield context.new_page()
    context.close()
