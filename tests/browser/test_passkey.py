"""A passkey from creation to use, under the site's own Content-Security-Policy."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core.cache import cache

from symposium.accounts.models import User
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


@pytest.fixture
def violations(page):
    found = []
    page.on("console", lambda message: message.type == "error" and found.append(message.text))
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


@pytest.fixture
def device(page):
    """Add a virtual fingerprint reader that always accepts."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})


def sign_in(page, email: str) -> None:
    page.goto("/fr/accounts/login/password/?next=/fr/my/")
    page.locator("#id_login").fill(email)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("form:has(#id_password) [type=submit]").click()
    page.wait_for_url("**/my/")


@pytest.mark.usefixtures("device")
def test_passkey_signs_in(page, violations):
    user = make_user("amina@example.org", password=PASSWORD)
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    sign_in(page, user.email)

    page.goto("/fr/accounts/2fa/webauthn/add/")
    page.get_by_label("Nom de la clé d’accès").fill("Téléphone d’Amina")
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url("**/accounts/2fa/webauthn/")
    assert page.locator("h1").inner_text() == "Clés d’accès"
    assert page.locator("main li strong").all_inner_texts() == ["Téléphone d’Amina"]
    assert "Clé d’accès ajoutée." in page.locator("main").inner_text()
    assert Authenticator.objects.filter(user=user, type="webauthn").count() == 1

    page.wait_for_load_state("networkidle")  # the stars of this browser are in the account by now
    page.context.clear_cookies()
    page.goto("/fr/accounts/login/?next=/fr/accounts/2fa/")
    page.locator("#passkey_login").click()
    page.wait_for_url("**/fr/accounts/2fa/")
    assert page.locator("nav.panel bdi").inner_text() == "amina@example.org"

    page.wait_for_load_state("networkidle")
    page.context.clear_cookies()
    page.goto("/fr/accounts/login/password/?next=/fr/accounts/2fa/")
    page.locator("#id_login").fill(user.email)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("form:has(#id_password) [type=submit]").click()
    page.get_by_role("button", name="Utiliser une clé d’accès").click()
    page.wait_for_url("**/fr/accounts/2fa/")
    assert violations == []


@pytest.mark.usefixtures("device")
def test_first_superuser_sets_up_a_passkey_and_opens_admin(page, settings, violations):
    settings.STAFF_SECOND_FACTOR = "required"
    User.objects.create_superuser("nora@example.org", PASSWORD, language="fr")
    page.goto("/admin/")
    page.get_by_role("link", name="Utiliser un mot de passe").click()
    page.locator("#id_login").fill("nora@example.org")
    page.locator("#id_password").fill(PASSWORD)
    page.locator("form:has(#id_password) [type=submit]").click()
    page.wait_for_url("**/second-factor/?next=*")
    page.get_by_role("link", name="Ajouter une clé d’accès").click()
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url("**/admin/")
    assert page.locator("#site-name a").inner_text() == "Espace des organisateurs"

    page.context.clear_cookies()
    page.goto("/admin/")
    page.locator("#passkey_login").click()
    page.wait_for_url("**/admin/")
    assert page.locator("#site-name a").inner_text() == "Espace des organisateurs"
    assert violations == []


def test_passkey_button_reports_unsupported_browsers(browser, live_server, violations):
    """A passkey belongs to a host name; an IP address has none."""
    context = browser.new_context(locale="fr-FR", service_workers="block")
    page = context.new_page()
    address = live_server.url.replace("localhost", "127.0.0.1")
    page.goto(f"{address}/fr/accounts/login/")
    page.locator("#passkey_login").click()
    sentence = page.locator("#passkey-impossible")
    sentence.wait_for()
    assert sentence.inner_text() == (
        "Les clés d’accès ne fonctionnent pas sur ce site avec ce navigateur. Choisissez un "
        "autre moyen."
    )
    assert page.locator("#passkey-unused").is_hidden()
    context.close()
    assert violations == []
