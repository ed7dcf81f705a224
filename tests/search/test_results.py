import contextlib
import datetime
import itertools
import os
import sys
import time
import unicodedata

import psycopg2
import pytest
from django.db import connection, transaction
from django.utils import timezone
from lxml import etree

from symposium.abstracts.models import Abstract, AbstractKeyword, Keyword
from symposium.core.fulltext.highlighting import best_start
from symposium.core.fulltext.query import MAX_QUERY_CHARS, RARE, SearchQuery, parse
from symposium.core.i18n.localized import LANGUAGES
from symposium.editions.models import Edition, News, Page
from symposium.search.results import KINDS, PUBLIC_SQL, public_params, search
from symposium.sessions.models import Session
from symposium.speakers.models import Speaker
from tests.conftest import PROJECT
from tests.factories import (
    make_abstract,
    make_author,
    make_edition,
    make_keyword,
    make_news,
    make_page,
    make_participation,
    make_room,
    make_session,
    make_speaker,
)
from tests.helpers.page_html import hrefs, main, texts, tree

TEXTS_SQL = PROJECT / "symposium" / "core" / "sql" / "texts.sql"
pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    return make_edition("2021", is_current=True)


def found(edition, q: str, language: str = "fr", **options) -> dict[str, list[str]]:
    """Return the objects that a search finds, by kind, as their French titles."""
    results = search(edition, q, language, **options)
    return {group.kind: [str(hit.thing) for hit in group.hits] for group in results.groups}


def finds(edition, q: str) -> bool:
    return bool(found(edition, q))


def only_hit(edition, q: str, language: str = "fr"):
    [group] = search(edition, q, language).groups
    [hit] = group.hits
    return hit


def write(sql: str, *parameters) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


# Parsing of queries


@pytest.mark.parametrize(
    ("typed", "wanted", "unwanted"),
    [
        ("ville", "ville", ()),
        ("smart-city", '"smart city"', ()),
        ("l’eau l'air", '"l eau" "l air"', ()),
        ('"ville durable" eau', '"ville durable" eau', ()),
        ("« ville durable »", '"ville durable"', ()),
        ('ville -eau -"smart city"', "ville", ("eau", '"smart city"')),
        ("eau or air", "eau or air", ()),
        ("eau OU air", "eau or air", ()),
        ("or eau OR OR air or", "eau or air", ()),
        ('"or"', '"or"', ()),
        ("-eau", "", ("eau",)),
        ('"ville eau', "ville eau", ()),
        ("المـــدِينَة", "المدينة", ()),
        ("re\u0301silience ﬁn", "résilience fin", ()),
        ("", "", ()),
        ('% " \\ - -- "" "-" \x00 😀', "", ()),
        ("<script>alert(1)</script>", '"script alert 1 script"', ()),
        ("100% a_b a\\b", '100 "a b" "a b"', ()),
    ],
)
def test_parse(typed, wanted, unwanted):
    assert parse(typed) == SearchQuery(wanted, unwanted)


def test_parse_truncates_at_its_limit():
    assert parse("é" * 2000) == SearchQuery("é" * MAX_QUERY_CHARS)


# French


def test_french_text_is_found_in_every_spelling(edition):
    make_abstract(
        edition,
        title_fr="La résilience de la ville régénérée",
        text_fr="Une première ville smart-city, l’eau même après la COVID-19, sans CO₂.",
    )
    questions = [
        "resilience", "RÉSILIENCE", "résilience", "Resiliences", "résilient", "re\u0301silience",
        "regeneree", "régénérée", "RÉGÉNÉRÉES", "régénéré", "régénérer", "régénération",
        "eau", "l’eau", "l'eau", "L'EAU", "premier", "premiere", "premières",
        "la résilience de la ville", "les villes et l’eau", "meme eau", "à la ville",
        "smart-city", "Smart City", "smart city", '"smart city"', "SMART–CITY",
        '"ville régénérée"', "ville -tramway", "tramway or eau", "covid 19", "COVID-19", "CO2",
    ]  # fmt: skip
    assert [q for q in questions if not finds(edition, q)] == []


def test_french_text_is_not_found_by_other_queries(edition):
    make_abstract(
        edition,
        title_fr="La résilience de la ville régénérée",
        text_fr="Une première ville smart-city, où l’eau, même.",
    )
    questions = [
        "tramway", "ville tramway", '"régénérée ville"', "ville -eau", 'ville -"smart city"',
        "ville -REGENEREES", "-eau", "de la", "le", "même", "où", "city-smart",
    ]  # fmt: skip
    assert [q for q in questions if finds(edition, q)] == []


def test_hyphenated_and_spaced_words_match_each_other(edition):
    make_abstract(edition, title_fr="Smart City")
    make_abstract(edition, title_fr="Une smart-city")
    both = {"abstract": ["Smart City", "Une smart-city"]}
    for q in ("smart-city", "smart city", '"Smart City"'):
        assert {k: sorted(v) for k, v in found(edition, q).items()} == both, q


# English


def test_english_text_is_found(edition):
    make_abstract(edition, title_en="The resilience of cities", text_en="Cafes and a city.")
    questions = ["city", "CITIES", "resilient", "the resilience of cities", "café"]
    assert [q for q in questions if not finds(edition, q)] == []


def test_english_text_is_not_found_by_other_queries(edition):
    make_abstract(edition, title_fr="", title_en="The resilience of cities", text_en="A city.")
    questions = ["the", "of the", "city -resilience", '"cities resilience"']
    assert [q for q in questions if finds(edition, q)] == []


# Words that are stop words in one language and not in another


@pytest.mark.parametrize(
    ("q", "titles"),
    [
        ("AI", ["AI for vital services", "AI in the ville"]),
        ("EU", ["EU thé"]),
        ("thé", ["Un thé"]),
        ("it", ["L’it"]),
        # Each language searches its own words: French « ville » alone.
        ("ai ville", ["AI in the ville", "La ville"]),
        ("AI ville", ["AI in the ville"]),
        ('"AI for vital" ville', []),
        ("services -AI", ["Other services"]),
        ("-AI", []),
        ("la le", []),
    ],
)
def test_word_is_searched_only_where_it_is_not_a_stop_word(edition, q, titles):
    for title in ("AI for vital services", "EU thé", "AI in the ville", "Other services"):
        make_abstract(edition, title_fr="", title_en=title, text_fr="Eau.")
    for title in ("Un thé", "L’it", "La ville"):
        make_abstract(edition, title_fr=title, text_fr="Eau.")
    assert sorted(found(edition, q).get("abstract", [])) == titles


