"""Cache in Redis that falls back to the database while Redis is away.

It counts sign-in attempts: without it nobody could ask for a code. The counts of before are then
unknown, and start anew.
"""

import logging
import time
from collections.abc import Callable

from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.db import DatabaseCache
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

logger = logging.getLogger(__name__)

TABLE = "symposium_cache"
RETRY_SECONDS = 5.0
# Longer than any answer of a Redis that works; a hung one holds a visitor no longer.
OPTIONS = {
    "socket_connect_timeout": 0.5, "socket_timeout": 0.5, "retry": Retry(NoBackoff(), 0),
}  # fmt: skip


class FallbackRedisCache(BaseCache):
    """Redis, or the database for RETRY_SECONDS after Redis failed."""

    away_until = 0.0  # of the process: Django makes an instance for each thread

    def __init__(self, server: str, params: dict):
        super().__init__(params)
        options = OPTIONS | params.get("OPTIONS", {})
        self.redis = RedisCache(server, params | {"OPTIONS": options})
        self.database = DatabaseCache(TABLE, params | {"OPTIONS": {"MAX_ENTRIES": 100_000}})

    @property
    def is_away(self) -> bool:
        return time.monotonic() < FallbackRedisCache.away_until

    def ask(self, method: str, *args, **kwargs):
        if not self.is_away:
            try:
                return getattr(self.redis, method)(*args, **kwargs)
            except RedisError as error:
                FallbackRedisCache.away_until = time.monotonic() + RETRY_SECONDS
                logger.error("Redis is away, the database counts: %s", error)
        return getattr(self.database, method)(*args, **kwargs)


def asked(method: str) -> Callable:
    def ask(self: FallbackRedisCache, *args, **kwargs):
        return self.ask(method, *args, **kwargs)

    return ask


for name in ("add", "get", "set", "touch", "delete", "get_many", "set_many", "delete_many",
             "incr", "has_key", "clear"):  # fmt: skip
    setattr(FallbackRedisCache, name, asked(name))
