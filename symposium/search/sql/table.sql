-- What the search reads: one row for each thing, kept by triggers, which Django never writes.
--
-- `title` is what a thing is called, `also` the names it goes with, `body` what it says; those that
-- lie in other tables too (the names of keywords, authors, speakers). `public_from` says from when
-- the public may find the thing. The table stands apart from those of the things, so that their
-- rows stay small, their columns can be altered, and whoever adds a speaker to a session locks no
-- session.
--
-- Long values lie outside the row, and the vectors of texts as they are: what is read of each thing
-- that answers is short, and a phrase is looked for in a text without unpacking it. `heads` are the
-- titles and names of all languages; the weight C is that of texts. Without statistics a word
-- counts as a rare one and its index is read: for a frequent one PostgreSQL would read each text,
-- since it does not know what that costs.
CREATE TABLE symposium_search (
    kind text COLLATE "C" NOT NULL,
    id bigint NOT NULL,
    edition_id bigint,
    public_from timestamptz,
    heads tsvector NOT NULL,
    search_fr tsvector NOT NULL,
    search_en tsvector NOT NULL,
    search_ar tsvector NOT NULL,
    title_fr text NOT NULL,
    title_en text NOT NULL,
    title_ar text NOT NULL,
    also_fr text NOT NULL,
    also_en text NOT NULL,
    also_ar text NOT NULL,
    body_fr text NOT NULL,
    body_en text NOT NULL,
    body_ar text NOT NULL,
    PRIMARY KEY (kind, id)
) WITH (toast_tuple_target = 1000);
COMMENT ON TABLE symposium_search IS 'What the search reads: one row for each thing.';
ALTER TABLE symposium_search ALTER COLUMN heads SET STORAGE main;

CREATE INDEX symposium_search_fr ON symposium_search USING gin (search_fr)
WITH (gin_pending_list_limit = 512);
ALTER TABLE symposium_search
    ALTER COLUMN search_fr SET STORAGE external, ALTER COLUMN search_fr SET STATISTICS 0;

CREATE INDEX symposium_search_en ON symposium_search USING gin (search_en)
WITH (gin_pending_list_limit = 512);
ALTER TABLE symposium_search
    ALTER COLUMN search_en SET STORAGE external, ALTER COLUMN search_en SET STATISTICS 0;

CREATE INDEX symposium_search_ar ON symposium_search USING gin (search_ar)
WITH (gin_pending_list_limit = 512);
ALTER TABLE symposium_search
    ALTER COLUMN search_ar SET STORAGE external, ALTER COLUMN search_ar SET STATISTICS 0;

-- A text is read anew only where it has changed: a keyword or an author given to ten thousand
-- abstracts costs what their names cost. The names stand after the text, whose positions stay.
CREATE FUNCTION symposium_search_read() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    heads_fr tsvector := setweight(symposium_vector_fr(symposium_readable(NEW.title_fr)), 'A')
        || setweight(symposium_vector_fr(symposium_readable(NEW.also_fr)), 'B');
    heads_en tsvector := setweight(symposium_vector_en(symposium_readable(NEW.title_en)), 'A')
        || setweight(symposium_vector_en(symposium_readable(NEW.also_en)), 'B');
    heads_ar tsvector := setweight(symposium_vector_ar(symposium_readable(NEW.title_ar)), 'A')
        || setweight(symposium_vector_ar(symposium_readable(NEW.also_ar)), 'B');
BEGIN
    NEW.heads := heads_fr || heads_en || heads_ar;
    IF TG_OP = 'UPDATE' AND NEW.body_fr = OLD.body_fr THEN
        NEW.search_fr := ts_filter(OLD.search_fr, '{c}') || heads_fr;
    ELSE
        NEW.search_fr := setweight(symposium_vector_fr(symposium_readable(NEW.body_fr)), 'C')
            || heads_fr;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.body_en = OLD.body_en THEN
        NEW.search_en := ts_filter(OLD.search_en, '{c}') || heads_en;
    ELSE
        NEW.search_en := setweight(symposium_vector_en(symposium_readable(NEW.body_en)), 'C')
            || heads_en;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.body_ar = OLD.body_ar THEN
        NEW.search_ar := ts_filter(OLD.search_ar, '{c}') || heads_ar;
    ELSE
        NEW.search_ar := setweight(symposium_vector_ar(symposium_readable(NEW.body_ar)), 'C')
            || heads_ar;
    END IF;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION symposium_search_read
IS 'Read the words of the texts that have changed, in each language.';
CREATE TRIGGER read_new BEFORE INSERT ON symposium_search
FOR EACH ROW EXECUTE FUNCTION symposium_search_read();
CREATE TRIGGER read_changed BEFORE UPDATE ON symposium_search FOR EACH ROW
WHEN ((
       OLD.title_fr, OLD.title_en, OLD.title_ar,
       OLD.also_fr, OLD.also_en, OLD.also_ar,
       OLD.body_fr, OLD.body_en, OLD.body_ar
    ) IS DISTINCT FROM (
       NEW.title_fr, NEW.title_en, NEW.title_ar,
       NEW.also_fr, NEW.also_en, NEW.also_ar,
       NEW.body_fr, NEW.body_en, NEW.body_ar
    ))
EXECUTE FUNCTION symposium_search_read();