@pytest.mark.parametrize(
    ("q", "titles"),
    [
        ("AI", ["L’AI pour la ville", "The AI of a city"]),
        ("AI ville", ["L’AI pour la ville"]),
        ('"l’AI pour la ville"', ["L’AI pour la ville"]),
        ("ville -AI", ["La ville", "Villes que j’ai vues"]),
        ("j’ai vu la ville", ["Villes que j’ai vues"]),
        ("IT", ["IT and the WHO", "تقنيات IT"]),
        ("WHO", ["IT and the WHO"]),
        ("it", []),
        ("LA VILLE", ["La ville", "L’AI pour la ville", "Villes que j’ai vues"]),
    ],
)
def test_acronym_equal_to_a_stop_word_is_searched(edition, q, titles):
    for title in ("L’AI pour la ville", "La ville", "Villes que j’ai vues"):
        make_abstract(edition, title_fr=title, text_fr="Eau.")
    for title in ("The AI of a city", "IT and the WHO", "Who is it?"):
        make_abstract(edition, title_fr="", title_en=title, text_fr="Eau.")
    make_abstract(edition, title_fr="", title_ar="تقنيات IT", text_fr="Eau.")
    assert sorted(found(edition, q).get("abstract", [])) == titles


def test_acronym_equal_to_a_stop_word_is_highlighted(edition):
    make_abstract(edition, title_fr="J’ai vu l’AI")
    assert only_hit(edition, "AI").title == "J’ai vu l’<mark>AI</mark>"


# Arabic


def test_arabic_text_is_found_in_every_spelling(edition):
    make_abstract(
        edition,
        title_ar="المدينة الذكية والأزمات",
        text_ar="استراتيجيّةُ المستشفى في المدن، Smart City.",
    )
    questions = [
        "المدينة", "مدينة", "مدينه", "المدينه", "والمدينة", "بالمدينة", "للمدينة", "كالمدينة",
        "وبالمدينة", "المَدِينَة", "المـــدينة", "أزمة", "ازمة", "إزمه", "الأزمات", "مستشفى", "مستشفي",
        "المستشفى", "إستراتيجية", "استراتيجيه", "ذكية", "الذكيه", "المدينة الذكية",
        '"مدينة ذكية"', "smart", "في المدينة",
    ]  # fmt: skip
    assert [q for q in questions if not finds(edition, q)] == []


def test_arabic_text_is_not_found_by_other_queries(edition):
    make_abstract(edition, title_ar="المدينة الذكية والأزمات", text_ar="من هذا في المدن")
    questions = ["قطار", "في", "من هذا", '"ذكية مدينة"', "مدينة -ازمة"]
    assert [q for q in questions if finds(edition, q)] == []


# Symbols next to a word, and variants of a letter


@pytest.mark.parametrize(
    ("text", "questions"),
    [
        ("La loi n°09-08", ["loi n°09-08", "n° 09-08", "09-08", '"loi n°09-08"', "loi"]),
        ("Décret n°2-09-165", ["décret n°2-09-165", "2-09-165", "decret 165"]),
        ("À 25°C", ["25°C", "25 °C", "25"]),
        ("Pour 50€ ou $40", ["50€", "50 €", "50", "40"]),
        ("À 10‰", ["10‰", "10 ‰", "10"]),
        ("Voir §12", ["§12", "§ 12", "12"]),
        ("IBM® et Acme™", ["IBM®", "IBM", "ibm", "Acme™", "acme"]),
        ("Trajet Anfa→Bernoussi", ["Anfa→Bernoussi", "anfa bernoussi", "bernoussi"]),
        ("Coût≈300", ["Coût≈300", "cout", "300"]),
        ("Débit≤40×2±3", ["débit", "Débit≤40", "40×2±3"]),
        ("Ville¹🌍verte", ["🌍verte", "verte"]),
        ("Tonnes de CO₂", ["CO₂", "CO2", "co2"]),
    ],
)
def test_word_with_adjacent_symbols_is_found(edition, text, questions):
    make_abstract(edition, title_fr=text)
    assert [q for q in questions if not finds(edition, q)] == []


def test_word_with_adjacent_symbols_is_highlighted(edition):
    make_abstract(edition, title_fr="La loi n°09-08, 25°C")
    assert only_hit(edition, "09-08 25").title == (
        "La loi n°<mark>09</mark>-<mark>08</mark>, <mark>25</mark>°C"
    )


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("أگادير", "أكادير"), ("أݣادير", "اكادير"), ("أڭادير", "أگادير"), ("ڤيديو", "فيديو"),
        ("کتاب المدينة", "كتاب"), ("المدینة", "المدينة"), ("مدرسه", "مدرسة"), ("مستشفى", "مستشفي"),
        ("پاريس", "باريس"), ("٢٠٢١", "2021"), ("2021", "۲۰۲۱"), ("ھندسة", "هندسة"),
    ],
)  # fmt: skip
def test_arabic_letter_variants_match_each_other(edition, text, typed):
    make_abstract(edition, title_fr="", title_ar=text, text_fr="Eau.")
    assert finds(edition, typed)
    assert "<mark>" in only_hit(edition, typed, "ar").title


def assigned() -> list[str]:
    """Return each assigned character of Unicode, and some of the ideographs, which are alike."""
    ranges = [
        range(1, 0x3400), range(0x3400, 0xD800, 29), range(0xF900, 0x17000),
        range(0x17000, 0x1B000, 29), range(0x1B000, 0x20000), range(0x20000, sys.maxunicode, 997),
    ]  # fmt: skip
    every = map(chr, itertools.chain(*ranges))
    return [one for one in every if unicodedata.category(one) not in ("Cn", "Cs")]


def test_texts_and_queries_are_tokenised_alike(db):
    """PostgreSQL's parser gets letters, figures and spaces only."""
    asked = [f"a{one}b" for one in assigned()]
    with connection.cursor() as cursor:
        cursor.execute("SELECT array_agg(symposium_words(word)) FROM unnest(%s) AS word", [asked])
        [cut] = cursor.fetchone()
    differing = [
        text
        for text, words in zip(asked, cut, strict=True)
        if parse(text).words != list(dict.fromkeys(words.translate(RARE).split()))
    ]
    assert differing == []


