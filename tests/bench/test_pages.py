"""Time to render the public pages from the database: `make bench`.

Every page is compared with a bare Django view that returns the same bytes, measured in the same
run: the difference is ours. CPU time is of this process alone; PostgreSQL counts in the wall time
only. Other work on the machine slows both: the fixed loop in the first line shows how much.
"""

import datetime
import io
import os
import platform
import statistics
import time
from pathlib import Path

import pytest
from django.core.handlers.base import BaseHandler
from django.core.management import call_command
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import path

from tests.factories import make_edition, make_participation, make_room, make_session, make_track

pytestmark = pytest.mark.django_db
ROUNDS = 15
PAGES = {
    "programme, 3 sessions": "/fr/small/programme/",
    "programme, 60 sessions": "/fr/medium/programme/?day=all",
    "programme, a day of 1,000 sessions": "/fr/scale/programme/",
    "programme, 1,000 sessions on one page": "/fr/scale/programme/?day=all",
    "programme, words looked for among 1,000": "/fr/scale/programme/?q=resilience",
    "a session": "/fr/2021/programme/ouverture/",
    "home": "/fr/2021/",
    "home of the congress": "/fr/scale/",
    "the abstract": "/fr/2021/abstract/",
    "1,000 abstracts": "/fr/scale/abstracts/",
    "speakers": "/fr/2021/speakers/",
    "1,500 speakers": "/fr/scale/speakers/",
    "a speaker of the congress": "/fr/scale/speakers/speaker-1/",
}
bodies: dict[str, bytes] = {}
urlpatterns = [path("bare/<str:name>", lambda request, name: HttpResponse(bodies[name]))]


@pytest.fixture
def congress(db):
    call_command("load_demo", scale=1000, stdout=io.StringIO())
    for slug, number in {"small": 3, "medium": 60}.items():
        make_programme(slug, number)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def make_programme(slug: str, number: int) -> None:
    """Create a talk an hour in each of five rooms, with two speakers in each."""
    edition = make_edition(slug)
    rooms, track = [make_room(edition) for _ in range(5)], make_track(edition)
    for place in range(number):
        turn, room = divmod(place, len(rooms))
        day, hour = divmod(turn, 8)
        session = make_session(
            edition, room=rooms[room], track=track, day=day + 1, at=f"{hour + 9:02}:00"
        )
        make_participation(session)
        make_participation(session)


class Site:
    """All of Django for one request, without the test client, which records templates."""

    def __init__(self):
        self.handler = BaseHandler()
        self.handler.load_middleware()

    def get(self, address: str) -> HttpResponse:
        return self.handler.get_response(RequestFactory().get(address))


def test_pages(congress, capsys):
    rows = [measured(Site(), name, address) for name, address in PAGES.items()]
    with capsys.disabled():
        print(f"\n\n{machine()}\n\n{table(rows)}")


def measured(site: Site, name: str, address: str) -> dict:
    with CaptureQueriesContext(connection) as queries:
        response = site.get(address)
    number = len(queries)
    assert response.status_code == 200, address
    bodies[name] = response.content
    ours = timed(site, address)
    with override_settings(ROOT_URLCONF=__name__):
        bare = timed(site, f"/bare/{name}")
    return {
        "page": name,
        "kB": len(response.content) / 1000,
        "queries": number,
        **ours,
        "bare": bare["cpu"],
    }


def timed(site, address: str) -> dict[str, float]:
    """Return the median and the best of some rounds, in milliseconds, with the templates loaded."""
    cpu, wall = [], []
    for _ in range(ROUNDS):
        started, started_cpu = time.perf_counter(), time.process_time()
        site.get(address)
        cpu.append((time.process_time() - started_cpu) * 1000)
        wall.append((time.perf_counter() - started) * 1000)
    return {"cpu": statistics.median(cpu), "best": min(cpu), "wall": statistics.median(wall)}


def table(rows: list[dict]) -> str:
    lines = [
        "| page | kB | queries | CPU ms (best) | wall ms | bare view, CPU ms |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for row in rows:
        lines.append(
            f"| {row['page']} | {row['kB']:.0f} | {row['queries']} "
            f"| {row['cpu']:.1f} ({row['best']:.1f}) | {row['wall']:.1f} | {row['bare']:.1f} |"
        )
    return "\n".join(lines)


def machine() -> str:
    """Describe the machine and the day, for the page that lists the figures."""
    models = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    today = datetime.datetime.now(datetime.UTC).date()
    load = os.getloadavg()[0]
    return (
        f"{today}, {os.cpu_count()} × {models[0] if models else platform.machine()}, "
        f"load {load:.1f}, Python {platform.python_version()}, "
        f"two million additions in {loop():.0f} ms"
    )


def loop() -> float:
    """Return the CPU time of a fixed piece of work in milliseconds: about 110 when idle."""
    started = time.process_time()
    sum(number * number for number in range(2_000_000))
    return (time.process_time() - started) * 1000
