"""Load into a migration the SQL that no model can declare."""

from pathlib import Path

from django.db.migrations import RunSQL

APPS = Path(__file__).resolve().parent.parent


def sql_files(app: str, *names: str) -> list[RunSQL]:
    """Return operations that run `symposium/<app>/sql/<name>.sql`, in this order.

    A migration that was released never runs another text: what changes later is a new file with a
    migration of its own.
    """
    texts = [(APPS / app / "sql" / f"{name}.sql").read_text() for name in names]
    return [RunSQL([text], RunSQL.noop) for text in texts]
