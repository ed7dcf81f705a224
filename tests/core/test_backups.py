"""Backups: an archive is whole, private, restored elsewhere, and says when it is damaged."""

import contextlib
import datetime
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pyrage
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from symposium.core import backups, last_runs
from symposium.core.models import Email, LastRun
from tests.conftest import administration
from tests.factories import make_edition, make_session
from tests.helpers import smtp

pytestmark = pytest.mark.django_db(transaction=True)

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder(settings, tmp_path) -> Path:
    """Folder of the backups of a portal with a session, an upload, a thumbnail and two e-mails."""
    settings.BACKUP_FOLDER = tmp_path / "backups"
    settings.MEDIA_ROOT = tmp_path / "media"
    for name in ("resources/slides.pdf", "CACHE/thumbnail.png"):
        (settings.MEDIA_ROOT / name).parent.mkdir(parents=True)
        (settings.MEDIA_ROOT / name).write_bytes(b"slides" * 1000)
    make_session(make_edition("2021"), slug="plenary")
    for status in ("queued", "sent"):
        Email.objects.create(to="salma@example.org", from_email="a@example.org", status=status)
    return settings.BACKUP_FOLDER


def url_of(database: str) -> str:
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}").geturl()


@contextlib.contextmanager
def empty_database():
    with administration() as cursor:
        cursor.execute("CREATE DATABASE test_restored TEMPLATE template0")
    yield url_of("test_restored")
    with administration() as cursor:
        cursor.execute("DROP DATABASE test_restored WITH (FORCE)")


def manage(*arguments, **environment) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "manage.py", *map(str, arguments)], cwd=PROJECT, check=False,
        env=os.environ | environment, capture_output=True, text=True, timeout=120,
    )  # fmt: skip


def said(capsys) -> str:
    return capsys.readouterr().out


