-- A large import writes thousands of rows, one statement each. While the setting
-- `symposium.postpone` is `on`, the search is brought up to date once, before the transaction
-- commits, in place of once a statement; while it is `never`, for what is rolled back, not at all:
-- see `core/postponed.py`.
--
-- The table holds what the transactions that are under way have still to read; the row of kind ''
-- is there once a transaction, and carries the trigger.
CREATE UNLOGGED TABLE symposium_search_postponed (
    transaction xid8 NOT NULL,
    kind text COLLATE "C" NOT NULL,
    id bigint NOT NULL,
    PRIMARY KEY (transaction, kind, id)
);
COMMENT ON TABLE symposium_search_postponed
IS 'What the search still has to read before a transaction commits.';

ALTER FUNCTION symposium_search_refresh (text, bigint[]) RENAME TO symposium_search_refresh_now;

CREATE FUNCTION symposium_search_refresh(of_kind text, ids bigint[]) RETURNS void LANGUAGE plpgsql
AS $$
BEGIN
    IF cardinality(ids) = 0
        OR current_setting('symposium.postpone', true) = 'never' THEN
        RETURN;
    ELSIF current_setting('symposium.postpone', true) = 'on' THEN
        INSERT INTO symposium_search_postponed
        SELECT pg_current_xact_id(), of_kind, id FROM unnest(ids) AS id
        UNION SELECT pg_current_xact_id(), '', 0
        ON CONFLICT DO NOTHING;
    ELSE
        PERFORM symposium_search_refresh_now(of_kind, ids);
    END IF;
END
$$;

-- Kinds are taken in the order of a single statement: speaker, session, keyword, abstract.
CREATE FUNCTION symposium_search_catch_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM symposium_search_refresh_now(kind, array_agg(id))
    FROM symposium_search_postponed
    WHERE transaction = NEW.transaction AND kind <> '' GROUP BY kind ORDER BY kind DESC;
    DELETE FROM symposium_search_postponed WHERE transaction = NEW.transaction;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION symposium_search_catch_up IS 'Read what was postponed in this transaction.';

CREATE CONSTRAINT TRIGGER search_catch_up AFTER INSERT ON symposium_search_postponed
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.kind = '')
EXECUTE FUNCTION symposium_search_catch_up();
