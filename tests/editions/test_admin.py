"""The organisers' pages of editions, text pages and partners."""

import datetime

import pytest

from symposium.editions.models import Edition, Page, Partner
from symposium.registrations.models import Category
from tests.factories import (
    make_category,
    make_edition,
    make_organiser,
    make_page,
    make_partner,
    make_registration,
    make_session,
    picture,
    refreshed,
)
from tests.helpers.admin_forms import admin_url, errors_of, form_of, save, told

pytestmark = pytest.mark.django_db

LIST = "/admin/symposium_editions/edition/"


@pytest.fixture
def edition():
    return make_edition("2021", is_current=True)


@pytest.fixture
def desk(client):
    client.force_login(make_organiser(language="en"))
    return client


def test_an_edition_is_created(desk):
    response = save(
        desk, f"{LIST}add/", slug="2027", name_ar="الندوة", short_name_ar="ندوة", city_ar="الرباط",
        starts_on="2027-06-09", ends_on="2027-06-10",
    )  # fmt: skip
    assert response.status_code == 302
    assert Edition.objects.get().slug == "2027"


def test_edition_slug_cannot_change_in_admin(desk, edition):
    save(desk, admin_url(edition), slug="2022", theme_fr="Villes")
    assert refreshed(edition).slug == "2021"
    assert edition.theme_fr == "Villes"


def test_dates_that_would_exclude_a_session_are_refused_naming_it(desk, edition):
    make_session(edition, day=2, title_fr="Clôture")
    response = save(desk, admin_url(edition), ends_on="2021-06-09")
    assert errors_of(response)["__all__"] == [
        "“Clôture” (10 June 2021 ⁦09:00–09:45⁩) would fall outside these dates. Move it first."
    ]
    assert refreshed(edition).ends_on == datetime.date(2021, 6, 10)


def test_session_until_midnight_of_the_last_day_is_inside_the_edition(desk, edition):
    make_session(edition, at="23:00", lasting=60)
    assert save(desk, admin_url(edition), ends_on="2021-06-09").status_code == 302


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ends_on": "2021-06-01"}, "__all__"),
        ({"ends_on": "9999-12-31"}, "__all__"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
    ],
)
def test_invalid_edition_dates_and_time_zones_are_refused(desk, edition, changes, field):
    response = save(desk, admin_url(edition), theme_fr="Villes", **changes)
    assert list(errors_of(response)) == [field]
    assert form_of(response)["theme_fr"] == "Villes"


def test_registration_opening_is_in_the_edition_time_zone(desk):
    tokyo = make_edition(time_zone="Asia/Tokyo")
    opens = {"registration_opens_at_0": "2021-05-01", "registration_opens_at_1": "09:00"}
    save(desk, admin_url(tokyo), **opens)
    midnight = datetime.datetime(2021, 5, 1, tzinfo=datetime.UTC)
    assert refreshed(tokyo).registration_opens_at == midnight


def test_make_current_action_sets_the_current_edition(desk, edition):
    other = make_edition("2027", name_fr="Prochaine")
    data = {"action": "make_current", "_selected_action": [other.pk], "index": 0}
    response = desk.post(LIST, data, follow=True)
    assert told(response) == ["“Prochaine” is now the current edition."]
    assert Edition.objects.get(is_current=True) == other


def test_a_second_current_edition_is_refused(desk, edition):
    response = save(desk, admin_url(make_edition()), is_current="on")
    assert errors_of(response) == {
        "__all__": ["Another edition is set as current. Clear its box first."]
    }


def test_an_edition_with_a_programme_is_not_deleted(desk, edition):
    make_session(edition, at=None)
    assert told(desk.post(admin_url(edition, "delete"), {"post": "yes"}, follow=True)) == [
        "“Symposium 2021” has sessions, speakers, abstracts or registrations, so it can’t be "
        "deleted. Unpublish it instead."
    ]
    assert Edition.objects.get() == edition


