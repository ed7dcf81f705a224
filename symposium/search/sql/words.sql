-- The words of titles and names, from which one that was mistyped is mended: by the nearest; one
-- that is known was not mistyped.
CREATE TABLE symposium_search_word (word text NOT NULL, plain text NOT NULL);
COMMENT ON TABLE symposium_search_word IS 'The words of titles and names, for « did you mean ».';
CREATE INDEX symposium_search_word_once ON symposium_search_word (word);
CREATE INDEX symposium_search_word_plain ON symposium_search_word USING gin (plain gin_trgm_ops);
CREATE INDEX symposium_search_word_same ON symposium_search_word (plain);

CREATE FUNCTION symposium_search_words(text) RETURNS SETOF text LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
    SELECT word
    FROM regexp_split_to_table(lower(symposium_words(symposium_common_letters($1))), '\s+') AS word
    WHERE length(word) BETWEEN 3 AND 40;
END;

-- Nobody waits here: a word may stand twice where two people write it at once, and goes with the
-- last thing that says it, so that a name does not outlive whose it is.
CREATE FUNCTION symposium_search_words_insert() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off AS $$
BEGIN
    INSERT INTO symposium_search_word (word, plain)
    SELECT word, symposium_plain(word) FROM (
        SELECT DISTINCT word FROM written,
            symposium_search_words(
                concat_ws(' ', title_fr, also_fr, title_en, also_en, title_ar, also_ar)
            ) AS word
    ) AS said
    WHERE NOT EXISTS (SELECT FROM symposium_search_word known WHERE known.word = said.word);
    RETURN NULL;
END
$$;
CREATE FUNCTION symposium_search_words_update() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off AS $$
BEGIN
    INSERT INTO symposium_search_word (word, plain)
    SELECT word, symposium_plain(word) FROM (
        SELECT DISTINCT word FROM written,
            symposium_search_words(
                concat_ws(' ', title_fr, also_fr, title_en, also_en, title_ar, also_ar)
            ) AS word
    ) AS said
    WHERE NOT EXISTS (SELECT FROM symposium_search_word known WHERE known.word = said.word);

    DELETE FROM symposium_search_word WHERE ctid = ANY (ARRAY(
        SELECT known.ctid FROM symposium_search_word known
        JOIN (
            SELECT word FROM (
                SELECT DISTINCT word FROM former, symposium_search_words(
                    concat_ws(' ', title_fr, also_fr, title_en, also_en, title_ar, also_ar)
                ) AS word
                EXCEPT SELECT DISTINCT word FROM written, symposium_search_words(
                    concat_ws(' ', title_fr, also_fr, title_en, also_en, title_ar, also_ar)
                ) AS word
            ) AS lost
            WHERE NOT EXISTS (
                SELECT FROM symposium_search
                WHERE search_fr @@ symposium_query_fr(word) OR search_en @@ symposium_query_en(word)
                    OR search_ar @@ symposium_query_ar(word)
            ) OFFSET 0
        ) AS gone USING (word) FOR UPDATE OF known SKIP LOCKED
    ));
    RETURN NULL;
END
$$;
CREATE FUNCTION symposium_search_words_delete() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off AS $$
BEGIN
    DELETE FROM symposium_search_word WHERE ctid = ANY (ARRAY(
        SELECT known.ctid FROM symposium_search_word known
        JOIN (
            SELECT word FROM (
                SELECT DISTINCT word FROM former, symposium_search_words(
                    concat_ws(' ', title_fr, also_fr, title_en, also_en, title_ar, also_ar)
                ) AS word
            ) AS lost
            WHERE NOT EXISTS (
                SELECT FROM symposium_search
                WHERE search_fr @@ symposium_query_fr(word) OR search_en @@ symposium_query_en(word)
                    OR search_ar @@ symposium_query_ar(word)
            ) OFFSET 0
        ) AS gone USING (word) FOR UPDATE OF known SKIP LOCKED
    ));
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION symposium_search_words_insert IS 'Learn the words of new titles and names.';
COMMENT ON FUNCTION symposium_search_words_update
IS 'Learn the words of new titles and names, and forget those that nothing says any more.';
COMMENT ON FUNCTION symposium_search_words_delete IS 'Forget the words that nothing says any more.';
CREATE TRIGGER words_insert AFTER INSERT ON symposium_search
REFERENCING NEW TABLE AS written
FOR EACH STATEMENT EXECUTE FUNCTION symposium_search_words_insert();
CREATE TRIGGER words_update AFTER UPDATE ON symposium_search
REFERENCING OLD TABLE AS former NEW TABLE AS written
FOR EACH STATEMENT EXECUTE FUNCTION symposium_search_words_update();
CREATE TRIGGER words_delete AFTER DELETE ON symposium_search
REFERENCING OLD TABLE AS former
FOR EACH STATEMENT EXECUTE FUNCTION symposium_search_words_delete();
