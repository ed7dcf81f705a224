"""Waiting times of organisers with 20,000 registrations, and the memory of an export.

The export runs in its own process, whose peak is measured: a worker of the site needs as much.
"""

import json
import os
import subprocess
import sys
import time

import pytest
from django.db import connection

from symposium.accounts.models import User
from symposium.registrations import mailings as letters
from symposium.registrations.models import (
    Answer,
    Booking,
    CheckIn,
    Message,
    Option,
    Registration,
)
from tests.factories import (
    make_category,
    make_organiser,
    make_question,
    make_workshop,
    open_edition,
)

pytestmark = pytest.mark.django_db(transaction=True)

NUMBER = 20_000
LIST = "/admin/symposium_registrations/registration/"
EXPORT = """
import json, pathlib, sys, tempfile, time
import django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()
from symposium.editions.models import Edition
from symposium.registrations import spreadsheet_export
def peak():
    lines = pathlib.Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))
before = peak()
edition = Edition.objects.get(is_current=True)
started, started_cpu = time.perf_counter(), time.process_time()
with tempfile.TemporaryFile() as file:
    columns = spreadsheet_export.columns([edition], with_needs=True)
    lines = spreadsheet_export.lines(edition.registrations.all())
    number = spreadsheet_export.FORMATS[sys.argv[2]](spreadsheet_export.rows(columns, lines), file)
    size = file.tell()
print(json.dumps({
    "rows": number,
    "columns": len(columns),
    "wall": time.perf_counter() - started,
    "cpu": time.process_time() - started_cpu,
    "MB": size / 1e6,
    "before": before,
    "peak": peak(),
}))
"""


@pytest.fixture
def congress():
    """Create 20,000 registrations: each has a workshop and three answers; half are checked in."""
    edition = open_edition(is_current=True)
    categories = [make_category(edition) for _ in range(5)]
    workshops = [make_workshop(edition, places=800, at=f"{9 + n % 9:02}:00") for n in range(30)]
    text = make_question(edition)
    choice = make_question(edition, ("Lundi", "Mardi"), kind="choice")
    options = list(Option.objects.filter(question=choice))
    yes = make_question(edition, kind="yes_no")
    users = User.objects.bulk_create(
        User(email=f"member{n}@example.org", language=("fr", "en", "ar")[n % 3], password="!")
        for n in range(NUMBER)
    )
    people = Registration.objects.bulk_create(
        Registration(
            edition=edition, user=user, category=categories[n % 5], state="confirmed",
            given_name="Salma", family_name=f"Médina {n}", given_name_ar="سلمى",
            family_name_ar="المدينة", affiliation="Université Hassan II de Casablanca",
            role="research", country=("MA", "FR", "SN", "EG", "ES")[n % 5],
        )
        for n, user in enumerate(users)
    )  # fmt: skip
    Booking.objects.bulk_create(
        Booking(edition=edition, registration=one, session=workshops[n % 30], state="confirmed")
        for n, one in enumerate(people)
    )
    CheckIn.objects.bulk_create(
        CheckIn(edition=edition, registration=one, day=edition.starts_on,
                scanned_at=one.created_at)
        for one in people[::2]
    )  # fmt: skip
    for n, one in enumerate(people):
        one.said = [
            Answer(registration=one, question=text, text="Végétarien"),
            Answer(registration=one, question=choice, option=options[n % 2]),
            Answer(registration=one, question=yes, text="yes"),
        ]
    Answer.objects.bulk_create((answer for one in people for answer in one.said), batch_size=5000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return edition


def seconds(client, address: str) -> float:
    """Return the best of five response times in seconds, wall time, PostgreSQL included."""
    found = []
    for _round in range(5):
        started = time.perf_counter()
        assert client.get(address).status_code == 200
        found.append(time.perf_counter() - started)
    return min(found)


def export(format: str) -> dict:
    name = connection.settings_dict["NAME"]
    done = subprocess.run(
        [sys.executable, "-c", EXPORT, name, format], env={**os.environ},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return json.loads(done.stdout)


def write_to_a_thousand(edition) -> float:
    """Return the seconds that a message to 1,000 people takes, its emails as rows of the queue."""
    message = Message(edition=edition, by=None, subject_fr="Le tram", body_fr="Arrêté")
    some = edition.registrations.order_by("pk")[:1000].values("pk")
    started = time.perf_counter()
    letters.send(message, edition.registrations.filter(pk__in=some))
    return time.perf_counter() - started


def test_organisers_do_not_wait(congress, client, capsys, settings):
    settings.EMAIL_BACKEND = "symposium.core.mail.queue.QueueBackend"
    client.force_login(make_organiser())
    session = congress.sessions.first()
    pages = {
        "registrations": LIST,
        "a name looked for": f"{LIST}?q=medina+19999",
        "a workshop": f"{LIST}?session={session.pk}",
        "not checked in": f"{LIST}?checked_in=no",
        "by name": f"{LIST}?o=1",
        "the last page": f"{LIST}?p=200",
        "in figures": f"{LIST}charts/",
        "categories": "/admin/symposium_registrations/category/",
        "sessions": "/admin/symposium_sessions/session/",
        "start page": "/admin/",
    }
    measured = {name: seconds(client, address) for name, address in pages.items()}
    files = {format: export(format) for format in ("xlsx", "csv")}
    wrote = write_to_a_thousand(congress)
    with capsys.disabled():
        print(f"\n\n{NUMBER} registrations, the best of five; load {os.getloadavg()[0]:.1f}:\n")
        for name, took in measured.items():
            print(f"| {name} | {took * 1000:.0f} ms |")
        print(f"| a message to 1,000 people | {wrote:.1f} s |")
        for format, one in files.items():
            print(
                f"| {format}, {one['rows']} rows × {one['columns']} | {one['wall']:.1f} s "
                f"| CPU {one['cpu']:.1f} s | {one['MB']:.1f} MB | peak {one['peak']:.0f} MB "
                f"(before: {one['before']:.0f} MB) |"
            )
    assert measured["registrations"] < 1
    for one in files.values():
        assert (one["rows"], one["cpu"] < 20, one["peak"] < 300) == (NUMBER, True, True)
