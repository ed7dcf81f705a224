"""Examination of an installation: each part is well, or the operator is told what to do."""

import datetime
import multiprocessing
import os
import shutil
import socket
import ssl
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import tzdata
from django.conf import settings
from django.core import checks
from django.core.mail import EmailMessage, get_connection
from django.db import Error, connection
from django.utils import timezone

from symposium import __version__
from symposium.core import backups, last_runs
from symposium.editions.models import Edition
from symposium.website import health

MIN_POSTGRESQL = 14
MAX_CLOCK_SECONDS = 2.0
MIN_CERTIFICATE_DAYS = 14
THREADS = 8  # of each process: see gunicorn.conf.py
RESERVED_CONNECTIONS = 10  # of the worker, backups and administrators


class ToDoError(Exception):
    """Fault of a part; its message says what to do."""


def examine() -> Iterator[tuple[str, bool, str]]:
    """Yield the name of each part, whether it is well, and what is found or to do."""
    for name, examination in EXAMINATIONS.items():
        try:
            yield name, True, examination()
        except (ToDoError, Error, OSError, backups.BackupError) as error:
            yield name, False, " ".join(str(error).split())


def query(sql: str):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def checked_settings() -> str:
    found = checks.run_checks(include_deployment_checks=not settings.DEMO)
    serious = [
        message for message in found
        if message.level >= checks.WARNING and not message.is_silenced()
    ]  # fmt: skip
    if serious:
        raise ToDoError("; ".join(f"{message.id}: {message.msg}" for message in serious))
    return f"version {__version__}, {settings.SITE_URL}"


def private_files() -> str:
    """Examine the permissions of the files with secrets or personal data."""
    names = [settings.BASE_DIR / ".env", settings.BACKUP_FOLDER, settings.APPLE_WALLET_KEY,
             settings.GOOGLE_WALLET_KEY]  # fmt: skip
    paths = [Path(name) for name in names if name and Path(name).exists()]
    for path in paths:
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise ToDoError(f"others can read {path}: chmod go= {path}")
    media = Path(settings.MEDIA_ROOT)
    if media.exists() and not os.access(media, os.W_OK):
        raise ToDoError(f"{media} cannot be written: chown it to this user")
    return f"{len(paths)} private, uploads in {media}"


def database_version() -> str:
    version = int(query("SHOW server_version_num"))
    if version < MIN_POSTGRESQL * 10_000:
        raise ToDoError(f"PostgreSQL {version // 10_000} is too old: {MIN_POSTGRESQL} or later")
    if pending := set(health.database().values()) - {"ok"}:
        raise ToDoError(f"migrations {', '.join(pending)}: manage.py migrate")
    return f"PostgreSQL {version // 10_000}.{version % 10_000}, migrations applied"


def timeouts() -> str:
    """Examine that no query and no lock is waited for without end."""
    names = ("lock_timeout", "statement_timeout")
    if endless := [name for name in names if query(f"SHOW {name}") == "0"]:
        raise ToDoError(f"no {' and '.join(endless)}: with PgBouncer, ALTER ROLE … SET them")
    return ", ".join(f"{name} {query(f'SHOW {name}')}" for name in names)


def letters() -> str:
    """Examine the encoding and the ctype, which tell PostgreSQL the case of letters."""
    if query("SHOW server_encoding") != "UTF8":
        raise ToDoError("the database is not in UTF8: create it with --encoding=UTF8")
    if not query("SELECT lower('É') = 'é'"):
        raise ToDoError("the ctype is C: create the database with --locale=C.UTF-8, and restore")
    return "UTF8, with the case of accented letters"


def connections() -> str:
    processes = int(os.environ.get("WEB_CONCURRENCY", multiprocessing.cpu_count()))
    needed = processes * THREADS + RESERVED_CONNECTIONS
    allowed = int(query("SHOW max_connections"))
    if needed > allowed:
        raise ToDoError(
            f"{processes} processes may open {needed} connections, PostgreSQL allows {allowed}: "
            "raise max_connections, or lower WEB_CONCURRENCY"
        )
    return f"{processes} processes open {needed} at most, {allowed} are allowed"


