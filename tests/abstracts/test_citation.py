import datetime
import html
import json
import re

import pytest
from django.utils.html import strip_tags

from symposium.abstracts.citation.references import bibtex, csl_json, ris
from symposium.abstracts.citation.styles import (
    Person,
    Record,
    american_dates,
    apa,
    asrdlf,
    chicago,
    iso690,
)
from symposium.abstracts.models import Abstract
from tests.factories import (
    make_abstract,
    make_author,
    make_edition,
    make_main_abstract,
    make_partner,
)

pytestmark = pytest.mark.django_db
ADDRESS = "http://testserver/fr/2021/abstracts/ville/"


def said(citation: str) -> str:
    return html.unescape(strip_tags(citation))


@pytest.fixture
def abstract():
    edition = make_edition("2021", name_fr="Symposium")
    make_partner(edition, kind="organiser", name_fr="Agence")
    return make_abstract(edition, slug="ville", title_fr="La ville & <ses> crises")


@pytest.fixture
def record(abstract):
    make_author(abstract, given_name_fr="Jean-Paul", family_name_fr="Médina")
    make_author(abstract, given_name_fr="", family_name_fr="Comité d’Anfa")
    make_author(abstract, given_name_fr="سلمى", family_name_fr="بناني")
    return Record(abstract)


def test_iso690(record):
    assert said(iso690(record)) == (
        "MÉDINA, Jean-Paul, Comité d’Anfa et بناني, سلمى, 2021. La ville & <ses> crises."
        " In\u00a0: Symposium 2021, Casablanca, 9 et 10 juin 2021 [en ligne]. Agence."
        f" 1er juin 2021. Disponible à l’adresse\u00a0: {ADDRESS}"
    )


def test_apa(record):
    assert said(apa(record)) == (
        "Médina, J.-P., Comité d’Anfa, & بناني, سلمى. (2021, June 9–10)."
        " La ville & <ses> crises [Paper presentation]. Symposium 2021, Casablanca."
        f" {ADDRESS}"
    )


def test_chicago(record):
    assert said(chicago(record)) == (
        "Médina, Jean-Paul, Comité d’Anfa, and سلمى بناني. “La ville & <ses> crises.”"
        f" Paper presented at Symposium 2021, Casablanca, June 9–10, 2021. {ADDRESS}."
    )


def test_asrdlf(record):
    assert said(asrdlf(record)) == (
        "Médina, J.-P., Comité d’Anfa & بناني, سلمى (2021), La ville & <ses> crises,"
        f" In\u00a0: Symposium 2021, Agence, Casablanca. {ADDRESS}"
    )


def test_asrdlf_lists_first_six_authors_and_the_last(abstract):
    for number in range(9):
        make_author(abstract, given_name_fr="Nora", family_name_fr=f"Nom{number}")
    assert said(asrdlf(Record(abstract))).startswith("Nom0, N., Nom1, N.,")
    assert "Nom5, N., … Nom8, N. (2021)" in said(asrdlf(Record(abstract)))


def test_names_and_titles_are_isolated_and_escaped(record):
    for write in (iso690, apa, chicago, asrdlf):
        assert "<bdi>La ville &amp; &lt;ses&gt; crises" in write(record)


def test_citation_without_author_begins_with_title(abstract):
    argument = make_main_abstract(abstract.edition, title_fr="Pourquoi la ville ?")
    record = Record(argument)
    address = "http://testserver/fr/2021/abstract/"
    assert [said(write(record)) for write in (iso690, apa, chicago, asrdlf)] == [
        "Pourquoi la ville ?, 2021. In\u00a0: Symposium 2021, Casablanca, 9 et 10 juin 2021"
        f" [en ligne]. Agence. 1er juin 2021. Disponible à l’adresse\u00a0: {address}",
        f"Pourquoi la ville ? [Abstract]. (2021, June 9–10). Symposium 2021, Casablanca. {address}",
        f"“Pourquoi la ville ?” Symposium 2021, Casablanca, June 9–10, 2021. {address}.",
        "Pourquoi la ville ? (2021), In\u00a0: Symposium 2021, Agence, Casablanca. " + address,
    ]


@pytest.mark.parametrize(
    ("count", "in_apa", "in_chicago"),
    [
        (1, "A, N.", "A, Nora."),
        (2, "A, N., & B, N.", "A, Nora, and Nora B."),
        (7, "A, N., B, N., C, N., D, N., E, N., F, N., & G, N.",
         "A, Nora, Nora B, Nora C, et al."),
        (21, "A, N., B, N., C, N., D, N., E, N., F, N., G, N., H, N., I, N., J, N., K, N., L, N.,"
             " M, N., N, N., O, N., P, N., Q, N., R, N., S, N., … U, N.",
         "A, Nora, Nora B, Nora C, et al."),
    ],
)  # fmt: skip
def test_many_authors_are_abbreviated(abstract, count, in_apa, in_chicago):
    for letter in "ABCDEFGHIJKLMNOPQRSTU"[:count]:
        make_author(abstract, given_name_fr="Nora", family_name_fr=letter)
    assert said(apa(Record(abstract))).split(" (2021")[0] == in_apa
    assert said(chicago(Record(abstract))).split(" “")[0] == in_chicago


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("Salma", "Médina, S."),
        ("Jean-Paul Émile", "Médina, J.-P. É."),
        ("سلمى", "Médina, سلمى"),
        ("", "Médina"),
    ],
)
def test_latin_given_names_are_shortened(given, expected):
    assert Person("Médina", given).shortened == expected


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2021-06-09", "2021-06-09", ("June 9", "June 9, 2021")),
        ("2021-06-09", "2021-06-10", ("June 9–10", "June 9–10, 2021")),
        ("2021-06-30", "2021-07-02", ("June 30–July 2", "June 30–July 2, 2021")),
        ("2021-12-30", "2022-01-02",
         ("December 30–January 2", "December 30, 2021–January 2, 2022")),
    ],
)  # fmt: skip
def test_american_dates_put_month_first(first, last, expected):
    days = [datetime.date.fromisoformat(day) for day in (first, last)]
    assert (american_dates(*days), american_dates(*days, years=True)) == expected


