-- The table of the cache in which all processes count attempts, as Django's `createcachetable`
-- makes it, but left out of the log of the database: what is counted is forgotten within the day.
CREATE UNLOGGED TABLE symposium_cache (
    cache_key varchar(255) PRIMARY KEY,
    value text NOT NULL,
    expires timestamptz NOT NULL
);
COMMENT ON TABLE symposium_cache IS 'What all processes count together, such as attempts.';
CREATE INDEX symposium_cache_expires ON symposium_cache (expires);
