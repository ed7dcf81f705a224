"""The attempts that are counted in the cache of the database, until their limit has passed."""

from django.db import connection


def delete_expired_attempts() -> int:
    """Delete what has expired: its keys hold addresses of the network."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM symposium_cache WHERE expires < now()")
        return cursor.rowcount
