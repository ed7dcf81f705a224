-- A talk is public only as far as the session that holds it: so is its abstract.
DO $$
BEGIN
    EXECUTE replace(
        pg_get_functiondef('symposium_harvest_state'::regproc),
        'session.status', 'session.effective_status'
    );
END
$$;
