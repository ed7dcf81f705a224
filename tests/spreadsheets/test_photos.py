"""Photos of speakers from a ZIP."""

import io
import zipfile

import pytest
from django.core.exceptions import ValidationError

from symposium.spreadsheets.photos import save_photos
from tests.factories import make_edition, make_speaker, picture, refreshed

pytestmark = pytest.mark.django_db


@pytest.fixture
def speaker():
    return make_speaker(make_edition(), given_name_fr="Salma", family_name_fr="Boussole")


def archive(**files: bytes) -> io.BytesIO:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(name, data)
    content.seek(0)
    return content


def save(speaker, partial: bool = False, **files: bytes) -> int:
    return save_photos(speaker.edition, archive(**files), 1000, partial=partial)


@pytest.mark.parametrize(
    "name", ["photos/BOUSSOLE_salma.PNG", "salma-boussole.png", "../../Salma Boussole.png"]
)
def test_photo_is_found_by_name(speaker, name):
    other = {"__MACOSX/._x.png": b"", ".DS_Store": b""}
    assert save(speaker, **{name: picture().read()} | other) == 1
    assert refreshed(speaker).photo.name.startswith("speakers/")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("Nora Rivage.png", picture().read()),
        ("Salma Boussole.gif", picture().read()),
        ("Salma Boussole.png", b"<svg onload=alert(1)>"),
        ("Salma Boussole.png", b"0" * 9_000_000),
    ],
)
def test_other_files_are_refused_by_name(speaker, name, content):
    with pytest.raises(ValidationError) as refused:
        save(speaker, **{name: content})
    assert name in refused.value.messages[0]
    assert not refreshed(speaker).photo


def test_other_files_can_be_left_out(speaker):
    files = {"Salma Boussole.png": picture().read(), "Nora Rivage.png": picture().read()}
    assert save(speaker, partial=True, **files) == 1


def test_damaged_zip_is_refused(speaker):
    with pytest.raises(ValidationError):
        save_photos(speaker.edition, io.BytesIO(b"PK\x03\x04"), 4, partial=False)
