-- Answers to be counted: see `usage.py`, which alone writes and reads them. Each has a keyed hash
-- of its reader, in a table that the log of the database leaves out, so that no copy of it keeps
-- them.
CREATE UNLOGGED TABLE symposium_abstracts_usage_event (
    click uuid NOT NULL,
    kind text NOT NULL,
    edition text NOT NULL,
    slug text NOT NULL,
    at timestamptz NOT NULL
);
COMMENT ON TABLE symposium_abstracts_usage_event IS 'Answers to be counted by the worker.';
