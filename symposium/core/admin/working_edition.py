"""The edition that an organiser works on: one for every page of the desk, kept in the session.

It is the one that a page names, in its form or in its address; pages that name none keep to it.
"""

from django.http import HttpRequest, QueryDict

SESSION_KEY = "desk_edition"


def working_edition(request: HttpRequest, editions):
    """Return it, or None while there is none; `editions` is the manager of editions."""
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
    """What a page may say: the form that is sent, the address, the list that one comes from."""
    filters = QueryDict(request.GET.get("_changelist_filters", ""))
    return [
        request.POST.get("edition", ""), request.GET.get("edition", ""), filters.get("edition", "")
    ]  # fmt: skip


def set_working_edition(request: HttpRequest, edition) -> None:
    request.working_edition = edition
    if request.session.get(SESSION_KEY) != edition.pk:
        request.session[SESSION_KEY] = edition.pk


def default_edition(request: HttpRequest, editions):
    """The current one, before one was chosen; a draft where nothing is published."""
    return max(
        all_editions(request, editions),
        key=lambda edition: (edition.is_published, edition.is_current, edition.starts_on),
        default=None,
    )


def all_editions(request: HttpRequest, editions) -> list:
    """All of them, the latest first, read once for a page."""
    if not hasattr(request, "all_editions"):
        request.all_editions = list(editions.order_by("-starts_on"))
    return request.all_editions
