-- The days of an edition as instants. Immutable, as a generated column needs: the rules of a time
-- zone are data of the server.
CREATE FUNCTION symposium_days_period(first date, last date, zone text) RETURNS tstzrange
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN last >= first THEN
        tstzrange(first::timestamp AT TIME ZONE zone, (last + 1)::timestamp AT TIME ZONE zone)
    END
$$;
