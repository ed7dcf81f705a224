"""Pages for machines: liveness, readiness, robots.txt, security.txt, manifest, sitemap."""

import datetime
import logging
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from symposium import __version__
from symposium.abstracts.models import Abstract
from symposium.core import last_runs
from symposium.core.mail.models import Email
from symposium.core.models import LastRun
from symposium.editions.models import Edition
from symposium.sessions.models import Announcement, Change, Session
from symposium.website import health
from tests.factories import (
    make_abstract,
    make_edition,
    make_keyword,
    make_main_abstract,
    make_news,
    make_page,
    make_room,
    make_session,
    make_speaker,
)
from tests.helpers.database_errors import execute

pytestmark = pytest.mark.django_db

NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def test_liveness_check_makes_no_query(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")


WELL = {
    "status": "ok", "database": "ok", "migrations": "ok", "cache": "ok", "worker": "ok",
    "mail": "ok", "disk": "ok", "backup": "off", "time_zones": "ok", "oldest_mail_seconds": 0,
    "mails_failed_in_the_last_hour": 0, "version": __version__,
}  # fmt: skip


@pytest.fixture
def worker():
    """Worker that ran a moment ago."""
    last_runs.record_worker()


def write(**fields) -> Email:
    """Write an e-mail that waits for 90 seconds."""
    email = Email.objects.create(to="salma@example.org", from_email="a@example.org", **fields)
    created_at = timezone.now() - datetime.timedelta(seconds=90)
    Email.objects.filter(pk=email.pk).update(created_at=created_at)
    return email


def in_minutes(number: int) -> datetime.datetime:
    return timezone.now() + datetime.timedelta(minutes=number)


def test_readiness_check_reports_ok(client, worker):
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (200, WELL)


def test_readiness_check_warns_without_worker(client):
    response = client.get("/readyz")
    said = WELL | {"status": "warning", "worker": "away"}
    assert (response.status_code, response.json()) == (200, said)
    last_runs.record_worker()
    LastRun.objects.update(at=in_minutes(-2))
    assert client.get("/readyz").json() == said


def test_readiness_check_warns_of_mail_that_nobody_tries_to_send(client, worker):
    write()
    response = client.get("/readyz")
    said = WELL | {"status": "warning", "mail": "waiting", "oldest_mail_seconds": 90}
    assert (response.status_code, response.json()) == (200, said)


def test_readiness_check_warns_of_a_mail_server_that_accepts_none(client, worker):
    """Each mail has its next attempt; none is overdue, and none leaves."""
    write(status=Email.Status.RETRYING, attempts=1, scheduled_at=in_minutes(5))
    said = WELL | {"status": "warning", "mail": "failing", "oldest_mail_seconds": 90}
    assert client.get("/readyz").json() == said
    write(status=Email.Status.SENT)
    assert client.get("/readyz").json() == WELL | {"oldest_mail_seconds": 90}


def test_readiness_check_counts_the_failures_of_the_last_hour(client, worker):
    for minutes in (-1, -59, -61):
        email = write(status=Email.Status.FAILED)
        Email.objects.filter(pk=email.pk).update(updated_at=in_minutes(minutes))
    assert client.get("/readyz").json() == WELL | {"mails_failed_in_the_last_hour": 2}


def test_readiness_check_warns_of_a_full_disk(client, worker, monkeypatch):
    monkeypatch.setattr(health, "MIN_FREE_SHARE", 1.0)
    assert client.get("/readyz").json() == WELL | {"status": "warning", "disk": "low"}


@pytest.mark.parametrize(
    ("hours", "status", "state"), [(None, "warning", "none"), (25, "ok", "ok"),
                                   (27, "warning", "old")])  # fmt: skip
def test_readiness_check_warns_of_an_old_backup(client, worker, settings, hours, status, state):
    settings.BACKUP_AT = datetime.time(3)
    if hours:
        last_runs.record(last_runs.BACKUP)
        LastRun.objects.filter(name="backup").update(at=in_minutes(-60 * hours))
    assert client.get("/readyz").json() == WELL | {"status": status, "backup": state}


def test_readiness_check_warns_of_held_mails(client, worker):
    write(status=Email.Status.HELD)
    assert client.get("/readyz").json() == WELL | {"status": "warning", "mail": "held"}


def test_readiness_check_fails_with_pending_migrations(client, worker):
    MigrationRecorder.Migration.objects.filter(app="symposium_accounts").delete()
    response = client.get("/readyz")
    said = WELL | {"status": "unavailable", "migrations": "pending"}
    del said["oldest_mail_seconds"], said["mails_failed_in_the_last_hour"]
    assert (response.status_code, response.json()) == (503, said)


def test_readiness_check_fails_without_database(client):
    def away(*arguments):
        raise OperationalError("away")

    with connection.execute_wrapper(away):
        response = client.get("/readyz")
    assert (response.status_code, response.json()) == (
        503,
        {"status": "unavailable", "database": "away", "migrations": "unknown", "cache": "ok",
         "worker": "unknown", "mail": "unknown", "disk": "ok", "backup": "unknown",
         "time_zones": "unknown",
         "version": __version__},
    )  # fmt: skip


def test_readiness_check_reports_periods_of_other_time_zone_rules(client):
    """Morocco, for instance, had UTC+1 in winter until 2026."""
    make_edition("2026", starts_on=datetime.date(2026, 12, 1))
    assert client.get("/readyz").json()["time_zones"] == "ok"
    execute(
        "UPDATE symposium_editions_edition SET period = tstzrange("
        "lower(period) - interval '1 hour', upper(period) - interval '1 hour')"
    )
    response = client.get("/readyz")
    assert (response.status_code, response.json()["time_zones"]) == (200, "rebuild")
    call_command("rebuild_periods")
    assert client.get("/readyz").json()["time_zones"] == "ok"


def test_log_timestamps_use_the_site_time_zone():
    """The rules come from `tzdata`, not from the machine, whose own may be years old."""
    noon = datetime.datetime(2026, 12, 1, 12, tzinfo=datetime.UTC)
    record = logging.makeLogRecord({"created": noon.timestamp()})
    local = timezone.localtime(noon)
    assert logging.Formatter().formatTime(record, "%H:%M %z") == f"{local:%H:%M %z}"


def test_robots(client):
    assert client.get("/robots.txt").content.decode().splitlines() == [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /fr/accounts/",
        "Disallow: /fr/my/",
        "Disallow: /en/accounts/",
        "Disallow: /en/my/",
        "Disallow: /ar/accounts/",
        "Disallow: /ar/my/",
        "",
        "Sitemap: http://testserver/sitemap.xml",
    ]


SECURITY = "/.well-known/security.txt"


def test_security_txt(client):
    """RFC 9116: these four fields, with an expiry within a year."""
    response = client.get(SECURITY)
    end = (timezone.now().astimezone(datetime.UTC) + datetime.timedelta(days=180)).date()
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode() == (
        "Contact: mailto:contact@example.org\n"
        f"Expires: {end}T00:00:00Z\n"
        "Preferred-Languages: fr, en, ar\n"
        "Canonical: http://testserver/.well-known/security.txt\n"
    )


@pytest.mark.parametrize(
    ("setting", "contact"),
    [
        ("", "mailto:edition@example.org"),
        ("security@example.org", "mailto:security@example.org"),
        ("https://example.org/report", "https://example.org/report"),
    ],
)
def test_security_txt_names_the_setting_or_the_edition(client, settings, setting, contact):
    make_edition("2021", contact_email="edition@example.org")
    settings.SECURITY_CONTACT = setting
    assert client.get(SECURITY).content.decode().splitlines()[0] == f"Contact: {contact}"


@pytest.mark.parametrize(("language", "name"), [("fr", "Ville"), ("ar", "مدينة")])
def test_manifest(client, language, name):
    make_edition("2021", name_fr="Ville", name_ar="مدينة", short_name_fr="V")
    response = client.get("/manifest.webmanifest", headers={"accept-language": language})
    data = response.json()
    assert response.headers["Content-Type"] == "application/manifest+json"
    assert (data["name"], data["lang"]) == (f"{name} 2021", language)
    assert [icon["sizes"] for icon in data["icons"]] == ["192x192", "512x512", "512x512"]


def test_manifest_works_on_an_empty_site(client):
    assert client.get("/manifest.webmanifest").json()["start_url"] == "/"


def sitemap(client) -> dict[str, dict[str, str]]:
    """Return the alternates of each address, by language."""
    root = ElementTree.fromstring(client.get("/sitemap.xml").content)
    return {
        url.findtext("s:loc", namespaces=NAMES): {
            link.get("hreflang"): link.get("href") for link in url.findall("x:link", NAMES)
        }
        for url in root.findall("s:url", NAMES)
    }


def paths(client, language="en") -> list[str]:
    start = f"http://testserver/{language}"
    return sorted(a.removeprefix(start) for a in sitemap(client) if a.startswith(start))


def test_sitemap_lists_public_pages(client):
    edition = make_edition("2021")
    room = make_room(edition, slug="atlas")
    session = make_session(edition, slug="plenary", room=room)
    make_main_abstract(edition)
    abstract = make_abstract(edition, slug="water", session=session)
    make_keyword(abstract, slug="resilience")
    make_speaker(edition, slug="salma-medina")
    make_page(edition, slug="coming")
    make_news(edition, slug="tram")
    assert paths(client) == [
        "/2021/",
        "/2021/abstract/",
        "/2021/abstracts/",
        "/2021/abstracts/water/",
        "/2021/changes/",
        "/2021/keywords/",
        "/2021/keywords/resilience/",
        "/2021/news/",
        "/2021/news/tram/",
        "/2021/pages/coming/",
        "/2021/programme/",
        "/2021/programme/plenary/",
        "/2021/rooms/atlas/",
        "/2021/speakers/",
        "/2021/speakers/salma-medina/",
    ]


def test_sitemap_excludes_drafts(client):
    edition = make_edition("2021")
    make_session(edition, status=Session.Status.DRAFT)
    abstract = make_abstract(edition, status=Abstract.Status.DRAFT)
    make_keyword(abstract)
    make_speaker(edition, is_published=False)
    make_page(edition, is_published=False)
    make_news(edition, published_at=None)
    make_news(make_edition("2023", is_published=False))
    make_room(make_edition("2022", is_published=False))
    assert paths(client) == [
        "/2021/",
        "/2021/abstracts/",
        "/2021/keywords/",
        "/2021/programme/",
        "/2021/speakers/",
    ]


def test_sitemap_lists_home_page_alternates(client):
    make_edition("2021")
    found = sitemap(client)
    expected = {code: f"http://testserver/{code}/2021/" for code, _name in settings.LANGUAGES}
    expected["x-default"] = "http://testserver/fr/2021/"
    for code in ("fr", "en", "ar"):
        assert found[f"http://testserver/{code}/2021/"] == expected


@pytest.mark.parametrize("count", [1, 3])
def test_sitemap_query_count_is_constant(client, django_assert_num_queries, count):
    edition = make_edition("2021")
    for number in range(count):
        make_session(edition, at=f"1{number}:00")
        make_keyword(make_abstract(edition))
        make_speaker(edition)
        make_room(edition)
        make_page(edition)
        make_news(edition)
    with django_assert_num_queries(15):
        client.get("/sitemap.xml")


def test_sitemap_last_modified_covers_page_and_its_content(client):
    edition = make_edition("2021")
    room, empty = (make_room(edition, slug=slug) for slug in ("atlas", "empty"))
    session = make_session(edition, slug="plenary", room=room)
    make_session(edition, room=room, status=Session.Status.DRAFT, at="11:00")
    make_keyword(make_abstract(edition, slug="water"), slug="resilience")
    days = {Session: 3, Abstract: 5}
    for model, day in days.items():
        model.objects.update(updated_at=datetime.datetime(2021, 6, day, tzinfo=datetime.UTC))
    Session.objects.exclude(pk=session.pk).update(updated_at=timezone.now())
    root = ElementTree.fromstring(client.get("/sitemap.xml").content)
    said = {
        url.findtext("s:loc", namespaces=NAMES).removeprefix("http://testserver/ar/2021/"):
        url.findtext("s:lastmod", namespaces=NAMES)
        for url in root.findall("s:url", NAMES)
    }  # fmt: skip
    assert {path: said[path] for path in (
        "programme/", "programme/plenary/", "rooms/atlas/", f"rooms/{empty.slug}/", "abstracts/",
        "keywords/", "keywords/resilience/", "speakers/",
    )} == {
        "programme/": "2021-06-03",
        "programme/plenary/": "2021-06-03",
        "rooms/atlas/": "2021-06-03",
        "rooms/empty/": None,
        "abstracts/": "2021-06-05",
        "keywords/": "2021-06-05",
        "keywords/resilience/": "2021-06-05",
        "speakers/": None,
    }  # fmt: skip


def test_sitemap_lists_changes_pages_of_announced_programmes(client):
    for slug in ("2019", "2020", "2021"):
        make_session(make_edition(slug))
    make_edition("2022")
    make_session(make_edition("2023"))
    Edition.objects.filter(slug="2023").update(is_published=False)
    now = timezone.now()
    Announcement.objects.filter(edition__slug="2019").update(at=now + datetime.timedelta(days=1))
    Announcement.objects.filter(edition__slug="2020").update(at=now - datetime.timedelta(days=9))
    Change.objects.filter(edition__slug="2020").update(at=now - datetime.timedelta(days=2))
    root = ElementTree.fromstring(client.get("/sitemap.xml").content)
    found = {
        url.findtext("s:loc", namespaces=NAMES): url.findtext("s:lastmod", namespaces=NAMES)
        for url in root.findall("s:url", NAMES)
    }
    start = "http://testserver/en/"
    assert {
        address.removeprefix(start): changed
        for address, changed in found.items()
        if address.startswith(start) and address.endswith("/changes/")
    } == {
        "2020/changes/": f"{now - datetime.timedelta(days=2):%Y-%m-%d}",
        "2021/changes/": f"{now:%Y-%m-%d}",
    }


def test_sitemap_lists_all_alternates_of_every_page(client):
    edition = make_edition("2021")
    make_session(edition, room=make_room(edition))
    make_main_abstract(edition)
    make_keyword(make_abstract(edition))
    make_speaker(edition)
    make_page(edition)
    found = sitemap(client)
    assert len(found) == 13 * 3
    for address, alternates in found.items():
        path = address.removeprefix("http://testserver/")[2:]
        expected = {code: f"http://testserver/{code}{path}" for code in ("fr", "en", "ar")}
        assert alternates == expected | {"x-default": expected["fr"]}
