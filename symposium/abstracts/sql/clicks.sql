-- The clicks of the last half minute, by which a double click is known: see `usage.py`. One statement
-- there reads and writes them, and nobody else does. Each is a keyed hash, in a table that the log of
-- the database leaves out, so that no copy of it keeps them.
CREATE UNLOGGED TABLE symposium_abstracts_click (
    click uuid PRIMARY KEY,
    seen_at timestamptz NOT NULL,
    before timestamptz
) WITH (fillfactor = 50);
COMMENT ON TABLE symposium_abstracts_click IS 'The clicks of the last half minute.';
