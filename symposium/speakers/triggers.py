"""Row triggers that keep one person one person, in all editions."""

import pgtrigger
from django.db import models

from symposium.editions.triggers import MoveRevision


class JoinByOrcid(pgtrigger.Trigger):
    """Join the speakers of all editions that have the same ORCID iD: they are one person.

    Those who were joined with the speaker by hand come along.
    """

    name = "person_of_orcid"
    when = pgtrigger.After
    operation = pgtrigger.Insert | pgtrigger.UpdateOf("orcid")
    declare = [("known", "uuid")]
    func = """
    IF NEW.orcid > '' THEN
        SELECT person INTO known FROM symposium_speakers_speaker
        WHERE orcid = NEW.orcid AND id <> NEW.id ORDER BY id LIMIT 1;
        IF known <> NEW.person THEN
            UPDATE symposium_speakers_speaker SET person = known WHERE person = NEW.person;
        END IF;
    END IF;
    RETURN NULL;
    """


class MovePersonRevision(MoveRevision):
    """Move the revisions of the other editions in which a person of the row is a speaker.

    The person's pages there list their sessions of all years. `people` is SQL that gives the
    persons.
    """

    name = "person_revision"

    def __init__(self, people: str, **kwargs):
        super().__init__(**kwargs)
        self.people = people

    def own(self, model: type[models.Model]) -> str:
        return (
            "PERFORM symposium_move_revision(edition.slug)\n"  # noqa: S608
            "FROM symposium_editions_edition edition\n"
            "WHERE edition.id <> coalesce(NEW.edition_id, OLD.edition_id) AND edition.id IN (\n"
            "    SELECT speaker.edition_id FROM symposium_speakers_speaker speaker\n"
            f"    WHERE speaker.person IN ({self.people}));\n"
        )
