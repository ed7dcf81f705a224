"""What was typed before: the words of searches in the journal, the forms kept in browser sessions.

Both hold what an erasure does not find, accessibility needs among it.
"""

import re

from django.contrib.sessions.backends.db import SessionStore
from django.db import migrations

KNOWN = {"state__exact", "category__id__exact", "checked_in", "session", "role__exact", "country"}
FILTER = re.compile(r", (\w+) = ")
WITH_NEEDS = (
    "With the accessibility needs.",
    "Avec les besoins d’accessibilité.",
    "مع الحاجات المتعلقة بالولوجيات.",
)


def without_words(message: str) -> str:
    """An entry of the journal as exports write it now, from the first search or lookup on."""
    for found in FILTER.finditer(message):
        if found[1] not in KNOWN:
            needs = next((words for words in WITH_NEEDS if message.endswith(words)), "")
            return f"{message[: found.end()]}…. {needs}".rstrip()
    return message


def forget(apps, schema_editor):
    LogEntry = apps.get_model("admin", "LogEntry")
    exports = LogEntry.objects.filter(
        content_type__app_label="symposium_registrations", content_type__model="registration",
        object_id=None, change_message__contains=" = ",
    )  # fmt: skip
    for entry in exports.iterator():
        entry.change_message = without_words(entry.change_message)
        entry.save(update_fields=["change_message"])
    store = SessionStore()
    for session in apps.get_model("sessions", "Session").objects.iterator(chunk_size=50):
        kept = store.decode(session.session_data)
        left = {name: value for name, value in kept.items() if not name.startswith("draft-")}
        if left != kept:
            session.session_data = store.encode(left)
            session.save(update_fields=["session_data"])


class Migration(migrations.Migration):
    dependencies = [
        ("symposium_registrations", "0008_drafts"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("sessions", "0001_initial"),
    ]
    operations = [migrations.RunPython(forget, migrations.RunPython.noop)]
