"""The clicks of the last half minute, by which a double click is known: see `readings.py`.

They are no model: one statement of `readings.py` reads and writes them, and nobody else does. Each
is a keyed hash, in a table that the log of the database leaves out, so that no copy of it keeps them.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("symposium_abstracts", "0006_search")]

    operations = [
        migrations.RunSQL(
            """
CREATE UNLOGGED TABLE symposium_abstracts_click (
    click uuid PRIMARY KEY,
    seen_at timestamptz NOT NULL,
    before timestamptz
) WITH (fillfactor = 50)
""",
            "DROP TABLE symposium_abstracts_click",
        )
    ]
