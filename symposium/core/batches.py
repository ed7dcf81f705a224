"""Processing of many rows in small batches: each row is locked, in its own transaction.

Two workers never process the same row. The remaining rows wait for the next batch.
"""

import logging
import time
from collections.abc import Callable, Iterable
from typing import Any

from django.db import models, transaction

logger = logging.getLogger(__name__)

BATCH_SIZE = 200
MAX_BATCH_SECONDS = 2.0  # seconds; meanwhile a user may be waiting for a sign-in code


def for_each_locked(rows: models.QuerySet, verb: Callable[[Any], bool]) -> int:
    """Call `verb` with up to BATCH_SIZE of `rows`, each locked; return the number of True results.

    A row is skipped if another transaction holds its lock, or if it is no longer in `rows`.
    """

    def treat(pk) -> bool:
        found = rows.filter(pk=pk).select_for_update(of=("self",), no_key=True, skip_locked=True)
        row = found.first()
        return row is not None and verb(row)

    return one_by_one(rows.values_list("pk", flat=True)[:BATCH_SIZE], treat)


def one_by_one(pks: Iterable[int], verb: Callable[[int], bool]) -> int:
    """Call `verb` with each key in its own transaction, until MAX_BATCH_SECONDS have passed.

    An exception is logged and does not stop the other keys. Return the number of True results.
    """
    done, end = 0, time.monotonic() + MAX_BATCH_SECONDS
    for pk in list(pks):
        try:
            with transaction.atomic():
                done += verb(pk)
        except Exception:
            logger.exception("What was to be done with row %s failed", pk)
        if time.monotonic() >= end:
            break
    return done
