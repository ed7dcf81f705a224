"""The organisers' start page, its language, and access to it."""

import pytest
from django.contrib.admin import site
from django.contrib.admin.utils import flatten_fieldsets
from lxml import html

from symposium import __version__
from symposium.core.i18n.localized import in_each_language
from symposium.editions.badges import EditionBadges
from symposium.editions.identity import EditionIdentity
from symposium.editions.signature import EditionSignature
from tests.factories import (
    make_category,
    make_edition,
    make_organiser,
    make_participation,
    make_registration,
    make_room,
    make_session,
    make_user,
    open_edition,
    refreshed,
)
from tests.helpers.admin_forms import admin_url, form_of, save

pytestmark = pytest.mark.django_db


@pytest.fixture
def organiser(client):
    user = make_organiser(language="en")
    client.force_login(user)
    return user


def figures(response) -> dict[str, str]:
    """Return the figures of the start page, as their names and values."""
    return {str(one["name"]): str(one["value"]) for one in response.context["figures"]}


def test_anonymous_visitor_is_redirected_to_login(client):
    response = client.get("/admin/symposium_sessions/session/")
    assert response.status_code == 302
    assert "/accounts/login/" in client.get(response.url).url


def test_ordinary_account_gets_403(client):
    client.force_login(make_user())
    response = client.get("/admin/", follow=True)
    assert response.status_code == 403


def test_models_are_listed_in_working_order(client, organiser):
    groups = client.get("/admin/").context["app_list"]
    named = [(one["app_label"], [m["object_name"] for m in one["models"]]) for one in groups]
    assert named == [
        ("programme", ["Session", "Speaker", "Room", "Track", "SessionKind", "SpeakerRole",
                       "Import"]),
        ("abstracts", ["Abstract", "Keyword"]),
        ("registrations", ["Registration", "Category", "Question", "Invitation", "Booking",
                           "CheckIn", "Message", "MailText", "DocumentText", "Certificate"]),
        ("site", ["News", "Page", "Partner"]),
        ("settings", ["Edition", "User", "Group", "EmailAddress", "Authenticator", "Email",
                      "LogEntry"]),
    ]  # fmt: skip


def test_start_page_has_five_figures_with_their_lists(client, organiser):
    edition = open_edition("2021", is_current=True)
    make_session(edition)
    make_session(edition, at=None, status="draft")
    category = make_category(edition, on_site=True)
    make_registration(category)
    make_session(make_edition())
    response = client.get("/admin/")
    assert figures(response) == {
        "Confirmed registrations": "1",
        "Waiting list": "0",
        "On site and online": "1 and 0",
        "Published sessions": "1 of 2",
        "Views of abstracts": "0",
    }
    for figure in response.context["figures"]:
        assert client.get(figure["url"]).status_code == 200


def test_start_page_lists_what_is_missing_with_links(client, organiser):
    edition = open_edition("2021", is_current=True)
    make_session(edition, at=None, status="draft")
    response = client.get("/admin/")
    items = [item for step in response.context["milestones"] for item in step.items]
    assert response.context["missing_count"] == len(items)
    page = html.fromstring(response.content.decode())
    links = [(link.text_content(), link.get("href")) for link in page.cssselect(".dk-todo a")]
    assert links == [(item.sentence, item.url) for item in items]


def test_start_page_says_who_waits_for_approval(client, organiser):
    category = make_category(open_edition("2021", is_current=True), needs_approval=True)
    for number in range(5):
        make_registration(category, given_name="Nora", family_name=f"R{number}")
    (answer,) = client.get("/admin/").context["answers"]
    assert answer["words"] == "5 registrations to approve"
    assert answer["details"].endswith("2 others")
    assert client.get(answer["url"]).context["cl"].result_count == 5


def test_start_page_shows_the_last_changes_old_and_new(client, organiser):
    room = make_room(make_edition("2021", is_current=True))
    session = make_session(room.edition, title_en="Old title")
    save(client, admin_url(session), title_en="New title")
    (change,) = client.get("/admin/").context["changes"]
    shown = [(str(value["field"]), value["old"], value["new"]) for value in change["values"]]
    assert (change["name"], change["by"], shown) == (
        "New title", organiser, [("Title [en]", "Old title", "New title")],
    )  # fmt: skip


def test_the_start_page_opens_before_the_first_edition(client, organiser):
    assert client.get("/admin/").context["changes"] == []


def test_start_page_shows_only_what_the_user_may_view(client):
    make_session(make_edition("2021", is_current=True))
    client.force_login(make_user(is_staff=True))
    response = client.get("/admin/")
    shown = [response.context[name] for name in ("figures", "answers", "added", "news", "changes")]
    assert shown == [[]] * 5


