"""OAI-PMH 2.0, from request to response. https://www.openarchives.org/OAI/openarchivesprotocol.html

The records come from a `Repository`; this module knows neither HTTP nor the database.
`oai-repo` 0.5 was considered: it pages by offset, so if a record changes between two pages, other
records are skipped or the token is refused; and a control character breaks its responses.
"""

import datetime
import re
import uuid
from collections.abc import Callable, Iterable
from dataclasses import astuple, dataclass, replace
from typing import Protocol

from django.core.signing import BadSignature, Signer
from lxml import etree
from lxml.builder import ElementMaker

from symposium.abstracts.oai import dublin_core

OAI = "http://www.openarchives.org/OAI/2.0/"
IDENTIFIER = "http://www.openarchives.org/OAI/2.0/oai-identifier"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
LOCATION = f"{{{XSI}}}schemaLocation"
E = ElementMaker(namespace=OAI, nsmap={None: OAI, "xsi": XSI})
ID = ElementMaker(namespace=IDENTIFIER, nsmap={None: IDENTIFIER})

PREFIX = "oai_dc"
DAY_PATTERN = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
SECOND_PATTERN = rf"{DAY_PATTERN}T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}Z"
WORD_PATTERN = r"[A-Za-z0-9\-_.!~*'()]+"
# Patterns of the arguments. An identifier of another form is unknown, not illegal, and a token of
# another form is a bad token: the response does not repeat them.
FORMS = {
    "metadataPrefix": WORD_PATTERN,
    "set": rf"{WORD_PATTERN}(:{WORD_PATTERN})*",
    "from": rf"{DAY_PATTERN}|{SECOND_PATTERN}",
    "until": rf"{DAY_PATTERN}|{SECOND_PATTERN}",
}
DESCRIBED_FORMS = FORMS | {
    "identifier": r"oai:[A-Za-z0-9.-]+:[A-Za-z0-9._~-]+",
    "resumptionToken": r"[A-Za-z0-9_:.-]+",
}
LAST_SECOND = datetime.timedelta(hours=23, minutes=59, seconds=59)


@dataclass(frozen=True)
class Item:
    """Header of a record; `key` is unique in the repository."""

    key: str
    datestamp: datetime.datetime
    sets: list[str]
    is_deleted: bool


@dataclass(frozen=True)
class Set:
    """Set of records.

    `names` are by language, the first for harvesters that read only one. They are empty once the
    set is no longer public.
    """

    spec: str
    names: dict[str, str]


@dataclass(frozen=True)
class Selection:
    """Arguments of a list request, and the position that its responses have reached.

    `until` is fixed by the first request; `size` is the size of the whole list at that time. The
    next response starts after the record with `last_datestamp` and `last_key`, whatever has changed
    before that record.
    """

    since: str
    until: str
    set: str
    size: int = 0
    cursor: int = 0
    last_datestamp: str = ""
    last_key: str = ""


class Repository(Protocol):
    """Interface of the harvested repository.

    After `at` is read, no record appears with an earlier datestamp. Datestamps are aware and in
    whole seconds. `page` is the number of items in one response.
    """

    page: int
    at: datetime.datetime

    @property
    def name(self) -> str: ...

    @property
    def namespace(self) -> str: ...

    @property
    def emails(self) -> list[str]: ...

    def earliest(self) -> datetime.datetime: ...

    def sets(self) -> list[Set]: ...

    def find(self, key: str) -> Item | None: ...

    def count(self, selection: Selection) -> int: ...

    def select(self, selection: Selection) -> list[Item]:
        """Return the next items by datestamp, then key: at most one more than a page."""

    def metadata(self, items: list[Item]) -> dict[str, etree._Element]:
        """Return the `oai_dc` elements by key; deleted items have none."""


