from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from symposium.core.page_cache import publish
from symposium.editions.models import Edition


def render_page(
    request: HttpRequest,
    edition: Edition,
    template: str,
    context: dict,
    status: int = 200,
    **used: str,
) -> HttpResponse:
    """Render a page of `edition`: its times are those of its own clock.

    `used` are the parameters of the address that it depends on (see `publish`).
    """
    context = {"edition": edition, "is_public": True, **context}
    with timezone.override(edition.zone):
        response = render(request, template, context, status=status)
    is_same_for_all = context["is_public"] and not context.get("draft")
    return publish(response, **used) if is_same_for_all else response


def is_preview(request: HttpRequest, thing: models.Model) -> bool:
    """Whether an organiser looks, from the desk, at what the public does not see in this state."""
    if request.resolver_match.app_name != "admin":
        return False
    return not type(thing).objects.published().filter(pk=thing.pk).exists()
