"""Cached pages compared with a bare Django view that returns the same bytes: `make bench`.

gunicorn serves both with gunicorn.conf.py, and `wrk` requests them in turn, so that other work on
the machine slows both: the ratio counts. The bare view has no middleware and no database; a third
column has the same view with the middleware of `startproject`.
"""

import asyncio
import contextlib
import http.client
import io
import itertools
import pickle
import re
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import environ
import psycopg2
import pytest
from django.core.management import call_command
from django.db import connection

from scripts import embedded_postgres
from tests.bench.server import Server, serving
from tests.bench.test_pages import machine, make_programme
from tests.conftest import PROJECT

FOLDER = PROJECT / "var" / "postgres-bench"
# The headers of a person, whose view of an abstract is counted; a robot's view is not.
BROWSER = {
    "Accept-Encoding": "gzip, deflate, br",
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
}
ROUNDS, SECONDS, CONNECTIONS = 7, 1, 16
# Least share of the bare view's rate, alone and behind the middleware of `startproject`.
LEAST, LEAST_OF_PLAIN = 0.65, 0.75
# Responses a second of pretalx's programme without JavaScript on two such cores; our multiple.
PEER = {"programme, 60 sessions": (34, 50), "programme, 1,000 sessions on one page": (1.4, 500)}
PAGES = {
    "home": "/fr/2021/",
    "the abstract": "/fr/2021/abstract/",
    "programme, 60 sessions": "/fr/medium/programme/?day=all",
    "programme, a day of 1,000 sessions": "/fr/scale/programme/",
    "programme, 1,000 sessions on one page": "/fr/scale/programme/?day=all",
    "a session": "/fr/2021/programme/continuite-des-services-vitaux/",
    "speakers": "/fr/2021/speakers/",
    "schedule.json, 1,000 sessions": "/scale/schedule.json",
    "programme.ics, 1,000 sessions": "/scale/programme.ics",
}
# Headers that the server itself sets on every response.
OF_THE_SERVER = {"server", "date", "connection", "content-length", "transfer-encoding"}

needs_wrk = pytest.mark.skipif(
    not shutil.which("wrk"), reason="no wrk on this machine (Debian: apt install wrk)"
)


@pytest.fixture(scope="module")
def database_url(django_db_setup, django_db_blocker):
    """Load the demonstration and a congress of 1,000 sessions into a database of these tests."""
    own = connection.settings_dict
    with embedded_postgres.running(FOLDER) as url, django_db_blocker.unblock():
        connection.close()
        connection.settings_dict = own | environ.Env.db_url_config(url)
        call_command("migrate", verbosity=0, interactive=False)
        call_command("load_demo", scale=1000, stdout=io.StringIO())
        make_programme("medium", 60)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        yield url
        connection.close()
        connection.settings_dict = own
    embedded_postgres.remove(FOLDER)


@pytest.fixture
def edit(database_url):
    """Return a function that saves a number in the name on every page of the demonstration."""
    with contextlib.closing(psycopg2.connect(database_url)) as own:
        own.autocommit = True

        def edit(number: int) -> None:
            with own.cursor() as cursor:
                cursor.execute(
                    "UPDATE symposium_editions_edition SET name_fr = %s WHERE slug = '2021'",
                    [f"Essai {number}."],
                )

        yield edit


def site(database_url: str, folder: Path):
    return serving(
        "tests.bench.bare:application",
        folder,
        DATABASE_URL=database_url,
        PAGE_CACHE_MEGABYTES="64",
        RENDERED=str(folder / "rendered"),
    )


