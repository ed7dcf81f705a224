"""An import from the file to the database: read, preview, apply."""

import json
from typing import Any

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from symposium.editions.models import Edition
from symposium.spreadsheets import foreign, mapping, tables
from symposium.spreadsheets.models import Import
from symposium.spreadsheets.registry import SHEETS
from symposium.spreadsheets.rows import CHANGED, NEW, REFUSED, SAME, Row
from symposium.spreadsheets.runs import Run
from symposium.spreadsheets.tables import Table, reference
from symposium.spreadsheets.values import day_names, parse_day


def start(edition: Edition, user: Any, kind: str, file: UploadedFile) -> Import:
    """Save the tables of a file with a first preview; raise ValidationError for a bad file."""
    found = tables_in(file)
    made = Import(
        edition=edition, user=user, kind=kind, file_name=tables.plain(file.name)[-150:],
        content=[table.as_json() for table in found],
    )  # fmt: skip
    allowed = [one for one in SHEETS if SHEETS[one].is_open_to(user)]
    made.choices = {
        "tables": [first_choice(made, table, allowed, len(found) == 1) for table in found],
        "decisions": {},
        "left": [],
    }
    if not any(one["kind"] for one in made.choices["tables"]):
        made.choices["tables"][0] = chosen(made, found[0], kind)
    refresh(made)
    return made


def tables_in(file: UploadedFile) -> list[Table]:
    if file.name.lower().endswith(".json") and file.size <= tables.MAX_FILE_BYTES:
        return tables.usable(foreign.read_json(file.read()))
    return tables.read(file, file.name, file.size)


def first_choice(made: Import, table: Table, allowed: list[str], alone: bool) -> dict[str, Any]:
    kind = mapping.kind_of(table, made.kind, allowed, alone, made.edition)
    return chosen(made, table, kind)


def chosen(made: Import, table: Table, kind: str) -> dict[str, Any]:
    """Return what an import knows of a table: kind, headings, columns, remarks."""
    if not kind:
        return {"kind": "", "last": 0, "texts": [], "columns": [], "notes": []}
    sheet, known = SHEETS[kind], mapping.remembered(made.edition, kind)
    head = mapping.head_of(table, sheet, known)
    return {
        "kind": kind,
        "last": head.last,
        "texts": head.texts,
        "columns": mapping.columns_of(head, sheet, known),
        "notes": mapping.notes_of(table, head, sheet, known),
    }


def tables_of(made: Import) -> list[Table]:
    return [Table(**one) for one in made.content]


def rows_of(made: Import) -> list[Row]:
    """Return the rows to import; empty rows, repeated headings and rows left out are none."""
    left = {(table, line) for table, line in made.choices["left"]}
    found = []
    for number, (table, choice) in enumerate(
        zip(tables_of(made), made.choices["tables"], strict=True)
    ):
        if choice["kind"]:
            rows = table_rows(made.edition, number, table, choice)
            found += [row for row in rows if (number, row.line) not in left]
    return found


def table_rows(edition: Edition, number: int, table: Table, choice: dict[str, Any]) -> list[Row]:
    columns = {at: name for at, name in enumerate(choice["columns"]) if name}
    names, day = day_names(), None
    found = []
    for line in range(choice["last"] + 1, len(table.rows) + 1):
        texts = {at: text for at, text in enumerate(table.rows[line - 1]) if text}
        broken = {at for at in columns if reference(line, at) in table.faults}
        if not texts and not broken:
            continue
        if is_heading(texts, choice["texts"]):
            continue
        if len(texts) == 1 and not broken:
            [(at, text)] = texts.items()
            if spoken := day_of(text, edition, names, table.is_1904):
                day = (reference(line, at), spoken)
                continue
            if at not in columns:
                continue
        row = table_row(number, line, table, columns, choice["kind"])
        if day and "day" in SHEETS[row.kind].by_name and not row.text("day"):
            row.cells["day"] = day
        if any(text for _ref, text in row.cells.values()) or row.broken:
            found.append(row)
    return found


def is_heading(texts: dict[int, str], heads: list[str]) -> bool:
    """Return whether a row repeats the headings, as on each page of a printed list."""
    return len(texts) > 1 and all(
        at < len(heads) and tables.plain(text) == heads[at] for at, text in texts.items()
    )


def day_of(text: str, edition: Edition, names: Any, is_1904: bool) -> str:
    """Return the ISO date of a row that only names a day, or ""."""
    try:
        return f"{parse_day(text, edition.days, names, is_1904):%Y-%m-%d}"
    except ValidationError:
        return ""


