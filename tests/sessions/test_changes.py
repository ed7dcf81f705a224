"""Changes of a programme: recorded by the database, shown to readers and organisers."""

import datetime
import threading

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import connection, transaction
from django.utils import timezone, translation
from lxml import etree

from symposium.editions.models import Edition
from symposium.sessions import changes, planning
from symposium.sessions.changes import Kind
from symposium.sessions.models import Announcement, Change, Room, Session
from tests.factories import (
    make_edition,
    make_organiser,
    make_room,
    make_session,
    make_user,
    refreshed,
    times,
)
from tests.helpers.admin_forms import told as messages_of
from tests.helpers.database_errors import execute
from tests.helpers.page_html import cards, hrefs, main, texts

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)
PAGE = "/en/2021/changes/"


@pytest.fixture
def edition():
    """An edition whose programme was announced ten days ago."""
    edition = make_edition("2021", name_en="Symposium", name_fr="Symposium")
    announce(edition, 10 * DAY)
    return edition


@pytest.fixture
def rooms(edition):
    return [make_room(edition, name_fr=name) for name in ("Salle A", "Salle B")]


@pytest.fixture
def water(edition, rooms):
    """A session that is public for as long as the programme."""
    session = make_session(
        edition, title_fr="Eau", slug="eau", at="10:00", lasting=60, room=rooms[0]
    )
    Change.objects.all().delete()
    return session


def announce(edition, ago: datetime.timedelta) -> None:
    at = timezone.now() - ago
    Announcement.objects.update_or_create(edition=edition, defaults={"at": at})


def change(session, ago: datetime.timedelta = HOUR, **fields) -> None:
    """Update the row of a session as plain SQL does, and date the change in the past."""
    last = Change.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    Session.objects.filter(pk=session.pk).update(**fields)
    Change.objects.filter(pk__gt=last).update(at=timezone.now() - ago)


def move(session, at: str, ago: datetime.timedelta = HOUR, **fields) -> None:
    when = times(session.edition, at, lasting=60, day=fields.pop("day", 1))
    change(session, ago, **when, **fields)


def said(edition) -> list[str]:
    """Return the public changes in English, without direction marks."""
    with translation.override("en"):
        sentences = [shift.sentence for shift in changes.public_changes(edition)]
    marks = str.maketrans("", "", "\u2066\u2068\u2069")
    return [sentence.translate(marks) for sentence in sentences]


# Recorded changes


def kept() -> list[tuple]:
    return list(Change.objects.order_by("pk").values_list("old_status", "new_status"))


def test_every_kind_of_write_is_recorded(edition, water, rooms):
    water.room = rooms[1]
    water.save()
    Session.objects.update(status="cancelled")
    execute("UPDATE symposium_sessions_session SET status = 'published'")
    execute("UPDATE symposium_sessions_session SET room_id = %s", rooms[0].pk)
    planning.set_status(refreshed(water), Session.Status.CANCELLED)
    assert kept() == [
        ("published", "published"), ("published", "cancelled"), ("cancelled", "published"),
        ("published", "published"), ("published", "cancelled"),
    ]  # fmt: skip


def test_title_and_places_are_not_recorded_as_changes(water):
    Session.objects.update(title_fr="Mer", places=3)
    water.save()
    assert kept() == []


def test_draft_changes_are_not_recorded(edition, rooms):
    draft = make_session(edition, status="draft", room=rooms[0])
    move(draft, "14:00", room=rooms[1])
    assert kept() == []
    change(draft, status="published")
    change(draft, status="draft")
    first, second = Change.objects.order_by("pk")
    assert (first.old_status, first.old_starts_at, first.old_room_id) == ("", None, None)
    assert (second.new_status, second.new_starts_at, second.new_room_id) == ("", None, None)


def test_room_and_session_can_be_deleted(edition, water, rooms):
    move(water, "11:00", room=rooms[1])
    change(water, datetime.timedelta(0), room=None)
    rooms[1].delete()
    assert said(edition) == [
        "Moved from another room to no room.",
        "Moved from 10:00–11:00, Salle A to 11:00–12:00, another room.",
    ]
    Room.objects.all().delete()
    execute("DELETE FROM symposium_sessions_session WHERE id = %s", water.pk)
    connection.check_constraints()
    assert Change.objects.count() == 0


def test_first_public_session_announces_the_programme():
    edition = make_edition(is_published=False)
    make_session(edition)
    assert not Announcement.objects.exists()
    Edition.objects.update(is_published=True)
    announced = Announcement.objects.get(edition=edition).at
    make_session(edition)
    Edition.objects.update(is_published=False)
    Edition.objects.update(is_published=True)
    assert Announcement.objects.get(edition=edition).at == announced
    other = make_edition()
    make_session(other, status="draft")
    assert not Announcement.objects.filter(edition=other).exists()
    Session.objects.filter(edition=other).update(status="published")
    assert Announcement.objects.filter(edition=other).exists()