@pytest.mark.parametrize("count", [1, 3])
def test_start_page_query_count_is_constant(client, organiser, count, django_assert_num_queries):
    edition = make_edition("2021", is_current=True)
    for number in range(count):
        make_participation(make_session(edition, at=f"1{number}:00"))
    client.get("/admin/")
    with django_assert_num_queries(13):
        client.get("/admin/")


def test_footer_shows_the_running_version(client, organiser):
    page = html.fromstring(client.get("/admin/").content)
    assert page.get_element_by_id("footer").text_content() == f"Version {__version__}"


@pytest.mark.parametrize(("language", "direction"), [("fr", "ltr"), ("en", "ltr"), ("ar", "rtl")])
def test_admin_is_in_the_language_of_the_account(client, language, direction):
    client.force_login(make_organiser(language=language))
    page = client.get("/admin/", headers={"accept-language": "de"})
    assert f'<html lang="{language}" dir="{direction}">' in page.content.decode()
    assert page.headers["Content-Language"] == language


def test_language_choice_is_stored_in_the_account(client, organiser):
    here = "/admin/symposium_sessions/session/?edition=all"
    response = client.post("/admin/language/", {"language": "ar", "next": here})
    assert response.url == here
    assert refreshed(organiser).language == "ar"


@pytest.mark.parametrize("elsewhere", ["https://example.com/", "//example.com", "/fr/", ""])
def test_language_switch_redirects_to_no_other_site(client, organiser, elsewhere):
    response = client.post("/admin/language/", {"language": "xx", "next": elsewhere})
    assert response.url == "/admin/"
    assert refreshed(organiser).language == "en"


def test_language_switch_refuses_get(client, organiser):
    assert client.get("/admin/language/").status_code == 405


def test_start_page_links_to_check_in_and_charts(client):
    make_edition("2021", is_current=True)
    client.force_login(make_organiser(language="en"))
    page = client.get("/admin/").content.decode()
    assert 'href="/en/2021/desk/check-in/"' in page
    assert "/registration/charts/" in page


# The working edition

ROOMS = "/admin/symposium_sessions/room/"


@pytest.fixture
def editions(organiser):
    return make_edition("2021", is_current=True), make_edition("2027", is_published=False)


def worked_on(response) -> str:
    """Return the slug of the edition that the switch in the header shows."""
    return response.context["working_edition"].slug


def test_chosen_edition_persists_across_lists(client, editions):
    response = client.post(
        "/admin/edition/", {"edition": editions[1].pk, "next": ROOMS}, follow=True
    )
    assert worked_on(response) == "2027"
    for page in (ROOMS, "/admin/", "/admin/symposium_speakers/speaker/", f"{ROOMS}add/"):
        assert worked_on(client.get(page, follow=True)) == "2027"
    assert form_of(client.get("/admin/symposium_sessions/track/add/"))["edition"] == str(
        editions[1].pk
    )


def test_start_page_counts_the_chosen_edition(client, editions):
    make_room(editions[1])
    make_session(editions[1], at=None)
    client.get(f"{ROOMS}?edition={editions[1].pk}")
    assert figures(client.get("/admin/"))["Published sessions"] == "1 of 1"


@pytest.mark.parametrize(
    ("page", "back"),
    [
        ("/admin/", "/admin/"),
        (f"{ROOMS}?edition=1&q=Amphi", ROOMS),
        (f"{ROOMS}add/?_changelist_filters=edition%3D1", f"{ROOMS}add/"),
        (f"{ROOMS}5/change/", ROOMS),
        (f"{ROOMS}5/history/", ROOMS),
        ("/admin/nowhere/", "/admin/"),
        ("https://example.com/", "/admin/"),
    ],
)
def test_edition_switch_returns_to_the_current_page(client, editions, page, back):
    response = client.post("/admin/edition/", {"edition": editions[1].pk, "next": page})
    assert response.url == back


@pytest.mark.parametrize("number", ["", "0", "9" * 30, "all", "x"])
def test_edition_switch_to_an_unknown_edition_is_ignored(client, editions, number):
    client.post("/admin/edition/", {"edition": number, "next": "/admin/"})
    assert worked_on(client.get("/admin/")) == "2021"


def test_saved_object_is_listed_in_its_own_edition(client, editions):
    of_2027 = str(editions[1].pk)
    response = save(client, f"{ROOMS}add/", edition=of_2027, name_en="Hall")
    assert response.url == f"{ROOMS}?edition={of_2027}"
    shown = client.get(response.url)
    assert [str(room) for room in shown.context["cl"].result_list] == ["Hall"]
    assert worked_on(shown) == "2027"


