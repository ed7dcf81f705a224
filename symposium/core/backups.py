"""Backups: the database and the uploads in one archive, its restoration and its verification.

An archive is a tar file: `database.dump` of `pg_dump`, the uploads below `media/`, and
`manifest.json` with the version, the rows of each table and the SHA-256 of each file. With a public
key of age it is encrypted (age-encryption.org/v1).
"""

import contextlib
import datetime
import hashlib
import json
import logging
import os
import re
import secrets
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pyrage
from django.conf import settings
from django.db import connection
from django.utils import timezone

from symposium import __version__
from symposium.core import last_runs

logger = logging.getLogger(__name__)

NAME = re.compile(r"symposium-\d{8}T\d{6}Z\.tar(\.age)?")
DUMP, MANIFEST, MEDIA = "database.dump", "manifest.json", "media"
THUMBNAILS = "CACHE"  # below the uploads: `generateimages` makes them again
VARIABLES = {
    "PGDATABASE": "dbname", "PGUSER": "user", "PGPASSWORD": "password", "PGHOST": "host",
    "PGPORT": "port", "PGSSLMODE": "sslmode", "PGSSLROOTCERT": "sslrootcert",
}  # fmt: skip
RETRY_AFTER = datetime.timedelta(hours=1)


class BackupError(Exception):
    """Error of a backup; its message is shown to the operator."""


# Making an archive


def make(folder: Path) -> Path:
    """Write an archive of now to `folder`, and delete those in excess; return its path."""
    started = time.monotonic()
    recipient = public_key()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"symposium-{datetime.datetime.now(datetime.UTC):%Y%m%dT%H%M%SZ}.tar"
    target = folder / (f"{name}.age" if recipient else name)
    # The folder is private, and so are the files in it, even before they are encrypted.
    with tempfile.TemporaryDirectory(dir=folder, prefix="unfinished-") as place:
        plain = Path(place) / name
        counts = dump(Path(place) / DUMP)
        pack(plain, Path(place) / DUMP, counts)
        if recipient:
            pyrage.encrypt_file(str(plain), str(plain) + ".age", [recipient])
        finished = Path(place) / target.name
        finished.chmod(0o600)
        finished.rename(target)
    delete_old(folder)
    seconds = round(time.monotonic() - started, 1)
    last_runs.record(last_runs.BACKUP, file=target.name, bytes=target.stat().st_size,
                     seconds=seconds)  # fmt: skip
    return target


def public_key():
    """Return the key for which archives are encrypted, or None."""
    if not settings.BACKUP_PUBLIC_KEY:
        return None
    try:
        return pyrage.x25519.Recipient.from_str(settings.BACKUP_PUBLIC_KEY)
    except pyrage.RecipientError as error:
        raise BackupError("BACKUP_PUBLIC_KEY is not a public key of age: age1…") from error


def dump(target: Path) -> dict[str, int]:
    """Dump the database to `target`; return the rows of each table at the same moment."""
    source = connection.copy()
    with contextlib.closing(source), source.cursor() as cursor:
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        [snapshot] = cursor.fetchone()
        counts = count_rows(cursor)
        run("pg_dump", "--format=custom", f"--snapshot={snapshot}", "--no-owner",
            "--no-privileges", f"--file={target}")  # fmt: skip
    return counts


def count_rows(cursor) -> dict[str, int]:
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    counts = {}
    for (table,) in cursor.fetchall():
        cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608
        [counts[table]] = cursor.fetchone()
    return counts


def pack(target: Path, dumped: Path, counts: dict[str, int]) -> None:
    """Write the tar file; an upload that is deleted meanwhile is left out."""
    media = Path(settings.MEDIA_ROOT)
    sums = {}
    with tarfile.open(target, "w") as archive:
        for path, name in [(dumped, DUMP), *((media / one, f"{MEDIA}/{one}") for one in uploads())]:
            with contextlib.suppress(FileNotFoundError):
                archive.add(path, name, recursive=False)
                sums[name] = checksum(path)
        manifest = target.parent / MANIFEST
        at = timezone.now().isoformat(timespec="seconds")
        text = {"version": __version__, "made_at": at, "rows": counts, "sha256": sums}
        manifest.write_text(json.dumps(text, indent=1))
        archive.add(manifest, MANIFEST)


