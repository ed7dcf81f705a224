"""The planner in a real browser: by mouse, by keyboard alone, without a script."""

import datetime

import pytest

from symposium.sessions.draft import draft_sessions, draft_slot
from symposium.sessions.models import Release
from tests.browser.test_accessibility import decided, examine
from tests.factories import (
    make_edition,
    make_organiser,
    make_participation,
    make_room,
    make_session,
    make_speaker,
    make_track,
    refreshed,
)

pytestmark = pytest.mark.django_db(transaction=True)

PLANNER = "/admin/symposium_sessions/session/planner/?day=2021-06-09"
FIRST_DAY = datetime.date(2021, 6, 9)


@pytest.fixture
def desk(browser, live_server, client):
    """Return a function that opens a window of an organiser; no window may complain."""
    complaints, contexts = [], []

    def open_window(language: str = "en", **options):
        client.force_login(make_organiser(language=language))
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value}
        size = {"width": 1280, "height": 900}
        context = browser.new_context(base_url=live_server.url, **{"viewport": size} | options)
        context.add_cookies([cookie | {"url": live_server.url}])
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: said.type == "error" and complaints.append(said.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def edition():
    return make_edition("2021", is_current=True)


@pytest.fixture
def rooms(edition):
    return [make_room(edition, name_fr=f"Salle {name}", order=n) for n, name in enumerate("ABC")]


def card(page, session):
    return page.locator(f'.pl-s[data-session="{session.pk}"]')


def place(session) -> tuple[str | None, int | None]:
    """Return the start and the room of a session in the draft."""
    slot = draft_slot(draft_sessions(session.edition).get(pk=session.pk))
    zone = session.edition.zone
    return slot.starts_at and f"{slot.starts_at.astimezone(zone):%H:%M}", slot.room_id


def drag(page, session, column: str, hour: str) -> None:
    """Drag the head of a session to an hour of a room."""
    start = card(page, session).bounding_box()
    room = page.locator(".pl-room", has_text=column).bounding_box()
    line = page.locator(".pl-hour", has_text=hour).bounding_box()
    page.mouse.move(start["x"] + 30, start["y"] + 3)
    page.mouse.down()
    page.mouse.move(room["x"] + 40, line["y"] + 40, steps=4)
    page.mouse.move(room["x"] + 40, line["y"] + 4, steps=4)
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.mouse.up()


def test_sessions_are_dragged_from_the_pool_and_in_the_grid(desk, edition, rooms):
    session = make_session(edition, at="10:00", lasting=60, room=rooms[0], title_fr="Eau")
    waiting = make_session(edition, at=None, title_fr="Air")
    page = desk()
    page.goto(PLANNER)
    drag(page, session, "Salle B", "11:00")
    page.locator(".pl-s.pl-changed").wait_for()
    assert place(session) == ("11:00", rooms[1].pk)
    drag(page, waiting, "Salle C", "09:00")
    page.locator("#pl-grid .pl-s", has_text="Air").wait_for()
    assert place(waiting) == ("09:00", rooms[2].pk)
    assert page.locator("#pl-moves").inner_text() == "2 changes aren’t public yet"
    assert refreshed(session).room == rooms[0]


def test_keyboard_alone_resolves_a_clash_chain_and_releases_it(desk, edition, rooms):
    chain = [make_session(edition, at="10:00", lasting=60, room=room) for room in rooms]
    page = desk()
    page.goto(PLANNER)
    for session, keys in zip(
        chain, (["ArrowRight"], ["ArrowRight"], ["ArrowLeft", "ArrowLeft"]), strict=True
    ):
        card(page, session).locator(".pl-title").focus()
        page.keyboard.press("Space")
        said(page, "Picked up.")
        for key in keys:
            page.keyboard.press(key)
        with page.expect_response(lambda answer: answer.request.method == "POST"):
            page.keyboard.press("Enter")
        said(page, "9 June 2021")
        assert page.evaluate("document.activeElement.value") == str(session.pk)
    assert page.locator(".pl-clash").count() == 0
    page.locator(".pl-release a").focus()
    page.keyboard.press("Enter")
    page.locator(".rl-release").focus()
    page.keyboard.press("Enter")
    page.locator(".messagelist .success").wait_for()
    assert [refreshed(one).room for one in chain] == [rooms[1], rooms[2], rooms[0]]
    assert Release.objects.get().number == 1


def said(page, words: str) -> None:
    page.locator("#pl-live", has_text=words).wait_for(state="attached")


def test_escape_puts_the_session_back(desk, edition, rooms):
    session = make_session(edition, at="10:00", room=rooms[0])
    waiting = make_session(edition, at=None)
    page = desk()
    page.goto(PLANNER)
    for moved in (session, waiting):
        before = card(page, moved).get_attribute("class")
        card(page, moved).locator(".pl-title").focus()
        page.keyboard.press("m")
        page.keyboard.press("ArrowDown")
        said(page, ", Salle A")
        page.keyboard.press("Escape")
        said(page, "Cancelled.")
        assert card(page, moved).get_attribute("class").split() == before.split()
    assert page.locator("#pl-pool .pl-s").count() == 1
    assert not edition.moves.exists()


def test_selection_is_shifted_and_undone(desk, edition, rooms):
    sessions = [make_session(edition, at=f"1{n}:00", room=rooms[0]) for n in range(3)]
    page = desk()
    page.goto(PLANNER)
    boxes = page.locator(".pl-s input")
    boxes.nth(0).click()
    boxes.nth(2).click(modifiers=["Shift"])
    assert page.locator("#pl-count").inner_text() == "3"
    for button, expected in (("later", "15"), ("undo", "00"), ("redo", "15")):
        with page.expect_response(lambda answer: answer.request.method == "POST"):
            page.locator(f"#pl-plan [value={button}]").click()
        page.locator("#pl-plan [value=redo]").wait_for()
        assert [place(one)[0] for one in sessions] == [f"1{n}:{expected}" for n in range(3)]


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_planner_works_without_a_script(desk, edition, rooms, language):
    session = make_session(edition, at="10:00", room=rooms[0], title_fr="Eau")
    other = make_session(edition, at="14:00", room=rooms[0])
    page = desk(language, java_script_enabled=False)
    page.goto(PLANNER)
    card(page, session).locator(".pl-title").click()
    page.locator("#id_start").fill("11:30")
    page.locator("#id_room").select_option("Salle B")
    page.locator("#pl-panel [value=place]").click()
    assert place(session) == ("11:30", rooms[1].pk)
    page.locator("#pl-panel [value=next]").click()
    assert place(session) == ("11:30", rooms[2].pk)
    card(page, other).locator("input").check()
    page.locator("#pl-plan [value=later]").click()
    assert place(other) == ("14:15", rooms[0].pk)
    page.locator("#pl-plan [value=undo]").click()
    assert place(other) == ("14:00", rooms[0].pk)
    page.locator(".pl-release a").click()
    page.locator(".rl-release").click()
    assert refreshed(session).room == rooms[2]


@pytest.mark.parametrize(
    ("language", "scheme", "width"), [("fr", "light", 1280), ("ar", "dark", 390)]
)
def test_planner_passes_axe_and_fits_the_window(desk, edition, rooms, language, scheme, width):
    speaker = make_speaker(edition)
    for at, track, room in zip(("10:00", "10:50"), ("square", "disc"), rooms, strict=False):
        session = make_session(edition, at=at, room=room, track=make_track(edition, mark=track))
        make_participation(session, speaker)
    make_session(edition, at="11:00", kind="break")
    make_session(edition, at=None, status="draft")
    page = desk(language, color_scheme=scheme, viewport={"width": width, "height": 844})
    found = {}
    for where in (f"{PLANNER}&session={session.pk}", PLANNER.replace("planner", "release")):
        page.goto(where)
        if "planner" in where:
            card(page, session).locator(".pl-title").focus()
            page.keyboard.press("m")
            page.keyboard.press("ArrowDown")
            with page.expect_response(lambda answer: answer.request.method == "POST"):
                page.keyboard.press("Enter")
            page.locator(".pl-changed").wait_for()
        found[f"{where}, wider than"] = [
            one for one in [page.evaluate("document.documentElement.scrollWidth")] if one > width
        ]
        found |= decided(examine(page, where, language, width))
    assert {where: faults for where, faults in found.items() if faults} == {}
