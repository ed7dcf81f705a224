"""The draft of the timetable, its undo, and releases."""

import datetime
import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone, translation
from lxml import etree

from symposium.agenda import change_notices
from symposium.sessions import draft, releases
from symposium.sessions.draft import draft_slot
from symposium.sessions.models import Announcement, Change, DraftStep, Move, Release, Session
from tests.factories import (
    instant,
    make_booking,
    make_category,
    make_edition,
    make_organiser,
    make_participation,
    make_registration,
    make_room,
    make_session,
    make_speaker,
    make_workshop,
    open_edition,
    refreshed,
)
from tests.helpers.admin_forms import admin_url, errors_of, form_of, save, told
from tests.helpers.database_errors import execute, refused_by

pytestmark = pytest.mark.django_db

MINUTE = datetime.timedelta(minutes=1)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def edition():
    """An edition whose programme was announced ten days ago."""
    edition = make_edition("2021", is_current=True, name_en="Symposium")
    make_session(edition, at="18:00", title_fr="Ancienne")
    Announcement.objects.filter(edition=edition).update(at=timezone.now() - 10 * DAY)
    return edition


@pytest.fixture
def organiser():
    return make_organiser(language="en")


@pytest.fixture
def desk(client, organiser):
    client.force_login(organiser)
    return client


def plan(edition, user, session, at: str | None = None, **fields) -> None:
    """Put a session at another time or in another room of the draft."""

    def verb(sessions):
        slot = draft_slot(sessions[0])
        if at:
            slot = slot.starting(instant(edition, at))
        return {session.pk: slot._replace(**fields)}

    draft.change(edition, user, [session.pk], verb)


def hours(session) -> str:
    """Return the start of a session in the draft and, if another, in public."""
    session = Session.objects.select_related("move", "edition").get(pk=session.pk)
    zone = session.edition.zone
    public = session.starts_at and f"{session.starts_at.astimezone(zone):%H:%M}"
    at = draft_slot(session).starts_at
    planned = at and f"{at.astimezone(zone):%H:%M}"
    return f"{planned}" if planned == public else f"{planned} ({public})"


def release(edition, user, **notes) -> Release:
    keys = list(edition.moves.values_list("pk", flat=True))
    return releases.release(edition, user, keys, notes)


# The draft


def test_move_in_the_draft_changes_nothing_in_public(edition, organiser, client):
    session = make_session(edition, at="10:00", title_fr="Eau", slug="eau")
    before = client.get("/fr/2021/programme/eau/").content
    plan(edition, organiser, session, "11:00")
    assert hours(session) == "11:00 (10:00)"
    assert client.get("/fr/2021/programme/eau/").content == before
    assert Change.objects.filter(session=session).count() == 1  # its publication


def test_move_back_to_the_public_place_leaves_no_row(edition, organiser):
    session = make_session(edition, at="10:00")
    plan(edition, organiser, session, "11:00")
    plan(edition, organiser, session, "10:00")
    assert Move.objects.count() == 0


def test_public_change_ends_the_move(edition, organiser):
    session = make_session(edition, at="10:00")
    plan(edition, organiser, session, "11:00")
    execute("UPDATE symposium_sessions_session SET title_fr = 'Mer'")
    assert hours(session) == "11:00 (10:00)"
    execute("UPDATE symposium_sessions_session SET status = 'cancelled'")
    assert hours(session) == "11:00 (10:00)"
    Session.objects.filter(pk=session.pk).update(ends_at=instant(edition, "12:00"))
    assert Move.objects.count() == 0


def test_impossible_times_are_refused(edition, organiser):
    session = make_session(edition, at="10:00", title_fr="Eau")
    with translation.override("en"), pytest.raises(ValidationError) as refused:
        draft.change(
            edition, organiser, [session.pk],
            lambda found: draft.shift(found, datetime.timedelta(days=5)),
        )  # fmt: skip
    assert refused.value.messages == [
        "Eau: The edition runs from 9 June 2021 to 10 June 2021. Choose a time within it."
    ]
    assert Move.objects.count() == 0
    now = timezone.now()
    with refused_by("moves_end_after_start"):
        Move.objects.create(edition=edition, session=session, starts_at=now, ends_at=now)


