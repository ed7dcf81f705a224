"""States of objects as JSON: to compare them later, and to put them back."""

import copy
from collections.abc import Sequence
from typing import Any

from django.db import models


def restored_copy(obj: Any) -> Any:
    """Return a copy of an instance whose attributes can change without those of the original."""
    made = copy.copy(obj)
    made._state = copy.copy(obj._state)
    made._state.fields_cache = dict(obj._state.fields_cache)
    return made


def own_fields(model: type[models.Model]) -> list[Any]:
    """Return the fields that people write: no copies of triggers, no times of saving."""
    return [
        field
        for field in model._meta.concrete_fields
        if field.editable and not field.primary_key and not isinstance(field, models.GeneratedField)
    ]


def fields_of(obj: models.Model) -> dict[str, Any]:
    """Return the values by attribute, as text; None stays None."""
    return {
        field.attname: None if field.value_from_object(obj) is None else field.value_to_string(obj)
        for field in own_fields(type(obj))
    }


def state_of(obj: Any, parts: Sequence[str]) -> dict[str, Any]:
    """Return the fields of an object and of the rows that belong to it (`parts`)."""
    return {
        "fields": fields_of(obj),
        "parts": {
            name: sorted(
                ({"pk": part.pk} | fields_of(part) for part in getattr(obj, name).all()),
                key=lambda part: part["pk"],
            )
            for name in parts
        },
    }


def is_in_state(obj: Any, parts: Sequence[str], state: dict[str, Any]) -> bool:
    """Return whether an object is still as in `state`.

    A field that is newer than the state, added by an upgrade, has its default value in it.
    """
    rows = {
        name: [fields_of(getattr(obj, name).model()) | row for row in found]
        for name, found in state["parts"].items()
    }
    fields = fields_of(type(obj)()) | state["fields"]
    return state_of(obj, parts) == {"fields": fields, "parts": rows}


def put_back(obj: Any, state: dict[str, Any]) -> None:
    """Save the object and its parts as they were in `state`."""
    set_fields(obj, state["fields"])
    obj.save()
    for name, rows in state["parts"].items():
        manager = getattr(obj, name)
        manager.all().delete()
        for row in rows:
            part = manager.model(pk=row["pk"], **{manager.field.attname: obj.pk})
            set_fields(part, {key: value for key, value in row.items() if key != "pk"})
            part.save(force_insert=True)


def set_fields(obj: models.Model, values: dict[str, Any]) -> None:
    for field in own_fields(type(obj)):
        if field.attname in values:
            text = values[field.attname]
            setattr(obj, field.attname, None if text is None else field.to_python(text))
