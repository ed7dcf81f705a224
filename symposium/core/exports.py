"""Decorators of the files that anybody may read."""

from collections.abc import Callable, Collection, Mapping
from functools import partial
from types import MappingProxyType

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from symposium.core.i18n.localized import LANGUAGES
from symposium.core.page_cache import published_page

NO_PARAMS: Mapping[str, Collection[str]] = MappingProxyType({})


def public_file(view: Callable) -> Callable:
    """Decorate the view of a file that is rendered and stored: max-age of 60 s, ETag and 304."""
    return require_safe(cache_control(public=True, max_age=60)(conditional_page(view)))


def export_view(
    view: Callable | None = None, *, params: Mapping[str, Collection[str]] = NO_PARAMS
) -> Callable:
    """Decorate an export view of (request, edition): `?lang=`, page cache, max-age of 60 s.

    The addresses of exports have no language prefix; `params` are further query parameters.
    """
    if view is None:
        return partial(export_view, params=params)

    @published_page(params={"lang": LANGUAGES, **params})
    @require_safe
    @cache_control(public=True, max_age=60)
    def answer(request: HttpRequest, edition: str, **arguments) -> HttpResponse:
        language = request.GET.get("lang")
        language = language if language in LANGUAGES else settings.LANGUAGE_CODE
        with translation.override(language):
            response = view(request, edition, **arguments)
        response.headers["Content-Language"] = language
        return response

    return answer
