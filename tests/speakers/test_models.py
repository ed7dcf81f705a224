import pytest
from django.db.models import RestrictedError
from django.utils import translation

from symposium.speakers.models import Link, Speaker
from tests.factories import (
    make_abstract,
    make_author,
    make_edition,
    make_link,
    make_participation,
    make_speaker,
)
from tests.helpers.database_errors import faults, refused_by

pytestmark = pytest.mark.django_db


def test_name_is_given_then_family_in_each_language():
    speaker = make_speaker(given_name_ar="سلمى", family_name_fr="Médina", family_name_ar="المدينة")
    assert [speaker.name_fr, speaker.name_en, speaker.name_ar] == [
        "Salma Médina",
        "",
        "سلمى المدينة",
    ]


@pytest.mark.parametrize(("language", "name"), [("fr", "Salma Médina"), ("ar", "سلمى المدينة")])
def test_speaker_name_follows_the_page_language(language, name):
    speaker = make_speaker(given_name_ar="سلمى", family_name_fr="Médina", family_name_ar="المدينة")
    with translation.override(language):
        assert speaker.name == name


def test_speaker_name_may_be_a_family_name_only():
    speaker = Speaker(edition=make_edition(), family_name_ar="المدينة")
    assert faults(speaker) == {}
    speaker.save()
    assert (str(speaker), speaker.initials) == ("المدينة", "م")
    assert speaker.slug.startswith("speaker-")


def test_slug_of_a_homonym_gets_a_number():
    edition = make_edition()
    slugs = [make_speaker(edition, family_name_fr="Médina").slug for _ in range(3)]
    assert slugs == ["salma-medina", "salma-medina-2", "salma-medina-3"]


def test_speaker_with_invalid_orcid_is_refused():
    speaker = make_speaker()
    speaker.orcid = "0000-0002-1825-0098"
    assert faults(speaker) == {"orcid": ["This ORCID iD isn’t valid. Check the last character."]}


def test_speaker_is_hidden_when_unpublished_or_edition_unpublished():
    shown = make_speaker()
    make_speaker(shown.edition, is_published=False)
    make_speaker(make_edition(is_published=False))
    assert list(Speaker.objects.published()) == [shown]


def test_speaker_deletion_removes_participations():
    participation = make_participation()
    participation.speaker.delete()
    assert not participation.session.participations.exists()


def test_speaker_with_an_abstract_is_not_deleted():
    author = make_author(speaker=make_speaker())
    with pytest.raises(RestrictedError):
        author.speaker.delete()


def test_edition_deletion_removes_its_author_speakers():
    speaker = make_speaker()
    make_author(make_abstract(speaker.edition), speaker=speaker)
    speaker.edition.delete()
    assert not Speaker.objects.exists()


@pytest.mark.parametrize("empty", ["", None])
def test_link_without_label_is_refused(empty):
    make_link()
    with refused_by("links_labelled"):
        Link.objects.update(label_fr=empty, label_en=empty, label_ar=empty)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "//evil.example", "example.org", ""])
def test_link_with_malformed_url_is_refused(url):
    link = make_link()
    link.url = url
    assert list(faults(link)) == ["url"]


def test_speaker_name_does_not_mix_scripts():
    speaker = make_speaker(given_name_fr="Yasmine", family_name_fr="", family_name_ar="القنطرة")
    with translation.override("fr"):
        assert (speaker.name, speaker.name_fr, speaker.name_ar) == ("القنطرة", "", "القنطرة")


def test_english_name_falls_back_to_the_french_given_name():
    speaker = make_speaker(
        given_name_fr="Yasmine", family_name_fr="Arcade", family_name_en="Archway"
    )
    assert speaker.name_en == "Yasmine Archway"
