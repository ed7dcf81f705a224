"""The second factor: its secrets in the database, and the organisers who need one."""

import base64
import hmac
import json
import struct
import time

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from cryptography.fernet import InvalidToken
from django.core.cache import cache

from symposium.accounts import second_factor
from tests.factories import make_organiser, make_user

pytestmark = pytest.mark.django_db

DESK = "/admin/symposium_sessions/session/?q=a"
PAGE = "/fr/accounts/second-factor/?next=%2Fadmin%2Fsymposium_sessions%2Fsession%2F%3Fq%3Da"
SECRET = base64.b32encode(b"twenty bytes long...").decode()
PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


@pytest.fixture
def _required(settings):
    settings.STAFF_SECOND_FACTOR = "required"


@pytest.fixture
def organiser():
    user = make_organiser(email="nora@example.org", password=PASSWORD)
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user


def code_of(secret: str) -> str:
    """Return the current code of an authenticator app (RFC 6238)."""
    counter = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.digest(base64.b32decode(secret), counter, "sha1")
    found = struct.unpack_from(">I", digest, digest[-1] & 15)[0] & 0x7FFFFFFF
    return f"{found % 1_000_000:06}"


def sign_in(client):
    login = {"login": "nora@example.org", "password": PASSWORD}
    return client.post("/fr/accounts/login/password/?next=/admin/", login)


# Secrets


def test_second_factor_secrets_are_encrypted_in_the_database(organiser):
    TOTP.activate(organiser, SECRET)
    codes = RecoveryCodes.activate(organiser).generate_codes()
    kept = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))
    assert SECRET not in kept
    assert codes == Authenticator.objects.get(type="recovery_codes").wrap().generate_codes()
    assert Authenticator.objects.get(type="totp").wrap().validate_code(code_of(SECRET))


def test_fallback_key_decrypts_secrets_and_others_fail(settings):
    adapter = second_factor.MFAAdapter()
    kept = adapter.encrypt("secret")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new", [settings.SECRET_KEY]
    assert adapter.decrypt(kept) == "secret"
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(InvalidToken):
        adapter.decrypt(kept)


def test_admin_shows_no_secret_and_superuser_deletes_lost_factor(client, organiser):
    TOTP.activate(organiser, SECRET)
    kept = Authenticator.objects.get()
    client.force_login(organiser)
    for address in ("", f"{kept.pk}/change/"):
        page = client.get(f"/admin/mfa/authenticator/{address}").content.decode()
        assert "nora@example.org" in page
        assert kept.data["secret"] not in page
    assert (
        client.post(f"/admin/mfa/authenticator/{kept.pk}/change/", {"data": "{}"}).status_code
        == 403
    )
    client.post(f"/admin/mfa/authenticator/{kept.pk}/delete/", {"post": "yes"})
    assert not Authenticator.objects.exists()


# The desk


@pytest.mark.usefixtures("_required")
def test_organiser_without_second_factor_is_redirected_to_set_it_up(client, organiser):
    client.force_login(organiser)
    response = client.get(DESK)
    assert (response.status_code, response.headers["Location"]) == (302, PAGE)
    page = client.get(PAGE)
    assert page.templates[0].name == "account/second_factor.html"
    for path in ("webauthn/add", "totp/activate"):
        assert f'href="/fr/accounts/2fa/{path}/?next=/admin/' in page.content.decode().replace(
            "%2F", "/"
        )
    assert client.post("/admin/logout/").status_code == 200


@pytest.mark.usefixtures("_required")
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    "path", ["", "jsi18n/", "autocomplete/", "symposium_sessions/session/add/", "password_change/"]
)
def test_admin_pages_are_closed_without_second_factor(client, organiser, method, path):
    client.force_login(organiser)
    response = getattr(client, method)(f"/admin/{path}")
    assert response.headers["Location"].startswith("/fr/accounts/second-factor/?next=%2Fadmin%2F")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_required")
def test_authenticator_set_up_in_the_session_opens_admin(client, organiser):
    sign_in(client)
    activate = f"/fr/accounts/2fa/totp/activate/?next={DESK}"
    secret = client.get(activate).context["form"].secret
    response = client.post(activate, {"code": code_of(secret)})
    assert (response.status_code, response.headers["Location"]) == (302, DESK)
    assert client.get(DESK).status_code == 200


@pytest.mark.usefixtures("_required")
def test_authenticator_code_is_required_at_login_and_opens_admin(client, organiser):
    TOTP.activate(organiser, SECRET)
    assert sign_in(client).headers["Location"] == "/fr/accounts/2fa/authenticate/"
    assert client.get("/fr/accounts/2fa/authenticate/").status_code == 200
    response = client.post("/fr/accounts/2fa/authenticate/", {"code": code_of(SECRET)})
    assert response.headers["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


@pytest.mark.usefixtures("_required")
def test_session_older_than_the_second_factor_must_verify_it(client, organiser):
    """The session may be stolen: it was opened before the account had a second factor."""
    client.force_login(organiser)
    TOTP.activate(organiser, SECRET)
    assert client.get(DESK).headers["Location"] == PAGE
    assert 'href="/fr/accounts/2fa/reauthenticate/?next=' in client.get(PAGE).content.decode()
    address = f"/fr/accounts/2fa/reauthenticate/?next={DESK}"
    assert client.post(address, {"code": code_of(SECRET)}).headers["Location"] == DESK
    assert client.get(DESK).status_code == 200
    Authenticator.objects.all().delete()
    assert client.get(DESK).headers["Location"] == PAGE


@pytest.mark.usefixtures("_required")
def test_second_factor_verified_by_another_account_opens_nothing(client, organiser):
    TOTP.activate(organiser, SECRET)
    client.force_login(organiser)
    session = client.session
    session[second_factor.SESSION_KEY] = str(make_user().pk)
    session.save()
    assert client.get(DESK).headers["Location"] == PAGE


def test_admin_opens_without_second_factor_where_optional(client, organiser):
    client.force_login(organiser)
    assert client.get(DESK).status_code == 200
    assert client.get(PAGE).headers["Location"] == "/admin/symposium_sessions/session/?q=a"


@pytest.mark.usefixtures("_required")
def test_ordinary_account_needs_no_second_factor(client):
    client.force_login(make_user())
    assert client.get("/fr/my/").status_code == 200
    assert client.get("/fr/accounts/second-factor/").headers["Location"] == "/admin/"
    assert client.get("/admin/").headers["Location"] == "/admin/login/?next=/admin/"


@pytest.mark.usefixtures("_required")
def test_second_factor_page_links_to_no_other_site(client, organiser):
    client.force_login(organiser)
    page = client.get("/fr/accounts/second-factor/?next=https://evil.example/").content.decode()
    assert "evil.example" not in page.split("<main")[1].split("</main>")[0]


# Guesses


def test_admin_password_change_redirects_to_the_rate_limited_page(client, organiser):
    """The target, the account's own page, counts wrong passwords."""
    client.force_login(organiser)
    for path in ("password_change/", "password_change/done/"):
        guess = {
            "old_password": PASSWORD,
            "new_password1": "n3w-passw0rd",
            "new_password2": "n3w-passw0rd",
        }
        for response in (client.get(f"/admin/{path}"), client.post(f"/admin/{path}", guess)):
            target = (response.status_code, response.headers["Location"])
            assert target == (302, "/fr/accounts/password/change/")
    organiser.refresh_from_db()
    assert organiser.check_password(PASSWORD)
