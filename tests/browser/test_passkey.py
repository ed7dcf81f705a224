"""A passkey from its making to its use, under the site's own Content-Security-Policy."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator

from tests.factories import make_user

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def violations(page):
    found = []
    page.on("console", lambda message: message.type == "error" and found.append(message.text))
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


@pytest.fixture
def device(page):
    """A fingerprint reader that says yes."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("device")
def test_passkey_signs_in(page, live_server, client, violations):
    user = make_user("amina@example.org")
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    client.force_login(user)
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])

    page.goto("/fr/accounts/2fa/webauthn/add/")
    page.locator("#id_passwordless").check()
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url("**/2fa/reauthenticate/**")  # before it shows the recovery codes
    assert Authenticator.objects.filter(user=user, type="webauthn").count() == 1

    page.wait_for_load_state("networkidle")  # the stars of this browser have gone into the account
    page.context.clear_cookies()
    page.goto("/fr/accounts/login/?next=/fr/accounts/2fa/")
    page.locator("#passkey_login").click()
    page.wait_for_url("**/fr/accounts/2fa/")
    assert page.locator("nav.panel bdi").inner_text() == "amina@example.org"
    assert violations == []