def uploads() -> list[str]:
    """Return the paths of the uploads below MEDIA_ROOT, without thumbnails."""
    media = Path(settings.MEDIA_ROOT)
    files = (path.relative_to(media) for path in media.rglob("*") if path.is_file())
    return sorted(str(file) for file in files if file.parts[0] != THUMBNAILS)


def checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def delete_old(folder: Path) -> None:
    """Delete all archives but the newest BACKUP_KEEP, and what a killed backup has left."""
    yesterday = time.time() - 24 * 3600
    for left in folder.glob("unfinished-*"):
        if left.stat().st_mtime < yesterday:
            shutil.rmtree(left)
    archives = sorted(path for path in folder.iterdir() if NAME.fullmatch(path.name))
    for path in archives[: -settings.BACKUP_KEEP]:
        path.unlink()


# Reading an archive


@contextlib.contextmanager
def unpacked(archive: Path, identity: Path | None) -> Iterator[tuple[Path, dict]]:
    """Unpack an archive and check each file; yield the folder and the manifest.

    `identity` is the file of the private key. Raise BackupError if the archive is damaged.
    """
    with tempfile.TemporaryDirectory(prefix="symposium-backup-") as place:
        plain = decrypted(archive, identity, Path(place)) if archive.suffix == ".age" else archive
        folder = Path(place) / "content"
        try:
            extract(plain, folder)
            manifest = json.loads((folder / MANIFEST).read_text())
        except (tarfile.TarError, OSError, ValueError) as error:
            raise BackupError(f"{archive.name} is damaged: {error}") from error
        check_files(folder, manifest["sha256"])
        yield folder, manifest


def extract(plain: Path, folder: Path) -> None:
    """Extract the regular files of a tar file into `folder`, never outside it."""
    with tarfile.open(plain) as tar:
        for member in tar:
            content = tar.extractfile(member) if member.isfile() else None
            target = (folder / member.name).resolve()
            if content is None or not target.is_relative_to(folder.resolve()):
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("wb") as file:
                shutil.copyfileobj(content, file)


def decrypted(archive: Path, identity: Path | None, place: Path) -> Path:
    if not identity:
        raise BackupError(f"{archive.name} is encrypted: give the file of its key, --identity FILE")
    lines = [line for line in identity.read_text().splitlines() if line.startswith("AGE-SECRET")]
    try:
        keys = [pyrage.x25519.Identity.from_str(line.strip()) for line in lines]
        pyrage.decrypt_file(str(archive), str(place / "plain.tar"), keys)
    except (pyrage.DecryptError, pyrage.IdentityError) as error:
        raise BackupError(f"{archive.name} cannot be decrypted: {error}") from error
    return place / "plain.tar"


def check_files(folder: Path, sums: dict[str, str]) -> None:
    for name, expected in sums.items():
        path = folder / name
        if not path.is_file() or checksum(path) != expected:
            raise BackupError(f"{name} is missing or damaged")


def restore(archive: Path, identity: Path | None = None) -> int:
    """Restore an archive into an empty database and an empty folder of uploads.

    The queued e-mails are held until they are released, since they may have been sent after the
    backup; return their number. Raise BackupError if something is there.
    """
    media = Path(settings.MEDIA_ROOT)
    if connection.introspection.table_names():
        raise BackupError("The database is not empty. Create another one, and name it in "
                          "DATABASE_URL")  # fmt: skip
    if uploads():
        raise BackupError(f"{media} is not empty. Move it away, or set MEDIA_ROOT")
    with unpacked(archive, identity) as (folder, _manifest):
        load(folder / DUMP)
        if (folder / MEDIA).exists():
            shutil.copytree(folder / MEDIA, media, dirs_exist_ok=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE symposium_core_email SET status = 'held' WHERE status IN ('queued', 'retrying')"
        )
        return cursor.rowcount


