"""The programme as PDF: standards, texts of each session, layout of a day."""

import re

import pikepdf
import pypdfium2
import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone, translation

from symposium.demo import scale
from symposium.editions.models import Edition
from symposium.sessions.models import Session, Track
from symposium.sessions.programme_pdf import programme_data, render_programme_pdf
from tests.factories import (
    make_edition,
    make_participation,
    make_room,
    make_session,
    make_speaker,
    make_track,
)
from tests.helpers.pdf_files import opened, pictures, roles, scanned, texts

pytestmark = pytest.mark.django_db
PATH = "/fr/2021/programme.pdf"
HARD = [
    "{{ x }} {% y %} \\n #let $a^2$ @b <c> [d] *e* _f_ `g` ~ // /* \"'",
    "Anticonstitutionnellement" * 8,
    "مَدِينَةٌ 🏙️ 城市 Łódź Ễ\u200bx\u202e",
]


@pytest.fixture
def edition():
    return make_edition(
        "2021", name_fr="Symposium fictif", name_ar="ندوة خيالية", city_ar="الدار البيضاء"
    )


def read(client, path: str = PATH) -> bytes:
    response = client.get(path)
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    return response.content


def whole(file: bytes) -> str:
    return " ".join(texts(file))


def as_seen(file: bytes) -> str:
    """Return the characters of the first page in visual order: by line, from left to right."""
    document = pypdfium2.PdfDocument(file)
    text = document[0].get_textpage()
    letters = [
        (text.get_text_range(n, 1), text.get_charbox(n, loose=True))
        for n in range(text.count_chars())
    ]
    lines = sorted(letters, key=lambda letter: (-round(letter[1][1] / 4), letter[1][0]))
    document.close()
    return "".join(letter for letter, _box in lines if letter not in "\r\n")


def data_of(edition: Edition, **options) -> dict:
    with timezone.override(edition.zone):
        return programme_data(
            edition, list(edition.sessions.for_programme().with_people()), **options
        )


# Standards


@pytest.mark.parametrize("layout", ["", "?layout=large"])
@pytest.mark.parametrize(
    ("language", "direction"), [("fr", "/L2R"), ("en", "/L2R"), ("ar", "/R2L")]
)
def test_programme_pdf_conforms_to_pdf_ua_and_pdf_a(client, edition, language, direction, layout):
    session = make_session(edition, room=make_room(edition), track=make_track(edition))
    make_participation(session)
    make_session(edition, at="10:00", kind=Session.Kind.BREAK)
    file = opened(read(client, f"/{language}/2021/programme.pdf{layout}"))
    metadata = file.open_metadata()
    assert [metadata[name] for name in ("pdfuaid:part", "pdfaid:part", "pdfaid:conformance")] == [
        "1", "2", "A",
    ]  # fmt: skip
    with translation.override(language):
        assert metadata["dc:title"] == data_of(edition)["title"]
    assert (metadata["dc:language"], str(file.Root.Lang)) == ({language}, language)
    assert str(file.Root.ViewerPreferences.Direction) == direction
    assert bool(file.Root.MarkInfo.Marked) is True


def test_grid_pdf_is_a_table_and_list_pdf_has_headings(client, edition):
    make_session(edition, room=make_room(edition))
    grid, listed = (roles(read(client, f"{PATH}{layout}")) for layout in ("", "?layout=large"))
    assert [grid.count(role) for role in ("Table", "TH", "H1", "H2")] == [1, 2, 1, 1]
    assert [listed.count(role) for role in ("Table", "H1", "H2", "H3")] == [0, 1, 1, 1]


def test_pdf_fonts_are_embedded(client, edition):
    make_session(edition, title_ar="مدينة")
    fonts = {
        str(font.BaseFont).split("+")[1].split("-")[0]
        for page in opened(read(client, "/ar/2021/programme.pdf")).pages
        for font in page.Resources.Font.values()
    }
    assert fonts == {"Inter", "NotoSansArabic"}


# Content


def test_pdf_session_has_time_room_speakers_and_kind(client, edition):
    session = make_session(
        edition, title_fr="Mobilités", kind=Session.Kind.PANEL, at="09:00", lasting=90,
        room=make_room(edition, name_fr="Salle bleue"), track=make_track(edition, name_fr="Usages"),
    )  # fmt: skip
    nora = make_speaker(edition, given_name_fr="Nora", family_name_fr="Rivage")
    make_participation(session, nora, role="moderator")
    hidden = make_speaker(edition, family_name_fr="Caché", is_published=False)
    make_participation(session, hidden)
    for layout in ("", "?layout=large"):
        [page] = texts(read(client, f"/en/2021/programme.pdf{layout}"))
        kind = "Salle bleue · Panel" if layout else "Panel"
        assert f"09:00–10:30 · {kind}" in page
        assert "Mobilités Nora Rivage (Moderator)" in page
        assert ("Salle bleue" in page, "Usages" in page, "Caché" in page) == (True, True, False)


