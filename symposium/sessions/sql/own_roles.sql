-- An own role belongs to the edition of the session, and behaves as the standard role that the
-- participation has: that follows where the own role changes.
ALTER TABLE symposium_sessions_participation ADD CONSTRAINT participation_own_role_same_edition
FOREIGN KEY (own_role_id, edition_id, role)
REFERENCES symposium_sessions_speakerrole (id, edition_id, standard)
ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED;
COMMENT ON CONSTRAINT participation_own_role_same_edition ON symposium_sessions_participation
IS 'The own role in a session belongs to its edition and has its standard role.';