@needs_wrk
def test_cached_pages_beside_a_bare_view(database_url, tmp_path, capsys):
    with contextlib.ExitStack() as servers:
        ours = servers.enter_context(site(database_url, tmp_path))
        answers = [taken(ours, address) for address in PAGES.values()]
        answers += [without_body(answer) for answer in answers]
        given = tmp_path / "answers"
        given.write_bytes(pickle.dumps(answers))
        bare, plain = (
            servers.enter_context(serving("tests.bench.bare_pages:application", tmp_path, **more))
            for more in ({"ANSWERS": str(given)}, {"ANSWERS": str(given), "STARTPROJECT": "1"})
        )
        rows = []
        for number, (name, address) in enumerate(PAGES.items()):
            rows.append(compared(name, ours, address, bare, plain, number))
        tag = answers[0][1]["ETag"]
        rows.append(
            compared("home, 304", ours, PAGES["home"], bare, plain, len(PAGES), If_None_Match=tag)
        )
        assert taken(bare, "/0") == answers[0]
    with capsys.disabled():
        print(f"\n\n{machine()}\n\n{table(rows)}")
        for row in rows:
            if row["page"] in PEER:
                print(f"\n{row['page']}: {row['ours'] / PEER[row['page']][0]:.0f} times the peer’s")
    assert [row["page"] for row in rows if row["of bare"] < LEAST] == []
    assert [row["page"] for row in rows if row["of plain"] < LEAST_OF_PLAIN] == []
    for row in rows:
        rate_of_peer, times = PEER.get(row["page"], (0, 0))
        assert row["ours"] >= rate_of_peer * times


def taken(server: Server, address: str) -> tuple[int, dict, bytes]:
    """Return a response of the site, for the bare view to repeat."""
    for _ in range(8):  # until both processes have cached it
        connected = http.client.HTTPConnection("127.0.0.1", server.port)
        with contextlib.closing(connected) as browser:
            browser.request("GET", address, headers=BROWSER)
            response = browser.getresponse()
            body = response.read()
    headers = {k: v for k, v in response.getheaders() if k.lower() not in OF_THE_SERVER}
    return response.status, headers, body


def without_body(answer: tuple[int, dict, bytes]) -> tuple[int, dict, bytes]:
    _status, headers, _body = answer
    return 304, headers, b""


def compared(name, ours, address, bare, plain, number, **headers) -> dict:
    """Return the requests per second of the three servers, measured in turn over some rounds."""
    asked = [(ours, address), (bare, f"/{number}"), (plain, f"/{number}")]
    for server, path in asked:
        rate(server, path, headers, seconds=1)
    rounds = [
        [rate(server, path, headers, SECONDS) for server, path in asked] for _ in range(ROUNDS)
    ]
    own, least, usual = (statistics.median(column) for column in zip(*rounds, strict=True))
    of_bare = statistics.median(one / other for one, other, _usual in rounds)
    of_plain = statistics.median(one / usual for one, _other, usual in rounds)
    return {
        "page": name, "ours": own, "bare": least, "plain": usual,
        "of bare": of_bare, "of plain": of_plain,
    }  # fmt: skip


def rate(server: Server, path: str, headers: dict, seconds: int) -> float:
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s"]
    for name, value in {**BROWSER, **headers}.items():
        command += ["-H", f"{name.replace('_', '-')}: {value}"]
    command.append(f"http://127.0.0.1:{server.port}{path}")
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "Non-2xx" not in said
    assert "Socket errors" not in said
    return float(re.search(r"Requests/sec: +([\d.]+)", said)[1])


