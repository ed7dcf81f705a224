ALTER TABLE symposium_abstracts_abstract ADD CONSTRAINT abstract_session_same_edition
FOREIGN KEY (session_id, edition_id) REFERENCES symposium_sessions_session (id, edition_id)
DEFERRABLE INITIALLY DEFERRED;
COMMENT ON CONSTRAINT abstract_session_same_edition ON symposium_abstracts_abstract
IS 'An abstract and its session belong to one edition.';