@pytest.fixture
def of_other_ctype(db):
    """Cursor of a database with the ctype C.UTF-8 and the functions of the search."""
    name = f"ctype_{os.getpid()}"
    options = connection.get_connection_params()
    with contextlib.closing(psycopg2.connect(**options)) as server:
        server.autocommit = True
        server.cursor().execute(
            f"CREATE DATABASE {name} TEMPLATE template0 LOCALE_PROVIDER libc "
            "LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'"
        )
        try:
            with contextlib.closing(psycopg2.connect(**options | {"dbname": name})) as other:
                cursor = other.cursor()
                cursor.execute("CREATE EXTENSION unaccent")
                cursor.execute(TEXTS_SQL.read_text())
                yield cursor
        finally:
            server.cursor().execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_tokens_do_not_depend_on_the_database_ctype(of_other_ctype):
    """PostgreSQL's parser reads « n°09 » as one word under C, as two under C.UTF-8."""
    texts = [
        "loi n°09-08, décret n°2-09-165, 25°C, 50€, 10‰, §12, IBM®, A→B, Coût≈300, L’Île-d’Œuvre",
        "المدينة الذكيّة، أݣادير «٢٠٢١» کتاب", "Ville¹🌍verte ﬁn CO₂ №5 ½ e\u0301te\u0301 ⴰⵣⵓⵍ",
    ]  # fmt: skip
    vectors = ", ".join(f"symposium_vector_{code}(text)::text" for code in LANGUAGES)
    asked = f"SELECT {vectors}, symposium_folded(text) FROM unnest(%s) AS text"  # noqa: S608
    read = []
    with connection.cursor() as ours:
        for cursor in (ours, of_other_ctype):
            cursor.execute("SELECT to_tsvector('simple', 'n°09') @@ '09'")
            parser = cursor.fetchone()
            cursor.execute(asked, [texts])
            read.append((parser, cursor.fetchall()))
    assert read[0][1] == read[1][1]
    assert {parser for parser, _vectors in read} == {(False,), (True,)}


# Order and groups


def test_title_matches_rank_above_keyword_and_text_matches(edition):
    make_abstract(edition, title_fr="C", text_fr="Le tramway passe.")
    make_keyword(make_abstract(edition, title_fr="B"), name_fr="Tramway")
    make_abstract(edition, title_fr="A du tramway")
    assert found(edition, "tramway", kind="abstract") == {"abstract": ["A du tramway", "B", "C"]}


def test_equal_matches_are_sorted_newest_first(edition):
    for days in (2, 1, 3):
        moment = timezone.now() - datetime.timedelta(days=days)
        make_abstract(edition, title_fr=f"{days}", text_fr="tramway", published_at=moment)
    assert found(edition, "tramway") == {"abstract": ["1", "2", "3"]}


def test_result_groups_are_in_page_order(edition):
    abstract = make_abstract(edition, title_fr="Le phare")
    make_keyword(abstract, name_fr="Phare urbain")
    make_session(edition, title_fr="Phares")
    make_room(edition, name_fr="Salle du phare")
    make_speaker(edition, given_name_fr="Lina", family_name_fr="Phare")
    make_page(edition, title_fr="Où voir le phare")
    assert found(edition, "phare") == {
        "abstract": ["Le phare"],
        "keyword": ["Phare urbain"],
        "session": ["Phares"],
        "room": ["Salle du phare"],
        "speaker": ["Lina Phare"],
        "page": ["Où voir le phare"],
    }
    assert found(edition, "phare", kind="page") == {"page": ["Où voir le phare"]}


def test_objects_are_found_by_their_related_people_and_keywords(edition):
    speaker = make_speaker(edition, family_name_fr="Rivage", affiliation_fr="Université du Port")
    abstract = make_abstract(edition, title_fr="Essai")
    make_author(abstract, speaker=speaker)
    make_author(abstract, family_name_fr="Dupont", family_name_ar="دوبون")
    session = make_session(edition, title_fr="Séance")
    make_participation(session, speaker)
    name = str(speaker)
    assert found(edition, "rivage") == {
        "abstract": ["Essai"], "session": ["Séance"], "speaker": [name]
    }  # fmt: skip
    assert found(edition, "dupont") == found(edition, "دوبون") == {"abstract": ["Essai"]}
    assert found(edition, "port") == {"speaker": [name]}


def test_groups_show_twenty_hits_and_kind_pages_the_rest(edition):
    for number in range(103):
        make_abstract(edition, title_fr=f"Quai {number}")
    [group] = search(edition, "quai", "fr").groups
    assert (group.total, len(group.hits)) == (103, 20)
    first, second = (search(edition, "quai", "fr", kind="abstract", page=n) for n in (1, 2))
    assert [len(results.groups[0].hits) for results in (first, second)] == [100, 3]
    hits = [hit.thing.pk for results in (first, second) for hit in results.groups[0].hits]
    assert len(set(hits)) == 103


# Highlighting and languages


def test_words_are_highlighted_in_title_names_and_text(edition):
    abstract = make_abstract(
        edition, title_fr="L’eau & les villes", text_fr="<b>Eaux</b> de la VILLE : « l’eau »."
    )
    make_keyword(abstract, name_fr="Villes d'eaux")
    [hit] = search(edition, "ville eau", "fr", kind="abstract").groups[0].hits
    assert hit.title == "L’<mark>eau</mark> &amp; les <mark>villes</mark>"
    assert hit.also == "<mark>Villes</mark> d&#x27;<mark>eaux</mark>"
    assert hit.extract == (
        "&lt;b&gt;<mark>Eaux</mark>&lt;/b&gt; de la <mark>VILLE</mark>\u00a0: "
        "«\u202fl’<mark>eau</mark>\u202f»."
    )


def test_arabic_highlight_covers_the_whole_word(edition):
    make_abstract(edition, title_ar="والمدينة الذكيّة")
    hit = only_hit(edition, "مدينه ذكيه", "ar")
    assert hit.title == "<mark>والمدينة</mark> <mark>الذكيّة</mark>"
    assert hit.language == "ar"


@pytest.mark.parametrize(
    ("q", "word"),
    [
        ("مدينة", "المـدينة"), ("مدينة", "الـمدينة"), ("مدينة", "مـدينة"), ("مدينة", "والْمَدينة"),
        ("والمدينة", "المدينة"), ("المـدينة", "مدينة"), ("رحمن", "رحمٰن"), ("الرحمن", "والرّحمٰن"),
        ("ville", "vil\u00adle"),
    ],
)  # fmt: skip
def test_highlight_covers_a_word_with_inner_marks(edition, q, word):
    make_abstract(edition, title_ar=f"قبل {word} بعد")
    assert only_hit(edition, q, "ar").title == f"قبل <mark>{word}</mark> بعد"


