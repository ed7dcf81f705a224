-- The own kind of a session belongs to its edition, and the session behaves as the kind says: it
-- follows where that changes.
ALTER TABLE symposium_sessions_session ADD CONSTRAINT session_own_kind_same_edition
FOREIGN KEY (own_kind_id, edition_id, kind)
REFERENCES symposium_sessions_sessionkind (id, edition_id, standard)
ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED;
COMMENT ON CONSTRAINT session_own_kind_same_edition ON symposium_sessions_session
IS 'The own kind of a session belongs to its edition and has its standard kind.';
