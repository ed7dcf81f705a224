"""The abstract as a record: versions, tombstones, licence, DOI, authors and their identifiers."""

import datetime
import json

import pytest
from django.utils import translation
from lxml import etree

from symposium.abstracts import versions
from symposium.abstracts.identifiers import Licence, ror_check
from symposium.abstracts.models import Abstract, Author, Keyword, Version
from tests.factories import (
    make_abstract,
    make_author,
    make_edition,
    make_keyword,
    make_main_abstract,
    make_session,
    make_speaker,
    refreshed,
)
from tests.helpers.database_errors import execute, faults, refused_by
from tests.helpers.hard_records import ORCID
from tests.helpers.page_html import hrefs, main, texts, tree, words

pytestmark = pytest.mark.django_db
ROR = "03yrm5c26"  # the example of ror.readme.io
JULY = datetime.datetime(2021, 7, 1, 9, tzinfo=datetime.UTC)


@pytest.fixture
def edition():
    return make_edition("2021")


@pytest.fixture
def abstract(edition):
    return make_abstract(edition, slug="ville", title_fr="Avant", text_fr="Ancien texte.")


def change(abstract: Abstract, **fields) -> Version:
    """Publish `abstract` with changed fields as a new version, in July."""
    versions.snapshot(abstract)
    Abstract.objects.filter(pk=abstract.pk).update(**fields)
    return versions.publish(abstract, {"fr": "Titre précisé."}, at=JULY)


# Versions


def test_earlier_version_shows_its_original_content(client, abstract):
    speaker = make_speaker(abstract.edition, given_name_fr="Ali", family_name_fr="Sel")
    make_author(abstract, speaker=speaker)
    make_keyword(abstract, name_fr="Eau")
    change(abstract, title_fr="Après", text_fr="Nouveau texte.")
    type(speaker).objects.update(family_name_fr="Autre")
    Keyword.objects.update(name_fr="Océan")
    page = tree(client.get("/fr/2021/abstracts/ville/v1/"))
    content = page.get_element_by_id("content")
    assert texts(content, ".//h1") == ["Avant"]
    assert texts(content, ".//ul[@class='authors']/li") == ["Ali Sel"]
    assert texts(content, ".//article/p") == ["Ancien texte."]
    assert texts(content, ".//ul[@class='keyword-line']/li") == ["Eau"]
    assert hrefs(content, ".//div[contains(@class, 'note')]//a") == ["/fr/2021/abstracts/ville/"]
    assert hrefs(page, "//link[@rel='canonical']") == ["http://testserver/fr/2021/abstracts/ville/"]
    assert page.xpath("//meta[starts-with(@name, 'citation_')]") == []


def test_current_version_lists_previous_versions(client, abstract):
    change(abstract, title_fr="Après")
    page = main(client.get("/en/2021/abstracts/ville/"))
    assert texts(page, ".//h1") == ["Après"]
    assert texts(page, ".//ol[@class='versions']/li") == [
        "Version 2 · 1 July 2021 Titre précisé.", "Version 1 · 1 June 2021",
    ]  # fmt: skip
    assert hrefs(page, ".//ol[@class='versions']//a") == ["/en/2021/abstracts/ville/v1/"]


def test_current_version_number_redirects_to_abstract(client, abstract):
    first = client.get("/fr/2021/abstracts/ville/v1/")
    assert (first.status_code, first["Location"]) == (302, "/fr/2021/abstracts/ville/")
    change(abstract, title_fr="Après")
    second = client.get("/fr/2021/abstracts/ville/v2/")
    assert (second.status_code, second["Location"]) == (302, "/fr/2021/abstracts/ville/")


def test_main_abstract_has_versions(client, edition):
    argument = make_main_abstract(edition, title_fr="Avant")
    change(argument, title_fr="Après")
    assert texts(main(client.get("/fr/2021/abstract/v1/")), ".//h1") == ["Avant"]
    assert texts(main(client.get("/fr/2021/abstract/")), ".//h1") == ["Après"]


@pytest.mark.parametrize("number", ["0", "3", "99999999999"])
def test_unknown_version_is_404(client, abstract, number):
    change(abstract, title_fr="Après")
    assert client.get(f"/fr/2021/abstracts/ville/v{number}/").status_code == 404


