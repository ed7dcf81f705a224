"""Uploaded files, served by Django so that access can be checked.

Images are displayed; any other file is a download, so that no upload runs as a page of this site.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404
from django.views.decorators.http import condition, require_safe

from symposium.editions import badges, signature
from symposium.editions.models import PageFile
from symposium.sessions.models import Resource

PICTURES = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
}
DRAWING = "image/svg+xml"
THUMBNAILS = "CACHE/"  # imagekit's; the file name contains a hash of the content
# Any other folder is private, unless it is added here or to `may_read`.
PUBLIC = (THUMBNAILS, "identity/", "partners/", "speakers/")
SIGNATURES = f"{signature.FOLDER}/"
ORGANISERS = (SIGNATURES, f"{badges.FOLDER}/")  # for those who upload them
# Their drawings were cleaned. <img> shows them; opened as a page, they are downloads all the same.
DRAWINGS = ("identity/", "partners/", SIGNATURES)
# Anybody may read the files of a public session or page; those of a draft need the permission.
CHECKED: list[tuple[Any, str]] = [
    (Resource, "symposium_sessions.view_resource"),
    (PageFile, "symposium_editions.view_page"),
]
HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@require_safe
def serve(request, path: str):
    """Send the file at `path` below MEDIA_ROOT; raise Http404 if it is missing or not allowed."""
    file = stored(path)
    if not may_read(request, path):
        raise Http404
    response = send(request, file)
    if path.startswith(DRAWINGS) and file.suffix == ".svg" and "Content-Type" in response:
        response.headers["Content-Type"] = DRAWING
    for name, value in {**HEADERS, "Cache-Control": cache_control(path)}.items():
        response.headers[name] = value
    return response


def stored(path: str) -> Path:
    """Return the path on disk; raise Http404 unless it lies below MEDIA_ROOT, symlinks resolved."""
    try:
        file = Path(default_storage.path(path)).resolve()
        known = file.is_file() and file == Path(default_storage.location).resolve() / path  # type: ignore[attr-defined]
    except (SuspiciousFileOperation, OSError):  # OSError: an invalid or too long name
        raise Http404 from None
    if not known:
        raise Http404
    return file


def may_read(request, path: str) -> bool:
    if path.startswith(PUBLIC):
        return True
    if path.startswith(ORGANISERS):
        return request.user.has_perm("symposium_editions.change_edition")
    return any(
        model.objects.reachable().filter(file=path).exists()
        or (model.objects.filter(file=path).exists() and request.user.has_perm(permission))
        for model, permission in CHECKED
    )


def cache_control(path: str) -> str:
    if path.startswith(THUMBNAILS):
        return "public, max-age=31536000, immutable"
    if path.startswith(PUBLIC):
        return "public, max-age=3600"
    return "private, no-cache"


def etag(request, file: Path) -> str:
    stat = file.stat()
    return f'"{stat.st_mtime_ns:x}-{stat.st_size:x}"'


def last_modified(request, file: Path) -> datetime:
    return datetime.fromtimestamp(file.stat().st_mtime, tz=UTC)


@condition(etag_func=etag, last_modified_func=last_modified)
def send(request, file: Path) -> FileResponse:
    picture = PICTURES.get(file.suffix.lower())
    return FileResponse(
        file.open("rb"),
        as_attachment=picture is None,
        filename=file.name,
        content_type=picture or "application/octet-stream",
    )
