"""Many rows, a few at a time: each in a transaction of its own, locked.

Two workers never both treat one; the rows that are left wait for the next turn.
"""

import logging
import time
from collections.abc import Callable, Iterable
from typing import Any

from django.db import models, transaction

logger = logging.getLogger(__name__)

BATCH_SIZE = 200
MAX_BATCH_SECONDS = 2.0  # seconds: meanwhile, somebody may wait for a code to sign in


def for_each_locked(rows: models.QuerySet, verb: Callable[[Any], bool]) -> int:
    """Call `verb` with some of `rows`, each locked; return for how many it says that it was done.

    A row that somebody else holds, or that is no longer one of `rows`, is passed over.
    """

    def treat(pk) -> bool:
        found = rows.filter(pk=pk).select_for_update(of=("self",), no_key=True, skip_locked=True)
        row = found.first()
        return row is not None and verb(row)

    return one_by_one(rows.values_list("pk", flat=True)[:BATCH_SIZE], treat)


def one_by_one(pks: Iterable[int], verb: Callable[[int], bool]) -> int:
    """Call `verb` with each key in its own transaction, for `LONGEST` or a little more.

    One that fails does not stop the others.
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