def test_earlier_version_is_hidden_with_its_abstract(client, abstract):
    change(abstract, title_fr="Après")
    make_edition("2020")
    assert client.get("/fr/2020/abstracts/ville/v1/").status_code == 404
    Abstract.objects.update(status="draft")
    assert client.get("/fr/2021/abstracts/ville/v1/").status_code == 404
    Abstract.objects.update(
        status="published", session=make_session(abstract.edition, status="draft")
    )
    assert client.get("/fr/2021/abstracts/ville/v1/").status_code == 404


def test_former_address_of_a_version_redirects(client, abstract):
    change(abstract, title_fr="Après")
    Abstract.objects.update(slug="cite")
    answer = client.get("/fr/2021/abstracts/ville/v1/")
    assert (answer.status_code, answer["Location"]) == (301, "/fr/2021/abstracts/cite/v1/")


def test_correction_updates_the_current_version(abstract):
    change(abstract, title_fr="Apres")
    Abstract.objects.update(title_fr="Après")
    change(abstract, title_fr="Ensuite")
    titles = [version.content["title"]["fr"] for version in abstract.versions.all()]
    assert titles == ["Ensuite", "Après", "Avant"]


def test_past_version_cannot_be_changed(abstract):
    change(abstract, title_fr="Après")
    with refused_by("versions_stay_as_published"):
        Version.objects.filter(number=1).update(content={})
    Version.objects.filter(number=2).update(published_at=JULY)


def test_version_without_note_is_refused(abstract):
    version = Version(abstract=abstract, number=2, published_at=JULY, content={})
    assert faults(version) == {
        "__all__": ["Describe what changed in at least one language."],
    }
    with refused_by("versions_say_what_changed"):
        version.save()


def test_version_number_is_unique_and_positive(abstract):
    change(abstract, title_fr="Après")
    with refused_by("versions_number_once"):
        Version.objects.create(abstract=abstract, number=1, published_at=JULY, content={})
    with refused_by("versions_number_from_one"):
        Version.objects.create(
            abstract=abstract, number=0, published_at=JULY, content={}, note_fr="a"
        )


# Tombstones


def test_withdrawn_abstract_shows_a_tombstone(client, edition):
    abstract = make_abstract(
        edition, slug="ville", title_fr="Ville", text_fr="Secret.", status="withdrawn",
        withdrawal_reason_fr="Données fausses.", withdrawn_at=JULY, withdrawal_reason_en="Wrong.",
    )  # fmt: skip
    make_author(abstract, given_name_fr="Nora", family_name_fr="Rivage")
    make_keyword(abstract, name_fr="Mystère")
    answer = client.get("/en/2021/abstracts/ville/")
    assert (answer.status_code, answer["Cache-Control"]) == (410, "no-cache, max-age=0")
    html = answer.content.decode()
    assert "Secret" not in html
    assert "Mystère" not in html
    answer.status_code = 200
    page = tree(answer)
    assert [meta.get("content") for meta in page.xpath("//meta[@name='robots']")] == ["noindex"]
    assert page.xpath("//link[@rel='canonical' or @hreflang]") == []
    assert texts(page, "//h1") == ["Ville"]
    assert texts(page, "//main//div[contains(@class, 'notice')]//p") == [
        "Withdrawn on 1 July 2021. The text is no longer available.", "Wrong.",
    ]  # fmt: skip


@pytest.mark.parametrize("path", ["", "v1/", "v2/", "v9/"])
def test_versions_of_a_withdrawn_abstract_are_gone(client, abstract, path):
    change(abstract, title_fr="Après")
    Abstract.objects.update(status="withdrawn", withdrawn_at=JULY, withdrawal_reason_fr="Retiré.")
    answer = client.get(f"/fr/2021/abstracts/ville/{path}")
    assert answer.status_code == 410
    assert b"Ancien" not in answer.content


def test_withdrawn_main_abstract_is_gone(client, edition):
    make_main_abstract(edition, status="withdrawn")
    assert client.get("/fr/2021/abstract/").status_code == 410
    assert client.get("/fr/2021/abstract/abstract.pdf").status_code == 410


@pytest.mark.parametrize(
    "path",
    [
        "fr/2021/abstracts.pdf", "fr/2021/keywords/eau/", "fr/2021/keywords/eau.atom",
        "2021/abstracts/ville.doc",
    ],
)  # fmt: skip
def test_withdrawn_abstract_is_not_listed_elsewhere(client, edition, path):
    make_keyword(make_abstract(edition, slug="ville", status="withdrawn"), slug="eau")
    assert client.get(f"/{path}").status_code == 404
    for listing in ("/sitemap.xml", "/fr/2021/abstracts/", "/fr/2021/abstracts.atom"):
        assert b"ville" not in client.get(listing).content


