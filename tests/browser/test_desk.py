"""The desk in a real browser, under the site's own Content-Security-Policy."""

import pytest

from tests.factories import (
    make_edition,
    make_organiser,
    make_participation,
    make_room,
    make_session,
    make_speaker,
    refreshed,
)
from tests.helpers.admin_forms import admin_url

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def complaints(page):
    """Collect console errors, page errors and failed requests."""
    found = []
    page.on("console", lambda message: message.type == "error" and found.append(message.text))
    page.on("pageerror", lambda error: found.append(str(error)))
    # An autocomplete aborts its earlier requests: that is no failure.
    page.on(
        "requestfailed",
        lambda request: request.failure == "net::ERR_ABORTED" or found.append(request.url),
    )
    return found


@pytest.fixture
def desk(page, live_server, client, complaints):
    client.force_login(make_organiser(language="en"))
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    yield page
    assert complaints == []


@pytest.fixture
def edition():
    return make_edition("2021", is_current=True)


def test_session_form_has_language_tabs_and_room_autocomplete(desk, edition):
    room = make_room(edition, name_fr="Auditorium")
    make_room(make_edition(), name_fr="Auditoire d’ailleurs")
    session = make_session(edition)
    desk.goto(admin_url(session))
    desk.locator(".ui-tabs").first.get_by_role("tab", name="ar").click()
    desk.locator("#id_title_ar").fill("الافتتاح")
    desk.locator("[aria-labelledby=select2-id_room-container]").click()
    desk.locator(".select2-search__field").fill("Audit")
    offered = desk.locator(".select2-results__option:not(.loading-results)")
    offered.first.wait_for()
    assert offered.all_inner_texts() == ["Auditorium"]
    offered.first.click()
    desk.locator("[name=_save]").click()
    desk.wait_for_url("**/session/?edition=*")
    assert refreshed(session).title_ar == "الافتتاح"
    assert session.room == room


def test_speakers_are_reordered_by_dragging(desk, edition):
    session = make_session(edition)
    first, second = (make_participation(session, order=order) for order in (1, 2))
    desk.goto(admin_url(session))
    handles = desk.locator("#participations-group tr.has_original td.original p")
    handles.nth(1).drag_to(handles.nth(0))
    desk.locator("[name=_save]").click()
    desk.wait_for_url("**/session/?edition=*")
    assert list(session.participations.all()) == [second, first]


def test_a_speaker_is_added_in_a_new_row(desk, edition):
    session = make_session(edition)
    speaker = make_speaker(edition, family_name_fr="Médina")
    desk.goto(admin_url(session))
    desk.locator("#participations-group .add-row a").click()
    desk.locator("#participations-0 .select2-selection").click()
    desk.locator(".select2-results__option", has_text="Médina").click()
    desk.locator("[name=_save]").click()
    desk.wait_for_url("**/session/?edition=*")
    assert session.participations.get().speaker == speaker


def test_language_switch_and_session_copy_take_one_click(desk, edition):
    session = make_session(edition, title_fr="Atelier")
    desk.goto(admin_url(session))
    desk.locator(".desk-languages [value=ar]").click()
    assert desk.locator("html").get_attribute("dir") == "rtl"
    assert desk.url.endswith(admin_url(session))
    desk.locator(".object-tools button").click()
    desk.locator(".messagelist .success").wait_for()
    assert edition.sessions.count() == 2


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_admin_pages_fit_the_window(desk, edition, language):
    session = make_session(edition, room=make_room(edition))
    make_participation(session)
    pages = ["/admin/", "/admin/symposium_sessions/session/", admin_url(session)]
    pages += [admin_url(session, "history"), "/admin/symposium_sessions/session/export/"]
    wider = []
    desk.goto("/admin/")
    desk.locator(f".desk-languages [value={language}]").click()
    for page in pages:
        desk.goto(page)
        for width in (390, 1280):
            desk.set_viewport_size({"width": width, "height": 800})
            if desk.evaluate("document.documentElement.scrollWidth") > width:
                wider.append((page, width))
    assert wider == []
