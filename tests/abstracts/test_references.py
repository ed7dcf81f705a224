import io
import json
import re

import bibtexparser
import pytest
import rispy
from bibtexparser import middlewares
from django.urls import reverse
from django.utils import timezone
from pybtex.database import parse_string
from pylatexenc.latex2text import LatexNodes2Text

from symposium.abstracts.citation.references import bibtex, csl_json, ris
from symposium.abstracts.citation.styles import Record
from symposium.abstracts.models import Abstract
from symposium.sessions.models import Session
from tests.factories import (
    make_abstract,
    make_author,
    make_edition,
    make_keyword,
    make_main_abstract,
    make_session,
)
from tests.helpers.hard_records import HARD, make_hard_record

pytestmark = pytest.mark.django_db
EVERY_HARD_TEXT = pytest.mark.parametrize("text", HARD, ids=range(len(HARD)))
ENDINGS = ["bib", "ris", "json", "xml"]


def fetched(abstract: Abstract) -> Abstract:
    return Abstract.objects.with_reference().get(pk=abstract.pk)


@pytest.fixture
def record(text) -> Record:
    return Record(fetched(make_hard_record(text)))


def plain(latex: str) -> str:
    """Return LaTeX as plain text; pylatexenc lacks the ASCII caret and curls quotation marks."""
    words = LatexNodes2Text(strict_latex_spaces=True).latex_to_text(latex)
    return words.replace("ˆ", "^").replace("’", "'").replace("”", '"')


def straight(text: str) -> str:
    return text.replace("’", "'").replace("”", '"')


def flat(text: str) -> str:
    return " ".join(text.split())


@EVERY_HARD_TEXT
def test_bibtex_round_trips_through_bibtexparser(record):
    library = bibtexparser.parse_string(
        bibtex(record), parse_stack=[middlewares.RemoveEnclosingMiddleware()]
    )
    assert library.failed_blocks == []
    [entry] = library.entries
    fields = {field.key: field.value for field in entry.fields}
    assert (entry.entry_type, entry.key) == ("inproceedings", record.key)
    assert plain(fields["title"]) == straight(record.title)
    assert plain(fields["booktitle"]) == straight(record.conference)
    assert plain(fields["publisher"]) == straight(record.publisher)
    assert flat(plain(fields["abstract"])) == flat(straight(" ".join(record.paragraphs)))
    assert (fields["year"], fields["date"]) == ("2021", "2021-06-01")
    assert (fields["langid"], fields["url"]) == ("french", record.url)


@EVERY_HARD_TEXT
def test_bibtex_names_round_trip_through_pybtex(record):
    entry = parse_string(bibtex(record), "bibtex").entries[record.key]
    people = [
        tuple(
            straight(plain(" ".join(names)))
            for names in (one.last_names, one.first_names + one.middle_names)
        )
        for one in entry.persons["author"]
    ]
    # pybtex reads a no-break space as a space.
    assert people == [
        (flat(straight(one.family)), flat(straight(one.given))) for one in record.authors
    ]
    assert all(not one.prelast_names and not one.lineage_names for one in entry.persons["author"])


def test_bibtex_braces_organisation_author_and_preserves_key(client):
    abstract = make_abstract(make_edition("2021"), title_fr="La ville & COVID-19")
    make_author(abstract, given_name_fr="", family_name_fr="Comité d’organisation")
    make_keyword(abstract, name_fr="ville, eau")
    make_keyword(abstract, name_fr="sol")
    before = bibtex(Record(fetched(abstract)))
    assert before.splitlines()[:3] == [
        f"@inproceedings{{2021-{abstract.guid.hex[:8]},",
        "    author = {{Comité d’organisation}},",
        "    title = {{La ville \\& COVID-19}},",
    ]
    assert "    keywords = {{ville, eau}, sol}\n" in before
    abstract.slug, abstract.title_fr = "autre", "Autre"
    abstract.save()
    assert bibtex(Record(fetched(abstract))).splitlines()[0] == before.splitlines()[0]


def test_doi_with_any_allowed_character_round_trips():
    signs = "".join(map(chr, range(ord("!"), ord("~") + 1)))
    doi = "10.1234/" + re.sub(r"[A-Z{}\\]", "", signs)
    text = bibtex(Record(fetched(make_abstract(make_edition("2021"), doi=doi))))
    [entry] = parse_string(text, "bibtex").entries.values()
    assert entry.fields["doi"] == doi
    assert bibtexparser.parse_string(text).entries[0]["doi"] == doi


@EVERY_HARD_TEXT
def test_ris_round_trips_through_rispy(record):
    text = ris(record)
    assert text.startswith("TY  - CPAPER\r\n")
    assert text.endswith("ER  - \r\n")
    assert re.search(r"(?<!\r)\n", text) is None
    [read] = rispy.load(io.StringIO(text, newline=""))
    assert read == {
        "type_of_reference": "CPAPER",
        "id": record.key,
        "title": record.title,
        "authors": [author.inverted for author in record.authors],
        "secondary_title": record.conference,
        "place_published": record.city,
        "publisher": record.publisher,
        "year": "2021",
        "date": "2021/06/01/",
        "language": "fr",
        "abstract": " ".join(record.paragraphs),
        "keywords": record.keywords,
        "urls": [record.url],
    }


