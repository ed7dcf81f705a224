"""The last call of the view of a public page: its edition's clock, its template."""

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from symposium.editions.models import Edition


def render_page(
    request: HttpRequest, edition: Edition, template: str, context: dict, status: int = 200
) -> HttpResponse:
    """Render a page of `edition`, in its time zone."""
    context = {"edition": edition, "is_public": True, **context}
    if getattr(request, "is_preview", False):
        context |= {"draft": True, "is_public": False}
    with timezone.override(edition.zone):
        return render(request, template, context, status=status)


def is_preview(request: HttpRequest, thing: models.Model) -> bool:
    """Return whether this is a preview from the desk of an object that is not public."""
    if request.resolver_match.app_name != "admin":
        return False
    return not type(thing).objects.published().filter(pk=thing.pk).exists()
