"""OAI-PMH: each verb, each error, and arbitrary requests.

https://www.openarchives.org/OAI/2.0/
"""

import datetime
import re
import time
from urllib.parse import quote_from_bytes

import pytest
from django.test import Client
from hypothesis import HealthCheck, example, given
from hypothesis import settings as fuzzing
from hypothesis import strategies as st
from lxml import etree

from symposium.abstracts.models import Abstract, AbstractKeyword
from symposium.abstracts.oai.protocol import respond
from symposium.abstracts.oai.repository import AbstractRepository
from symposium.editions.models import Partner
from tests.factories import (
    make_abstract,
    make_author,
    make_edition,
    make_keyword,
    make_main_abstract,
    make_partner,
    make_speaker,
)
from tests.helpers.hard_records import HARD, make_hard_record
from tests.helpers.oai_answers import (
    LANG,
    NAMES,
    NAMESPACE,
    SCHEMAS,
    answer,
    ask,
    dated,
    error,
    get,
    identifiers,
    listed,
    name_of,
    read,
    texts,
    token,
)

pytestmark = pytest.mark.django_db
UNKNOWN = "oai:symposium.invalid:6ba7b811-9dad-11d1-80b4-00c04fd430c8"


@pytest.fixture
def edition():
    return make_edition("2021", name_fr="Ville", name_ar="المدينة", contact_email="a@ville.ma")


@pytest.fixture
def short_pages(monkeypatch):
    monkeypatch.setattr(AbstractRepository, "page", 2)


@pytest.mark.skipif(not SCHEMAS.exists(), reason=f"no schemas at {SCHEMAS}: nothing is validated")
def test_validator_rejects_invalid_responses():
    with pytest.raises(etree.DocumentInvalid):
        read(b'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"/>')


# Errors

LIST = "verb=ListRecords"
RECORD = "verb=GetRecord&metadataPrefix=oai_dc&identifier="
ERRORS = [
    ("", "badVerb"),
    ("verb=", "badVerb"),
    ("verb=identify", "badVerb"),
    ("verb=Identify&verb=Identify", "badVerb"),
    ("metadataPrefix=oai_dc", "badVerb"),
    ("verb=%00", "badVerb"),
    ("verb=%FF", "badVerb"),
    ("verb=Identify&page=1", "badArgument"),
    ("verb=Identify&%00=1", "badArgument"),
    ("verb=Identify&metadataPrefix=oai_dc", "badArgument"),
    ("verb=ListMetadataFormats&set=edition", "badArgument"),
    ("verb=ListMetadataFormats&identifier=", "idDoesNotExist"),
    (f"verb=ListMetadataFormats&identifier={UNKNOWN}", "idDoesNotExist"),
    ("verb=ListSets&resumptionToken=1", "badResumptionToken"),
    ("verb=ListSets&from=2021-01-01", "badArgument"),
    ("verb=GetRecord", "badArgument"),
    ("verb=GetRecord&metadataPrefix=oai_dc", "badArgument"),
    (f"verb=GetRecord&identifier={UNKNOWN}", "badArgument"),
    (f"{RECORD}{UNKNOWN}&identifier={UNKNOWN}", "badArgument"),
    (f"{RECORD}{UNKNOWN}", "idDoesNotExist"),
    (f"{RECORD}invalid%22id", "idDoesNotExist"),
    (f"{RECORD}{'9' * 10_000}", "idDoesNotExist"),
    (f"{RECORD}%00", "idDoesNotExist"),
    (f"{RECORD}oai:symposium.invalid:1", "idDoesNotExist"),
    (f"{RECORD}6ba7b811-9dad-11d1-80b4-00c04fd430c8", "idDoesNotExist"),
    (LIST, "badArgument"),
    (f"{LIST}&metadataPrefix=", "badArgument"),
    (f"{LIST}&metadataPrefix=oai dc", "badArgument"),
    (f"{LIST}&metadataPrefix=marc21", "cannotDisseminateFormat"),
    (f"{LIST}&metadataPrefix=oai_dc&set=", "badArgument"),
    (f"{LIST}&metadataPrefix=oai_dc&set=edition:", "badArgument"),
    (f"{LIST}&metadataPrefix=oai_dc&set=%00", "badArgument"),
    (f"{LIST}&metadataPrefix=oai_dc&set=edition:2099", "noRecordsMatch"),
    (f"{LIST}&metadataPrefix=oai_dc&from=", "badArgument"),
    (f"{LIST}&metadataPrefix=oai_dc&from=2021", "badArgument"),
    (f"{LIST}&metadataPrefix=oai_dc&from=2021-02-30", "badArgument"),
    (f"{LIST}&metadataPrefix=oai_dc&from=0000-01-01", "badArgument"),
    (f"{LIST}&metadataPrefix=oai_dc&from=2021-06-09T10:00Z", "badArgument"),
    (f"{LIST}&metadataPrefix=oai_dc&from=2021-06-09T10:00:00", "badArgument"),
    (f"{LIST}&metadataPrefix=oai_dc&from=2021-06-09T10:00:00.5Z", "badArgument"),
    (f"{LIST}&metadataPrefix=oai_dc&from=2021-06-09T10:00:00%2B01:00", "badArgument"),
    (f"{LIST}&metadataPrefix=oai_dc&from=2021-06-09T24:00:00Z", "badArgument"),
    (f"{LIST}&metadataPrefix=oai_dc&from=2021-06-09%0A", "badArgument"),
    (f"{LIST}&metadataPrefix=oai_dc&from=٢٠٢١-٠٦-٠٩", "badArgument"),
    (f"{LIST}&metadataPrefix=oai_dc&from=2021-06-10&until=2021-06-09", "badArgument"),
    (f"{LIST}&metadataPrefix=oai_dc&from=2021-06-09&until=2021-06-09T10:00:00Z", "badArgument"),
    (f"{LIST}&metadataPrefix=oai_dc&until=0001-01-01", "noRecordsMatch"),
    (f"{LIST}&metadataPrefix=oai_dc&until=1999-12-31T23:59:59Z", "noRecordsMatch"),
    (f"{LIST}&metadataPrefix=oai_dc&from=9999-12-31&until=9999-12-31", "noRecordsMatch"),
    (f"{LIST}&metadataPrefix=oai_dc&metadataPrefix=oai_dc", "badArgument"),
    (f"{LIST}&resumptionToken=", "badResumptionToken"),
    (f"{LIST}&resumptionToken=é", "badResumptionToken"),
    (f"{LIST}&resumptionToken=WyJhIl0:abc", "badResumptionToken"),
    (f"{LIST}&resumptionToken=1&metadataPrefix=oai_dc", "badArgument"),
    (f"{LIST}&resumptionToken=1&resumptionToken=2", "badArgument"),
]


