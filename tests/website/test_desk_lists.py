"""Lists of the desk: views with counts, the status in a row, what an empty list offers."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from lxml import html

from symposium.abstracts.models import Abstract
from symposium.editions.models import News, Page
from symposium.registrations.models import Registration
from symposium.sessions.models import Room, Session
from symposium.speakers.models import Speaker
from tests.factories import (
    make_abstract,
    make_booking,
    make_category,
    make_organiser,
    make_page,
    make_participation,
    make_registration,
    make_room,
    make_session,
    make_speaker,
    make_track,
    make_user,
    make_workshop,
    open_edition,
    refreshed,
)
from tests.helpers.admin_forms import admin_url

pytestmark = pytest.mark.django_db
SESSIONS = admin_url(Session, "changelist")


@pytest.fixture
def organiser(client):
    user = make_organiser(language="en")
    client.force_login(user)
    return user


@pytest.fixture
def edition(organiser):
    edition = open_edition("2021", is_current=True)
    make_participation(make_session(edition, room=make_room(edition), title_ar="ا"))
    make_session(edition, at=None, status="draft")
    make_session(edition, at="15:00", status="cancelled")
    make_speaker(edition)
    make_abstract(edition)
    make_page(edition)
    make_registration(make_category(edition))
    make_registration(make_category(edition, needs_approval=True))
    make_session(open_edition())
    return edition


@pytest.mark.parametrize("model", [Session, Speaker, Abstract, Registration, Page, Room])
def test_each_view_has_the_count_of_its_list(client, edition, model):
    page = admin_url(model, "changelist")
    views = client.get(page).context["views"]
    assert views
    for view in views:
        shown = client.get(f"{page}?{view['query']}").context
        assert shown["cl"].result_count == view["count"], view["label"]
        assert [str(one["label"]) for one in shown["views"] if one["is_current"]] == [
            str(view["label"])
        ]


def test_views_of_sessions(client, edition):
    views = client.get(SESSIONS).context["views"]
    assert {str(view["label"]): (view["count"], view["to_do"]) for view in views} == {
        "All": (3, False),
        "with no room": (1, True),
        "with no time": (1, True),
        "with no speaker": (1, True),
        "to translate": (3, True),
        "in draft": (1, False),
        "cancelled": (1, False),
    }


@pytest.mark.parametrize("count", [1, 3])
def test_query_count_of_the_session_list_is_constant(
    client, organiser, count, django_assert_num_queries
):
    edition = open_edition("2021", is_current=True)
    for number in range(count):
        session = make_workshop(
            edition, at=f"1{number}:00", room=make_room(edition), track=make_track(edition)
        )
        make_participation(session)
        make_booking(make_registration(make_category(edition)), session)
    client.get(SESSIONS)
    with django_assert_num_queries(13):
        client.get(SESSIONS)


def test_row_says_what_a_session_lacks(client, organiser):
    make_session(open_edition(is_current=True), at=None, room=None)
    page = html.fromstring(client.get(SESSIONS).content.decode())
    assert [mark.text_content() for mark in page.cssselect("#result_list .none")] == [
        "not scheduled", "no speaker", "no room",
    ]  # fmt: skip


def test_status_is_changed_from_the_row(client, edition):
    session = edition.sessions.get(status="draft")
    back = f"{SESSIONS}?q=x"
    response = client.post(admin_url(session, "status"), {"status": "published", "next": back})
    assert (response.url, refreshed(session).status) == (back, "published")


@pytest.mark.parametrize("status", ["", "gone"])
def test_unknown_status_changes_nothing(client, edition, status):
    session = edition.sessions.get(status="draft")
    response = client.post(admin_url(session, "status"), {"status": status})
    assert (response.url, refreshed(session).status) == ("/admin/", "draft")


def test_status_needs_the_right_to_change_sessions(client):
    session = make_session(open_edition(is_current=True))
    viewer = make_user(is_staff=True)
    viewer.user_permissions.add(
        Permission.objects.get(
            codename="view_session", content_type__app_label="symposium_sessions"
        )
    )
    client.force_login(viewer)
    assert client.post(admin_url(session, "status"), {"status": "draft"}).status_code == 403
    assert refreshed(session).status == "published"
    page = html.fromstring(client.get(SESSIONS).content.decode())
    assert (page.cssselect(".dk-status"), len(page.cssselect("#result_list .status"))) == ([], 1)


def test_pending_registration_is_approved_from_its_row(client, edition):
    pending = edition.registrations.get(state="pending")
    back = admin_url(Registration, "changelist")
    page = html.fromstring(client.get(back).content.decode())
    (button,) = page.cssselect("#result_list button")
    response = client.post(button.get("formaction"), {"next": back})
    assert (response.url, refreshed(pending).state) == (back, "confirmed")


def test_stranger_cannot_change_a_status(client):
    session = make_session(open_edition(is_current=True))
    response = client.post(admin_url(session, "status"), {"status": "draft"})
    assert response.url.startswith("/admin/login/")
    assert refreshed(session).status == "published"


def test_deletion_is_the_last_action(client, edition):
    page = html.fromstring(client.get(SESSIONS).content.decode())
    buttons = [button.get("value") for button in page.cssselect(".actions [name=action]")]
    assert buttons == ["", "publish", "unpublish", "cancel", "swap", "delete_selected"]


def test_empty_list_offers_to_add_and_a_filtered_one_to_clear_filters(client, edition):
    news = admin_url(News, "changelist")
    page = html.fromstring(client.get(news).content.decode())
    assert [a.get("href") for a in page.cssselect(".dk-empty a")] == [admin_url(News, "add")]
    page = html.fromstring(client.get(f"{SESSIONS}?q=nowhere").content.decode())
    cleared = [a.get("href") for a in page.cssselect(".dk-empty a")]
    assert cleared == [f"?edition={edition.pk}"]
    empty = open_edition("2022")
    page = html.fromstring(client.get(f"{SESSIONS}?edition={empty.pk}").content.decode())
    offered = [a.get("href") for a in page.cssselect(".dk-empty a")]
    imported = reverse("admin:symposium_spreadsheets_import_new", args=["sessions"])
    assert offered == [imported, admin_url(Session, "add")]
