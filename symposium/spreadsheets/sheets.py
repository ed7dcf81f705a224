"""What a sheet of a spreadsheet is: its columns, and how a row finds and fills its object."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.utils.functional import Promise, cached_property

from symposium.core.i18n.localized import in_each_language
from symposium.editions.models import Edition
from symposium.editions.slugs import SluggedModel
from symposium.spreadsheets import states
from symposium.spreadsheets.columns import Column, Identifier
from symposium.spreadsheets.known import Known, language_of
from symposium.spreadsheets.rows import Row
from symposium.spreadsheets.values import fold

if TYPE_CHECKING:
    from symposium.spreadsheets.runs import Run


class Sheet:
    """Kind of sheet. Subclasses give the attributes and replace what differs."""

    kind: str
    model: type[Any]
    label: str | Promise
    # Titles of sheets by which people know it, beside `label`.
    titles: Sequence[str] = ()
    columns: Sequence[Column] = ()
    # Sheets whose objects it names: they are imported first.
    needs: Sequence[str] = ()
    # Related names of the rows that belong to the object.
    parts: Sequence[str] = ()
    # Models whose rows the database records about an object: they go with it.
    records: Sequence[type[Model]] = ()
    # Column that shows the error of a field, where it is not of that name.
    field_columns: dict[str, str] = {}
    name_field = "name"
    # Whether two rows of one name are one object.
    merges = True
    # Whether a name in a cell of another sheet may make an object.
    makes = True

    def __init__(self) -> None:
        self.by_name = {column.name: column for column in self.columns}

    @cached_property
    def headings(self) -> dict[str, str]:
        """Names of the columns by folded heading, in three languages."""
        return {
            heading: column.name
            for column in reversed(self.columns)
            for heading in column.folded_headings()
        }

    @property
    def identifier(self) -> Column | None:
        return next((one for one in self.columns if isinstance(one, Identifier)), None)

    def objects(self, edition: Edition) -> QuerySet:
        """Return the objects of the edition with all that the columns read."""
        return self.model.objects.filter(edition=edition).order_by("pk")

    def exported(self, edition: Edition) -> Iterable[Any]:
        return self.objects(edition)

    def names(self, obj: Any) -> Iterable[str]:
        return (getattr(obj, name) for name in in_each_language(self.name_field))

    def new(self, edition: Edition) -> Any:
        return self.model(edition=edition)

    def named(self, edition: Edition, name: str) -> Any:
        """Return a new object with this name, for a name that a cell of another sheet gives."""
        made = self.new(edition)
        setattr(made, f"{self.name_field}_{language_of(name)}", name)
        return made

    def title(self, row: Row) -> str:
        """Return the name that a row gives its object."""
        names = (row.text(name) for name in in_each_language(self.name_field))
        return next(filter(None, names), "")

    def find(self, run: "Run", row: Row) -> Any | None:
        """Return the object of the row, or None for a new one; set `row.is_known`.

        A known row is of an object that its identifier names: an empty cell empties the field.
        """
        index = run.known.index(self.kind)
        name = self.identifier.name if self.identifier else ""
        if found := index.by_code.get(row.text(name)):
            row.is_known = True
            return found
        return self.find_by_name(run, row)

    def find_by_name(self, run: "Run", row: Row) -> Any | None:
        found = run.known.index(self.kind).find(self.title(row))
        if not self.merges:
            found = [one for one in found if one.pk not in run.claimed(self.kind)]
        return found[0] if found else None

    def rank(self, row: Row) -> int:
        """Return the rank in which a row is written; those of one rank stay in order."""
        return 0

    def prepare(self, run: "Run", row: Row) -> None:
        """Complete a row before its cells are read."""

    def assign(self, run: "Run", obj: Any, read: dict[str, Any]) -> None:
        """Write the changed values to the object, which is not saved yet."""
        for name, value in read.items():
            setattr(obj, name, value)

    def clean(self, obj: Any) -> None:
        """Raise ValidationError unless the object can be saved."""
        obj.clean_fields(exclude=[field.name for field in obj._meta.fields if field.remote_field])
        obj.clean()

    def save(self, run: "Run", obj: Any, read: dict[str, Any]) -> None:
        """Save the object; a new one gets its address."""
        if obj.pk is None and isinstance(obj, SluggedModel):
            obj.slug = run.known.free_slug(self.kind, obj)
        obj.save()

    def save_parts(self, run: "Run", obj: Any, read: dict[str, Any]) -> None:
        """Write the changed values that are rows of their own."""

    def suspects(self, run: "Run") -> set[int]:
        """Return the keys of the objects that may disagree with others."""
        return set()

    def check(self, run: "Run", obj: Any) -> None:
        """Raise ValidationError if the object disagrees with others, once all rows are written."""

    def put_back(self, obj: Any, before: dict[str, Any], user: Any) -> None:
        """Save a changed object as it was."""
        states.put_back(obj, before)

    def remove(self, obj: Any, user: Any) -> None:
        """Take back a new object, of which nothing else makes use."""
        obj.delete()

    def may_export(self, user: Any) -> bool:
        return self.allows(user, "view") or self.allows(user, "change")

    def allows(self, user: Any, action: str) -> bool:
        options = self.model._meta
        return user.has_perm(f"{options.app_label}.{action}_{options.model_name}")

    def is_open_to(self, user: Any) -> bool:
        """Return whether the user may import such a sheet."""
        return self.allows(user, "add") or self.allows(user, "change")

    def cells(self, obj: Any, known: Known) -> dict[str, str]:
        """Return the texts of the exported columns, before formulas are escaped."""
        return {
            column.name: column.text(column.get(obj), known)
            for column in self.columns
            if column.exported
        }

    def is_titled(self, title: str) -> bool:
        return fold(title) in {fold(one) for one in (str(self.label), *self.titles)}


def field_errors(error: ValidationError) -> dict[str, list[str]]:
    """Return the messages by field; "" is for the whole object."""
    if hasattr(error, "error_dict"):
        return {
            (name if name != "__all__" else ""): found for name, found in error.message_dict.items()
        }
    return {"": error.messages}
