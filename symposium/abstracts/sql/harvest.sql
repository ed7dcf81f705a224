-- What harvesters are told: one row in `symposium_abstracts_oairecord` for each abstract that was
-- ever public. Triggers on all that a harvested record shows keep it right, so that an admin edit,
-- an import and plain SQL all count, and a record that is gone is still known to be gone.

-- What harvesters read of an abstract, while it may be public: from when, a digest of all that its
-- record shows, and its sets. It says what `AbstractQuerySet.published` says; a test compares them.
CREATE FUNCTION symposium_harvest_state(guids uuid[])
RETURNS TABLE (guid uuid, public_from timestamptz, digest text, sets text[])
LANGUAGE sql STABLE AS $$
    SELECT
        abstract.guid,
        abstract.published_at,
        md5(jsonb_build_array(
            to_jsonb(abstract) - '{id, session_id, updated_at}'::text[],
            jsonb_build_array(edition.slug, edition.name_fr, edition.name_en, edition.name_ar,
                              edition.time_zone),
            (SELECT jsonb_agg(jsonb_build_array(partner.name_fr, partner.name_en, partner.name_ar)
                              ORDER BY partner."order", partner.id)
             FROM symposium_editions_partner partner
             WHERE partner.edition_id = edition.id AND partner.kind = 'organiser'),
            (SELECT jsonb_agg(
                jsonb_build_array(
                    to_jsonb(author) - '{id, abstract_id, order}'::text[],
                    speaker.given_name_fr, speaker.given_name_en, speaker.given_name_ar,
                    speaker.family_name_fr, speaker.family_name_en, speaker.family_name_ar)
                ORDER BY author."order", author.id)
             FROM symposium_abstracts_author author
             LEFT JOIN symposium_speakers_speaker speaker ON speaker.id = author.speaker_id
             WHERE author.abstract_id = abstract.id),
            (SELECT jsonb_agg(
                jsonb_build_array(keyword.slug, keyword.name_fr, keyword.name_en, keyword.name_ar)
                ORDER BY used."order", used.id)
             FROM symposium_abstracts_abstractkeyword used
             JOIN symposium_abstracts_keyword keyword ON keyword.id = used.keyword_id
             WHERE used.abstract_id = abstract.id)
        )::text),
        ARRAY['edition', 'edition:' || edition.slug, 'kind', 'kind:' || abstract.kind]
        || ARRAY(SELECT 'keyword' FROM symposium_abstracts_abstractkeyword used
                 WHERE used.abstract_id = abstract.id LIMIT 1)
        || ARRAY(SELECT 'keyword:' || keyword.slug FROM symposium_abstracts_abstractkeyword used
                 JOIN symposium_abstracts_keyword keyword ON keyword.id = used.keyword_id
                 WHERE used.abstract_id = abstract.id ORDER BY used."order", used.id)
    FROM symposium_abstracts_abstract abstract
    JOIN symposium_editions_edition edition ON edition.id = abstract.edition_id
    LEFT JOIN symposium_sessions_session session ON session.id = abstract.session_id
    WHERE abstract.guid = ANY (guids) AND abstract.status = 'published' AND edition.is_published
      AND (session.id IS NULL OR session.status <> 'draft')
$$;

-- The rows are locked first, in one order: of two that change one thing at once, the second sees
-- what the first wrote, and neither waits for a row of the other's. The lock after them is shared
-- and waited for by nobody: it marks the transactions whose datestamps are given but not seen yet.
-- It is taken before the clock is read, as the horizon relies on. A plan made for a small table
-- would be kept while an import makes it large.
CREATE FUNCTION symposium_harvest(touched uuid[]) RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    instant timestamptz;
BEGIN
    IF touched IS NULL OR touched = '{}' THEN
        RETURN;
    END IF;
    PERFORM FROM symposium_abstracts_oairecord WHERE guid = ANY (touched) ORDER BY guid FOR UPDATE;
    PERFORM pg_advisory_xact_lock_shared(20215);
    instant := clock_timestamp();

    INSERT INTO symposium_abstracts_oairecord AS kept
        (guid, public_from, was_public, changed_at, digest, sets, sets_ever)
    SELECT state.guid, state.public_from, false, date_trunc('second', instant), state.digest,
           state.sets, state.sets
    FROM symposium_harvest_state(touched) state ORDER BY state.guid
    ON CONFLICT (guid) DO UPDATE
    SET public_from = excluded.public_from,
        was_public = kept.was_public OR coalesce(kept.public_from <= instant, false),
        changed_at = excluded.changed_at, digest = excluded.digest, sets = excluded.sets,
        sets_ever = ARRAY(SELECT unnest(kept.sets_ever) UNION SELECT unnest(excluded.sets)
                          ORDER BY 1)
    WHERE (kept.public_from, kept.digest) IS DISTINCT FROM (excluded.public_from, excluded.digest);

    UPDATE symposium_abstracts_oairecord kept
    SET public_from = NULL, was_public = kept.was_public OR kept.public_from <= instant,
        changed_at = date_trunc('second', instant)
    WHERE kept.guid = ANY (touched) AND kept.public_from IS NOT NULL
      AND kept.guid NOT IN (SELECT guid FROM symposium_harvest_state(touched));
