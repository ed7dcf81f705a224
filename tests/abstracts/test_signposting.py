"""The links of an abstract, as a Signposting client reads them. https://signposting.org/FAIR/"""

import pytest
from signposting import find_signposting_http, find_signposting_linkset
from signposting.linkheader import find_signposting_http_link

from symposium.abstracts.citation.styles import Record
from symposium.abstracts.metadata.signposting import header, linkset
from symposium.abstracts.models import Abstract
from tests.factories import (
    make_abstract,
    make_author,
    make_edition,
    make_main_abstract,
    make_speaker,
)
from tests.helpers.hard_records import ORCID

SITE = "http://testserver"
PAGE = f"{SITE}/fr/2021/abstracts/ville/"
FILES = {
    f"{SITE}/2021/abstracts/ville.bib": "application/x-bibtex",
    f"{SITE}/2021/abstracts/ville.ris": "application/x-research-info-systems",
    f"{SITE}/2021/abstracts/ville.json": "application/vnd.citationstyles.csl+json",
    f"{SITE}/2021/abstracts/ville.xml": "application/vnd.datacite.datacite+xml",
}
PDF = f"{PAGE}abstract.pdf"
LINKSET = f"{SITE}/2021/abstracts/ville/linkset.json"


@pytest.fixture
def abstract(db):
    edition = make_edition("2021")
    abstract = make_abstract(edition, slug="ville", text_ar="نص", licence="CC-BY-4.0")
    make_author(abstract, orcid=ORCID)
    make_author(abstract, speaker=make_speaker(edition, orcid="0000-0001-5109-3700"))
    make_author(abstract, given_name_fr="", family_name_fr="Comité")
    return abstract


def record(abstract: Abstract) -> Record:
    return Record(Abstract.objects.with_reference().get(pk=abstract.pk))


def targets(signposts) -> list[str]:
    return sorted(signpost.target for signpost in signposts)


def signposts_of(response):
    return find_signposting_http_link([response["Link"]], SITE + response.request["PATH_INFO"])


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_page_link_header_has_all_relations(client, abstract, language):
    found = signposts_of(client.get(f"/{language}/2021/abstracts/ville/"))
    assert found.citeAs.target == PAGE
    assert targets(found.authors) == [
        "https://orcid.org/0000-0001-5109-3700", f"https://orcid.org/{ORCID}",
    ]  # fmt: skip
    assert {link.target: str(link.type) for link in found.describedBy} == FILES
    assert [(link.target, str(link.type)) for link in found.items] == [(PDF, "application/pdf")]
    assert found.license.target == "https://creativecommons.org/licenses/by/4.0/"
    assert targets(found.types) == [
        "https://schema.org/AboutPage", "https://schema.org/ScholarlyArticle",
    ]  # fmt: skip
    assert [(link.target, str(link.type)) for link in found.linksets] == [
        (LINKSET, "application/linkset+json")
    ]


def test_every_link_target_has_the_declared_type(client, abstract):
    found = signposts_of(client.get(PAGE))
    for link in (found.citeAs, *found.describedBy, *found.items, *found.linksets):
        answer = client.get(str(link.target))
        assert answer.status_code == 200
        assert answer["Content-Type"].split(";")[0] == str(link.type or "text/html")


def test_cite_as_link_is_the_doi(client, abstract):
    """The DOI contains characters that end a URL in the Link header."""
    Abstract.objects.update(doi='10.1002/(sici)1096<1::aid>3.0"x,y;z')
    found = signposts_of(client.get(PAGE))
    assert found.citeAs.target == "https://doi.org/10.1002/(sici)1096%3C1::aid%3E3.0%22x,y;z"
    assert len(found.describedBy) == len(FILES)


def test_abstract_without_authors_and_licence_omits_these_links(client, db):
    make_main_abstract(make_edition("2021"))
    found = signposts_of(client.get("/fr/2021/abstract/"))
    assert (list(found.authors), found.license) == ([], None)
    assert found.citeAs.target == f"{SITE}/fr/2021/abstract/"
    (own,) = found.linksets
    assert own.target == f"{SITE}/2021/abstract/linkset.json"
    assert client.get("/2021/abstract/linkset.json").json()["linkset"][0]["anchor"] == (
        f"{SITE}/fr/2021/abstract/"
    )


def test_linkset_matches_link_header(abstract):
    found = record(abstract)
    (page, *others) = linkset(found)["linkset"]
    in_header = find_signposting_http_link([header(found)], PAGE)
    said = {(str(link.rel), link.target) for link in in_header if str(link.rel) != "linkset"}
    assert page.pop("anchor") == PAGE
    assert {(rel, link["href"]) for rel, links in page.items() for link in links} == said
    translations = [context["anchor"] for context in others[:2]]
    assert translations == [PAGE.replace("/fr/", "/en/"), PAGE.replace("/fr/", "/ar/")]
    back = [{"href": PAGE, "type": "text/html"}]
    assert others[2:] == [
        *({"anchor": file, "describes": back} for file in FILES),
        {"anchor": PDF, "collection": back},
    ]


@pytest.mark.django_db(transaction=True)
def test_links_are_discovered_over_http(live_server, settings):
    settings.SITE_URL = live_server.url
    make_abstract(make_edition("2021"), slug="ville", doi="10.1234/ville")
    page = find_signposting_http(f"{live_server.url}/fr/2021/abstracts/ville/")
    (own,) = page.linksets
    found = find_signposting_linkset(own.target)
    assert page.citeAs.target == "https://doi.org/10.1234/ville"
    assert found.for_context(page.context).citeAs.target == page.citeAs.target


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"status": "draft"}, 404),
        ({"status": "withdrawn", "withdrawn_at": "2021-07-01T10:00Z"}, 410),
        ({"published_at": "2999-01-01T10:00Z"}, 404),
    ],
)
def test_hidden_abstract_has_no_links(client, abstract, fields, status):
    Abstract.objects.update(**fields, withdrawal_reason_fr="Erreur.")
    page = client.get(PAGE)
    assert (page.status_code, "Link" in page.headers) == (status, False)
    assert client.get(LINKSET).status_code == status


def test_former_address_redirects_to_the_linkset(client, abstract):
    abstract.slug = "cite"
    abstract.save()
    answer = client.get(LINKSET)
    assert (answer.status_code, answer["Location"]) == (301, "/2021/abstracts/cite/linkset.json")
    argument = make_main_abstract(abstract.edition, slug="argument")
    answer = client.get(f"/2021/abstracts/{argument.slug}/linkset.json")
    assert (answer.status_code, answer["Location"]) == (301, "/2021/abstract/linkset.json")


def test_linkset_of_missing_abstract_is_404(client, db):
    assert client.get("/2021/abstract/linkset.json").status_code == 404
    make_edition("2021")
    assert client.get("/2021/abstract/linkset.json").status_code == 404
