# ruff: noqa: S608 - all that is put together here is written here
"""What the search reads: one row for each thing, kept by the database, which Django never writes.

`symposium_search` holds the words of abstracts, sessions, speakers, pages and keywords in each
language, those that lie in other tables too (the names of keywords, authors, speakers), what is
looked for in them, and from when the public may find the thing. It stands apart from the tables of
the things, so that their rows stay small, their columns can be altered, and whoever adds a speaker
to a session locks no session. `symposium_search_word` holds the words of titles and names, from
which one that was mistyped is mended.
"""

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations

LANGUAGES = ("fr", "en", "ar")

# Letters, before any dictionary. What ends a word, in a regular expression: « smart-city » and
# « l’eau » are two. What stands inside one and is dropped: soft hyphen, zero-width and direction
# marks, tatweel, Arabic vowel signs. (`translate` takes fifteen times as long.)
BREAKS = r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]\^_`{|}~¡¿«»‹›‘’‚‛“”„‟´¨·•…‐‑‒–—―−⁄،؛؟٪٫٬۔\ue000\ue001]+"
INSIDE = r"[\u00ad\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\u0640\u064b-\u0655\u0670]+"
# The forms of one Arabic letter, and what each becomes.
FORMS = {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ئ": "ي", "ؤ": "و", "ة": "ه"}
LATIN, ARABIC = "a-zà-öø-ÿœ", "ء-ي"

# PostgreSQL's French list lacks the first line; the second is its own, typed without accents.
FRENCH_STOP = (
    "les|mêmes|cet|cette|ils|elles|leurs|où|dont|a|"
    "meme|memes|ete|etee|etees|etes|etant|etante|etants|etantes|etais|etait|etions|etiez|etaient"
)
# It has no Arabic list. Written as the words are once their letters are made one.
ARABIC_STOP = (
    "في|من|علي|الي|عن|مع|هذا|هذه|ذلك|تلك|التي|الذي|الذين|ان|انه|انها|ما|لا|لم|لن|او|ثم|كل|قد|كان|"
    "كانت|هو|هي|هم|بين|حتي|اذا|كما|لكن|بعد|قبل|عند|ايضا"
)

# In capitals these are names, though the same letters are a word of the lists above.
NAMES_IN_CAPITALS = {"fr": "AI|EU", "en": "IT|WHO", "ar": "IT|WHO"}


def lower(code: str) -> str:
    """SQL: what is given in small letters; a name in capitals becomes a word that nobody writes."""
    return f"lower(regexp_replace($1, '\\m({NAMES_IN_CAPITALS[code]})\\M', 'x\\1x', 'g'))"


def one_form(text: str) -> str:
    """SQL: `text` with each form of a letter made the same."""
    for form, letter in FORMS.items():
        text = f"replace({text}, '{form}', '{letter}')"
    return text


# `RETURN` binds what it names when it is made: a restored dump finds it whatever its search path.
FUNCTIONS = f"""
CREATE FUNCTION symposium_words(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN regexp_replace(regexp_replace(normalize($1, NFKC),
    $mark${INSIDE}$mark$, '', 'g'), $mark${BREAKS}$mark$, ' ', 'g');

CREATE FUNCTION symposium_one_form(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN {one_form("lower($1)")};

-- Its feminine takes its masculine's stem (régénérée, première), with accents or without.
CREATE FUNCTION symposium_letters_fr(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN regexp_replace(regexp_replace(regexp_replace({lower("fr")},
    '(^|[^{LATIN}])(?:{FRENCH_STOP})(?![{LATIN}])', '\\1', 'g'),
    '([{LATIN}]{{3}})[ée]es?(?![{LATIN}])', '\\1e', 'g'),
    '([{LATIN}]{{2}})i[èe]res?(?![{LATIN}])', '\\1ier', 'g');

CREATE FUNCTION symposium_letters_en(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN {lower("en")};

-- The article goes, with the « and », « by », « like », « for » written in one word with it; then
-- each word of three letters gets it, since the stemmer takes what has none for a verb.
CREATE FUNCTION symposium_letters_ar(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN regexp_replace(regexp_replace(regexp_replace(
    symposium_one_form({lower("ar")}),
    '(^|[^{ARABIC}])[وف]?(?:{ARABIC_STOP})(?![{ARABIC}])', '\\1', 'g'),
    '([{ARABIC}]{{2}})ه(?![{ARABIC}])', '\\1ة', 'g'),
    '(^|[^{ARABIC}])(?:[وف]?[بك]?(?:ال)+|[وف]?لل)?([{ARABIC}]{{3,}})', '\\1ال\\2', 'g');

-- For the likeness of two words. pg_trgm sees only letters that the server's locale knows, which
-- may be ASCII alone: an Arabic letter takes a sign of its own.
CREATE FUNCTION symposium_plain(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN translate(
    symposium_one_form(unaccent('unaccent'::regdictionary, symposium_words($1))),
    'ءابتثجحخدذرزسشصضطظعغفقكلمنهوي', '2abtvjqxdpr3sc5z67eogfkulmnhwy');
"""
FUNCTIONS_GONE = "DROP FUNCTION symposium_plain, symposium_one_form, symposium_words, " + ", ".join(
    f"symposium_letters_{code}" for code in LANGUAGES
)

# Stop words first, since unaccent would make « même » one that is not on the list.
CONFIGURATIONS = """
CREATE TEXT SEARCH DICTIONARY symposium_french_stop (
    TEMPLATE = simple, STOPWORDS = french, ACCEPT = false);
CREATE TEXT SEARCH CONFIGURATION symposium_fr (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION symposium_fr
    ALTER MAPPING FOR asciiword, word, numword WITH symposium_french_stop, unaccent, french_stem;
CREATE TEXT SEARCH CONFIGURATION symposium_en (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION symposium_en
    ALTER MAPPING FOR asciiword, word, numword WITH unaccent, english_stem;
CREATE TEXT SEARCH CONFIGURATION symposium_ar (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION symposium_ar
    ALTER MAPPING FOR asciiword WITH english_stem;
ALTER TEXT SEARCH CONFIGURATION symposium_ar
    ALTER MAPPING FOR word, numword WITH unaccent, arabic_stem;
"""
CONFIGURATIONS_GONE = (
    "".join(f"DROP TEXT SEARCH CONFIGURATION symposium_{code};" for code in LANGUAGES)
    + "DROP TEXT SEARCH DICTIONARY symposium_french_stop;"
)

VECTORS = "".join(
    f"""
CREATE FUNCTION symposium_vector_{code}(text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE
STRICT RETURN to_tsvector('symposium_{code}', symposium_letters_{code}(symposium_words($1)));

-- Of words, "phrases" and the word « or »: see symposium/fulltext.py.
CREATE FUNCTION symposium_query_{code}(text) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE
STRICT RETURN websearch_to_tsquery('symposium_{code}', symposium_letters_{code}($1));
"""
    for code in LANGUAGES
)
VECTORS_GONE = "DROP FUNCTION " + ", ".join(
    f"symposium_{what}_{code}" for code in LANGUAGES for what in ("vector", "query")
)

# `title` is what a thing is called, `also` the names it goes with, `body` what it says.
COLUMNS = [f"{part}_{code}" for part in ("title", "also", "body") for code in LANGUAGES]
NEWLINE = "\n    "
TEXTS = "title_{0} || ' ' || also_{0}"
NAMES = " || ' ' || ".join(TEXTS.format(code) for code in LANGUAGES)
# Long values lie outside the row, and the vectors of texts as they are: what is read of each thing
# that answers is short, and a phrase is looked for in a text without unpacking it. `heads` are the
# titles and names of all languages; the weight C is that of texts. Without statistics a word counts
# as a rare one and its index is read: for a frequent one PostgreSQL would read each text, since it
# does not know what that costs.
TABLE = f"""
CREATE TABLE symposium_search (
    kind text COLLATE "C" NOT NULL,
    id bigint NOT NULL,
    edition_id bigint,
    public_from timestamptz,
    heads tsvector NOT NULL,
    {NEWLINE.join(f"search_{code} tsvector NOT NULL," for code in LANGUAGES)}
    {NEWLINE.join(f"{column} text NOT NULL," for column in COLUMNS)}
    PRIMARY KEY (kind, id)
) WITH (toast_tuple_target = 1000);
ALTER TABLE symposium_search ALTER COLUMN heads SET STORAGE main;
{
    NEWLINE.join(
        f"CREATE INDEX symposium_search_{code} ON symposium_search USING gin (search_{code}) "
        "WITH (gin_pending_list_limit = 512);"
        f"ALTER TABLE symposium_search ALTER COLUMN search_{code} SET STORAGE external, "
        f"ALTER COLUMN search_{code} SET STATISTICS 0;"
        for code in LANGUAGES
    )
}
CREATE TABLE symposium_search_word (word text NOT NULL, plain text NOT NULL);
CREATE INDEX symposium_search_word_once ON symposium_search_word (word);
CREATE INDEX symposium_search_word_plain ON symposium_search_word USING gin (plain gin_trgm_ops);
"""

# A text is read anew only where it has changed: a keyword or an author given to ten thousand
# abstracts costs what their names cost. The names stand after the text, whose positions stay.
READ = f"""
CREATE FUNCTION symposium_search_read() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    {
    NEWLINE.join(
        f"heads_{code} tsvector := setweight(symposium_vector_{code}(NEW.title_{code}), 'A')"
        f" || setweight(symposium_vector_{code}(NEW.also_{code}), 'B');"
        for code in LANGUAGES
    )
}
BEGIN
    NEW.heads := {" || ".join(f"heads_{code}" for code in LANGUAGES)};
    {
    NEWLINE.join(
        f"IF TG_OP = 'UPDATE' AND NEW.body_{code} = OLD.body_{code} THEN "
        f"NEW.search_{code} := ts_filter(OLD.search_{code}, '{{c}}') || heads_{code}; ELSE "
        f"NEW.search_{code} := setweight(symposium_vector_{code}(NEW.body_{code}), 'C') "
        f"|| heads_{code}; END IF;"
        for code in LANGUAGES
    )
}
    RETURN NEW;
END
$$;
CREATE TRIGGER read_new BEFORE INSERT ON symposium_search
FOR EACH ROW EXECUTE FUNCTION symposium_search_read();
CREATE TRIGGER read_changed BEFORE UPDATE ON symposium_search
FOR EACH ROW WHEN (({", ".join(f"OLD.{column}" for column in COLUMNS)})
    IS DISTINCT FROM ({", ".join(f"NEW.{column}" for column in COLUMNS)}))
EXECUTE FUNCTION symposium_search_read();
"""


# Nobody waits here: a word may stand twice where two people write it at once, and goes with the
# last thing that says it, so that a name does not outlive whose it is.
def words_of(rows: str) -> str:
    return f"SELECT DISTINCT word FROM {rows}, symposium_search_words({NAMES}) AS word"


def learn(rows: str) -> str:
    return f"""
    INSERT INTO symposium_search_word (word, plain)
    SELECT word, symposium_plain(word) FROM ({words_of(rows)}) AS said
    WHERE NOT EXISTS (SELECT FROM symposium_search_word known WHERE known.word = said.word);
"""


def forget(words: str) -> str:
    said = " OR ".join(f"search_{code} @@ symposium_query_{code}(word)" for code in LANGUAGES)
    return f"""
    DELETE FROM symposium_search_word WHERE ctid = ANY (ARRAY(
        SELECT known.ctid FROM symposium_search_word known
        JOIN (SELECT word FROM ({words}) AS lost
              WHERE NOT EXISTS (SELECT FROM symposium_search WHERE {said}) OFFSET 0) AS gone
        USING (word) FOR UPDATE OF known SKIP LOCKED
    ));
"""


CHANGES = {
    "insert": ("NEW TABLE AS written", learn("written")),
    "update": (
        "OLD TABLE AS former NEW TABLE AS written",
        learn("written") + forget(f"{words_of('former')} EXCEPT {words_of('written')}"),
    ),
    "delete": ("OLD TABLE AS former", forget(words_of("former"))),
}
WORDS = """
CREATE FUNCTION symposium_search_words(text) RETURNS SETOF text LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
    SELECT word FROM regexp_split_to_table(lower(symposium_words($1)), '\\s+') AS word
    WHERE length(word) BETWEEN 3 AND 40;
END;
""" + "".join(
    f"""
CREATE FUNCTION symposium_search_words_{event}() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off AS $$
BEGIN{body}
    RETURN NULL;
END
$$;
CREATE TRIGGER words_{event} AFTER {event} ON symposium_search REFERENCING {rows}
FOR EACH STATEMENT EXECUTE FUNCTION symposium_search_words_{event}();
"""
    for event, (rows, body) in CHANGES.items()
)
TABLE_GONE = """
DROP TABLE symposium_search, symposium_search_word;
DROP FUNCTION symposium_search_read, symposium_search_words_insert, symposium_search_words_update,
    symposium_search_words_delete, symposium_search_words
"""


def filled(column: str, *, first: str) -> str:
    """SQL: a translated column in the language `first`, or else in one that has it."""
    codes = [first, *(code for code in LANGUAGES if code != first)]
    return f"coalesce({', '.join(f'nullif({column}_{code}, {EMPTY})' for code in codes)}, {EMPTY})"


def person(alias: str, code: str) -> str:
    given, family = (filled(f"{alias}.{part}_name", first=code) for part in ("given", "family"))
    return f"trim({given} || ' ' || {family})"


def columns(**parts) -> str:
    """SQL: the columns of a row, in their order; each part gives its own for a language."""
    return ", ".join(
        f"coalesce({parts[part](code)}, {EMPTY})"
        for part in ("title", "also", "body")
        for code in LANGUAGES
    )


EMPTY = "''"
DOT = "' · '"
EVER = "'-infinity'::timestamptz"
# Of each kind: its table, its edition, from when the public may find it, what is shown of it. That
# it may is what the `published()` of its model says, which a test compares; whether the edition is
# published, and a keyword used there, is asked when one searches.
SOURCES = {
    "abstract": (
        "symposium_abstracts_abstract",
        "thing.edition_id",
        """CASE WHEN thing.status = 'published' AND NOT EXISTS (
            SELECT FROM symposium_sessions_session session
            WHERE session.id = thing.session_id AND session.status = 'draft'
        ) THEN thing.published_at END""",
        columns(
            title=lambda code: f"thing.title_{code}",
            also=lambda code: (
                f"""concat_ws({DOT},
        (SELECT string_agg({filled("keyword.name", first=code)}, {DOT} ORDER BY link."order", link.id)
         FROM symposium_abstracts_abstractkeyword link
         JOIN symposium_abstracts_keyword keyword ON keyword.id = link.keyword_id
         WHERE link.abstract_id = thing.id),
        (SELECT string_agg(CASE WHEN speaker.id IS NULL THEN {person("author", code)}
                           ELSE {person("speaker", code)} END,
                           {DOT} ORDER BY author."order", author.id)
         FROM symposium_abstracts_author author
         LEFT JOIN symposium_speakers_speaker speaker ON speaker.id = author.speaker_id
         WHERE author.abstract_id = thing.id))"""
            ),
            body=lambda code: f"thing.text_{code}",
        ),
    ),
    "session": (
        "symposium_sessions_session",
        "thing.edition_id",
        f"CASE WHEN thing.status IN ('published', 'cancelled') THEN {EVER} END",
        columns(
            title=lambda code: f"thing.title_{code}",
            also=lambda code: (
                f"""
        (SELECT string_agg({person("speaker", code)}, {DOT} ORDER BY link."order", link.id)
         FROM symposium_sessions_participation link
         JOIN symposium_speakers_speaker speaker ON speaker.id = link.speaker_id
         WHERE link.session_id = thing.id AND speaker.is_published)"""
            ),
            body=lambda code: f"thing.description_{code}",
        ),
    ),
    "speaker": (
        "symposium_speakers_speaker",
        "thing.edition_id",
        f"CASE WHEN thing.is_published THEN {EVER} END",
        columns(
            title=lambda code: (
                f"CASE WHEN thing.family_name_{code} > '' THEN {person('thing', code)} END"
            ),
            also=lambda code: (
                f"concat_ws({DOT}, nullif(thing.position_{code}, ''), "
                f"nullif(thing.affiliation_{code}, ''))"
            ),
            body=lambda code: f"thing.biography_{code}",
        ),
    ),
    # The addresses of the links of a text are not read. What else is Markdown in it holds no word.
    "page": (
        "symposium_editions_page",
        "thing.edition_id",
        f"CASE WHEN thing.is_published THEN {EVER} END",
        columns(
            title=lambda code: f"thing.title_{code}",
            also=lambda code: EMPTY,
            body=lambda code: (
                f"regexp_replace(thing.body_{code}, '!?\\[([^\\]]*)\\]\\([^)]*\\)', '\\1', 'g')"
            ),
        ),
    ),
    "keyword": (
        "symposium_abstracts_keyword",
        "NULL::bigint",
        EVER,
        columns(
            title=lambda code: f"thing.name_{code}",
            also=lambda code: EMPTY,
            body=lambda code: f"thing.definition_{code}",
        ),
    ),
}
# Whose change is a change of what another says, and how one finds it from the changed rows.
LINKED = {
    "symposium_abstracts_abstractkeyword": {"abstract": "SELECT abstract_id FROM changed"},
    "symposium_abstracts_author": {"abstract": "SELECT abstract_id FROM changed"},
    "symposium_sessions_participation": {"session": "SELECT session_id FROM changed"},
    # An abstract waits with a session that is a draft.
    "symposium_sessions_session": {
        "abstract": "SELECT abstract.id FROM symposium_abstracts_abstract abstract "
        "JOIN changed ON changed.id = abstract.session_id"
    },
    "symposium_abstracts_keyword": {
        "abstract": "SELECT link.abstract_id FROM symposium_abstracts_abstractkeyword link "
        "JOIN changed ON changed.id = link.keyword_id"
    },
    "symposium_speakers_speaker": {
        "abstract": "SELECT author.abstract_id FROM symposium_abstracts_author author "
        "JOIN changed ON changed.id = author.speaker_id",
        "session": "SELECT link.session_id FROM symposium_sessions_participation link "
        "JOIN changed ON changed.id = link.speaker_id",
    },
}

# The rows are locked first: of two that change one thing at once, the second sees what the first
# wrote, since each statement of a function looks anew. What is there is updated, since an upsert
# would read each text before it knows that it is there. A plan made for a small table would be kept
# while an import makes it large.
KEPT = ["edition_id", "public_from", *COLUMNS]
REFRESH = "".join(
    f"""
CREATE FUNCTION symposium_search_{kind}(ids bigint[]) RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_custom_plan AS $$
BEGIN
    IF cardinality(ids) = 0 THEN
        RETURN;
    END IF;
    PERFORM FROM symposium_search WHERE kind = '{kind}' AND id = ANY(ids) ORDER BY id FOR UPDATE;

    WITH said (id, {", ".join(KEPT)}) AS MATERIALIZED (
        SELECT thing.id, {edition}, {public_from}, {source}
        FROM {table} thing WHERE thing.id = ANY(ids)
    )
    UPDATE symposium_search known
    SET ({", ".join(KEPT)}) = ROW({", ".join(f"said.{column}" for column in KEPT)})
    FROM said WHERE known.kind = '{kind}' AND known.id = said.id
        AND ({", ".join(f"known.{column}" for column in KEPT)})
        IS DISTINCT FROM ({", ".join(f"said.{column}" for column in KEPT)});

    INSERT INTO symposium_search (kind, id, {", ".join(KEPT)})
    SELECT '{kind}', thing.id, {edition}, {public_from}, {source}
    FROM {table} thing WHERE thing.id = ANY(ids) AND NOT EXISTS (
        SELECT FROM symposium_search known WHERE known.kind = '{kind}' AND known.id = thing.id
    ) ORDER BY thing.id
    ON CONFLICT DO NOTHING;
END
$$;
"""
    for kind, (table, edition, public_from, source) in SOURCES.items()
)
REFRESH_GONE = "DROP FUNCTION " + ", ".join(f"symposium_search_{kind}" for kind in SOURCES)


def follow(table: str) -> migrations.RunSQL:
    """Triggers that keep the search by what is written to `table`, once a statement."""
    kind = next((kind for kind, (owner, *_rest) in SOURCES.items() if owner == table), None)
    others = LINKED.get(table, {})
    own = {kind: "SELECT id FROM changed"} if kind else {}
    every = {**own, **others}
    # One order of kinds, a session before its abstracts, so that no two wait for each other.
    written = "".join(
        f"    PERFORM symposium_search_{name}(ARRAY({every[name]}));\n"
        for name in reversed(SOURCES)
        if name in every
    )
    # Of what is deleted only the links speak: whoever deletes a thing has deleted them before.
    gone = (
        f"    DELETE FROM symposium_search WHERE kind = '{kind}' AND id IN (SELECT id FROM changed);\n"
        if kind
        else written
    )
    function = f"symposium_follow_{table.removeprefix('symposium_')}"
    events = {
        "INSERT": "NEW TABLE AS changed",
        "DELETE": "OLD TABLE AS changed",
        "UPDATE": "OLD TABLE AS former NEW TABLE AS changed",
    }
    # A link that moves leaves one thing and joins another: both are taken at once, in one order.
    both = "FROM (TABLE former UNION ALL TABLE changed) AS moved"
    moved = "" if kind else written.replace("FROM changed", both) + "        RETURN NULL;\n"
    emptied = (
        f"    IF TG_OP = 'TRUNCATE' THEN DELETE FROM symposium_search WHERE kind = '{kind}'; "
        "RETURN NULL; END IF;\n"
        if kind
        else ""
    )
    return migrations.RunSQL(
        f"""
CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
{emptied}    IF TG_OP = 'DELETE' THEN
{gone}        RETURN NULL;
    END IF;
    {f"IF TG_OP = 'UPDATE' THEN{NEWLINE}{moved}    END IF;" if moved else ""}
{written}    RETURN NULL;
END
$$;
"""
        + "".join(
            f"CREATE TRIGGER search_{event.lower()} AFTER {event} ON {table} REFERENCING {rows} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {function}();\n"
            for event, rows in events.items()
        )
        + (
            f"CREATE TRIGGER search_truncate AFTER TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {function}();"
            if kind
            else ""
        ),
        f"DROP FUNCTION {function} CASCADE",
    )


# However many there are.
FILL = "SET LOCAL statement_timeout = 0;" + "".join(
    f"SELECT symposium_search_{kind}(ARRAY(SELECT id FROM {table}));"
    for kind, (table, *_rest) in SOURCES.items()
)


class Migration(migrations.Migration):
    dependencies = [
        ("symposium_abstracts", "0005_harvest"),
        ("symposium_editions", "0004_offer_hours"),
        ("symposium_speakers", "0003_hold_texts_and_addresses"),
        ("symposium_sessions", "0006_sequence"),
    ]

    operations = [
        TrigramExtension(),
        migrations.RunSQL([FUNCTIONS], [FUNCTIONS_GONE]),
        migrations.RunSQL([CONFIGURATIONS], [CONFIGURATIONS_GONE]),
        migrations.RunSQL([VECTORS], [VECTORS_GONE]),
        migrations.RunSQL([TABLE + READ + WORDS], [TABLE_GONE]),
        migrations.RunSQL([REFRESH], [REFRESH_GONE]),
        *(
            follow(table)
            for table in dict.fromkeys([*LINKED, *(row[0] for row in SOURCES.values())])
        ),
        migrations.RunSQL([FILL], migrations.RunSQL.noop),
    ]