@pytest.mark.django_db(transaction=True)
def test_concurrent_first_sessions_create_one_announcement():
    edition = make_edition()
    barrier = threading.Barrier(2)

    def work():
        try:
            with transaction.atomic():
                barrier.wait(10)
                make_session(edition)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert (edition.sessions.count(), Announcement.objects.count()) == (2, 1)


# Public changes


def test_move_lists_only_changed_details(edition, water, rooms):
    move(water, "11:00", 9 * HOUR, room=rooms[1])
    change(water, 7 * HOUR, room=rooms[0])
    move(water, "12:00", 5 * HOUR)
    move(water, "09:00", 3 * HOUR, day=2)
    change(water, HOUR, starts_at=None, ends_at=None)
    assert said(edition) == [
        "Moved from 10 June 2021 09:00–10:00 to not scheduled yet.",
        "Moved from 9 June 2021 12:00–13:00 to 10 June 2021 09:00–10:00.",
        "Moved from 11:00–12:00 to 12:00–13:00.",
        "Moved from Salle B to Salle A.",
        "Moved from 10:00–11:00, Salle A to 11:00–12:00, Salle B.",
    ]


def test_each_kind_of_change_is_listed(edition, water):
    change(water, 8 * HOUR, status="cancelled")
    change(water, 6 * HOUR, status="published")
    new = make_session(edition, at="16:00", title_fr="Neuf")
    late = make_session(edition, at=None, status="draft")
    change(late, 4 * HOUR, status="cancelled")
    Change.objects.filter(session=new).update(at=timezone.now())
    assert [shift.kind for shift in changes.public_changes(edition)] == [
        Kind.ADDED, Kind.CANCELLED, Kind.REINSTATED, Kind.CANCELLED,
    ]  # fmt: skip
    assert said(edition) == [
        "New: 9 June 2021 16:00–16:45.",
        "Cancelled.",
        "Reinstated: 9 June 2021 10:00–11:00, Salle A.",
        "Cancelled (was 9 June 2021 10:00–11:00, Salle A).",
    ]


def test_moves_close_in_time_are_merged(edition, water):
    move(water, "11:00", 3 * HOUR)
    move(water, "14:00", 2.5 * HOUR)
    assert said(edition) == ["Moved from 10:00–11:00 to 14:00–15:00."]
    move(water, "15:00", HOUR)
    assert said(edition) == [
        "Moved from 14:00–15:00 to 15:00–16:00.", "Moved from 10:00–11:00 to 14:00–15:00.",
    ]  # fmt: skip


def test_move_back_shortly_after_is_not_listed(edition, water):
    move(water, "11:00", 3 * HOUR)
    move(water, "10:00", 2.5 * HOUR)
    assert said(edition) == []
    change(water, HOUR, status="draft")
    change(water, HOUR / 2, status="published")
    assert said(edition) == []


def test_session_moved_while_draft_is_listed_as_moved(edition, water):
    change(water, HOUR, status="draft")
    assert said(edition) == []
    move(water, "15:00")
    assert said(edition) == []
    change(water, HOUR / 2, status="published")
    assert said(edition) == ["Moved from 10:00–11:00 to 15:00–16:00."]


def test_changes_of_hidden_sessions_and_editions_are_not_listed(edition, water):
    move(water, "11:00")
    make_session(make_edition("2020"))
    for hidden in ({"status": "draft"}, {"status": "published"}):
        change(water, HOUR / 2, **hidden)
        assert (said(edition) == []) == (hidden["status"] == "draft")
    Edition.objects.filter(pk=edition.pk).update(is_published=False)
    assert said(edition) == []


def test_move_in_a_hidden_edition_is_not_listed(edition, water):
    hidden = Edition.objects.filter(pk=edition.pk)
    move(water, "11:00", 9 * HOUR)
    hidden.update(is_published=False)
    move(water, "14:00", 7 * HOUR)
    change(water, 5 * HOUR, status="draft")
    move(water, "15:00", 4 * HOUR, status="published")
    hidden.update(is_published=True)
    assert said(edition) == ["Moved from 10:00–11:00 to 11:00–12:00."]
    move(water, "16:00", HOUR)
    assert said(edition) == [
        "Moved from 15:00–16:00 to 16:00–17:00.", "Moved from 10:00–11:00 to 11:00–12:00.",
    ]  # fmt: skip