def time_zones() -> str:
    stale = [edition.slug for edition in Edition.objects.all() if edition.has_stale_period]
    if stale:
        raise ToDoError(f"manage.py rebuild_periods, for {', '.join(stale)}")
    return f"tzdata {tzdata.IANA_VERSION}"


def clock() -> str:
    away = abs(query("SELECT clock_timestamp()").timestamp() - time.time())
    if away > MAX_CLOCK_SECONDS:
        raise ToDoError(f"{away:.0f} s from that of the database: run an NTP service on both")
    return f"{timezone.localtime():%Y-%m-%d %H:%M:%S %z}"


def attempts() -> str:
    if not settings.CACHE_IS_SHARED:
        raise ToDoError(
            "each process counts sign-in attempts alone: unset CACHE_URL, or name Redis"
        )
    if health.cache_state() != "ok":
        raise ToDoError("the cache of CACHE_URL is away: start it, or unset CACHE_URL")
    return settings.CACHES["default"]["BACKEND"].rpartition(".")[2]


def worker() -> str:
    if health.worker_state() != "ok":
        raise ToDoError("none runs: systemctl start symposium-worker")
    return "runs"


def mail_server() -> str:
    """Examine that the mail server accepts a connection, and that e-mails leave."""
    with get_connection(settings.MAIL_TRANSPORT):
        pass
    if (state := health.mail_state()) != "ok":
        raise ToDoError(f"{state}: see /admin/symposium_core/email/, and docs/operators.md")
    return settings.EMAIL_CONFIG.get("EMAIL_HOST") or "accepts"


def disk() -> str:
    if health.disk_state() != "ok":
        raise ToDoError("almost full where the uploads are: make room, or move MEDIA_ROOT")
    return f"{shutil.disk_usage(settings.BASE_DIR).free / 1e9:.1f} GB free"


def certificate() -> str:
    """Examine the certificate of the public address, as a browser does."""
    address = urlsplit(settings.SITE_URL)
    if address.scheme != "https":
        if settings.DEMO:
            return "none, in a demonstration"
        raise ToDoError("SITE_URL is not https: get a certificate, with certbot for instance")
    place = (address.hostname, address.port or 443)
    with (
        socket.create_connection(place, timeout=5) as plain,
        ssl.create_default_context().wrap_socket(plain, server_hostname=address.hostname) as line,
    ):
        ends = ssl.cert_time_to_seconds(str((line.getpeercert() or {})["notAfter"]))
    days = int((ends - time.time()) // 86_400)
    if days < MIN_CERTIFICATE_DAYS:
        raise ToDoError(f"it ends in {days} days: renew it")
    return f"{days} days left"


def backup() -> str:
    backups.public_key()
    for program in ("pg_dump", "pg_restore"):
        backups.program_path(program)
    age = last_runs.age(last_runs.BACKUP)
    if age is None or age > health.MAX_BACKUP_AGE:
        raise ToDoError("none since yesterday: set BACKUP_AT=03:00, or run manage.py backup")
    return f"{age // datetime.timedelta(hours=1)} hours old"


EXAMINATIONS: dict[str, Callable[[], str]] = {
    "settings": checked_settings,
    "files": private_files,
    "database": database_version,
    "timeouts": timeouts,
    "letters": letters,
    "connections": connections,
    "time zones": time_zones,
    "clock": clock,
    "sign-in attempts": attempts,
    "worker": worker,
    "mail": mail_server,
    "disk": disk,
    "certificate": certificate,
    "backup": backup,
}


def send_test(to: str) -> None:
    """Send an e-mail to `to` at once, past the queue; the mail server's error is raised."""
    with get_connection(settings.MAIL_TRANSPORT) as transport:
        message = EmailMessage("Test", f"{settings.SITE_URL} can send emails.", to=[to])
        transport.send_messages([message])