def test_highlight_markers_in_a_text_are_escaped(edition):
    make_abstract(edition, title_fr="Le \ue000phare\ue001 <mark>vert</mark>")
    assert only_hit(edition, "vert").title == (
        "Le phare &lt;mark&gt;<mark>vert</mark>&lt;/mark&gt;"
    )


def test_extract_surrounds_the_match(edition):
    text = " ".join(f"mot{number}" for number in range(100))
    make_abstract(edition, text_fr=f"{text} tramway {text}")
    extract = only_hit(edition, "tramway").extract
    assert extract == (
        "… " + " ".join(f"mot{number}" for number in range(92, 100))
        + " <mark>tramway</mark> " + " ".join(f"mot{number}" for number in range(27)) + " …"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("places", "start"),
    [([7], 7), ([0, 50, 60, 70, 78], 50), ([0, 27, 100, 127], 0), ([0, 28, 40, 55], 28)],
)
def test_extract_starts_at_the_densest_matches(places, start):
    assert best_start(places) == start


def test_extract_of_many_matches_is_fast():
    """Each position is read once; a comparison with every other would take minutes."""
    before = time.process_time()
    assert best_start(list(range(100_000))) == 0
    assert time.process_time() - before < 5


def test_hit_prefers_the_reader_language_when_it_matches(edition):
    make_abstract(edition, title_fr="Le port", title_en="The harbour", title_ar="الميناء")
    in_french = [(only_hit(edition, q).language, only_hit(edition, q).title)
                 for q in ("port", "harbour", "ميناء")]  # fmt: skip
    assert in_french == [
        ("fr", "Le <mark>port</mark>"),
        ("en", "The <mark>harbour</mark>"),
        ("ar", "<mark>الميناء</mark>"),
    ]


def path_of(edition, q: str, language: str, kind: str) -> str:
    [group] = search(edition, q, language, kind=kind).groups
    [hit] = group.hits
    return hit.url


def test_abstract_hit_links_to_a_page_showing_the_match(edition):
    abstract = make_abstract(
        edition, slug="port", title_fr="Le port", title_en="Harbour", title_ar="الميناء",
        text_fr="Le quai.", text_en="", text_ar="رصيف",
    )  # fmt: skip
    make_author(abstract, family_name_fr="Dupont", family_name_ar="دوبون")
    page = "2021/abstracts/port/"
    for language, q, path in [
        ("fr", "quai", f"/fr/{page}"),
        ("fr", "رصيف", f"/fr/{page}?with=ar"),
        ("fr", "harbour", f"/en/{page}"),  # no text in English to show beside
        ("fr", "دوبون", f"/ar/{page}"),
        ("en", "quai", f"/en/{page}"),  # shown there in French, without an English version
        ("en", "رصيف", f"/ar/{page}"),
        ("ar", "port", f"/ar/{page}?with=fr"),
        ("en", "dupont", f"/en/{page}"),  # so are names
        ("ar", "dupont", f"/fr/{page}"),
    ]:  # fmt: skip
        assert path_of(edition, q, language, "abstract") == path, (language, q)


def test_session_and_keyword_hits_link_to_a_page_showing_the_match(edition):
    make_session(edition, slug="visite", title_fr="Visite", title_en="Tour", description_fr="Quai.")
    keyword = {"slug": "eau", "name_fr": "Eau", "name_en": "Water", "definition_fr": "Un fluide.",
               "definition_en": "A liquid."}  # fmt: skip
    make_keyword(make_abstract(edition), **keyword)
    for language, q, path in [
        ("en", "visite", "/fr/2021/programme/visite/"),
        ("ar", "visite", "/ar/2021/programme/visite/"),
        ("en", "quai", "/en/2021/programme/visite/"),
        ("fr", "water", "/fr/2021/keywords/eau/"),  # the page with its names in each language
        ("fr", "liquid", "/en/2021/keywords/eau/"),
    ]:
        kind = path.split("/")[3].replace("programme", "session").replace("keywords", "keyword")
        assert path_of(edition, q, language, kind) == path, (language, q)


def test_page_extract_is_rendered_text_without_markup(edition):
    make_page(
        edition,
        title_fr="Venir",
        body_fr="## En *tramway*\n\n"
        "**Ligne 1** : la [`place`](https://x.example/a_b) \\*du* port_.\n\n"
        "| jour | heure |\n|---|:-:|\n| lundi | 8 h |\n\n- ~~un~~\n- deux\n\n> Fin\nici\n\n---\n",
    )
    assert only_hit(edition, "tramway").extract == (
        "En <mark>tramway</mark>\u00a0· Ligne 1\u00a0: la place *du* port_."
        "\u00a0· jour\u00a0· heure\u00a0· lundi\u00a0· 8 h"
        "\u00a0· ~~un~~\u00a0· deux\u00a0· Fin ici"
    )


# Publication


@pytest.mark.parametrize(
    "hidden",
    [
        {"status": "draft"},
        {"status": "withdrawn"},
        {"published_at": timezone.now() + datetime.timedelta(days=1)},
        {"session": {"status": "draft"}},
    ],
)
def test_hidden_abstract_and_its_keywords_are_not_found(edition, hidden):
    session = hidden.get("session")
    fields = {**hidden, "session": make_session(edition, **session) if session else None}
    make_keyword(make_abstract(edition, title_fr="Secret", **fields), name_fr="Secrets gardés")
    results = search(edition, "secret", "fr")
    assert (results.groups, results.suggestion) == ([], "")
    assert search(edition, "secrat", "fr").suggestion == ""


def test_unpublished_objects_are_not_found(edition):
    make_session(edition, title_fr="Secret", status="draft")
    hidden = make_speaker(edition, family_name_fr="Secret", is_published=False)
    make_participation(make_session(edition, title_fr="Ouverte"), hidden)
    make_page(edition, title_fr="Secret", is_published=False)
    make_keyword(name_fr="Secret")
    assert found(edition, "secret") == {}


def test_another_edition_is_not_searched(edition):
    other = make_edition("2019")
    make_keyword(make_abstract(other, title_fr="Secret"), name_fr="Secret")
    make_session(other, title_fr="Secret")
    assert found(edition, "secret") == {}
    assert set(found(other, "secret")) == {"abstract", "keyword", "session"}