def test_changes_before_the_announcement_are_not_listed(edition, water):
    move(water, "11:00", 3 * HOUR)
    announce(edition, 2 * HOUR)
    assert said(edition) == []
    added = make_session(edition, at="16:00", title_fr="Neuf")
    Change.objects.filter(session=added).update(at=timezone.now() - HOUR)
    assert said(edition) == []  # still part of the announcement
    move(added, "17:00", HOUR / 4)
    assert said(edition) == ["Moved from 16:00–16:45 to 17:00–18:00."]
    announce(edition, 2 * DAY)
    assert said(edition)[:1] == ["New: 9 June 2021 17:00–18:00."]
    assert len(said(edition)) == 2
    Announcement.objects.all().delete()
    assert said(edition) == []


def test_cancellation_is_listed_even_before_the_announcement(client, edition, water):
    change(water, 3 * HOUR, status="cancelled")
    announce(edition, 2 * HOUR)
    gone = make_session(edition, at="16:00", title_fr="Air", status="cancelled")
    Change.objects.filter(session=gone).update(at=timezone.now() - HOUR)
    programme = client.get("/en/2021/programme/")
    assert texts(main(programme), ".//*[contains(@class, 'tag-bad')]") == ["Cancelled"] * 2
    told = texts(main(client.get(PAGE)), ".//li//*[contains(@class, 'tag-bad')]")
    assert told == ["Cancelled"] * 2
    assert said(edition) == [
        "Cancelled.", "Cancelled (was 9 June 2021 10:00–11:00, Salle A).",
    ]  # fmt: skip
    change(water, HOUR / 2, status="published")
    assert said(edition)[0].startswith("Reinstated")


# The changes page and the marks


def test_changes_page_lists_latest_day_first(client, edition, water):
    move(water, "11:00", 49 * HOUR)
    move(water, "12:00", 25 * HOUR)
    page = client.get(PAGE)
    assert len(main(page).xpath(".//section[h2][ul[@class='booking-list']]")) == 2
    assert texts(main(page), ".//li//div/p") == [
        "Moved from \u206611:00–12:00\u2069 to \u206612:00–13:00\u2069.",
        "Moved from \u206610:00–11:00\u2069 to \u206611:00–12:00\u2069.",
    ]
    assert page.cookies == {}
    assert PAGE in hrefs(main(client.get("/en/2021/programme/?day=all")), ".//a")


@pytest.mark.parametrize("number", [1, 3])
def test_changes_page_query_count_is_constant(client, edition, django_assert_num_queries, number):
    for _place in range(number):
        session = make_session(edition, room=make_room(edition))
        Change.objects.filter(session=session).delete()
        move(session, "11:00", room=make_room(edition))
    with django_assert_num_queries(4):
        assert len(texts(main(client.get(PAGE)), ".//li//h3")) == number


def test_changed_session_is_marked_during_the_mark_window(client, edition, water):
    marked = ".//span[contains(@class, 'tag-changed')]"
    pages = ["/en/2021/programme/?day=all", f"/en/2021/rooms/{water.room.slug}/"]
    move(water, "11:00", changes.MARK_WINDOW - HOUR)
    for page in pages:
        assert texts(main(client.get(page)), marked) == ["Moved"]
    detail = client.get("/en/2021/programme/eau/")
    assert PAGE in hrefs(main(detail), ".//div[contains(@class, 's-state')]//a")
    Change.objects.update(at=timezone.now() - changes.MARK_WINDOW - HOUR)
    for page in [*pages, "/en/2021/programme/eau/"]:
        assert texts(main(client.get(page)), marked) == []
        assert cards(client.get(pages[0])) == ["Eau"]


def test_mark_query_reads_changes_of_its_sessions_only(edition, water, django_assert_num_queries):
    move(make_session(edition), "15:00")
    move(water, "11:00")
    with django_assert_num_queries(1) as asked:
        changes.attach_recent_changes(edition, [water])
    with connection.cursor() as cursor:
        cursor.execute(asked[0]["sql"])
        assert (water.change.kind, cursor.rowcount) == (Kind.MOVED, 1)


def test_session_moved_back_is_not_marked(edition, water):
    move(water, "11:00", 20 * HOUR)
    move(water, "10:00", 2 * HOUR)
    changes.attach_recent_changes(edition, [water])
    assert water.change is None


# The feed


def feed(client, language: str = "en"):
    response = client.get(f"/2021/changes.atom?lang={language}")
    assert (response.status_code, response["Content-Type"]) == (
        200, "application/atom+xml; charset=utf-8",
    )  # fmt: skip
    return etree.fromstring(response.content)