def test_move_stays_in_its_edition(edition, organiser):
    session = make_session(edition)
    elsewhere = make_room()
    with refused_by("move_room_same_edition"):
        plan(edition, organiser, session, room_id=elsewhere.pk)


def test_shift_swap_and_spread(edition):
    room = make_room(edition)
    sessions = [make_session(edition, at=at, lasting=30) for at in ("09:00", "09:40", "11:00")]
    sessions[0].room = room
    new = draft.shift(sessions[:1], 15 * MINUTE)
    assert new[sessions[0].pk].starts_at == instant(edition, "09:15")
    new = draft.swap(sessions[1:])
    assert [new[s.pk].starts_at for s in sessions[1:]] == [
        instant(edition, "11:00"), instant(edition, "09:40")
    ]  # fmt: skip
    new = draft.spread(sessions)
    assert [new[s.pk].starts_at for s in sessions] == [
        instant(edition, "09:00"), instant(edition, "10:00"), instant(edition, "11:00")
    ]  # fmt: skip
    with pytest.raises(ValidationError):
        draft.swap(sessions)
    with pytest.raises(ValidationError):
        draft.spread(sessions[:2])


def test_spread_refuses_sessions_that_do_not_fit(edition):
    sessions = [make_session(edition, at=at, lasting=60) for at in ("09:00", "09:10", "09:20")]
    with pytest.raises(ValidationError) as refused:
        draft.spread(sessions)
    assert refused.value.code == "long"


# Undo


def test_undo_and_redo(edition, organiser):
    session = make_session(edition, at="10:00")
    plan(edition, organiser, session, "11:00")
    plan(edition, organiser, session, "12:00")
    draft.undo(edition, organiser)
    assert hours(session) == "11:00 (10:00)"
    draft.undo(edition, organiser)
    assert hours(session) == "10:00"
    draft.redo(edition, organiser)
    draft.redo(edition, organiser)
    assert hours(session) == "12:00 (10:00)"
    draft.undo(edition, organiser)
    plan(edition, organiser, session, "14:00")
    with pytest.raises(ValidationError):
        draft.redo(edition, organiser)


def test_undo_never_overwrites_another_organiser(edition, organiser):
    session = make_session(edition, at="10:00", title_fr="Eau")
    other = make_organiser()
    plan(edition, organiser, session, "11:00")
    plan(edition, other, session, "12:00")
    with translation.override("en"), pytest.raises(ValidationError) as refused:
        draft.undo(edition, organiser)
    assert refused.value.messages == ["This can’t be undone: ⁨Eau⁩ changed since."]
    draft.undo(edition, other)
    draft.undo(edition, organiser)
    assert hours(session) == "10:00"
    with pytest.raises(ValidationError):
        draft.undo(edition, organiser)


# Releases


def test_release_publishes_all_moves_as_one_version(edition, organiser):
    room = make_room(edition)
    moved = make_session(edition, at="10:00")
    new = make_session(edition, at=None, status="draft")
    gone = make_session(edition, at="14:00")
    plan(edition, organiser, moved, "11:00", room_id=room.pk)
    starts = instant(edition, "12:00").astimezone(datetime.UTC)
    plan(
        edition, organiser, new, starts_at=starts, ends_at=starts + 30 * MINUTE, status="published"
    )
    plan(edition, organiser, gone, status="cancelled")
    made = release(edition, organiser, fr="Un orage.")
    assert (made.number, made.by, made.note_fr) == (1, organiser, "Un orage.")
    assert [hours(session) for session in (moved, new, gone)] == ["11:00", "12:00", "14:00"]
    assert (refreshed(moved).room, refreshed(new).status) == (room, "published")
    assert refreshed(gone).status == "cancelled"
    assert moved.sequence == 1
    assert set(made.changes.values_list("session", flat=True)) == {moved.pk, new.pk, gone.pk}
    assert (Move.objects.count(), DraftStep.objects.count()) == (0, 0)
    last = moved.history.first()
    assert (last.history_user, last.history_change_reason) == (organiser, "v1")


def test_clash_chain_is_resolved_in_the_draft_and_released(edition, organiser):
    rooms = [make_room(edition) for _ in range(3)]
    chain = [make_session(edition, at="10:00", room=room) for room in rooms]
    for session, room in zip(chain, rooms[1:] + rooms[:1], strict=True):
        plan(edition, organiser, session, room_id=room.pk)
    release(edition, organiser)
    assert [refreshed(session).room for session in chain] == rooms[1:] + rooms[:1]


