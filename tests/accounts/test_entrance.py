"""Signing in: a code by e-mail, a password, and where it leads."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.utils.translation import gettext, override

from symposium.accounts.entrance import account_for
from symposium.accounts.models import User
from tests.factories import make_user

pytestmark = pytest.mark.django_db

AMINA = "amina@example.org"


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


@pytest.fixture
def amina():
    return make_user(AMINA, "correct horse battery")


def ask(client, email=AMINA, language="fr", **more):
    return client.post(f"/{language}/accounts/login/", {"login": email, **more})


def code_of(message) -> str:
    return re.search(r"^(\d{6})$", message.body, re.MULTILINE)[1]


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
        subject = gettext("Your code to sign in")
    assert (message.subject, message.to) == (subject, [AMINA])
    assert message.from_email == "contact@example.org"
    [(html, kind)] = message.alternatives
    assert (kind, f'<html lang="{language}"' in html) == ("text/html", True)
    assert f">{code_of(message)}<" in html.replace("<p>", ">").replace("</p>", "<")
    response = give(client, code_of(message), language)
    assert answer(response)[:2] == (302, f"/{language}/my/")
    assert signed_in(client) == AMINA


def test_login_by_code_takes_a_space_inside(client, amina):
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


def test_newcomer_gets_the_same_answer_and_an_account_in_the_language_of_the_page(client, amina):
    known = answer(ask(client))
    client.cookies.clear()
    unknown = answer(ask(client, "new@example.org"))
    assert unknown == known
    client.cookies.clear()
    ask(client, "NEW@example.org", language="ar")
    give(client, code_of(mail.outbox[-1]), "ar")
    assert signed_in(client) == "new@example.org"


def test_newcomer_keeps_the_language_of_the_page(client):
    ask(client, "new@example.org", language="ar")
    user = User.objects.get(email="new@example.org")
    assert (user.language, user.has_usable_password()) == ("ar", False)
    assert EmailAddress.objects.get(user=user).verified is False
    give(client, code_of(mail.outbox[0]), "ar")
    assert EmailAddress.objects.get(user=user).verified is True


def test_closed_account_gets_the_same_answer_and_no_mail(client, amina):
    known = answer(ask(client))
    User.objects.update(is_active=False)
    client.cookies.clear()
    mail.outbox.clear()
    assert answer(ask(client)) == known
    assert mail.outbox == []
    give(client, "123456")
    assert signed_in(client) is None


def test_a_code_is_worth_three_attempts(client, amina):
    ask(client)
    code = code_of(mail.outbox[0])
    wrong = "000000" if code != "000000" else "111111"
    answers = [answer(give(client, wrong))[:2] for _attempt in range(3)]
    assert answers == [(200, None), (200, None), (302, "/fr/accounts/login/code/")]
    give(client, code)
    assert signed_in(client) is None


def test_three_codes_a_minute_for_one_address(client, amina):
    for _request in range(4):
        client.cookies.clear()
        last = ask(client)
    assert (last.status_code, len(mail.outbox)) == (200, 3)


def test_another_code_replaces_the_first(client, amina):
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
def test_wrong_password_says_the_same_for_everybody(client, amina, email):
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
def test_next_is_an_address_of_this_site(client, amina, target, location):
    ask(client, next=target)
    response = give(client, code_of(mail.outbox[0]), next=target)
    assert answer(response)[:2] == (302, location)


@pytest.mark.parametrize("path", ["login/code/", "signup/"])
def test_every_entrance_leads_to_the_one_page(client, path):
    response = client.get(f"/fr/accounts/{path}?next=/fr/")
    assert answer(response)[:2] == (302, "/fr/accounts/login/?next=/fr/")


def test_account_for_follows_an_address_corrected_by_hand():
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


def test_superuser_of_the_command_line_signs_in_without_a_code(client):
    User.objects.create_superuser(AMINA, "correct horse battery")
    data = {"login": AMINA, "password": "correct horse battery"}
    client.post("/fr/accounts/login/password/", data)
    assert (signed_in(client), mail.outbox) == (AMINA, [])


def test_address_that_is_too_long_is_told_so(client):
    response = ask(client, f"{'a' * 270}@example.org")
    assert (response.status_code, User.objects.count()) == (200, 0)
    assert response.context["form"].errors["login"]
