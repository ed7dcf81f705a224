"""Two keywords that differ in case, spaces, hyphens, apostrophes or Unicode form are one.

The migration stops where there are some: which of them is right, and what becomes of the address
of the other, is for an organiser to say.
"""

from django.db import migrations, models
from django.db.models import Q

import symposium.core.fulltext.query

LANGUAGES = ("fr", "en", "ar")
SAME = r"""
CREATE FUNCTION symposium_same(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN btrim(regexp_replace(regexp_replace(lower(normalize($1, NFKC)),
    '[\u00ad\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\u0640]+', '', 'g'),
    '[\u0009-\u000d\u0020\u002d\u2010-\u2015\u2212\u0027\u0060\u00b4\u2018\u2019\u02bc]+',
    ' ', 'g'));
"""


def stop_at_twins(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        for code in LANGUAGES:
            cursor.execute(
                f"SELECT string_agg(id || ' “' || name_{code} || '”', ', ' ORDER BY id) "  # noqa: S608
                f"FROM symposium_abstracts_keyword WHERE name_{code} > '' "
                f"GROUP BY symposium_same(name_{code}) HAVING count(*) > 1"
            )
            if twins := [names for (names,) in cursor.fetchall()]:
                raise RuntimeError(
                    "These keywords have the same name; keep one of each in the abstracts, delete "
                    f"the others, then migrate again: {'; '.join(twins)}"
                )


class Migration(migrations.Migration):
    dependencies = [("symposium_abstracts", "0009_search_rooms")]

    operations = [
        migrations.RunSQL([SAME], "DROP FUNCTION symposium_same"),
        migrations.RunPython(stop_at_twins, migrations.RunPython.noop, elidable=True),
        *(
            migrations.AddConstraint(
                model_name="keyword",
                constraint=models.UniqueConstraint(
                    symposium.core.fulltext.query.Same(f"name_{code}"),
                    condition=Q((f"name_{code}__gt", "")),
                    name=f"keywords_name_{code}_once",
                    violation_error_message="Another keyword has this name.",
                ),
            )
            for code in LANGUAGES
        ),
    ]