TOMORROW = timezone.now() + datetime.timedelta(days=1)


@pytest.fixture
def all_states(edition):
    """Create objects of each kind in each state that `published()` reads, in two editions."""
    for where in (edition, make_edition("2019")):
        for status in Session.Status.values:
            session = make_session(where, status=status)
            for number, state in enumerate(Abstract.Status.values):
                for moment in (timezone.now(), TOMORROW):
                    abstract = make_abstract(
                        where, session=session if number % 2 else None,
                        status=state, published_at=moment,
                    )  # fmt: skip
                    make_keyword(abstract, name_fr=f"Mot {abstract.pk}")
            make_abstract(where, session=session)
        for is_published in (True, False):
            make_speaker(where, is_published=is_published)
            make_page(where, is_published=is_published)
        for moment in (timezone.now(), TOMORROW, None):
            make_news(where, published_at=moment)
        make_room(where)
    make_keyword()
    return edition


def publicly(edition: Edition) -> dict[str, set[int]]:
    """Return the ids of the objects that the models publish, by kind."""
    seen = {
        "abstract": edition.abstracts.published(),
        "session": edition.sessions.published(),
        "room": edition.rooms.published(),
        "speaker": edition.speakers.published(),
        "page": edition.pages.published(),
        "news": edition.news.published(),
        "keyword": Keyword.objects.used_in(edition),
    }
    return {kind: set(things.values_list("pk", flat=True)) for kind, things in seen.items()}


def findable(edition: Edition) -> dict[str, set[int]]:
    """Return the ids of the objects that the search may find, by kind."""
    things = {kind: set() for kind in KINDS}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT kind, id FROM symposium_search WHERE {PUBLIC_SQL}",  # noqa: S608
            public_params(edition),
        )
        for kind, pk in cursor:
            things[kind].add(pk)
    return things


CHANGES = {
    "nothing": lambda: None,
    "sessions published": lambda: Session.objects.update(status="published"),
    "sessions are drafts": lambda: Session.objects.update(status="draft"),
    "abstracts published": lambda: Abstract.objects.update(status="published"),
    "abstracts since now": lambda: Abstract.objects.update(published_at=timezone.now()),
    "abstracts tomorrow": lambda: Abstract.objects.update(published_at=TOMORROW),
    "abstracts apart": lambda: Abstract.objects.update(session=None),
    "speakers published": lambda: Speaker.objects.update(is_published=True),
    "pages published": lambda: Page.objects.update(is_published=True),
    "news since now": lambda: News.objects.update(published_at=timezone.now()),
    "news tomorrow": lambda: News.objects.update(published_at=TOMORROW),
    "no news": lambda: News.objects.update(published_at=None),
    "no keywords": lambda: AbstractKeyword.objects.all().delete(),
    "drafts deleted": lambda: (
        Abstract.objects.filter(session__status="draft").update(session=None),
        Session.objects.filter(status="draft").delete(),
    ),
    "no edition": lambda: Edition.objects.update(is_published=False),
}


def test_searchable_objects_are_the_published_ones(all_states):
    for name, change in CHANGES.items():
        with transaction.atomic():
            change()
            assert findable(all_states) == publicly(all_states), name
            transaction.set_rollback(True)


def test_abstract_is_found_from_its_publication_time(edition):
    abstract = make_abstract(edition, title_fr="Phare", published_at=TOMORROW)
    make_keyword(abstract, name_fr="Phare")
    assert not finds(edition, "phare")
    write("UPDATE symposium_search SET public_from = now() WHERE public_from > now()")
    assert search(edition, "phare", "fr").total == 2


def test_unpublished_edition_search_is_404(client, edition):
    make_edition("2030", is_published=False)
    assert client.get("/fr/2030/search/?q=a").status_code == 404


# The index


def test_index_follows_keyword_renaming_and_assignment(edition):
    abstract = make_abstract(edition, title_fr="Essai")
    make_keyword(abstract, name_fr="Tramway")
    write("UPDATE symposium_abstracts_keyword SET name_fr = 'Funiculaire'")
    assert found(edition, "tramway") == {}
    assert found(edition, "funiculaire") == {"abstract": ["Essai"], "keyword": ["Funiculaire"]}
    other = make_abstract(edition, title_fr="Autre")
    AbstractKeyword.objects.update(abstract=other)
    assert found(edition, "funiculaire", kind="abstract") == {"abstract": ["Autre"]}
    AbstractKeyword.objects.all().delete()
    assert found(edition, "funiculaire") == {}


def test_index_follows_author_and_speaker_renaming(edition):
    abstract = make_abstract(edition, title_fr="Essai")
    session = make_session(edition, title_fr="Séance")
    speaker = make_speaker(edition, family_name_fr="Rivage")
    make_participation(session, speaker)
    make_author(abstract, speaker=speaker)
    author = make_author(abstract, family_name_fr="Dupont")
    write("UPDATE symposium_speakers_speaker SET family_name_fr = 'Falaise'")
    write(
        "UPDATE symposium_abstracts_author SET family_name_fr = 'Durand' WHERE speaker_id IS NULL"
    )
    assert set(found(edition, "falaise")) == {"abstract", "session", "speaker"}
    assert found(edition, "durand") == {"abstract": ["Essai"]}
    assert found(edition, "rivage") == found(edition, "dupont") == {}
    author.delete()
    session.participations.all().delete()
    assert found(edition, "durand") == {}
    assert set(found(edition, "falaise")) == {"abstract", "speaker"}


def test_index_follows_plain_sql(edition):
    make_abstract(edition)
    make_session(edition)
    make_page(edition)
    write("UPDATE symposium_abstracts_abstract SET text_fr = 'Téléphérique'")
    write("UPDATE symposium_sessions_session SET description_en = 'A cable car, téléphérique'")
    write("UPDATE symposium_editions_page SET body_fr = '[téléphérique](https://tramway.example)'")
    assert set(found(edition, "telepherique")) == {"abstract", "session", "page"}
    assert found(edition, "tramway") == {}
    write("DELETE FROM symposium_editions_page")
    assert set(found(edition, "telepherique")) == {"abstract", "session"}


def test_deleted_objects_are_removed_from_the_index(edition):
    abstract = make_abstract(edition, session=make_session(edition))
    make_keyword(abstract)
    make_author(abstract, speaker=make_speaker(edition))
    make_page(edition)
    make_room(edition)
    edition.delete()
    abstract.keywords.model.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM symposium_search")
        assert cursor.fetchone() == (0,)


