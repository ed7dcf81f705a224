"""What the page of a preview shows, and what its form decides."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from symposium.spreadsheets import imports
from symposium.spreadsheets.columns import Column
from symposium.spreadsheets.known import Known
from symposium.spreadsheets.models import Import
from symposium.spreadsheets.registry import SHEETS
from symposium.spreadsheets.rows import CHANGED, NEW, REFUSED, SAME
from symposium.spreadsheets.tables import Table, plain

MOST_SHOWN = 150
SAMPLES = 2
STATES = {NEW: "new", CHANGED: "", SAME: "", REFUSED: "bad"}


class Preview:
    """The preview of an import for its page; `show` is the state of the rows to list."""

    def __init__(self, made: Import, show: str):
        self.made = made
        self.preview = made.preview
        self.show = show if show in STATES else self.first_state()

    def first_state(self) -> str:
        counts = self.preview["counts"]
        return next((state for state in (REFUSED, CHANGED, NEW) if counts[state]), SAME)

    @cached_property
    def tables(self) -> list[Table]:
        return imports.tables_of(self.made)

    # The columns

    def sheets(self) -> list[dict[str, Any]]:
        """Return the tables of the file with their columns and samples."""
        return [
            self.sheet(number, table, choice)
            for number, (table, choice) in enumerate(
                zip(self.tables, self.made.choices["tables"], strict=True)
            )
        ]

    def sheet(self, number: int, table: Table, choice: dict[str, Any]) -> dict[str, Any]:
        kind = choice["kind"]
        columns = SHEETS[kind].columns if kind else ()
        headings = [
            self.heading(number, at, text, table, choice, columns)
            for at, text in enumerate(choice["texts"])
            if text
        ]
        known = sum(not one["asks"] for one in headings)
        return {
            "number": number, "name": table.name, "kind": kind, "headings": headings,
            "rows": max(len(table.rows) - choice["last"], 0), "notes": choice["notes"],
            "known": known, "asked": len(headings) - known,
        }  # fmt: skip

    @staticmethod
    def heading(number: int, at: int, text: str, table: Table, choice: dict[str, Any],
                columns: Iterable[Column]) -> dict[str, Any]:  # fmt: skip
        found: list[str] = []
        for line in range(choice["last"] + 1, len(table.rows) + 1):
            cell = plain(table.cell(line, at))[:40]
            if cell and cell not in found and len(found) < SAMPLES:
                found.append(cell)
        chosen = choice["columns"][at]
        options = [
            {"value": one.name, "label": capfirst(str(one.label)), "is_chosen": one.name == chosen}
            for one in columns
        ]
        return {
            "name": f"map-{number}-{at}", "text": text, "samples": ", ".join(found),
            "options": options, "asks": not chosen,
        }  # fmt: skip

    # The rows

    def tally(self) -> list[dict[str, Any]]:
        """Return the numbers of rows by state."""
        counts = self.preview["counts"]
        words = {
            NEW: ngettext("new row", "new rows", counts[NEW]),
            CHANGED: ngettext("changed row", "changed rows", counts[CHANGED]),
            SAME: ngettext("unchanged row", "unchanged rows", counts[SAME]),
            REFUSED: ngettext("refused row", "refused rows", counts[REFUSED]),
        }
        return [
            {"state": state, "count": counts[state], "label": words[state], "style": style,
             "is_shown": state == self.show}
            for state, style in STATES.items()
        ]  # fmt: skip

    @cached_property
    def of_state(self) -> list[dict[str, Any]]:
        return [row for row in self.preview["rows"] if row["state"] == self.show]

    def rows(self) -> list[dict[str, Any]]:
        """Return the rows of the state that is shown, with the words for their columns."""
        return [self.row(row) for row in self.of_state[:MOST_SHOWN]]

    def row(self, row: dict[str, Any]) -> dict[str, Any]:
        sheet = SHEETS[row["kind"]]
        changes = [
            {"cell": cell, "column": capfirst(str(sheet.by_name[name].label)), "old": old,
             "new": new}
            for cell, name, old, new in row["changes"]
        ]  # fmt: skip
        faults = [
            {"cell": cell, "content": content[:80], "text": text}
            for cell, content, text in row["faults"]
        ]
        name = self.tables[row["table"]].name if len(self.tables) > 1 else ""
        return row | {"table_name": name, "changes": changes, "faults": faults}

    def more(self) -> int:
        return max(len(self.of_state) - MOST_SHOWN, 0)

    # What is decided

    def missing(self) -> list[dict[str, Any]]:
        """Return the names that the edition does not have, with what can be done about them."""
        known = Known(self.made.edition, SHEETS)
        return [self.missing_name(key, one, known) for key, one in self.preview["missing"].items()]

    @staticmethod
    def missing_name(key: str, one: dict[str, Any], known: Known) -> dict[str, Any]:
        sheet = SHEETS[one["kind"]]
        index = known.index(one["kind"])
        # A list of all speakers would be long: those whose names are alike are enough.
        codes = one["alike"] if one["kind"] == "speakers" else list(index.by_code)
        options = [("make", _("Add it"))] if one["may_add"] else []
        options += [("refuse", _("Refuse these rows"))]
        options += [
            (code, known.label(one["kind"], index.by_code[code]))
            for code in codes
            if code in index.by_code
        ]
        return one | {
            "key": key, "label": sheet.model._meta.verbose_name, "cells": cells(one["cells"]),
            "options": options,
        }  # fmt: skip

    def doubles(self) -> list[dict[str, Any]]:
        return [
            one | {"key": key, "cells": cells(one["cells"])}
            for key, one in self.preview["doubles"].items()
        ]

    @property
    def undecided(self) -> int:
        return sum(not one["decision"] for one in self.preview["doubles"].values())

    @property
    def refused(self) -> int:
        return self.preview["counts"][REFUSED]

    @property
    def can_apply(self) -> bool:
        counts = self.preview["counts"]
        blocked = self.refused or self.undecided or self.preview["problem"]
        return not blocked and bool(counts[NEW] or counts[CHANGED])

    # The form

    def take(self, posted: Mapping[str, str], allowed: Iterable[str]) -> bool:
        """Write what the form says to the import; return whether it changes anything."""
        before = repr(self.made.choices)
        tables = self.made.choices["tables"]
        for number, choice in enumerate(tables):
            kind = posted.get(f"kind-{number}", choice["kind"])
            if kind != choice["kind"] and kind in {"", *allowed}:
                tables[number] = imports.chosen(self.made, self.tables[number], kind)
            elif kind:
                self.take_columns(number, choice, posted)
        decisions = self.made.choices["decisions"]
        for key, one in {**self.preview["missing"], **self.preview["doubles"]}.items():
            said = posted.get(key, "")
            if said and said != one["decision"]:
                decisions[key] = said
        return repr(self.made.choices) != before

    @staticmethod
    def take_columns(number: int, choice: dict[str, Any], posted: Mapping[str, str]) -> None:
        known = SHEETS[choice["kind"]].by_name
        for at, column in enumerate(choice["columns"]):
            said = posted.get(f"map-{number}-{at}", column)
            if said in known or not said:
                choice["columns"][at] = said

    def leave_refused_out(self) -> None:
        self.made.choices["left"] += [
            [row["table"], row["line"]] for row in self.preview["rows"] if row["state"] == REFUSED
        ]


def cells(found: list[str]) -> str:
    """Return the names of cells for a line: the first ones, then an ellipsis."""
    names = list(dict.fromkeys(found))
    return ", ".join(names[:6]) + ("…" if len(names) > 6 else "")