@pytest.mark.parametrize("ending", [".bib", ".ris", ".json", ".xml", "/linkset.json"])
def test_files_of_a_withdrawn_abstract_return_410_with_a_notice(client, edition, ending):
    make_abstract(edition, slug="ville", text_fr="Secret.", status="withdrawn")
    make_main_abstract(edition, status="withdrawn")
    for path in ("abstracts/ville", "abstract"):
        answer = client.get(f"/2021/{path}{ending}", headers={"Accept-Language": "ar"})
        assert (answer.status_code, answer.content.decode()) == (
            410, f"Ce résumé a été retiré\u00a0: http://testserver/fr/2021/{path}/\n",
        )  # fmt: skip
        assert answer["Cache-Control"] == "no-cache, max-age=0, public"


@pytest.mark.parametrize(
    "missing",
    [
        {"withdrawn_at": None}, {"withdrawal_reason_fr": ""}, {"withdrawal_reason_fr": None},
        {"withdrawn_at": JULY - datetime.timedelta(days=300)},
    ],
)  # fmt: skip
def test_withdrawal_requires_date_and_reason(abstract, missing):
    whole = {"status": "withdrawn", "withdrawn_at": JULY, "withdrawal_reason_fr": "Faux."}
    with refused_by("abstracts_withdrawn_with_date_and_reason"):
        Abstract.objects.update(**whole | missing)


def test_republished_abstract_loses_its_withdrawal_date(edition):
    abstract = make_abstract(edition, status="withdrawn")
    abstract.status = "published"
    assert faults(abstract) == {}
    assert abstract.withdrawn_at is None


# Licence and DOI


@pytest.mark.parametrize("licence", Licence)
def test_licence_has_its_creative_commons_url(licence):
    parts = licence.value.lower().removeprefix("cc-").rpartition("-")
    path = "publicdomain/zero/1.0" if licence == Licence.ZERO else f"licenses/{parts[0]}/4.0"
    assert licence.url == f"https://creativecommons.org/{path}/"


def test_unknown_licence_is_refused(abstract):
    abstract.licence = "WTFPL"
    assert list(faults(abstract)) == ["licence"]
    with refused_by("abstracts_licence_known"):
        Abstract.objects.update(licence="WTFPL")


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("10.1234/Ville", "10.1234/ville"),
        ("https://doi.org/10.1234/ville", "10.1234/ville"),
        ("http://dx.doi.org/10.1234/ville", "10.1234/ville"),
        (" doi: 10.1234/ville ", "10.1234/ville"),
        ("10.1234/a(b)<c>;1-2", "10.1234/a(b)<c>;1-2"),
    ],
)
def test_doi_is_stored_without_prefix(abstract, written, kept):
    abstract.doi = written
    assert faults(abstract) == {}
    assert abstract.doi == kept


@pytest.mark.parametrize(
    "doi",
    [
        "11.1234/a", "10.12/a", "10.1234", "10.1234/", "10.1234/a b", "10.1234/é", "x",
        "10.1234/a{b", "10.1234/a}b", r"10.1234/a\b",
    ],
)  # fmt: skip
def test_malformed_doi_is_refused(abstract, doi):
    abstract.doi = doi
    assert faults(abstract) == {"doi": ["Enter the DOI like this: 10.1234/abcd, with no spaces."]}
    with refused_by("abstracts_doi_form"):
        Abstract.objects.update(doi=doi)


def test_doi_is_lower_case_and_unique(abstract, edition):
    Abstract.objects.update(doi="10.1234/a")
    with refused_by("abstracts_doi_form"):
        execute("UPDATE symposium_abstracts_abstract SET doi = '10.1234/A'")
    with refused_by("abstracts_doi_once"):
        make_abstract(edition, doi="10.1234/a")
    assert faults(Abstract(edition=edition, title_fr="B", doi="10.1234/A")) == {
        "__all__": ["This DOI is already used by another abstract."]
    }


