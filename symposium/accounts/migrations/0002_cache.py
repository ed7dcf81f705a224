"""The table of the cache in which all processes count attempts, as Django's `createcachetable`
makes it, but left out of the log of the database: what is counted is forgotten within the day.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("symposium_accounts", "0001_initial")]

    operations = [
        migrations.RunSQL(
            """
CREATE UNLOGGED TABLE symposium_cache (
    cache_key varchar(255) PRIMARY KEY,
    value text NOT NULL,
    expires timestamptz NOT NULL
);
CREATE INDEX symposium_cache_expires ON symposium_cache (expires);
""",
            "DROP TABLE symposium_cache",
        )
    ]
