"""Cache of rendered PDFs and pictures, stored with the uploads.

The file names cannot be guessed and have no public address: only a view serves a file, and only
while its content is public.
"""

import hashlib
import json
import time
from collections.abc import Callable
from typing import NamedTuple

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.utils.crypto import salted_hmac

from symposium.core.documents import pdf, pictures

FOLDER = "prints"
LOCK_ID = 2021_0610
MAX_WAIT_SECONDS, PAUSE_SECONDS = 20.0, 0.2  # while another process renders the file
MAX_PARAGRAPH_CHARS = 20_000  # the length of the longest possible paragraph


class Format(NamedTuple):
    """File format: `end` are the last bytes of a complete file, `render` makes one."""

    extension: str
    end: bytes
    render: Callable[[str, dict, str], bytes]


def render_archived(template: str, data: dict, language: str) -> bytes:
    return pdf.render(template, data, language, standards=pdf.ARCHIVED, longest=MAX_PARAGRAPH_CHARS)


PDF = Format("pdf", b"%%EOF", render_archived)
PNG = Format("png", b"IEND\xaeB`\x82", pictures.render)


def get_or_render(
    name: str,
    template: str,
    data: dict,
    language: str,
    stamp: dict | None = None,
    file_format: Format = PDF,
) -> bytes:
    """Return the file of `template` and `data`, rendered unless it is cached.

    A new file replaces the former ones of the same `name` and `language`. `stamp` holds extra data
    that is not part of the cache key, such as the date of rendering: it stays the same as long as
    `data` does.
    """
    folder = f"{FOLDER}/{name}-{language}"
    path = f"{folder}/{fingerprint(template, data)}.{file_format.extension}"
    until = time.monotonic() + MAX_WAIT_SECONDS
    while not (content := read(path, file_format)):
        with transaction.atomic():
            if try_lock_folder(folder) or time.monotonic() > until:
                if content := read(path, file_format):  # stored between the first read and the lock
                    return content
                content = file_format.render(template, data | (stamp or {}), language)
                delete_folder(folder)
                default_storage.save(path, ContentFile(content))
                return content
        time.sleep(PAUSE_SECONDS)
    return content


def read(path: str, file_format: Format = PDF) -> bytes:
    """Return the content of the file, or b"" if it is missing (another process may delete it)."""
    try:
        with default_storage.open(path) as file:
            content = file.read()
    except FileNotFoundError:
        return b""
    # A file without the end marker is still being written.
    return content if content.rstrip().endswith(file_format.end) else b""


def try_lock_folder(folder: str) -> bool:
    """Return whether the lock on `folder` was free; it is then held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, hashtext(%s))", [LOCK_ID, folder])
        return cursor.fetchone()[0]


def fingerprint(template: str, data: dict) -> str:
    """Return the cache key: a secret hash of the data and of the typst files."""
    design = hashlib.sha256((pdf.TEMPLATES / template).read_bytes())
    for path in sorted((pdf.TEMPLATES / "typst").glob("_*.typ")):
        design.update(path.read_bytes())
    said = json.dumps(data, cls=DjangoJSONEncoder, sort_keys=True)
    return salted_hmac("prints", f"{design.hexdigest()} {said}", algorithm="sha256").hexdigest()


def delete_folder(folder: str) -> int:
    """Delete the files of `folder`; return the number deleted."""
    names = list_folder(folder)[1]
    for name in names:
        default_storage.delete(f"{folder}/{name}")
    return len(names)


def list_folder(folder: str) -> tuple[list[str], list[str]]:
    """Return the folders and the files in `folder`, or two empty lists if it does not exist."""
    try:
        return default_storage.listdir(folder)
    except FileNotFoundError:
        return [], []
