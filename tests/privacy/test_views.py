"""The pages with which people read and erase their data."""

import json
import re
from pathlib import Path

import pytest

from symposium.accounts.models import User
from symposium.demo import data
from symposium.privacy import erasure
from symposium.registrations.models import Registration
from tests.factories import make_registration, make_user
from tests.helpers.sign_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(client):
    registration = make_registration(affiliation="Université d’essai", accessibility_needs="Boucle")
    sign_in(client, registration.user)
    return registration


@pytest.mark.parametrize("path", ["", "data/", "data.json", "erase/"])
def test_anonymous_visitor_is_redirected_to_login(client, path):
    page = f"/fr/my/{path}"
    assert client.get(page).headers["Location"] == f"/fr/accounts/login/?next={page}"


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_data_page_shows_stored_data_and_retention_periods(client, mine, language):
    page = client.get(f"/{language}/my/data/").content.decode()
    assert ("Université d’essai" in page, "Boucle" in page) == (True, True)
    assert [str(rule.days) in page for rule in erasure.RETENTION] == [True] * 5


def test_data_file_contains_the_account_data(client, mine):
    response = client.get("/fr/my/data.json")
    assert response.headers["Content-Disposition"] == 'attachment; filename="my-data.json"'
    account = json.loads(response.content)["parts"]["account"]["fields"]
    assert account["email"]["value"] == mine.user.email


def test_erasure_requires_typing_the_address_again(client, mine):
    response = client.post("/fr/my/erase/", {"email": "other@example.org"})
    assert list(response.context["form"].errors) == ["email"]
    assert Registration.objects.get().name == mine.name


def test_account_is_erased_and_signed_out(client, mine):
    response = client.post("/fr/my/erase/", {"email": mine.user.email.upper()})
    assert response.status_code == 200
    assert User.objects.filter(pk=mine.user_id).count() == 0
    assert Registration.objects.get().name == ""
    assert client.get("/fr/my/").status_code == 302


def test_organiser_erasure_is_refused_with_a_reason(client):
    organiser = make_user(is_staff=True)
    sign_in(client, organiser)
    response = client.post("/fr/my/erase/", {"email": organiser.email})
    assert len(response.context["form"].non_field_errors()) == 1
    assert User.objects.count() == 1


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_privacy_notice_states_the_applied_retention_periods(language, settings):
    text = Path(data.FOLDER / "pages" / f"privacy.{language}.md").read_text()
    told = {int(number) for number in re.findall(r"\b(\d+) (?:days|jours|يومًا|أيام)", text)}
    applied = {rule.days for rule in erasure.RETENTION} | {erasure.UNUSED_ACCOUNT_DAYS}
    assert told == applied | {settings.SESSION_COOKIE_AGE // 86400}
