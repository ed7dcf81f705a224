from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from symposium.editions.models import Edition


def render_page(
    request: HttpRequest, edition: Edition, template: str, context: dict, status: int = 200
) -> HttpResponse:
    """Render a page of `edition`: its times are those of its own clock."""
    with timezone.override(edition.zone):
        return render(request, template, {"edition": edition, **context}, status=status)
