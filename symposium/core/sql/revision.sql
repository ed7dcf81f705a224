-- The row that every page depends on is there from the start.
INSERT INTO symposium_core_revision (edition, number) VALUES ('', 1);

-- Count a change of what the public reads of an edition, or, for '', of what every page may show.
--
-- It is called by deferred triggers, as the transaction commits, and counts once for each edition
-- and transaction. Whoever reads the number after a commit reads that commit's; a page made of what
-- was there before is out of date at once. The first call locks the shared row, whatever it counts:
-- with one lock at the end of a transaction nobody waits for two in another order.
CREATE FUNCTION symposium_move_revision(slug text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    counted text := current_setting('symposium.counted', true);
BEGIN
    IF counted IS NULL OR NOT starts_with(counted, txid_current() || '/') THEN
        PERFORM FROM symposium_core_revision WHERE edition = '' FOR UPDATE;
        counted := txid_current() || '/';
    END IF;
    IF position('/' || slug || '/' IN counted) = 0 THEN
        INSERT INTO symposium_core_revision AS known (edition, number) VALUES (slug, 1)
        ON CONFLICT (edition) DO UPDATE SET number = known.number + 1;
        PERFORM set_config('symposium.counted', counted || slug || '/', true);
    END IF;
END
$$;
