"""Redis away or hung: sign-in goes on, counted by the database."""

import socket
import time

import pytest
from django.core import mail
from django.core.cache import cache

from symposium.core.redis_cache import FallbackRedisCache
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def redis_at(settings, monkeypatch):
    """Function that names the Redis of the portal by its port."""
    monkeypatch.setattr(FallbackRedisCache, "away_until", 0.0)

    def use(port: int) -> None:
        settings.CACHES = {
            "default": {
                "BACKEND": "symposium.core.redis_cache.FallbackRedisCache",
                "LOCATION": f"redis://127.0.0.1:{port}",
            }
        }

    return use


def ask_for_code(client) -> int:
    client.cookies.clear()
    return client.post("/fr/accounts/login/", {"login": "amina@example.org"}).status_code


def test_codes_are_sent_and_limited_while_redis_is_away(client, redis_at):
    redis_at(1)
    make_user("amina@example.org")
    assert [ask_for_code(client) for _number in range(4)] == [302, 302, 302, 200]
    assert len(mail.outbox) == 3


def test_hung_redis_holds_nobody_for_more_than_a_second(redis_at):
    with socket.create_server(("127.0.0.1", 0)) as hung:
        redis_at(hung.getsockname()[1])
        started = time.monotonic()
        cache.set("a", 1, timeout=60)
        assert cache.get("a") == 1
        assert cache.incr("a") == 2
        assert time.monotonic() - started < 1.5


def test_readiness_check_reports_redis_away(client, redis_at):
    redis_at(1)
    response = client.get("/readyz")
    assert (response.status_code, response.json()["cache"]) == (200, "away")
