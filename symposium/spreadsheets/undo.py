"""Taking an import back, while nothing that it wrote has changed since."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, router, transaction
from django.db.models.deletion import Collector
from django.utils import timezone
from django.utils.translation import gettext as _

from symposium.core.admin.base import db_error_message, name_list
from symposium.core.postponed import postponed_refreshes
from symposium.spreadsheets.imports import entry
from symposium.spreadsheets.models import Import
from symposium.spreadsheets.registry import SHEETS
from symposium.spreadsheets.sheets import Sheet
from symposium.spreadsheets.states import is_in_state


@transaction.atomic
@postponed_refreshes()
def undo(made: Import, user: Any) -> int:
    """Put back what an import changed, delete what it added; return the number of objects.

    Raise ValidationError, with nothing undone, if something has changed since.
    """
    made = Import.objects.select_for_update().get(pk=made.pk)
    if not made.can_be_undone:
        raise refused(_("This import can no longer be undone."))
    found = present(made)
    if changed := [
        one["label"]
        for one in made.written
        if (obj := found[one["kind"]].get(one["pk"])) is None
        or not is_in_state(obj, SHEETS[one["kind"]].parts, one["after"])
    ]:
        raise refused(
            _("This import can’t be undone: these have changed since: %(names)s.")
            % {"names": name_list(changed)}
        )
    try:
        take_back(made, found, user)
        connection.check_constraints()
    except IntegrityError as error:
        raise refused(str(db_error_message(error))) from error
    number = len(made.written)
    made.written, made.undone_at = [], timezone.now()
    made.save()
    LogEntry.objects.bulk_create([entry(user, made, CHANGE, [{"deleted": {}}])])
    return number


def refused(sentence: str) -> ValidationError:
    return ValidationError(sentence, code="undo")


def present(made: Import) -> dict[str, dict[int, Any]]:
    """Return the objects that the import wrote, by kind and key."""
    return {
        kind: SHEETS[kind]
        .objects(made.edition)
        .in_bulk([one["pk"] for one in made.written if one["kind"] == kind])
        for kind in SHEETS
    }


def take_back(made: Import, found: dict[str, dict[int, Any]], user: Any) -> None:
    for one in reversed(made.written):
        if one["before"] is not None:
            obj = found[one["kind"]][one["pk"]]
            obj._change_reason = _("Import undone")
            SHEETS[one["kind"]].put_back(obj, one["before"], user)
    for one in reversed(made.written):
        if one["before"] is None:
            remove(found[one["kind"]][one["pk"]], SHEETS[one["kind"]], user)


def remove(obj: models.Model, sheet: Sheet, user: Any) -> None:
    """Delete an object; raise ValidationError if others would be deleted with it, or need it."""
    if sheet.kind == "registrations":
        sheet.remove(obj, user)
        return
    own = {obj._meta.get_field(name).related_model for name in sheet.parts}
    own |= {type(obj), *sheet.records}
    collector = Collector(using=router.db_for_write(type(obj)), origin=obj)
    try:
        collector.collect([obj])
    except (models.ProtectedError, models.RestrictedError) as error:
        raise in_use(obj, error.args[1]) from error
    others = [one for model, rows in collector.data.items() if model not in own for one in rows]
    for rows in collector.fast_deletes:
        others += rows if rows.model not in own else []
    if others:
        raise in_use(obj, others)
    sheet.remove(obj, user)


def in_use(obj: models.Model, others: Iterable[models.Model]) -> ValidationError:
    """Return the refusal that counts by whom an object is used; it names no person."""
    counted = Counter(str(one._meta.verbose_name_plural) for one in others)
    users = name_list(f"{name} ({number})" for name, number in counted.items())
    return refused(
        _("This import can’t be undone: “%(object)s” is used since, by: %(users)s.")
        % {"object": obj, "users": users}
    )
