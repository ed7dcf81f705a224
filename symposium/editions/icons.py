"""Icons of an edition: for browsers, telephones and the installed app."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from symposium.core.documents.file_cache import PNG, get_or_render
from symposium.editions.models import Edition

SIZES = (180, 192, 512)


def icon_url(edition: Edition | None, size: int) -> str:
    """Return the address of the icon of an edition, or of the portal's."""
    if edition and edition.emblem:
        return reverse("edition_exports:icon", args=[edition.slug, size])
    return static(f"img/icon-{size}.png")


@require_safe
@cache_control(max_age=3600, public=True)
def icon(request: HttpRequest, edition: str, size: int) -> HttpResponse:
    """Return an icon made of the mark or the logo; raise Http404 if there is neither."""
    found = get_object_or_404(Edition.objects.published(), slug=edition)
    emblem = found.printed_looks.get("emblem")
    if size not in SIZES or not emblem:
        raise Http404
    data = {"size": size, "edition": {"emblem": emblem}}
    name = f"icon-{found.pk}-{size}"
    content = get_or_render(name, "typst/icon.typ", data, "fr", file_format=PNG)
    return HttpResponse(content, content_type="image/png")
