-- Whatever hangs together belongs to one edition: foreign keys on (id, edition) say so, deferred
-- like Django's own.
ALTER TABLE symposium_registrations_registration ADD CONSTRAINT registration_category_same_edition
FOREIGN KEY (category_id, edition_id) REFERENCES symposium_registrations_category (id, edition_id)
DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE symposium_registrations_booking ADD CONSTRAINT booking_registration_same_edition
FOREIGN KEY (registration_id, edition_id)
REFERENCES symposium_registrations_registration (id, edition_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE symposium_registrations_booking ADD CONSTRAINT booking_session_same_edition
FOREIGN KEY (session_id, edition_id) REFERENCES symposium_sessions_session (id, edition_id)
DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE symposium_registrations_checkin ADD CONSTRAINT checkin_registration_same_edition
FOREIGN KEY (registration_id, edition_id)
REFERENCES symposium_registrations_registration (id, edition_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE symposium_registrations_checkin ADD CONSTRAINT checkin_session_same_edition
FOREIGN KEY (session_id, edition_id) REFERENCES symposium_sessions_session (id, edition_id)
DEFERRABLE INITIALLY DEFERRED;
COMMENT ON CONSTRAINT registration_category_same_edition ON symposium_registrations_registration
IS 'A registration and its category belong to one edition.';
COMMENT ON CONSTRAINT booking_registration_same_edition ON symposium_registrations_booking
IS 'A booking and its registration belong to one edition.';
COMMENT ON CONSTRAINT booking_session_same_edition ON symposium_registrations_booking
IS 'A booking and its session belong to one edition.';
COMMENT ON CONSTRAINT checkin_registration_same_edition ON symposium_registrations_checkin
IS 'A check-in and its registration belong to one edition.';
COMMENT ON CONSTRAINT checkin_session_same_edition ON symposium_registrations_checkin
IS 'A check-in and its session belong to one edition.';

ALTER TABLE symposium_registrations_answer ADD CONSTRAINT answer_option_own_question
FOREIGN KEY (option_id, question_id) REFERENCES symposium_registrations_option (id, question_id)
DEFERRABLE INITIALLY DEFERRED;
COMMENT ON CONSTRAINT answer_option_own_question ON symposium_registrations_answer
IS 'An option answers its own question.';
