"""The pages of an account, and access to the desk."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.cache import cache

from symposium.accounts import urls as accounts_urls
from symposium.accounts.models import User
from tests.factories import make_organiser, make_user
from tests.helpers.sign_in import code_of, sign_in

pytestmark = pytest.mark.django_db

OPEN = ["login/", "login/password/", "inactive/"]
CLOSED = [
    "email/",
    "password/change/",
    "reauthenticate/",
    "reauthenticate/code/",
    "2fa/",
    "2fa/totp/activate/",
    "2fa/recovery-codes/generate/",
    "2fa/webauthn/",
    "2fa/webauthn/add/",
    "2fa/webauthn/reauthenticate/",
    "second-factor/",
    "sessions/",
]


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


@pytest.fixture
def user():
    user = make_user("amina@example.org")
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user


def language_and_direction(response):
    return re.search(r'<html lang="(\w+)" dir="(\w+)"', response.content.decode()).groups()


@pytest.mark.parametrize(("language", "direction"), [("fr", "ltr"), ("en", "ltr"), ("ar", "rtl")])
@pytest.mark.parametrize("path", OPEN)
def test_public_account_page_is_shown_in_each_language(client, path, language, direction):
    response = client.get(f"/{language}/accounts/{path}")
    assert response.status_code == 200
    assert language_and_direction(response) == (language, direction)


@pytest.mark.parametrize("path", CLOSED)
def test_anonymous_visitor_is_redirected_to_login(client, path):
    response = client.get(f"/fr/accounts/{path}")
    target = urlsplit(response.headers["Location"])
    assert (response.status_code, target.path) == (302, "/fr/accounts/login/")
    assert parse_qs(target.query) == {"next": [f"/fr/accounts/{path}"]}


@pytest.mark.parametrize("path", ["email/", "password/change/", "2fa/", "2fa/webauthn/", "logout/"])
@pytest.mark.parametrize(("language", "direction"), [("fr", "ltr"), ("ar", "rtl")])
def test_account_page_is_shown_in_each_language(client, user, path, language, direction):
    sign_in(client, user)
    response = client.get(f"/{language}/accounts/{path}")
    assert response.status_code == 200
    assert language_and_direction(response) == (language, direction)


@pytest.mark.parametrize("path", ["2fa/totp/activate/", "2fa/webauthn/add/"])
def test_account_page_has_no_inline_script_or_style(client, user, path):
    sign_in(client, user)
    page = client.get(f"/fr/accounts/{path}").content.decode()
    scripts = re.findall(r"<script(?![^>]*(?:src=|application/json))[^>]*>", page)
    assert (scripts, re.findall(r"\sstyle=|\son\w+=", page)) == ([], [])


def test_passkey_of_another_account_cannot_be_removed(client, user):
    other = make_user("other@example.org")
    key = Authenticator.objects.create(
        user=other, type=Authenticator.Type.WEBAUTHN, data={"name": "key", "credential": {}}
    )
    sign_in(client, user)
    response = client.post(f"/fr/accounts/2fa/webauthn/keys/{key.pk}/remove/")
    assert response.status_code == 404
    assert Authenticator.objects.get() == key


def test_email_change_takes_effect_after_its_code(client, user):
    sign_in(client, user)
    client.post("/en/accounts/email/", {"email": "new@example.org", "action_add": ""})
    user.refresh_from_db()
    assert user.email == "amina@example.org"
    [message] = mail.outbox
    assert message.to == ["new@example.org"]
    client.post("/en/accounts/confirm-email/", {"code": code_of(message)})
    user.refresh_from_db()
    assert user.email == "new@example.org"
    assert [m.to for m in mail.outbox[1:]] == [["amina@example.org"]]


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_sign_out_redirects_to_the_language_of_the_page(client, user, language):
    client.force_login(user)
    response = client.post(f"/{language}/accounts/logout/", headers={"accept-language": "de"})
    assert (response.status_code, response.headers["Location"]) == (302, f"/{language}/")
    assert "_auth_user_id" not in client.session


# The desk


def test_anonymous_visitor_of_admin_is_redirected_to_login(client):
    response = client.get("/admin/", follow=True)
    assert response.redirect_chain == [
        ("/admin/login/?next=/admin/", 302),
        ("/fr/accounts/login/?next=%2Fadmin%2F", 302),
    ]


def test_ordinary_account_gets_403_in_admin(client, user):
    client.force_login(user)
    response = client.get("/admin/", follow=True)
    assert (response.status_code, response.redirect_chain) == (
        403,
        [("/admin/login/?next=/admin/", 302)],
    )
    assert response.templates[0].name == "403.html"


def test_staff_without_permissions_opens_admin_but_no_record(client, user):
    User.objects.update(is_staff=True)
    client.force_login(user)
    assert client.get("/admin/").status_code == 200
    assert client.get("/admin/symposium_sessions/session/").status_code == 403


def test_organiser_opens_admin(client):
    client.force_login(make_organiser())
    assert client.get("/admin/").status_code == 200
    assert client.get("/admin/symposium_sessions/session/").status_code == 200
    response = client.get("/admin/login/?next=/admin/")
    assert (response.status_code, response.headers["Location"]) == (302, "/admin/")


# Browser cache


def addresses(patterns=accounts_urls.urlpatterns, prefix="") -> list[str]:
    """Return every path below accounts/ of the urlconf, with its parameters filled in."""
    found = []
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            found += addresses(pattern.url_patterns, route)
        else:
            filled = re.sub(r"<int:\w+>", "1", re.sub(r"<(?:\w+:)?(?!int)\w+>", "x", route))
            found.append(re.sub(r"[\^$\\Z]|\(\?P[^)]*\)", "", filled))
    return found


@pytest.mark.parametrize("signed_in", [False, True])
def test_account_pages_are_never_cached_by_browsers(client, user, signed_in):
    """Redirects and errors are not stored either: Back on a shared computer would show them."""
    if signed_in:
        client.force_login(user)
    client.raise_request_exception = False
    asked = [f"/fr/accounts/{path}" for path in [*addresses(), "nothing/here/"]]
    answers = [client.get(address) for address in asked if "logout" not in address]
    assert len(answers) > 30
    kept = [
        (answer.request["PATH_INFO"], answer.headers.get("Cache-Control"))
        for answer in answers
        if "no-store" not in answer.headers.get("Cache-Control", "")
    ]
    assert kept == []
    assert {answer.status_code for answer in answers} == {200, 302, 404}
