"""Sign-in attempts, counted across processes in the database cache, which holds nothing else."""

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache, caches
from django.db import connection
from django.test.utils import CaptureQueriesContext

from symposium.accounts import attempts
from tests.factories import make_user

pytestmark = pytest.mark.django_db
LOGIN = "/en/accounts/login/password/"


@pytest.fixture(autouse=True)
def _shared(settings):
    """Use the cache of a production site that configures none: a table of the database."""
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "symposium_cache",
            "OPTIONS": {"MAX_ENTRIES": 100_000},
        }
    }


def counted() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM symposium_cache")
        return cursor.fetchone()[0]


def test_wrong_passwords_are_counted_across_processes(client):
    user = make_user("amina@example.org", password="the right password")
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    for guess in range(6):
        client.post(LOGIN, {"login": "amina@example.org", "password": f"guess {guess}"})
        del caches["default"]  # another process does not have this one's memory
    client.post(LOGIN, {"login": "amina@example.org", "password": "the right password"})
    assert "_auth_user_id" not in client.session
    cache.clear()
    client.post(LOGIN, {"login": "amina@example.org", "password": "the right password"})
    assert "_auth_user_id" in client.session


def test_expired_attempts_are_deleted():
    cache.set("past", 1, timeout=-1)
    cache.set("present", 1, timeout=60)
    assert (attempts.delete_expired_attempts(), counted(), cache.get("present")) == (1, 1, 1)


@pytest.mark.parametrize(
    "path",
    ["", "programme/", "speakers/", "abstracts/", "keywords/", "search/?q=ville"],
)
def test_public_pages_make_no_cache_query(client, demonstration, path):
    with CaptureQueriesContext(connection) as queries:
        response = client.get(f"/fr/{demonstration.slug}/{path}")
    asked = [query for query in queries.captured_queries if "symposium_cache" in query["sql"]]
    assert (response.status_code, asked) == (200, [])
