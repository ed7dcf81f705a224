-- A move belongs to the edition of its session, and to that of its room.
ALTER TABLE symposium_sessions_move ADD CONSTRAINT move_session_same_edition
FOREIGN KEY (session_id, edition_id) REFERENCES symposium_sessions_session (id, edition_id)
DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE symposium_sessions_move ADD CONSTRAINT move_room_same_edition
FOREIGN KEY (room_id, edition_id) REFERENCES symposium_sessions_room (id, edition_id)
DEFERRABLE INITIALLY DEFERRED;
COMMENT ON CONSTRAINT move_session_same_edition ON symposium_sessions_move
IS 'A move and its session belong to one edition.';
COMMENT ON CONSTRAINT move_room_same_edition ON symposium_sessions_move
IS 'A move and its room belong to one edition.';
