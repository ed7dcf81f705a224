"""Reads and downloads: who counts, who does not, and that nobody is followed."""

import datetime
import os
import subprocess
import sys
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from django.db import connection, transaction
from django.utils import timezone

from symposium.abstracts import usage, usage_charts
from symposium.abstracts.models import Reading
from symposium.core import page_cache
from tests.factories import make_abstract, make_argument, make_edition
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
def notes(monkeypatch):
    monkeypatch.setattr(usage, "NOTES", process())
    return usage.NOTES


def process() -> usage.Notes:
    """The notes of a process without a thread that writes them."""
    notes = usage.Notes()
    notes.begun.acquire()
    return notes


@pytest.fixture(autouse=True)
def abstract():
    return make_abstract(make_edition("2021"), slug="ville")


def visit(client, path: str = PAGE, agent: str = FIREFOX, address: str = "192.0.2.1", **headers):
    headers = {"User-Agent": agent} | headers
    return client.get(path, headers=headers, REMOTE_ADDR=address)


def counts() -> dict[str, int]:
    usage.NOTES.write()
    return dict(Reading.objects.values_list("kind", "count"))


@pytest.mark.parametrize("agent", [FIREFOX, SAFARI])
def test_reads_and_downloads_are_counted_apart(client, abstract, agent):
    for path in (PAGE, PDF):
        assert visit(client, path, agent).status_code == 200
    assert counts() == {"read": 1, "download": 1}
    assert usage.by_day(abstract) == [(abstract.edition.today(), 1, 1)]


@pytest.mark.parametrize("agent", ROBOTS)
def test_robots_are_not_counted(client, agent):
    visit(client, PAGE, agent)
    assert counts() == {}


def test_double_click_counts_once(client):
    for _click in range(3):
        visit(client)
    assert counts() == {"read": 1}


def test_another_reader_another_browser_and_another_page_count(client, abstract):
    make_argument(abstract.edition)
    visit(client)
    visit(client, address="192.0.2.2")
    visit(client, agent=SAFARI)
    visit(client, "/fr/2021/abstract/")
    usage.NOTES.write()
    assert sorted(Reading.objects.values_list("abstract__slug", "count")) == [
        (abstract.slug, 3), (abstract.edition.abstracts.argument().slug, 1),
    ][::1 if abstract.slug < abstract.edition.abstracts.argument().slug else -1]  # fmt: skip


CLICKS = [str(uuid.UUID(int=number)) for number in range(1, 201)]


def note(notes, seconds: int = 0, click: str = CLICKS[0], slug: str = "ville") -> None:
    moment = timezone.now() + datetime.timedelta(seconds=seconds)
    notes.add(click, "read", "2021", slug, moment)


@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize(
    ("seconds", "count"),
    [
        ((0, 29), 1), ((0, 31), 2), ((0, 25, 50), 1), ((0, 31, 35), 2), ((0, 31, 62), 3),
        ((29, 0), 1), ((60, 0), 2),
    ],
)  # fmt: skip
def test_click_counts_again_after_half_a_minute(notes, seconds, count, at_once):
    for moment in seconds:
        note(notes, moment)
        if not at_once:
            notes.write()
    assert counts() == {"read": count}


def test_two_clicks_that_reach_two_processes_count_once(client, monkeypatch):
    for _process in range(2):
        monkeypatch.setattr(usage, "NOTES", process())
        visit(client)
        assert counts() == {"read": 1}


@pytest.mark.django_db(transaction=True)
def test_processes_that_write_at_once_count_each_click_once(abstract):
    """The same readers in both, in another order: one waits for the other, never in a circle."""
    make_abstract(abstract.edition, slug="eau")
    first, second, both = process(), process(), threading.Barrier(2)
    asked = list(zip(CLICKS, ["ville", "eau"] * 100, strict=True))
    for notes, order in ((first, asked), (second, reversed(asked))):
        for click, slug in order:
            note(notes, click=click, slug=slug)

    def write(notes):
        both.wait(10)
        notes.write()
        connection.close()
        return len(notes.notes)

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(write, (first, second))) == [0, 0]
    assert sorted(Reading.objects.values_list("abstract__slug", "count")) == [
        ("eau", 100), ("ville", 100),
    ]  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_nothing_is_lost_while_the_database_does_not_answer(notes):
    for click in CLICKS[:3]:
        note(notes, click=click)

    def write():
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '10ms'")
        notes.write()
        return len(notes.notes), notes.some.is_set()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE symposium_abstracts_click")
        assert pool.submit(write).result(10) == (3, True)
    assert counts() == {"read": 3}
    assert (len(notes.notes), notes.some.is_set()) == (0, False)


def test_what_is_noted_while_the_database_is_away_is_bounded(notes):
    for _time in range(usage.MOST + 1):
        note(notes)
    assert len(notes.notes) == usage.MOST


class EndOfThread(BaseException):
    pass


@pytest.mark.django_db(transaction=True)
def test_thread_begun_by_the_first_note_writes_by_itself(monkeypatch):
    monkeypatch.setattr(usage, "EVERY", 0)
    written = threading.Event()

    class Notes(usage.Notes):
        def keep_writing(self):
            with suppress(EndOfThread):
                super().keep_writing()

        def write(self):
            super().write()
            connection.close()
            written.set()
            raise EndOfThread

    note(Notes())
    assert written.wait(10)
    assert counts() == {"read": 1}