def test_saving_in_another_edition_drops_the_list_filters(client, editions):
    page = f"{ROOMS}add/?_changelist_filters=edition%3D{editions[0].pk}%26untranslated%3Dany"
    response = save(client, page, edition=str(editions[1].pk), name_en="Hall")
    assert response.url == f"{ROOMS}?edition={editions[1].pk}"


def test_header_names_the_edition_of_the_open_object(client, editions):
    room = make_room(editions[1])
    assert worked_on(client.get(admin_url(room))) == "2027"
    assert worked_on(client.get("/admin/")) == "2027"


def test_new_edition_becomes_the_chosen_edition(client, organiser):
    make_edition("2021", is_current=True)
    save(
        client, "/admin/symposium_editions/edition/add/", slug="2028", name_en="S",
        short_name_en="S", city_en="Fès", starts_on="2028-06-09", ends_on="2028-06-10",
    )  # fmt: skip
    assert worked_on(client.get("/admin/")) == "2028"


def test_form_and_list_preserve_their_edition_across_tabs(client, editions):
    """A form and a list stay in their edition although another edition was chosen meanwhile."""
    first, second = editions
    room = make_room(first)
    typed = form_of(client.get(f"{ROOMS}add/")) | {"name_en": "Hall"}
    client.get(ROOMS)
    client.post("/admin/edition/", {"edition": second.pk, "next": "/admin/"})
    chosen = {"action": "delete_selected", "_selected_action": [room.pk], "post": "yes"}
    client.post(ROOMS, chosen)
    client.post("/admin/edition/", {"edition": second.pk, "next": "/admin/"})
    assert client.post(f"{ROOMS}add/", typed).url == f"{ROOMS}?edition={first.pk}"
    assert [str(one) for one in first.rooms.all()] == ["Hall"]


def test_registration_is_created_in_the_edition_of_the_form(client, editions):
    category = make_category(editions[0])
    page = "/admin/symposium_registrations/registration/add/"
    typed = form_of(client.get(page)) | {
        "email": "nora@example.org", "given_name": "Nora", "family_name": "Rivage",
        "role": "research", "country": "MA", "category": category.pk, "language": "fr",
    }  # fmt: skip
    client.post("/admin/edition/", {"edition": editions[1].pk, "next": "/admin/"})
    assert client.post(page, typed).status_code == 302
    assert category.registrations.count() == 1


def test_edition_switch_is_hidden_with_one_edition(client, organiser):
    make_edition("2021", is_current=True)
    assert 'name="edition"' not in client.get("/admin/").content.decode()


# The forms

# Fields that no form has: a page or an action of its own changes them, or nobody does by hand.
# The page of the identity has a form of its own.
TRANSLATED = ["hero_alt", "signatory", "signatory_role", "sender_name"]
IDENTITY = {
    field.name
    for part in (EditionIdentity, EditionSignature, EditionBadges)
    for field in part._meta.fields
}
ON_THE_PAGE_OF_THE_IDENTITY = IDENTITY - {*TRANSLATED} | {*in_each_language(*TRANSLATED)}
NOT_TYPED = {
    "Edition": ON_THE_PAGE_OF_THE_IDENTITY,
    "User": {"password", "last_login", "user_permissions"},
    "Registration": {"user"},
    "Session": {"speakers", "own_kind"},  # the field of the kind sets both kinds
    "Abstract": {"keywords"},
    **dict.fromkeys(
        ("Partner", "Page", "Track", "Room", "SessionKind", "SpeakerRole", "Category", "Question"),
        {"order"},
    ),
}


def test_every_editable_field_is_in_a_form(organiser, rf):
    request = rf.get("/admin/")
    request.user, request.session = organiser, {}
    left_out = {}
    for model, model_admin in site._registry.items():
        if not model_admin.has_add_permission(request):
            continue
        shown = flatten_fieldsets(model_admin.get_fieldsets(request))
        editable = {
            field.name
            for field in [*model._meta.fields, *model._meta.many_to_many]
            if field.editable and not field.primary_key and not hasattr(model, f"{field.name}_fr")
        }
        if found := editable - set(shown):
            left_out[model.__name__] = found
    assert left_out == NOT_TYPED


# Articles in titles


@pytest.mark.parametrize(
    ("language", "titles"),
    [
        ("fr", ["Ajouter\u00a0: session", "Supprimer…"]),
        ("ar", ["إضافة: جلسة", "حذف…"]),
    ],
)
def test_admin_titles_have_no_article(client, language, titles):
    client.force_login(make_organiser(language=language))
    session = make_session(make_edition(is_current=True))
    pages = [admin_url(type(session), "add"), admin_url(type(session), "changelist")]
    for page, title in zip(pages, titles, strict=True):
        assert title in client.get(page).content.decode()