def test_doi_and_licence_appear_in_page_and_exports(client, edition):
    make_abstract(edition, slug="ville", doi="10.1234/ville", licence="CC-BY-4.0")
    page = tree(client.get("/fr/2021/abstracts/ville/"))
    metas = [(meta.get("name"), meta.get("content")) for meta in page.xpath("//meta[@name]")]
    license_url = "https://creativecommons.org/licenses/by/4.0/"
    assert [
        pair for pair in metas if pair[0] in ("citation_doi", "DC.identifier", "DC.rights")
    ] == [
        ("citation_doi", "10.1234/ville"),
        ("DC.identifier", "https://doi.org/10.1234/ville"),
        ("DC.identifier", "http://testserver/fr/2021/abstracts/ville/"),
        ("DC.rights", license_url),
    ]
    [script] = page.xpath("//script[@type='application/ld+json']")
    said = json.loads(script.text)
    assert (said["license"], said["sameAs"], said["version"], said["identifier"]["value"]) == (
        license_url, "https://doi.org/10.1234/ville", "1", "10.1234/ville",
    )  # fmt: skip
    assert all(
        words(citation).rstrip(".").endswith("https://doi.org/10.1234/ville")
        for citation in page.xpath("//p[starts-with(@id, 'cite-')]")
    )
    files = {
        ending: client.get(f"/2021/abstracts/ville.{ending}").content.decode()
        for ending in ("bib", "ris", "json", "xml")
    }
    assert "doi = {10.1234/ville}" in files["bib"]
    assert "DO  - 10.1234/ville\r\n" in files["ris"]
    assert json.loads(files["json"])[0]["DOI"] == "10.1234/ville"
    datacite = etree.fromstring(files["xml"].encode())
    found = {
        name: [(one.text, dict(one.attrib)) for one in datacite.findall(f".//{{*}}{name}")]
        for name in ("identifier", "alternateIdentifier", "rights", "version")
    }
    assert found == {
        "identifier": [("10.1234/ville", {"identifierType": "DOI"})],
        "alternateIdentifier": [
            ("http://testserver/fr/2021/abstracts/ville/", {"alternateIdentifierType": "URL"})
        ],
        "rights": [
            (
                "CC BY 4.0",
                {
                    "rightsURI": license_url, "rightsIdentifier": "CC-BY-4.0",
                    "rightsIdentifierScheme": "SPDX", "schemeURI": "https://spdx.org/licenses/",
                },
            )
        ],
        "version": [("1", {})],
    }  # fmt: skip


def test_missing_doi_and_licence_are_omitted(client, abstract):
    html = client.get("/fr/2021/abstracts/ville/").content.decode()
    assert "doi.org" not in html
    assert "creativecommons" not in html
    for ending in ("bib", "ris", "json", "xml"):
        assert b"doi" not in client.get(f"/2021/abstracts/ville.{ending}").content.lower()


def test_datacite_document_includes_versions(client, abstract):
    change(abstract, title_fr="Après")
    datacite = etree.fromstring(client.get("/2021/abstracts/ville.xml").content)
    dates = [(date.get("dateType"), date.text) for date in datacite.findall(".//{*}date")]
    assert dates == [("Issued", "2021-06-01"), ("Updated", "2021-07-01")]
    assert [one.text for one in datacite.findall(".//{*}version")] == ["2"]
    assert [
        (one.get("relationType"), one.text) for one in datacite.findall(".//{*}relatedIdentifier")
    ] == [("IsNewVersionOf", "http://testserver/fr/2021/abstracts/ville/v1/")]


# Authors


@pytest.mark.parametrize("ror", [ROR, f"https://ror.org/{ROR}", f"ror.org/{ROR.upper()}"])
def test_ror_id_is_stored_without_prefix(abstract, ror):
    author = Author(abstract=abstract, family_name_fr="Labo", ror=ror)
    assert faults(author) == {}
    assert author.ror == ROR


def test_ror_id_with_a_wrong_check_digit_is_refused(abstract):
    assert ror_check(ROR[:7]) == ROR[7:]
    wrong = [
        Author(abstract=abstract, family_name_fr="Labo", ror=ror) for ror in ("03yrm5c27", "x")
    ]
    assert [faults(author) for author in wrong] == [
        {"ror": ["This ROR ID isn’t valid. Check the last two digits."]},
        {
            "ror": [
                "Enter the ROR ID like this: 03yrm5c26 (0, six letters or digits, then two digits)."
            ]
        },
    ]
    with refused_by("authors_ror_form"):
        make_author(abstract, ror="0iiiiii00")
    with refused_by("authors_orcid_form"):
        make_author(abstract, orcid="0000")


