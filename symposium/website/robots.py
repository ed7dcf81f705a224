"""robots.txt and security.txt."""

import datetime
from email.utils import parseaddr

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from symposium.core.i18n.localized import LANGUAGES
from symposium.editions.models import Edition

PRIVATE = [
    "/admin/",
    *(f"/{code}/{part}/" for code in LANGUAGES for part in ("accounts", "my")),
]
# RFC 9116 recommends less than a year.
SECURITY_EXPIRES = datetime.timedelta(days=180)


@require_safe
@cache_control(max_age=3600, public=True)
def robots_txt(request):
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in PRIVATE), ""]
    sitemap = f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}"
    return HttpResponse("\n".join([*lines, sitemap, ""]), content_type="text/plain")


@require_safe
@cache_control(max_age=3600, public=True)
def security_txt(request):
    """Return the contact for security reports (RFC 9116)."""
    expires = timezone.now().astimezone(datetime.UTC) + SECURITY_EXPIRES
    lines = [
        f"Contact: {security_contact()}",
        f"Expires: {expires:%Y-%m-%dT00:00:00Z}",
        f"Preferred-Languages: {', '.join(LANGUAGES)}",
        f"Canonical: {settings.SITE_URL}{reverse('security')}",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


def security_contact() -> str:
    """Return the contact from the setting, the current edition or the site's address, as a URI."""
    edition = Edition.objects.current()
    site = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    contact = settings.SECURITY_CONTACT or (edition and edition.contact_email) or site
    return contact if ":" in contact else f"mailto:{contact}"
