"""Pictures and files of a page: their form, their place in the text, who may read them."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from symposium.core.i18n.markdown import file_mentions
from symposium.editions.models import PageFile, short_name
from tests.core.test_images import header_of_png
from tests.factories import (
    make_edition,
    make_organiser,
    make_page,
    make_page_file,
    make_user,
    picture,
    refreshed,
)
from tests.helpers.admin_forms import admin_url, errors_of, form_of, save
from tests.helpers.database_errors import refused_by
from tests.helpers.page_html import main, texts, tree, words

pytestmark = pytest.mark.django_db
URL = "/fr/2021/pages/venir/"


@pytest.fixture
def edition():
    return make_edition("2021", is_current=True)


@pytest.fixture
def desk(client):
    client.force_login(make_organiser(language="en"))
    return client


def make_text(edition, text: str = "", **fields):
    return make_page(edition, slug="venir", body_fr=text, **fields)


def document(name: str = "acces.pdf", content: bytes = b"%PDF-1.7"):
    return SimpleUploadedFile(name, content)


def row(file, **fields) -> dict:
    return {"files": {"file": file, "name": "", "description_fr": "Plan", "order": 1} | fields}


def status(client, url: str) -> int:
    response = client.get(url)
    b"".join(response)  # to the end of the file, which closes it
    return response.status_code


def shown(article) -> list[str]:
    """Return the blocks of a text: the tag and the words of each, without addresses."""
    blocks = [
        (block.tag, words(block)) for block in article if "muted" not in block.get("class", "")
    ]
    return [f"{tag}: {said}".strip() for tag, said in blocks]


def article(client, url: str = URL):
    (found,) = main(client.get(url)).xpath(".//article")
    return found


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


# Names


@pytest.mark.parametrize(
    ("typed", "file", "name"),
    [
        ("", "Plan du site.PNG", "plan-du-site.png"),
        ("", "خريطة المدينة.pdf", "خريطة-المدينة.pdf"),
        ("entrée.png", "IMG_1.JPG", "entrée.jpg"),
        ("entree", "IMG_1.jpeg", "entree.jpeg"),
        ("", "!!.pdf", "file.pdf"),
        ("", f"{'a' * 90}.pdf", f"{'a' * 60}.pdf"),
    ],
)
def test_short_name(typed, file, name):
    assert short_name(typed, file) == name


def test_mentions_are_names_without_a_folder():
    text = "![](Plan.png) [a](acces.pdf) [b](/fr/2021/a.pdf) [c](https://e.org/a.pdf) [d](#a.b)"
    assert file_mentions(text) == [("plan.png", True), ("acces.pdf", False)]
    assert file_mentions("![x](https://e.org/a.png)") == [("https://e.org/a.png", True)]
    assert file_mentions("[x](خريطة.pdf)") == [("خريطة.pdf", False)]


# The public page


def test_picture_stands_as_a_figure_where_the_text_names_it(client, edition):
    page = make_text(edition, "Avant.\n\n![Entrée nord](plan.png)\n\nAprès.")
    make_page_file(page, file=picture("plan.png", size=(2000, 1000)))
    found = article(client)
    assert shown(found) == ["p: Avant.", "figure: Entrée nord", "p: Après."]
    (image,) = found.iter("img")
    names = ("alt", "width", "height", "loading", "sizes")
    assert [image.get(name) for name in names] == [
        "Plan", "720", "360", "lazy", "(min-width: 768px) 42rem, 100vw",
    ]  # fmt: skip
    assert re.findall(r" (\d+w)", image.get("srcset")) == ["720w", "1440w"]
    for address in (image.get("src"), image.getparent().get("href")):
        assert status(client, address) == 200


def test_small_picture_is_not_enlarged(client, edition):
    make_page_file(make_text(edition, "![](plan.png)"), file=picture("plan.png", size=(300, 200)))
    (image,) = article(client).iter("img")
    assert (image.get("width"), image.get("height"), image.get("srcset")) == ("300", "200", None)


def test_picture_in_a_sentence_follows_its_paragraph(client, edition):
    make_page_file(make_text(edition, "Voir ![](plan.png) ici.\n\n[![](plan.png)](https://e.org)"))
    assert shown(article(client)) == ["p: Voir ici.", "figure:", "figure:"]


def test_picture_in_a_table_stays_in_its_cell(client, edition):
    make_page_file(make_text(edition, "| a | b |\n|---|---|\n| ![](plan.png) | c |"))
    assert [cell.tag for cell in article(client).xpath(".//td/figure")] == ["figure"]


def test_link_to_a_document_says_its_format_and_size(client, edition):
    page = make_text(edition, "[Comment **venir**](acces.pdf).")
    make_page_file(page, file=document(content=b"%PDF-1.7" + b" " * 2040))
    (link,) = article(client).iter("a")
    assert words(link) == "Comment venir (PDF, 2,0 Kio)"
    response = client.get(link.get("href"))
    response.close()
    assert response.headers["Content-Disposition"] == 'attachment; filename="acces.pdf"'


def test_what_the_text_does_not_name_is_listed_below(client, edition):
    page = make_text(edition, "Avant.")
    make_page_file(page, description_en="Map")
    make_page_file(page, file=document(), description_fr="Accès", description_en="Directions")
    found = article(client, "/en/2021/pages/venir/")
    assert [image.get("alt") for image in found.iter("img")] == ["Map"]
    assert texts(found, ".//ul/li") == ["Directions (PDF, 8 bytes)"]
    assert texts(found, ".//h2") == ["Documents"]


def test_description_is_in_the_language_of_the_text(client, edition):
    page = make_text(edition, "![](plan.png)", body_ar="![](plan.png)")
    make_page_file(page, description_fr="Plan", description_ar="خريطة")
    for language, alt in [("fr", "Plan"), ("ar", "خريطة"), ("en", "Plan")]:
        (image,) = article(client, f"/{language}/2021/pages/venir/").iter("img")
        assert (image.get("alt"), image.get("lang")) == (alt, None)


def test_only_pictures_of_the_page_are_shown(client, edition):
    other = make_page(edition)
    make_page_file(other, file=picture("autre.png"))
    make_text(
        edition,
        "![a](https://e.org/x.png) ![b](autre.png) [c](perdu.pdf) ![](acces.pdf) "
        "<img src=x onerror=x()>",
    )
    found = article(client)
    assert list(found.iter("img")) == list(found.iter("a")) == []
    assert words(found).startswith("c <img src=x onerror=x()>")


def test_text_with_a_lost_file_is_still_shown(client, edition):
    file = make_page_file(make_text(edition, "Avant ![](plan.png) [a](plan.png)"))
    default_storage.delete(file.file.name)
    assert shown(article(client)) == ["p: Avant a"]


@pytest.mark.parametrize("number", [1, 3])
def test_page_query_count_is_constant(client, edition, django_assert_num_queries, number):
    page = make_text(edition, "![](f0.png)")
    for place in range(number):
        make_page_file(page, file=picture(f"f{place}.png"))
    client.get(URL)
    with django_assert_num_queries(5):
        client.get(URL)


# Who may read a file


@pytest.mark.parametrize(
    ("page_is_public", "edition_is_public"), [(False, True), (True, False), (True, True)]
)
def test_files_are_as_public_as_their_page(client, page_is_public, edition_is_public):
    edition = make_edition("2021", is_published=edition_is_public)
    url = make_page_file(make_text(edition, is_published=page_is_public)).file.url
    is_public = page_is_public and edition_is_public
    expected = 200 if is_public else 404
    assert status(client, url) == expected
    client.force_login(make_user(is_staff=True))
    assert status(client, url) == expected
    client.force_login(make_organiser())
    response = client.get(url)
    response.close()
    assert (response.status_code, response["Cache-Control"]) == (200, "private, no-cache")


# The form


@pytest.mark.parametrize(
    ("permissions", "has_rows", "statuses"),
    [
        ([], False, (403, 403)),
        (["view_page"], False, (200, 403)),
        (["view_page", "change_page"], True, (200, 302)),
    ],
)
def test_who_may_write_files(client, edition, permissions, has_rows, statuses):
    page = make_text(edition)
    make_page_file(page)
    user = make_user(is_staff=True, language="en")
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client.force_login(user)
    opened = client.get(admin_url(page))
    assert ('name="files-0-file"' in opened.content.decode()) == has_rows
    data = form_of(opened) if has_rows else {}
    assert (opened.status_code, client.post(admin_url(page), data).status_code) == statuses


def test_upload_is_kept_with_its_text(desk, edition):
    page = make_text(edition)
    upload = picture("Plan du site.png", size=(3000, 1500))
    response = save(desk, admin_url(page), row(upload), body_fr="![](plan-du-site.png)")
    assert response.status_code == 302
    file = PageFile.objects.get()
    assert (file.page, file.name, file.description_fr) == (page, "plan-du-site.png", "Plan")
    assert re.fullmatch(r"pages/[a-z0-9]{16}/plan-du-site\.png", file.file.name)
    with Image.open(file.file.path) as stored:
        assert (stored.format, stored.size) == ("PNG", (2400, 1200))
    history = words(tree(desk.get(admin_url(page, "history"))))
    assert "Added picture or file “plan-du-site.png”." in history


@pytest.mark.parametrize(
    ("upload", "sentence"),
    [
        (picture("plan.jpg"), "This file doesn’t match its extension (jpg)."),
        (document("plan.png"), "We couldn’t read this image. Choose a JPEG, PNG or WebP file."),
        (document("a.pdf", b"<script>"), "This file doesn’t match its extension (pdf)."),
        (document("a.docx"), "This file doesn’t match its extension (docx)."),
        (document("a.pdf", b""), "The submitted file is empty."),
        (
            SimpleUploadedFile("a.png", header_of_png(50_000, 50_000)),
            "The image must be no more than 40 million pixels.",
        ),
        (
            SimpleUploadedFile("a.png", b"\x89PNG" + b" " * 9 * 1024 * 1024),
            "This image is 9 MB. It must be 8 MB or smaller.",
        ),
        (
            document("a.pdf", b"%PDF-" + b" " * 51 * 1024 * 1024),
            "This file is 51 MB. It must be 50 MB or smaller.",
        ),
    ],
    ids=["other picture", "no picture", "no pdf", "no docx", "empty", "bomb", "heavy", "long"],
)
def test_wrong_file_is_refused_and_nothing_kept(desk, edition, media, upload, sentence):
    upload.seek(0)
    page = make_text(edition)
    response = save(desk, admin_url(page), row(upload), body_fr="Nouveau")
    assert errors_of(response) == {"files-0-file": [sentence]}
    assert (PageFile.objects.count(), refreshed(page).body_fr) == (0, "")
    assert not (media / "pages").exists()


def test_file_of_another_type_is_refused(desk, edition):
    response = save(desk, admin_url(make_text(edition)), row(document("a.exe", b"MZ")))
    assert list(errors_of(response)) == ["files-0-file"]


def test_file_without_description_is_refused(desk, edition):
    response = save(desk, admin_url(make_text(edition)), row(document(), description_fr=""))
    sentence = "Enter a description in at least one language."
    assert errors_of(response) == {"files-0-__all__": [sentence]}


def test_second_file_with_the_same_name_is_refused(desk, edition):
    page = make_text(edition)
    make_page_file(page)
    response = save(desk, admin_url(page), row(picture("PLAN.png")))
    assert PageFile.objects.count() == 1
    assert "duplicate data for name" in response.content.decode()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("![](autre.png)",
         "The French text shows “autre.png”, which isn’t a picture of this page."),
        ("![](acces.pdf)",
         "The French text shows “acces.pdf”, which isn’t a picture of this page."),
        ("![](https://e.org/a.png)",
         "The French text shows “https://e.org/a.png”, which isn’t a picture of this page."),
        ("[ici](autre.pdf)",
         "The French text links to “autre.pdf”, which isn’t a file of this page."),
    ],
)  # fmt: skip
def test_name_without_a_file_is_refused(desk, edition, text, sentence):
    page = make_text(edition)
    response = save(desk, admin_url(page), row(document()), body_fr=text)
    assert sentence in response.content.decode()
    assert (PageFile.objects.count(), refreshed(page).body_fr) == (0, "")
    assert form_of(response)["body_fr"] == text


def test_removed_file_may_not_be_named_any_more(desk, edition):
    page = make_text(edition, "![](plan.png)")
    make_page_file(page)
    response = save(desk, admin_url(page), **{"files-0-DELETE": "on"})
    assert "shows “plan.png”" in response.content.decode()
    save(desk, admin_url(page), **{"files-0-DELETE": "on", "body_fr": "Sans."})
    assert PageFile.objects.count() == 0


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"name": ""}, "page_files_with_file"),
        ({"file": ""}, "page_files_with_file"),
        ({"description_fr": ""}, "page_files_described"),
    ],
)
def test_database_refuses_a_file_without_its_parts(fields, constraint):
    make_page_file()
    with refused_by(constraint):
        PageFile.objects.update(**fields)


def test_database_refuses_a_name_twice_on_a_page():
    page = make_page()
    make_page_file(page)
    with refused_by("page_files_name_once_per_page"):
        make_page_file(page)
