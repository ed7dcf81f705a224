"""Row triggers that models of every app declare in `Meta.triggers`."""

import pgtrigger
from django.db import models

KEEP_SLUG = """
    IF NEW.slug !~ '^[-a-zA-Z0-9_]+$' THEN
        RAISE EXCEPTION '"%" cannot be an address', NEW.slug
            USING ERRCODE = 'check_violation', CONSTRAINT = 'editions_slug_written';
    END IF;
    IF TG_OP = 'UPDATE' AND edition IS DISTINCT FROM (to_jsonb(OLD) ->> 'edition_id')::bigint THEN
        RAISE EXCEPTION '"%" stays in its edition', NEW.slug
            USING ERRCODE = 'check_violation', CONSTRAINT = 'editions_edition_stays';
    END IF;
    IF EXISTS (
        SELECT FROM symposium_editions_formerslug former
        WHERE former."table" = TG_TABLE_NAME AND former.edition_id IS NOT DISTINCT FROM edition
          AND former.slug = NEW.slug AND former.target <> NEW.id
    ) THEN
        RAISE EXCEPTION 'the address "%" once led to something else', NEW.slug
            USING ERRCODE = 'unique_violation', CONSTRAINT = 'editions_former_slug_once';
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.slug <> OLD.slug THEN
        DELETE FROM symposium_editions_formerslug former
        WHERE former."table" = TG_TABLE_NAME AND former.edition_id IS NOT DISTINCT FROM edition
          AND former.slug = NEW.slug;
        INSERT INTO symposium_editions_formerslug ("table", edition_id, slug, target)
        VALUES (TG_TABLE_NAME, edition, OLD.slug, NEW.id);
    END IF;
    RETURN NEW;
"""


class KeepSlug(pgtrigger.Trigger):
    """Keep a slug that changes as a former one; refuse one that cannot be, or once led elsewhere.

    An address never comes to mean something else, and an object with one stays in its edition. It
    runs after the row is written, hence after the wait for whoever writes the same address: only
    then is it known what that address once led to.
    """

    name = "keep_slug"
    when = pgtrigger.After
    declare = [("edition", "bigint := (to_jsonb(NEW) ->> 'edition_id')::bigint")]
    func = KEEP_SLUG

    def __init__(self, *columns: str):
        super().__init__(operation=pgtrigger.Insert | pgtrigger.UpdateOf("slug", *columns))


class MoveRevision(pgtrigger.Trigger):
    """Move the revision of the row's edition as the transaction commits: its pages show the row.

    `through` is the foreign key to what has the edition, where the row itself has none. A row for
    which the SQL condition `everywhere` holds is on pages of every edition.
    """

    name = "revision"
    when = pgtrigger.After
    operation = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete
    timing = pgtrigger.Deferred

    def __init__(self, *, through: str = "", everywhere: str = "", **kwargs):
        super().__init__(**kwargs)
        self.through, self.everywhere = through, everywhere

    def get_func(self, model: type[models.Model]) -> str:
        """What was inserted has no OLD, what was deleted no NEW: their columns are NULL."""
        func = self.own(model) + "RETURN NULL;"
        if not self.everywhere:
            return func
        before, after = (self.everywhere.format(row=row) for row in ("OLD", "NEW"))
        return f"IF {before} OR {after} THEN PERFORM symposium_move_revision(''); END IF;\n{func}"

    def own(self, model: type[models.Model]) -> str:
        """The statement that moves the revision of the edition before, and of the one after."""
        editions = "OLD.edition_id, NEW.edition_id"
        if self.through:
            parent = model._meta.get_field(self.through)
            column, table = parent.column, parent.related_model._meta.db_table
            editions = f"SELECT edition_id FROM {table} WHERE id IN (OLD.{column}, NEW.{column})"  # noqa: S608
        return (
            "PERFORM symposium_move_revision(slug) FROM symposium_editions_edition\n"
            f"WHERE id IN ({editions});\n"
        )


class MoveEditionRevision(MoveRevision):
    """Move the revision of the edition itself as the transaction commits.

    One that is deleted is gone by then.
    """

    def own(self, model: type[models.Model]) -> str:
        return "PERFORM symposium_move_revision(coalesce(NEW.slug, OLD.slug));\n"


class MoveEveryRevision(MoveRevision):
    """Move the revision of all editions as the transaction commits: any page may show the row."""

    def own(self, model: type[models.Model]) -> str:
        return "PERFORM symposium_move_revision('');\n"


class KeepEditionSlug(pgtrigger.Trigger):
    """Refuse another slug for an edition: it is in every address."""

    name = "slug_stays"
    when = pgtrigger.Before
    operation = pgtrigger.UpdateOf("slug")
    condition = pgtrigger.AnyChange("slug")
    func = """
    RAISE EXCEPTION 'the address of an edition never changes'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'editions_slug_stays';
    """
