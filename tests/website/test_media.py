"""Uploaded files: permissions and headers."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from symposium.sessions.models import Session
from tests.factories import make_organiser, make_resource, make_session, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


def put(name: str, content: bytes = b"content") -> str:
    file = Path(settings.MEDIA_ROOT, name)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return f"/media/{name}"


def headers(response) -> dict[str, str]:
    names = ["Content-Type", "Content-Disposition", "Content-Security-Policy", "Cache-Control"]
    return {name: response.headers.get(name) for name in names}


def content(response) -> bytes:
    return b"".join(response.streaming_content)


def slides(session, **fields):
    file = SimpleUploadedFile("slides.pdf", b"%PDF-1.7")
    return make_resource(session, file=file, url="", **fields)


def test_image_is_served_inline(client):
    response = client.get(put("speakers/a.png"))
    assert content(response) == b"content"
    assert headers(response) == {
        "Content-Type": "image/png",
        "Content-Disposition": 'inline; filename="a.png"',
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "public, max-age=3600",
    }


@pytest.mark.parametrize("name", ["a.html", "a.xml", "a.js", "a", "a.png.html"])
def test_other_file_is_served_as_attachment(client, name):
    response = client.get(put(f"partners/{name}"))
    response.close()
    assert headers(response) == {
        "Content-Type": "application/octet-stream",
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "public, max-age=3600",
    }
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_thumbnail_is_cached_as_immutable(client):
    response = client.get(put("CACHE/images/a/0123456789abcdef.webp"))
    response.close()
    assert headers(response)["Cache-Control"] == "public, max-age=31536000, immutable"


def test_unchanged_file_returns_304_without_body(client):
    address = put("speakers/a.png")
    first = client.get(address)
    first.close()
    for condition in (
        {"If-None-Match": first.headers["ETag"]},
        {"If-Modified-Since": first.headers["Last-Modified"]},
    ):
        again = client.get(address, headers=condition)
        assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "name",
    [
        "speakers/nothing.png",
        "speakers",
        "../secret.png",
        "speakers/../../secret.png",
        "speakers/..%2F..%2Fsecret.png",
        "speakers/../others/b.png",
        "/etc/passwd",
        "speakers/link.png",
        "others/b.png",
    ],
)
def test_other_paths_are_404(client, media, name):
    put("speakers/a.png")
    put("others/b.png")
    secret = media.parent / "secret.png"
    secret.write_bytes(b"secret")
    (media / "speakers" / "link.png").symlink_to(secret)
    assert client.get(f"/media/{name}", follow=True).status_code == 404


def test_published_slides_are_served(client):
    response = client.get(slides(make_session()).file.url)
    assert content(response) == b"%PDF-1.7"
    assert headers(response)["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize(
    ("status", "is_published"),
    [(Session.Status.DRAFT, True), (Session.Status.PUBLISHED, False)],
)
def test_hidden_slides_are_served_to_organisers_only(client, status, is_published):
    address = slides(make_session(status=status), is_published=is_published).file.url
    assert client.get(address).status_code == 404
    client.force_login(make_user(is_staff=True))
    assert client.get(address).status_code == 404
    client.force_login(make_organiser())
    assert content(client.get(address)) == b"%PDF-1.7"


def test_media_file_refuses_post(client):
    assert client.post(put("speakers/a.png")).status_code == 405


def test_overlong_file_name_is_404(client):
    assert client.get(f"/media/speakers/{'a' * 300}.jpg").status_code == 404
