"""One search over everything that an organiser may see, by the searches of the lists."""

from django.urls import reverse
from django.utils.http import urlencode

# The kinds, in the order of their groups on the page.
SEARCHED = [
    "Session", "Speaker", "Abstract", "Registration", "Page", "News", "Partner", "Keyword",
]  # fmt: skip
SHOWN = 8
MAX_CHARS = 200


def search_all(site, request, words: str, edition) -> list[dict]:
    """Return the kinds in which something is found, each with its first rows.

    A kind is `{"name", "rows": [{"label", "url"}], "more"}`; `more` is the address of the whole
    list, or "" if all is shown. `edition` limits kinds that have one; None means all editions.
    One query a kind, besides what its list loads with its rows.
    """
    admins = {model.__name__: admin for model, admin in site._registry.items()}
    known = [admins[name] for name in SEARCHED if name in admins]
    allowed = [admin for admin in known if admin.has_view_or_change_permission(request)]
    kinds = [search_kind(admin, request, words[:MAX_CHARS], edition) for admin in allowed]
    return [kind for kind in kinds if kind["rows"]]


def search_kind(admin, request, words: str, edition) -> dict:
    rows = admin.get_queryset(request)
    query = {"q": words}
    if getattr(admin, "has_edition", False):
        query["edition"] = edition.pk if edition else "all"
        if edition:
            rows = rows.filter(**{admin.edition_path: edition})
    rows, _duplicates = admin.get_search_results(request, rows, words)
    found = list(rows.order_by("-pk")[: SHOWN + 1])
    name = f"admin:{admin.opts.app_label}_{admin.opts.model_name}"
    return {
        "name": admin.opts.verbose_name_plural,
        "rows": [
            {"label": label(admin, row), "url": reverse(f"{name}_change", args=[row.pk])}
            for row in found[:SHOWN]
        ],
        "more": f"{reverse(f'{name}_changelist')}?{urlencode(query)}" if found[SHOWN:] else "",
    }


def label(admin, row) -> str:
    return admin.choice(row) if hasattr(admin, "choice") else str(row)
