"""The organisers' start page, its language, and who may open it."""

import pytest

from tests.factories import (
    make_abstract,
    make_edition,
    make_organiser,
    make_participation,
    make_room,
    make_session,
    make_speaker,
    make_user,
    refreshed,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def organiser(client):
    user = make_organiser(language="en")
    client.force_login(user)
    return user


def counts(response) -> dict[str, dict[str, int]]:
    return {
        str(row["title"]): {str(one["label"]): one["count"] for one in row["counts"]}
        for row in response.context["panel"]
    }


def test_a_stranger_signs_in_first(client):
    response = client.get("/admin/symposium_sessions/session/")
    assert response.status_code == 302
    assert "/accounts/login/" in client.get(response.url).url


def test_somebody_who_does_not_organise_stays_outside(client):
    client.force_login(make_user())
    response = client.get("/admin/", follow=True)
    assert response.status_code == 403


def test_the_models_are_in_the_order_in_which_one_works(client, organiser):
    groups = client.get("/admin/").context["app_list"]
    named = [(one["app_label"], [m["object_name"] for m in one["models"]]) for one in groups]
    assert named == [
        ("programme", ["Session", "Speaker", "Room", "Track"]),
        ("abstracts", ["Abstract", "Keyword"]),
        ("registrations", ["Registration", "Category", "Invitation", "Question", "Booking",
                           "CheckIn", "Message", "Certificate"]),
        ("edition", ["Edition", "Page", "Partner"]),
        ("accounts", ["User", "Group", "EmailAddress", "Authenticator", "LogEntry"]),
        ("post_office", ["Email"]),
    ]  # fmt: skip


def test_the_start_page_counts_what_there_is_and_what_is_missing(client, organiser):
    edition = make_edition("2021", is_current=True)
    session = make_session(edition, room=make_room(edition), title_en="A", title_ar="ا")
    make_participation(session, make_speaker(edition))
    make_session(edition, at=None, status="draft")
    make_session(edition, at=None, status="cancelled")
    make_abstract(edition)
    make_session(make_edition())
    assert counts(client.get("/admin/")) == {
        "Sessions": {
            "published": 1, "drafts": 1, "cancelled": 1,
            "without room": 1, "without speaker": 1, "to translate": 2,
        },
        "Speakers": {"published": 1, "without photo": 1, "to translate": 1},
        "Abstracts": {"published": 1, "drafts": 0, "to translate": 1},
        "Registrations": {
            "confirmed": 0, "on the waiting list": 0, "wait for approval": 0,
            "checked in today": 0,
        },
    }  # fmt: skip


def test_each_count_leads_to_the_list_of_as_many(client, organiser):
    edition = make_edition("2021", is_current=True)
    make_participation(make_session(edition, status="draft"), make_speaker(edition))
    make_abstract(edition)
    for row in client.get("/admin/").context["panel"]:
        for one in row["counts"]:
            assert client.get(one["url"]).context["cl"].result_count == one["count"]


def test_the_start_page_opens_before_the_first_edition(client, organiser):
    assert client.get("/admin/").context["panel"] == []


@pytest.mark.parametrize("count", [1, 3])
def test_the_start_page_asks_as_much_for_three_as_for_one(
    client, organiser, count, django_assert_num_queries
):
    edition = make_edition("2021", is_current=True)
    for number in range(count):
        make_participation(make_session(edition, at=f"1{number}:00"))
    client.get("/admin/")
    with django_assert_num_queries(9):
        client.get("/admin/")


@pytest.mark.parametrize(("language", "direction"), [("fr", "ltr"), ("en", "ltr"), ("ar", "rtl")])
def test_the_desk_speaks_the_language_of_the_account(client, language, direction):
    client.force_login(make_organiser(language=language))
    page = client.get("/admin/", headers={"accept-language": "de"})
    assert f'<html lang="{language}" dir="{direction}">' in page.content.decode()
    assert page.headers["Content-Language"] == language


def test_the_language_is_kept_in_the_account(client, organiser):
    here = "/admin/symposium_sessions/session/?edition=all"
    response = client.post("/admin/language/", {"language": "ar", "next": here})
    assert response.url == here
    assert refreshed(organiser).language == "ar"


@pytest.mark.parametrize("elsewhere", ["https://example.com/", "//example.com", "/fr/", ""])
def test_the_language_leads_nowhere_else(client, organiser, elsewhere):
    response = client.post("/admin/language/", {"language": "xx", "next": elsewhere})
    assert response.url == "/admin/"
    assert refreshed(organiser).language == "en"


def test_the_language_is_not_changed_by_a_link(client, organiser):
    assert client.get("/admin/language/").status_code == 405


def test_the_start_page_leads_to_the_door_and_to_the_figures(client):
    make_edition("2021", is_current=True)
    client.force_login(make_organiser(language="en"))
    page = client.get("/admin/").content.decode()
    assert 'href="/en/2021/desk/check-in/"' in page
    assert "/registration/plots/" in page
