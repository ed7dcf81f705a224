"""The desk in a real browser, under the site's own Content-Security-Policy."""

import pytest
from django.urls import reverse

from symposium.editions.models import News
from symposium.registrations.models import DocumentText, Registration
from symposium.sessions.models import Room, Session, SessionKind, SpeakerRole
from symposium.speakers.models import Speaker
from tests.browser.test_accessibility import (
    ALONE,
    EACH_DIRECTION_AND_SCHEME,
    decided,
    examine,
    wider,
)
from tests.factories import (
    make_abstract,
    make_author,
    make_category,
    make_edition,
    make_organiser,
    make_page,
    make_page_file,
    make_participation,
    make_registration,
    make_room,
    make_session,
    make_session_kind,
    make_speaker,
    make_speaker_role,
    make_track,
    make_workshop,
    open_edition,
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


def test_session_form_has_one_language_switch_and_room_autocomplete(desk, edition):
    room = make_room(edition, name_fr="Auditorium")
    make_room(make_edition(), name_fr="Auditoire d’ailleurs")
    session = make_session(edition)
    desk.goto(admin_url(session))
    desk.locator("#show-ar").check()
    assert desk.locator("#id_title_fr").is_hidden()
    desk.locator("#id_title_ar").fill("الافتتاح")
    desk.locator("[aria-labelledby=select2-id_room-container]").click()
    desk.locator(".select2-search__field").fill("Audit")
    offered = desk.locator(".select2-results__option:not(.loading-results)")
    offered.first.wait_for()
    assert offered.all_inner_texts() == ["Auditorium"]
    offered.first.click()
    desk.locator("[name=timetable][value=now]").check()
    desk.locator("[name=_save]").click()
    desk.wait_for_url("**/session/?edition=*")
    assert refreshed(session).title_ar == "الافتتاح"
    assert session.room == room


def test_speakers_are_reordered_by_dragging(desk, edition):
    session = make_session(edition)
    first, second = (make_participation(session, order=order) for order in (1, 2))
    desk.goto(admin_url(session))
    handles = desk.locator("#participations-group tr.has_original .dk-grip")
    handles.nth(1).drag_to(handles.nth(0))
    desk.locator("[name=_save]").click()
    desk.wait_for_url("**/session/?edition=*")
    assert list(session.participations.all()) == [second, first]


def test_speakers_are_reordered_by_keyboard(desk, edition):
    session = make_session(edition)
    first, second = (make_participation(session, order=order) for order in (1, 2))
    desk.goto(admin_url(session))
    desk.locator("#participations-group [data-move=up]").nth(1).press("Enter")
    desk.locator("[name=_save]").click()
    desk.wait_for_url("**/session/?edition=*")
    assert list(session.participations.all()) == [second, first]


def test_form_on_a_telephone_opens_on_the_language_of_the_reader(desk, edition):
    desk.set_viewport_size({"width": 390, "height": 844})
    desk.goto(admin_url(make_session(edition)))
    shown = {code: desk.locator(f"#id_title_{code}").is_visible() for code in ("fr", "en", "ar")}
    assert shown == {"fr": False, "en": True, "ar": False}


def test_actions_come_with_the_first_tick(desk, edition):
    session = make_session(edition, status="draft")
    desk.goto("/admin/symposium_sessions/session/")
    button = desk.locator(".actions [value=publish]")
    assert button.is_hidden()
    desk.locator(".action-select").check()
    button.click()
    desk.locator(".messagelist .success").wait_for()
    assert refreshed(session).status == "published"


def test_rows_are_walked_and_opened_by_keyboard(desk, edition):
    _first, second = (make_session(edition, at=f"{hour}:00") for hour in (10, 11))
    desk.goto("/admin/symposium_sessions/session/")
    desk.locator(".action-select").first.focus()
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Space")
    assert desk.locator(".action-select").nth(1).is_checked()
    desk.keyboard.press("Enter")
    desk.wait_for_url(f"**{admin_url(second)}*")


def test_status_of_one_session_changes_in_its_row(desk, edition):
    session = make_session(edition)
    desk.goto("/admin/symposium_sessions/session/?q=")
    desk.locator(".dk-status summary").click()
    desk.locator(".dk-status [value=draft]").click()
    desk.wait_for_url("**/session/?q=")
    assert refreshed(session).status == "draft"


def test_slash_goes_to_the_search_over_everything(desk, edition):
    session = make_session(edition, title_en="Resilience")
    desk.goto("/admin/")
    desk.keyboard.press("/")
    desk.keyboard.type("resil")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/admin/search/?q=resil")
    assert desk.locator("#content-main a").get_by_text("Resilience").count() == 1
    desk.locator("#content-main a").get_by_text("Resilience").click()
    assert desk.url.endswith(admin_url(session))


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
    desk.locator(".desk-languages [value=ar]").first.click()
    assert desk.locator("html").get_attribute("dir") == "rtl"
    assert desk.url.endswith(admin_url(session))
    desk.locator(".object-tools button").first.click()
    desk.locator(".messagelist .success").wait_for()
    assert edition.sessions.count() == 2


# Pictures behind text that axe would have to see: the arrow of a list, the tiles of an arch; and
# the preview of the site, which other tests look at.
NO_PICTURES = (
    "#container :is(select, .dk-count-arch, .arch) { background-image: none !important }"
    "#container iframe { display: none !important }"
)


# What a bar covers in a still picture is reached by scrolling: it lies where it stands on the page.
UNSTUCK = """() => document.querySelectorAll("*").forEach((element) => {
    if (getComputedStyle(element).position === "sticky") element.style.position = "static";
})"""


@EACH_DIRECTION_AND_SCHEME
def test_desk_passes_axe_and_fits_the_window(desk, language, scheme, width):
    """The start page, lists, forms and the search, at 320 pixels and with large letters too."""
    edition = open_edition("2027", is_current=True)
    found = {}
    desk.emulate_media(color_scheme=scheme)
    desk.goto("/admin/")
    desk.locator(f".desk-languages [value={language}]").first.click()
    desk.set_viewport_size({"width": width, "height": 844})
    for path in pages_of_the_desk(edition):
        desk.goto(path)
        desk.evaluate(ALONE, NO_PICTURES)
        found[f"{path}, wider than"] = wider(desk)
        desk.evaluate(UNSTUCK)
        found |= decided(examine(desk, path, language, width))
    assert {where: faults for where, faults in found.items() if faults} == {}


def pages_of_the_desk(edition) -> list[str]:
    """Make an edition with a little of everything; return the pages to look at."""
    kind, role = make_session_kind(edition, standard="workshop"), make_speaker_role(edition)
    session = make_workshop(
        edition, room=make_room(edition), track=make_track(edition), own_kind=kind
    )
    speaker = make_speaker(edition, affiliation_fr="Institut fictif")
    make_participation(session, speaker, own_role=role)
    make_session(edition, at=None, status="draft")
    category = make_category(edition)
    registration = make_registration(category, sessions=[session])
    make_registration(make_category(edition, needs_approval=True))
    abstract = make_abstract(edition, session=session)
    make_author(abstract)
    return [
        "/admin/",
        admin_url(Session, "changelist"),
        admin_url(Registration, "changelist"),
        admin_url(News, "changelist"),
        admin_url(session),
        admin_url(abstract),
        admin_url(registration),
        admin_url(Speaker, "add"),
        admin_url(session, "history"),
        admin_url(Session, "export"),
        admin_url(Room, "changelist"),
        admin_url(SessionKind, "changelist"),
        admin_url(kind),
        admin_url(SpeakerRole, "add"),
        admin_url(DocumentText, "add"),
        admin_url(edition),
        reverse("admin:symposium_editions_edition_next", args=[edition.pk]),
        reverse("admin:symposium_editions_identity", args=[edition.pk]),
        reverse("admin:symposium_sessions_session_release"),
        reverse("admin:symposium_spreadsheets_import_new", args=["sessions"]),
        "/admin/search/?q=a",
    ]


@pytest.mark.parametrize(("language", "forward"), [("en", "ArrowRight"), ("ar", "ArrowLeft")])
def test_markdown_toolbar_writes_by_keyboard_and_can_be_undone(
    desk, live_server, client, language, forward
):
    client.force_login(make_organiser(language=language))
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value}
    desk.context.add_cookies([{**cookie, "url": live_server.url}])
    page = make_page(make_edition("2021", is_current=True), body_fr="Venir")
    make_page_file(page)
    desk.goto(f"{live_server.url}{admin_url(page)}")
    field = desk.locator("#id_body_fr")
    field.select_text()
    tools = desk.locator("[role=toolbar][aria-controls=id_body_fr]")
    assert tools.locator("button[tabindex='0']").count() == 1
    tools.locator("button").first.press("Enter")
    assert field.input_value() == "**Venir**"
    field.press("Control+z")
    assert field.input_value() == "Venir"
    tools.locator("button").first.focus()
    for _step in range(5):
        desk.keyboard.press(forward)
    desk.keyboard.press("Enter")
    desk.keyboard.press("Enter")
    assert field.input_value().strip().endswith("![](plan.png)")
    assert desk.evaluate("document.activeElement.id") == "id_body_fr"
