"""A messy workbook of 45 sessions becomes a programme in few clicks, and back again."""

import time

import pytest

from symposium.sessions.models import Session
from symposium.speakers.models import Speaker
from tests.factories import make_edition, make_organiser
from tests.helpers.messy_workbooks import MESSY

pytestmark = pytest.mark.django_db(transaction=True)
MOST_CLICKS, MOST_SECONDS = 20, 300


class Counted:
    """The page of an organiser, whose clicks are counted."""

    def __init__(self, page):
        self.page, self.clicks = page, 0

    def click(self, locator) -> None:
        self.clicks += 1
        locator.click()


@pytest.fixture
def desk(page, live_server, client):
    client.force_login(make_organiser(language="en"))
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    return Counted(page)


@pytest.mark.parametrize("name", MESSY)
def test_messy_workbook_is_imported_and_undone(desk, tmp_path, name):
    make_edition("2021", is_current=True)
    file = tmp_path / "programme.xlsx"
    MESSY[name]().save(file)
    page, started = desk.page, time.monotonic()
    page.goto("/admin/symposium_sessions/session/")
    desk.click(page.get_by_role("link", name="Import", exact=True))
    desk.clicks += 1  # the choice of the file
    page.locator("input[type=file]").set_input_files(file)
    desk.click(page.get_by_role("button", name="Read this file"))
    if name == "several_sheets":
        desk.click(page.get_by_label("Same person as Amal Vigie"))
        desk.click(page.get_by_role("button", name="Check again"))
    desk.click(page.get_by_role("button", name="Import", exact=True))
    page.get_by_role("button", name="Undo this import").wait_for()
    assert desk.clicks <= MOST_CLICKS
    assert time.monotonic() - started < MOST_SECONDS
    sessions = Session.objects.filter(room__isnull=False, track__isnull=False)
    assert sessions.filter(starts_at__isnull=False).count() == 45
    assert Speaker.objects.count() == 60
    page.get_by_role("button", name="Undo this import").click()
    page.get_by_text("Undone on").wait_for()
    assert [Session.objects.count(), Speaker.objects.count()] == [0, 0]
