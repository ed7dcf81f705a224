import datetime

import django.db.models.expressions
from django.db import migrations, models

TABLE = "symposium_editions_page"

# What `0002_keep_slugs` does, held against three things more: an address that is empty or cannot
# be written, an object that leaves the edition its address names, and two transactions at once.
# For the last, the triggers run after the row is written, hence after the wait for whoever holds
# the same address: only then is it known what that address once led to.
KEEP_SLUG = """
CREATE OR REPLACE FUNCTION symposium_keep_slug() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    edition bigint := (to_jsonb(NEW) ->> 'edition_id')::bigint;
BEGIN
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
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("symposium_editions", "0002_keep_slugs"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="edition",
            name="editions_named",
        ),
        migrations.RemoveConstraint(
            model_name="page",
            name="pages_titled",
        ),
        migrations.RemoveConstraint(
            model_name="partner",
            name="partners_named",
        ),
        migrations.AddConstraint(
            model_name="edition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_on__lt", datetime.date(3000, 1, 1)),
                    (
                        "ends_on__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("starts_on"), "+", models.Value(datetime.timedelta(days=92))
                        ),
                    ),
                ),
                name="editions_three_months_at_most",
                violation_error_message="An edition lasts three months at the most: check the years.",
            ),
        ),
        migrations.AddConstraint(
            model_name="edition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        models.Q(("name_fr__gt", ""), ("name_fr__isnull", False)),
                        models.Q(("name_en__gt", ""), ("name_en__isnull", False)),
                        models.Q(("name_ar__gt", ""), ("name_ar__isnull", False)),
                        _connector="OR",
                    ),
                    models.Q(
                        models.Q(("short_name_fr__gt", ""), ("short_name_fr__isnull", False)),
                        models.Q(("short_name_en__gt", ""), ("short_name_en__isnull", False)),
                        models.Q(("short_name_ar__gt", ""), ("short_name_ar__isnull", False)),
                        _connector="OR",
                    ),
                    models.Q(
                        models.Q(("city_fr__gt", ""), ("city_fr__isnull", False)),
                        models.Q(("city_en__gt", ""), ("city_en__isnull", False)),
                        models.Q(("city_ar__gt", ""), ("city_ar__isnull", False)),
                        _connector="OR",
                    ),
                ),
                name="editions_named",
                violation_error_message="Write the name, the short name and the city in at least one language.",
            ),
        ),
        migrations.AddConstraint(
            model_name="page",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("title_fr__gt", ""), ("title_fr__isnull", False)),
                    models.Q(("title_en__gt", ""), ("title_en__isnull", False)),
                    models.Q(("title_ar__gt", ""), ("title_ar__isnull", False)),
                    _connector="OR",
                ),
                name="pages_titled",
                violation_error_message="Write the title in at least one language.",
            ),
        ),
        migrations.AddConstraint(
            model_name="partner",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("name_fr__gt", ""), ("name_fr__isnull", False)),
                    models.Q(("name_en__gt", ""), ("name_en__isnull", False)),
                    models.Q(("name_ar__gt", ""), ("name_ar__isnull", False)),
                    _connector="OR",
                ),
                name="partners_named",
                violation_error_message="Write the name in at least one language.",
            ),
        ),
        migrations.RunSQL(KEEP_SLUG, migrations.RunSQL.noop),
        migrations.RunSQL(
            f"DROP TRIGGER keep_slug ON {TABLE};"
            f"CREATE TRIGGER keep_slug AFTER INSERT OR UPDATE OF slug, edition_id ON {TABLE} "
            "FOR EACH ROW EXECUTE FUNCTION symposium_keep_slug()",
            migrations.RunSQL.noop,
        ),
    ]