def test_release_with_clashes_is_refused_whole(edition, organiser):
    room = make_room(edition, name_fr="Auditorium")
    make_session(edition, at="10:00", room=room, title_fr="Eau")
    moved = make_session(edition, at="14:00", title_fr="Air")
    other = make_session(edition, at="15:00", title_fr="Feu")
    plan(edition, organiser, moved, "10:30", room_id=room.pk)
    plan(edition, organiser, other, "16:00")
    with translation.override("en"), pytest.raises(ValidationError) as refused:
        release(edition, organiser)
    assert [sentence.translate(MARKS) for sentence in refused.value.messages] == [
        "Eau (9 June 2021 10:00–10:45) and Air (9 June 2021 10:30–11:15) are both in Auditorium."
    ]
    assert [hours(session) for session in (moved, other)] == ["10:30 (14:00)", "16:00 (15:00)"]
    assert Release.objects.count() == 0


MARKS = str.maketrans("", "", "\u2066\u2068\u2069")


def test_release_refuses_a_speaker_in_two_places(edition, organiser):
    speaker = make_speaker(edition, given_name_fr="Amina", family_name_fr="Rivage")
    one = make_session(edition, at="10:00", title_fr="Eau")
    two = make_session(edition, at="14:00", title_fr="Air")
    for session in (one, two):
        make_participation(session, speaker)
    plan(edition, organiser, two, "10:00")
    with translation.override("en"), pytest.raises(ValidationError) as refused:
        release(edition, organiser)
    assert [sentence.translate(MARKS) for sentence in refused.value.messages] == [
        "Amina Rivage is in Eau (9 June 2021 10:00–10:45) and in Air (9 June 2021 10:00–10:45) at "
        "the same time."
    ]


def test_one_move_is_released_alone(edition, organiser):
    urgent, other = make_session(edition, at="10:00"), make_session(edition, at="14:00")
    plan(edition, organiser, urgent, "11:00")
    plan(edition, organiser, other, "15:00")
    releases.release(edition, organiser, [urgent.move.pk], {})
    assert [hours(session) for session in (urgent, other)] == ["11:00", "15:00 (14:00)"]


def test_move_made_after_the_preview_stays_in_the_draft(edition, organiser):
    one, two = make_session(edition, at="10:00"), make_session(edition, at="14:00")
    for session in (one, two):
        plan(edition, organiser, session, "16:00")
    seen = list(edition.moves.values_list("pk", flat=True))
    plan(edition, make_organiser(), two, "17:00")
    releases.release(edition, organiser, seen, {})
    assert [hours(session) for session in (one, two)] == ["16:00", "17:00 (14:00)"]
    with pytest.raises(ValidationError):
        releases.release(edition, organiser, seen, {})


@pytest.mark.django_db(transaction=True)
def test_move_waits_for_a_release(edition, organiser):
    session = make_session(edition, at="10:00")
    other = make_organiser()
    plan(edition, organiser, session, "11:00")
    locked, results = threading.Event(), []

    def releasing():
        with transaction.atomic():
            release(edition, organiser)
            locked.set()
            wait_until_somebody_waits()
        connection.close()

    thread = threading.Thread(target=releasing)
    thread.start()
    locked.wait(10)
    plan(edition, other, session, "12:00")
    results.append(hours(session))
    thread.join()
    assert results == ["12:00 (11:00)"]


def wait_until_somebody_waits() -> None:
    waiting = "SELECT FROM pg_stat_activity WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))"
    limit = timezone.now() + datetime.timedelta(seconds=10)
    with connection.cursor() as cursor:
        while timezone.now() < limit:
            cursor.execute(waiting)
            if cursor.rowcount:
                return


