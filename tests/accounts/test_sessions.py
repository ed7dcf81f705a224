"""Browser sessions of an account, which only its owner sees and ends."""

import datetime
import json

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from symposium.accounts import browser_sessions
from symposium.core import browsers
from symposium.privacy import erasure
from tests.factories import make_organiser, make_user

pytestmark = pytest.mark.django_db

LIST = "/fr/accounts/sessions/"
FIREFOX = "Mozilla/5.0 (Android 16; Mobile; rv:150.0) Gecko/150.0 Firefox/150.0"
EDGE = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"
PASSWORD = "correct horse battery"


@pytest.fixture
def user():
    cache.clear()
    user = make_user("amina@example.org", password=PASSWORD)
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user


def signed_in(user, browser: str) -> Client:
    client = Client(headers={"User-Agent": browser})
    login = {"login": user.email, "password": PASSWORD}
    assert client.post("/fr/accounts/login/password/", login).status_code == 302
    return client


def test_stolen_browser_session_is_listed_and_ended(user):
    own, stolen = signed_in(user, FIREFOX), signed_in(user, EDGE)
    page = own.get(LIST).content.decode()
    assert [name in page for name in ("Firefox · Android", "Edge · Windows")] == [True, True]
    assert stolen.get("/fr/my/").status_code == 200
    assert own.post(LIST, follow=True).redirect_chain == [(LIST, 302)]
    assert stolen.get("/fr/my/").status_code == 302
    assert own.get("/fr/my/").status_code == 200
    assert "Edge" not in own.get(LIST).content.decode()


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_browser_sessions_page_is_shown_in_each_language(user, language):
    page = signed_in(user, FIREFOX).get(f"/{language}/accounts/sessions/")
    assert (page.status_code, page.templates[0].name) == (200, "usersessions/usersession_list.html")
    assert f'<html lang="{language}"' in page.content.decode()


def test_browser_sessions_of_other_accounts_are_neither_shown_nor_ended(user):
    own = signed_in(user, FIREFOX)
    other = make_user("other@example.org", password=PASSWORD)
    EmailAddress.objects.create(user=other, email=other.email, primary=True, verified=True)
    theirs = signed_in(other, EDGE)
    assert "Edge" not in own.get(LIST).content.decode()
    own.post(LIST)
    assert theirs.get("/fr/my/").status_code == 200


def test_browser_sessions_are_not_in_admin(user, client):
    signed_in(user, FIREFOX)
    client.force_login(make_organiser())
    assert client.get("/admin/usersessions/usersession/").status_code == 404


def test_browser_session_tracking_adds_no_query(user, django_assert_num_queries):
    """The queries: session, account, edition and its menu. A session is recorded as it begins."""
    client = signed_in(user, FIREFOX)
    client.get("/fr/accounts/logout/")
    with django_assert_num_queries(6):
        client.get("/fr/accounts/logout/")


def test_browser_session_details_are_deleted_with_the_session(user):
    kept, left, ended = (signed_in(user, FIREFOX) for _ in range(3))
    left.post("/fr/accounts/logout/")
    session = ended.session
    session.set_expiry(timezone.now() - datetime.timedelta(seconds=1))
    session.save()
    browser_sessions.delete_expired_sessions()
    assert [row.session_key for row in UserSession.objects.all()] == [kept.session.session_key]


def test_browser_sessions_are_exported_and_erased_with_the_account(user):
    signed_in(user, FIREFOX)
    [session] = erasure.export(user)["parts"]["account"]["parts"]["sessions"]["entries"]
    told = {name: field["value"] for name, field in session["fields"].items()}
    kept = UserSession.objects.get()
    assert json.loads(json.dumps(told)) == {
        "created_at": kept.created_at.isoformat(),
        "ip": "127.0.0.1",
        "user_agent": FIREFOX,
    }
    erasure.erase(user)
    assert not UserSession.objects.exists()


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (FIREFOX, "Firefox · Android"),
        (EDGE, "Edge · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36", "Chrome · Linux"),
        ("curl/8.0", ""),
    ],
)
def test_browser_has_a_readable_name(user_agent, name):
    assert browsers.browser_name(user_agent) == name
