"""Documents that are made once for what they say, and kept with the uploads.

A file stands under a name that nobody can guess and that no address serves: only the views hand it
out, while what it says is public.
"""

import hashlib
import json
import time

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.utils.crypto import salted_hmac

from symposium.core.documents import pdf

FOLDER = "prints"
LOCK_ID = 2021_0610
MAX_WAIT_SECONDS, PAUSE_SECONDS = 20.0, 0.2  # seconds, for a file that somebody else is making
MAX_PARAGRAPH_CHARS = 20_000  # the longest paragraph that a text can be


def get_or_render(
    name: str, template: str, data: dict, language: str, stamp: dict | None = None
) -> bytes:
    """The file that `template` makes of `data`, made now if it is not there; others of it go.

    `stamp` is data that does not count: it says when a file was made, which stays while the rest
    says the same.
    """
    folder = f"{FOLDER}/{name}-{language}"
    path = f"{folder}/{fingerprint(template, data)}.pdf"
    until = time.monotonic() + MAX_WAIT_SECONDS
    while not (content := read(path)):
        with transaction.atomic():
            if try_lock_folder(folder) or time.monotonic() > until:
                if content := read(path):  # made between our two looks
                    return content
                content = pdf.render(
                    template, data | (stamp or {}), language, standards=pdf.ARCHIVED,
                    longest=MAX_PARAGRAPH_CHARS,
                )  # fmt: skip
                delete_folder(folder)
                default_storage.save(path, ContentFile(content))
                return content
        time.sleep(PAUSE_SECONDS)
    return content


def read(path: str) -> bytes:
    """The file, empty if it is not there, as when another process has just forgotten it."""
    try:
        with default_storage.open(path) as file:
            content = file.read()
    except FileNotFoundError:
        return b""
    # Without its end it is being written at this moment.
    return content if content.rstrip().endswith(b"%%EOF") else b""


def try_lock_folder(folder: str) -> bool:
    """Whether nobody else makes a file of `folder`; nobody will, until our transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, hashtext(%s))", [LOCK_ID, folder])
        return cursor.fetchone()[0]


def fingerprint(template: str, data: dict) -> str:
    """Changes with what the document says and with its design; of use to us alone."""
    design = hashlib.sha256((pdf.TEMPLATES / template).read_bytes())
    for path in sorted((pdf.TEMPLATES / "typst").glob("_*.typ")):
        design.update(path.read_bytes())
    said = json.dumps(data, cls=DjangoJSONEncoder, sort_keys=True)
    return salted_hmac("prints", f"{design.hexdigest()} {said}", algorithm="sha256").hexdigest()


def delete_folder(folder: str) -> int:
    """Delete the files of `folder`; return how many there were."""
    names = list_folder(folder)[1]
    for name in names:
        default_storage.delete(f"{folder}/{name}")
    return len(names)


def list_folder(folder: str) -> tuple[list[str], list[str]]:
    """The folders and the files in `folder`, which need not be there."""
    try:
        return default_storage.listdir(folder)
    except FileNotFoundError:
        return [], []
