"""Views of a list: names, each with the filters that it sets and the number of rows it shows."""

from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet
from django.utils.functional import Promise
from django.utils.http import urlencode


@dataclass(frozen=True)
class ListView:
    """A view: `filters` are the parameters of the list's address, `condition` gives the same rows.

    `to_do` marks rows that wait for an organiser.
    """

    label: str | Promise
    filters: dict[str, str] = field(default_factory=dict)
    condition: Q = field(default_factory=Q)
    to_do: bool = False


def counted(views: list[ListView], rows: QuerySet, chosen: dict[str, str], edition) -> list[dict]:
    """Return the views for a template, with counts of `rows` by one query.

    `chosen` are the parameters of the present list; a view is current if it sets just those.
    """
    counts = rows.order_by().aggregate(
        **{f"view_{n}": Count("pk", filter=view.condition, distinct=True)
           for n, view in enumerate(views)}
    )  # fmt: skip
    named = {"edition": str(edition.pk)} if edition else {"edition": "all"}
    return [
        {
            "label": view.label,
            "count": counts[f"view_{n}"],
            "query": urlencode(named | view.filters),
            "is_current": chosen == view.filters,
            "to_do": view.to_do and counts[f"view_{n}"] > 0,
        }
        for n, view in enumerate(views)
    ]
