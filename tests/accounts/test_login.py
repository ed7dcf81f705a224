"""Sign-in by code and by password, its limits and its redirects."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import Group
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.db.models import F
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils.translation import gettext, override

from symposium.accounts import codes, guesses, known_browsers
from symposium.accounts.addresses import PLAIN_ADDRESS_MESSAGE
from symposium.accounts.login import account_for
from symposium.accounts.models import Guess, User
from tests.factories import make_organiser, make_user, refreshed
from tests.helpers.sign_in import code_of, sign_in

pytestmark = pytest.mark.django_db

AMINA = "amina@example.org"
TOO_MANY = "Trop de tentatives de connexion ont échoué. Réessayez plus tard."


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


@pytest.fixture
def amina():
    return make_user(AMINA, "correct horse battery")


def ask(client, email=AMINA, language="fr", **more):
    return client.post(f"/{language}/accounts/login/", {"login": email, **more})


def give(client, code, language="fr", **more):
    return client.post(f"/{language}/accounts/login/code/confirm/", {"code": code, **more})


def signed_in(client) -> str | None:
    key = client.session.get("_auth_user_id")
    return User.objects.get(pk=key).email if key else None


def answer(response):
    return response.status_code, response.headers.get("Location"), sorted(response.cookies)


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_login_by_code(client, amina, language):
    response = ask(client, language=language)
    assert answer(response)[:2] == (302, f"/{language}/accounts/login/code/confirm/")
    [message] = mail.outbox
    with override(language):
        subject = gettext("%(code)s is your sign-in code") % {"code": code_of(message)}
    assert (message.subject, message.to) == (subject, [AMINA])
    assert message.from_email == "contact@example.org"
    [(html, kind)] = message.alternatives
    assert (kind, f'<html lang="{language}"' in html) == ("text/html", True)
    assert f"<b>{code_of(message)}</b>" in html
    response = give(client, code_of(message), language)
    assert answer(response)[:2] == (302, f"/{language}/my/")
    assert signed_in(client) == AMINA


def test_login_code_accepts_a_space_inside(client, amina):
    ask(client)
    code = code_of(mail.outbox[0])
    give(client, f"{code[:3]} {code[3:]}")
    assert signed_in(client) == AMINA


def test_login_page_has_one_field_for_a_code(client, amina):
    ask(client)
    page = client.get("/fr/accounts/login/code/confirm/").content.decode()
    [field] = re.findall(r'<input[^>]*name="code"[^>]*>', page)
    assert 'inputmode="numeric"' in field
    assert 'autocomplete="one-time-code"' in field


def test_new_address_gets_the_same_response_as_a_known_one(client, amina):
    known = answer(ask(client))
    client.cookies.clear()
    unknown = answer(ask(client, "new@example.org"))
    assert unknown == known
    client.cookies.clear()
    ask(client, "NEW@example.org", language="ar")
    give(client, code_of(mail.outbox[-1]), "ar")
    assert signed_in(client) == "new@example.org"


def test_new_account_has_the_language_of_the_page(client):
    ask(client, "new@example.org", language="ar")
    give(client, code_of(mail.outbox[0]), "ar")
    user = User.objects.get(email="new@example.org")
    assert (user.language, user.has_usable_password()) == ("ar", False)
    assert EmailAddress.objects.get(user=user).verified is True


def test_account_is_created_only_once_the_code_is_entered(client):
    ask(client, "new@example.org")
    give(client, "000000")
    client.post("/fr/accounts/login/code/confirm/", {"action": "resend"})
    assert (User.objects.count(), EmailAddress.objects.count()) == (0, 0)
    give(client, code_of(mail.outbox[-1]))
    assert signed_in(client) == "new@example.org"


def test_pending_login_session_expires_after_an_hour(client, amina):
    ask(client)
    assert client.session.get_expiry_age() == 3600
    give(client, code_of(mail.outbox[0]))
    assert client.session.get_expiry_age() == settings.SESSION_COOKIE_AGE


def test_address_typed_by_a_stranger_stays_available_to_its_owner(client, amina):
    ask(Client(), "new@example.org")
    sign_in(client, amina)
    client.post("/fr/accounts/email/", {"email": "new@example.org", "action_add": ""})
    client.post("/fr/accounts/confirm-email/", {"code": code_of(mail.outbox[-1])})
    assert refreshed(amina).email == "new@example.org"


def test_address_pending_in_another_account_stays_available_to_its_owner(client, amina):
    other = Client()
    sign_in(other, amina)
    other.post("/fr/accounts/email/", {"email": "new@example.org", "action_add": ""})
    ask(client, "new@example.org")
    give(client, code_of(mail.outbox[-1]))
    assert signed_in(client) == "new@example.org"
    assert refreshed(amina).email == AMINA


def test_closed_account_gets_the_same_response_and_inactive_page_after_code(client, amina):
    known = answer(ask(client))
    User.objects.update(is_active=False)
    client.cookies.clear()
    assert answer(ask(client)) == known
    response = give(client, code_of(mail.outbox[-1]))
    assert (signed_in(client), response.headers["Location"]) == (None, "/fr/accounts/inactive/")


def test_known_and_unknown_addresses_take_equal_queries_and_response_size(client, amina):
    """Equal queries, one mail each and equal pages: the response time reveals no account."""
    make_organiser(email="chief@example.org")
    made = []
    for email in [AMINA, "other@example.org", "chief@example.org"]:
        client.cookies.clear()
        with CaptureQueriesContext(connection) as asked:
            response = ask(client, email)
        kinds = [query["sql"].split()[0] for query in asked]
        made.append((response.status_code, sorted(response.headers), response.content, kinds))
    assert (made[1], made[2]) == (made[0], made[0])
    assert [message.to for message in mail.outbox] == [
        [AMINA], ["other@example.org"], ["chief@example.org"]
    ]  # fmt: skip


@pytest.mark.parametrize("stranger", ["am\u0131na@example.org", "amina\u017f@example.org"])
def test_lookalike_letters_lock_no_account_out(client, amina, stranger):
    """PostgreSQL's UPPER maps ı to I and ſ to S, so one address matched two accounts."""
    response = ask(client, stranger)
    assert response.context["form"].errors == {"login": [PLAIN_ADDRESS_MESSAGE]}
    assert (mail.outbox, User.objects.count()) == ([], 1)
    data = {"login": AMINA, "password": "correct horse battery"}
    EmailAddress.objects.create(user=amina, email=AMINA, primary=True, verified=True)
    assert client.post("/fr/accounts/login/password/", data).status_code == 302


