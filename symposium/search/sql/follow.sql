-- Bring the rows of some things of one kind up to date.
--
-- The rows are locked first: of two that change one thing at once, the second sees what the first
-- wrote, since each statement of a function looks anew. What is there is updated, since an upsert
-- would read each text before it knows that it is there. A plan made for a small table would be
-- kept while an import makes it large; and a plan made for one kind leaves the others of the view
-- out.
CREATE FUNCTION symposium_search_refresh(of_kind text, ids bigint[]) RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_custom_plan AS $$
BEGIN
    IF cardinality(ids) = 0 THEN
        RETURN;
    END IF;
    PERFORM FROM symposium_search WHERE kind = of_kind AND id = ANY(ids) ORDER BY id FOR UPDATE;

    WITH said AS MATERIALIZED (
        SELECT * FROM symposium_search_source source
        WHERE source.kind = of_kind AND source.id = ANY(ids) ORDER BY source.id
    ), updated AS (
        UPDATE symposium_search known SET (
            edition_id, public_from,
            title_fr, title_en, title_ar, also_fr, also_en, also_ar, body_fr, body_en, body_ar
        ) = ROW(
            said.edition_id, said.public_from, said.title_fr, said.title_en, said.title_ar,
            said.also_fr, said.also_en, said.also_ar,
            said.body_fr, said.body_en, said.body_ar
        )
        FROM said WHERE known.kind = of_kind AND known.id = said.id AND (
            known.edition_id, known.public_from, known.title_fr, known.title_en, known.title_ar,
            known.also_fr, known.also_en, known.also_ar,
            known.body_fr, known.body_en, known.body_ar
        ) IS DISTINCT FROM (
            said.edition_id, said.public_from, said.title_fr, said.title_en, said.title_ar,
            said.also_fr, said.also_en, said.also_ar,
            said.body_fr, said.body_en, said.body_ar
        )
    )
    INSERT INTO symposium_search (
        kind, id,
        edition_id, public_from,
        title_fr, title_en, title_ar, also_fr, also_en, also_ar, body_fr, body_en, body_ar
    )
    SELECT
        kind, id,
        edition_id, public_from,
        title_fr, title_en, title_ar, also_fr, also_en, also_ar, body_fr, body_en, body_ar
    FROM said WHERE NOT EXISTS (
        SELECT FROM symposium_search known WHERE known.kind = of_kind AND known.id = said.id
    )
    ON CONFLICT DO NOTHING;
END
$$;

-- Kinds are taken in one order, a session before its abstracts, so that no two statements wait for
-- each other. Of what is deleted only the links speak: whoever deletes a thing has deleted them
-- before.
CREATE FUNCTION symposium_search_follow_thing() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_kind text := TG_ARGV[0];
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM symposium_search WHERE kind = of_kind;
        RETURN NULL;
    ELSIF TG_OP = 'DELETE' THEN
        DELETE FROM symposium_search WHERE kind = of_kind AND id IN (SELECT id FROM changed);
        RETURN NULL;
    END IF;
    PERFORM symposium_search_refresh(of_kind, ARRAY(SELECT id FROM changed));
    IF of_kind = 'speaker' THEN
        PERFORM symposium_search_refresh('session', ARRAY(
            SELECT link.session_id FROM symposium_sessions_participation link
            JOIN changed ON changed.id = link.speaker_id));
        PERFORM symposium_search_refresh('abstract', ARRAY(
            SELECT author.abstract_id FROM symposium_abstracts_author author
            JOIN changed ON changed.id = author.speaker_id));
    ELSIF of_kind = 'keyword' THEN
        PERFORM symposium_search_refresh('abstract', ARRAY(
            SELECT used.abstract_id FROM symposium_abstracts_abstractkeyword used
            JOIN changed ON changed.id = used.keyword_id));
    ELSIF of_kind = 'session' THEN  -- an abstract waits with a session that is a draft
        PERFORM symposium_search_refresh('abstract', ARRAY(
            SELECT abstract.id FROM symposium_abstracts_abstract abstract
            JOIN changed ON changed.id = abstract.session_id));
    END IF;
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION symposium_search_follow_thing
IS 'Refresh what the search says of the rows that a statement wrote, and of what names them.';

-- A link that moves leaves one thing and joins another: both are taken at once, in one order.
CREATE FUNCTION symposium_search_follow_link() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_kind text := TG_ARGV[0];
    ids bigint[];
BEGIN
    EXECUTE format('SELECT ARRAY(SELECT %I FROM changed)', of_kind || '_id') INTO ids;
    IF TG_OP = 'UPDATE' THEN
        EXECUTE format('SELECT $1 || ARRAY(SELECT %I FROM former)', of_kind || '_id')
        INTO ids USING ids;
    END IF;
    PERFORM symposium_search_refresh(of_kind, ids);
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION symposium_search_follow_link
IS 'Refresh what the search says of the abstracts or sessions whose links a statement wrote.';

DO $$
DECLARE
    followed record;
    call text;
BEGIN
    FOR followed IN SELECT * FROM (VALUES
        ('symposium_abstracts_keyword', 'thing', 'keyword'),
        ('symposium_editions_page', 'thing', 'page'),
        ('symposium_sessions_room', 'thing', 'room'),
        ('symposium_speakers_speaker', 'thing', 'speaker'),
        ('symposium_sessions_session', 'thing', 'session'),
        ('symposium_abstracts_abstract', 'thing', 'abstract'),
        ('symposium_sessions_participation', 'link', 'session'),
        ('symposium_abstracts_author', 'link', 'abstract'),
        ('symposium_abstracts_abstractkeyword', 'link', 'abstract')
    ) AS one (name, role, kind) LOOP
        call := format('FOR EACH STATEMENT EXECUTE FUNCTION symposium_search_follow_%s(%L)',
                       followed.role, followed.kind);
        EXECUTE format('CREATE TRIGGER search_insert AFTER INSERT ON %I '
                       'REFERENCING NEW TABLE AS changed %s', followed.name, call);
        EXECUTE format('CREATE TRIGGER search_update AFTER UPDATE ON %I '
                       'REFERENCING OLD TABLE AS former NEW TABLE AS changed %s',
                       followed.name, call);
        EXECUTE format('CREATE TRIGGER search_delete AFTER DELETE ON %I '
                       'REFERENCING OLD TABLE AS changed %s', followed.name, call);
        IF followed.role = 'thing' THEN
            EXECUTE format('CREATE TRIGGER search_truncate AFTER TRUNCATE ON %I %s',
                           followed.name, call);
        END IF;
    END LOOP;
END
$$;
