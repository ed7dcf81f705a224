"""Words of certificates and letters: those of the organisers, or the standard ones.

Both are a heading and a text with placeholders, in the active language.
"""

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from symposium.editions.models import Edition
from symposium.registrations.models import DocumentText
from symposium.registrations.models.document_texts import NAME

Kind = DocumentText.Kind


def standard_words(kind: str) -> tuple[str, str]:
    return certificate() if kind == Kind.CERTIFICATE else letter()


def words_of(edition: Edition, kind: str) -> tuple[str, str]:
    own = edition.document_texts.filter(kind=kind).first()
    return (own and own.words(get_language())) or standard_words(kind)


def certificate() -> tuple[str, str]:
    # Translators: the name stands after this, on lines of its own; then comes "has attended…".
    before = pgettext("certificate", "The organisers certify that")
    # Translators: it ends the sentence which "The organisers certify that" begins.
    after = pgettext("certificate", "has attended %(name)s (%(place)s, %(dates)s).")
    placeholders = {"name": "{symposium}", "place": "{place}", "dates": "{dates}"}
    return pgettext("certificate", "Certificate"), f"{before} {NAME} {after % placeholders}"


def letter() -> tuple[str, str]:
    paragraphs = [
        _("The organisers of {symposium} invite {name} to take part ({place}, {dates})."),
        _("The registration is confirmed in the category “{category}” (code: {code})."),
        _(
            "We ask the authorities concerned to make this journey easier and to issue a visa "
            "if one is needed. This letter doesn’t cover any cost."
        ),
    ]
    return _("Invitation letter"), "\n\n".join(paragraphs)