def test_an_edition_with_a_registration_is_not_deleted(desk):
    edition = make_registration().edition
    page = desk.post(admin_url(edition, "delete"), {"post": "yes"}, follow=True)
    assert "so it can’t be deleted. Unpublish it instead." in told(page)[0]
    assert Edition.objects.get() == edition


def test_history_shows_the_change(desk, edition):
    save(desk, admin_url(edition), theme_fr="Villes")
    assert "→ <bdi>Villes</bdi>" in desk.get(admin_url(edition, "history")).content.decode()
    url = f"{admin_url(edition, 'history')}{edition.history.earliest().pk}/"
    assert form_of(desk.get(url))["theme_fr"] == ""


def test_page_with_an_arabic_title_only_gets_a_code_slug(desk, edition):
    save(desk, "/admin/symposium_editions/page/add/", title_ar="معلومات عملية", body_ar="نص")
    assert Page.objects.get().slug.startswith("page-")


def test_former_slug_of_another_page_is_refused(desk, edition):
    make_page(edition, slug="acces")
    save(desk, admin_url(Page.objects.get()), slug="venir")
    response = save(desk, admin_url(make_page(edition)), slug="acces")
    assert errors_of(response) == {"slug": ["This address has been used before. Choose another."]}


def test_partner_logo_is_re_encoded(desk, edition):
    logo = picture("logo.png", (2000, 200))
    save(
        desk,
        "/admin/symposium_editions/partner/add/",
        name_fr="Université",
        url="univ.example",
        logo=logo,
    )
    partner = Partner.objects.get()
    assert (partner.logo.width, partner.logo.height) == (640, 64)
    assert partner.url == "https://univ.example"


@pytest.mark.parametrize(
    ("make", "queries"), [(make_edition, 6), (make_page, 9), (make_partner, 9)]
)
@pytest.mark.parametrize("count", [1, 3])
def test_lists_query_count_is_constant(
    desk, edition, make, queries, count, django_assert_num_queries
):
    things = [make(**{} if make is make_edition else {"edition": edition}) for _n in range(count)]
    url = admin_url(type(things[0]), "changelist")
    desk.get(url)
    with django_assert_num_queries(queries):
        desk.get(url)


def test_page_preview_shows_a_notice(desk, edition):
    pytest.importorskip("symposium.editions.views")
    page = make_page(edition, title_fr="Venir", is_published=False)
    html = desk.get(admin_url(page, "preview")).content.decode()
    assert "Venir" in html
    assert "Preview: this page isn’t public." in html


# Requirements of registration


def test_a_new_edition_is_a_draft(desk):
    page = desk.get(f"{LIST}add/")
    assert "is_published" not in form_of(page)
    help_text = page.context["adminform"].form.fields["is_published"].help_text
    assert help_text == "Until then it’s a draft that only organisers can see."


def test_admin_lists_missing_requirements_for_registration(desk, edition):
    opens = {"registration_opens_at_0": "2021-05-01", "registration_opens_at_1": "09:00"}
    response = save(desk, admin_url(edition), **opens)
    category = f'<a href="{admin_url(Category, "add")}?edition={edition.pk}">a category</a>'
    notice = f'{admin_url(Page, "add")}?edition={edition.pk}&amp;slug=privacy">a privacy notice</a>'
    said = f'{category} · <a href="{notice}'
    assert said in told(desk.get(response.url))[0]
    assert said in desk.get(admin_url(edition)).content.decode()
    make_category(edition)
    save(desk, f"{admin_url(Page, 'add')}?edition={edition.pk}&slug=privacy", body_en="30 days.",
         title_en="Privacy")  # fmt: skip
    assert told(desk.get(save(desk, admin_url(edition)).url))[1:] == []


def test_hours_to_accept_an_offer_are_in_the_form(desk, edition):
    save(desk, admin_url(edition), offer_hours="24")
    assert refreshed(edition).offer_hours == 24


def test_empty_values_are_not_shown_as_none(desk, edition):
    for page in (admin_url(edition), admin_url(make_partner(edition)), f"{LIST}add/"):
        assert "None" not in desk.get(page).content.decode()
