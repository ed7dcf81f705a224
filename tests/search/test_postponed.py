"""A block of many writes refreshes the search and harvested records once, and forgets nothing."""

import pytest
from django.db import IntegrityError, connection, transaction

from symposium.abstracts.models import Keyword, OaiRecord
from symposium.core.postponed import no_refreshes, postponed_refreshes
from symposium.editions.models import Edition
from symposium.speakers.models import Speaker
from tests.factories import (
    make_abstract,
    make_author,
    make_edition,
    make_keyword,
    make_participation,
    make_session,
    make_speaker,
)


@pytest.fixture
def edition(db):
    return make_edition("2021", is_current=True)


def write_much(edition: Edition) -> None:
    """Write a session, a speaker and an abstract that name each other, then rename and remove."""
    session = make_session(edition, title_fr="Le port")
    speaker = make_speaker(edition, family_name_fr="Rivage")
    make_participation(session, speaker)
    abstract = make_abstract(edition, session=session, title_fr="Quai")
    make_author(abstract, speaker=speaker)
    keyword = make_keyword(abstract, name_fr="Tramway")
    Speaker.objects.filter(pk=speaker.pk).update(family_name_fr="Falaise")
    Keyword.objects.filter(pk=keyword.pk).update(name_fr="Funiculaire")
    make_abstract(edition, title_fr="Retiré").delete()


def write_twice(edition: Edition) -> None:
    """Write a speaker, then another with the same address, which PostgreSQL refuses."""
    make_speaker(edition, slug="a", family_name_fr="Rivage")
    make_speaker(edition, slug="a", family_name_fr="Falaise")


def known_to_search() -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind, title_fr, also_fr, search_fr FROM symposium_search ORDER BY 1, 2, 3"
        )
        return cursor.fetchall()


def harvested_sets() -> list[list[str]]:
    return list(OaiRecord.objects.exclude(public_from=None).values_list("sets", flat=True))


def pending() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM symposium_search_postponed)"
            " + (SELECT count(*) FROM symposium_abstracts_postponed)"
        )
        return cursor.fetchone()[0]


def test_postponed_refreshes_find_what_refreshes_of_each_statement_find(edition):
    before, records = known_to_search(), OaiRecord.objects.count()
    with transaction.atomic():
        write_much(edition)
        by_statement = known_to_search()
        sets = harvested_sets()
        transaction.set_rollback(True)
    assert (known_to_search(), OaiRecord.objects.count()) == (before, records)
    with transaction.atomic(), postponed_refreshes():
        write_much(edition)
        assert known_to_search() == before
        assert pending()
    assert known_to_search() == by_statement
    assert "Falaise" in str(by_statement)
    assert "Funiculaire" in str(by_statement)
    assert harvested_sets() == sets
    assert pending() == 0


def test_statements_after_a_postponed_block_refresh_at_once(edition):
    with transaction.atomic(), postponed_refreshes():
        make_speaker(edition, family_name_fr="Rivage")
    make_speaker(edition, family_name_fr="Falaise")
    assert "Falaise" in str(known_to_search())


def test_a_refused_block_leaves_nothing_postponed(edition):
    before = known_to_search()
    with pytest.raises(IntegrityError), transaction.atomic(), postponed_refreshes():
        write_twice(edition)
    assert (known_to_search(), pending()) == (before, 0)
    make_speaker(edition, family_name_fr="Phare")
    assert "Phare" in str(known_to_search())


def test_a_preview_reads_nothing(edition):
    before = known_to_search()
    with transaction.atomic():
        with no_refreshes():
            write_much(edition)
            assert (known_to_search(), pending()) == (before, 0)
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_a_block_that_never_ends_is_caught_up_by_the_commit():
    edition = make_edition("2021", is_current=True)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL symposium.postpone = 'on'")
        write_much(edition)
    assert "Falaise" in str(known_to_search())
    assert OaiRecord.objects.exists()
    assert pending() == 0
