"""Texts of certificates and letters at the desk, with what they look like."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext_lazy as _

from symposium.core.admin.base import EditionFilter, TranslatedModelAdmin, UntranslatedFilter
from symposium.core.documents import pdf
from symposium.core.i18n.localized import LANGUAGE_NAMES, LANGUAGES
from symposium.editions.models import Edition
from symposium.registrations.documents import certificates, letters
from symposium.registrations.documents.samples import sample_registration
from symposium.registrations.documents.words import standard_words
from symposium.registrations.models import Certificate, DocumentText
from symposium.registrations.models.organiser_texts import listed

HOURS = 6


@admin.register(DocumentText)
class DocumentTextAdmin(TranslatedModelAdmin):
    text_field = "heading"
    list_display = ["text", "heading", "languages_filled"]
    list_filter = [EditionFilter, "kind", UntranslatedFilter]
    fields = ["edition", "kind", "placeholders", "heading", "body", "preview", "standard"]
    readonly_fields = ["placeholders", "preview", "standard"]

    def get_urls(self):
        view = self.admin_site.admin_view(self.preview_view)
        address = "<int:edition>/<slug:kind>-<slug:language>.pdf"
        return [path(address, view, name=PREVIEW), *super().get_urls()]

    @admin.display(description=_("to insert"))
    def placeholders(self, text):
        if text.known:
            return listed(text.known)
        names = sorted({one for some in DocumentText.PLACEHOLDERS.values() for one in some})
        return listed(tuple(names))

    @admin.display(description=_("preview"))
    def preview(self, text):
        """Return links to the document in each language, as it is saved."""
        if not text.pk:
            return "–"
        links = (
            (reverse(f"admin:{PREVIEW}", args=[text.edition_id, text.kind, code]),
             code, LANGUAGE_NAMES[code])
            for code in LANGUAGES
        )  # fmt: skip
        return format_html_join(" · ", '<a href="{}" lang="{}">{} (PDF)</a>', links)

    @admin.display(description=_("standard words"))
    def standard(self, text):
        """Return the words that this text replaces; they come back when it is deleted."""
        if not text.pk:
            return "–"
        heading, body = standard_words(text.kind)
        paragraphs = format_html_join("", "<p>{}</p>", ((part,) for part in body.split("\n\n")))
        return format_html(
            '<div lang="{}"><p><strong>{}</strong></p>{}</div>',
            get_language(), heading, paragraphs,
        )  # fmt: skip

    def preview_view(
        self, request: HttpRequest, edition: int, kind: str, language: str
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = get_object_or_404(Edition, pk=edition)
        if kind not in DocumentText.Kind or language not in LANGUAGES:
            raise Http404
        content = sample(found, kind, language)
        return HttpResponse(content, content_type="application/pdf")


PREVIEW = "symposium_registrations_documenttext_pdf"


def sample(edition: Edition, kind: str, language: str) -> bytes:
    """Return a document for a person who doesn't exist; it says that it isn't valid."""
    with override(language):
        registration = sample_registration(edition)
        notice = gettext("Preview: not a valid document")
    if kind == DocumentText.Kind.LETTER:
        data = letters.letters_data([registration], language)
        data["notice"] = notice
        return pdf.render("typst/letter.typ", data, language, longest=letters.MAX_PARAGRAPH_CHARS)
    certificate = Certificate(
        registration=registration, name=registration.name, days=edition.days[:2],
        minutes=HOURS * 60, issued_at=timezone.now(),
    )  # fmt: skip
    data = certificates.certificate_data(certificate, language)
    data["words"]["kicker"] = notice
    return pdf.render("typst/certificate.typ", data, language)
