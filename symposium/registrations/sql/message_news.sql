ALTER TABLE symposium_registrations_message ADD CONSTRAINT message_news_same_edition
FOREIGN KEY (news_id, edition_id) REFERENCES symposium_editions_news (id, edition_id)
DEFERRABLE INITIALLY DEFERRED;
COMMENT ON CONSTRAINT message_news_same_edition ON symposium_registrations_message
IS 'A message and the news that it emailed belong to one edition.';
