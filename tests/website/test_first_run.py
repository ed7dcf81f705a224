"""The first run: a link of one use, the first superuser, the first edition."""

import datetime
from urllib.parse import urlsplit

import pytest
from django.core import signing
from django.core.management import CommandError, call_command

from symposium.accounts.models import User
from symposium.editions.models import Edition
from tests.factories import make_edition, make_organiser, make_user
from tests.helpers.page_html import hrefs, tree

pytestmark = pytest.mark.django_db

GOOD = {"email": "Nora@example.org", "password": "marbre-orange-lune-42"}
EDITION = {"name": "Villes", "starts_on": "2031-06-09", "ends_on": "2031-06-10", "city": "Rabat"}


@pytest.fixture
def link(capsys) -> str:
    call_command("setup_link")
    return urlsplit(capsys.readouterr().out.strip()).path


def test_link_makes_the_first_superuser_once(client, link):
    assert client.get(link).status_code == 200
    response = client.post(link, GOOD)
    assert (response.status_code, response["Location"]) == (302, "/admin/first-edition/")
    user = User.objects.get()
    assert (user.email, user.is_superuser, user.language) == ("nora@example.org", True, "fr")
    assert user.check_password(GOOD["password"])
    assert client.get("/admin/first-edition/").status_code == 200
    again = client.post(link, GOOD | {"email": "eve@example.org"})
    assert (again.status_code, User.objects.count()) == (404, 1)
    with pytest.raises(CommandError, match="There is a superuser already"):
        call_command("setup_link")


@pytest.mark.parametrize("salt", ["", "of another purpose"])
def test_other_tokens_make_nothing(client, salt):
    token = signing.dumps("setup", salt=salt) if salt else "x"
    response = client.post(f"/fr/accounts/setup/{token}/", GOOD)
    assert (response.status_code, User.objects.count()) == (404, 0)


def test_link_lasts_a_day(client, link, monkeypatch):
    monkeypatch.setattr("symposium.website.first_run.MAX_AGE", datetime.timedelta(seconds=-1))
    assert client.get(link).status_code == 404


@pytest.mark.parametrize("wrong", [{"password": "short"}, {"email": "amina@example.org"},
                                   {"email": ""}, {"password": ""}])  # fmt: skip
def test_wrong_values_make_no_superuser(client, link, wrong):
    make_user("amina@example.org")
    response = client.post(link, GOOD | wrong)
    assert response.status_code == 200
    assert list(response.context["form"].errors) == list(wrong)
    assert not User.objects.filter(is_superuser=True).exists()


@pytest.fixture
def desk(client):
    client.force_login(make_organiser(language="en"))
    return client


def test_first_edition_is_a_draft_of_four_fields(desk):
    assert "/admin/first-edition/" in hrefs(tree(desk.get("/admin/")), "//a")
    response = desk.post("/admin/first-edition/", EDITION)
    edition = Edition.objects.get()
    address = f"/admin/symposium_editions/edition/{edition.pk}/change/"
    assert (response.status_code, response["Location"]) == (302, address)
    values = (edition.slug, edition.name_en, edition.short_name_en, edition.city_en)
    assert values == ("2031", "Villes", "Villes", "Rabat")
    assert (edition.is_published, edition.days[-1]) == (False, datetime.date(2031, 6, 10))
    assert "/admin/first-edition/" not in hrefs(tree(desk.get("/admin/")), "//a")


def test_edition_of_the_same_year_gets_another_address(desk):
    make_edition("2031")
    desk.post("/admin/first-edition/", EDITION)
    assert Edition.objects.filter(slug="2031-2").exists()


def test_wrong_days_make_no_edition(desk):
    response = desk.post("/admin/first-edition/", EDITION | {"ends_on": "2031-06-08"})
    assert (response.status_code, Edition.objects.count()) == (200, 0)
    assert response.context["form"].non_field_errors() == [
        "The last day cannot be before the first day."
    ]


def test_first_edition_is_for_organisers_who_may_add_one(client):
    assert client.get("/admin/first-edition/").status_code == 302
    client.force_login(make_organiser(is_superuser=False))
    assert client.get("/admin/first-edition/").status_code == 403