def table(rows: list[dict]) -> str:
    lines = [
        "| page | ours, a second | bare view | ratio | behind startproject’s middleware | ratio |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for row in rows:
        lines.append(
            f"| {row['page']} | {row['ours']:.0f} | {row['bare']:.0f} | {row['of bare']:.0%} "
            f"| {row['plain']:.0f} | {row['of plain']:.0%} |"
        )
    return "\n".join(lines)


# A page that nobody has requested since the last change

COLD = {
    "programme, a day of 1,000 sessions": "/fr/scale/programme/",
    "schedule.json, 1,000 sessions": "/scale/schedule.json",
}

AIMS = dict(zip(COLD, (150, 400), strict=True))


def test_pages_after_a_change(database_url, edit, tmp_path, capsys):
    """Each response is rendered, since the revision has just changed."""
    with site(database_url, tmp_path) as server:
        rows = [(name, changed(server, address, edit)) for name, address in COLD.items()]
    with capsys.disabled():
        print(f"\n\n{machine()}\n")
        print("| rendered anew | aim ms | median ms | best ms | first of a process, ms |")
        print("|---|---:|---:|---:|---:|")
        for name, (first, *waited) in rows:
            print(
                f"| {name} | {AIMS[name]} | {statistics.median(waited):.0f} "
                f"| {min(waited):.0f} | {first:.0f} |"
            )
    for name, (_first, *waited) in rows:
        assert statistics.median(waited) < AIMS[name], name


def changed(server: Server, address: str, edit: Callable) -> list[float]:
    """Return milliseconds until the whole page arrived: at first, and after each of some edits."""

    def timed(browser) -> float:
        started = time.perf_counter()
        browser.request("GET", address, headers=BROWSER)
        browser.getresponse().read()
        return (time.perf_counter() - started) * 1000

    def connected():
        return contextlib.closing(http.client.HTTPConnection("127.0.0.1", server.port))

    with connected() as browser:
        waited = [timed(browser)]
    taken(server, address)
    with connected() as browser:
        for number in range(12):
            edit(number)
            waited.append(timed(browser))
    return waited


# An editor saves ten times a second while people read

READERS, LASTING, EVERY = 64, 10, 0.1
READ = ["/fr/2021/", "/fr/2021/abstract/", "/fr/2021/programme/", "/fr/2021/speakers/"]
SAID = re.compile(rb"Essai (\d+)\.")


def test_an_editor_and_many_readers(database_url, edit, tmp_path, capsys):
    edit(0)
    with site(database_url, tmp_path) as server:
        for address in READ:
            taken(server, address)
        log = tmp_path / "rendered"
        before = log.stat().st_size
        commits, seen = asyncio.run(editing_and_reading(server, edit))
        rendered = log.stat().st_size - before
    # The age of each page: how long before its arrival the next version was saved.
    ages = [max(0, at - commits.get(version + 1, at)) for at, _waited, version in seen]
    waited = [one for _at, one, _version in seen]
    with capsys.disabled():
        print(f"\n\n{machine()}\n")
        print(
            f"{len(commits)} saves and {len(seen)} pages in {LASTING} s, {rendered} rendered; "
            f"waited p50 {statistics.median(waited) * 1000:.0f} ms, max {max(waited) * 1000:.0f} "
            f"ms; oldest page {max(ages) * 1000:.0f} ms"
        )
    processes = 2
    assert rendered <= (len(commits) + 1) * len(READ) * processes
    assert max(waited) < 1
    assert max(ages) < 1


async def editing_and_reading(
    server: Server, edit: Callable
) -> tuple[dict[int, float], list[tuple]]:
    """Return the time at which each version was saved, and the pages read.

    Each page is `(time of arrival, seconds waited, version)`.
    """
    commits, seen = {}, []
    until = time.monotonic() + LASTING

    async def editor():
        for number in itertools.count(1):
            if time.monotonic() > until:
                return
            await asyncio.to_thread(edit, number)
            commits[number] = time.monotonic()
            await asyncio.sleep(EVERY)

    agent = f"User-Agent: {BROWSER['User-Agent']}"

    async def reader(address):
        come, go = await asyncio.open_connection("127.0.0.1", server.port)
        while time.monotonic() < until:
            started = time.monotonic()
            go.write(f"GET {address} HTTP/1.1\r\nHost: 127.0.0.1\r\n{agent}\r\n\r\n".encode())
            head = await come.readuntil(b"\r\n\r\n")
            body = await come.readexactly(int(re.search(rb"Content-Length: (\d+)", head)[1]))
            at = time.monotonic()
            seen.append((at, at - started, int(SAID.search(body)[1])))
            await asyncio.sleep(0.01)
        go.close()

    await asyncio.gather(editor(), *(reader(READ[n % len(READ)]) for n in range(READERS)))
    return commits, seen
