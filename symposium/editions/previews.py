"""Previews for organisers: the site of an edition as the public will see it.

A page is rendered as for a visitor, in a transaction where the edition is published and has the
looks that are tried; then all is rolled back. So a preview needs no rule of its own.
"""

import copy
import re
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser
from django.core import signing
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import Resolver404, resolve
from django.utils import translation

from symposium.core.i18n.localized import LANGUAGES
from symposium.core.page_cache import published_params
from symposium.editions.embed import may_be_framed
from symposium.editions.models import Edition

CHANGES = "looks"  # the parameter with the looks that are tried
LINK = re.compile(r'(?<=\s)(href|action)="(/[^"?#]*)(\??[^"]*)"')


def preview(request: HttpRequest, edition: Edition, address: str, root: str) -> HttpResponse:
    """Return the published page of `edition` at `address`; its links lead to previews.

    `root` is the path of the preview of “/”. Raise Http404 for any other page.
    """
    if published_params(address) is None or not is_of(edition, address):
        raise Http404
    language, changes = address.split("/")[1], changes_of(request)
    with translation.override(language), transaction.atomic():
        if changes or not edition.is_published:
            Edition.objects.filter(pk=edition.pk).update(is_published=True, **changes)
        response = visit(request, address)
        transaction.set_rollback(True)
    kept = request.GET.get(CHANGES, "")
    response.content = with_links(response.content.decode(), edition, root, kept).encode()
    response.headers["Cache-Control"] = "private, no-store"
    return may_be_framed(response, Edition())  # by the page of the identity, and no other site


def is_of(edition: Edition, address: str) -> bool:
    return re.fullmatch(rf"/({'|'.join(LANGUAGES)})/{edition.slug}/.*", address) is not None


def visit(request: HttpRequest, address: str) -> HttpResponse:
    """Call the view of `address` as for a visitor who is nobody."""
    visitor = copy.copy(request)
    visitor.path = visitor.path_info = address
    visitor.method, visitor.user, visitor.is_preview = "GET", AnonymousUser(), True
    query = request.GET.copy()
    query.pop(CHANGES, None)
    visitor.META = {**request.META, "QUERY_STRING": query.urlencode()}
    visitor.GET = QueryDict(query.urlencode())
    try:
        visitor.resolver_match = found = resolve(address)
    except Resolver404:
        raise Http404 from None
    return found.func(visitor, *found.args, **found.kwargs)


def with_links(html: str, edition: Edition, root: str, changes: str) -> str:
    """Return the page with links to other published pages of the edition that stay in previews."""

    def link(found: re.Match) -> str:
        name, path, query = found.groups()
        if not is_of(edition, path) or published_params(path) is None:
            return found[0]
        if changes and not query:
            query = f"?{urlencode({CHANGES: changes})}"
        return f'{name}="{root}{path[1:]}{query}"'

    return LINK.sub(link, html)


def changes_of(request: HttpRequest) -> dict:
    """Return the looks that are tried: signed, since only the form knows which are valid."""
    text = request.GET.get(CHANGES)
    try:
        return signing.loads(text, salt=CHANGES) if text else {}
    except signing.BadSignature:
        raise Http404 from None


def signed(changes: dict) -> str:
    """Return the parameter of a preview with these looks."""
    return signing.dumps(changes, salt=CHANGES, compress=True)
