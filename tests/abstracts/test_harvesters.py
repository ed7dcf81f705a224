"""The whole site, harvested over the network by two third-party harvesters."""

import datetime
import time

import pytest
from oaipmh_scythe import Scythe
from oaipmh_scythe.config import HTTPConfig
from oaipmh_scythe.exceptions import BadVerb, IdDoesNotExist, NoRecordsMatch
from sickle import Sickle
from sickle.oaiexceptions import BadArgument
from sickle.oaiexceptions import NoRecordsMatch as SickleNoRecordsMatch

from symposium.abstracts.models import Abstract, AbstractKeyword
from symposium.abstracts.oai.repository import AbstractRepository
from tests.factories import (
    make_abstract,
    make_author,
    make_edition,
    make_keyword,
    make_main_abstract,
)
from tests.helpers.oai_answers import NAMESPACE, dated, name_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def seven(monkeypatch):
    """Seven abstracts of one edition, one a day, in pages of three; the last one is withdrawn."""
    monkeypatch.setattr(AbstractRepository, "page", 3)
    edition = make_edition("2021", name_fr="Ville")
    abstracts = [make_main_abstract(edition, title_fr="Argument", title_ar="المدينة", text_ar="نص")]
    abstracts += [make_abstract(edition, title_fr=f"Titre {number}") for number in range(6)]
    keyword = make_keyword(name_fr="mot", name_ar="كلمة")
    for abstract in abstracts[:2]:
        make_author(abstract, given_name_fr="Nora", family_name_fr="Rivage")
        AbstractKeyword.objects.create(abstract=abstract, keyword=keyword)
    Abstract.objects.filter(pk=abstracts[-1].pk).update(
        status="withdrawn", withdrawn_at=datetime.datetime.now(datetime.UTC),
        withdrawal_reason_fr="Erreur.",
    )  # fmt: skip
    for day, abstract in enumerate(abstracts, start=1):
        dated(abstract, f"2021-06-0{day}T10:00:00Z")
    return abstracts


@pytest.fixture
def scythe(live_server):
    with Scythe(f"{live_server.url}/oai") as harvester:
        yield harvester


@pytest.fixture
def sickle(live_server):
    return Sickle(f"{live_server.url}/oai")


@pytest.fixture
def posting(live_server):
    with Scythe(f"{live_server.url}/oai", http_config=HTTPConfig(http_method="POST")) as harvester:
        yield harvester


@pytest.fixture(params=["scythe", "sickle", "posting"])
def records(request):
    """Function that harvests with one harvester and yields `(identifier, title or None)`."""
    harvester = request.getfixturevalue(request.param)

    def harvest(**arguments):
        if request.param != "sickle":
            renamed = {"from": "from_", "set": "set_"}
            found = harvester.list_records(
                **{renamed.get(name, name): value for name, value in arguments.items()}
            )
        else:
            found = harvester.ListRecords(metadataPrefix="oai_dc", **arguments)
        for record in found:
            metadata = {} if record.header.deleted else record.get_metadata()
            yield record.header.identifier, metadata.get("title", [None])[0]

    return harvest


def expected(*abstracts) -> list[tuple[str, str | None]]:
    return [
        (name_of(abstract), None if abstract.status == "withdrawn" else abstract.title_fr)
        for abstract in Abstract.objects.filter(pk__in=[a.pk for a in abstracts]).order_by("pk")
    ]


def test_full_harvest_returns_all_records(seven, records):
    assert list(records()) == expected(*seven)


def test_selective_harvest(seven, records):
    assert list(records(set="kind:symposium")) == expected(seven[0])
    assert list(records(**{"from": "2021-06-06"})) == expected(*seven[5:])
    assert list(records(**{"from": "2021-06-02", "until": "2021-06-05"})) == expected(*seven[1:5])


def test_incremental_harvest_catches_concurrent_changes(seven, records):
    """The next harvest, from the start of the first, completes it: nothing is missing."""
    started = f"{datetime.datetime.now(datetime.UTC):%Y-%m-%dT%H:%M:%SZ}"
    harvest = records()
    mirror = dict(next(harvest) for _number in range(3))
    time.sleep(1.05 - time.time() % 1)
    changed = Abstract.objects.filter(pk__in=[seven[0].pk, seven[4].pk])
    changed.update(title_fr="Changé")
    gone = name_of(seven[3])
    seven[3].delete()
    added = make_abstract(seven[0].edition, title_fr="Ajouté")
    rest = dict(harvest)
    assert list(rest) == [name_of(seven[5]), name_of(seven[6])]
    mirror |= rest
    mirror |= dict(records(**{"from": started}))
    kept = [abstract for abstract in seven if abstract is not seven[3]]
    assert mirror == dict(expected(*kept, added)) | {gone: None}


def test_other_verbs_work_with_scythe(seven, scythe):
    identify = scythe.identify()
    assert identify.repositoryName == "Ville"
    assert identify.granularity == "YYYY-MM-DDThh:mm:ssZ"
    assert [kind.metadataPrefix for kind in scythe.list_metadata_formats()] == ["oai_dc"]
    assert {"edition:2021", "kind:symposium"} < {found.setSpec for found in scythe.list_sets()}
    assert [header.identifier for header in scythe.list_identifiers()] == list(map(name_of, seven))
    record = scythe.get_record(identifier=name_of(seven[0]))
    assert record.get_metadata()["creator"] == ["Rivage, Nora"]
    assert record.get_metadata()["title"] == ["Argument", "المدينة"]
    assert record.get_metadata()["subject"] == ["mot", "كلمة"]


def test_other_verbs_work_with_sickle(seven, sickle):
    identify = sickle.Identify()
    assert identify.repositoryName == "Ville"
    assert identify.deletedRecord == "persistent"
    assert identify.repositoryIdentifier == NAMESPACE
    assert [kind.metadataPrefix for kind in sickle.ListMetadataFormats()] == ["oai_dc"]
    assert {"edition:2021", "kind:symposium"} < {found.setSpec for found in sickle.ListSets()}
    found = sickle.ListIdentifiers(metadataPrefix="oai_dc", ignore_deleted=True)
    assert [header.identifier for header in found] == list(map(name_of, seven[:-1]))
    record = sickle.GetRecord(identifier=name_of(seven[0]), metadataPrefix="oai_dc")
    assert record.metadata["creator"] == ["Rivage, Nora"]
    assert record.header.setSpecs == [
        "edition:2021",
        "kind:symposium",
        "keyword:mot",
    ]


def test_protocol_errors_raise_harvester_exceptions(scythe, sickle):
    with pytest.raises(NoRecordsMatch):
        list(scythe.list_records())
    with pytest.raises(IdDoesNotExist):
        scythe.get_record(identifier='invalid"id')
    with pytest.raises(BadVerb):
        scythe.harvest({"verb": "Bad"})
    with pytest.raises(SickleNoRecordsMatch):
        sickle.ListRecords(metadataPrefix="oai_dc")
    with pytest.raises(BadArgument):
        sickle.ListRecords(metadataPrefix="oai_dc", **{"from": "yesterday"})