@pytest.mark.parametrize(
    "write",
    [
        "٠٣٢٥٩٣", "۰۳۲۵۹۳", "032\u00a0593", "\u200f032593\u200e", "\u2067٠٣٢ ٥٩٣\u2069",
        "０３２５９３", "032-593", "0 3 2 5 9 3", "\ufeff032593\n", "Code : 032593",
    ],
)  # fmt: skip
def test_code_input_is_normalised_to_digits(write):
    assert codes.digits(write) == "032593"


def test_a_code_in_arabic_digits_signs_in(client, amina):
    ask(client)
    code = code_of(mail.outbox[0]).translate({48 + value: 0x660 + value for value in range(10)})
    give(client, f"\u200f{code[:3]}\u00a0{code[3:]}")
    assert signed_in(client) == AMINA


def test_staff_code_is_longer_and_its_page_identical(client, amina):
    pages = []
    make_organiser(email="chief@example.org")
    make_user("door@example.org").groups.add(Group.objects.get(name="Welcome team"))
    for email in [AMINA, "new@example.org", "chief@example.org", "door@example.org"]:
        client.cookies.clear()
        ask(client, email)
        page = client.get("/fr/accounts/login/code/confirm/").content.decode()
        form = page[page.index("<main") :].replace(email, "")
        pages.append(re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", form))
    assert [len(code_of(message)) for message in mail.outbox] == [6, 6, 8, 8]
    assert pages == [pages[0]] * 4
    give(client, code_of(mail.outbox[-1]))
    assert signed_in(client) == "door@example.org"


def test_code_allows_three_attempts(client, amina):
    ask(client)
    code = code_of(mail.outbox[0])
    wrong = "000000" if code != "000000" else "111111"
    answers = [answer(give(client, wrong))[:2] for _attempt in range(3)]
    assert answers == [(200, None), (200, None), (302, "/fr/accounts/login/code/")]
    give(client, code)
    assert signed_in(client) is None


def test_address_gets_at_most_three_codes_a_minute(client, amina):
    for _request in range(4):
        client.cookies.clear()
        last = ask(client)
    assert (last.status_code, len(mail.outbox)) == (200, 3)


def test_resent_codes_count_towards_the_limit(client, amina):
    for _request in range(2):
        client.cookies.clear()
        ask(client)
        for _again in range(2):
            client.post("/fr/accounts/login/code/confirm/", {"action": "resend"})
    assert len(mail.outbox) == 3


# Attempts by strangers


def test_attempts_by_a_stranger_do_not_lock_the_owner_out(client, amina):
    EmailAddress.objects.create(user=amina, email=AMINA, primary=True, verified=True)
    stranger = Client(REMOTE_ADDR="127.0.0.66")
    for _time in range(3):
        ask(stranger)
    stranger = Client(REMOTE_ADDR="127.0.0.66")
    for _time in range(6):
        data = {"login": AMINA, "password": "wrong"}
        refused = stranger.post("/fr/accounts/login/password/", data)
    assert refused.context["form"].non_field_errors() == [TOO_MANY]
    owner = Client(REMOTE_ADDR="127.0.0.77")
    data = {"login": AMINA, "password": "correct horse battery"}
    assert owner.post("/fr/accounts/login/password/", data).status_code == 302
    owner = Client(REMOTE_ADDR="127.0.0.77")
    ask(owner)
    give(owner, code_of(mail.outbox[-1]))
    assert signed_in(owner) == AMINA


def test_unknown_browsers_send_at_most_sixty_mails_an_hour(amina):
    for number in range(70):
        ask(Client(REMOTE_ADDR=f"127.0.1.{number}"))
    assert len(mail.outbox) == 60


def test_known_browser_bypasses_limits_exhausted_by_strangers(client, amina):
    ask(client)
    response = give(client, code_of(mail.outbox[0]))
    cookie = response.cookies["known"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 31536000)
    client.post("/fr/accounts/logout/")
    for number in range(70):
        ask(Client(REMOTE_ADDR=f"127.0.1.{number}"))
    for _guess in range(20):
        guesses.record_guess(guesses.key_for("", AMINA))
        Guess.objects.update(at=F("at") - timedelta(hours=1))
    stranger = Client(REMOTE_ADDR="127.0.2.1")
    assert ask(stranger).status_code == 200
    ask(client)
    give(client, code_of(mail.outbox[-1]))
    assert signed_in(client) == AMINA


def test_stranger_on_the_same_network_does_not_block_a_known_browser(client, amina):
    EmailAddress.objects.create(user=amina, email=AMINA, primary=True, verified=True)
    owner = {"login": AMINA, "password": "correct horse battery"}
    client.post("/fr/accounts/login/password/", owner)
    client.post("/fr/accounts/logout/")
    for number in range(61):
        ask(Client(), f"somebody{number}@example.org")
    wrong = {"login": "somebody@example.org", "password": "wrong"}
    for _try in range(31):
        refused = Client().post("/fr/accounts/login/password/", wrong)
    assert refused.context["form"].non_field_errors() == [TOO_MANY]
    assert ask(Client()).status_code == 200
    assert client.post("/fr/accounts/login/password/", owner).status_code == 302
    client.post("/fr/accounts/logout/")
    assert ask(client).status_code == 302


def test_passkey_login_is_not_rate_limited(client):
    for _try in range(30):
        response = client.post("/fr/accounts/2fa/webauthn/login/", {"credential": "{}"})
    assert answer(response)[:2] == (302, "/fr/accounts/login/")


def test_forged_known_browser_cookie_is_ignored(client, amina):
    for value in ["x", f"name.{known_browsers.digest(AMINA)}", "name.x:1tX:y"]:
        client.cookies["known"] = value
        request = RequestFactory().get("/", headers={"cookie": f"known={value}"})
        assert known_browsers.known_browser_key(request, AMINA) == ""
        assert client.get("/fr/accounts/login/").status_code == 200


def test_browser_is_known_only_for_accounts_signed_in_there(client, amina):
    ask(client)
    give(client, code_of(mail.outbox[0]))
    request = RequestFactory().get("/")
    request.COOKIES["known"] = client.cookies["known"].value
    assert bool(known_browsers.known_browser_key(request, AMINA.upper())) is True
    assert known_browsers.known_browser_key(request, "chief@example.org") == ""


def test_resent_code_replaces_the_first(client, amina):
    ask(client)
    client.post("/fr/accounts/login/code/confirm/", {"action": "resend"})
    first, second = map(code_of, mail.outbox)
    if first != second:
        give(client, first)
        assert signed_in(client) is None
    give(client, second)
    assert signed_in(client) == AMINA


def test_login_by_password(client, amina):
    EmailAddress.objects.create(user=amina, email=AMINA, primary=True, verified=True)
    data = {"login": AMINA.upper(), "password": "correct horse battery"}
    response = client.post("/fr/accounts/login/password/", data)
    assert answer(response)[:2] == (302, "/fr/my/")
    assert signed_in(client) == AMINA


@pytest.mark.parametrize("email", [AMINA, "nobody@example.org"])
def test_wrong_password_error_is_the_same_for_known_and_unknown_accounts(client, amina, email):
    data = {"login": email, "password": "wrong"}
    response = client.post("/en/accounts/login/password/", data)
    assert response.status_code == 200
    assert response.context["form"].errors == {
        "__all__": ["The email address and/or password you specified are not correct."]
    }
    assert signed_in(client) is None


@pytest.mark.parametrize(
    ("target", "location"),
    [
        ("/fr/accounts/email/", "/fr/accounts/email/"),
        ("//evil.example", "/fr/my/"),
        ("/\\evil.example", "/fr/my/"),
        ("https://evil.example/", "/fr/my/"),
        ("http://testserver/", "/fr/my/"),
        ("javascript:alert(1)", "/fr/my/"),
    ],
)
def test_next_parameter_accepts_own_site_addresses_only(client, amina, target, location):
    ask(client, next=target)
    response = give(client, code_of(mail.outbox[0]), next=target)
    assert answer(response)[:2] == (302, location)


@pytest.mark.parametrize("path", ["login/code/", "signup/"])
def test_every_login_address_redirects_to_the_login_page(client, path):
    response = client.get(f"/fr/accounts/{path}?next=/fr/")
    assert answer(response)[:2] == (302, "/fr/accounts/login/?next=/fr/")


def test_account_lookup_follows_an_address_corrected_in_admin():
    user = make_user("right@example.org")
    EmailAddress.objects.create(user=user, email="wrong@example.org", primary=True, verified=True)
    newcomer = account_for(email="wrong@example.org", language="fr")
    assert newcomer != user
    assert account_for(email="right@example.org", language="fr") == user
    rows = EmailAddress.objects.order_by("email").values_list("email", "user_id", "primary")
    assert list(rows) == [
        ("right@example.org", user.pk, True),
        ("wrong@example.org", newcomer.pk, True),
    ]


def test_command_line_superuser_signs_in_with_password_alone(client):
    User.objects.create_superuser(AMINA, "correct horse battery")
    data = {"login": AMINA, "password": "correct horse battery"}
    client.post("/fr/accounts/login/password/", data)
    assert (signed_in(client), mail.outbox) == (AMINA, [])


def test_address_that_is_too_long_is_refused(client):
    response = ask(client, f"{'a' * 270}@example.org")
    assert (response.status_code, User.objects.count()) == (200, 0)
    assert response.context["form"].errors["login"]
