-- The first of three texts that says something.
CREATE FUNCTION symposium_filled(text, text, text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN coalesce(nullif($1, ''), nullif($2, ''), nullif($3, ''), '');

-- A person's name: of the given names, then of the family names, the first that there is.
CREATE FUNCTION symposium_name(text, text, text, text, text, text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN trim(symposium_filled($1, $2, $3) || ' ' || symposium_filled($4, $5, $6));

-- What is shown of each thing, and from when the public may find it: what the `published()` of its
-- model says, which a test compares. Whether the edition is published, and a keyword used there, is
-- asked when one searches.
CREATE VIEW symposium_search_source (
    kind, id, edition_id, public_from,
    title_fr, title_en, title_ar,
    also_fr, also_en, also_ar,
    body_fr, body_en, body_ar
) AS
SELECT
    'keyword', keyword.id, NULL::bigint, '-infinity'::timestamptz,
    coalesce(keyword.name_fr, ''),
    coalesce(keyword.name_en, ''),
    coalesce(keyword.name_ar, ''),
    '', '', '',
    coalesce(keyword.definition_fr, ''),
    coalesce(keyword.definition_en, ''),
    coalesce(keyword.definition_ar, '')
FROM symposium_abstracts_keyword keyword

UNION ALL SELECT
    -- The addresses of the links of a text are not read. What else is Markdown in it holds no word.
    'page', page.id, page.edition_id,
    CASE WHEN page.is_published THEN '-infinity'::timestamptz END,
    coalesce(page.title_fr, ''),
    coalesce(page.title_en, ''),
    coalesce(page.title_ar, ''),
    '', '', '',
    coalesce(regexp_replace(page.body_fr, '!?\[([^\]]*)\]\([^)]*\)', '\1', 'g'), ''),
    coalesce(regexp_replace(page.body_en, '!?\[([^\]]*)\]\([^)]*\)', '\1', 'g'), ''),
    coalesce(regexp_replace(page.body_ar, '!?\[([^\]]*)\]\([^)]*\)', '\1', 'g'), '')
FROM symposium_editions_page page

UNION ALL SELECT
    -- The words under a room say where it is.
    'room', room.id, room.edition_id, '-infinity'::timestamptz,
    coalesce(room.name_fr, ''),
    coalesce(room.name_en, ''),
    coalesce(room.name_ar, ''),
    '', '', '',
    coalesce(room.description_fr, ''),
    coalesce(room.description_en, ''),
    coalesce(room.description_ar, '')
FROM symposium_sessions_room room

UNION ALL SELECT
    'speaker', speaker.id, speaker.edition_id,
    CASE WHEN speaker.is_published THEN '-infinity'::timestamptz END,
    CASE WHEN speaker.family_name_fr > ''
        THEN symposium_name(
            speaker.given_name_fr, speaker.given_name_en, speaker.given_name_ar,
            speaker.family_name_fr, speaker.family_name_en, speaker.family_name_ar
        ) ELSE '' END,
    CASE WHEN speaker.family_name_en > ''
        THEN symposium_name(
            speaker.given_name_en, speaker.given_name_fr, speaker.given_name_ar,
            speaker.family_name_en, speaker.family_name_fr, speaker.family_name_ar
        ) ELSE '' END,
    CASE WHEN speaker.family_name_ar > ''
        THEN symposium_name(
            speaker.given_name_ar, speaker.given_name_fr, speaker.given_name_en,
            speaker.family_name_ar, speaker.family_name_fr, speaker.family_name_en
        ) ELSE '' END,
    concat_ws(' · ', nullif(speaker.position_fr, ''), nullif(speaker.affiliation_fr, '')),
    concat_ws(' · ', nullif(speaker.position_en, ''), nullif(speaker.affiliation_en, '')),
    concat_ws(' · ', nullif(speaker.position_ar, ''), nullif(speaker.affiliation_ar, '')),
    coalesce(speaker.biography_fr, ''),
    coalesce(speaker.biography_en, ''),
    coalesce(speaker.biography_ar, '')
FROM symposium_speakers_speaker speaker

UNION ALL SELECT
    'session', session.id, session.edition_id,
    CASE WHEN session.status IN ('published', 'cancelled') THEN '-infinity'::timestamptz END,
    coalesce(session.title_fr, ''),
    coalesce(session.title_en, ''),
    coalesce(session.title_ar, ''),
    coalesce(speakers.fr, ''),
    coalesce(speakers.en, ''),
    coalesce(speakers.ar, ''),
    coalesce(session.description_fr, ''),
    coalesce(session.description_en, ''),
    coalesce(session.description_ar, '')
FROM symposium_sessions_session session, LATERAL (
    SELECT
            string_agg(
                symposium_name(
                    speaker.given_name_fr, speaker.given_name_en, speaker.given_name_ar,
                    speaker.family_name_fr, speaker.family_name_en, speaker.family_name_ar
                ),
                ' · ' ORDER BY link."order", link.id) AS fr,
            string_agg(
                symposium_name(
                    speaker.given_name_en, speaker.given_name_fr, speaker.given_name_ar,
                    speaker.family_name_en, speaker.family_name_fr, speaker.family_name_ar
                ),
                ' · ' ORDER BY link."order", link.id) AS en,
            string_agg(
                symposium_name(
                    speaker.given_name_ar, speaker.given_name_fr, speaker.given_name_en,
                    speaker.family_name_ar, speaker.family_name_fr, speaker.family_name_en
                ),
                ' · ' ORDER BY link."order", link.id) AS ar
    FROM symposium_sessions_participation link
    JOIN symposium_speakers_speaker speaker ON speaker.id = link.speaker_id
    WHERE link.session_id = session.id AND speaker.is_published
) AS speakers

UNION ALL SELECT
    'abstract', abstract.id, abstract.edition_id,
    CASE WHEN abstract.status = 'published' AND NOT EXISTS (
        SELECT FROM symposium_sessions_session session
        WHERE session.id = abstract.session_id AND session.status = 'draft'
    ) THEN abstract.published_at END,
    coalesce(abstract.title_fr, ''),
    coalesce(abstract.title_en, ''),
    coalesce(abstract.title_ar, ''),
    concat_ws(' · ', keywords.fr, authors.fr),
    concat_ws(' · ', keywords.en, authors.en),
    concat_ws(' · ', keywords.ar, authors.ar),
    coalesce(abstract.text_fr, ''),
    coalesce(abstract.text_en, ''),
    coalesce(abstract.text_ar, '')
FROM symposium_abstracts_abstract abstract, LATERAL (
    SELECT
            string_agg(
                symposium_filled(keyword.name_fr, keyword.name_en, keyword.name_ar),
                ' · ' ORDER BY used."order", used.id) AS fr,
            string_agg(
                symposium_filled(keyword.name_en, keyword.name_fr, keyword.name_ar),
                ' · ' ORDER BY used."order", used.id) AS en,
            string_agg(
                symposium_filled(keyword.name_ar, keyword.name_fr, keyword.name_en),
                ' · ' ORDER BY used."order", used.id) AS ar
    FROM symposium_abstracts_abstractkeyword used
    JOIN symposium_abstracts_keyword keyword ON keyword.id = used.keyword_id
    WHERE used.abstract_id = abstract.id
) AS keywords, LATERAL (
    SELECT
            string_agg(
                CASE WHEN speaker.id IS NULL THEN symposium_name(
                    author.given_name_fr, author.given_name_en, author.given_name_ar,
                    author.family_name_fr, author.family_name_en, author.family_name_ar
                ) ELSE symposium_name(
                    speaker.given_name_fr, speaker.given_name_en, speaker.given_name_ar,
                    speaker.family_name_fr, speaker.family_name_en, speaker.family_name_ar
                ) END,
                ' · ' ORDER BY author."order", author.id) AS fr,
            string_agg(
                CASE WHEN speaker.id IS NULL THEN symposium_name(
                    author.given_name_en, author.given_name_fr, author.given_name_ar,
                    author.family_name_en, author.family_name_fr, author.family_name_ar
                ) ELSE symposium_name(
                    speaker.given_name_en, speaker.given_name_fr, speaker.given_name_ar,
                    speaker.family_name_en, speaker.family_name_fr, speaker.family_name_ar
                ) END,
                ' · ' ORDER BY author."order", author.id) AS en,
            string_agg(
                CASE WHEN speaker.id IS NULL THEN symposium_name(
                    author.given_name_ar, author.given_name_fr, author.given_name_en,
                    author.family_name_ar, author.family_name_fr, author.family_name_en
                ) ELSE symposium_name(
                    speaker.given_name_ar, speaker.given_name_fr, speaker.given_name_en,
                    speaker.family_name_ar, speaker.family_name_fr, speaker.family_name_en
                ) END,
                ' · ' ORDER BY author."order", author.id) AS ar
    FROM symposium_abstracts_author author
    LEFT JOIN symposium_speakers_speaker speaker ON speaker.id = author.speaker_id
    WHERE author.abstract_id = abstract.id
) AS authors;
