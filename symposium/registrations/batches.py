"""Many rows, a few at a time: each in a transaction of its own, locked.

Two workers never both treat one; the rows that are left wait for the next turn.
"""

import logging
from collections.abc import Callable, Iterable

from django.db import models, transaction

logger = logging.getLogger(__name__)

BATCH = 200


def each(rows: models.QuerySet, verb: Callable[[models.Model], bool]) -> int:
    """Call `verb` with some of `rows`, each locked; return for how many it says that it was done.

    A row that somebody else holds, or that is no longer one of `rows`, is passed over.
    """

    def treat(pk) -> bool:
        found = rows.filter(pk=pk).select_for_update(of=("self",), no_key=True, skip_locked=True)
        row = found.first()
        return row is not None and verb(row)

    return one_by_one(rows.values_list("pk", flat=True)[:BATCH], treat)


def one_by_one(pks: Iterable[int], verb: Callable[[int], bool]) -> int:
    """Call `verb` with each key in its own transaction; one that fails does not stop the others."""
    done = 0
    for pk in list(pks):
        try:
            with transaction.atomic():
                done += verb(pk)
        except Exception:
            logger.exception("%s failed for %s", getattr(verb, "__qualname__", verb), pk)
    return done
