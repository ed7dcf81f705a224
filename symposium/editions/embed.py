"""Embedding of the programme in other sites: allowed origins, and the HTML to paste.

All other pages forbid framing with `X-Frame-Options` and `frame-ancestors 'none'`. See
https://www.w3.org/TR/CSP3/#directive-frame-ancestors
"""

from csp.constants import SELF
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from symposium.editions.models import Edition

WIDTH, HEIGHT = 720, 640  # pixels


def may_be_framed(response: HttpResponse, edition: Edition) -> HttpResponse:
    """Allow the edition's origins to frame this response, and our own site for the preview.

    `X-Frame-Options` is removed: it does not support a list of origins.
    """
    response.xframe_options_exempt = True
    ancestors = [SELF, *edition.frame_ancestors]
    response.headers["Content-Security-Policy"] = build_policy(
        replace={"frame-ancestors": ["*"] if "*" in ancestors else ancestors}
    )
    return response


def iframe_html(
    edition: Edition, query: str = "", width: int | str = "100%", height: int = HEIGHT
) -> SafeString:
    """Return an iframe with the programme in the active language; `query` holds its filters."""
    return format_html(
        '<iframe src="{}{}" title="{}" width="{}" height="{}" loading="lazy"></iframe>',
        settings.SITE_URL + reverse("sessions:embed", args=[edition.slug]),
        query,
        f"{_('Programme')} – {edition.name} {edition.slug}",
        width,
        height,
    )
