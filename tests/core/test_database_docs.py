import pytest

from symposium.core.management.commands import database_docs
from tests.helpers.database_errors import execute

pytestmark = pytest.mark.django_db


def test_page_lists_the_rules_of_the_database():
    """If it fails: start the demonstration (`make demo`), run `manage.py database_docs`."""
    assert database_docs.FILE.read_text() == database_docs.text()


def test_rule_without_a_sentence_is_refused():
    execute("ALTER TABLE symposium_sessions_room ADD CONSTRAINT rooms_odd CHECK (id > 0)")
    with pytest.raises(LookupError, match="rooms_odd"):
        database_docs.text()
