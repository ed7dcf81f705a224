"""The last changes of the desk, from its log: who, when, and old → new where there is a history."""

import datetime

from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import quote
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.urls import NoReverseMatch, reverse

from symposium.core.admin.history import ChangedValues

# The history is written just before the log, in the same transaction.
SAME_SAVE = datetime.timedelta(seconds=5)
MOST_VALUES = 3


def changes_of(obj, most: int) -> list[dict]:
    """Return the last changes of one object."""
    kind = ContentType.objects.get_for_model(obj, for_concrete_model=False)
    return described(LogEntry.objects.filter(content_type=kind, object_id=str(obj.pk)), most)


def changes_seen_by(user, most: int) -> list[dict]:
    """Return the last changes of what the user may view."""
    kinds = [
        kind.pk for kind in ContentType.objects.all()
        if user.has_perm(f"{kind.app_label}.view_{kind.model}")
    ]  # fmt: skip
    return described(LogEntry.objects.filter(content_type__in=kinds), most)


def described(entries: QuerySet[LogEntry], most: int) -> list[dict]:
    """Return `{"name", "kind", "url", "by", "at", "values", "sentence"}` of the latest entries."""
    found = entries.select_related("user", "content_type").order_by("-action_time", "-pk")
    return [
        {
            "name": entry.object_repr,
            "kind": entry.content_type.name,
            "url": address(entry),
            "by": entry.user,
            "at": entry.action_time,
            "values": changed_values(entry),
            "sentence": entry.get_change_message(),
        }
        for entry in found[:most]
    ]


def address(entry: LogEntry) -> str:
    """Return the page of the changed object; "" for a deleted one, or for several at once."""
    if entry.is_deletion() or not entry.object_id:
        return ""
    kind = entry.content_type
    try:
        return reverse(f"admin:{kind.app_label}_{kind.model}_change", args=[quote(entry.object_id)])
    except NoReverseMatch:
        return ""


def changed_values(entry: LogEntry) -> list:
    """Return the fields that the save changed, each with its old and new value, as words."""
    model = entry.content_type.model_class()
    if not (entry.is_change() and entry.object_id and hasattr(model, "history")):
        return []
    records = model.history.filter(id=entry.object_id, history_date__lte=entry.action_time)
    pair = list(records.order_by("-history_date", "-pk")[:2])
    if len(pair) < 2 or pair[0].history_date < entry.action_time - SAME_SAVE:
        return []
    # Each language of a text is a field of its own.
    texts = [field.name for field in model._meta.fields if hasattr(model, f"{field.name}_fr")]
    delta = pair[0].diff_against(pair[1], excluded_fields=texts, foreign_keys_are_objs=True)
    return ChangedValues(model, pair[0]).context_for_delta_changes(delta)[:MOST_VALUES]
