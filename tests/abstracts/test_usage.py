"""Counts of views and downloads: which requests count, and that nobody is tracked."""

import datetime
import os
import subprocess
import sys
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
from django.db import connection, transaction
from django.utils import timezone

from symposium.abstracts import usage, usage_charts
from symposium.abstracts.models import UsageCount
from tests.factories import make_abstract, make_edition, make_main_abstract
from tests.helpers.database_errors import refused_by

pytestmark = pytest.mark.django_db
PAGE, PDF = "/fr/2021/abstracts/ville/", "/fr/2021/abstracts/ville/abstract.pdf"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15"
    " (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
)
ROBOTS = [
    "",
    "Googlebot/2.1 (+http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
    "Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)",
    "curl/8.5.0",
    "python-requests/2.32.3",
    "Wget/1.21.4",
]


@pytest.fixture(autouse=True)
def recorder(monkeypatch):
    """UsageRecorder of a process that writes only when the test asks for it."""
    recorder = usage.UsageRecorder()
    recorder.written_at = float("inf")
    monkeypatch.setattr(usage, "RECORDER", recorder)
    return recorder


@pytest.fixture(autouse=True)
def abstract():
    return make_abstract(make_edition("2021"), slug="ville")


def visit(client, path: str = PAGE, agent: str = FIREFOX, address: str = "192.0.2.1", **headers):
    headers = {"User-Agent": agent} | headers
    return client.get(path, headers=headers, REMOTE_ADDR=address)


AT_ONCE = datetime.timedelta(days=-1)


def counts() -> dict[str, int]:
    usage.RECORDER.write()
    usage.sum_up(AT_ONCE)
    return dict(UsageCount.objects.values_list("kind", "count"))


def events() -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT click, kind, edition, slug FROM symposium_abstracts_usage_event")
        return cursor.fetchall()


@pytest.mark.parametrize("agent", [FIREFOX, SAFARI])
def test_views_and_downloads_are_counted_separately(client, abstract, agent):
    for path in (PAGE, PDF):
        assert visit(client, path, agent).status_code == 200
    assert counts() == {"view": 1, "download": 1}
    assert usage.by_day(abstract) == [(abstract.edition.today(), 1, 1)]


@pytest.mark.parametrize("agent", ROBOTS)
def test_robots_are_not_counted(client, agent):
    visit(client, PAGE, agent)
    assert counts() == {}


def test_double_click_counts_once(client):
    for _click in range(3):
        visit(client)
    assert counts() == {"view": 1}


def test_other_reader_browser_or_page_counts_separately(client, abstract):
    make_main_abstract(abstract.edition)
    visit(client)
    visit(client, address="192.0.2.2")
    visit(client, agent=SAFARI)
    visit(client, "/fr/2021/abstract/")
    counts()
    assert sorted(UsageCount.objects.values_list("abstract__slug", "count")) == [
        (abstract.slug, 3), (abstract.edition.abstracts.main_abstract().slug, 1),
    ][::1 if abstract.slug < abstract.edition.abstracts.main_abstract().slug else -1]  # fmt: skip


CLICKS = [str(uuid.UUID(int=number)) for number in range(1, 201)]


def record(recorder, seconds: int = 0, click: str = CLICKS[0], slug: str = "ville") -> None:
    moment = timezone.now() + datetime.timedelta(seconds=seconds)
    recorder.add(click, "view", "2021", slug, moment)


@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize(
    ("seconds", "count"),
    [
        ((0, 29), 1), ((0, 31), 2), ((0, 25, 50), 1), ((0, 31, 35), 2), ((0, 31, 62), 3),
        ((29, 0), 1), ((60, 0), 2),
    ],
)  # fmt: skip
def test_click_counts_again_after_thirty_seconds(recorder, seconds, count, at_once):
    for moment in seconds:
        record(recorder, moment)
        if not at_once:
            recorder.write()
    assert counts() == {"view": count}


def test_clicks_are_summed_up_after_a_minute_of_silence(recorder):
    for seconds, click in ((-80, 0), (-61, 0), (-80, 1), (-59, 1)):
        record(recorder, seconds, CLICKS[click])
    recorder.write()
    assert usage.sum_up() == 1
    assert dict(UsageCount.objects.values_list("kind", "count")) == {"view": 1}
    assert events() == [(uuid.UUID(CLICKS[1]), "view", "2021", "ville")] * 2
    assert counts() == {"view": 2}


def test_double_click_across_two_processes_counts_once(client, monkeypatch):
    for _process in range(2):
        monkeypatch.setattr(usage, "RECORDER", usage.UsageRecorder())
        visit(client)
    assert (len(events()), counts()) == (2, {"view": 1})


KEEPING = usage.SUM_UP.replace(
    """    DELETE FROM symposium_abstracts_usage_event AS event USING silent
    WHERE event.click = silent.click RETURNING event.*""",
    "SELECT event.* FROM symposium_abstracts_usage_event AS event NATURAL JOIN silent",
)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("statement", "count"), [(usage.SUM_UP, 100), (KEEPING, 200)])
def test_workers_that_sum_up_at_once_count_each_click_once(recorder, monkeypatch, statement, count):
    """The negative control deletes no event, so both workers count it."""
    monkeypatch.setattr(usage, "SUM_UP", statement)
    for click in CLICKS[:100]:
        record(recorder, click=click)
    recorder.write()
    both = threading.Barrier(2)

    def work(_worker):
        both.wait(10)
        usage.sum_up(AT_ONCE)
        connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(2)))
    assert UsageCount.objects.get().count == count