@pytest.mark.parametrize(("query", "code"), ERRORS)
def test_bad_request_returns_its_error_code(client, edition, query, code):
    make_abstract(edition)
    root = answer(client, query)
    assert error(root) == code
    assert texts(root, "o:request") == ["http://testserver/oai"]


def test_request_attributes_are_echoed_only_when_valid(client, edition):
    make_abstract(edition)
    known = {"verb": "ListIdentifiers", "metadataPrefix": "oai_dc", "from": "2021-01-01"}
    assert dict(listed(client, from_="2021-01-01")[1].attrib) == known
    refused = {"verb": "ListIdentifiers", "metadataPrefix": "marc21"}
    assert dict(ask(client, **refused)[1].attrib) == refused
    assert dict(answer(client, f"{RECORD}invalid%22id")[1].attrib) == {
        "verb": "GetRecord",
        "metadataPrefix": "oai_dc",
    }
    for query in ("verb=Bad", "verb=Identify&page=1", f"{LIST}&metadataPrefix=a b"):
        assert dict(answer(client, query)[1].attrib) == {}


# Verbs


def test_identify(client, edition):
    oldest = make_abstract(edition)
    make_abstract(edition)
    dated(oldest, "2021-06-09T10:00:00Z")
    root = ask(client, "Identify")
    parts = root.xpath("o:Identify/*[not(self::o:description)]", namespaces=NAMES)
    assert {etree.QName(part).localname: part.text for part in parts} == {
        "repositoryName": "Ville",
        "baseURL": "http://testserver/oai",
        "protocolVersion": "2.0",
        "adminEmail": "a@ville.ma",
        "earliestDatestamp": "2021-06-09T10:00:00Z",
        "deletedRecord": "persistent",
        "granularity": "YYYY-MM-DDThh:mm:ssZ",
    }
    assert texts(root, ".//i:oai-identifier/*") == [
        "oai", NAMESPACE, ":", f"oai:{NAMESPACE}:6ba7b811-9dad-11d1-80b4-00c04fd430c8",
    ]  # fmt: skip