END
$$;

-- A datestamp before this instant is seen by whoever reads after it; later ones may still come,
-- from transactions that have not ended.
CREATE FUNCTION symposium_harvest_horizon() RETURNS timestamptz LANGUAGE plpgsql AS $$
DECLARE
    instant timestamptz := clock_timestamp();
BEGIN
    RETURN least(instant, (
        SELECT min(activity.xact_start)
        FROM pg_locks held JOIN pg_stat_activity activity USING (pid)
        WHERE held.locktype = 'advisory' AND held.pid <> pg_backend_pid()
          AND (held.classid, held.objid, held.objsubid) = (0, 20215, 1)
          AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    ));
END
$$;

-- The arguments are the column that leads to abstracts, and the query that finds them from its
-- values, `touched`.
CREATE FUNCTION symposium_harvest_follow() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    rows text := CASE TG_OP
        WHEN 'INSERT' THEN 'SELECT %1$I FROM after'
        WHEN 'DELETE' THEN 'SELECT %1$I FROM before'
        ELSE 'SELECT %1$I FROM before UNION SELECT %1$I FROM after'
    END;
    guids uuid[];
BEGIN
    EXECUTE format('WITH touched AS (%s) SELECT ARRAY(%s)', format(rows, TG_ARGV[0]), TG_ARGV[1])
    INTO guids;
    PERFORM symposium_harvest(guids);
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION symposium_harvest_follow
IS 'Harvest anew, once a statement, the abstracts whose record shows a row that it wrote.';

CREATE FUNCTION symposium_harvest_truncated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM symposium_harvest(ARRAY(SELECT guid FROM symposium_abstracts_oairecord));
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION symposium_harvest_truncated
IS 'Tell harvesters that all records are gone.';
CREATE TRIGGER then_harvest_truncate AFTER TRUNCATE ON symposium_abstracts_abstract
FOR EACH STATEMENT EXECUTE FUNCTION symposium_harvest_truncated();

-- Triggers fire in the order of their names: these after the `search_*` ones, on every table, so
-- that two statements take the rows of both in one order.
DO $$
DECLARE
    shown record;
    call text;
BEGIN
    FOR shown IN SELECT * FROM (VALUES
        ('symposium_abstracts_abstract', 'guid', 'SELECT guid FROM touched'),
        ('symposium_abstracts_author', 'abstract_id',
         'SELECT guid FROM symposium_abstracts_abstract WHERE id IN (TABLE touched)'),
        ('symposium_abstracts_abstractkeyword', 'abstract_id',
         'SELECT guid FROM symposium_abstracts_abstract WHERE id IN (TABLE touched)'),
        ('symposium_abstracts_keyword', 'id',
         'SELECT guid FROM symposium_abstracts_abstract WHERE id IN (SELECT abstract_id '
         'FROM symposium_abstracts_abstractkeyword WHERE keyword_id IN (TABLE touched))'),
        ('symposium_speakers_speaker', 'id',
         'SELECT guid FROM symposium_abstracts_abstract WHERE id IN (SELECT abstract_id '
         'FROM symposium_abstracts_author WHERE speaker_id IN (TABLE touched))'),
        ('symposium_sessions_session', 'id',
         'SELECT guid FROM symposium_abstracts_abstract WHERE session_id IN (TABLE touched)'),
        ('symposium_editions_partner', 'edition_id',
         'SELECT guid FROM symposium_abstracts_abstract WHERE edition_id IN (TABLE touched)'),
        ('symposium_editions_edition', 'id',
         'SELECT guid FROM symposium_abstracts_abstract WHERE edition_id IN (TABLE touched)')
    ) AS one (name, led_by, guids) LOOP
        call := format('FOR EACH STATEMENT EXECUTE FUNCTION symposium_harvest_follow(%L, %L)',
                       shown.led_by, shown.guids);
        EXECUTE format('CREATE TRIGGER then_harvest_insert AFTER INSERT ON %I '
                       'REFERENCING NEW TABLE AS after %s', shown.name, call);
        EXECUTE format('CREATE TRIGGER then_harvest_update AFTER UPDATE ON %I '
                       'REFERENCING OLD TABLE AS before NEW TABLE AS after %s', shown.name, call);
        EXECUTE format('CREATE TRIGGER then_harvest_delete AFTER DELETE ON %I '
                       'REFERENCING OLD TABLE AS before %s', shown.name, call);
    END LOOP;
END
$$;
