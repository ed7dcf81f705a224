"""Wrong codes, counted by account, even if they arrive at the same moment."""

import datetime
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.utils import timezone

from symposium.accounts import guesses
from symposium.accounts.models import Guess
from tests.factories import make_user
from tests.helpers.sign_in import code_of, sign_in

AMINA = "amina@example.org"
CONFIRM = "/fr/accounts/login/code/confirm/"


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


def taken(key: str = "key") -> bool:
    try:
        guesses.record_guess(key)
    except ValidationError:
        return False
    return True


def make_older(**age) -> None:
    for guess in Guess.objects.all():
        guess.at -= datetime.timedelta(**age)
        guess.save()


@pytest.mark.django_db
def test_guesses_are_limited_to_five_in_ten_minutes_and_twenty_a_day():
    allowed = []
    for _round in range(5):
        allowed.append([taken() for _guess in range(6)])
        make_older(minutes=10)
    assert allowed == [[True] * 5 + [False]] * 4 + [[False] * 6]
    assert taken("another key") is True
    make_older(hours=24)
    assert taken() is True


@pytest.mark.django_db
def test_guesses_older_than_a_day_are_deleted():
    taken()
    assert guesses.delete_expired_guesses() == 0
    assert guesses.delete_expired_guesses(timezone.now() + guesses.DAY) == 1


def asked(email: str = AMINA) -> Client:
    client = Client()
    assert client.post("/fr/accounts/login/", {"login": email}).status_code == 302
    return client


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


@pytest.mark.django_db
@pytest.mark.parametrize("email", [AMINA, "nobody@example.org"])
def test_right_code_is_refused_after_five_wrong_ones(email):
    make_user(AMINA)
    for _code in range(2):
        client = asked(email)
        code = code_of(mail.outbox[-1])
        for _guess in range(3):
            client.post(CONFIRM, {"code": wrong(code)})
    client = asked(email)
    response = client.post(CONFIRM, {"code": code_of(mail.outbox[-1])})
    assert response.context["form"].errors["code"] == [
        "Trop de codes incorrects ont été saisis pour cette adresse e-mail. Réessayez plus "
        "tard, ou connectez-vous avec une clé d’accès."
    ]
    assert ("_auth_user_id" in client.session, Guess.objects.count()) == (False, 5)


@pytest.mark.django_db
def test_right_code_is_not_counted_as_a_guess():
    client = asked()
    client.post(CONFIRM, {"code": code_of(mail.outbox[-1])})
    assert ("_auth_user_id" in client.session, Guess.objects.count()) == (True, 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("start", "confirm", "email"),
    [
        ("reauthenticate/code/", "reauthenticate/code/confirm/", AMINA),
        ("email/", "confirm-email/", "new@example.org"),
    ],
)
def test_wrong_codes_of_signed_in_accounts_are_counted(client, start, confirm, email):
    sign_in(client, make_user(AMINA))
    client.post(f"/fr/accounts/{start}", {"recipient": email, "email": email, "action_add": ""})
    code = code_of(mail.outbox[-1])
    client.post(f"/fr/accounts/{confirm}", {"code": wrong(code)})
    assert [guess.key for guess in Guess.objects.all()] == [guesses.key_for("", email)]
    for _guess in range(4):
        guesses.record_guess(guesses.key_for("", email))
    response = client.post(f"/fr/accounts/{confirm}", {"code": code})
    assert "Trop de codes incorrects" in response.context["form"].errors["code"][0]


# Concurrent guesses


def at_once(works: list) -> list:
    """Run the functions at the same moment, each in its own connection; return their results."""
    together = Barrier(len(works))

    def alone(work):
        try:
            with connection.cursor() as cursor:  # the machine may be busy with other tests
                cursor.execute("SET lock_timeout = '30s'")
            together.wait()
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return [each.result() for each in [pool.submit(alone, work) for work in works]]


@pytest.mark.django_db(transaction=True)
def test_concurrent_guesses_do_not_exceed_the_limit():
    assert sum(at_once([taken] * 24)) == 5
    assert Guess.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_concurrent_guesses_exceed_the_limit_without_the_lock(monkeypatch):
    """Negative control: all threads count before any of them writes, as with a separate counter."""
    counted = Barrier(24)
    create = Guess.objects.get_queryset().create.__func__

    def late(queryset, **fields):
        counted.wait()
        return create(queryset, **fields)

    monkeypatch.setattr(type(Guess.objects.get_queryset()), "create", late)
    monkeypatch.setattr(guesses, "lock_key", lambda key: None)
    assert sum(at_once([taken] * 24)) == 24


@pytest.mark.django_db(transaction=True)
def test_right_code_among_concurrent_guesses_is_refused_after_five_wrong_ones():
    client = asked()
    code = code_of(mail.outbox[-1])
    for _guess in range(5):
        guesses.record_guess(guesses.key_for("", AMINA))
    session = client.cookies["sessionid"].value

    def guess(typed: str) -> bool:
        thief = Client()
        thief.cookies["sessionid"] = session
        return thief.post(CONFIRM, {"code": typed}).headers.get("Location") == "/fr/my/"

    typed = [wrong(code)] * 23 + [code]
    assert at_once([partial(guess, each) for each in typed]) == [False] * 24
    Guess.objects.all().delete()
    fresh = asked()
    session = fresh.cookies["sessionid"].value
    assert guess(code_of(mail.outbox[-1])) is True  # the same steps with an attempt left