def test_backup_is_verified_and_restored_in_a_new_place(folder, tmp_path, capsys):
    call_command("backup")
    [archive] = folder.iterdir()
    assert (archive.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (0o600, 0o700)
    call_command("verify", archive)
    assert said(capsys).splitlines()[-1].endswith("tables, 2 files.")
    with empty_database() as url:
        place = {"DATABASE_URL": url, "MEDIA_ROOT": str(tmp_path / "elsewhere")}
        result = manage("restore", archive, **place)
        assert (result.returncode, result.stderr) == (0, "")
        assert result.stdout.startswith("Restored; 1 queued emails are held.")
        with contextlib.closing(psycopg2.connect(url)) as restored, restored.cursor() as cursor:
            cursor.execute("SELECT slug FROM symposium_sessions_session")
            assert cursor.fetchall() == [("plenary",)]
            cursor.execute("SELECT status FROM symposium_core_email ORDER BY 1")
            assert cursor.fetchall() == [("held",), ("sent",)]
        files = [path for path in (tmp_path / "elsewhere").rglob("*") if path.is_file()]
        assert [path.name for path in files] == ["slides.pdf"]
        again = manage("restore", archive, **place)
        assert (again.returncode, again.stdout) == (1, "")
        assert "The database is not empty" in again.stderr


def test_encrypted_backup_needs_its_key(folder, settings, tmp_path, capsys):
    identity, other = (pyrage.x25519.Identity.generate() for _ in range(2))
    settings.BACKUP_PUBLIC_KEY = str(identity.to_public())
    archive = backups.make(folder)
    assert archive.read_bytes().startswith(b"age-encryption.org/v1")
    with pytest.raises(CommandError, match="is encrypted: give the file of its key"):
        call_command("verify", archive)
    keys = {"own": identity, "other": other}
    for name, key in keys.items():
        (tmp_path / name).write_text(f"# created: today\n{key}\n")
    with pytest.raises(CommandError, match="cannot be decrypted"):
        call_command("verify", archive, identity=tmp_path / "other")
    call_command("verify", archive, identity=tmp_path / "own")
    assert "is whole" in said(capsys)


def test_key_that_is_none_stops_the_backup(folder, settings):
    settings.BACKUP_PUBLIC_KEY = "AGE-SECRET-KEY-1"
    with pytest.raises(CommandError, match="BACKUP_PUBLIC_KEY is not a public key"):
        call_command("backup")
    assert not folder.exists()


def test_damaged_backup_is_refused(folder):
    archive = backups.make(folder)
    content = archive.read_bytes()
    archive.write_bytes(content.replace(b"slides" * 10, b"SLIDES" * 10, 1))
    with pytest.raises(CommandError, match=r"media/resources/slides\.pdf is missing or damaged"):
        call_command("verify", archive)
    archive.write_bytes(content[: len(content) // 2])
    with pytest.raises(CommandError, match="is damaged"):
        call_command("verify", archive)


def test_backup_with_other_rows_is_refused(folder, tmp_path):
    archive = backups.make(folder)
    with tarfile.open(archive) as tar:
        tar.extractall(tmp_path / "content", filter="data")
    manifest = tmp_path / "content" / "manifest.json"
    text = manifest.read_text().replace('"symposium_sessions_session": 1',
                                        '"symposium_sessions_session": 2')  # fmt: skip
    manifest.write_text(text)
    with tarfile.open(archive, "w") as tar:
        tar.add(tmp_path / "content", ".")
    with pytest.raises(CommandError, match="numbers of rows: symposium_sessions_session"):
        call_command("verify", archive)


def test_old_backups_are_deleted(folder, settings):
    settings.BACKUP_KEEP = 2
    folder.mkdir()
    names = ["symposium-20200101T000000Z.tar", "symposium-20210101T000000Z.tar.age", "notes.txt"]
    for name in names:
        (folder / name).touch()
    newest = backups.make(folder)
    assert sorted(path.name for path in folder.iterdir()) == sorted([*names[1:], newest.name])


def test_missing_program_is_named(folder, settings, tmp_path):
    settings.POSTGRES_PROGRAMS = str(tmp_path)
    with pytest.raises(CommandError, match="pg_dump is missing: install"):
        call_command("backup")
    assert list(folder.iterdir()) == []


def test_held_mails_leave_when_they_are_released(capsys):
    for status in ("held", "failed"):
        Email.objects.create(to="salma@example.org", from_email="a@example.org", status=status)
    call_command("release_mails")
    assert said(capsys) == "1 released.\n"
    assert set(Email.objects.values_list("status", flat=True)) == {"queued", "failed"}


# Every night


def ran(name: str, hours: float) -> None:
    last_runs.record(name)
    LastRun.objects.filter(name=name).update(at=timezone.now() - datetime.timedelta(hours=hours))


@pytest.mark.parametrize(
    ("made", "tried", "due"),
    [(None, None, True), (1, 1, False), (25, 25, True), (25, 0.5, False), (2.5, 25, True)],
)
def test_backup_is_due_after_its_time(settings, made, tried, due):
    """It is planned for two hours ago."""
    now = timezone.localtime()
    settings.BACKUP_AT = (now - datetime.timedelta(hours=2)).time()
    for name, hours in ((last_runs.BACKUP, made), (last_runs.BACKUP_START, tried)):
        if hours:
            ran(name, hours)
    assert backups.is_due(now) is due


def test_no_backup_is_due_unless_a_time_is_set():
    assert not backups.is_due(timezone.localtime())


def test_worker_starts_the_backup_in_a_process_of_its_own(folder, settings, monkeypatch):
    settings.BACKUP_AT = datetime.time(3)
    monkeypatch.setenv("DATABASE_URL", url_of(connection.settings_dict["NAME"]))
    monkeypatch.setenv("BACKUP_FOLDER", str(folder))
    task = backups.NightlyBackup()
    task()
    smtp.wait_until(lambda: task.process.poll() is not None, 120)
    assert task.process.returncode == 0
    task()
    assert task.process is None
    [archive] = folder.iterdir()
    assert LastRun.objects.get(name=last_runs.BACKUP).details["file"] == archive.name
