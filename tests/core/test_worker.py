"""The worker as a separate process, with a mail server of the tests and the test database."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.core.mail import send_mail
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from symposium.core.mail.models import Email
from symposium.core.worker import Worker
from tests.factories import make_user
from tests.helpers import smtp

pytestmark = pytest.mark.django_db(transaction=True)

PROJECT = Path(__file__).resolve().parents[2]
TWENTY = [f"{number}@example.org" for number in range(20)]


@pytest.fixture(autouse=True)
def _outbox(settings):
    settings.EMAIL_BACKEND = "symposium.core.mail.queue.QueueBackend"


class Process(subprocess.Popen):
    """Process of `manage.py worker` that sends to a mail server of the tests; `said` is its log."""

    def __init__(self, server: smtp.Server, *options: str):
        database = urlsplit(os.environ["DATABASE_URL"])
        tested = database._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
        environment = {"DATABASE_URL": tested, "EMAIL_URL": server.url, "LOG_LEVEL": "INFO"}
        super().__init__(
            [sys.executable, "manage.py", "worker", *options], cwd=PROJECT,
            env=os.environ | environment, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.said = ""
        self.reader = threading.Thread(target=self.read)
        self.reader.start()

    def read(self) -> None:
        for line in self.stderr:
            self.said += line

    def says(self, words: str) -> None:
        smtp.wait_until(lambda: words in self.said)

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and return the exit code of the process."""
        self.send_signal(number)
        return self.ended()

    def ended(self) -> int:
        code = self.wait(30)
        self.reader.join()
        self.stderr.close()
        return code


@contextlib.contextmanager
def worker(server: smtp.Server, *options: str) -> Iterator[Process]:
    process = Process(server, *options)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.end(signal.SIGKILL)


def write(*recipients: str) -> None:
    for to in recipients:
        send_mail(f"For {to}", "Good morning", None, [to])


def pass_time() -> int:
    """Make the mails that were being sent due again; return their number."""
    return Email.objects.filter(status=Email.Status.RETRYING).update(scheduled_at=timezone.now())


def all_sent() -> bool:
    return not Email.objects.exclude(status=Email.Status.SENT).exists()


class Gate:
    """Callback of the mail server: accept `number` mails, then block the next until `opened`."""

    def __init__(self, number: int):
        self.left = number
        self.reached, self.opened = threading.Event(), threading.Event()

    def __call__(self, message) -> None:
        self.left -= 1
        if self.left < 0 and not self.reached.is_set():
            self.reached.set()
            self.opened.wait(30)


def test_killed_worker_loses_no_mail_and_duplicates_at_most_one():
    write(*TWENTY)
    gate = Gate(7)
    with smtp.Server(gate) as server, smtp.released(gate.opened):
        with worker(server) as first:
            assert gate.reached.wait(30)
            assert first.end(signal.SIGKILL) == -signal.SIGKILL
        assert len(server.received) == 8
        with worker(server) as second:
            smtp.wait_until(lambda: Email.objects.filter(status=Email.Status.SENT).count() == 19)
            assert pass_time() == 1
            smtp.wait_until(all_sent)
            assert second.end() == 0
    times = Counter(server.recipients)
    assert times == Counter(TWENTY) + Counter(["7@example.org"])
    [one, other] = [mail for mail in server.received if mail["To"] == "7@example.org"]
    assert one["Message-ID"] == other["Message-ID"]


def test_concurrent_workers_send_each_mail_once_and_one_takes_over():
    with smtp.Server(lambda message: time.sleep(0.02)) as server, worker(server) as first:
        first.says("This worker is elected.")
        with worker(server) as second:
            second.says("Another worker is at work; this one stands by.")
            write(*TWENTY)
            smtp.wait_until(all_sent)
            assert Counter(server.recipients) == Counter(TWENTY)
            assert "elected" not in second.said
            first.end(signal.SIGKILL)
            second.says("This worker is elected.")
            write("next@example.org")
            smtp.wait_until(all_sent)
            assert second.end() == 0
    assert server.recipients[20:] == ["next@example.org"]


def test_server_closes_the_lock_of_a_silent_worker_after_25_seconds():
    """The next worker tries a second later: a hung one is replaced within 30 seconds."""
    one = Worker(send=lambda stop: None, housekeeping=[])
    assert one.elected()
    with contextlib.closing(one.lock), one.lock.cursor() as cursor:
        cursor.execute("SHOW idle_session_timeout")
        assert cursor.fetchone() == ("25s",)


