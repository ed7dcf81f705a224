-- A session, its room, its track and its speakers belong to one edition: foreign keys on
-- (id, edition) say so, deferred like Django's own.
ALTER TABLE symposium_sessions_session ADD CONSTRAINT session_room_same_edition
FOREIGN KEY (room_id, edition_id) REFERENCES symposium_sessions_room (id, edition_id)
DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE symposium_sessions_session ADD CONSTRAINT session_track_same_edition
FOREIGN KEY (track_id, edition_id) REFERENCES symposium_sessions_track (id, edition_id)
DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE symposium_sessions_participation ADD CONSTRAINT participation_session_same_edition
FOREIGN KEY (session_id, edition_id) REFERENCES symposium_sessions_session (id, edition_id)
DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE symposium_sessions_participation ADD CONSTRAINT participation_speaker_same_edition
FOREIGN KEY (speaker_id, edition_id) REFERENCES symposium_speakers_speaker (id, edition_id)
DEFERRABLE INITIALLY DEFERRED;
COMMENT ON CONSTRAINT session_room_same_edition ON symposium_sessions_session
IS 'A session and its room belong to one edition.';
COMMENT ON CONSTRAINT session_track_same_edition ON symposium_sessions_session
IS 'A session and its track belong to one edition.';
COMMENT ON CONSTRAINT participation_session_same_edition ON symposium_sessions_participation
IS 'A participation and its session belong to one edition.';
COMMENT ON CONSTRAINT participation_speaker_same_edition ON symposium_sessions_participation
IS 'A participation and its speaker belong to one edition.';

ALTER TABLE symposium_sessions_change
ADD CONSTRAINT changes_session FOREIGN KEY (session_id)
REFERENCES symposium_sessions_session ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
ADD CONSTRAINT changes_edition FOREIGN KEY (edition_id)
REFERENCES symposium_editions_edition ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE symposium_sessions_announcement
ADD CONSTRAINT announcements_edition FOREIGN KEY (edition_id)
REFERENCES symposium_editions_edition ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
COMMENT ON CONSTRAINT changes_session ON symposium_sessions_change
IS 'What is recorded of a session goes with it.';
COMMENT ON CONSTRAINT changes_edition ON symposium_sessions_change
IS 'What is recorded of an edition goes with it.';
COMMENT ON CONSTRAINT announcements_edition ON symposium_sessions_announcement
IS 'The announcement of a programme goes with its edition.';