def test_unchanged_save_does_not_rewrite_the_index(edition):
    abstract = make_abstract(edition)
    before = written()
    abstract.save()
    edition.sessions.update(places=None)
    assert written() == before


def test_suggestion_words_are_removed_with_their_last_use(edition):
    speaker, other = (make_speaker(edition, family_name_fr="Rivage") for _ in range(2))
    page = make_page(edition, title_fr="Résilience", body_fr="Bâtir.")
    assert {"rivage", "résilience"} < known_words()
    assert "bâtir" not in known_words()
    speaker.delete()
    assert "rivage" in known_words()
    write("UPDATE symposium_speakers_speaker SET family_name_fr = 'Falaise'")
    page.delete()
    assert known_words() & {"rivage", "falaise", "résilience"} == {"falaise"}
    other.delete()
    assert "falaise" not in known_words()


def known_words() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT word FROM symposium_search_word")
        return {word for (word,) in cursor}


def test_incremental_index_equals_full_rebuild_after_keyword_change(edition):
    abstract = make_abstract(edition, title_fr="Quai", text_fr="Le grand port de la ville")
    for name in ("Tramway", "Phare"):
        make_keyword(abstract, name_fr=name)
    assert finds(edition, '"grand port" tramway phare quai')
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT search_fr FROM symposium_search WHERE kind = 'abstract' AND id = %s",
            [abstract.pk],
        )
        kept = cursor.fetchone()
        cursor.execute("DELETE FROM symposium_search")
        cursor.execute("SELECT symposium_search_refresh('abstract', ARRAY[%s])", [abstract.pk])
        cursor.execute("SELECT search_fr FROM symposium_search")
        assert cursor.fetchone() == kept


def written() -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind, id, xmin, ctid FROM symposium_search ORDER BY 1, 2")
        return cursor.fetchall()


# Invalid input


@pytest.mark.parametrize(
    "q",
    [
        "\x00", "a\x00b", "é" * 2000, "ville " * 500, "%", "_", '"', "\\", "'", "''; --",
        "de la les", "!!! ... ؟", "- -", "-", "or", "or or", '"voile', 'voile" "',
        "<script>alert(1)</script>",
        "😀", "ville 😀", "&|!():*", "a:*", "ville & !eau", "\ue000ville\ue001", "<->", "\ud83d",
    ],
)  # fmt: skip
def test_arbitrary_query_is_handled(edition, q):
    make_abstract(edition, title_fr="Autre chose", text_fr="Rien.")
    results = search(edition, q, "fr")
    assert results.groups == []
    assert results.suggestion == ""


@pytest.mark.parametrize(
    "q", ["é" * 2000, "%", '"', "\\", "de la les", "!!! ... ؟", "<script>alert(1)</script>"]
)
def test_arbitrary_query_page_shows_advice(client, edition, q):
    page = main(client.get("/en/2021/search/", {"q": q}))
    assert texts(page, ".//*[@role='status']//h2") == ["No results"]
    [advice] = texts(page, ".//*[@role='status']/p")
    assert advice.startswith(("Try fewer or more", "Enter at least one word"))
    assert page.xpath(".//script") == []


def test_script_in_query_and_title_is_escaped(client, edition):
    make_abstract(edition, title_fr="<script>alert(1)</script>")
    response = client.get("/fr/2021/search/", {"q": "<script>alert(1)</script>"})
    page = main(response)
    assert page.xpath(".//script") == []
    assert texts(page, ".//article//h3") == ["<script>alert(1)</script>"]
    assert texts(page, ".//article//h3//mark") == ["script", "alert", "1", "script"]
    assert page.xpath("string(.//input[@name='q']/@value)") == "<script>alert(1)</script>"


def test_nul_is_a_bad_request(client, edition):
    assert client.get("/fr/2021/search/?q=a%00b").status_code == 400


@pytest.mark.parametrize(
    ("query", "status"),
    [("kind=nothing", 200), ("page=0", 200), ("page=x", 200), ("page=-1", 200),
     ("page=99999999999999", 200), ("page=²", 200), ("page=99", 404),
     ("kind=abstract&page=2", 404)],
)  # fmt: skip
def test_invalid_kind_or_page_gets_its_status(client, edition, query, status):
    make_abstract(edition, title_fr="Phare")
    assert client.get(f"/fr/2021/search/?q=phare&{query}").status_code == status


# Suggestions


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("resiliance", "résilience"),
        ("tramwey", "tramway"),
        ("resiliance tramway", "résilience tramway"),
        ('"resiliance du tramway" -eau', '"résilience du tramway" -eau'),
        ("المرورنة", "المرونة"),
        ("rivaje", "rivage"),
        ("xyzzy", ""),
    ],
)
def test_nearest_word_is_suggested(edition, typed, meant):
    make_abstract(edition, title_fr="Résilience du tramway", title_ar="المرونة")
    make_speaker(edition, family_name_fr="Rivage")
    results = search(edition, typed, "fr")
    assert (results.suggestion, results.is_mended) == (meant, bool(meant))
    assert results.groups == search(edition, meant, "fr").groups


def test_suggestion_prefers_smallest_distance_then_frequency(edition):
    for title in ("Territoires", "Terroir", "Terroir et ville", "Le terroir"):
        make_abstract(edition, title_fr=title)
    assert search(edition, "territoirre", "fr").suggestion == "territoires"
    for title in ("Rivage", "Rivale", "La rivale"):
        make_abstract(edition, title_fr=title)
    assert search(edition, "rivaxe", "fr").suggestion == "rivale"


@pytest.mark.parametrize(
    ("typed", "reader", "meant"),
    [("resiliense", "fr", "résilience"), ("resiliense", "en", "resilience"),
     ("gouvernence", "fr", "gouvernance"), ("gouvernacne", "fr", "gouvernance")],
)  # fmt: skip
def test_suggestion_is_spelt_in_the_reader_language(edition, typed, reader, meant):
    for title in ("Résilience", "La gouvernance", "Gouvernance et résilience"):
        make_abstract(edition, title_fr=title, title_en="Resilience and governance")
    assert search(edition, typed, reader).suggestion == meant


def test_suggestion_is_shown_with_few_results(edition):
    for title in ("La gouvernance", "Gouvernance locale"):
        make_abstract(edition, title_fr=title)
    make_abstract(edition, title_fr="Essai", text_fr="Des élus gouvernent.")
    results = search(edition, "gouvernence", "fr")
    assert (results.suggestion, results.is_mended) == ("gouvernance", False)
    assert found(edition, "gouvernence") == {"abstract": ["Essai"]}


