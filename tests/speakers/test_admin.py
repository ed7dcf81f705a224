"""The organisers' pages of speakers: their texts, and the photos that people send."""

import io
import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from symposium.core.images import MAX_BYTES
from symposium.speakers.models import Speaker
from tests.factories import (
    make_abstract,
    make_author,
    make_edition,
    make_link,
    make_organiser,
    make_participation,
    make_session,
    make_speaker,
    picture,
    refreshed,
)
from tests.helpers.admin_forms import admin_url, errors_of, form_of, save, somebody_else, told
from tests.helpers.database_errors import refused_by

pytestmark = pytest.mark.django_db

LIST = "/admin/symposium_speakers/speaker/"
UNREADABLE = "We couldn’t read this image. Choose a JPEG, PNG or WebP file."


@pytest.fixture
def edition():
    return make_edition("2021", is_current=True)


@pytest.fixture
def desk(client):
    client.force_login(make_organiser(language="en"))
    return client


def bomb(width: int = 50_000, height: int = 50_000) -> SimpleUploadedFile:
    """Return a small PNG whose header claims to be enormous."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    start = b"\x89PNG\r\n\x1a\n" + chunk(header) + chunk(b"IEND")
    return SimpleUploadedFile("photo.png", start)


def chunk(content: bytes) -> bytes:
    return struct.pack(">I", len(content) - 4) + content + struct.pack(">I", zlib.crc32(content))


def refused(client, edition, upload) -> list[str]:
    """Send a speaker with this photo; return the errors of the photo. The texts must stay."""
    url = f"{LIST}add/"
    response = save(client, url, family_name_fr="Médina", biography_ar="سيرة", photo=upload)
    errors = errors_of(response)
    assert list(errors) == ["photo"]
    assert form_of(response)["family_name_fr"] == "Médina"
    assert form_of(response)["biography_ar"] == "سيرة"
    assert Speaker.objects.count() == 0
    return errors["photo"]


def test_a_decompression_bomb_is_refused(desk, edition):
    reason = "The image must be no more than 40 million pixels."
    assert refused(desk, edition, bomb()) == [reason]


@pytest.mark.parametrize(
    "content",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"<!doctype html><script>alert(1)</script>",
    ],
)
def test_invalid_image_is_refused_for_any_name(desk, edition, content):
    assert refused(desk, edition, SimpleUploadedFile("photo.png", content)) == [UNREADABLE]


def test_a_photo_of_twenty_megabytes_is_refused(desk, edition):
    heavy = SimpleUploadedFile("photo.jpg", b"\xff\xd8" + bytes(20 * 1024 * 1024))
    limit = MAX_BYTES // 1024**2
    reason = f"This image is 20 MB. It must be {limit} MB or smaller."
    assert refused(desk, edition, heavy) == [reason]


def test_photo_is_re_encoded_without_metadata(desk, edition):
    exif = Image.Exif()
    exif[0x010E] = "Taken at home"
    upload = picture("photo.jpg", (1600, 2000), "JPEG", exif=exif.tobytes())
    save(desk, f"{LIST}add/", family_name_fr="Médina", photo=upload)
    with Speaker.objects.get().photo.open() as file, Image.open(io.BytesIO(file.read())) as stored:
        assert stored.size == (1200, 1500)
        assert dict(stored.getexif()) == {}


def test_html_in_texts_is_escaped_in_admin(desk, edition):
    attack = "<img src=x onerror=alert(1)>"
    names = ("given_name", "family_name", "position", "affiliation", "biography")
    texts = [f"{name}_{code}" for name in names for code in ("fr", "en", "ar")]
    save(desk, f"{LIST}add/", **dict.fromkeys(texts, attack))
    for url in (LIST, admin_url(Speaker.objects.get())):
        assert "<img src=x" not in desk.get(url).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_list_query_count_is_constant(desk, edition, count, django_assert_num_queries):
    for _number in range(count):
        make_participation(make_session(edition, at=None), make_speaker(edition))
    desk.get(LIST)
    with django_assert_num_queries(6):
        shown = desk.get(LIST).context["cl"].result_list
    assert [speaker.session_count for speaker in shown] == [1] * count


def test_list_filters_speakers_without_photo_or_session(desk, edition):
    bare = make_speaker(edition)
    whole = make_participation(make_session(edition, at=None), make_speaker(edition)).speaker
    Speaker.objects.filter(pk=whole.pk).update(photo="speakers/some.jpg")
    for missing in ("photo", "session"):
        assert list(desk.get(LIST, {"missing": missing}).context["cl"].result_list) == [bare]


def test_list_checkboxes_publish_and_feature_speakers(desk, edition):
    speaker = make_speaker(edition)
    data = form_of(desk.get(LIST))
    del data["form-0-is_published"]
    response = desk.post(LIST, data | {"form-0-is_featured": "on", "_save": "Save"})
    assert response.status_code == 302
    assert refreshed(speaker).is_featured is True
    assert speaker.is_published is False


def test_speaker_form_links_sessions_and_edits_links(desk, edition):
    participation = make_participation(make_session(edition, at=None), make_speaker(edition))
    make_link(participation.speaker)
    page = desk.get(admin_url(participation.speaker))
    assert f'href="{admin_url(participation.session)}"' in page.content.decode()
    save(desk, admin_url(participation.speaker), **{"links-0-label_ar": "مختبر"})
    assert participation.speaker.links.get().label_ar == "مختبر"


def test_an_orcid_with_a_wrong_check_digit_is_refused(desk, edition):
    response = save(desk, admin_url(make_speaker(edition)), orcid="0000-0002-1825-0098")
    assert list(errors_of(response)) == ["orcid"]


def test_history_shows_the_change(desk, edition):
    speaker = make_speaker(edition, position_fr="Urbaniste")
    save(desk, admin_url(speaker), position_fr="Architecte")
    page = desk.get(admin_url(speaker, "history")).content.decode()
    assert "<bdi>Urbaniste</bdi> → <bdi>Architecte</bdi>" in page


@pytest.mark.django_db(transaction=True)
def test_speaker_becoming_an_author_concurrently_is_not_deleted(desk, edition):
    speaker, abstract = make_speaker(edition), make_abstract(edition)
    url = admin_url(speaker, "delete")
    with somebody_else(lambda: make_author(abstract, speaker=speaker)):
        response = desk.post(url, {"post": "yes"}, follow=True)
    assert told(response) == ["We couldn’t save this change. Check it and try again."]
    assert Speaker.objects.get() == speaker


def test_unpublished_preview_shows_a_notice(desk, edition):
    pytest.importorskip("symposium.speakers.views")
    speaker = make_speaker(edition, family_name_fr="Médina", is_published=False)
    page = desk.get(admin_url(speaker, "preview")).content.decode()
    assert "Médina" in page
    assert "Preview: this page isn’t public." in page


# Duplicate speakers

ADD = "/admin/symposium_speakers/speaker/add/"


@pytest.mark.parametrize(
    "typed",
    [
        {"given_name_fr": "Amina", "family_name_fr": "El Fassi"},
        {"given_name_en": "AMINA", "family_name_en": "el-fassi"},
        {"given_name_fr": "El Fassi", "family_name_fr": "Amina"},
        {"given_name_ar": "امينة", "family_name_ar": "الفاسى"},
    ],
)
def test_duplicate_speaker_name_asks_for_confirmation(desk, edition, typed):
    there = make_speaker(
        edition, given_name_fr="Amìna", family_name_fr="El Fassi", affiliation_fr="Université",
        given_name_ar="أمينة", family_name_ar="الفاسي",
    )  # fmt: skip
    response = save(desk, ADD, **typed)
    assert errors_of(response) == {
        "another_person": [
            f'This edition already has a speaker with this name: <a href="{admin_url(there)}" '
            'target="_blank">Amìna El Fassi · Université</a>. Is it the same person?'
        ]
    }
    again = form_of(response) | {"another_person": "on"}
    assert desk.post(ADD, again).status_code == 302
    assert edition.speakers.count() == 2


def test_same_name_in_another_edition_or_different_name_is_accepted(desk, edition):
    make_speaker(make_edition(), given_name_fr="Amina", family_name_fr="El Fassi")
    make_speaker(edition, given_name_fr="Amine", family_name_fr="El Fassi")
    there = save(desk, ADD, given_name_fr="Amina", family_name_fr="El Fassi", edition=edition.pk)
    assert there.status_code == 302
    one = edition.speakers.get(given_name_fr="Amina")
    assert save(desk, admin_url(one), position_fr="Professeure").status_code == 302


def test_duplicate_orcid_in_an_edition_is_refused(desk, edition):
    there = make_speaker(edition, family_name_fr="Rivage", orcid="0000-0002-1825-0097")
    response = save(desk, ADD, family_name_fr="Autre", orcid="0000-0002-1825-0097")
    assert errors_of(response)["orcid"][0].startswith(
        "This ORCID iD is already used by another speaker in this edition: "
        f'<a href="{admin_url(there)}"'
    )
    with refused_by("speakers_orcid_once_per_edition"):
        make_speaker(edition, orcid="0000-0002-1825-0097")


def test_autocomplete_distinguishes_homonyms_by_affiliation(desk, edition):
    for affiliation in ("Rabat", "Fès"):
        make_speaker(
            edition, given_name_fr="Amina", family_name_fr="Rivage", affiliation_fr=affiliation
        )
    asked = {"app_label": "symposium_sessions", "model_name": "participation",
             "field_name": "speaker", "term": "Rivage"}  # fmt: skip
    offered = desk.get("/admin/autocomplete/", asked).json()["results"]
    assert {one["text"] for one in offered} == {"Amina Rivage · Rabat", "Amina Rivage · Fès"}
