from django.db import migrations


class Migration(migrations.Migration):
    """The earlier versions of an abstract are pages too."""

    dependencies = [
        ("symposium_registrations", "0004_revision"),
        ("symposium_abstracts", "0004_record"),
    ]
    operations = [
        migrations.RunSQL(
            "CREATE CONSTRAINT TRIGGER revision AFTER INSERT OR UPDATE OR DELETE "
            "ON symposium_abstracts_version DEFERRABLE INITIALLY DEFERRED "
            "FOR EACH ROW EXECUTE FUNCTION symposium_move_revision()",
            "DROP TRIGGER revision ON symposium_abstracts_version",
        )
    ]
