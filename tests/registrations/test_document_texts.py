"""Words of the organisers on certificates and letters, with signature and seal."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import translation

from symposium.core import svg
from symposium.registrations.documents import certificates, letters
from symposium.registrations.models import Certificate, DocumentText
from tests.factories import (
    make_category,
    make_organiser,
    make_registration,
    make_user,
    open_edition,
    picture,
)
from tests.helpers import pdf_files
from tests.helpers.admin_forms import admin_url, save, told
from tests.helpers.database_errors import refused_by
from tests.helpers.page_html import texts, tree

pytestmark = pytest.mark.django_db
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'
SCRIPT = DRAWING.replace(b"<path", b'<script>alert(1)</script><path onclick="alert(1)"')
OWN = {"heading_en": "Diploma", "body_en": "We thank {name} for {hours} at {symposium}."}


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def edition():
    return open_edition("2027", name_en="Fair", name_fr="Foire", venue_en="Hall")


@pytest.fixture
def desk(client):
    client.force_login(make_organiser(language="en"))
    return client


def make_text(edition, kind="certificate", **fields) -> DocumentText:
    return DocumentText.objects.create(edition=edition, kind=kind, **(fields or OWN))


def certificate_of(edition, **person) -> Certificate:
    registration = make_registration(make_category(edition), **person)
    return Certificate(
        registration=registration, name=registration.name, days=edition.days[:1], minutes=90
    )


def words_on(certificate, language="en") -> tuple[str, str, str]:
    words = certificates.certificate_data(certificate, language)["words"]
    return words["heading"], words["before"], words["after"]


def letter_to(edition, language="en", **person) -> dict:
    registration = make_registration(make_category(edition, name_en="Guests"), **person)
    return letters.letters_data([registration], language)["letters"][0]


def preview_of(edition, kind="certificate", language="en") -> str:
    name = "admin:symposium_registrations_documenttext_pdf"
    return reverse(name, args=[edition.pk, kind, language])


def identity_of(edition) -> str:
    return reverse("admin:symposium_editions_identity", args=[edition.pk])


def test_own_words_stand_on_a_certificate(edition):
    make_text(edition)
    found = words_on(certificate_of(edition))
    assert found == ("Diploma", "We thank", "for 1 h 30 at Fair.")


def test_language_left_blank_has_the_standard_words(edition):
    make_text(edition)
    heading, before, _after = words_on(certificate_of(edition), "fr")
    assert (heading, before) == ("Attestation", "Les organisateurs attestent que")


def test_standard_words_come_back_with_a_deletion(edition):
    certificate = certificate_of(edition)
    standard = words_on(certificate)
    text = make_text(edition)
    assert words_on(certificate) != standard
    text.delete()
    assert words_on(certificate) == standard


def test_letter_has_paragraphs_and_lines(edition):
    make_text(edition, "letter", heading_en="To {country}", body_en="Dear {name},\r\n\r\nA\nB\n\n")
    letter = letter_to(edition, given_name="Amal", family_name="Alaoui", country="SN")
    assert letter["heading"] == "To Senegal"
    assert letter["paragraphs"] == [["Dear Amal Alaoui,"], ["A", "B"]]


@pytest.mark.parametrize("name", ["{{ code }}", "{code}", "{% now 'Y' %}", "#panic()", "$x$"])
def test_text_that_people_typed_is_never_a_template(edition, name):
    make_text(edition, "letter", heading_en="Hello", body_en="For {name}.")
    make_registration(make_category(edition), user=make_user(), given_name="A", affiliation=name)
    letter = letter_to(edition, given_name="A", family_name=name)
    assert letter["paragraphs"] == [[f"For A {name}."]]


def test_letters_are_printed_for_the_selected_people(desk, edition):
    person = make_registration(
        make_category(edition, name_en="Guests"), given_name="Amal", family_name="Alaoui"
    )
    action = {"action": "letters", "_selected_action": person.pk, "index": 0}
    page = f"{admin_url(type(person), 'changelist')}?edition={edition.pk}"
    asked = desk.post(page, action)
    assert texts(tree(asked), "//form[@id='decide_form']//button") == ["Print invitation letters"]
    response = desk.post(page, action | {"decided": "yes", "language": "en"})
    [text] = pdf_files.texts(response.content)
    assert "The organisers of Fair invite Amal Alaoui to take part (Hall" in text


def test_letters_are_for_people_who_come(desk, edition):
    person = make_registration(make_category(edition, needs_approval=True), state="pending")
    page = f"{admin_url(type(person), 'changelist')}?edition={edition.pk}"
    data = {"action": "letters", "_selected_action": person.pk, "index": 0}
    assert told(desk.post(page, data, follow=True)) == [
        "Letters are for confirmed on-site registrations. None of those selected qualify."
    ]


@pytest.mark.parametrize(
    ("kind", "fields", "fault"),
    [
        ("certificate", {"heading_en": "x", "body_en": "Thank you"},
         {"body_en": ["Enter {name} once: the name stands there in large letters."]}),
        ("certificate", {"heading_en": "x", "body_en": "{name} and {name}"},
         {"body_en": ["Enter {name} once: the name stands there in large letters."]}),
        ("certificate", {"heading_en": "x", "body_en": "{name}" + "x" * 400},
         {"body_en": ["The text of a certificate has at most 400 characters."]}),
        ("certificate", {"heading_en": "{code}", "body_en": "{name}"},
         {"heading_en": ["{code} can’t stand in this text. Use one of these: ⁦{name}⁩ "
                         "⁦{symposium}⁩ ⁦{dates}⁩ ⁦{place}⁩ ⁦{hours}⁩ ⁦{days}⁩."]}),
        ("letter", {"heading_en": "x", "body_fr": "x"},
         {"body_en": ["Enter both the subject and the text in this language."],
          "heading_fr": ["Enter both the subject and the text in this language."]}),
    ],
)  # fmt: skip
def test_bad_text_is_refused_with_a_sentence(edition, kind, fields, fault):
    text = DocumentText(edition=edition, kind=kind, **fields)
    with pytest.raises(ValidationError) as caught:
        text.clean()
    with translation.override("en"):
        assert caught.value.message_dict == fault


def test_document_has_one_text_per_edition(edition):
    make_text(edition)
    with refused_by("document_texts_once"), transaction.atomic():
        make_text(edition)


def test_text_needs_its_two_halves(edition):
    with refused_by("document_texts_written"), transaction.atomic():
        make_text(edition, heading_en="x", body_fr="x")


def test_organisers_see_what_they_write(desk, edition):
    page = tree(desk.get(admin_url(make_text(edition))))
    links = page.xpath("//div[contains(@class, 'field-preview')]//a/@href")
    assert links == [preview_of(edition, language=code) for code in ("fr", "en", "ar")]
    standard = texts(page, "//div[contains(@class, 'field-standard')]//p")
    assert standard[0] == "Certificate"
    assert "{name} has attended {symposium} ({place}, {dates})." in standard[1]


@pytest.mark.parametrize("kind", ["certificate", "letter"])
@pytest.mark.parametrize("language", ["fr", "ar"])
def test_preview_says_that_it_is_not_valid(desk, edition, kind, language):
    response = desk.get(preview_of(edition, kind, language))
    assert response.headers["Content-Type"] == "application/pdf"
    [text] = pdf_files.texts(response.content)
    assert ("APERÇU" in text.upper()) == (language == "fr")


@pytest.mark.parametrize(("kind", "language"), [("ticket", "fr"), ("letter", "de")])
def test_preview_of_another_document_is_not_found(desk, edition, kind, language):
    assert desk.get(preview_of(edition, kind, language)).status_code == 404


@pytest.mark.parametrize("is_staff", [True, False])
def test_preview_needs_the_right_to_see_the_texts(client, edition, is_staff):
    client.force_login(make_user(is_staff=is_staff))
    assert client.get(preview_of(edition)).status_code == (403 if is_staff else 302)


# Signature and seal


def test_signature_and_seal_stand_on_a_certificate(desk, edition):
    before = desk.get(preview_of(edition)).content
    save(
        desk, identity_of(edition), signature=SimpleUploadedFile("s.svg", DRAWING),
        seal=picture(size=(60, 60)), signatory_en="Nadia Example", signatory_role_en="President",
    )  # fmt: skip
    content = desk.get(preview_of(edition)).content
    [text] = pdf_files.texts(content)
    assert "Nadia Example President" in text
    alternatives = [element["alt"] for element in pdf_files.elements(content)]
    assert [alt for alt in alternatives if alt in ("Signature", "Seal")] == ["Signature", "Seal"]
    assert "Signature" not in str(pdf_files.elements(before))
    assert "President" in pdf_files.texts(desk.get(preview_of(edition, "letter")).content)[0]


def test_only_organisers_may_read_a_signature(desk, client, edition):
    save(desk, identity_of(edition), signature=SimpleUploadedFile("s.svg", DRAWING))
    edition.refresh_from_db()
    response = desk.get(edition.signature.url)
    assert response.headers["Content-Type"] == "image/svg+xml"
    client.logout()
    assert client.get(edition.signature.url).status_code == 404
    client.force_login(make_user(is_staff=True))
    assert client.get(edition.signature.url).status_code == 404
    response.close()


def test_lost_signature_leaves_the_rest(desk, edition):
    type(edition).objects.filter(pk=edition.pk).update(signature="signatures/lost.png")
    assert desk.get(preview_of(edition)).status_code == 200


@pytest.mark.parametrize("field", ["signature", "seal"])
def test_script_of_a_drawing_is_removed(desk, edition, field):
    save(desk, identity_of(edition), **{field: SimpleUploadedFile("s.svg", SCRIPT)})
    edition.refresh_from_db()
    with getattr(edition, field).open() as file:
        stored = file.read()
    assert b"<path" in stored
    assert b"alert" not in stored


@pytest.mark.parametrize("field", ["signature", "seal"])
def test_huge_picture_is_refused_by_its_header(desk, edition, field):
    content = bytearray(picture(size=(60, 60)).read())
    content[16:24] = (50_000).to_bytes(4) * 2
    upload = SimpleUploadedFile("s.png", bytes(content))
    response = save(desk, identity_of(edition), **{field: upload})
    assert len(texts(tree(response), "//ul[contains(@class, 'errorlist')]/li")) == 1
    edition.refresh_from_db()
    assert not getattr(edition, field)


def nested(steps: int, use: str) -> bytes:
    parts = ['<path id="a0" d="M0 0h1v1z"/>']
    parts += [f'<g id="a{n + 1}">{use.format(n) * 2}</g>' for n in range(steps)]
    drawing = f"<defs>{''.join(parts)}</defs>{use.format(steps)}"
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{drawing}</svg>'.encode()


@pytest.mark.parametrize("use", ['<use href="#a{}"/>', '<path fill="url(#a{})" d="M0 0z"/>'])
@pytest.mark.parametrize("steps", [14, 40])
def test_drawing_that_repeats_itself_is_refused(use, steps):
    with pytest.raises(ValidationError) as caught:
        svg.cleaned(nested(steps, use))
    assert caught.value.code == "too_many_parts"
    assert svg.cleaned(nested(3, use))


def test_drawing_that_uses_itself_is_refused():
    use = (
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><g id="a"><use href="#a"/></g>'
    )
    with pytest.raises(ValidationError) as caught:
        svg.cleaned(use + b"</svg>")
    assert caught.value.code == "too_many_parts"


def test_texts_are_copied_to_the_next_edition(desk, edition):
    make_text(edition)
    edition.mail_texts.create(kind="pending", subject_en="Thank you", body_en="For {name}")
    page = reverse("admin:symposium_editions_edition_next", args=[edition.pk])
    save(desk, page, slug="2028", starts_on="2028-06-09")
    twin = type(edition).objects.get(slug="2028")
    assert [*twin.document_texts.values_list("kind", "heading_en")] == [("certificate", "Diploma")]
    assert [*twin.mail_texts.values_list("kind", "subject_en")] == [("pending", "Thank you")]
    assert edition.document_texts.count() == edition.mail_texts.count() == 1