@EVERY_HARD_TEXT
def test_csl_json_contains_all_record_fields(record):
    family = [author.family for author in record.authors]
    given = [author.given for author in record.authors]
    assert json.loads(csl_json(record)) == [
        {
            "id": record.key,
            "type": "paper-conference",
            "title": record.title,
            "author": [
                {"family": family[0], "given": given[0]},
                {"family": family[1], "given": given[1]},
                {"literal": family[2]},
                {"family": family[3], "given": given[3]},
            ],
            "container-title": record.conference,
            "event-title": record.conference,
            "event-place": record.city,
            "event-date": {"date-parts": [[2021, 6, 9], [2021, 6, 10]]},
            "publisher": record.publisher,
            "issued": {"date-parts": [[2021, 6, 1]]},
            "language": "fr",
            "abstract": "\n".join(record.paragraphs),
            "keyword": ", ".join(record.keywords),
            "URL": record.url,
        }
    ]


# Files


@pytest.mark.parametrize(
    ("ending", "content_type"),
    [
        ("bib", "application/x-bibtex; charset=utf-8"),
        ("ris", "application/x-research-info-systems; charset=utf-8"),
        ("json", "application/vnd.citationstyles.csl+json"),
        ("xml", "application/vnd.datacite.datacite+xml"),
    ],
)
def test_export_file_has_its_headers_and_supports_conditional_requests(
    client, ending, content_type
):
    edition = make_edition("2021")
    make_abstract(edition, slug="ville")
    make_main_abstract(edition, language="en", text_en="The city learns.")
    answer = client.get(f"/2021/abstracts/ville.{ending}")
    headers = ["Content-Type", "Content-Disposition", "Content-Language"]
    assert [answer.headers[name] for name in headers] == [
        content_type, f'attachment; filename="2021-ville.{ending}"', "fr",
    ]  # fmt: skip
    again = client.get(f"/2021/abstracts/ville.{ending}", headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    answer = client.get(f"/2021/abstract.{ending}")
    assert [answer.headers[name] for name in headers] == [
        content_type, f'attachment; filename="2021-abstract.{ending}"', "en",
    ]  # fmt: skip
    assert client.post(f"/2021/abstract.{ending}").status_code == 405


def test_export_language_is_chosen_among_existing_texts(client):
    make_abstract(
        make_edition("2021"), slug="ville", title_fr="Ville", title_en="City", title_ar="مدينة",
        text_ar="نص",
    )  # fmt: skip
    titles = {
        query: json.loads(client.get(f"/2021/abstracts/ville.json{query}").content)[0]["title"]
        for query in ("", "?lang=fr", "?lang=en", "?lang=ar", "?lang=xx")
    }
    assert titles == {
        "": "Ville", "?lang=fr": "Ville", "?lang=en": "Ville", "?lang=ar": "مدينة",
        "?lang=xx": "Ville",
    }  # fmt: skip


@pytest.mark.parametrize("ending", [*ENDINGS, "doc"])
def test_hidden_abstracts_are_not_exported(client, ending):
    edition, hidden = make_edition("2021"), make_edition("2022", is_published=False)
    make_abstract(edition, slug="draft", status="draft")
    make_abstract(edition, slug="withdrawn", status="withdrawn")
    make_abstract(edition, slug="later", published_at=timezone.now() + timezone.timedelta(days=1))
    make_abstract(session=make_session(edition, status=Session.Status.DRAFT), slug="waiting")
    make_main_abstract(edition, status="draft")
    make_abstract(hidden, slug="hidden")
    make_main_abstract(hidden)
    make_abstract(make_edition("2020"), slug="elsewhere")
    paths = [
        *(f"/2021/abstracts/{slug}" for slug in ("draft", "withdrawn", "later", "waiting")),
        "/2021/abstract", "/2022/abstracts/hidden", "/2022/abstract", "/2021/abstracts/elsewhere",
        "/2021/abstracts/nowhere", "/nowhere/abstract",
    ]  # fmt: skip
    answers = {path: client.get(f"{path}.{ending}").status_code for path in paths}
    gone = {} if ending == "doc" else {"/2021/abstracts/withdrawn": 410}
    assert answers == dict.fromkeys(paths, 404) | gone


def test_unpublished_speaker_exports_only_the_name():
    abstract = make_hard_record()
    speaker = abstract.authors.last().speaker
    speaker.is_published = False
    speaker.save()
    author = Record(fetched(abstract)).authors[-1]
    assert (author.family, author.affiliation, author.orcid) == (speaker.family_name, "", "")


def test_unknown_export_format_is_404(client):
    make_abstract(make_edition("2021"), slug="ville")
    assert client.get("/2021/abstracts/ville.doc").status_code == 404


def test_former_export_address_redirects_to_current_one(client):
    edition = make_edition("2021")
    abstract = make_abstract(edition, slug="ville")
    abstract.slug = "cite"
    abstract.save()
    argument = make_main_abstract(edition)
    answer = client.get("/2021/abstracts/ville.bib?lang=ar")
    assert (answer.status_code, answer.url) == (301, "/2021/abstracts/cite.bib?lang=ar")
    answer = client.get(f"/2021/abstracts/{argument.slug}.ris")
    assert (answer.status_code, answer.url) == (301, "/2021/abstract.ris")
    assert reverse("abstract_exports:main", args=["2021", "ris"]) == answer.url


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("count", [1, 3])
def test_number_of_queries_does_not_grow(client, django_assert_num_queries, ending, count):
    edition = make_edition("2021")
    abstract = make_abstract(edition, slug="ville")
    for _ in range(count):
        make_author(abstract)
        make_keyword(abstract)
    with django_assert_num_queries(6):
        client.get(f"/2021/abstracts/ville.{ending}")