def test_arabic_text_is_extractable_in_order(client, edition):
    make_session(edition, title_ar="المدينة تتعلم", room=make_room(edition, name_ar="القاعة"))
    file = read(client, "/ar/2021/programme.pdf")
    [page] = texts(file)
    assert "المدينة تتعلم" in page
    assert "القاعة" in page
    assert "09:00–09:45" in as_seen(file)


def test_cancelled_session_is_marked_and_draft_is_excluded(client, edition):
    make_session(edition, title_fr="Retirée", status="cancelled")
    make_session(edition, title_fr="Brouillon", status="draft", at="11:00")
    make_session(edition, title_fr="Flottante", at=None)
    with translation.override("fr"):
        mark = data_of(edition)["words"]["cancelled"]
    page = whole(read(client))
    assert page.count(mark) == 1
    assert ("Retirée" in page, "Brouillon" in page, "Flottante" in page) == (True, False, True)


def test_qr_code_links_to_the_live_page(client, edition):
    make_session(edition)
    [picture] = pictures(read(client, "/ar/2021/programme.pdf"))
    assert scanned(picture) == [f"{settings.SITE_URL}/ar/2021/programme/"]


@pytest.mark.parametrize("text", HARD, ids=range(len(HARD)))
def test_hostile_text_renders_a_valid_pdf(client, edition, text):
    session = make_session(
        edition, title_fr=text[:200], room=make_room(edition, name_fr=text[:80]),
        track=make_track(edition, name_fr=text[:80]),
    )  # fmt: skip
    make_participation(session, make_speaker(edition, family_name_fr=text[:80]))
    for layout in ("", "?layout=large"):
        file = read(client, f"{PATH}{layout}")
        assert opened(file).open_metadata()["pdfaid:part"] == "2"
    if text == HARD[0]:
        assert whole(file).count(" ".join(text.split())[:60]) == 5


def test_long_word_is_rendered_complete(client, edition):
    for number in range(6):
        make_session(edition, title_fr=HARD[1][:200], room=make_room(edition, order=number))
    [page] = texts(read(client))
    assert "".join(re.split(r"[\s\u200b]+", page)).count(HARD[1][:200]) == 6


# Layout


def test_rooms_are_split_over_pages_and_plenary_kinds_repeat_on_each(edition):
    for number in range(8):
        make_session(edition, room=make_room(edition, order=number), at="10:00")
    make_session(edition, title_fr="Pause", kind=Session.Kind.BREAK, at="11:00")
    [day] = data_of(edition)["days"]
    assert [len(part["columns"]) for part in day["parts"]] == [4, 4]
    assert [part["rows"] for part in day["parts"]] == [["10:00", "10:45", "11:00"]] * 2
    assert [part["cards"][-1]["title"] for part in day["parts"]] == ["Pause", "Pause"]
    assert [part["cards"][-1]["width"] for part in day["parts"]] == [4, 4]


def test_grid_cells_and_page_cuts_are_computed(edition):
    one, two = make_room(edition, order=1), make_room(edition, order=2)
    make_session(edition, room=one, at="09:00", lasting=60)
    make_session(edition, room=two, at="09:00", lasting=30)
    make_session(edition, room=two, at="09:30", lasting=30)
    make_session(edition, room=two, at="10:00", lasting=30)
    [day] = data_of(edition)["days"]
    [part] = day["parts"]
    cells = [(card["x"], card["y"], card["height"]) for card in part["cards"]]
    assert cells == [(0, 0, 2), (1, 0, 1), (1, 1, 1), (1, 2, 1)]
    assert (part["rows"], part["cuts"]) == (["09:00", "09:30", "10:00"], [0, 2, 3])


def test_crowded_day_and_large_print_use_the_list_layout(edition):
    for number in range(19):
        make_session(edition, room=make_room(edition, order=number))
    make_session(edition, day=2)
    crowded, second = data_of(edition)["days"]
    assert (crowded["parts"], len(crowded["groups"][0]["sessions"])) == ([], 19)
    assert (len(second["parts"]), second["groups"]) == (1, [])
    assert [day["parts"] for day in data_of(edition, large=True)["days"]] == [[], []]


def fill_day(edition: Edition, day: int, hours: int, rooms: list) -> None:
    """Make a plenary and `hours` hours of two sessions in each of `rooms`."""
    make_session(edition, day=day, at="08:00", lasting=60, kind=Session.Kind.PLENARY)
    speakers = [make_speaker(edition, family_name_fr="Rivage") for _room in rooms]
    for half in range(2 * hours):
        for room, speaker in zip(rooms, speakers, strict=True):
            at = f"{9 + half // 2:02}:{30 * (half % 2):02}"
            session = make_session(
                edition, day=day, at=at, lasting=30, room=room,
                title_fr=f"Les espaces publics après la distanciation ({day})",
            )  # fmt: skip
            make_participation(session, speaker)


