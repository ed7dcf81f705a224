"""Validation of documents that organisers attach: the content must match the extension."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

EXTENSIONS = ["pdf", "odp", "pptx", "odt", "docx", "zip"]
MAX_BYTES = 50 * 1024 * 1024
# All other accepted formats are ZIP archives.
SIGNATURES = {"pdf": b"%PDF-"}
ZIP_SIGNATURE = b"PK\x03\x04"


def validate_document(document) -> None:
    """Raise ValidationError if a new file is too large or does not match its extension."""
    if not document or document._committed:
        return
    if document.size > MAX_BYTES:
        raise ValidationError(
            _("This file is %(size)s MB. It must be %(limit)s MB or smaller."),
            code="too_heavy",
            params={"size": document.size // (1024 * 1024), "limit": MAX_BYTES // (1024 * 1024)},
        )
    extension = document.name.rpartition(".")[2].lower()
    document.file.seek(0)
    start = document.file.read(8)
    document.file.seek(0)
    if not start.startswith(SIGNATURES.get(extension, ZIP_SIGNATURE)):
        raise ValidationError(
            _("This file doesn’t match its extension (%(extension)s)."),
            code="wrong_type",
            params={"extension": extension},
        )
