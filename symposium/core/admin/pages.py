"""Registry of the desk's pages that are no model's list: figures, changes, planner, import.

An app adds its own in `AppConfig.ready`; the sections in the head of the desk show them.
"""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode


@dataclass(frozen=True)
class DeskPage:
    """A page under the section `group`, for those who have `permission`.

    `name` is the name of its address, without the namespace `admin`; `fills` are the models whose
    empty lists offer it.
    """

    group: str
    label: str | Promise
    name: str
    permission: str
    fills: tuple[str, ...] = ()

    def link(self, edition) -> dict:
        """Return the label, and the address for the working edition."""
        query = f"?{urlencode({'edition': edition.pk})}" if edition else ""
        return {"label": self.label, "url": f"{reverse(f'admin:{self.name}')}{query}"}


DESK_PAGES: list[DeskPage] = []