def verify(archive: Path, identity: Path | None = None) -> dict:
    """Restore an archive into a scratch database and compare the rows; return its manifest.

    Raise BackupError if a file is damaged, or a table has another number of rows.
    """
    with unpacked(archive, identity) as (folder, manifest), scratch_database() as scratch:
        load(folder / DUMP, scratch.settings_dict["NAME"])
        with scratch.cursor() as cursor:
            found = count_rows(cursor)
    tables = sorted({*found, *manifest["rows"]})
    other = [name for name in tables if found.get(name) != manifest["rows"].get(name)]
    if other:
        raise BackupError(f"Other numbers of rows: {', '.join(other)}")
    return manifest


@contextlib.contextmanager
def scratch_database():
    """Create an empty database on the portal's server; drop it after the block."""
    name = f"symposium_verify_{secrets.token_hex(4)}"
    with contextlib.closing(connection.copy()) as beside, beside.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
        scratch = connection.copy()
        scratch.settings_dict = scratch.settings_dict | {"NAME": name}
        try:
            yield scratch
        finally:
            scratch.close()
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def load(dumped: Path, database: str = "") -> None:
    database = database or connection.settings_dict["NAME"]
    run("pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction",
        f"--dbname={database}", str(dumped))  # fmt: skip


# The programs of PostgreSQL


def program_path(name: str) -> str:
    """Return the path of a program of PostgreSQL; raise BackupError if it is missing."""
    path = shutil.which(name, path=settings.POSTGRES_PROGRAMS or None)
    if not path:
        raise BackupError(
            f"{name} is missing: install PostgreSQL’s client programs, or name their folder in "
            "POSTGRES_PROGRAMS"
        )
    return path


def run(program: str, *arguments: str) -> None:
    """Run a program of PostgreSQL with the connection of DATABASE_URL; raise BackupError."""
    result = subprocess.run(
        [program_path(program), *arguments], env=os.environ | connection_environment(),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if result.returncode:
        raise BackupError(f"{program} failed: {result.stderr.strip()}")


def connection_environment() -> dict[str, str]:
    """Return the variables by which PostgreSQL’s programs find the database (no password in ps)."""
    given = connection.get_connection_params()
    return {name: str(given[key]) for name, key in VARIABLES.items() if given.get(key)}


# Every night


class NightlyBackup:
    """Task of the worker that starts the backup of the night, as a process of its own.

    It may take long, and emails must leave meanwhile. A backup that fails is tried again after an
    hour.
    """

    def __init__(self):
        self.process: subprocess.Popen | None = None

    def __call__(self) -> None:
        if self.process:
            if self.process.poll() is None:
                return
            if self.process.returncode:
                logger.error("The backup failed (exit %s)", self.process.returncode)
            self.process = None
        if is_due(timezone.localtime()):
            last_runs.record(last_runs.BACKUP_START)
            command = [sys.executable, "manage.py", "backup"]
            self.process = subprocess.Popen(command, cwd=settings.BASE_DIR)


def is_due(now: datetime.datetime) -> bool:
    """Return whether the backup of the last BACKUP_AT is missing, and was not just tried."""
    if not settings.BACKUP_AT:
        return False
    planned = now.replace(hour=settings.BACKUP_AT.hour, minute=settings.BACKUP_AT.minute, second=0)
    if planned > now:
        planned -= datetime.timedelta(days=1)
    made, tried = (last_runs.age(name) for name in (last_runs.BACKUP, last_runs.BACKUP_START))
    missing = made is None or made > now - planned
    return missing and (tried is None or tried > RETRY_AFTER)