def table_row(number: int, line: int, table: Table, columns: dict[int, str], kind: str) -> Row:
    cells, broken = {}, {}
    for at, name in columns.items():
        ref = reference(line, at)
        cells[name] = (ref, table.cell(line, at))
        if ref in table.faults:
            broken[name] = table.faults[ref]
    return Row(kind, number, line, cells, broken)


# The preview


def run_of(made: Import, user: Any) -> Run:
    return Run(
        made.edition, user, rows_of(made), made.choices["decisions"],
        is_1904=any(table["is_1904"] for table in made.content), reason=made.file_name,
    )  # fmt: skip


def refresh(made: Import) -> None:
    """Make the preview and save it with the import."""
    if not (doubled := doubled_columns(made)):
        run = run_of(made, made.user)
        run.preview()
        made.preview = outcome(run)
    else:
        made.preview = EMPTY | {"problem": doubled, "language": get_language()}
    made.save()


EMPTY: dict[str, Any] = {
    "counts": {NEW: 0, CHANGED: 0, SAME: 0, REFUSED: 0},
    "rows": [],
    "missing": {},
    "doubles": {},
    "problem": "",
}


def doubled_columns(made: Import) -> str:
    """Return a sentence if two headings of a table are to be one column, or ""."""
    for choice in made.choices["tables"]:
        used = [name for name in choice["columns"] if name]
        for name in used:
            if used.count(name) > 1:
                at = [n for n, one in enumerate(choice["columns"]) if one == name]
                label = str(SHEETS[choice["kind"]].by_name[name].label)
                cells = ", ".join(reference(choice["last"], n) for n in at)
                return _("Two headings are set to “%(column)s”: %(cells)s. Choose one of them.") % {
                    "column": label,
                    "cells": cells,
                }
    return ""


def outcome(run: Run) -> dict[str, Any]:
    """Return what a run found, in the reader's language."""
    counts = {state: sum(row.state == state for row in run.rows) for state in EMPTY["counts"]}
    return {
        "counts": counts,
        "rows": [row.as_json() for row in run.rows],
        "missing": run.missing,
        "doubles": run.doubles,
        "problem": "",
        "language": get_language(),
    }


# Applying


class Changed(Exception):
    """The edition has changed since the preview: nothing is written."""


def apply(made: Import, user: Any) -> bool:
    """Write an import and return True; if something is refused, renew the preview, return False.

    Raise Changed, after the preview is renewed, if it would do something else than shown.
    """
    shown = made.preview
    try:
        with transaction.atomic():
            if Import.objects.select_for_update().get(pk=made.pk).applied_at:
                return True  # sent twice
            run = run_of(made, user)
            done = run.apply()
            if done and outcome(run) != shown:
                raise Changed
            if done:
                finish(made, user, run)
    except Changed:
        refresh(made)
        raise
    if not done:
        refresh(made)
    return done


def finish(made: Import, user: Any, run: Run) -> None:
    """Record what was written, in the journal too, and forget the file."""
    for choice in made.choices["tables"]:
        if choice["kind"]:
            mapping.remember(made.edition, choice["kind"], choice["texts"], choice["columns"])
    made.counts = outcome(run)["counts"] | {"written": len(run.written)}
    made.written = run.written
    made.content, made.choices, made.preview = [], {}, {}
    made.applied_at = timezone.now()
    made.save()
    log(made, user, run)


def log(made: Import, user: Any, run: Run) -> None:
    """Write what an import did to the journal: itself, and each object with the changed fields."""
    labels = {
        (row.kind, row.obj.pk): [
            str(SHEETS[row.kind].by_name[name].label) for _ref, name, _old, _new in row.changes
        ]
        for row in run.rows
        if row.obj is not None
    }
    entries = [entry(user, made, CHANGE, [{"added": {}}])]
    for one in run.written:
        sheet = SHEETS[one["kind"]]
        stored = sheet.model(pk=one["pk"])
        new = one["before"] is None
        fields = labels.get((one["kind"], one["pk"]), [])
        message = [{"added": {}}] if new else [{"changed": {"fields": fields}}]
        made_entry = entry(user, stored, ADDITION if new else CHANGE, message)
        made_entry.object_repr = one["label"]
        entries.append(made_entry)
    LogEntry.objects.bulk_create(entries)


def entry(user: Any, obj: Any, flag: int, message: list[dict[str, Any]]) -> LogEntry:
    return LogEntry(
        user=user,
        content_type=ContentType.objects.get_for_model(type(obj)),
        object_id=str(obj.pk),
        object_repr=str(obj)[:200] if isinstance(obj, Import) else "",
        action_flag=flag,
        change_message=json.dumps(message),
    )
