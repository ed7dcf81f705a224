-- A talk and the session that holds it belong to one edition, as a session and its room do.
ALTER TABLE symposium_sessions_session ADD CONSTRAINT session_parent_same_edition
FOREIGN KEY (parent_id, edition_id) REFERENCES symposium_sessions_session (id, edition_id)
DEFERRABLE INITIALLY DEFERRED;
COMMENT ON CONSTRAINT session_parent_same_edition ON symposium_sessions_session
IS 'A talk and the session that holds it belong to one edition.';

-- A talk of a draft session announces nothing.
CREATE OR REPLACE FUNCTION symposium_announce(number bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO symposium_sessions_announcement (edition_id, at)
    SELECT edition.id, clock_timestamp() FROM symposium_editions_edition edition
    WHERE edition.id = number AND edition.is_published AND EXISTS (
        SELECT FROM symposium_sessions_session session
        WHERE session.edition_id = number AND session.effective_status <> 'draft'
    ) AND NOT EXISTS (
        SELECT FROM symposium_sessions_announcement known WHERE known.edition_id = number
    )
    ON CONFLICT DO NOTHING;
END
$$;

-- The triggers copy the top session of each participation that there is.
UPDATE symposium_sessions_participation SET session_id = session_id;
