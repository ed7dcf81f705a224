-- Harvested records are brought up to date once, before the transaction commits, while the setting
-- `symposium.postpone` is on, as the search is: see `core/postponed.py`.
--
-- The row without a record is there once a transaction, and carries the trigger.
CREATE UNLOGGED TABLE symposium_abstracts_postponed (
    transaction xid8 NOT NULL,
    guid uuid,
    UNIQUE NULLS NOT DISTINCT (transaction, guid)
);
COMMENT ON TABLE symposium_abstracts_postponed
IS 'Abstracts whose harvested records are brought up to date before a transaction commits.';

ALTER FUNCTION symposium_harvest (uuid[]) RENAME TO symposium_harvest_now;

CREATE FUNCTION symposium_harvest(touched uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF touched IS NULL OR touched = '{}'
        OR current_setting('symposium.postpone', true) = 'never' THEN
        RETURN;
    ELSIF current_setting('symposium.postpone', true) = 'on' THEN
        INSERT INTO symposium_abstracts_postponed
        SELECT pg_current_xact_id(), guid FROM unnest(touched) AS guid
        UNION SELECT pg_current_xact_id(), NULL
        ON CONFLICT DO NOTHING;
    ELSE
        PERFORM symposium_harvest_now(touched);
    END IF;
END
$$;

CREATE FUNCTION symposium_harvest_catch_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM symposium_harvest_now(ARRAY(
        SELECT guid FROM symposium_abstracts_postponed
        WHERE transaction = NEW.transaction AND guid IS NOT NULL));
    DELETE FROM symposium_abstracts_postponed WHERE transaction = NEW.transaction;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION symposium_harvest_catch_up
IS 'Bring the records up to date that were postponed in this transaction.';

CREATE CONSTRAINT TRIGGER harvest_catch_up AFTER INSERT ON symposium_abstracts_postponed
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.guid IS NULL)
EXECUTE FUNCTION symposium_harvest_catch_up();
