"""Store the period of an edition, which PostgreSQL computed by its own rules of the time zones."""

import django.contrib.postgres.fields.ranges
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("symposium_editions", "0003_news_id_edition")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    [
                        "ALTER TABLE symposium_editions_edition"
                        " ALTER COLUMN period DROP EXPRESSION, ALTER COLUMN period SET NOT NULL",
                        "DROP FUNCTION symposium_days_period",
                    ],
                    migrations.RunSQL.noop,
                )
            ],
            state_operations=[
                migrations.AlterField(
                    model_name="edition",
                    name="period",
                    field=django.contrib.postgres.fields.ranges.DateTimeRangeField(
                        blank=True, editable=False
                    ),
                )
            ],
        )
    ]
