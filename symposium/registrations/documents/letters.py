"""Invitation letters, for visas and missions: one A4 page a person."""

from collections.abc import Collection

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from symposium.core.documents import pdf
from symposium.core.i18n.dates import long_date
from symposium.registrations.countries import named_countries
from symposium.registrations.documents.certificates import organiser_names, signature_words
from symposium.registrations.documents.tickets import edition_data, holder_name
from symposium.registrations.documents.words import words_of
from symposium.registrations.models import DocumentText, Registration
from symposium.registrations.models.organiser_texts import filled

MAX_PARAGRAPH_CHARS = 3000


def letters_pdf(registrations: Collection[Registration], language: str) -> bytes:
    data = letters_data(registrations, language)
    return pdf.render("typst/letter.typ", data, language, longest=MAX_PARAGRAPH_CHARS)


def letters_data(registrations: Collection[Registration], language: str) -> dict:
    """Return the data of `typst/letter.typ`, for one or more registrations of one edition."""
    registrations = list(registrations)
    edition = registrations[0].edition
    with translation.override(language), timezone.override(edition.zone):
        about, now = edition_data(edition), timezone.now()
        heading, text = words_of(edition, DocumentText.Kind.LETTER)
        return {
            "title": f"{_('Invitation letters')} · {edition}",
            "created": now,
            "edition": about,
            "issued": long_date(timezone.localdate(now)),
            "contact": edition.contact_email or "",
            "letters": [
                letter_data(registration, heading, text, about) for registration in registrations
            ],
            "signature": edition.signed_by,
            "words": {
                "issued": _("Issued"),
                "organiser": _("For the organisers: %(names)s")
                % {"names": organiser_names(edition)},
                **signature_words(),
            },
        }


def country_name(registration: Registration) -> str:
    code = str(registration.country or "")
    return named_countries([code])[0][1] if code else ""


def letter_data(registration: Registration, heading: str, text: str, about: dict) -> dict:
    """Return one letter: `to` whom, `heading`, and `paragraphs`, each a list of lines."""
    values = {
        "name": holder_name(registration, translation.get_language()),
        "affiliation": registration.affiliation,
        "country": country_name(registration),
        "category": str(registration.category),
        "symposium": about["name"],
        "dates": about["dates"],
        "place": about["place"],
        "address": about["address"],
        "code": registration.code_in_groups,
    }
    parts = text.replace("\r", "").split("\n\n")
    return {
        "to": [values[name] for name in ("name", "affiliation", "country") if values[name]],
        "heading": filled(heading, values),
        "paragraphs": [
            [filled(line, values) for line in part.strip().split("\n")]
            for part in parts
            if part.strip()
        ],
    }
