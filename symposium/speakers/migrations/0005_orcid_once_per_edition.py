from django.db import migrations, models


class Migration(migrations.Migration):
    """An ORCID iD is one person's."""

    dependencies = [("symposium_speakers", "0004_orcid_as_pasted")]

    operations = [
        migrations.AddConstraint(
            model_name="speaker",
            constraint=models.UniqueConstraint(
                condition=models.Q(("orcid__gt", "")),
                fields=("edition", "orcid"),
                name="speakers_orcid_once_per_edition",
                violation_error_message="Another speaker of this edition has this ORCID iD.",
            ),
        ),
    ]
