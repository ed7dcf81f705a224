"""Forms of the desk: languages side by side, folds, who is told, the right column."""

import pytest
from lxml import html

from tests.factories import (
    make_abstract,
    make_booking,
    make_category,
    make_organiser,
    make_registration,
    make_session,
    make_workshop,
    open_edition,
)
from tests.helpers.admin_forms import admin_url, save

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def organiser(client):
    user = make_organiser(language="en")
    client.force_login(user)
    return user


@pytest.fixture
def edition():
    return open_edition("2021", is_current=True)


def opened(client, thing):
    """Return the page of the form of an object, as an element tree."""
    return html.fromstring(client.get(admin_url(thing)).content.decode())


def test_each_text_has_its_languages_in_one_row(client, edition):
    page = opened(client, make_session(edition, title_fr="Atelier", description_en="A workshop"))
    rows = [
        [field.get("class") for field in row.cssselect(".form-multiline > div")]
        for row in page.cssselect("#session_form > div > fieldset .tri")
    ]
    assert rows == [
        ["in-fr", "in-en dk-missing", "in-ar dk-missing"],
        ["in-fr dk-missing", "in-en", "in-ar dk-missing"],
    ]


def test_language_switch_counts_what_each_language_lacks(client, edition):
    session = make_session(edition, title_fr="Atelier", description_en="A workshop")
    gaps = client.get(admin_url(session)).context["language_gaps"]
    assert gaps == [("fr", 1), ("en", 1), ("ar", 2)]


def test_form_without_texts_has_no_language_switch(client, edition):
    registration = make_registration(make_category(edition))
    assert client.get(admin_url(registration)).context["language_gaps"] == []


def test_fold_says_what_is_inside_and_opens_on_an_error(client, edition):
    session = make_session(edition, places=40, slug="atelier")
    summaries = [one.text_content() for one in opened(client, session).cssselect(".fold-sum")]
    assert summaries[-1] == "40, atelier"
    response = save(client, admin_url(session), places="-1")
    page = html.fromstring(response.content.decode())
    names = page.cssselect("fieldset > details[open] .fieldset-heading")
    assert [name.text_content() for name in names] == ["When and where", "Places and language"]


def test_abstract_opens_with_its_rare_parts_folded(client, edition):
    page = opened(client, make_abstract(edition))
    folded = page.cssselect("#abstract_form > div > fieldset > details:not([open])")
    assert [fold.cssselect("h2")[0].text_content() for fold in folded] == [
        "On the site", "Withdrawal", "A new version", "Views",
    ]  # fmt: skip


def test_form_says_how_many_people_a_change_tells(client, edition):
    workshop = make_workshop(edition)
    page = admin_url(workshop)
    assert client.get(page).context["tells"] == ""
    make_booking(session=workshop, registration=make_registration(make_category(edition)))
    assert client.get(page).context["tells"] == (
        "If the time or the room changes, or if you cancel the session, 1 person who booked or "
        "starred it gets an email."
    )
    draft = make_workshop(edition, at="15:00", status="draft")
    assert client.get(admin_url(draft)).context["tells"] == ""


def test_category_says_how_many_wait_for_its_places(client, edition):
    category = make_category(edition, places=1)
    for _number in range(3):
        make_registration(category)
    assert client.get(admin_url(category)).context["tells"] == (
        "2 people are waiting. New places are given at once, with an email."
    )


def test_right_column_links_to_the_public_page_of_a_published_object(client, edition):
    session = make_session(edition)
    (link,) = opened(client, session).cssselect("#content-related a[href^='/en/']")
    assert link.get("href") == session.get_absolute_url()
    draft = make_session(edition, at="15:00", status="draft")
    assert opened(client, draft).cssselect("#content-related a[href^='/en/']") == []


def test_right_column_shows_old_and_new_values(client, edition):
    session = make_session(edition, title_en="Old")
    save(client, admin_url(session), title_en="New")
    (change,) = client.get(admin_url(session)).context["changes"]
    shown = [(str(one["field"]), one["old"], one["new"]) for one in change["values"]]
    assert shown == [("Title [en]", "Old", "New")]


def test_registration_shows_its_timeline(client, edition):
    registration = make_registration(make_category(edition))
    steps = client.get(admin_url(registration)).context["timeline"]
    assert [(str(step["name"]), step["is_next"]) for step in steps] == [
        ("Confirmed", False), ("Check-in", True), ("Certificate", True),
    ]  # fmt: skip
