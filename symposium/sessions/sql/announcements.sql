-- Note when the programme of an edition became public: changes are told from then on. The first
-- session that is public announces it.
CREATE FUNCTION symposium_announce(number bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO symposium_sessions_announcement (edition_id, at)
    SELECT edition.id, clock_timestamp() FROM symposium_editions_edition edition
    WHERE edition.id = number AND edition.is_published AND EXISTS (
        SELECT FROM symposium_sessions_session session
        WHERE session.edition_id = number AND session.status <> 'draft'
    ) AND NOT EXISTS (
        SELECT FROM symposium_sessions_announcement known WHERE known.edition_id = number
    )
    ON CONFLICT DO NOTHING;
END
$$;

-- What edits of the edition itself do to its sessions. They stand here, not with its model, since
-- editions know no sessions.
CREATE FUNCTION symposium_edition_period_to_sessions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE symposium_sessions_session SET allowed_period = NEW.period WHERE edition_id = NEW.id;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION symposium_edition_period_to_sessions
IS 'Copy new days of an edition to its sessions, which a check then compares with their times.';
CREATE TRIGGER period_to_sessions AFTER UPDATE OF starts_on, ends_on, time_zone
ON symposium_editions_edition FOR EACH ROW WHEN (OLD.period IS DISTINCT FROM NEW.period)
EXECUTE FUNCTION symposium_edition_period_to_sessions();

CREATE FUNCTION symposium_announce_edition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM symposium_announce(NEW.id);
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION symposium_announce_edition
IS 'Note when the programme of an edition became public: changes are told from then on.';
CREATE TRIGGER announcement AFTER UPDATE OF is_published ON symposium_editions_edition
FOR EACH ROW WHEN (NEW.is_published AND NOT OLD.is_published)
EXECUTE FUNCTION symposium_announce_edition();