def close_lock() -> None:
    """Close the connection that holds the lock, as the server does after the timeout."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_database"
            " ON pg_database.oid = database"
            " WHERE datname = current_database() AND locktype = 'advisory' AND granted"
        )
        assert cursor.fetchall() == [(True,)]


def test_hung_worker_is_replaced_and_stands_by_when_it_wakes():
    with smtp.Server() as server, worker(server) as first:
        first.says("This worker is elected.")
        with worker(server) as second:
            second.says("Another worker is at work; this one stands by.")
            first.send_signal(signal.SIGSTOP)
            close_lock()
            second.says("This worker is elected.")
            write("next@example.org")
            smtp.wait_until(all_sent)
            first.send_signal(signal.SIGCONT)
            first.says("Another worker is at work; this one stands by.")
            assert (first.end(), second.end()) == (0, 0)
    assert server.recipients == ["next@example.org"]


def test_watchdog_of_systemd_hears_a_worker_that_waits(monkeypatch, tmp_path):
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        Worker(send=lambda stop: None, housekeeping=[]).once()
        assert systemd.recv(100) == b"WATCHDOG=1"


def test_terminated_worker_finishes_its_current_mail():
    write(*TWENTY)
    gate = Gate(2)
    with smtp.Server(gate) as server, smtp.released(gate.opened), worker(server) as process:
        assert gate.reached.wait(30)
        process.send_signal(signal.SIGTERM)
        gate.opened.set()
        assert process.ended() == 0
    assert server.recipients == TWENTY[:3]
    states = Counter(Email.objects.values_list("status", flat=True))
    assert states == {Email.Status.SENT: 3, Email.Status.QUEUED: 17}


def test_login_code_arrives_within_seconds(client):
    cache.clear()
    make_user("amina@example.org")
    with smtp.Server() as server, worker(server) as process:
        process.says("This worker is elected.")
        asked = time.monotonic()
        client.post("/fr/accounts/login/", {"login": "amina@example.org"})
        smtp.wait_until(lambda: server.received, 10)
        took = time.monotonic() - asked
        assert process.end() == 0
    [message] = server.received
    assert re.search(r"^\d{6}$", message.get_body("plain").get_content(), re.MULTILINE)
    assert message["Auto-Submitted"] == "auto-generated"
    assert took < 5  # about one second on an idle machine


def test_worker_ends_with_its_parent_process():
    starts = (
        "import os, subprocess, sys; command = [sys.executable, 'manage.py', 'worker'];"
        "child = subprocess.Popen([*command, '--parent', str(os.getpid())], stdout=sys.stderr);"
        "print(child.pid, flush=True); sys.stdin.readline()"
    )
    with smtp.Server() as server:
        environment = os.environ | {"EMAIL_URL": server.url}
        parent = subprocess.Popen(
            [sys.executable, "-c", starts], cwd=PROJECT, env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        child = int(parent.stdout.readline())
        parent.kill()
        parent.communicate()
        smtp.wait_until(lambda: is_gone(child))


def is_gone(pid: int) -> bool:
    """Return whether a process has ended; a zombie has."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


# Turns in this process, and their failures


def test_once_option_runs_a_single_turn(settings, tmp_path, capsys):
    settings.MAIL_TRANSPORT = "django.core.mail.backends.console.EmailBackend"
    write("a@example.org")
    call_command("worker", "--once")
    assert "Subject: For a@example.org" in capsys.readouterr().out
    assert all_sent()


def elected_turns(workers: type[Worker]) -> tuple[bool, int]:
    """Run the turn of a second worker while a first one does the housekeeping.

    Return whether the turn ran, and how many workers did the housekeeping.
    """
    entered, leaves = threading.Event(), threading.Event()
    at_it = []

    def keep_house() -> None:
        at_it.append(threading.current_thread())
        entered.set()
        if len(at_it) == 1:
            leaves.wait(30)

    def take_turn() -> bool:
        try:
            return workers(send=lambda stop: None, housekeeping=[keep_house]).once()
        finally:
            connection.close()

    first = threading.Thread(target=take_turn)
    with smtp.released(leaves):
        first.start()
        assert entered.wait(30)
        ran = take_turn()
        kept = len(at_it)
    first.join()
    smtp.wait_until(nobody_holds_a_lock)
    return ran, kept


def nobody_holds_a_lock() -> bool:
    """Return whether no lock is held: those of a closed connection are released late."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = database"
            " WHERE datname = current_database() AND locktype = 'advisory'"
        )
        return cursor.rowcount == 0


def test_housekeeping_runs_in_one_worker_at_a_time():
    assert elected_turns(Worker) == (False, 1)
    assert elected_turns(Worker) == (False, 1), "the lock was kept"


def test_housekeeping_would_run_twice_without_the_lock():
    class Unelected(Worker):
        def elected(self) -> bool:
            return True

    assert elected_turns(Unelected) == (True, 2)


def test_failing_task_does_not_stop_others(caplog):
    done = []

    def fail(*arguments):
        raise RuntimeError("no typst here")

    def break_off() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    def count() -> None:
        done.append(Email.objects.count())

    assert Worker(send=fail, housekeeping=[fail, break_off, count]).once()
    assert done == [0]
    names = [record.getMessage().rpartition(".")[2] for record in caplog.records]
    assert names == ["fail", "fail", "break_off"]


def test_worker_recovers_after_a_database_outage(caplog):
    turns = []
    one = []

    def run() -> None:
        try:
            one.append(
                Worker(send=lambda stop: turns.append(Email.objects.count()), housekeeping=[])
            )
            one[0].run()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    smtp.wait_until(lambda: turns)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    turns.clear()
    smtp.wait_until(lambda: turns)
    one[0].stop()
    thread.join(10)
    assert not thread.is_alive()
    away = [record for record in caplog.records if "The database is away" in record.getMessage()]
    assert len(away) == 1


def test_sending_backs_off_while_the_mail_server_is_unreachable():
    tries = []

    def fail(stop):
        tries.append(1)
        raise ConnectionRefusedError

    one = Worker(send=fail, housekeeping=[])
    rests = []
    for _ in range(7):
        one.turn()
        one.turn()
        rests.append(one.rest)
        one.send_at = 0
    assert (rests, len(tries)) == ([2, 4, 8, 16, 30, 30, 30], 7)
    one.send = lambda stop: tries.clear()
    one.turn()
    assert (one.rest, tries) == (0, [])


def test_housekeeping_runs_at_its_interval():
    done = []
    one = Worker(send=lambda stop: done.append("send"), housekeeping=[lambda: done.append("house")])
    for _ in range(3):
        one.turn()
    assert done == ["send", "house", "send", "send"]
    one.house_kept_at -= 15
    one.turn()
    assert done[4:] == ["send", "house"]
