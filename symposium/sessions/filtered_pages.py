"""Published pages with the filters of the programme."""

from collections.abc import Callable, Collection
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from symposium.core.page_cache import ANY, published_page
from symposium.editions.views import published_edition
from symposium.sessions.forms import ProgrammeFilter

# A page with search results is never stored.
FILTERS = dict.fromkeys(ProgrammeFilter.base_fields, ANY) | {"q": ()}


def filtered_page(**params: Collection[str]) -> Callable:
    """Declare a published page with the filters of the programme, and query parameters `params`.

    The view takes the request, the edition and the form.
    """

    def decorate(view: Callable) -> Callable:
        @published_page(params=FILTERS | params)
        @require_safe
        @wraps(view)
        def wrapper(request: HttpRequest, edition: str) -> HttpResponse:
            found = published_edition(edition)
            form = ProgrammeFilter(request.GET, found)
            response = view(request, found, form)
            if form.unknown:
                patch_cache_control(response, private=True)
            return response

        return wrapper

    return decorate
