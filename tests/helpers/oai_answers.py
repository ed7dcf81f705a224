"""OAI-PMH requests and responses, validated against the protocol's schemas if they are present."""

import functools
import tempfile
from pathlib import Path
from urllib.parse import urlencode

from lxml import etree

from symposium.abstracts.models import Abstract, OaiRecord

SCHEMAS = Path(__file__).parents[3] / "shared" / "schemas"
NAMES = {
    "o": "http://www.openarchives.org/OAI/2.0/",
    "i": "http://www.openarchives.org/OAI/2.0/oai-identifier",
    "oai_dc": "http://www.openarchives.org/OAI/2.0/oai_dc/",
    "dc": "http://purl.org/dc/elements/1.1/",
}
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
NAMESPACE = "symposium.invalid"
# The shared schemas lack oai-identifier: this one follows its guidelines.
IDENTIFIER = r"""
<schema xmlns="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified"
        targetNamespace="http://www.openarchives.org/OAI/2.0/oai-identifier">
  <element name="oai-identifier"><complexType><sequence>
    <element name="scheme" fixed="oai"/>
    <element name="repositoryIdentifier"><simpleType><restriction base="string">
      <pattern value="[a-zA-Z][a-zA-Z0-9\-]*(\.[a-zA-Z][a-zA-Z0-9\-]+)+"/>
    </restriction></simpleType></element>
    <element name="delimiter" fixed=":"/>
    <element name="sampleIdentifier"><simpleType><restriction base="string">
      <pattern value="oai:[a-zA-Z][a-zA-Z0-9\-]*(\.[a-zA-Z][a-zA-Z0-9\-]+)+:[a-zA-Z0-9\-_\.!~]+"/>
    </restriction></simpleType></element>
  </sequence></complexType></element>
</schema>
"""
WHOLE = """
<schema xmlns="http://www.w3.org/2001/XMLSchema">
  <import namespace="{o}" schemaLocation="{folder}/OAI-PMH.xsd"/>
  <import namespace="{oai_dc}" schemaLocation="{folder}/oai_dc.xsd"/>
  <import namespace="{i}" schemaLocation="oai-identifier.xsd"/>
</schema>
"""


@functools.cache
def schema() -> etree.XMLSchema:
    """Return the schema of OAI-PMH with the description of the repository (oai-identifier)."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "oai-identifier.xsd").write_text(IDENTIFIER)
        whole = Path(folder, "whole.xsd")
        whole.write_text(WHOLE.format(folder=SCHEMAS, **NAMES))
        return etree.XMLSchema(file=str(whole))


def read(content: bytes):
    """Parse a response; it must be well-formed, and valid if the schemas are present."""
    root = etree.fromstring(content)
    if SCHEMAS.exists():
        schema().assertValid(root)
    return root


def ask(client, verb: str, **arguments):
    """Send a request, return the parsed response; `from_` stands for `from`, a Python keyword."""
    query = {"verb": verb} | {name.rstrip("_"): value for name, value in arguments.items()}
    return answer(client, urlencode(query))


def answer(client, query: str):
    response = client.get(f"/oai?{query}")
    assert (response.status_code, response.cookies) == (200, {})
    return read(response.content)


def listed(client, **arguments):
    return ask(client, "ListIdentifiers", metadataPrefix="oai_dc", **arguments)


def get(client, abstract: Abstract):
    return ask(client, "GetRecord", metadataPrefix="oai_dc", identifier=name_of(abstract))


def name_of(abstract: Abstract) -> str:
    return f"oai:{NAMESPACE}:{abstract.guid}"


def error(root) -> str:
    return " ".join(root.xpath("o:error/@code", namespaces=NAMES))


def texts(root, path: str) -> list[str]:
    return [found.text or "" for found in root.xpath(path, namespaces=NAMES)]


def identifiers(root) -> list[str]:
    return texts(root, ".//o:header/o:identifier")


def token(root) -> str:
    return "".join(texts(root, ".//o:resumptionToken"))


def dated(abstract: Abstract, at: str) -> None:
    """Set the time of the last change that harvesters see."""
    OaiRecord.objects.filter(guid=abstract.guid).update(changed_at=at)