def filled(file: bytes) -> list[float]:
    """Return how far down each page its text goes: 0 at the top, 1 above the footer."""
    document = pypdfium2.PdfDocument(file)
    found = []
    for page in document:
        text, height, footer = page.get_textpage(), page.get_height(), 55
        bottoms = [text.get_charbox(n)[1] for n in range(text.count_chars())]
        lowest = min(bottom for bottom in bottoms if bottom > footer)
        found.append((height - lowest) / (height - footer))
    document.close()
    return found


def test_day_of_four_rooms_is_one_page(client, edition):
    rooms = [make_room(edition, order=number) for number in range(4)]
    fill_day(edition, 1, 5, rooms)
    fill_day(edition, 2, 5, rooms)
    for language in ("fr", "ar"):
        pages = texts(read(client, f"/{language}/2021/programme.pdf"))
        assert [[page.count(f"({day})") for day in (1, 2)] for page in pages] == [[40, 0], [0, 40]]


def test_longer_day_fills_its_pages_evenly(client, edition):
    rooms = [make_room(edition, order=number) for number in range(4)]
    fill_day(edition, 1, 14, rooms)
    pages = filled(read(client))
    assert len(pages) == 2
    assert min(pages) > 0.6


def test_list_of_many_sessions_fills_its_columns_evenly():
    scale.load(60)
    edition = Edition.objects.get(slug=scale.SLUG)
    sessions = list(edition.sessions.published().for_programme().with_people())
    file = render_programme_pdf(edition, sessions, "fr", large=False)
    document = pypdfium2.PdfDocument(file)
    columns = []
    for page in document:
        text = page.get_textpage()
        boxes = [text.get_charbox(n) for n in range(text.count_chars())]
        width = page.get_width() / 3
        columns.append(
            [
                min(box[1] for box in boxes if box[1] > 55 and box[0] // width == column)
                for column in range(3)
            ]
        )
    document.close()
    assert [max(bottoms) - min(bottoms) < 90 for bottoms in columns] == [True] * 3


def test_short_days_share_a_page(client, edition):
    make_session(edition, title_fr="Ouverture")
    make_session(edition, day=2, title_fr="Clôture")
    make_session(edition, at=None, title_fr="Flottante")
    [page] = texts(read(client))
    assert [page.count(title) for title in ("Ouverture", "Clôture", "Flottante")] == [1, 1, 1]


def test_large_print_has_no_small_text(client, edition):
    make_session(edition, room=make_room(edition), track=make_track(edition))
    sizes = {
        round(float(operands[1]), 1)
        for page in opened(read(client, f"{PATH}?layout=large")).pages
        for operands, operator in pikepdf.parse_content_stream(page)
        if str(operator) == "Tf"
    }
    assert min(sizes) >= 18


def test_programme_pdf_draws_every_mark(client, edition):
    for hour, mark in enumerate(Track.Mark.values, 9):
        make_session(
            edition, at=f"{hour:02}:00", track=make_track(edition, name_fr=mark, mark=mark)
        )
    said = " ".join(texts(read(client, PATH)))
    assert [mark for mark in Track.Mark.values if mark in said] == Track.Mark.values


@pytest.mark.parametrize("number", [1, 3])
def test_programme_pdf_query_count_is_constant(client, edition, django_assert_num_queries, number):
    for place in range(number):
        session = make_session(edition, room=make_room(edition), track=make_track(edition))
        make_participation(session, make_speaker(edition, slug=f"s{place}"))
    with django_assert_num_queries(8):  # three for the lock under which the file is rendered
        client.get(PATH)


def test_programme_pdf_of_many_sessions_contains_all():
    scale.load(60)
    edition = Edition.objects.get(slug=scale.SLUG)
    sessions = list(edition.sessions.published().for_programme().with_people())
    pages = texts(render_programme_pdf(edition, sessions, "fr", large=False))
    said = set(re.findall(r"\(\d+\)", " ".join(pages)))
    assert said == {f"({number})" for number in range(1, 61)}
    assert len(pages) == 3


# The cache of files


def test_pdf_shows_its_date_and_is_cached_until_content_changes(client, edition):
    session = make_session(edition, title_fr="Avant")
    first = read(client)
    made = texts(first)[0]
    assert str(timezone.localtime(timezone.now(), edition.zone).year) in made
    assert read(client) == first
    session.title_fr = "Après"
    session.save()
    assert "Après" in whole(read(client))


def test_programme_pdf_without_public_sessions_is_404(client, edition):
    make_session(edition, status="draft")
    make_session(make_edition("2019", is_published=False))
    assert [client.get(f"/fr/{slug}/programme.pdf").status_code for slug in ("2021", "2019")] == [
        404, 404,
    ]  # fmt: skip


def test_page_cache_stores_both_pdf_layouts_only(edition, page_cache):
    make_session(edition)
    found = [
        Client().get(f"{PATH}{query}").content for query in ("", "?layout=large", "?layout=x") * 2
    ]
    assert found[:3] == found[3:]
    assert found[0] == found[2] != found[1]
    assert sorted(page_cache.pages) == [(PATH, "", ""), (PATH, "layout=large", "")]
