"""Assertions on errors of PostgreSQL constraints and of `full_clean()`."""

from contextlib import contextmanager

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import translation


@contextmanager
def refused_by(constraint: str):
    """Expect the constraint to fail in the block, at once or at the commit."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():  # noqa: PT012
        yield
        commit()
    assert caught.value.__cause__.diag.constraint_name == constraint


def commit() -> None:
    """Check the deferred constraints now, as at the end of a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def execute(sql: str, *parameters) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def faults(instance) -> dict[str, list[str]]:
    """Return the errors of `full_clean()` in English, by field; {} if there are none."""
    with translation.override("en"):
        try:
            instance.full_clean()
        except ValidationError as error:
            return error.message_dict
    return {}
