"""Validation of files that organisers attach: the content must match the extension."""

from pathlib import PurePath

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import FileExtensionValidator
from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext_lazy as _
from imagekit.models.fields.files import ProcessedImageFieldFile
from PIL import Image
from pilkit.processors import ResizeToFit

from symposium.core.images import FORMATS, PictureField, check_picture

EXTENSIONS = ["pdf", "odp", "pptx", "odt", "docx", "zip"]
MAX_BYTES = 50 * 1024 * 1024
# All other accepted formats are ZIP archives.
SIGNATURES = {"pdf": b"%PDF-"}
ZIP_SIGNATURE = b"PK\x03\x04"
# Pictures by extension. MPO is the JPEG of some telephones: several pictures in one file.
PICTURES = {"jpg": ("JPEG", "MPO"), "jpeg": ("JPEG", "MPO"), "png": ("PNG",), "webp": ("WEBP",)}


def extension_of(name: str) -> str:
    return PurePath(name).suffix[1:].lower()


def is_picture(name: str) -> bool:
    return extension_of(name) in PICTURES


def mismatch(extension: str) -> ValidationError:
    return ValidationError(
        _("This file doesn’t match its extension (%(extension)s)."),
        code="wrong_type",
        params={"extension": extension},
    )


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
    extension = extension_of(document.name)
    document.file.seek(0)
    start = document.file.read(8)
    document.file.seek(0)
    if not start.startswith(SIGNATURES.get(extension, ZIP_SIGNATURE)):
        raise mismatch(extension)


# Pictures or documents


def validate_attachment(file) -> None:
    """Raise ValidationError unless a new file is a picture or a document, as its name says."""
    if not file or file._committed:
        return
    if not is_picture(file.name):
        validate_document(file)
        return
    check_picture(file.file)
    with Image.open(file.file, formats=FORMATS) as image:
        found = image.format
    file.file.seek(0)
    if found not in PICTURES[extension_of(file.name)]:
        raise mismatch(extension_of(file.name))


class AttachmentFieldFile(ProcessedImageFieldFile):
    def save(self, name, content, save=True):
        """Store a picture re-encoded, and a document as it is."""
        if is_picture(name):
            return super().save(name, content, save)
        return FieldFile.save(self, name, content, save)


class AttachmentField(PictureField):
    """Field of a picture or a document."""

    attr_class = AttachmentFieldFile
    default_validators = [FileExtensionValidator([*PICTURES, *EXTENSIONS]), validate_attachment]

    def __init__(self, **kwargs):
        processors = [ResizeToFit(2400, 2400, upscale=False)]
        super().__init__(processors, **{"options": {"quality": 88}, **kwargs})

    def formfield(self, **kwargs):
        accepted = ",".join(f".{extension}" for extension in [*PICTURES, *EXTENSIONS])
        widget = forms.ClearableFileInput(attrs={"accept": accepted})
        # Admin's widget of an ImageField is not for documents.
        return super().formfield(**{**kwargs, "form_class": forms.FileField, "widget": widget})
