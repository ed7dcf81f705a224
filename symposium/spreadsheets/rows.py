"""Row of a table as an import sees it: the texts by column, and what became of it."""

from dataclasses import dataclass, field
from typing import Any

NEW, CHANGED, SAME, REFUSED = "new", "changed", "same", "refused"


@dataclass
class Row:
    """Row of a sheet: `cells` are (reference, text) by column name."""

    kind: str
    table: int
    line: int
    cells: dict[str, tuple[str, str]]
    broken: dict[str, str] = field(default_factory=dict)
    is_known: bool = False
    state: str = ""
    label: str = ""
    # (reference, column, old text, new text)
    changes: list[tuple[str, str, str, str]] = field(default_factory=list)
    # (reference, content, sentence)
    faults: list[tuple[str, str, str]] = field(default_factory=list)
    obj: Any = None

    def text(self, name: str) -> str:
        return self.cells.get(name, ("", ""))[1]

    def reference(self, name: str) -> str:
        """Return the cell of a column, or the row if it has none."""
        return self.cells.get(name, (str(self.line), ""))[0]

    def refuse(self, name: str, sentence: str) -> None:
        self.faults.append((self.reference(name), self.text(name), sentence))

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind, "table": self.table, "line": self.line, "state": self.state,
            "label": self.label, "changes": [list(one) for one in self.changes],
            "faults": [list(one) for one in self.faults],
        }  # fmt: skip