def test_identify_works_on_an_empty_site(client, settings):
    settings.DEFAULT_FROM_EMAIL = "Ville <contact@localhost>"
    settings.SITE_URL = "https://ville.example.org"
    root = ask(client, "Identify")
    assert texts(root, ".//o:repositoryName | .//o:adminEmail | .//i:repositoryIdentifier") == [
        "ville.example.org", "postmaster@ville.example.org", "ville.example.org",
    ]  # fmt: skip


def test_metadata_formats(client, edition):
    every = ask(client, "ListMetadataFormats")
    one = ask(client, "ListMetadataFormats", identifier=name_of(make_abstract(edition)))
    assert texts(every, ".//o:metadataPrefix") == texts(one, ".//o:metadataPrefix") == ["oai_dc"]


def test_record_contains_all_fields(client, edition):
    make_partner(edition, kind=Partner.Kind.ORGANISER, name_fr="Agence")
    abstract = make_main_abstract(
        edition, language="ar", title_fr="La ville", title_ar="المدينة", text_fr="Un.\n\nDeux.",
        text_ar="نص", licence="CC-BY-4.0", doi="10.1234/ville",
    )  # fmt: skip
    make_author(abstract, given_name_fr="Nora", family_name_fr="Rivage", order=1)
    make_author(abstract, given_name_fr="", family_name_fr="Comité", order=2)
    make_keyword(abstract, slug="eau", name_fr="eau", name_en="water")
    root = get(client, abstract)
    found = root.xpath(".//oai_dc:dc/*", namespaces=NAMES)
    assert [(etree.QName(e).localname, e.get(LANG), e.text) for e in found] == [
        ("title", "ar", "المدينة"),
        ("title", "fr", "La ville"),
        ("creator", None, "Rivage, Nora"),
        ("creator", None, "Comité"),
        ("subject", "fr", "eau"),
        ("subject", "en", "water"),
        ("description", "ar", "نص"),
        ("description", "fr", "Un.\nDeux."),
        ("publisher", "fr", "Agence"),
        ("date", None, "2021-06-01"),
        ("type", None, "Text"),
        ("type", None, "info:eu-repo/semantics/conferenceObject"),
        ("identifier", None, "http://testserver/ar/2021/abstract/"),
        ("identifier", None, "https://doi.org/10.1234/ville"),
        ("source", "ar", "المدينة 2021"),
        ("language", None, "ar"),
        ("language", None, "fr"),
        ("rights", None, "https://creativecommons.org/licenses/by/4.0/"),
    ]
    assert texts(root, ".//o:setSpec") == ["edition:2021", "kind:symposium", "keyword:eau"]
    assert identifiers(root) == [name_of(abstract)]


@pytest.mark.parametrize("text", HARD, ids=range(len(HARD)))
def test_hostile_texts_are_preserved_in_records(client, text):
    root = get(client, make_hard_record(text))
    kept = " ".join(text.replace("\x0b", "").split(" "))
    assert texts(root, ".//dc:title") == [kept, "المدينة"]
    (description, *_others) = texts(root, ".//dc:description")
    assert description.split() == f"Un. {text} Deux. {text}".split()
    assert texts(root, ".//dc:subject") == [f"Mot {kept}", "صمود", "ville"]


@pytest.mark.parametrize("count", [1, 3])
def test_list_query_count_is_constant(client, edition, django_assert_num_queries, count):
    for _number in range(count):
        abstract = make_abstract(edition)
        make_keyword(abstract)
        make_author(abstract, speaker=make_speaker(edition))
    with django_assert_num_queries(8):
        root = ask(client, "ListRecords", metadataPrefix="oai_dc")
    assert len(identifiers(root)) == count


def test_get_and_post_return_the_same_response(client, edition):
    abstract = make_abstract(edition)
    arguments = {"verb": "GetRecord", "identifier": name_of(abstract), "metadataPrefix": "oai_dc"}
    strict = Client(enforce_csrf_checks=True)
    posted = strict.post(
        "/oai", "&".join(f"{name}={value}" for name, value in arguments.items()),
        content_type="application/x-www-form-urlencoded",
    )  # fmt: skip
    assert (posted.status_code, posted["Content-Type"]) == (200, "text/xml; charset=utf-8")
    assert posted.cookies == {}
    date = re.compile(rb"<responseDate>.*?</responseDate>")
    got = client.get("/oai", arguments)
    assert date.sub(b"", posted.content) == date.sub(b"", got.content)
    assert error(read(strict.post("/oai", "verb=%00%FF", content_type="text/plain").content)) == (
        "badVerb"
    )
    assert client.put("/oai").status_code == 405