def test_talks_follow_their_session(edition, organiser):
    session = make_session(edition, at="10:00", lasting=60, title_fr="Panel")
    talk = make_session(edition, at="10:30", lasting=30, parent=session, title_fr="Exposé")
    plan(edition, organiser, session, "14:00")
    made = release(edition, organiser)
    assert refreshed(talk).starts_at == instant(edition, "14:30")
    assert set(made.changes.values_list("session", flat=True)) == {session.pk, talk.pk}
    assert [shift.session for shift in releases.versions(edition)[0].changes] == [session]
    plan(edition, organiser, session, ends_at=instant(edition, "14:45"))
    with translation.override("en"), pytest.raises(ValidationError) as refused:
        release(edition, organiser)
    assert [sentence.translate(MARKS) for sentence in refused.value.messages] == [
        "The talk “Exposé” would be on 9 June 2021 14:30–15:00, after the session’s end."
    ]


def test_speaker_of_a_talk_clashes_in_the_draft(edition, organiser):
    speaker = make_speaker(edition)
    session = make_session(edition, at="10:00", lasting=60)
    make_participation(make_session(edition, at="10:30", lasting=30, parent=session), speaker)
    make_participation(make_session(edition, at="14:30", lasting=30), speaker)
    plan(edition, organiser, session, "14:00")
    with pytest.raises(ValidationError):
        release(edition, organiser)


# E-mails


def test_those_booked_get_one_email_a_release(organiser, mailoutbox):
    edition = open_edition("2030", is_current=True)
    sessions = [make_workshop(edition, at=at, title_fr=at) for at in ("10:00", "14:00")]
    registration = booked_in(sessions)
    mailoutbox.clear()
    for session, at in zip(sessions, ("11:00", "15:00"), strict=True):
        plan(edition, organiser, session, at)
    release(edition, organiser, fr="Un orage.", en="A storm.")
    later = timezone.now() + 3 * MINUTE
    assert change_notices.notify_booking_changes(later) == 1
    assert change_notices.notify_booking_changes(later) == 0
    [email] = mailoutbox
    assert email.to == [registration.user.email]
    assert email.attachment_names == [f"calendar:{registration.code}"]
    assert "Un orage." in email.body
    assert [at in email.body for at in ("10:00", "11:00", "14:00", "15:00")] == [True] * 4


def booked_in(sessions):
    registration = make_registration(make_category(sessions[0].edition))
    for session in sessions:
        make_booking(registration, session)
    return registration


# Public pages


@pytest.fixture
def released(edition, organiser):
    session = make_session(edition, at="10:00", title_fr="Eau", title_en="Water")
    for number, at in enumerate(("11:00", "12:00"), 1):
        plan(edition, organiser, session, at)
        release(edition, organiser, en=f"Note {number}.")
    Change.objects.filter(release=None).update(at=timezone.now() - 5 * DAY)
    return edition


def test_versions_page_lists_each_release(released, client):
    page = etree.HTML(client.get("/en/2021/versions/").content.decode())
    found = [
        " ".join("".join(section.itertext()).split()).translate(MARKS)
        for section in page.xpath("//main//section[starts-with(@id, 'v')]")
    ]
    assert [text.startswith(f"Version {n}") for n, text in zip((2, 1), found, strict=True)] == [
        True, True
    ]  # fmt: skip
    assert "Note 2. Water Moved from 11:00–11:45 to 12:00–12:45. Moved" in found[0]
    assert "Note 1. Water Moved from 10:00–10:45 to 11:00–11:45. Moved" in found[1]
    changes = client.get("/en/2021/changes/").content.decode()
    assert 'href="/en/2021/versions/"' in changes


def test_versions_feed(released, client):
    atom = "{http://www.w3.org/2005/Atom}"
    feed = etree.fromstring(client.get("/2021/versions.atom?lang=en").content)
    assert [entry.findtext(f"{atom}title") for entry in feed.iterfind(f"{atom}entry")] == [
        "Version 2", "Version 1"
    ]  # fmt: skip


@pytest.mark.parametrize("count", [1, 3])
def test_versions_page_query_count_is_constant(
    edition, organiser, client, count, django_assert_num_queries
):
    for number in range(count):
        session = make_session(edition, at="10:00", title_fr=f"{number}")
        plan(edition, organiser, session, "11:00")
        release(edition, organiser)
    client.get("/en/2021/versions/")
    with django_assert_num_queries(5):
        client.get("/en/2021/versions/")


# The desk

RELEASE = "/admin/symposium_sessions/session/release/"


