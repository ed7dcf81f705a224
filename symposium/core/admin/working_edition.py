"""The working edition of an organiser: one for all pages of the desk, stored in the session.

A page that names an edition in its form or its address changes it; other pages keep it.
"""

from django.http import HttpRequest, QueryDict

SESSION_KEY = "desk_edition"


def working_edition(request: HttpRequest, editions):
    """Return the working edition, or None if there is no edition. `editions` is a manager."""
    if not hasattr(request, "working_edition"):
        known = {str(edition.pk): edition for edition in all_editions(request, editions)}
        named = next((known[number] for number in edition_hints(request) if number in known), None)
        if named:
            set_working_edition(request, named)
        else:
            kept = known.get(str(request.session.get(SESSION_KEY)))
            request.working_edition = kept or default_edition(request, editions)
    return request.working_edition


def edition_hints(request: HttpRequest) -> list[str]:
    """Return the primary keys in the form, the address and the list's filters; "" for none."""
    filters = QueryDict(request.GET.get("_changelist_filters", ""))
    return [
        request.POST.get("edition", ""), request.GET.get("edition", ""), filters.get("edition", "")
    ]  # fmt: skip


def set_working_edition(request: HttpRequest, edition) -> None:
    request.working_edition = edition
    if request.session.get(SESSION_KEY) != edition.pk:
        request.session[SESSION_KEY] = edition.pk


def default_edition(request: HttpRequest, editions):
    """Return the current edition, else the latest published one, else the latest draft."""
    return max(
        all_editions(request, editions),
        key=lambda edition: (edition.is_published, edition.is_current, edition.starts_on),
        default=None,
    )


def all_editions(request: HttpRequest, editions) -> list:
    """Return all editions, latest first; they are queried once per request."""
    if not hasattr(request, "all_editions"):
        request.all_editions = list(editions.order_by("-starts_on"))
    return request.all_editions