# Sets


@pytest.fixture
def three(edition):
    """Three abstracts of two editions, two kinds and two keywords, by name."""
    argument = make_main_abstract(edition)
    poster = make_abstract(edition, kind=Abstract.Kind.POSTER)
    other = make_abstract(make_edition("2022", name_fr="Ville"), kind=Abstract.Kind.POSTER)
    water = make_keyword(poster, slug="eau", name_fr="eau", name_ar="ماء")
    AbstractKeyword.objects.create(abstract=other, keyword=water)
    make_keyword(argument, slug="ville", name_fr="ville")
    make_keyword(slug="inutile", name_fr="inutile")
    return {"argument": argument, "poster": poster, "other": other}


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("edition", ["argument", "poster", "other"]),
        ("edition:2021", ["argument", "poster"]),
        ("kind:poster", ["poster", "other"]),
        ("keyword", ["argument", "poster", "other"]),
        ("keyword:eau", ["poster", "other"]),
        ("keyword:ea", []),
        ("2021", []),
    ],
)
def test_set_filters_records(client, three, spec, expected):
    found = identifiers(listed(client, set=spec))
    assert sorted(found) == sorted(name_of(three[name]) for name in expected)


@pytest.mark.usefixtures("three")
def test_sets(client):
    root = ask(client, "ListSets")
    specs, names = texts(root, ".//o:setSpec"), texts(root, ".//o:setName")
    assert [spec for spec in specs if ":" in spec] == [
        "edition:2021", "edition:2022", "keyword:eau", "keyword:ville", "kind:poster",
        "kind:symposium",
    ]  # fmt: skip
    assert [spec for spec in specs if ":" not in spec] == ["edition", "keyword", "kind"]
    named = dict(zip(specs, names, strict=True))
    assert (named["edition:2021"], named["keyword:eau"]) == ("Ville 2021", "eau")
    titles = root.xpath(".//o:set[o:setSpec='keyword:eau']//dc:title", namespaces=NAMES)
    assert [(title.get(LANG), title.text) for title in titles] == [("fr", "eau"), ("ar", "ماء")]


# Dates

TEN = "2021-06-09T10:00:00Z"


@pytest.mark.parametrize(
    ("bounds", "is_there"),
    [
        ({"from_": TEN}, True),
        ({"from_": "2021-06-09T10:00:01Z"}, False),
        ({"until": TEN}, True),
        ({"until": "2021-06-09T09:59:59Z"}, False),
        ({"from_": TEN, "until": TEN}, True),
        ({"from_": "2021-06-09"}, True),
        ({"from_": "2021-06-10"}, False),
        ({"until": "2021-06-09"}, True),
        ({"until": "2021-06-08"}, False),
        ({"from_": "2021-06-09", "until": "2021-06-09"}, True),
        ({"from_": "0001-01-01", "until": "9999-12-31"}, True),
        ({"from_": "0001-01-01T00:00:00Z", "until": "9999-12-31T23:59:59Z"}, True),
    ],
)
def test_bounds_are_included(client, edition, bounds, is_there):
    abstract = make_abstract(edition)
    dated(abstract, TEN)
    root = listed(client, **bounds)
    assert identifiers(root) == ([name_of(abstract)] if is_there else [])
    assert error(root) == ("" if is_there else "noRecordsMatch")


# Resumption tokens


@pytest.fixture
def five(edition, short_pages):
    """Five abstracts, one a day, from 1 June 2021."""
    abstracts = [make_abstract(edition) for _number in range(5)]
    for day, abstract in enumerate(abstracts, start=1):
        dated(abstract, f"2021-06-0{day}T10:00:00Z")
    return abstracts


def following(client, root):
    return ask(client, "ListIdentifiers", resumptionToken=token(root))


def wait_for_the_next_second():
    time.sleep(1.05 - time.time() % 1)


def names_of(*abstracts) -> list[str]:
    return list(map(name_of, abstracts))