def test_authors_are_shown_with_affiliation_and_identifiers(client, abstract):
    make_author(
        abstract, given_name_fr="Nora", family_name_fr="Rivage", affiliation_fr="Labo", ror=ROR,
        orcid=ORCID,
    )  # fmt: skip
    make_author(abstract, given_name_fr="", family_name_fr="Agence", ror=ROR)
    page = main(client.get("/en/2021/abstracts/ville/"))
    assert texts(page, ".//ul[@class='authors']/li") == [
        f"Nora Rivage 1 ORCID {ORCID}", f"Agence ROR {ROR}",
    ]  # fmt: skip
    assert texts(page, ".//ul[@class='affiliations']/li") == ["1 Labo"]
    assert hrefs(page, ".//ul[@class='authors' or @class='affiliations']//a") == [
        f"https://orcid.org/{ORCID}", f"https://ror.org/{ROR}", f"https://ror.org/{ROR}",
    ]  # fmt: skip


def test_authors_with_the_same_affiliation_need_no_numbers(client, abstract):
    for name in ("Rivage", "Sel"):
        make_author(abstract, family_name_fr=name, affiliation_fr="Labo")
    page = main(client.get("/fr/2021/abstracts/ville/"))
    assert texts(page, ".//ul[@class='affiliations']/li") == ["Labo"]
    assert page.xpath(".//sup") == []


def test_affiliations_are_listed_once_in_the_order_of_the_authors(client, abstract):
    for name, place in (("Un", "B"), ("Deux", "A"), ("Trois", "B"), ("Quatre", "")):
        make_author(abstract, given_name_fr="", family_name_fr=name, affiliation_fr=place)
    page = main(client.get("/fr/2021/abstracts/ville/"))
    assert texts(page, ".//ul[@class='authors']/li") == ["Un 1", "Deux 2", "Trois 1", "Quatre"]
    assert texts(page, ".//ul[@class='affiliations']/li") == ["1 B", "2 A"]


def test_ror_is_given_for_affiliation_and_organisation_author(client, abstract):
    make_author(abstract, given_name_fr="Nora", family_name_fr="R", affiliation_fr="L", ror=ROR)
    make_author(abstract, given_name_fr="", family_name_fr="Agence", ror=ROR)
    page = tree(client.get("/fr/2021/abstracts/ville/"))
    person, body = json.loads(page.xpath("//script[@type='application/ld+json']")[0].text)["author"]
    assert person["affiliation"] == {
        "@type": "Organization", "@id": f"https://ror.org/{ROR}", "name": "L",
    }  # fmt: skip
    assert body == {"@type": "Organization", "@id": f"https://ror.org/{ROR}", "name": "Agence"}
    datacite = etree.fromstring(client.get("/2021/abstracts/ville.xml").content)
    [affiliation] = datacite.findall(".//{*}affiliation")
    assert affiliation.get("affiliationIdentifier") == f"https://ror.org/{ROR}"
    [identifier] = datacite.findall(".//{*}nameIdentifier")
    assert (identifier.get("nameIdentifierScheme"), identifier.text) == (
        "ROR", f"https://ror.org/{ROR}",
    )  # fmt: skip


# Two languages side by side


def test_second_language_is_shown_side_by_side(client, edition):
    make_abstract(
        edition, slug="ville", title_fr="Ville", title_ar="مدينة", text_fr="Un.", text_ar="نص\nآخر"
    )
    plain = main(client.get("/fr/2021/abstracts/ville/"))
    assert hrefs(plain, ".//a[contains(@href, 'with')]") == ["?with=ar"]
    page = main(client.get("/fr/2021/abstracts/ville/?with=ar"))
    rows = [
        [(text.get("lang"), text.get("dir"), texts(text, "./p")) for text in row]
        for row in page.xpath(".//div[@class='facing-row']")
    ]
    assert rows == [
        [("fr", "ltr", ["Un."]), ("ar", "rtl", ["نص"])],
        [("fr", "ltr", []), ("ar", "rtl", ["آخر"])],
    ]
    titles = page.xpath(".//div[@class='facing-titles']/*")
    assert [words(title) for title in titles] == ["Ville", "مدينة"]
    assert (titles[1].get("lang"), titles[1].get("dir")) == ("ar", "rtl")


@pytest.mark.parametrize("language", ["fr", "en", "xx", "", "ar'"])
def test_missing_or_same_second_language_is_ignored(client, abstract, language):
    page = main(client.get(f"/fr/2021/abstracts/ville/?with={language}"))
    assert page.xpath(".//div[@class='facing-row']") == []


def test_restored_version_leaves_current_abstract_unchanged(abstract):
    change(abstract, title_fr="Après")
    stored = Abstract.objects.with_details().get()
    kept = versions.restore(stored, abstract.versions.get(number=1))
    with translation.override("fr"):
        assert (kept.title, stored.title, refreshed(abstract).title) == ("Avant", "Après", "Après")
