"""Reauthentication before sensitive pages, with or without a password, after some time."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.utils.translation import gettext, override

from symposium.accounts.models import User
from tests.factories import make_organiser, make_user, refreshed
from tests.helpers.sign_in import SIX_DAYS, code_of, sign_in

pytestmark = pytest.mark.django_db

AMINA = "amina@example.org"
PASSWORD = "correct horse battery"
BY_CODE = "/fr/accounts/reauthenticate/code/"
BY_PASSWORD = "/fr/accounts/reauthenticate/"
SENSITIVE = {
    "/fr/my/data/": None,
    "/fr/my/data.json": None,
    "/fr/my/erase/": {"email": AMINA},
    "/fr/accounts/email/": {"email": "new@example.org", "action_add": ""},
    "/fr/accounts/password/change/": {"password1": PASSWORD, "password2": PASSWORD},
    "/fr/accounts/2fa/totp/activate/": {"code": "123456"},
    "/fr/accounts/2fa/webauthn/add/": {"name": "Téléphone"},
}


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


def visit(client, page: str, data: dict | None):
    return client.post(page, data) if data else client.get(page)


@pytest.mark.parametrize(("page", "data"), SENSITIVE.items())
@pytest.mark.parametrize(("password", "by"), [(None, BY_CODE), (PASSWORD, BY_PASSWORD)])
def test_old_session_must_reauthenticate(client, page, data, password, by):
    sign_in(client, make_user(AMINA, password), ago=SIX_DAYS)
    response = visit(client, page, data)
    assert (response.status_code, response.headers["Location"].partition("?")[0]) == (302, by)
    assert (mail.outbox, User.objects.count(), Authenticator.objects.count()) == ([], 1, 0)


@pytest.mark.parametrize("page", SENSITIVE)
def test_fresh_session_needs_no_reauthentication(client, page):
    sign_in(client, make_user(AMINA))
    assert client.get(page).status_code == 200


def test_session_is_fresh_for_fifteen_minutes(client):
    user = make_user(AMINA)
    sign_in(client, user, ago=14 * 60)
    assert client.get("/fr/my/data/").status_code == 200
    sign_in(client, user, ago=15 * 60)
    assert client.get("/fr/my/data/").status_code == 302


def test_session_without_sign_in_time_must_reauthenticate(client):
    """Such sessions date from before the site recorded the time of sign-in."""
    user = make_user(AMINA)
    EmailAddress.objects.create(user=user, email=AMINA, primary=True, verified=True)
    client.force_login(user)
    assert client.get("/fr/my/data/").status_code == 302


@pytest.mark.parametrize(("language", "direction"), [("fr", "ltr"), ("en", "ltr"), ("ar", "rtl")])
def test_reauthentication_code_opens_the_requested_page(client, language, direction):
    sign_in(client, make_user(AMINA), ago=SIX_DAYS)
    asked = client.get(f"/{language}/my/erase/", follow=True)
    page = asked.content.decode()
    assert re.search(r'<html lang="(\w+)" dir="(\w+)"', page).groups() == (language, direction)
    assert mail.outbox == []
    form = {"recipient": AMINA, "next": asked.context["redirect_field_value"]}
    sent = client.post(f"/{language}/accounts/reauthenticate/code/", form)
    [message] = mail.outbox
    with override(language):
        subject = gettext("%(code)s is your code to confirm it’s you")
    assert (message.subject, message.to) == (subject % {"code": code_of(message)}, [AMINA])
    response = client.post(sent.headers["Location"], {"code": code_of(message)})
    assert response.headers["Location"] == f"/{language}/my/erase/"
    assert client.get(f"/{language}/my/erase/").status_code == 200


def test_submitted_form_is_applied_after_reauthentication(client):
    user = make_user(AMINA)
    sign_in(client, user, ago=SIX_DAYS)
    page = "/fr/accounts/password/change/"
    client.post(page, {"password1": PASSWORD, "password2": PASSWORD})
    assert refreshed(user).has_usable_password() is False
    sent = client.post(f"{BY_CODE}?next={page}", {"recipient": AMINA})
    client.post(sent.headers["Location"], {"code": code_of(mail.outbox[-1])})
    assert refreshed(user).check_password(PASSWORD) is True


def test_reauthentication_code_is_sent_only_to_the_account_address(client):
    sign_in(client, make_user(AMINA), ago=SIX_DAYS)
    response = client.post(BY_CODE, {"recipient": "thief@example.org"})
    assert (response.status_code, mail.outbox) == (200, [])


def test_organiser_reauthentication_code_is_longer(client):
    sign_in(client, make_organiser(email=AMINA), ago=SIX_DAYS)
    client.post(BY_CODE, {"recipient": AMINA})
    assert len(code_of(mail.outbox[-1])) == 8


def test_former_address_is_dropped_when_an_organiser_corrects_it(client):
    """No sign-in code goes to an address that an organiser has corrected."""
    user = make_user(AMINA)
    sign_in(client, user)
    client.force_login(make_organiser())
    data = {"email": "right@example.org", "language": "fr", "is_active": "on"}
    client.post(f"/admin/symposium_accounts/user/{user.pk}/change/", data)
    assert [(row.email, row.verified) for row in EmailAddress.objects.filter(user=user)] == [
        ("right@example.org", False)
    ]


@pytest.mark.parametrize("page", [*SENSITIVE, "/fr/accounts/2fa/webauthn/keys/1/remove/"])
@pytest.mark.parametrize("who", ["stranger", "signed in"])
def test_large_form_is_not_stored_in_the_session(client, page, who):
    if who == "signed in":
        sign_in(client, make_user(AMINA), ago=SIX_DAYS)
    client.post(page, {"name": "\u6f22" * 20_000})
    assert sum(len(str(row.get_decoded())) for row in Session.objects.all()) < 2_000


# Passwords


@pytest.mark.parametrize("page", ["password/reset/", "password/set/", "password/reset/key/1-x/"])
def test_forgotten_password_is_replaced_after_login_by_code(client, page):
    user = make_user(AMINA, "forgotten for a while")
    asked = client.get(f"/fr/accounts/{page}", follow=True)
    assert [where for where, _status in asked.redirect_chain] == [
        "/fr/accounts/password/change/",
        "/fr/accounts/login/?next=/fr/accounts/password/change/",
    ]
    client.post("/fr/accounts/login/", {"login": AMINA})
    next_page = {"next": "/fr/accounts/password/change/"}
    code = code_of(mail.outbox[-1])
    response = client.post("/fr/accounts/login/code/confirm/", {"code": code, **next_page})
    assert response.headers["Location"] == "/fr/accounts/password/change/"
    data = {"password1": PASSWORD, "password2": PASSWORD}
    client.post("/fr/accounts/password/change/", data)
    assert refreshed(user).check_password(PASSWORD) is True
    assert client.get("/fr/my/").status_code == 200


@pytest.mark.parametrize("email", [AMINA, "nobody@example.org"])
def test_password_reset_reveals_no_account(client, email):
    make_user(AMINA, PASSWORD)
    response = client.post("/fr/accounts/password/reset/", {"email": email})
    assert (response.status_code, mail.outbox) == (302, [])


def test_mail_links_use_the_site_url_for_any_host_header(client, settings):
    settings.ALLOWED_HOSTS = ["*"]
    user = make_user(AMINA, PASSWORD)
    host = {"host": "localhost:6666"}
    client.post("/fr/accounts/login/", {"login": AMINA}, headers=host)
    sign_in(client, user)
    new = {"email": "new@example.org", "action_add": ""}
    client.post("/fr/accounts/email/", new, headers=host)
    code = {"code": code_of(mail.outbox[-1])}
    client.post("/fr/accounts/confirm-email/", code, headers=host)
    data = {"password1": PASSWORD, "password2": PASSWORD}
    client.post("/fr/accounts/password/change/", data, headers=host)
    assert len(mail.outbox) == 4
    for message in mail.outbox:
        written = message.body + message.alternatives[0][0]
        assert set(re.findall(r"https?://[^/\s\"<]+", written)) == {settings.SITE_URL}