def test_long_list_is_paginated_with_tokens(client, five):
    first = listed(client)
    second = following(client, first)
    third = following(client, second)
    pages = [first, second, third]
    assert list(map(identifiers, pages)) == [
        names_of(*five[:2]), names_of(*five[2:4]), names_of(five[4]),
    ]  # fmt: skip
    assert [bool(token(page)) for page in pages] == [True, True, False]
    assert [dict(page.find(".//o:resumptionToken", NAMES).attrib) for page in pages] == [
        {"cursor": cursor, "completeListSize": "5"} for cursor in ("0", "2", "4")
    ]


def test_single_page_list_has_no_token(client, edition, short_pages):
    make_abstract(edition)
    make_abstract(edition)
    assert texts(listed(client), ".//o:resumptionToken") == []


def test_records_with_equal_datestamps_are_all_listed(client, five):
    for abstract in five:
        dated(abstract, TEN)
    first = listed(client)
    second = following(client, first)
    found = [*identifiers(first), *identifiers(second), *identifiers(following(client, second))]
    assert sorted(found) == sorted(names_of(*five))


def test_token_preserves_set_and_dates(client, five):
    make_keyword(five[1], slug="eau")
    make_keyword(five[2], slug="mer")
    for abstract, keyword in zip(five[3:], ["lac", "oued"], strict=True):
        make_keyword(abstract, slug=keyword)
    for day, abstract in enumerate(five, start=1):
        dated(abstract, f"2021-06-0{day}T10:00:00Z")
    first = listed(client, set="keyword", until="2021-06-04")
    assert identifiers(first) == names_of(*five[1:3])
    assert identifiers(following(client, first)) == names_of(five[3])


def test_token_can_be_used_again(client, five):
    first = listed(client)
    assert identifiers(following(client, first)) == identifiers(following(client, first))


def test_token_survives_changes(client, five):
    """An unchanged record comes once; a changed one comes with the next harvest."""
    first = listed(client)
    wait_for_the_next_second()
    five[0].delete()
    Abstract.objects.filter(pk=five[2].pk).update(title_fr="Autre")
    new = make_abstract(five[3].edition)
    dated(new, "2021-06-03T11:00:00Z")  # as from a transaction that took long to commit
    second = following(client, first)
    assert identifiers(second) == names_of(new, five[3])
    assert identifiers(following(client, second)) == names_of(five[4])
    later = identifiers(listed(client, from_=texts(first, "o:responseDate")[0]))
    assert sorted(later) == sorted([f"oai:{NAMESPACE}:{five[0].guid}", name_of(five[2])])


def test_upper_bound_is_fixed_by_the_first_request(client, five):
    first = listed(client)
    new = make_abstract(five[0].edition)
    dated(new, datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=1))
    second = following(client, first)
    assert identifiers(following(client, second)) == names_of(five[4])


def test_list_whose_remaining_records_changed_ends_without_token(client, five):
    first = listed(client, until="2021-06-08")
    Abstract.objects.filter(pk__in=[abstract.pk for abstract in five[2:]]).update(title_fr="Autre")
    rest = following(client, first)
    assert (identifiers(rest), token(rest)) == (names_of(five[1]), "")


def test_token_of_another_verb_is_refused(client, five):
    found = token(listed(client))
    root = ask(client, "ListRecords", resumptionToken=found)
    assert error(root) == "badResumptionToken"


def test_forged_token_is_refused(client, five, settings):
    found = token(listed(client))
    for forged in (found[1:], found + "A", found.replace(":", "")):
        root = ask(client, "ListIdentifiers", resumptionToken=forged)
        assert error(root) == "badResumptionToken"
    settings.SECRET_KEY = "another"
    assert error(ask(client, "ListIdentifiers", resumptionToken=found)) == "badResumptionToken"


# Arbitrary requests