def test_word_found_in_a_title_gets_no_suggestion(edition):
    make_abstract(edition, title_fr="Le port")
    for _ in range(3):
        make_abstract(edition, title_fr="Le pont")
    assert search(edition, "port", "fr").suggestion == ""


def test_results_in_another_language_suggest_the_reader_word(edition):
    for _ in range(7):
        make_abstract(edition, title_fr="La résilience", title_en="Measuring resilience")
    results = search(edition, "resiliance", "fr")
    assert (results.languages, results.suggestion) == ({"en"}, "résilience")
    assert search(edition, "resilience", "fr").languages == {"fr"}


@pytest.mark.parametrize("q", ["secrat", "secrets tramwey"])
def test_hidden_words_are_not_suggested(edition, q):
    make_abstract(edition, title_fr="Secret", status="withdrawn")
    make_abstract(edition, title_fr="Secret", published_at=TOMORROW)
    make_abstract(make_edition("2019"), title_fr="Secret, tramway")
    make_speaker(edition, family_name_fr="Secret", is_published=False)
    assert search(edition, q, "fr").suggestion == ""


def test_stop_word_is_not_corrected(edition):
    make_abstract(edition, title_fr="Lac du tramway")
    assert search(edition, "la tramwey", "fr").suggestion == "la tramway"


def test_suggestion_without_results_is_not_made(edition):
    make_abstract(edition, title_fr="Tramway")
    make_abstract(edition, title_fr="Résilience")
    assert search(edition, "tramwey resiliance", "fr").suggestion == ""


# The page of results


def fill(edition, number: int) -> None:
    for _ in range(number):
        abstract = make_abstract(edition, title_fr="Phare", session=make_session(edition))
        speaker = make_speaker(edition, family_name_fr="Phare")
        make_author(abstract, speaker=speaker)
        make_keyword(abstract, name_fr=f"Phare {abstract.pk}")
        make_participation(abstract.session, speaker)
        make_page(edition, title_fr="Phare")
        make_room(edition, name_fr="Phare")
        make_news(edition, title_fr="Phare")


@pytest.mark.parametrize("number", [1, 3])
def test_number_of_queries_does_not_grow(client, edition, django_assert_num_queries, number):
    fill(edition, number)
    with django_assert_num_queries(13):
        page = main(client.get("/fr/2021/search/?q=phare"))
    assert len(page.xpath(".//article")) == 7 * number


def test_programme_without_query_does_not_read_the_search_index(
    client, edition, django_assert_num_queries
):
    fill(edition, 2)
    with connection.execute_wrapper(refuse_the_search):
        assert client.get("/fr/2021/programme/").status_code == 200


def refuse_the_search(execute, sql, *rest):
    assert "symposium_search" not in sql
    return execute(sql, *rest)


def test_page_without_query_shows_the_form_only(client, edition):
    page = main(client.get("/en/2021/search/"))
    assert page.xpath("count(.//form[@role='search'][@method='get'])") == 1
    assert page.xpath(".//*[@role='status'] | .//article") == []


def test_page_without_results_states_it(client, edition):
    make_abstract(edition, title_fr="Résilience")
    page = main(client.get("/en/2021/search/?q=xyzzy"))
    assert texts(page, ".//*[@role='status']//h2") == ["No results"]


def test_page_announces_a_corrected_query(client, edition):
    for number in range(21):
        make_abstract(edition, title_fr=f"Résilience {number}", title_en="")
    page = main(client.get("/fr/2021/search/?q=resilianse"))
    assert texts(page, ".//*[@role='status']/p") == [
        "Rien n’a été trouvé pour « resilianse ». Voici les résultats pour résilience.",
        "21 résultats",
    ]
    assert hrefs(page, ".//*[@role='status']//a") == ["?q=r%C3%A9silience"]
    assert hrefs(page, ".//section//a[@class='more']") == ["?q=r%C3%A9silience&kind=abstract"]
    assert page.xpath("string(.//input[@name='q']/@value)") == "resilianse"


def test_page_shows_a_suggestion_above_few_results(client, edition):
    for _ in range(2):
        make_abstract(edition, title_fr="Gouvernance")
    make_abstract(edition, title_fr="Des élus gouvernent")
    page = main(client.get("/fr/2021/search/?q=gouvernence"))
    assert texts(page, ".//*[@role='status']/p") == [
        "Vouliez-vous dire : gouvernance", "1 résultat"
    ]  # fmt: skip
    assert texts(page, ".//article//h3") == ["Des élus gouvernent"]


def test_page_states_the_language_of_the_results(client, edition):
    for language in ("fr", "en"):
        titles = {"title_fr": "", f"title_{language}": f"Transport {language}"}
        make_abstract(edition, **titles, text_fr="Eau.")
    make_abstract(edition, title_fr="", title_ar="Transport ar", text_fr="Eau.")
    page = main(client.get("/en/2021/search/?q=transport"))
    assert texts(page, ".//section//p[@class='legend'] | .//article//h3") == [
        "Transport en", "Results in French", "Transport fr", "Results in Arabic", "Transport ar"
    ]  # fmt: skip
    Abstract.objects.filter(title_en="Transport en").update(title_en="Another")
    page = main(client.get("/en/2021/search/?q=transport"))
    assert texts(page, ".//*[@role='status']/p") == ["2 results, none in the language of this page"]


def test_results_in_the_reader_language_come_first(edition):
    for number in range(103):
        make_abstract(edition, title_fr="", title_en=f"Tram tram {number}", text_fr="Eau.")
    for number in range(3):
        make_abstract(edition, title_fr=f"Tram {number}", text_fr="Un tram.", title_en="Other")
    [group] = search(edition, "tram", "fr").groups
    assert (group.total, len(group.hits)) == (106, 20)
    assert [hit.language for hit in group.hits] == ["fr"] * 3 + ["en"] * 17
    pages = [search(edition, "tram", "fr", kind="abstract", page=n).groups[0] for n in (1, 2)]
    assert [(page.total, len(page.hits)) for page in pages] == [(106, 100), (106, 6)]
    assert len({hit.thing.pk for page in pages for hit in page.hits}) == 106


