"""OAI records of abstracts, which the database keeps up to date for every kind of write."""

import contextlib
import datetime
import itertools
import threading
import time

import pytest
from django.db import close_old_connections, connection, transaction
from django.utils import timezone

from symposium.abstracts.models import Abstract, AbstractKeyword, Author, Keyword, OaiRecord
from symposium.abstracts.oai.repository import AbstractRepository
from symposium.editions.models import Edition, Partner
from symposium.sessions.models import Session
from symposium.speakers.models import Speaker
from tests.factories import (
    make_abstract,
    make_author,
    make_edition,
    make_keyword,
    make_partner,
    make_session,
    make_speaker,
)
from tests.helpers.oai_answers import (
    NAMES,
    ask,
    dated,
    error,
    get,
    identifiers,
    listed,
    name_of,
    texts,
)

pytestmark = pytest.mark.django_db
LONG_AGO = datetime.datetime(2021, 6, 9, 10, tzinfo=datetime.UTC)
NOW = timezone.now()
HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def abstract():
    """A public abstract with one object of each kind that its record shows."""
    edition = make_edition("2021")
    make_partner(edition, kind=Partner.Kind.ORGANISER)
    abstract = make_abstract(session=make_session(edition), title_fr="Secret", slug="secret")
    make_author(abstract)
    make_author(abstract, speaker=make_speaker(edition))
    make_keyword(abstract, slug="confidence", name_fr="Confidence")
    dated(abstract, LONG_AGO)
    return abstract


def datestamp(abstract: Abstract) -> datetime.datetime:
    return OaiRecord.objects.known().get(guid=abstract.guid).datestamp


def states(at=None) -> list[bool]:
    """Return for each record that harvesters know whether it is deleted."""
    return list(OaiRecord.objects.known(at).values_list("is_deleted", flat=True))


def sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


# Public abstracts


def test_harvest_contains_published_abstracts_only():
    """Every combination of hiding conditions agrees with `published()`, the rule of the pages."""
    hours = (-HOUR, HOUR)
    sessions = (None, *Session.Status)
    editions = [make_edition(is_published=True), make_edition(is_published=False)]
    for status, late, session, edition in itertools.product(
        Abstract.Status, hours, sessions, editions
    ):
        withdrawn = {"withdrawn_at": NOW + 2 * HOUR, "withdrawal_reason_fr": "Erreur."}
        make_abstract(
            edition, status=status, published_at=NOW + late,
            session=make_session(edition, status=session, at=None) if session else None,
            **(withdrawn if status == Abstract.Status.WITHDRAWN else {}),
        )  # fmt: skip
    for at, count in ((NOW, 3), (NOW + 2 * HOUR, 6)):
        expected = set(Abstract.objects.published(at).values_list("guid", flat=True))
        known = OaiRecord.objects.known(at)
        assert {row.guid: row.is_deleted for row in known} == dict.fromkeys(expected, False)
        assert len(expected) == count


HIDINGS = {
    "draft": lambda it: Abstract.objects.filter(pk=it.pk).update(status="draft"),
    "withdrawn": lambda it: Abstract.objects.filter(pk=it.pk).update(
        status="withdrawn", withdrawn_at=NOW, withdrawal_reason_fr="Erreur."
    ),
    "later": lambda it: Abstract.objects.filter(pk=it.pk).update(published_at=NOW + HOUR),
    "draft session": lambda it: Session.objects.update(status="draft"),
    "unpublished edition": lambda it: Edition.objects.update(is_published=False),
    "deleted": lambda it: it.delete(),
    "edition deleted": lambda it: (it.delete(), Session.objects.all().delete(),
                                   Author.objects.all().delete(), Edition.objects.all().delete()),
    "plain SQL": lambda it: sql(
        "DELETE FROM symposium_abstracts_author; DELETE FROM symposium_abstracts_abstractkeyword;"
        "DELETE FROM symposium_abstracts_abstract"
    ),
    "truncated": lambda it: sql(
        "SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE symposium_abstracts_abstract CASCADE"
    ),
}  # fmt: skip


