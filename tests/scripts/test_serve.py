import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from scripts import serve

pytestmark = pytest.mark.django_db


def test_database_of_this_version_is_served():
    serve.check_version()


@pytest.mark.parametrize(
    "migration",
    [("symposium_registrations", "0013_wording"), ("symposium_abstracts", "0006_search")],
    ids=lambda migration: migration[1],
)
def test_database_of_before_is_left_as_it_is(migration):
    MigrationRecorder(connection).record_applied(*migration)
    before = MigrationRecorder(connection).applied_migrations().keys()
    with pytest.raises(SystemExit, match="make clean, then make demo$"):
        serve.check_version()
    assert MigrationRecorder(connection).applied_migrations().keys() == before


def test_database_of_a_package_may_be_newer():
    MigrationRecorder(connection).record_applied("account", "0099_newer")
    serve.check_version()
