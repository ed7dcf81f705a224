"""Photos of speakers from a ZIP: each file has the name, the address or the ORCID iD of one."""

import zipfile
from pathlib import PurePosixPath
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from symposium.core.images import MAX_BYTES, check_picture
from symposium.editions.models import Edition
from symposium.speakers.models import Speaker
from symposium.spreadsheets.known import Known
from symposium.spreadsheets.registry import SHEETS
from symposium.spreadsheets.tables import plain

MAX_FILES = 500
MAX_ZIP_BYTES = 200 * 1024 * 1024
ENDINGS = (".jpg", ".jpeg", ".png", ".webp")
READ_ERRORS = (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError, ValueError)


def save_photos(edition: Edition, file: IO[bytes], size: int, *, partial: bool) -> int:
    """Give the speakers their photos and return the number.

    Raise ValidationError, with nothing saved, if a file is no photo or is of nobody; with
    `partial`, such files are left out. Nothing is unpacked to a disk; of a path, only the last part
    counts.
    """
    if size > MAX_ZIP_BYTES:
        raise refused(_("This file is too large."))
    try:
        with zipfile.ZipFile(file) as archive:
            found, faults = photos_of(edition, archive)
    except READ_ERRORS as error:
        raise refused(
            _("We couldn’t read this ZIP. It may be damaged or have a password.")
        ) from error
    if faults and not partial:
        raise ValidationError(faults, code="photos")
    if not found:
        raise refused(_("No file of this ZIP is the photo of a speaker."))
    with transaction.atomic():
        for speaker, photo in found.items():
            setattr(speaker, "photo", photo)  # noqa: B010 (typed as the field it is)
            speaker.save()
    return len(found)


def refused(sentence: str) -> ValidationError:
    return ValidationError(sentence, code="photos")


def photos_of(
    edition: Edition, archive: zipfile.ZipFile
) -> tuple[dict[Speaker, SimpleUploadedFile], list[ValidationError]]:
    """Return the photos by speaker, and a sentence for each file that is left out."""
    known, found, faults = Known(edition, SHEETS), {}, []
    files = [one for one in archive.infolist() if is_file(one)]
    if len(files) > MAX_FILES:
        raise refused(_("This ZIP has more than %(most)d files.") % {"most": MAX_FILES})
    for one in files:
        name = PurePosixPath(one.filename).name
        try:
            speaker = speaker_of(known, name)
            if speaker in found:
                raise refused(_("This is the second photo of one person."))
            found[speaker] = picture(archive, one, name)
        except ValidationError as error:
            sentence = f"\u2068{plain(name)}\u2069: {' '.join(error.messages)}"
            faults.append(ValidationError(sentence, code="photo"))
    return found, faults


def is_file(one: zipfile.ZipInfo) -> bool:
    """Return whether it is a file of its own: macOS adds others."""
    parts = PurePosixPath(one.filename).parts
    return not one.is_dir() and "__MACOSX" not in parts and not parts[-1].startswith(".")


def speaker_of(known: Known, name: str) -> Speaker:
    index, stem = known.index("speakers"), PurePosixPath(name).stem
    if stem in index.by_code:
        return index.by_code[stem]
    found: list[Any] = [one for one in index.by_pk.values() if one.orcid and one.orcid == stem]
    found = found or index.find(stem.replace("_", " "))
    if len(found) == 1:
        return found[0]
    raise refused(
        _("Several speakers have this name.") if found else _("No speaker has this name.")
    )


def picture(archive: zipfile.ZipFile, one: zipfile.ZipInfo, name: str) -> SimpleUploadedFile:
    """Return a file of the archive as an upload, checked; raise ValidationError."""
    if not name.lower().endswith(ENDINGS):
        raise refused(_("This is not a JPEG, PNG or WebP file."))
    if one.file_size > MAX_BYTES:
        raise refused(_("This file is too large."))
    with archive.open(one) as part:
        content = part.read(MAX_BYTES + 1)
    photo = SimpleUploadedFile(name, content)
    check_picture(photo)
    return photo