def test_publication_date_uses_edition_time_zone():
    edition = make_edition(time_zone="Pacific/Auckland")
    late = datetime.datetime(2021, 6, 1, 23, tzinfo=datetime.UTC)
    assert Record(make_abstract(edition, published_at=late)).issued == datetime.date(2021, 6, 2)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ({"given_name_ar": "سلمى", "family_name_ar": "بناني"}, ("بناني", "سلمى")),
        ({"family_name_ar": "بناني"}, ("Bennani", "Salma")),
        ({"given_name_ar": "سلمى"}, ("Bennani", "Salma")),
        ({"given_name_fr": "", "family_name_ar": "لجنة"}, ("لجنة", "")),
    ],
)
def test_author_name_parts_are_in_one_language(abstract, names, expected):
    abstract.text_ar = "نص"
    make_author(abstract, **{"given_name_fr": "Salma", "family_name_fr": "Bennani"} | names)
    [person] = Record(abstract, "ar").authors
    assert (person.family, person.given) == expected


# Citations on the page


@pytest.mark.usefixtures("record")
@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_page_cites_the_abstract_in_its_original_language(client, language):
    page = client.get(f"/{language}/2021/abstracts/ville/").content.decode()
    found = re.findall(r'<p id="cite-(\w+)"[^>]* lang="(\w+)" dir="(\w+)">(.*?)</p>', page)
    assert [(code, lang, way) for code, lang, way, _words in found] == [
        ("iso690", "fr", "ltr"), ("apa", "en", "ltr"), ("chicago", "en", "ltr"),
        ("asrdlf", "fr", "ltr"),
    ]  # fmt: skip
    record = Record(Abstract.objects.get())
    assert [words for *_rest, words in found] == [
        write(record) for write in (iso690, apa, chicago, asrdlf)
    ]
    assert re.findall(r'<li><a href="(/2021/[^"]+)">(.*?)</a>', page) == [
        ("/2021/abstracts/ville.bib", "BibTeX"), ("/2021/abstracts/ville.ris", "RIS"),
        ("/2021/abstracts/ville.json", "CSL-JSON"), ("/2021/abstracts/ville.xml", "DataCite"),
    ]  # fmt: skip


def test_draft_preview_has_no_citation(client, admin_client):
    abstract = make_abstract(make_edition("2021"), status="draft", published_at=None)
    address = f"/admin/symposium_abstracts/abstract/{abstract.pk}/preview/"
    page = admin_client.get(address).content.decode()
    assert [word in page for word in ("citation_title", "ld+json", "cite-apa")] == [False] * 3


@pytest.mark.parametrize(
    ("given", "shortened"),
    [
        ("Jean-Paul", "J.-P."), ("Jean\u2011Pierre", "J.-P."), ("Jean\u2010Pierre", "J.-P."),
        ("Jean Pierre", "J. P."), ("E\u0301lodie", "E\u0301."), ("X\u0302avi", "X\u0302."),
        ("Abd el-Krim", "A. el-K."), ("Abd-el-Krim", "A.-el-K."), ("El Mehdi", "E. M."),
        ("el Mehdi", "el M."), ("d’Artagnan", "d’A."), ("Marie d'Arc", "M. d'A."),
        ("M’hamed", "M."), ("Ai-jun", "A.-j."), ("jean pierre", "j. p."), ("Łukasz", "Ł."),
        ("سلمى", "سلمى"), ("Ιωάννης", "Ιωάννης"), ("Martin Luther", "M. L."),
    ],
)  # fmt: skip
def test_given_name_is_reduced_to_initials(given, shortened):
    assert Person("Médina", given).shortened == f"Médina, {shortened}"


def test_name_suffix_follows_given_name(abstract):
    make_author(abstract, given_name_fr="Martin Luther", family_name_fr="King, Jr.")
    make_author(abstract, given_name_fr="", family_name_fr="Médina, Jr.")
    record = Record(abstract)
    assert [author.inverted for author in record.authors] == [
        "King, Martin Luther, Jr.", "Médina, Jr.",
    ]  # fmt: skip
    assert said(apa(record)).startswith("King, M. L., Jr., & Médina, Jr. (2021")
    assert "\r\nAU  - King, Martin Luther, Jr.\r\nAU  - Médina, Jr.\r\n" in ris(record)
    assert "author = {King, Jr., Martin Luther and {Médina, Jr.}}" in bibtex(record)
    assert json.loads(csl_json(record))[0]["author"] == [
        {"family": "King", "given": "Martin Luther", "suffix": "Jr."},
        {"literal": "Médina, Jr."},
    ]


@pytest.mark.browser
def test_copy_button_copies_citation(page, live_server):
    argument = make_main_abstract(make_edition("2021"), title_fr="La ville « vraie »")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{live_server.url}/fr/2021/abstract/")
    page.get_by_text("Citer", exact=True).click()
    page.locator("[data-copy-text=cite-iso690]").click()
    page.wait_for_function("document.querySelector('[data-share-said]').textContent")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == said(iso690(Record(argument)))
