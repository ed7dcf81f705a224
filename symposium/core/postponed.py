"""Refreshes of the search and of harvested records, once for many writes.

Triggers refresh both at the end of each statement. A transaction that writes thousands of rows asks
for one refresh in place of thousands.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

CATCH_UP = "SET CONSTRAINTS search_catch_up, harvest_catch_up"


@contextmanager
def postponed_refreshes() -> Iterator[None]:
    """Refresh what the block writes once, when it ends; it runs in a transaction.

    Until then the search does not find what the block wrote. Deferred triggers refresh, so none is
    forgotten. If the block raises, its transaction or savepoint is rolled back, the setting with
    it.
    """
    run("SET LOCAL symposium.postpone = 'on'")
    yield
    run("SET LOCAL symposium.postpone = 'off'", f"{CATCH_UP} IMMEDIATE", f"{CATCH_UP} DEFERRED")


@contextmanager
def no_refreshes() -> Iterator[None]:
    """Leave the search and harvested records alone: the block is to be rolled back."""
    run("SET LOCAL symposium.postpone = 'never'")
    yield
    run("SET LOCAL symposium.postpone = 'off'")


def run(*statements: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("; ".join(statements))
