-- The form of registration asks a question of some categories: to choose them moves the revision of
-- the edition, as every other change of the form does.
CREATE FUNCTION symposium_move_form_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM symposium_move_revision(edition.slug)
    FROM symposium_editions_edition edition
    JOIN symposium_registrations_question question ON question.edition_id = edition.id
    WHERE question.id IN (OLD.question_id, NEW.question_id);
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER form_revision
    AFTER INSERT OR UPDATE OR DELETE ON symposium_registrations_question_categories
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION symposium_move_form_revision();
COMMENT ON FUNCTION symposium_move_form_revision
IS 'Move the revision of the edition as the transaction commits: its form asks the question.';
COMMENT ON TABLE symposium_registrations_question_categories
IS 'Categories of registration that a question is asked of.';
