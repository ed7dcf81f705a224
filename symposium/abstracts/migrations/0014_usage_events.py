"""Answers to be counted, in place of the clicks of the last half minute: see `usage.py`.

They are no model: `usage.py` alone writes and reads them. Each has a keyed hash of its reader, in a
table that the log of the database leaves out, so that no copy of it keeps them.
"""

from django.db import migrations

EVENTS = """
CREATE UNLOGGED TABLE symposium_abstracts_usage_event (
    click uuid NOT NULL,
    kind text NOT NULL,
    edition text NOT NULL,
    slug text NOT NULL,
    at timestamptz NOT NULL
)
"""
CLICKS = """
CREATE UNLOGGED TABLE symposium_abstracts_click (
    click uuid PRIMARY KEY,
    seen_at timestamptz NOT NULL,
    before timestamptz
) WITH (fillfactor = 50)
"""


class Migration(migrations.Migration):
    dependencies = [("symposium_abstracts", "0013_wording")]

    operations = [
        migrations.RunSQL("DROP TABLE symposium_abstracts_click", CLICKS),
        migrations.RunSQL(EVENTS, "DROP TABLE symposium_abstracts_usage_event"),
    ]
