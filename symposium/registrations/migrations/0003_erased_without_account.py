from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Once an edition is over, who is erased still counts in the state they had."""

    dependencies = [("symposium_registrations", "0002_same_edition")]
    operations = [
        migrations.RemoveConstraint("registration", "registrations_live_has_account"),
        migrations.AddConstraint(
            "registration",
            models.CheckConstraint(
                condition=~Q(state__in=("pending", "confirmed", "waiting", "offered"))
                | Q(user__isnull=False)
                | Q(erased_at__isnull=False),
                name="registrations_live_has_account",
                violation_error_message="A registration that stands belongs to an account.",
            ),
        ),
    ]
