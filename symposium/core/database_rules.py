"""Operations for migrations that run the SQL that no model can declare."""

from pathlib import Path

from django.db.migrations import RunSQL

APPS = Path(__file__).resolve().parent.parent


def sql_files(app: str, *names: str) -> list[RunSQL]:
    """Return operations that run `symposium/<app>/sql/<name>.sql`, in this order.

    Never edit a file that a released migration runs: a later change is a new file with its own
    migration.
    """
    texts = [(APPS / app / "sql" / f"{name}.sql").read_text() for name in names]
    return [RunSQL([text], RunSQL.noop) for text in texts]