def when(starts: str, ends: str, day: str = "2021-06-09") -> dict:
    return {"starts_at_0": day, "starts_at_1": starts, "ends_at_0": day, "ends_at_1": ends}


def test_form_of_a_public_session_moves_it_in_the_draft(desk, edition):
    session = make_session(edition, at="10:00", room=make_room(edition, name_fr="Auditorium"))
    response = save(desk, admin_url(session), title_en="Water", **when("11:00", "12:00"))
    assert response.status_code == 302
    assert (hours(session), refreshed(session).title_en) == ("11:00 (10:00)", "Water")
    page = desk.get(admin_url(session))
    form = form_of(page)
    assert (form["starts_at_1"], form["timetable"]) == ("11:00", "draft")
    field = page.context["adminform"].form.fields["timetable"]
    assert field.help_text == "Public now: 9 June 2021 ⁦10:00–10:45⁩, ⁨Auditorium⁩."
    assert "In the draft:" in desk.get(admin_url(Session, "changelist")).content.decode()
    save(desk, admin_url(session), timetable="now")
    assert hours(session) == "11:00"
    assert Move.objects.count() == 0


def test_form_may_clash_in_the_draft_but_not_in_public(desk, edition):
    room = make_room(edition)
    make_session(edition, at="10:00", room=room)
    session = make_session(edition, at="14:00")
    typed = when("10:00", "11:00") | {"room": room.pk}
    assert list(errors_of(save(desk, admin_url(session), timetable="now", **typed))) == ["room"]
    assert save(desk, admin_url(session), timetable="draft", **typed).status_code == 302
    assert hours(session) == "10:00 (14:00)"


def test_form_refuses_impossible_times_for_the_draft(desk, edition):
    session = make_session(edition, at="14:00")
    response = save(desk, admin_url(session), timetable="draft", **when("11:00", "10:00"))
    assert errors_of(response) == {"ends_at": ["The end must be after the start."]}
    assert hours(session) == "14:00"


def test_release_page_shows_what_changes_and_releases_it(desk, edition, organiser):
    session = make_session(edition, at="10:00", title_fr="Eau")
    make_participation(session, make_speaker(edition, given_name_fr="Amina"))
    plan(edition, organiser, session, "11:00")
    page = desk.get(RELEASE)
    [shift] = page.context["preview"].changes
    assert (shift.session, shift.kind) == (session, "moved")
    assert len(page.context["audiences"]) == 1
    keys = page.context["keys"]
    response = desk.post(RELEASE, {"moves": keys, "note_fr": "Un orage."}, follow=True)
    assert told(response)[0] == "Version 1 is public."
    assert (hours(session), Release.objects.get().note_fr) == ("11:00", "Un orage.")


def test_release_page_refuses_clashes(desk, edition, organiser):
    room = make_room(edition, name_fr="Auditorium")
    make_session(edition, at="10:00", room=room)
    session = make_session(edition, at="14:00")
    plan(edition, organiser, session, "10:00", room_id=room.pk)
    page = desk.get(RELEASE)
    assert len(page.context["preview"].refused) == 1
    assert "rl-release" not in page.content.decode()
    response = desk.post(RELEASE, {"moves": page.context["keys"]})
    assert len(response.context["form"].non_field_errors()) == 1
    assert hours(session) == "10:00 (14:00)"


@pytest.mark.parametrize("page", ["release", "planner"])
def test_draft_pages_are_for_those_who_may_change_sessions(client, edition, page):
    address = f"/admin/symposium_sessions/session/{page}/"
    assert client.get(address).status_code == 302
    reader = make_organiser(is_superuser=False)
    client.force_login(reader)
    assert client.get(address).status_code == 403
    assert client.post(address, {"action": "undo"}).status_code == 403


def test_room_of_the_draft_cannot_be_deleted(desk, edition, organiser):
    room = make_room(edition, name_en="Amphi A")
    session = make_session(edition, at="10:00", title_en="Water")
    plan(edition, organiser, session, room_id=room.pk)
    page = desk.post(admin_url(room, "delete"), {"post": "yes"}, follow=True)
    assert told(page) == [
        "“Amphi A” is used by 1 session, so it can’t be deleted. Change the session first: ⁨Water⁩."
    ]
    edition.delete()
    assert not Move.objects.exists()
