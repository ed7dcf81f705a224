"""Rate-limit counters, which live in the database cache until they expire."""

from django.db import connection


def delete_expired_attempts() -> int:
    """Delete expired counters, whose keys contain IP addresses; return the number deleted."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM symposium_cache WHERE expires < now()")
        return cursor.rowcount
