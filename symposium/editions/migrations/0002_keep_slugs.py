from django.db import migrations

# Attached to every table with addresses. A slug that changes is kept as a former one, and a slug
# that once led elsewhere is refused: an address never comes to mean something else.
KEEP_SLUG = """
CREATE FUNCTION symposium_keep_slug() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    edition bigint := (to_jsonb(NEW) ->> 'edition_id')::bigint;
BEGIN
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
END
$$
"""

ON_PAGES = """
CREATE TRIGGER keep_slug BEFORE INSERT OR UPDATE OF slug ON symposium_editions_page
FOR EACH ROW EXECUTE FUNCTION symposium_keep_slug()
"""

# The slug of an edition is in every address: it stays.
FIXED_EDITION_SLUG = """
CREATE FUNCTION symposium_edition_slug_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the address of an edition never changes'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'editions_slug_stays';
END
$$;
CREATE TRIGGER slug_stays BEFORE UPDATE OF slug ON symposium_editions_edition
FOR EACH ROW WHEN (OLD.slug IS DISTINCT FROM NEW.slug)
EXECUTE FUNCTION symposium_edition_slug_stays()
"""


class Migration(migrations.Migration):
    dependencies = [("symposium_editions", "0001_initial")]

    operations = [
        migrations.RunSQL(KEEP_SLUG, "DROP FUNCTION symposium_keep_slug"),
        migrations.RunSQL(ON_PAGES, "DROP TRIGGER keep_slug ON symposium_editions_page"),
        migrations.RunSQL(
            FIXED_EDITION_SLUG,
            "DROP TRIGGER slug_stays ON symposium_editions_edition;"
            "DROP FUNCTION symposium_edition_slug_stays",
        ),
    ]
