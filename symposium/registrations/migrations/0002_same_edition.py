from django.db import migrations

# Whatever hangs together belongs to one edition: foreign keys on (id, edition) say so, deferred
# like Django's own.
SAME_EDITION = [
    ("registration", "category", "symposium_registrations_category"),
    ("booking", "registration", "symposium_registrations_registration"),
    ("booking", "session", "symposium_sessions_session"),
    ("checkin", "registration", "symposium_registrations_registration"),
    ("checkin", "session", "symposium_sessions_session"),
]
# An option answers its own question.
OWN_OPTION = """
ALTER TABLE symposium_registrations_answer ADD CONSTRAINT answer_option_own_question
FOREIGN KEY (option_id, question_id) REFERENCES symposium_registrations_option (id, question_id)
DEFERRABLE INITIALLY DEFERRED
"""


def same_edition(table, column, target):
    table, name = f"symposium_registrations_{table}", f"{table}_{column}_same_edition"
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} "
        f"FOREIGN KEY ({column}_id, edition_id) REFERENCES {target} (id, edition_id) "
        "DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("symposium_registrations", "0001_initial"),
        ("symposium_sessions", "0006_sequence"),
    ]
    operations = [
        *(same_edition(*names) for names in SAME_EDITION),
        migrations.RunSQL(
            OWN_OPTION,
            "ALTER TABLE symposium_registrations_answer DROP CONSTRAINT answer_option_own_question",
        ),
    ]
