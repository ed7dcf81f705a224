"""Reads and downloads: who counts, who does not, and that nobody is followed."""

import datetime
import threading

import pytest
from django.core.cache import cache, caches
from django.db import connection

from symposium import published
from symposium.abstracts import plots, readings
from symposium.abstracts.models import Reading
from tests.factories import make_abstract, make_argument, make_edition
from tests.refusals import refused_by

pytestmark = pytest.mark.django_db
PAGE, PDF = "/fr/2021/abstracts/ville/", "/fr/2021/abstracts/ville.pdf"
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
def abstract():
    caches["readings"].clear()
    return make_abstract(make_edition("2021"), slug="ville")


def visit(client, path: str = PAGE, agent: str = FIREFOX, address: str = "192.0.2.1", **headers):
    headers = {"User-Agent": agent} | headers
    return client.get(path, headers=headers, REMOTE_ADDR=address)


def counts() -> dict[str, int]:
    return dict(Reading.objects.values_list("kind", "count"))


@pytest.mark.parametrize("agent", [FIREFOX, SAFARI])
def test_reads_and_downloads_are_counted_apart(client, abstract, agent):
    for path in (PAGE, PDF):
        assert visit(client, path, agent).status_code == 200
    assert counts() == {"read": 1, "download": 1}
    assert readings.by_day(abstract) == [(abstract.edition.today(), 1, 1)]


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
    assert sorted(Reading.objects.values_list("abstract__slug", "count")) == [
        (abstract.slug, 3), (abstract.edition.abstracts.argument().slug, 1),
    ][::1 if abstract.slug < abstract.edition.abstracts.argument().slug else -1]  # fmt: skip


def test_click_counts_again_after_half_a_minute(client, monkeypatch):
    monkeypatch.setattr(readings, "DOUBLE_CLICK", 0.05)
    visit(client)
    threading.Event().wait(0.1)
    visit(client)
    assert counts() == {"read": 2}


def test_pages_that_are_kept_are_counted_too(client, settings):
    settings.PUBLISHED_BYTES = 1024 * 1024
    for number in range(3):
        answer = visit(client, address=f"192.0.2.{number}")
    visit(client, address="192.0.2.9", **{"If-None-Match": answer.headers["ETag"]})
    visit(client, agent=ROBOTS[1], address="192.0.2.10")
    published.SHELF.clear()
    assert counts() == {"read": 4}


def test_what_is_not_read_is_not_counted(client):
    client.head(PAGE, headers={"User-Agent": FIREFOX})
    visit(client, **{"Sec-Purpose": "prefetch"})
    visit(client, "/fr/2021/abstracts/ailleurs/")
    make_abstract(make_edition("2020"), slug="retire", status="withdrawn")
    visit(client, "/fr/2020/abstracts/retire/")
    visit(client, "/fr/2020/abstracts/retire.pdf")
    assert counts() == {}


def test_nothing_says_by_whom(client):
    visit(client, address="192.0.2.77")
    assert {field.name for field in Reading._meta.fields} == {
        "id", "abstract", "day", "kind", "count",
    }  # fmt: skip
    [key] = caches["readings"]._cache
    assert (key.startswith("readings:1:reading-"), "192.0.2.77" in key) == (True, False)


def test_crowd_of_readers_pushes_no_limit_on_attempts_out():
    cache.set("allauth:rl:login", 1)
    for number in range(400):  # more than a cache of this process holds here
        meta = {"REMOTE_ADDR": "192.0.2.1", "HTTP_USER_AGENT": f"Firefox {number}"}
        assert readings.is_double_click(meta, "read") is False
    assert cache.get("allauth:rl:login") == 1


def test_day_is_that_of_the_edition(abstract):
    type(abstract.edition).objects.update(time_zone="Pacific/Kiritimati")
    readings.add(Reading.Kind.READ, "2021", "ville")
    abstract.edition.refresh_from_db()
    assert Reading.objects.get().day == abstract.edition.today()


def test_day_is_counted_once(abstract):
    day = abstract.edition.today()
    abstract.readings.create(day=day, kind="read", count=1)
    with refused_by("readings_once_per_day"):
        abstract.readings.create(day=day, kind="read", count=1)


@pytest.mark.django_db(transaction=True)
def test_readers_at_once_are_all_counted():
    def read():
        for _time in range(10):
            readings.add(Reading.Kind.READ, "2021", "ville")
        connection.close()

    threads = [threading.Thread(target=read) for _reader in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts() == {"read": 50}


def test_drawing_has_the_last_days(abstract):
    today = datetime.date(2021, 6, 9)
    days = [
        (today - datetime.timedelta(days=plots.DAYS), 9, 9),  # too old
        (today - datetime.timedelta(days=plots.DAYS - 1), 1, 0),
        (today, 1, 3),
    ]
    drawn = plots.columns(days, today)
    assert [(one.kind, one.x, one.y, one.width, one.height) for one in drawn] == [
        ("first", 0, 90, 4, 30), ("first", 474, 90, 5, 30), ("second", 474, 0, 5, 90),
    ]  # fmt: skip
    assert plots.columns([], today) == []