@pytest.mark.django_db(transaction=True)
def test_views_survive_an_unresponsive_database(recorder):
    for click in CLICKS[:3]:
        record(recorder, click=click)

    def write():
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '10ms'")
        recorder.write()
        connection.close()
        return len(recorder.events)

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE symposium_abstracts_usage_event")
        assert pool.submit(write).result(10) == 3
    assert counts() == {"view": 3}
    assert len(recorder.events) == 0


def test_what_is_recorded_while_the_database_is_away_is_bounded(recorder):
    for _time in range(usage.MAX_UNWRITTEN + 1):
        record(recorder)
    assert len(recorder.events) == usage.MAX_UNWRITTEN


def test_request_that_finds_a_second_over_writes(client, recorder):
    waiting = []
    for written_at in (time.monotonic() + 60, time.monotonic() - 1):
        recorder.written_at = written_at
        visit(client)
        waiting.append((len(recorder.events), len(events())))
    client.get("/healthz")
    assert waiting == [(1, 0), (0, 2)]


SERVER = """
import os, sys, django
django.setup()
from django.test import RequestFactory
from symposium.abstracts import usage
from symposium.abstracts.models import UsageCount

def read(address):
    meta = {"HTTP_USER_AGENT": "Firefox/140.0", "REMOTE_ADDR": address}
    usage.count(UsageCount.Kind.VIEW, "2021", "ville", RequestFactory().get("/", **meta))

read("192.0.2.1")
if not (child := os.fork()):
    read("192.0.2.2")
    sys.exit()
os.waitpid(child, 0)
"""


@pytest.mark.django_db(transaction=True)
def test_each_process_writes_what_it_recorded_itself_before_it_exits():
    server = urlsplit(os.environ["DATABASE_URL"])
    tested = server._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    done = subprocess.run(
        [sys.executable, "-c", SERVER], env=os.environ | {"DATABASE_URL": tested},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert counts() == {"view": 2}


@pytest.mark.usefixtures("page_cache")
def test_counting_a_view_adds_no_query(client, recorder, django_assert_num_queries):
    visit(client)
    with django_assert_num_queries(1):  # the revision
        visit(client, address="192.0.2.2")
    assert (len(recorder.events), events()) == (2, [])


@pytest.mark.usefixtures("page_cache")
def test_pages_from_memory_are_counted_too(client):
    for number in range(3):
        answer = visit(client, address=f"192.0.2.{number}")
    visit(client, address="192.0.2.9", **{"If-None-Match": answer.headers["ETag"]})
    visit(client, agent=ROBOTS[1], address="192.0.2.10")
    assert counts() == {"view": 4}


def test_head_prefetch_missing_and_withdrawn_are_not_counted(client):
    client.head(PAGE, headers={"User-Agent": FIREFOX})
    visit(client, **{"Sec-Purpose": "prefetch"})
    visit(client, "/fr/2021/abstracts/ailleurs/")
    make_abstract(make_edition("2020"), slug="retire", status="withdrawn")
    visit(client, "/fr/2020/abstracts/retire/")
    visit(client, "/fr/2020/abstracts/retire/abstract.pdf")
    assert counts() == {}


def test_usage_stores_no_reader_identity(client, recorder):
    visit(client, address="192.0.2.77")
    assert {field.name for field in UsageCount._meta.fields} == {
        "id", "abstract", "day", "kind", "count",
    }  # fmt: skip
    [(click, *known)] = recorder.events
    assert (len(click), known[:-1]) == (32, ["view", "2021", "ville"])
    recorder.write()
    assert events() == [(uuid.UUID(click), "view", "2021", "ville")]
    counts()
    assert events() == []


def test_click_hash_depends_on_reader_object_and_day(rf, monkeypatch):
    def click(name="view", address="192.0.2.1", agent=FIREFOX):
        return usage.click_of(rf.get("/", REMOTE_ADDR=address, HTTP_USER_AGENT=agent), name)

    first = click()
    assert click() == first
    others = [click("download"), click(address="192.0.2.2"), click(agent=SAFARI)]
    tomorrow = timezone.now() + datetime.timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: tomorrow)
    assert len({first, *others, click()}) == 5


def test_usage_day_uses_edition_time_zone(abstract, recorder):
    type(abstract.edition).objects.update(time_zone="Pacific/Kiritimati")
    record(recorder)
    counts()
    abstract.edition.refresh_from_db()
    assert UsageCount.objects.get().day == abstract.edition.today()


def test_usage_has_one_row_per_day_and_kind(abstract):
    day = abstract.edition.today()
    abstract.usage_counts.create(day=day, kind="view", count=1)
    with refused_by("usage_counts_once_per_day"):
        abstract.usage_counts.create(day=day, kind="view", count=1)


def test_usage_chart_shows_the_last_days_only(abstract):
    today = datetime.date(2021, 6, 9)
    days = [
        (today - datetime.timedelta(days=usage_charts.CHART_DAYS), 9, 9),  # too old
        (today - datetime.timedelta(days=usage_charts.CHART_DAYS - 1), 1, 0),
        (today, 1, 3),
    ]
    drawn = usage_charts.columns(days, today)
    assert [(one.kind, one.x, one.y, one.width, one.height) for one in drawn] == [
        ("first", 0, 90, 4, 30), ("first", 474, 90, 5, 30), ("second", 474, 0, 5, 90),
    ]  # fmt: skip
    assert usage_charts.columns([], today) == []