def test_feed_lists_the_same_changes_as_the_page(client, edition, water):
    Session.objects.filter(pk=water.pk).update(title_en="Water & “sea”\x0b")
    move(water, "11:00", 5 * HOUR)
    move(water, "12:00", 2 * HOUR)
    root = feed(client)
    assert [link.get("href") for link in root.findall(f"{ATOM}link")] == [
        f"http://testserver{PAGE}", "http://testserver/2021/changes.atom?lang=en",
    ]  # fmt: skip
    latest, first = root.iter(f"{ATOM}entry")
    assert latest.findtext(f"{ATOM}title") == "Moved · Water & “sea”"
    assert latest.findtext(f"{ATOM}summary").startswith("Moved from ")
    assert latest.find(f"{ATOM}link").get("href") == "http://testserver/en/2021/programme/eau/"
    ids = [one.text for one in root.iter(f"{ATOM}id")]
    assert len(set(ids)) == 3
    assert first.findtext(f"{ATOM}updated") < latest.findtext(f"{ATOM}updated")
    assert root.findtext(f"{ATOM}updated") == latest.findtext(f"{ATOM}updated")


def test_feed_entry_id_is_stable_while_moves_are_merged(client, edition, water):
    move(water, "11:00", HOUR / 2)
    before = [one.text for one in feed(client).iter(f"{ATOM}id")]
    move(water, "12:00", HOUR / 4)
    assert [one.text for one in feed(client).iter(f"{ATOM}id")] == before


def test_unchanged_feed_returns_304(client, edition, water):
    tag = client.get("/2021/changes.atom")["ETag"]
    again = {"If-None-Match": tag}
    assert client.get("/2021/changes.atom", headers=again).status_code == 304
    move(water, "11:00")
    assert client.get("/2021/changes.atom", headers=again).status_code == 200
    assert client.get("/2021/changes.atom?lang=xx")["Content-Language"] == "fr"
    assert client.get("/1999/changes.atom").status_code == 404


# The desk

DESK = "/admin/symposium_sessions/session/changes/"


@pytest.fixture
def desk(client):
    client.force_login(make_organiser(language="en"))
    return client


def rows(response) -> list[list[str]]:
    table = response.content.decode()
    root = etree.HTML(table)
    return [
        ["".join(cell.itertext()).strip() for cell in row] for row in root.iterfind(".//tbody/tr")
    ]


def test_admin_page_lists_changes_since_a_time(desk, edition, water):
    move(water, "11:00", 30 * HOUR)
    other = make_session(edition, title_fr="Air", day=2)
    change(other, HOUR, status="draft")
    Change.objects.filter(old_status="").update(at=timezone.now() - 50 * HOUR)
    assert [row[:2] for row in rows(desk.get(DESK))] == [["Air", "Removed from the programme."]]
    since = (timezone.now() - 40 * HOUR).astimezone(edition.zone).strftime("%Y-%m-%dT%H:%M")
    found = rows(desk.get(f"{DESK}?moment={since}"))
    assert [row[0] for row in found] == ["Eau", "Air"]
    wrong = desk.get(f"{DESK}?moment=yesterday")
    assert (rows(wrong), wrong.context["form"].is_valid()) == ([], False)


def test_admin_page_sets_the_announcement_time(desk, edition):
    page = f"{DESK}?edition={edition.pk}"
    response = desk.post(page, {"moment": "2021-05-01T09:00"}, follow=True)
    assert messages_of(response) == ["Saved. Readers will see changes made since then."]
    at = refreshed(edition).announcement.at
    assert at == datetime.datetime(2021, 5, 1, 9, tzinfo=edition.zone)
    [line] = LogEntry.objects.all()
    assert (line.get_edited_object(), line.action_flag, line.get_change_message()) == (
        edition, CHANGE, "Announced: 2021-05-01 09:00",
    )  # fmt: skip
    wrong = desk.post(page, {"moment": "soon"})
    assert (wrong.status_code, refreshed(edition).announcement.at) == (200, at)
    assert LogEntry.objects.count() == 1


def test_session_list_links_to_the_changes_page(desk, edition):
    page = desk.get("/admin/symposium_sessions/session/")
    assert f'href="{DESK}?edition={edition.pk}"' in page.content.decode()


def test_admin_changes_page_is_for_organisers_only(client, edition):
    client.force_login(make_user())
    assert client.get(DESK).status_code == 302
    client.force_login(make_user(is_staff=True))
    assert client.get(DESK).status_code == 403


def test_first_publication_is_not_listed_for_organisers(desk):
    edition = make_edition("2027")
    for hour in range(2):
        change(make_session(edition, at=f"1{hour}:00", status="draft"), status="published")
    assert rows(desk.get(f"{DESK}?edition={edition.pk}")) == []
