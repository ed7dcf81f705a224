"""One run of an import: every row is written as it will be, in a transaction.

A preview is the same run, rolled back: it finds what the write would find, and there is one set of
rules, that of the models and of PostgreSQL.
"""

import contextlib
import re
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from symposium.core.admin.base import db_error_message
from symposium.core.postponed import no_refreshes, postponed_refreshes
from symposium.editions.models import Edition
from symposium.spreadsheets.columns import escaped, unescaped
from symposium.spreadsheets.known import Known, code_of
from symposium.spreadsheets.registry import SHEETS
from symposium.spreadsheets.rows import CHANGED, NEW, REFUSED, SAME, Row
from symposium.spreadsheets.sheets import Sheet, field_errors
from symposium.spreadsheets.states import restored_copy, state_of
from symposium.spreadsheets.tables import plain
from symposium.spreadsheets.values import invalid

CODED = re.compile(r"\[([-\w]+)\]$")


class Refused(Exception):
    """A row has faults: what it wrote is rolled back."""


class RolledBack(Exception):
    """End of a preview."""


class Run:
    """The rows of an import and the organiser's decisions; `execute` writes them.

    `decisions` are by key, see `related` and `choose`. After `execute`, `rows` have their states,
    `missing` and `doubles` what an organiser can decide, and `written` the objects.
    """

    def __init__(self, edition: Edition, user: Any, rows: list[Row], decisions: dict[str, str],
                 *, is_1904: bool = False, reason: str = ""):  # fmt: skip
        self.edition, self.user, self.rows, self.decisions = edition, user, rows, decisions
        self.is_1904, self.reason = is_1904, reason[:100]
        self.known = Known(edition, SHEETS)
        self.missing: dict[str, dict[str, Any]] = {}
        self.doubles: dict[str, dict[str, Any]] = {}
        self.written: list[dict[str, Any]] = []
        self.before: dict[tuple[str, int], dict[str, Any] | None] = {}
        self.claims: dict[str, set[int]] = {}
        self.row: Row
        self.cell = ""
        self.is_preview = False
        self.is_new = False  # whether the object of the row is
        # Objects made since the row began, to be forgotten if it is refused.
        self.made: list[tuple[str, Any]] = []
        self.last_day: Any = None

    def preview(self) -> None:
        self.is_preview = True
        with contextlib.suppress(RolledBack), transaction.atomic(), no_refreshes():
            self.execute()
            raise RolledBack

    def apply(self) -> bool:
        """Write all rows and return True; if one is refused, write nothing and return False."""
        with contextlib.suppress(RolledBack), transaction.atomic(), postponed_refreshes():
            self.execute()
            if self.is_refused:
                raise RolledBack
            self.record()
            return True
        return False

    @property
    def is_refused(self) -> bool:
        undecided = any(not one["decision"] for one in self.doubles.values())
        return undecided or any(row.faults for row in self.rows)

    def execute(self) -> None:
        for kind in SHEETS:
            sheet = SHEETS[kind]
            mine = [row for row in self.rows if row.kind == kind]
            for row in sorted(mine, key=sheet.rank):
                self.write(sheet, row)
            self.check(sheet, mine)
        self.check_database()

    def claimed(self, kind: str) -> set[int]:
        return self.claims.setdefault(kind, set())

    # One row

    def write(self, sheet: Sheet, row: Row) -> None:
        self.row, self.made = row, []
        try:
            with transaction.atomic():
                self.write_cells(sheet, row)
                if row.faults:
                    raise Refused
        except Refused:
            pass
        except IntegrityError as error:
            row.refuse("", str(db_error_message(error)))
        if row.faults:
            row.state = REFUSED
            for kind, found in self.made:
                self.known.index(kind).remove(found)
                self.before.pop((kind, found.pk), None)

    def write_cells(self, sheet: Sheet, row: Row) -> None:
        row.label = plain(sheet.title(row))[:120]
        sheet.prepare(self, row)
        with self.faults_of(row, sheet):
            found = sheet.find(self, row)
        if row.faults:
            return
        action = "change" if found else "add"
        obj = restored_copy(found) if found else sheet.new(self.edition)
        again = bool(found) and found.pk in self.claimed(sheet.kind)
        read = self.read_cells(sheet, row, obj, is_new=found is None, fills=again)
        if row.faults:
            return
        if found:
            row.label = row.label or str(found)
            self.claimed(sheet.kind).add(found.pk)
        if found and not read:
            row.state, row.obj = SAME, found
            return
        if not sheet.allows(self.user, action):
            row.refuse("", self.not_allowed(action))
            return
        before = state_of(found, sheet.parts) if found else None
        with self.faults_of(row, sheet):
            sheet.assign(self, obj, read)
            sheet.clean(obj)
        if row.faults:
            return
        self.note_reason(obj)
        self.is_new = found is None
        with self.faults_of(row, sheet):
            sheet.save(self, obj, read)
            sheet.save_parts(self, obj, read)
        if not row.faults:
            self.keep(sheet, row, found, obj, before)

    def note_reason(self, obj: Any) -> None:
        """Name the file in the history of the object; a preview writes no history."""
        obj._change_reason = self.reason
        if self.is_preview:
            obj.skip_history_when_saving = True

    def keep(self, sheet: Sheet, row: Row, found: Any, obj: Any, before: Any) -> None:
        """Make the written object known to the next rows."""
        self.before.setdefault((sheet.kind, obj.pk), before)
        self.claimed(sheet.kind).add(obj.pk)
        row.state, row.obj = (CHANGED, found) if found else (NEW, obj)
        if found:
            found.__dict__.update(obj.__dict__)
        else:
            self.made.append((sheet.kind, obj))
        self.known.index(sheet.kind).add(found or obj)

    def read_cells(
        self, sheet: Sheet, row: Row, obj: Any, *, is_new: bool, fills: bool
    ) -> dict[str, Any]:
        """Return the values of the cells that differ from the object, and note the changes.

        A second row of one person only `fills` what the first left empty.
        """
        read: dict[str, Any] = {}
        for name, (ref, text) in row.cells.items():
            column = sheet.by_name[name]
            if column is sheet.identifier:
                continue
            if name in row.broken:
                row.refuse(name, BROKEN[row.broken[name]]())
                continue
            old = "" if is_new else column.text(column.get(obj), self.known)
            if text == escaped(old) or (not text and (is_new or not row.is_known)):
                continue
            if fills and old:
                continue
            self.cell = ref
            with self.faults_of(row, sheet, name):
                value = column.read(unescaped(text), self)
                new = column.text(value, self.known)
                if new != old or is_new:
                    read[name] = value
                    row.changes.append((ref, name, old, new))
        return read

    @contextlib.contextmanager
    def faults_of(self, row: Row, sheet: Sheet, column: str = "") -> Iterator[None]:
        """Turn a ValidationError into faults of the row, at the cells of its fields."""
        try:
            yield
        except ValidationError as error:
            for field, sentences in field_errors(error).items():
                name = column or sheet.field_columns.get(field, field)
                for sentence in sentences:
                    row.refuse(name, str(sentence))

    def not_allowed(self, action: str) -> str:
        if action == "add":
            return _("You may not add this. Ask someone with the right to do so.")
        return _("You may not change this. Ask someone with the right to do so.")

    # Other objects that a cell names

    def related(self, kind: str, name: str) -> Any:
        """Return the object of a name, made if it is missing; raise ValidationError if refused.

        The decision `missing:<kind>:<name>` is "make", "refuse" or the address of another object.
        """
        index = self.known.index(kind)
        found = index.find(name) or [
            one for code in CODED.findall(name) if (one := index.by_code.get(code))
        ]
        if len(found) == 1:
            return found[0]
        if found:
            raise invalid(
                _("Several have this name. Write the address after it: %(names)s.")
                % {"names": ", ".join(self.known.label(kind, one) for one in found)}
            )
        return self.supply(kind, name)

    def supply(self, kind: str, name: str) -> Any:
        index, sheet = self.known.index(kind), SHEETS[kind]
        key = f"missing:{kind}:{plain(name).casefold()}"
        may_add = sheet.makes and sheet.allows(self.user, "add")
        decision = self.decisions.get(key) or ("make" if may_add else "refuse")
        noted = self.missing.setdefault(
            key, {"kind": kind, "value": plain(name), "cells": [], "decision": decision,
                  "may_add": may_add, "alike": [code_of(one) for one in index.alike(name)]},
        )  # fmt: skip
        noted["cells"].append(self.cell)
        if decision == "make" and may_add:
            return self.make(kind, name)
        if decision in index.by_code:
            return index.by_code[decision]
        raise invalid(_("This doesn’t exist in the edition. Correct it, or choose to add it."))

    def make(self, kind: str, name: str) -> Any:
        """Save a new object with this name; raise ValidationError if it cannot be."""
        sheet = SHEETS[kind]
        made = sheet.named(self.edition, plain(name))
        self.note_reason(made)
        try:
            sheet.clean(made)
        except ValidationError as error:
            raise invalid(" ".join(error.messages)) from None
        sheet.save(self, made, {})
        self.before[kind, made.pk] = None
        self.made.append((kind, made))
        self.known.index(kind).add(made)
        return made

    def choose(self, key: str, value: str, candidates: list[Any], default: str) -> str:
        """Return the decision about a possible double: "new", the key of a candidate, or ""."""
        decision = self.decisions.get(key, default)
        noted = self.doubles.setdefault(
            key, {"value": value, "cells": [], "decision": decision,
                  "candidates": [self.candidate(one) for one in candidates]},
        )  # fmt: skip
        noted["cells"].append(self.cell)
        return decision

    def candidate(self, found: Any) -> dict[str, Any]:
        return {
            "key": code_of(found),
            "name": str(found),
            "affiliation": getattr(found, "affiliation", "") or "",
            "is_new": self.before.get(("speakers", found.pk), True) is None,
        }

    # All rows

    def check(self, sheet: Sheet, rows: list[Row]) -> None:
        """Check the written objects against each other."""
        written = [row for row in rows if row.state in (NEW, CHANGED)]
        suspects = sheet.suspects(self) if written else set()
        for row in written:
            if row.obj.pk in suspects:
                self.row = row
                with self.faults_of(row, sheet):
                    sheet.check(self, row.obj)
                if row.faults:
                    row.state = REFUSED

    def check_database(self) -> None:
        """Check the deferred constraints, unless a sentence has named the clash already."""
        if any(row.faults for row in self.rows):
            return
        try:
            with transaction.atomic():
                connection.check_constraints()
        except IntegrityError as error:
            last = next((row for row in reversed(self.rows) if row.state in (NEW, CHANGED)), None)
            if last is None:
                raise
            last.state = REFUSED
            last.refuse("", str(db_error_message(error)))

    def record(self) -> None:
        """Set `written`: the objects that this run wrote, in order, before and after."""
        for kind in SHEETS:
            numbers = [pk for one, pk in self.before if one == kind]
            fresh = SHEETS[kind].objects(self.edition).in_bulk(numbers)
            for pk in numbers:
                self.written.append(
                    {
                        "kind": kind,
                        "pk": pk,
                        "label": str(fresh[pk])[:120],
                        "before": self.before[kind, pk],
                        "after": state_of(fresh[pk], SHEETS[kind].parts),
                    }
                )


def formula_fault() -> str:
    return _("This cell is a formula without a result. Open the file in a spreadsheet and save "
             "it, or write the value.")  # fmt: skip


def error_fault() -> str:
    return _("This cell holds an error of a formula. Write the value.")


BROKEN = {"formula": formula_fault, "error": error_fault}
