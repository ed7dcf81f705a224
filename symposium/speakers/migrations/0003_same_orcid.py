"""Join the speakers of different editions who have the same ORCID iD, as new ones are."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("symposium_speakers", "0002_person")]
    # The trigger `person_of_orcid` joins them.
    operations = [
        migrations.RunSQL(
            "UPDATE symposium_speakers_speaker SET orcid = orcid WHERE orcid > ''",
            migrations.RunSQL.noop,
        )
    ]
