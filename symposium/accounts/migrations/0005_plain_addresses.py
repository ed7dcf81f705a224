"""Addresses with letters before the @ that pass for others, from now on.

Not checked in the accounts that exist: strangers have made such ones, without a code that came
back, which are deleted within a week.
"""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models import Q

from symposium.accounts import addresses


class Migration(migrations.Migration):
    dependencies = [("symposium_accounts", "0004_guesses")]

    operations = [
        migrations.AlterField(
            model_name="user",
            name="email",
            field=models.EmailField(
                error_messages={"unique": "There is already an account with this e-mail address."},
                max_length=254,
                unique=True,
                validators=[addresses.validate_plain],
                verbose_name="e-mail address",
            ),
        ),
        AddConstraintNotValid(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=Q(("email__regex", r"^[ -~]+@[^@]*$")),
                name="accounts_email_is_plain",
                violation_error_message=(
                    "Before the @, an email address may only have unaccented Latin letters, "
                    "digits and signs. Check the letters of this one."
                ),
            ),
        ),
    ]
