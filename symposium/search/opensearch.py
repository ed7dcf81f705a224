"""OpenSearch 1.1, with which browsers offer the search: https://github.com/dewitt/opensearch"""

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from lxml import etree
from lxml.builder import ElementMaker

from symposium.core.i18n.localized import LANGUAGES
from symposium.core.i18n.typography import strip_controls
from symposium.editions.models import Edition

NAMESPACE = "http://a9.com/-/spec/opensearch/1.1/"
SHORT, LONG = 16, 48  # maximum characters in the specification
MAKE = ElementMaker(namespace=NAMESPACE, nsmap={None: NAMESPACE})


def description(edition: Edition, language: str) -> bytes:
    """Return the document that describes the search of `edition`."""
    language = language if language in LANGUAGES else settings.LANGUAGE_CODE
    with translation.override(language):
        address = reverse("search:results", args=[edition.slug])
        name = strip_controls(edition.name)
        document = MAKE.OpenSearchDescription(
            MAKE.ShortName(strip_controls(edition.short_name)[:SHORT]),
            MAKE.LongName(f"{name} {edition.slug}"[:LONG]),
            MAKE.Description(
                _("Abstracts, sessions, speakers and keywords of %(name)s") % {"name": name}
            ),
            MAKE.Url(
                type="text/html",
                method="get",
                template=f"{settings.SITE_URL}{address}?q={{searchTerms}}",
            ),
            MAKE.Url(
                type="application/opensearchdescription+xml",
                rel="self",
                template=f"{settings.SITE_URL}{reverse('opensearch')}?lang={language}",
            ),
            MAKE.Image(
                f"{settings.SITE_URL}{static('img/icon-192.png')}",
                width="192", height="192", type="image/png",
            ),
            MAKE.Language(language),
            MAKE.InputEncoding("UTF-8"),
            MAKE.OutputEncoding("UTF-8"),
        )  # fmt: skip
    return etree.tostring(document, xml_declaration=True, encoding="UTF-8")
