"""What every test stands on: the embedded PostgreSQL, a closed network, a browser if there is one.

`pytest` works on its own: this file names the settings and the database before Django reads them.
Each worker has its own database, copied from a migrated template which is kept between runs.
"""

import contextlib
import hashlib
import io
import ipaddress
import os
import re
import shutil
import socket
import tempfile
from pathlib import Path
from typing import NamedTuple

import psycopg2
import pytest

from scripts import catalogues, embedded_postgres

PROJECT = Path(__file__).resolve().parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NO_BROWSER = "no chromium on this machine (Debian: apt install chromium), browser tests not run"
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
        "PUBLISHED_MEGABYTES": "0",
        "LOG_LEVEL": "WARNING",
        "MEDIA_ROOT": at_the_end.enter_context(tempfile.TemporaryDirectory(prefix="media-")),
        "STATIC_ROOT": at_the_end.enter_context(tempfile.TemporaryDirectory(prefix="static-")),
        "TEST_RUN": str(os.getpid()),
    }

from django.conf import settings  # noqa: E402 (it reads the environment above)
from django.test import TransactionTestCase, override_settings  # noqa: E402
from django.utils import translation  # noqa: E402

settings.STORAGES["staticfiles"]["BACKEND"] = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
)
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_unconfigure() -> None:
    at_the_end.close()


@pytest.fixture(autouse=True)
def in_french():
    """Each test begins in the first language, whatever the one before has left active."""
    translation.activate(settings.LANGUAGE_CODE)


# The database


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker):
    """A copy of the template, in place of pytest-django's migration by each worker."""
    from django.db import connection

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
    """A database of that name, copied from the template or another which nobody is connected to."""
    with administration() as cursor:
        source = database or migrated_template(cursor)
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE {source}")
    yield name
    with administration() as cursor:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextlib.contextmanager
def administration():
    """A cursor beside the tested databases, one worker at a time."""
    with contextlib.closing(psycopg2.connect(os.environ["DATABASE_URL"])) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(20210)")
            yield cursor


def migrated_template(cursor) -> str:
    """The name of a migrated database, made again when the code it rests on has changed."""
    from django.core.management import call_command
    from django.db import connection

    name = f"template_{fingerprint()}"
    cursor.execute("SELECT datname FROM pg_database WHERE datname ~ '^(template|test)_'")
    existing = {row[0] for row in cursor}
    if name not in existing:
        for old in filter(forgotten, existing):
            cursor.execute(f"DROP DATABASE {old} WITH (FORCE)")
        cursor.execute("CREATE DATABASE template_unfinished")
        with inside("template_unfinished"):
            call_command("migrate", verbosity=0, interactive=False)
            keep_rows(connection)
        cursor.execute(f"ALTER DATABASE template_unfinished RENAME TO {name}")
    return name


def fingerprint() -> str:
    """A name for what decides the tables: migrations, the modules they call, settings, packages."""
    digest = hashlib.sha256()
    for pattern in (
        "symposium/*/migrations/*.py",
        "symposium/core/**/*.py",
        "symposium/*/apps.py",
        "symposium/*/groups.py",
        "config/settings.py",
        "requirements.txt",
        "tests/conftest.py",
    ):
        for path in sorted(PROJECT.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


# The revision only goes forward: what is kept in memory is known by it.
LEFT = {"django_migrations", "symposium_revision"}


def keep_rows(connection) -> None:
    """Copy the rows that migrations made, and write the function that puts the tables back.

    Deleting some rows is many times faster than Django's TRUNCATE of every table, and than making
    the permissions again. No trigger runs meanwhile.
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
    """What follows a test that commits, in place of Django's flush."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT kept.put_back()")


def forgotten(database: str) -> bool:
    """An older template, or the database of a run that was killed."""
    run = re.match(r"test_(\d+)_", database)
    return not run or not Path(f"/proc/{run[1]}").exists()


def use(connection, name: str) -> None:
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name


class Loaded(NamedTuple):
    """What `load_demo` makes of an empty database: it takes seconds, and is done once."""

    database: str
    var: Path  # the folder where it keeps the password
    said: str


@pytest.fixture(scope="session")
def loaded(django_db_setup, django_db_blocker, tmp_path_factory):
    """To be copied, or changed in transactions that are taken back."""
    from django.core.management import call_command
    from django.db import connection

    var, said = tmp_path_factory.mktemp("loaded") / "var", io.StringIO()
    with contextlib.ExitStack() as stack:
        with (
            django_db_blocker.unblock(),
            override_settings(VAR=var),
            translation.override(settings.LANGUAGE_CODE),
        ):
            name = stack.enter_context(copied(f"{connection.settings_dict['NAME']}_loaded"))
            with inside(name):
                call_command("load_demo", stdout=said)
        yield Loaded(name, var, said.getvalue())


@pytest.fixture(scope="session")
def demonstration_database(loaded, django_db_blocker):
    """A database to be read only: the demonstration, and a congress of twenty rooms."""
    from symposium.demo import scale

    with copied(f"{loaded.database}_to_read", loaded.database) as name:
        with django_db_blocker.unblock(), inside(name):
            scale.load(100)
        yield name


@pytest.fixture(scope="module")
def demonstration(demonstration_database, django_db_blocker):
    """The edition of the demonstration, for all the tests of a module: they change nothing."""
    from symposium.editions.models import Edition

    with django_db_blocker.unblock(), inside(demonstration_database):
        yield Edition.objects.current()


@contextlib.contextmanager
def inside(database: str):
    """Everything in the block speaks to that database."""
    from django.db import connection

    own = connection.settings_dict["NAME"]
    use(connection, database)
    try:
        yield
    finally:
        use(connection, own)


# The network


class NetworkClosed(RuntimeError):
    """A test tried to speak to another machine."""


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


def chromium() -> str | None:
    return next(filter(None, map(shutil.which, BROWSERS)), None)


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items) -> None:
    for item in items:
        if (PROJECT / "tests" / "browser") in item.path.parents:
            item.add_marker(pytest.mark.browser)
        optional = not chromium() and os.environ.get("REQUIRE_BROWSER") != "1"
        if item.get_closest_marker("browser") and optional:
            item.add_marker(pytest.mark.skip(reason=NO_BROWSER))
        if "loaded" in item.fixturenames:
            item.add_marker(pytest.mark.xdist_group("demonstration"))  # loaded by one worker


@pytest.fixture(scope="session")
def browser():
    """Chromium, which finds no other machine."""
    if not chromium():
        pytest.fail(f"{NO_BROWSER}, and REQUIRE_BROWSER=1 asks for them")
    from playwright.sync_api import sync_playwright

    # Playwright's loop runs in this thread, where Django would refuse the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    closed = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=chromium(),
            args=[closed, "--disable-gpu"],
            env={**os.environ, "TZ": settings.TIME_ZONE},  # by name: it has rules of its own
        )
        yield launched
        launched.close()


@pytest.fixture
def page(browser, live_server):
    """A new window of the live server's site."""
    context = browser.new_context(base_url=live_server.url, locale="fr-FR", service_workers="block")
    yield context.new_page()
    context.close()