@pytest.mark.parametrize(
    ("q", "reader"),
    [("salle corniche", "fr"), ("Corniche", "ar"), ("قاعه الكورنيش", "fr"), ("corniche room", "en"),
     ("ascenseur", "fr")],
)  # fmt: skip
def test_room_is_found_by_names_and_description(edition, q, reader):
    room = make_room(
        edition, slug="corniche", name_fr="Salle Corniche", name_en="Corniche Room",
        name_ar="قاعة الكورنيش", description_fr="Deuxième étage, par l’ascenseur",
    )  # fmt: skip
    hit = only_hit(edition, q, reader)
    assert (hit.thing, "/2021/rooms/corniche/" in hit.url) == (room, True)
    room.delete()
    assert not finds(edition, q)


def test_page_is_found_by_its_text(edition):
    make_page(
        edition, slug="practical", title_fr="Informations pratiques",
        body_fr="## Sur place\n\nLe Wi-Fi est ouvert. Le parking est gratuit.",
    )  # fmt: skip
    for q in ("wifi", "Wi-Fi", "wi fi", "parking", "PARKING gratuit"):
        assert found(edition, q) == {"page": ["Informations pratiques"]}, q
        assert "<mark>" in only_hit(edition, q).extract, q


def test_page_with_results_states_count_and_languages(client, edition):
    make_abstract(edition, title_fr="Le phare", title_en="", slug="phare")
    make_session(edition, title_fr="Phare", title_en="Phare", slug="phares", status="cancelled")
    page = main(client.get("/en/2021/search/?q=phares"))
    assert texts(page, ".//*[@role='status']/p") == ["2 results"]
    assert texts(page, ".//section/h2") == ["Abstracts 1", "Sessions 1"]
    assert hrefs(page, ".//article//h3/a") == [
        "/en/2021/abstracts/phare/", "/en/2021/programme/phares/"
    ]  # fmt: skip
    assert page.xpath(".//article/div/@lang") == ["fr", "en"]
    assert texts(page, ".//article//*[contains(@class, 'tag-bad')]") == ["Cancelled"]


def test_page_links_to_all_results_of_a_kind(client, edition):
    for number in range(21):
        make_abstract(edition, title_fr=f"Quai {number}")
    page = main(client.get("/en/2021/search/?q=quai"))
    assert texts(page, ".//section//a[@class='more']") == ["Abstracts: see all 21"]
    [href] = hrefs(page, ".//section//a[@class='more']")
    everything = main(client.get(f"/en/2021/search/{href}"))
    assert len(everything.xpath(".//article")) == 21


def test_search_page_is_not_indexed(client, edition):
    page = tree(client.get("/fr/2021/search/?q=a"))
    assert page.xpath("//meta[@name='robots']/@content") == ["noindex"]


# OpenSearch


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_opensearch_description_is_linked(client, edition, language):
    page = tree(client.get(f"/{language}/2021/"))
    [href] = page.xpath("//head/link[@rel='search']/@href")
    response = client.get(href)
    assert response["Content-Type"] == "application/opensearchdescription+xml"
    document = etree.fromstring(response.content)
    names = {"o": "http://a9.com/-/spec/opensearch/1.1/"}
    assert document.xpath("//o:Url[@type='text/html']/@template", namespaces=names) == [
        f"http://testserver/{language}/2021/search/?q={{searchTerms}}"
    ]
    assert document.xpath("string(//o:Language)", namespaces=names) == language
    assert document.xpath("string(//o:ShortName)", namespaces=names) == "2021"


def test_opensearch_description_without_current_edition_is_404(client, db):
    assert client.get("/opensearch.xml").status_code == 404


# The programme


def test_programme_filter_uses_the_same_search(client, edition):
    make_session(edition, title_fr="Les villes régénérées", slug="a")
    told = make_session(edition, title_fr="Séance", slug="b")
    make_abstract(session=told, text_fr="Une smart-city")
    make_session(edition, title_fr="", title_en="AI for vital services", slug="c")
    for q, titles in {
        "AI": ["AI for vital services"],
        "la ville regeneree": ["Les villes régénérées"],
        '"Smart City"': ["Séance"],
        "ville -regeneree": [],
        "tramway or ville": ["Les villes régénérées"],
    }.items():
        page = main(client.get("/fr/2021/programme/", {"q": q, "day": "all"}))
        assert texts(page, ".//article//h4") == titles, q


def test_every_kind_is_indexed_in_the_database(edition):
    fill(edition, 1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT kind FROM symposium_search")
        assert {kind for (kind,) in cursor} == set(KINDS)


# All editions


def test_switch_searches_all_published_editions(client):
    first = make_edition("2021", short_name_fr="Symposium")
    second = make_edition("2026", starts_on=datetime.date(2026, 6, 9), short_name_fr="Colloque")
    hidden = make_edition("2027", is_published=False)
    for edition in (first, second, hidden):
        make_session(edition, title_fr=f"Le tramway en {edition.slug}")
    used_in_both = make_keyword(make_abstract(first), name_fr="Tramway du port")
    AbstractKeyword.objects.create(abstract=make_abstract(second), keyword=used_in_both)
    speaker = make_speaker(first, family_name_fr="Tramway")

    def found(query: str) -> dict[str, list[tuple[str, str]]]:
        results = client.get(f"/fr/2026/search/{query}").context["results"]
        return {
            group.kind: sorted((str(hit.thing), hit.edition.slug) for hit in group.hits)
            for group in results.groups
            if group.kind != "abstract"  # those with the keyword
        }

    assert found("?q=tramway") == {
        "keyword": [("Tramway du port", "2026")],
        "session": [("Le tramway en 2026", "2026")],
    }
    assert found("?q=tramway&editions=all") == {
        "keyword": [("Tramway du port", "2026")],
        "session": [("Le tramway en 2021", "2021"), ("Le tramway en 2026", "2026")],
        "speaker": [(str(speaker), "2021")],
    }
    page = client.get("/fr/2026/search/?q=tramway&editions=all").content.decode()
    assert "Colloque <bdi>2026</bdi>" in page
    assert 'href="?q=tramway&amp;editions=all&amp;kind=session"' in page
    assert f'href="{speaker.get_absolute_url()}"' in page


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow_with_editions(client, count, django_assert_max_num_queries):
    for number in range(count):
        edition = make_edition(f"20{number + 21}", starts_on=datetime.date(2021 + number, 6, 9))
        make_session(edition, title_fr="Le tramway")
        make_keyword(make_abstract(edition, title_fr="Tramway"))
    assert search(None, "tramway", "fr").total == 2 * count
    with django_assert_max_num_queries(7):
        search(None, "tramway", "fr")
