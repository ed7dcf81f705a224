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

-- The rows that triggers write of what has changed go with the session or the edition.
ALTER TABLE symposium_sessions_change
ADD CONSTRAINT changes_session FOREIGN KEY (session_id)
REFERENCES symposium_sessions_session ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
ADD CONSTRAINT changes_edition FOREIGN KEY (edition_id)
REFERENCES symposium_editions_edition ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE symposium_sessions_announcement
ADD CONSTRAINT announcements_edition FOREIGN KEY (edition_id)
REFERENCES symposium_editions_edition ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
