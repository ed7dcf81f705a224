"""The examination of an installation by `manage.py doctor`."""

import contextlib
import socket

import pytest
from django.core.management import CommandError, call_command

from symposium.core import last_runs
from symposium.core.models import LastRun
from symposium.website import doctor
from tests.factories import make_edition
from tests.helpers import smtp
from tests.helpers.database_errors import execute

pytestmark = pytest.mark.django_db


@pytest.fixture
def installation(settings, tmp_path):
    """Installation on which nothing is to do; its settings."""
    with smtp.Server() as server:
        settings.MAIL_TRANSPORT = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.CACHE_IS_SHARED = True
        settings.BACKUP_FOLDER = tmp_path / "backups"
        settings.mail_server = server
        for name in (last_runs.WORKER, last_runs.BACKUP):
            last_runs.record(name)
        make_edition("2021")
        yield settings


def lines(capsys) -> dict[str, tuple[str, str]]:
    """Run the command; return the mark and the text of each line, by name."""
    capsys.readouterr()
    with contextlib.suppress(CommandError):
        call_command("doctor")
    found = {}
    for line in capsys.readouterr().out.splitlines():
        name, _colon, text = line[7:].partition(": ")
        found[name] = (line[:5].strip(), text)
    return found


def test_doctor_finds_nothing_to_do(installation, capsys):
    found = lines(capsys)
    assert list(found) == [
        "settings", "files", "database", "timeouts", "letters", "connections", "time zones",
        "clock", "sign-in attempts", "worker", "mail", "disk", "certificate", "backup",
    ]  # fmt: skip
    assert {name: line for name, line in found.items() if line[0] != "ok"} == {}


def readable_backups(settings) -> None:
    settings.BACKUP_FOLDER.mkdir(mode=0o755)


def stale_period(settings) -> None:
    execute(
        "UPDATE symposium_editions_edition SET period = tstzrange("
        "lower(period) + interval '1 hour', upper(period) + interval '1 hour')"
    )


def no_timeout(settings) -> None:
    execute("SET LOCAL statement_timeout = 0")


def single_cache(settings) -> None:
    settings.CACHE_IS_SHARED = False


def no_worker(settings) -> None:
    LastRun.objects.filter(name=last_runs.WORKER).delete()


def no_mail_server(settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        settings.EMAIL_PORT = closed.getsockname()[1]


def no_server_of_tls(settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        settings.SITE_URL = f"https://127.0.0.1:{closed.getsockname()[1]}"


def no_backup(settings) -> None:
    LastRun.objects.filter(name=last_runs.BACKUP).delete()


def no_programs(settings) -> None:
    settings.POSTGRES_PROGRAMS = "/nowhere"


@pytest.mark.parametrize(
    ("spoil", "name", "words"),
    [
        (readable_backups, "files", "chmod go="),
        (stale_period, "time zones", "manage.py rebuild_periods, for 2021"),
        (no_timeout, "timeouts", "no statement_timeout: with PgBouncer"),
        (single_cache, "sign-in attempts", "unset CACHE_URL"),
        (no_worker, "worker", "systemctl start symposium-worker"),
        (no_mail_server, "mail", "refused"),
        (no_server_of_tls, "certificate", "refused"),
        (no_backup, "backup", "set BACKUP_AT=03:00"),
        (no_programs, "backup", "pg_dump is missing"),
    ],
)
def test_doctor_says_what_to_do(installation, capsys, spoil, name, words):
    spoil(installation)
    found = lines(capsys)
    assert [one for one, (mark, _text) in found.items() if mark != "ok"] == [name]
    assert words in found[name][1]


def test_too_many_processes_for_the_database_are_reported(installation, capsys, monkeypatch):
    monkeypatch.setenv("WEB_CONCURRENCY", "1000")
    mark, text = lines(capsys)["connections"]
    assert (mark, text.startswith("1000 processes may open 8010 connections")) == ("TO DO", True)


def test_test_email_is_sent_past_the_queue(installation, capsys):
    call_command("doctor", mail="nora@example.org")
    assert installation.mail_server.recipients == ["nora@example.org"]
    assert capsys.readouterr().out.splitlines()[-1] == "ok     test email: sent to nora@example.org"


def test_refused_test_email_is_an_error(installation):
    installation.mail_server.refusals["nora@example.org"] = "554 5.7.1 no"
    with pytest.raises(CommandError, match="The test email did not leave"):
        call_command("doctor", mail="nora@example.org")


def test_address_without_tls_is_reported(settings):
    settings.SITE_URL, settings.DEMO = "http://symposium.example.org", False
    with pytest.raises(doctor.ToDoError, match="SITE_URL is not https"):
        doctor.certificate()