class OaiError(Exception):
    """Error with a `code` of the protocol, such as `badVerb`."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code


def respond(
    arguments: Iterable[tuple[str, str]] | None, base_url: str, repository: Repository
) -> etree._Element:
    """Return the response to any arguments; never raise an error.

    `arguments` are (name, value) pairs as received, possibly repeated; None if they are unreadable.
    """
    request = E.request(base_url)
    root = E(
        "OAI-PMH",
        {LOCATION: f"{OAI} http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd"},
        E.responseDate(format_instant(repository.at)),
        request,
    )
    try:
        if arguments is None:
            raise OaiError("badArgument", "The arguments cannot be read.")
        verb, given = parse_request(list(arguments))
        describe(request, verb, given)
        root.append(VERBS[verb].answer(OaiRequest(verb, given, base_url, repository)))
    except OaiError as error:
        if error.code in ("badVerb", "badArgument"):
            request.attrib.clear()
        root.append(E.error(str(error), code=error.code))
    return root


# Requests


@dataclass(frozen=True)
class OaiRequest:
    verb: str
    given: dict[str, str]
    base_url: str
    repository: Repository


def parse_request(arguments: list[tuple[str, str]]) -> tuple[str, dict[str, str]]:
    """Return the verb and the other arguments; raise OaiError if they are not valid."""
    verbs = [value for name, value in arguments if name == "verb"]
    if len(verbs) != 1 or verbs[0] not in VERBS:
        raise OaiError("badVerb", "One verb of the six is needed, and only one.")
    others = [(name, value) for name, value in arguments if name != "verb"]
    given = dict(others)
    if len(given) < len(others):
        raise OaiError("badArgument", "An argument is repeated.")
    check(VERBS[verbs[0]], given)
    return verbs[0], given


def check(verb: "Verb", given: dict[str, str]) -> None:
    if given.keys() - {*verb.required, *verb.optional, *verb.alone}:
        raise OaiError("badArgument", "This verb does not take all these arguments.")
    if given.keys() & {*verb.alone}:
        if len(given) > 1:
            raise OaiError("badArgument", "A resumptionToken stands alone.")
    elif {*verb.required} - given.keys():
        raise OaiError("badArgument", f"This verb needs {' and '.join(verb.required)}.")
    for name, form in FORMS.items():
        if name in given and not re.fullmatch(form, given[name]):
            raise OaiError("badArgument", f"The value of {name} is not written as it must be.")


def describe(request: etree._Element, verb: str, given: dict[str, str]) -> None:
    request.set("verb", verb)
    for name, value in given.items():
        if re.fullmatch(DESCRIBED_FORMS[name], value):
            request.set(name, value)


# Responses to the six verbs


def identify(asked: OaiRequest) -> etree._Element:
    repository = asked.repository
    return E.Identify(
        E.repositoryName(repository.name),
        E.baseURL(asked.base_url),
        E.protocolVersion("2.0"),
        *(E.adminEmail(email) for email in repository.emails),
        E.earliestDatestamp(format_instant(repository.earliest())),
        E.deletedRecord("persistent"),
        E.granularity("YYYY-MM-DDThh:mm:ssZ"),
        E.description(
            ID(
                "oai-identifier",
                {LOCATION: f"{IDENTIFIER} {IDENTIFIER}.xsd"},
                ID.scheme("oai"),
                ID.repositoryIdentifier(repository.namespace),
                ID.delimiter(":"),
                ID.sampleIdentifier(f"oai:{repository.namespace}:{uuid.NAMESPACE_URL}"),
            )
        ),
    )


def list_metadata_formats(asked: OaiRequest) -> etree._Element:
    if "identifier" in asked.given:
        find_item(asked)
    return E.ListMetadataFormats(
        E.metadataFormat(
            E.metadataPrefix(PREFIX),
            E.schema(dublin_core.SCHEMA),
            E.metadataNamespace(dublin_core.OAI_DC),
        )
    )


def list_sets(asked: OaiRequest) -> etree._Element:
    if "resumptionToken" in asked.given:
        raise OaiError("badResumptionToken", "The list of sets is given at once, without tokens.")
    return E.ListSets(*map(set_element, asked.repository.sets()))


def get_record(asked: OaiRequest) -> etree._Element:
    item = find_item(asked)
    check_prefix(asked)
    return E.GetRecord(*records(asked, [item]))


def list_identifiers(asked: OaiRequest) -> etree._Element:
    items, token = list_page(asked)
    return E.ListIdentifiers(*(header(asked.repository, item) for item in items), *token)


def list_records(asked: OaiRequest) -> etree._Element:
    items, token = list_page(asked)
    return E.ListRecords(*records(asked, items), *token)


@dataclass(frozen=True)
class Verb:
    answer: Callable[[OaiRequest], etree._Element]
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()


LISTS = (("metadataPrefix",), ("from", "until", "set"), ("resumptionToken",))
VERBS = {
    "Identify": Verb(identify),
    "ListMetadataFormats": Verb(list_metadata_formats, optional=("identifier",)),
    "ListSets": Verb(list_sets, alone=("resumptionToken",)),
    "GetRecord": Verb(get_record, required=("identifier", "metadataPrefix")),
    "ListIdentifiers": Verb(list_identifiers, *LISTS),
    "ListRecords": Verb(list_records, *LISTS),
}


def find_item(asked: OaiRequest) -> Item:
    start = f"oai:{asked.repository.namespace}:"
    identifier = asked.given["identifier"]
    item = asked.repository.find(identifier.removeprefix(start))
    if not identifier.startswith(start) or item is None:
        raise OaiError("idDoesNotExist", "No record has this identifier.")
    return item


def check_prefix(asked: OaiRequest) -> None:
    if asked.given["metadataPrefix"] != PREFIX:
        raise OaiError("cannotDisseminateFormat", f"Records are given as {PREFIX}.")


# Lists


def list_page(asked: OaiRequest) -> tuple[list[Item], list[etree._Element]]:
    """Return the items of one response, and a list of its token, empty for a single response."""
    repository = asked.repository
    if "resumptionToken" in asked.given:
        selection = selection_from_token(asked)
        # If all remaining records have changed since, the next harvest will return them. A list
        # must not be empty: return the last record again.
        items = repository.select(selection) or [repository.find(selection.last_key)]
    else:
        selection = first_selection(asked)
        items = repository.select(selection)
        if not items:
            raise OaiError("noRecordsMatch", "No record answers to these arguments.")
    shown, more = items[: repository.page], len(items) > repository.page
    if not more and not selection.cursor:
        return shown, []
    return shown, [token_element(asked, selection, shown, more)]


def first_selection(asked: OaiRequest) -> Selection:
    check_prefix(asked)
    since, until = bounds(asked.given.get("from", ""), asked.given.get("until", ""))
    selection = Selection(
        since=since,
        until=min(until, format_instant(asked.repository.at)),
        set=asked.given.get("set", ""),
    )
    return replace(selection, size=asked.repository.count(selection))


def bounds(since: str, until: str) -> tuple[str, str]:
    """Return both ends to the second, inclusive; by default the earliest and latest possible.

    Raise OaiError for different granularities, a date that does not exist, or reversed dates.
    """
    if since and until and len(since) != len(until):
        raise OaiError("badArgument", "The granularity of from is not that of until.")
    first, last = parse_instant(since or "0001-01-01"), parse_instant(until or "9999-12-31")
    if "T" not in until:
        last += LAST_SECOND
    if first > last:
        raise OaiError("badArgument", "The date of from is after that of until.")
    return format_instant(first), format_instant(last)


def parse_instant(text: str) -> datetime.datetime:
    try:
        return datetime.datetime.fromisoformat(text.removesuffix("Z"))
    except ValueError as error:
        raise OaiError("badArgument", "A date does not exist.") from error


def signer(asked: OaiRequest) -> Signer:
    """Return the signer of tokens. A token is valid only for its verb."""
    return Signer(salt=f"oai.{asked.verb}")


def selection_from_token(asked: OaiRequest) -> Selection:
    token = asked.given["resumptionToken"]
    try:
        if not token.isascii():
            raise BadSignature
        return Selection(*signer(asked).unsign_object(token))
    except (BadSignature, TypeError) as error:
        raise OaiError("badResumptionToken", "This token is not one of ours.") from error


def token_element(
    asked: OaiRequest, selection: Selection, shown: list[Item], more: bool
) -> etree._Element:
    """Return the `resumptionToken`, empty at the end of the list. Tokens do not expire."""
    position = {"cursor": str(selection.cursor)}
    if selection.size:
        position["completeListSize"] = str(selection.size)
    if not more:
        return E.resumptionToken(position)
    rest = replace(
        selection,
        cursor=selection.cursor + len(shown),
        last_datestamp=format_instant(shown[-1].datestamp),
        last_key=shown[-1].key,
    )
    return E.resumptionToken(signer(asked).sign_object(astuple(rest)), position)


# Elements


def records(asked: OaiRequest, items: list[Item]) -> list[etree._Element]:
    """Return the `record` elements; a record that has just lost its metadata is deleted."""
    metadata = asked.repository.metadata(items)
    return [
        E.record(header(asked.repository, item), E.metadata(metadata[item.key]))
        if item.key in metadata
        else E.record(header(asked.repository, replace(item, is_deleted=True)))
        for item in items
    ]


def header(repository: Repository, item: Item) -> etree._Element:
    """Return the `header`, with leaf sets only: `edition:2021` implies `edition`."""
    return E.header(
        {"status": "deleted"} if item.is_deleted else {},
        E.identifier(f"oai:{repository.namespace}:{item.key}"),
        E.datestamp(format_instant(item.datestamp)),
        *(E.setSpec(spec) for spec in item.sets if ":" in spec),
    )


def set_element(found: Set) -> etree._Element:
    description = [E.setDescription(dublin_core.titles(found.names))] if found.names else []
    name = next(iter(found.names.values()), found.spec)
    return E.set(E.setSpec(found.spec), E.setName(name), *description)


def format_instant(at: datetime.datetime) -> str:
    """Return `at` in UTC to the second, as text that sorts by time; a naive `at` is UTC."""
    if at.tzinfo:
        at = at.astimezone(datetime.UTC)
    return at.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
