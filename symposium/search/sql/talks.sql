-- A talk is public only as far as the session that holds it: the view reads what both say.
DO $$
BEGIN
    EXECUTE 'CREATE OR REPLACE VIEW symposium_search_source AS ' || replace(
        pg_get_viewdef('symposium_search_source'), 'session.status', 'session.effective_status'
    );
END
$$;
