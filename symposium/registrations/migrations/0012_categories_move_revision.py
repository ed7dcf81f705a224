from django.db import migrations


class Migration(migrations.Migration):
    """Pages lead to the registration once there is a category to choose."""

    dependencies = [("symposium_registrations", "0011_takes_messages")]

    operations = [
        migrations.RunSQL(
            "CREATE CONSTRAINT TRIGGER revision AFTER INSERT OR DELETE "
            "ON symposium_registrations_category DEFERRABLE INITIALLY DEFERRED "
            "FOR EACH ROW EXECUTE FUNCTION symposium_move_revision()",
            "DROP TRIGGER revision ON symposium_registrations_category",
        )
    ]