@pytest.mark.parametrize("hide", HIDINGS.values(), ids=HIDINGS)
def test_hidden_abstract_stays_listed_as_deleted(client, abstract, hide):
    identifier = name_of(abstract)
    hide(abstract)
    record = ask(client, "GetRecord", metadataPrefix="oai_dc", identifier=identifier)
    assert record.xpath("//o:header/@status", namespaces=NAMES) == ["deleted"]
    assert sorted(texts(record, ".//o:setSpec")) == [
        "edition:2021",
        "keyword:confidence",
        "kind:paper",
    ]
    assert record.xpath("//o:metadata", namespaces=NAMES) == []
    today = f"{NOW:%Y-%m-%d}"
    assert identifiers(listed(client, from_=today, set="keyword:confidence")) == [identifier]
    assert error(listed(client, until="2021-06-10")) == "noRecordsMatch"


@pytest.mark.parametrize("hide", HIDINGS.values(), ids=HIDINGS)
def test_hidden_abstract_text_leaks_nowhere(client, abstract, hide):
    hide(abstract)
    answers = [
        client.get("/oai", {"verb": verb, "metadataPrefix": "oai_dc"}).content.decode()
        for verb in ("ListRecords", "ListIdentifiers")
    ]
    answers.append(client.get("/oai?verb=ListSets").content.decode())
    for words in ("Secret", "La ville apprend", "Rivage", "Médina", "Confidence", "secret"):
        assert [words in text for text in answers] == [False, False, False]
    status = 410 if hide is HIDINGS["withdrawn"] else 404
    assert client.get("/2021/abstracts/secret/linkset.json").status_code == status


NEVER = [
    {"status": "draft"},
    {"published_at": NOW + HOUR},
    {"status": "withdrawn", "withdrawn_at": NOW, "withdrawal_reason_fr": "Erreur."},
]


@pytest.mark.parametrize("fields", NEVER)
def test_never_published_abstract_is_unknown(client, fields):
    hidden = make_abstract(make_edition("2021"), **fields)
    make_keyword(hidden, slug="cache")
    sets = ask(client, "ListSets")
    for _turn in ("hidden", "deleted"):
        assert error(get(client, hidden)) == "idDoesNotExist"
        assert error(listed(client)) == "noRecordsMatch"
        assert texts(sets, ".//o:setSpec") == ["edition", "keyword", "kind"]
        Abstract.objects.all().delete()


def test_abstract_of_unpublished_edition_is_not_listed(client):
    shown = make_abstract(make_edition("2021"))
    make_abstract(make_edition("2022", is_published=False))
    assert identifiers(listed(client)) == [name_of(shown)]


# Changes with time


def test_abstract_appears_at_its_date(abstract):
    tomorrow = (NOW + 24 * HOUR).replace(microsecond=0)
    later = make_abstract(published_at=tomorrow + datetime.timedelta(milliseconds=300))
    assert states(NOW) == states(tomorrow) == [False]
    assert states(tomorrow + datetime.timedelta(seconds=1)) == [False, False]
    row = OaiRecord.objects.known(tomorrow + HOUR).get(guid=later.guid)
    assert row.datestamp == tomorrow


def test_postponed_abstract_is_deleted_until_new_date(abstract):
    abstract.published_at = NOW + HOUR
    abstract.save()
    assert states() == [True]
    assert datestamp(abstract) > LONG_AGO
    assert states(NOW + 2 * HOUR) == [False]
    row = OaiRecord.objects.known(NOW + 2 * HOUR).get()
    assert row.datestamp == (NOW + HOUR).replace(microsecond=0)


def test_republished_abstract_is_no_longer_deleted(client, abstract):
    Abstract.objects.update(status="draft")
    assert get(client, abstract).xpath("//@status") == ["deleted"]
    Abstract.objects.update(status="published")
    record = get(client, abstract)
    assert record.xpath("//@status") == []
    assert texts(record, ".//dc:title") == ["Secret"]


# Datestamps