VERBS = [
    "Identify",
    "ListMetadataFormats",
    "ListSets",
    "GetRecord",
    "ListIdentifiers",
    "ListRecords",
]
ARGUMENTS = ["verb", "identifier", "metadataPrefix", "from", "until", "set", "resumptionToken"]
CODES = {
    "", "badVerb", "badArgument", "cannotDisseminateFormat", "idDoesNotExist", "noRecordsMatch",
    "badResumptionToken",
}  # fmt: skip
dates = st.dates().map(str) | st.datetimes().map(lambda at: f"{at:%Y-%m-%dT%H:%M:%SZ}")
texts_of_any_kind = (
    st.text(max_size=40)
    | st.text(alphabet="\x00\x01\x0b\x1f\x7f\x85\ufffe\uffff\u2028<>&\"'%:/?#[]@ é٣", max_size=12)
    | st.sampled_from(["a" * 10_000, "\x00" * 10_000, 'invalid"id', UNKNOWN, "oai_dc", "edition"])
    | dates
)
VALUES = {
    "verb": st.sampled_from(VERBS),
    "metadataPrefix": st.just("oai_dc"),
    "from": dates,
    "until": dates,
    "set": st.sampled_from(["edition", "edition:2021", "kind:paper", "keyword"]),
    "identifier": st.uuids().map(lambda guid: f"oai:{NAMESPACE}:{guid}"),
}
pairs = st.sampled_from(ARGUMENTS).flatmap(
    lambda name: st.tuples(st.just(name), VALUES.get(name, st.nothing()) | texts_of_any_kind)
)
requests = st.builds(
    lambda verb, others: [("verb", verb), *others],
    VALUES["verb"],
    st.lists(pairs | st.tuples(texts_of_any_kind, texts_of_any_kind), max_size=4),
) | st.lists(pairs, max_size=4)
fuzz = fuzzing(
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=200,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@fuzz
@given(arguments=requests)
@example(arguments=[("verb", "ListRecords"), ("metadataPrefix", "oai_dc"), ("until", "9999-12-31")])
@example(arguments=[("verb", "ListSets"), ("resumptionToken", "\ud800")])
@example(arguments=[("verb", "GetRecord"), ("identifier", "\ud800"), ("metadataPrefix", "oai_dc")])
def test_arbitrary_arguments_get_a_valid_response(one_of_each, arguments):
    root = read(etree.tostring(respond(arguments, "http://testserver/oai", AbstractRepository())))
    assert error(root) in CODES


@fuzz
@given(query=st.binary(max_size=60), names=st.lists(st.sampled_from(ARGUMENTS), max_size=3))
def test_arbitrary_bytes_get_a_valid_response(client, one_of_each, query, names):
    """Bytes as the network brings them: not UTF-8, NUL, truncated escapes."""
    query = "&".join(
        [quote_from_bytes(query), *(f"{name}={quote_from_bytes(query)}" for name in names)]
    )
    for verb in ("", "verb=ListRecords&", "verb=GetRecord&metadataPrefix=oai_dc&"):
        assert error(answer(client, verb + query)) in CODES


FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=b"
FIELD = b'--b\r\nContent-Disposition: form-data; name="verb"\r\n\r\nIdentify\r\n'
FILE = FIELD.replace(b"verb", b'verb"; filename="x')
IDENTIFY = b"verb=Identify"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (FIELD, f"{MULTIPART}; charset=base64"),
        (FIELD, f"{MULTIPART}; charset=idna"),
        (IDENTIFY, f"{FORM}; charset=utf-16"),
        (IDENTIFY, "multipart/form-data"),
        (IDENTIFY, "multipart/form-data; boundary="),
        (IDENTIFY, "multipart/form-data; boundary=é"),
        (b"&a=1" * 6000, FORM),
        (FIELD * 6000, MULTIPART),
        (IDENTIFY + b"&a=" + b"a" * 6_000_000, FORM),
    ],
    ids=range(9),
)
def test_unreadable_form_is_a_bad_argument(client, edition, body, kind):
    response = client.generic("POST", "/oai", body, content_type=kind)
    assert (response.status_code, error(read(response.content))) == (200, "badArgument")


def test_too_many_arguments_are_a_bad_argument(client, edition):
    assert error(answer(client, "verb=Identify" + "&a=1" * 6000)) == "badArgument"


@fuzz
@given(
    body=st.binary(max_size=60) | st.binary(max_size=40).map(lambda part: FILE.replace(b"x", part)),
    kind=st.sampled_from([FORM, MULTIPART, "multipart/form-data", "multipart/mixed", "text/xml"]),
    more=st.sampled_from(
        ["", "; charset=utf-8", "; charset=latin-1", "; charset=idna", "; boundary="]
    )
    | st.text(alphabet="a;=\"'é*", max_size=9),
)
def test_arbitrary_form_gets_a_valid_response(client, one_of_each, body, kind, more):
    response = client.generic("POST", "/oai", body, content_type=kind + more)
    assert (response.status_code, error(read(response.content)) in CODES) == (200, True)


@pytest.fixture
def one_of_each(edition):
    abstract = make_abstract(edition, title_ar="المدينة")
    make_keyword(abstract)
    make_abstract(edition).delete()
    return abstract
