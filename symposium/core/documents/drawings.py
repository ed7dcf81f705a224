"""Uploaded logos, signatures and seals in printed documents."""

import base64

from django.db.models.fields.files import FieldFile
from PIL import Image, UnidentifiedImageError

from symposium.core.images import is_drawing

PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {1}">'
    '<image width="{0}" height="{1}" href="data:{2};base64,{3}"/></svg>'
)


def printed(file: FieldFile) -> dict[str, str] | None:
    """Return the data of a stored logo in a typst template, or None without one."""
    found = drawing(file)
    return {"drawing": found} if found else None


def drawing(file: FieldFile) -> str:
    """Return a stored logo as the SVG that a typst template shows, or "" if there is none.

    A picture stands in a drawing as large as itself: typst reads no file of ours.
    """
    if not file:
        return ""
    try:
        with file.storage.open(file.name) as stored:
            content = stored.read()
            return content.decode() if is_drawing(file.name) else with_picture(stored, content)
    except (FileNotFoundError, UnidentifiedImageError):
        return ""


def with_picture(stored, content: bytes) -> str:
    stored.seek(0)
    with Image.open(stored) as image:
        (width, height), mime = image.size, image.get_format_mimetype()
    return PICTURE.format(width, height, mime, base64.b64encode(content).decode())
