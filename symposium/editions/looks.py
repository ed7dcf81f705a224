"""Style sheets of the colours and tiles of editions.

The address holds what the sheet is computed from, and its digest. So nothing is read to answer, a
sheet never changes, and a preview of colours that are not saved has a sheet too.
"""

import re

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from symposium.editions import colours

NAME = re.compile(r"(0|[0-9a-f]{6})-(0|[0-9a-f]{6})-(star|square|arch|diamond|disc)")
FOR_EVER = "public, max-age=31536000, immutable"


@require_safe
def style_sheet(request: HttpRequest, digest: str, name: str) -> HttpResponse:
    """Return a style sheet; raise Http404 unless its colours may be those of an edition."""
    found = NAME.fullmatch(name)
    if not found:
        raise Http404
    main, accent = ("" if part == "0" else f"#{part}" for part in found.group(1, 2))
    sheet = colours.style_sheet(main, accent, found[3])
    if not sheet or not all(colours.is_readable(colour) for colour in (main, accent) if colour):
        raise Http404
    response = HttpResponse(sheet, content_type="text/css; charset=utf-8")
    # A page of another release asks for a sheet that this one computes otherwise.
    is_current = digest == colours.digest(sheet)
    response.headers["Cache-Control"] = FOR_EVER if is_current else "no-cache"
    return response
