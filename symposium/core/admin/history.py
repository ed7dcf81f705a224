"""History pages of the desk: readable values, and changes to the parts of an object.

The parts (the speakers of a session, the authors of an abstract) have no history of their own.
Their changes are read from the admin log.
"""

import json
from bisect import bisect_right

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from django.utils.formats import localize
from django.utils.translation import gettext as _
from simple_history.template_utils import HistoricalRecordContextHelper


class ChangedValues(HistoricalRecordContextHelper):
    """Helper that formats values: choice labels, yes or no, times in the edition's time zone."""

    def context_for_delta_changes(self, delta):
        """Return the changes without those whose two values look the same, such as None and ""."""
        found = super().context_for_delta_changes(delta)
        return [change for change in found if change["old"] != change["new"]]

    def prepare_delta_change_value(self, change, value):
        value = super().prepare_delta_change_value(change, value)
        if value is None:
            return ""
        field = self.model._meta.get_field(change.field)
        if isinstance(value, bool):
            return _("Yes") if value else _("No")
        if isinstance(value, list):
            return ", ".join(map(str, value))
        if hasattr(value, "tzinfo"):
            value = timezone.localtime(value)
        # A value that is no longer a choice is shown as it is.
        return dict(field.flatchoices).get(value, localize(value))


def add_changed_parts(model, records: list) -> None:
    """Set `changed_parts`, a list of sentences, on each history record of one object."""
    for record in records:
        record.changed_parts = []
    if not records:
        return
    records = sorted(records, key=lambda record: record.history_date)
    dates = [record.history_date for record in records]
    entries = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(model), object_id=records[0].id
    )
    for entry in entries.order_by("action_time"):
        # Django saves the object first, then its parts, then the log entry.
        place = bisect_right(dates, entry.action_time) - 1
        if place >= 0:
            records[place].changed_parts += change_parts(entry)


def change_parts(entry: LogEntry) -> list[str]:
    """Return one sentence for each changed part in a log entry."""
    message = entry.change_message
    steps = json.loads(message) if message.startswith("[") else []
    named = [step for step in steps if any("name" in said for said in step.values())]
    return [LogEntry(change_message=json.dumps([step])).get_change_message() for step in named]