SERVER = """
import os, sys, django
django.setup()
from symposium.abstracts import usage
from symposium.abstracts.models import Reading

def read(address):
    meta = {"REQUEST_METHOD": "GET", "HTTP_USER_AGENT": "Firefox/140.0", "REMOTE_ADDR": address}
    usage.count(Reading.Kind.READ, "2021", "ville", meta)

usage.EVERY = 600  # the thread writes nothing
read("192.0.2.1")
if not (child := os.fork()):
    read("192.0.2.2")
    sys.exit()
os.waitpid(child, 0)
"""


@pytest.mark.django_db(transaction=True)
def test_each_process_writes_what_it_noted_itself_before_it_exits():
    server = urlsplit(os.environ["DATABASE_URL"])
    tested = server._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    done = subprocess.run(
        [sys.executable, "-c", SERVER], env=os.environ | {"DATABASE_URL": tested},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert counts() == {"read": 2}


def test_reader_waits_for_no_query(client, notes, settings, django_assert_num_queries):
    settings.PUBLISHED_BYTES = 1024 * 1024
    visit(client)
    with django_assert_num_queries(1):  # the revision
        visit(client, address="192.0.2.2")
    page_cache.SHELF.clear()
    assert (len(notes.notes), Reading.objects.count()) == (2, 0)


def test_pages_that_are_kept_are_counted_too(client, settings):
    settings.PUBLISHED_BYTES = 1024 * 1024
    for number in range(3):
        answer = visit(client, address=f"192.0.2.{number}")
    visit(client, address="192.0.2.9", **{"If-None-Match": answer.headers["ETag"]})
    visit(client, agent=ROBOTS[1], address="192.0.2.10")
    page_cache.SHELF.clear()
    assert counts() == {"read": 4}


def test_what_is_not_read_is_not_counted(client):
    client.head(PAGE, headers={"User-Agent": FIREFOX})
    visit(client, **{"Sec-Purpose": "prefetch"})
    visit(client, "/fr/2021/abstracts/ailleurs/")
    make_abstract(make_edition("2020"), slug="retire", status="withdrawn")
    visit(client, "/fr/2020/abstracts/retire/")
    visit(client, "/fr/2020/abstracts/retire/abstract.pdf")
    assert counts() == {}


def test_nothing_says_by_whom(client):
    visit(client, address="192.0.2.77")
    assert {field.name for field in Reading._meta.fields} == {
        "id", "abstract", "day", "kind", "count",
    }  # fmt: skip
    [(click, *said)] = usage.NOTES.notes
    assert (len(click), said[:-1]) == (32, ["read", "2021", "ville"])
    usage.NOTES.write()
    with connection.cursor() as cursor:
        cursor.execute("SELECT click, before FROM symposium_abstracts_click")
        assert cursor.fetchall() == [(uuid.UUID(click), None)]


def test_hash_is_that_of_a_reader_and_a_thing_for_a_day(monkeypatch):
    meta = {"REMOTE_ADDR": "192.0.2.1", "HTTP_USER_AGENT": FIREFOX}
    first = usage.click_of(meta, "read")
    assert usage.click_of(meta, "read") == first
    others = [
        usage.click_of(meta, "download"),
        usage.click_of(meta | {"REMOTE_ADDR": "192.0.2.2"}, "read"),
        usage.click_of(meta | {"HTTP_USER_AGENT": SAFARI}, "read"),
    ]
    tomorrow = timezone.now() + datetime.timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: tomorrow)
    assert len({first, *others, usage.click_of(meta, "read")}) == 5


def test_clicks_are_forgotten_after_half_a_minute(notes):
    note(notes, -31)
    note(notes, -10, click=CLICKS[1])
    notes.write()
    with connection.cursor() as cursor:
        cursor.execute("SELECT click FROM symposium_abstracts_click")
        assert cursor.fetchall() == [(uuid.UUID(CLICKS[1]),)]


def test_day_is_that_of_the_edition(abstract, notes):
    type(abstract.edition).objects.update(time_zone="Pacific/Kiritimati")
    note(notes)
    notes.write()
    abstract.edition.refresh_from_db()
    assert Reading.objects.get().day == abstract.edition.today()


def test_day_is_counted_once(abstract):
    day = abstract.edition.today()
    abstract.readings.create(day=day, kind="read", count=1)
    with refused_by("readings_once_per_day"):
        abstract.readings.create(day=day, kind="read", count=1)


def test_drawing_has_the_last_days(abstract):
    today = datetime.date(2021, 6, 9)
    days = [
        (today - datetime.timedelta(days=usage_charts.DAYS), 9, 9),  # too old
        (today - datetime.timedelta(days=usage_charts.DAYS - 1), 1, 0),
        (today, 1, 3),
    ]
    drawn = usage_charts.columns(days, today)
    assert [(one.kind, one.x, one.y, one.width, one.height) for one in drawn] == [
        ("first", 0, 90, 4, 30), ("first", 474, 90, 5, 30), ("second", 474, 0, 5, 90),
    ]  # fmt: skip
    assert usage_charts.columns([], today) == []
