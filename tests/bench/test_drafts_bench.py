"""Cost of 300 long forms posted by a visitor, for the server and for a cached page.

`make bench`. It once took 760 MB more, and a cached page waited 5.9 seconds.
"""

import http.client
import statistics
import time
from urllib.parse import urlencode

import psutil
import pytest
from django.contrib.sessions.models import Session as BrowserSession

from symposium.registrations.models import Draft
from tests.bench.server import Server, serving
from tests.bench.test_bench_registration import database_url  # noqa: F401 (a fixture)
from tests.bench.test_pages import machine
from tests.factories import make_category, open_edition

FORMS, LONG = 300, 99_000
KEPT = "/fr/2030/"
CSRF = "c" * 32


@pytest.fixture
def site(database_url, tmp_path):  # noqa: F811
    with serving("tests.bench.bare:application", tmp_path, DATABASE_URL=database_url) as server:
        yield server


def test_three_hundred_anonymous_forms(site, capsys):
    make_category(open_edition("2030"))
    ask(site, KEPT, times=30)
    before = measured(site)
    cookie = attack(site)
    after, login = measured(site), ask(site, "/fr/accounts/login/", times=20, cookie=cookie)
    rows = [("before", before), ("after", after)]
    with capsys.disabled():
        print(f"\n\n{machine()}\n\n| {FORMS} forms of {LONG} bytes | kept page, ms | memory, MB |")
        print("|---|---|---|")
        for name, (milliseconds, megabytes) in rows:
            print(f"| {name} | {milliseconds:.1f} | {megabytes:.0f} |")
        print(f"\nsigning in, with the cookie of the forms: {login:.1f} ms")
    assert (BrowserSession.objects.count(), Draft.objects.count()) == (0, 0)
    assert after[1] - before[1] < 60
    assert after[0] < 5 * before[0] + 5


def attack(site: Server) -> str:
    """Post long forms to registrations that do not exist, and to an edition, from one browser."""
    cookie = f"csrftoken={CSRF}"
    connection = http.client.HTTPConnection("127.0.0.1", site.port)
    for number in range(FORMS):
        page = f"/fr/my/b{number}/edit/" if number % 2 else "/fr/2030/register/"
        form = {"csrfmiddlewaretoken": CSRF, "x": "资" * (LONG // 9), f"n{number}": "1"}
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
        connection.request("POST", page, urlencode(form), headers)
        answer = connection.getresponse()
        answer.read()
        given = (answer.getheader("Set-Cookie") or "").partition(";")[0]
        cookie = f"{cookie}; {given}" if given.startswith("sessionid") else cookie
    return cookie


def measured(site: Server) -> tuple[float, float]:
    workers = psutil.Process(site.process.pid).children()
    return ask(site, KEPT), sum(one.memory_info().rss for one in workers) / 1e6


def ask(site: Server, page: str, times: int = 100, cookie: str = "") -> float:
    """Request a page `times` times; return the median response time in milliseconds."""
    took = []
    for _ in range(times):
        connection = http.client.HTTPConnection("127.0.0.1", site.port)
        started = time.perf_counter()
        connection.request("GET", page, headers={"Cookie": cookie} if cookie else {})
        connection.getresponse().read()
        took.append((time.perf_counter() - started) * 1000)
        connection.close()
    return statistics.median(took)
