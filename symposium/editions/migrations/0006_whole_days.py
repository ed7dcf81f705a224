from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("symposium_editions", "0005_computed_periods"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="edition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "period__endswith__gte",
                        models.Func(
                            models.F("ends_on"),
                            output_field=models.DateTimeField(),
                            template="((%(expressions)s + interval '10 hours') AT TIME ZONE 'UTC')",
                        ),
                    ),
                    (
                        "period__endswith__lte",
                        models.Func(
                            models.F("ends_on"),
                            output_field=models.DateTimeField(),
                            template="((%(expressions)s + interval '36 hours') AT TIME ZONE 'UTC')",
                        ),
                    ),
                    ("period__isempty", False),
                    (
                        "period__startswith__gte",
                        models.Func(
                            models.F("starts_on"),
                            output_field=models.DateTimeField(),
                            template="((%(expressions)s + interval '-14 hours') AT TIME ZONE 'UTC')",
                        ),
                    ),
                    (
                        "period__startswith__lte",
                        models.Func(
                            models.F("starts_on"),
                            output_field=models.DateTimeField(),
                            template="((%(expressions)s + interval '12 hours') AT TIME ZONE 'UTC')",
                        ),
                    ),
                ),
                name="editions_whole_days",
                violation_error_message="The hours of the edition must be those of its days.",
            ),
        ),
    ]
