"""What the history of a thing shows: values in words, and who was added to it or taken out.

The parts of a thing (the speakers of a session, the authors of an abstract) have no history of
their own; what an organiser did with them is in the log of the desk.
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
    """Values as they are read: the label of a choice, yes or no, the time at the symposium."""

    def context_for_delta_changes(self, delta):
        """Without what reads the same: an empty text that was none before."""
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
        # A value that is no choice any more stays as it is.
        return dict(field.flatchoices).get(value, localize(value))


def add_changed_parts(model, records: list) -> None:
    """Give each of the records of one thing, latest first, its `changed_parts`: sentences."""
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
        # The thing itself is written first, then its parts, then the log.
        place = bisect_right(dates, entry.action_time) - 1
        if place >= 0:
            records[place].changed_parts += parts_of(entry)


def parts_of(entry: LogEntry) -> list[str]:
    """What an entry of the log says about parts, a sentence each."""
    message = entry.change_message
    steps = json.loads(message) if message.startswith("[") else []
    named = [step for step in steps if any("name" in said for said in step.values())]
    return [LogEntry(change_message=json.dumps([step])).get_change_message() for step in named]
