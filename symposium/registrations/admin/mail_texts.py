"""Texts of e-mails at the desk, with what they look like."""

from django.contrib import admin
from django.template.defaultfilters import linebreaks
from django.utils.html import format_html, format_html_join
from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext_lazy as _

from symposium.core.admin.base import EditionFilter, TranslatedModelAdmin, UntranslatedFilter
from symposium.core.i18n.localized import LANGUAGE_NAMES, LANGUAGES
from symposium.core.i18n.typography import direction
from symposium.core.mail.composing import PARTS, render_text
from symposium.registrations.models import MailText
from symposium.registrations.models.organiser_texts import filled, listed


@admin.register(MailText)
class MailTextAdmin(TranslatedModelAdmin):
    text_field = "subject"
    list_display = ["text", "subject", "languages_filled"]
    list_filter = [EditionFilter, "kind", UntranslatedFilter]
    fields = ["edition", "kind", "placeholders", "subject", "body", "preview", "standard"]
    readonly_fields = ["placeholders", "preview", "standard"]

    @admin.display(description=_("to insert"))
    def placeholders(self, mail_text):
        if not mail_text.kind:
            names = sorted({one for some in MailText.PLACEHOLDERS.values() for one in some})
            return listed(tuple(names))
        return listed(mail_text.known)

    @admin.display(description=_("preview"))
    def preview(self, mail_text):
        """Return the text in each language, with examples for what is inserted."""
        if not mail_text.pk:
            return "–"
        shown = []
        for code in LANGUAGES:
            if words := mail_text.words(code):
                with override(code):
                    values = samples(mail_text.edition)
                    texts = [filled(text, values) for text in words]
                shown.append((code, direction(code), LANGUAGE_NAMES[code], *texts))
        return format_html_join(
            "",
            '<div lang="{}" dir="{}"><p><small>{}</small><br><strong>{}</strong></p>{}</div>',
            ((*start, linebreaks(body, autoescape=True)) for *start, body in shown),
        )

    @admin.display(description=_("standard words"))
    def standard(self, mail_text):
        """Return the words that this text replaces; they come back when it is deleted."""
        if not mail_text.pk:
            return "–"
        values = samples(mail_text.edition)
        context = {**mail_text.edition.mail_context(), **values, "parts": dict.fromkeys(PARTS, "")}
        template, variant = MailText.template_of(mail_text.kind)
        what = values["session" if "session" in mail_text.known else "symposium"]
        context |= {"edition_name": values["symposium"], "what": what, "on_site": 1, **variant}
        subject, body = (
            render_text(f"registrations/email/{template}_{part}.txt", context).strip()
            for part in ("subject", "body")
        )
        return format_html(
            '<div lang="{}"><p><strong>{}</strong></p>{}</div>',
            get_language(), subject, linebreaks(body, autoescape=True),
        )  # fmt: skip


def samples(edition) -> dict[str, str]:
    """Return an example for each placeholder, in the active language."""
    return {
        "name": "Salma Boussole",
        "symposium": f"{edition.name} {edition.slug}",
        "dates": edition.dates,
        "place": str(edition.place),
        "category": gettext("Category"),
        "link": "https://www.example.org/",
        "certificate": "https://www.example.org/",
        "verify_url": "https://www.example.org/",
        "code": "Y7WF 2SH6 KF",
        "rank": "3",
        "session": gettext("Session"),
        "when": edition.dates,
    }
