"""OAI-PMH repository of the published abstracts, and its view `/oai`."""

import datetime
import re
import uuid
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.db import connection
from django.db.models import F, Func, Min, Q, TextField
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.urls import reverse
from django.utils import translation
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from lxml import etree

from symposium.abstracts.citation.styles import Record, clean_line
from symposium.abstracts.models import Abstract, Keyword, OaiRecord, OaiRecordQuerySet
from symposium.abstracts.oai.dublin_core import dublin_core
from symposium.abstracts.oai.protocol import Item, Selection, Set, respond
from symposium.core.i18n.localized import LANGUAGES
from symposium.editions.models import Edition

# A namespace and an e-mail address, as the XML schemas of the protocol define them.
DOMAIN = r"[a-zA-Z][a-zA-Z0-9-]*(\.[a-zA-Z][a-zA-Z0-9-]+)+"
EMAIL = r"[^\s@]+@([^\s.@]+\.)+[^\s.@]+"
NOWHERE = "symposium.invalid"  # RFC 2606
# Errors of a form that is malformed or too large, has too many fields, or an unknown charset.
REQUEST_ERRORS = (BadRequest, SuspiciousOperation, MultiPartParserError, LookupError, UnicodeError)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def oai(request: HttpRequest) -> HttpResponse:
    with translation.override(settings.LANGUAGE_CODE):
        base_url = settings.SITE_URL + reverse("abstract_exports:oai")
        answer = respond(query_arguments(request), base_url, AbstractRepository())
    return HttpResponse(
        etree.tostring(answer, xml_declaration=True, encoding="UTF-8"),
        content_type="text/xml; charset=utf-8",
    )


def query_arguments(request: HttpRequest) -> list[tuple[str, str]] | None:
    """Return the (name, value) pairs of the request, or None if Django refuses to read them."""
    try:
        received = request.POST if request.method == "POST" else request.GET
    except REQUEST_ERRORS:
        return None
    return [(name, value) for name, values in received.lists() for value in values]


class AbstractRepository:
    """Repository of the published abstracts (see `protocol.Repository`).

    `now`, read from the clock of the database, decides which abstracts are public. Responses cover
    the time until `at`: the start of the oldest transaction that still writes, or now.
    """

    page = 100

    def __init__(self):
        with connection.cursor() as cursor:
            cursor.execute("SELECT symposium_harvest_horizon(), clock_timestamp()")
            self.at, self.now = cursor.fetchone()

    @cached_property
    def edition(self) -> Edition | None:
        return Edition.objects.current()

    @property
    def name(self) -> str:
        return clean_line(self.edition.name) if self.edition else self.namespace

    @property
    def namespace(self) -> str:
        """Domain of the site, or `NOWHERE` if it has none, as in a demonstration."""
        host = urlsplit(settings.SITE_URL).hostname or ""
        return host if re.fullmatch(DOMAIN, host) else NOWHERE

    @property
    def emails(self) -> list[str]:
        """Address of the edition, else of the site, else the domain's postmaster (RFC 2142)."""
        site = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
        candidates = (self.edition.contact_email if self.edition else "", site)
        found = [email for email in candidates if re.fullmatch(EMAIL, email)]
        return found[:1] or [f"postmaster@{self.namespace}"]

    @property
    def known(self) -> OaiRecordQuerySet:
        return OaiRecord.objects.known(self.now)

    def earliest(self) -> datetime.datetime:
        return self.known.aggregate(earliest=Min("datestamp"))["earliest"] or self.at

    def find(self, key: str) -> Item | None:
        try:
            guid = uuid.UUID(key)
        except ValueError:
            return None
        row = self.known.filter(pk=guid).first() if str(guid) == key else None
        return item(row) if row else None

    def count(self, selection: Selection) -> int:
        return self.selected(selection).count()

    def select(self, selection: Selection) -> list[Item]:
        rows = self.selected(selection)
        if selection.last_key:
            datestamp = aware(selection.last_datestamp)
            same = Q(datestamp=datestamp, pk__gt=selection.last_key)
            rows = rows.filter(same | Q(datestamp__gt=datestamp))
        return [item(row) for row in rows.order_by("datestamp", "pk")[: self.page + 1]]

    def selected(self, selection: Selection) -> OaiRecordQuerySet:
        bounds = (aware(selection.since), aware(selection.until))
        rows = self.known.filter(datestamp__range=bounds)
        return rows.filter(in_sets__contains=[selection.set]) if selection.set else rows

    def metadata(self, items: list[Item]) -> dict[str, etree._Element]:
        keys = [item.key for item in items if not item.is_deleted]
        found = Abstract.objects.published(self.now).filter(guid__in=keys).with_reference()
        return {str(abstract.guid): dublin_core(Record(abstract)) for abstract in found}

    def sets(self) -> list[Set]:
        """Return all sets that harvesters know, sorted; a set has names while it is public."""
        spec = Func(F("in_sets"), function="unnest", output_field=TextField(), set_returning=True)
        known = self.known.annotate(spec=spec).values_list("spec", flat=True).distinct()
        names = self.set_names()
        return [Set(spec, names.get(spec, {})) for spec in sorted({*known, *self.set_roots()})]

    def set_roots(self) -> dict[str, dict[str, str]]:
        return {
            "edition": names_in_each_language(lambda: _("Editions")),
            "keyword": names_in_each_language(lambda: _("Keywords")),
            "kind": names_in_each_language(lambda: _("Kinds")),
        }

    def set_names(self) -> dict[str, dict[str, str]]:
        published = Abstract.objects.published(self.now)
        return (
            self.set_roots()
            | {
                f"edition:{edition.slug}": {
                    code: f"{name} {edition.slug}"
                    for code, name in names_by_language(edition).items()
                }
                for edition in Edition.objects.published()
            }
            | {
                f"keyword:{keyword.slug}": names_by_language(keyword)
                for keyword in Keyword.objects.filter(abstracts__in=published).distinct()
            }
            | {
                f"kind:{kind}": names_in_each_language(lambda kind=kind: str(kind.label))
                for kind in Abstract.Kind
            }
        )


def item(row: Any) -> Item:
    return Item(str(row.guid), row.datestamp, row.in_sets, row.is_deleted)


def names_by_language(thing: Edition | Keyword) -> dict[str, str]:
    found = {code: clean_line(getattr(thing, f"name_{code}")) for code in LANGUAGES}
    return {code: name for code, name in found.items() if name}


def names_in_each_language(name) -> dict[str, str]:
    found = {}
    for code in LANGUAGES:
        with translation.override(code):
            found[code] = name()
    return found


def aware(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text)
