"""The secrets of authenticator applications and of recovery codes, until now kept in clear."""

from django.db import migrations

from symposium.accounts.second_factor import MFAAdapter

SECRETS = ["secret", "seed"]


def encrypt(apps, schema_editor):
    rewrite(apps, schema_editor, MFAAdapter().encrypt)


def decrypt(apps, schema_editor):
    rewrite(apps, schema_editor, MFAAdapter().decrypt)


def rewrite(apps, schema_editor, how):
    authenticators = apps.get_model("mfa", "Authenticator").objects
    for kept in authenticators.using(schema_editor.connection.alias).exclude(type="webauthn"):
        kept.data |= {name: how(kept.data[name]) for name in SECRETS if name in kept.data}
        kept.save(update_fields=["data"])


class Migration(migrations.Migration):
    dependencies = [
        ("symposium_accounts", "0002_cache"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [migrations.RunPython(encrypt, decrypt)]