CHANGES = {
    "title": lambda it: Abstract.objects.update(title_en="New"),
    "text": lambda it: Abstract.objects.update(text_fr="Nouveau."),
    "translation": lambda it: Abstract.objects.update(text_ar="نص"),
    "licence": lambda it: Abstract.objects.update(licence="CC-BY-4.0"),
    "DOI": lambda it: Abstract.objects.update(doi="10.1234/x"),
    "kind": lambda it: Abstract.objects.update(kind="poster"),
    "language": lambda it: Abstract.objects.update(language="en", text_en="Text."),
    "address": lambda it: Abstract.objects.update(slug="autre"),
    "date": lambda it: Abstract.objects.update(published_at=LONG_AGO),
    "plain SQL": lambda it: sql("UPDATE symposium_abstracts_abstract SET title_fr = 'SQL'"),
    "author's name": lambda it: Author.objects.filter(speaker=None).update(family_name_fr="Autre"),
    "author added": lambda it: make_author(it),
    "author removed": lambda it: it.authors.first().delete(),
    "order of authors": lambda it: Author.objects.filter(speaker=None).update(order=9),
    "speaker's name": lambda it: Speaker.objects.update(given_name_fr="Autre"),
    "keyword added": lambda it: make_keyword(it),
    "keyword removed": lambda it: it.ordered_keywords.all().delete(),
    "keyword's name": lambda it: Keyword.objects.update(name_ar="سر"),
    "keyword's address": lambda it: Keyword.objects.update(slug="autre"),
    "organiser's name": lambda it: Partner.objects.update(name_fr="Autre"),
    "organiser added": lambda it: make_partner(it.edition, kind="organiser"),
    "organiser removed": lambda it: Partner.objects.all().delete(),
    "name of the edition": lambda it: Edition.objects.update(name_en="City"),
    "time zone": lambda it: Edition.objects.update(time_zone="Asia/Tokyo"),
}
NO_CHANGES = {
    "saved as it was": lambda it: Abstract.objects.get(pk=it.pk).save(),
    "session cancelled": lambda it: Session.objects.update(status="cancelled"),
    "biography": lambda it: Speaker.objects.update(biography_fr="Vie."),
    "definition": lambda it: Keyword.objects.update(definition_fr="Mot."),
    "sponsor": lambda it: make_partner(it.edition, kind="sponsor"),
    "another abstract": lambda it: make_keyword(make_abstract(it.edition)),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_datestamp_changes_with_record_content(abstract, change):
    before = timezone.now().replace(microsecond=0)
    change(abstract)
    assert before <= datestamp(abstract) <= timezone.now()
    assert datestamp(abstract).microsecond == 0


@pytest.mark.parametrize("change", NO_CHANGES.values(), ids=NO_CHANGES)
def test_datestamp_ignores_changes_outside_the_record(abstract, change):
    change(abstract)
    assert datestamp(abstract) == LONG_AGO


def test_deleted_abstract_preserves_its_datestamp(abstract):
    Abstract.objects.update(status="draft")
    dated(abstract, LONG_AGO)
    Abstract.objects.update(title_fr="Brouillon")
    abstract.delete()
    assert datestamp(abstract) == LONG_AGO


def test_record_sets_follow_keyword_changes(abstract):
    other = make_keyword(slug="autre")
    AbstractKeyword.objects.filter(abstract=abstract).update(keyword=other)
    assert OaiRecord.objects.get().sets == [
        "edition", "edition:2021", "kind", "kind:paper", "keyword", "keyword:autre",
    ]  # fmt: skip


# Open transactions


@contextlib.contextmanager
def writing_elsewhere(write):
    """Run `write()` in another connection, whose transaction stays open during the block."""
    written, seen = threading.Event(), threading.Event()

    def work():
        with transaction.atomic():
            write()
            written.set()
            seen.wait(10)
        close_old_connections()
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    written.wait(10)
    try:
        yield
    finally:
        seen.set()
        thread.join()


@pytest.mark.django_db(transaction=True)
def test_response_date_precedes_uncommitted_writes(client):
    """The response date precedes a transaction that is still open.

    Otherwise the datestamp of its record, once visible, is before the date from which the
    harvester asks next.
    """
    abstract = make_abstract()
    with writing_elsewhere(lambda: Abstract.objects.update(title_fr="Autre")):
        time.sleep(1.05 - time.time() % 1)
        answered = texts(ask(client, "Identify"), "o:responseDate")[0]
        by_the_clock = f"{datetime.datetime.now(datetime.UTC):%Y-%m-%dT%H:%M:%SZ}"
    assert identifiers(listed(client, from_=answered)) == [name_of(abstract)]
    assert error(listed(client, from_=by_the_clock)) == "noRecordsMatch"  # misses the change
    assert timezone.now() - AbstractRepository().at < datetime.timedelta(seconds=1)


@pytest.mark.django_db(transaction=True)
def test_response_date_ignores_unrelated_writes():
    """A write that shows in no record does not hold the response date back."""
    edition = make_edition()
    with writing_elsewhere(lambda: Edition.objects.filter(pk=edition.pk).update(venue_fr="Ici")):
        before = timezone.now()
        assert before - datetime.timedelta(seconds=1) <= AbstractRepository().at
