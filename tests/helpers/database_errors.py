"""What PostgreSQL refuses, and by which constraint."""

from contextlib import contextmanager

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import translation


@contextmanager
def refused_by(constraint: str):
    """Expect the database to refuse the block, at once or at its commit, by this constraint."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():  # noqa: PT012
        yield
        commit()
    assert caught.value.__cause__.diag.constraint_name == constraint


def commit() -> None:
    """Let the deferred constraints speak, as they do at the end of a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def execute(sql: str, *parameters) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def faults(instance) -> dict[str, list[str]]:
    """What `full_clean()` says in English, by field; empty when nothing is wrong."""
    with translation.override("en"):
        try:
            instance.full_clean()
        except ValidationError as error:
            return error.message_dict
    return {}
