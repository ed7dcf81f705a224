"""Cards of shared links: the picture, its texts, its cache, and who may not see it."""

import io
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation
from PIL import Image

from symposium.abstracts import documents
from symposium.abstracts.cards import abstract_card, keyword_card
from symposium.abstracts.citation.styles import Record
from symposium.abstracts.models import Keyword
from symposium.editions.cards import edition_card
from symposium.editions.models import Edition
from symposium.sessions.cards import programme_card, room_card, session_card
from symposium.sessions.models import Session, Track
from symposium.speakers.cards import speaker_card
from tests.factories import (
    make_abstract,
    make_author,
    make_edition,
    make_keyword,
    make_main_abstract,
    make_participation,
    make_room,
    make_session,
    make_speaker,
    make_track,
)
from tests.helpers.database_errors import execute
from tests.helpers.page_html import tree

pytestmark = pytest.mark.django_db
MAX_BYTES = 120_000
SESSION = "/fr/2021/programme/quais/card.png"
# Each kind of card, with the number of queries of one that is cached.
PATHS = {
    "2021/card.png": 1,
    "2021/programme/card.png": 2,
    "2021/programme/quais/card.png": 3,
    "2021/rooms/auditorium/card.png": 2,
    "2021/speakers/nora/card.png": 5,
    "2021/abstract/card.png": 6,
    "2021/abstracts/ville/card.png": 6,
    "2021/keywords/eau/card.png": 2,
}
HOSTILE = {
    "long": "résilience " * 18,
    "long Arabic": "الأرشيف الرقمي وتجديد " * 9,
    "one word": "W" * 200,
    "one letter": "É",
    "markup": '<script>alert(1)</script> #eval("x") $x^2$ *gras* `brut` \\ ] } @nom &amp;',
    "bidi": "\u202eabc\u202c \u2066ville\u2069 \u200fمدينة\u200e 100 %",
    "controls": "a\x0b\u2028b\ud7ff\U0001f3d9\ufe0f",
    "many scripts": "東京 Łódź Ağaç ⴰⵎⴰⵣⵉⵖ αβγ ∑ ½",
}


@pytest.fixture
def edition():
    return make_edition(
        "2021", name_fr="Symposium fictif", name_ar="ندوة خيالية", theme_fr="Des villes",
        venue_fr="Palais",
    )  # fmt: skip


@pytest.fixture
def session(edition):
    """A session with two speakers and an abstract, in a room and a track."""
    auditorium = make_room(
        edition, slug="auditorium", name_fr="Auditorium", floor_fr="1er étage", capacity=400
    )
    session = make_session(
        edition, slug="quais", title_fr="Quais : et après ?", title_ar="الأرصفة", at="14:30",
        lasting=60, day=2, room=auditorium,
        track=make_track(edition, name_fr="Usages", mark="disc"),
    )  # fmt: skip
    nora = make_speaker(
        edition, slug="nora", given_name_fr="Nora", family_name_fr="Rivage", affiliation_fr="Labo"
    )
    make_participation(session, nora, order=1)
    anas = make_speaker(edition, given_name_fr="Anas", family_name_fr="Vigie")
    make_participation(session, anas, order=2)
    ville = make_abstract(session=session, slug="ville", title_fr="Ville", licence="CC-BY-4.0")
    make_keyword(ville, slug="eau", name_fr="Eau", name_en="Water")
    make_author(ville, given_name_fr="Nora", family_name_fr="Rivage")
    make_main_abstract(edition, slug="main")
    return session


def card_of(session: Session):
    return session_card(session, session.participations.published().select_related("speaker"))


def picture(client, path: str) -> Image.Image:
    response = client.get(path)
    assert (response.status_code, response["Content-Type"]) == (200, "image/png"), path
    assert len(response.content) <= MAX_BYTES, path
    return Image.open(io.BytesIO(response.content))


def stored(name: str) -> list[str]:
    return sorted(map(str, Path(settings.MEDIA_ROOT).glob(f"prints/card-{name}*/*")))


def shared(response) -> dict[str, str]:
    metas = tree(response).xpath("//meta[starts-with(@property, 'og:')]")
    return {meta.get("property"): meta.get("content") for meta in metas}


# The picture


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_card_is_small_picture_of_1200_by_630(client, session, language):
    for path in PATHS:
        found = picture(client, f"/{language}/{path}")
        assert (found.size, found.format) == ((1200, 630), "PNG")


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_drawn(client, text):
    edition = make_edition("2021", name_fr=text[:150], theme_fr=text, venue_fr=text)
    session = make_session(
        edition, slug="quais", title_fr=text[:200], room=make_room(edition, name_fr=text[:80]),
        track=make_track(edition, name_fr=text[:80]),
    )  # fmt: skip
    for number in range(5):
        speaker = make_speaker(edition, given_name_fr="", family_name_fr=text[:100])
        make_participation(session, speaker, order=number)
    for path in (
        "fr/2021/card.png", "fr/2021/programme/card.png", "fr/2021/programme/quais/card.png",
        "ar/2021/programme/quais/card.png", f"ar/2021/speakers/{speaker.slug}/card.png",
    ):  # fmt: skip
        assert picture(client, f"/{path}").size == (1200, 630)


def test_track_changes_picture(client, session):
    before = client.get(SESSION).content
    session.track.mark = "diamond"
    session.track.save()
    assert client.get(SESSION).content != before


def test_every_mark_has_a_picture_of_its_own(client, session):
    found = set()
    for mark in Track.Mark.values:
        session.track.mark = mark
        session.track.save()
        assert picture(client, SESSION).size == (1200, 630)
        found.add(client.get(SESSION).content)
    assert len(found) == len(Track.Mark)


# Its texts


def test_session_card_has_kind_track_hour_room_and_names(session):
    assert card_of(session).data == {
        "words": {},
        "kind": "Communication",
        "status": "",
        "track": {"name": "Usages", "lang": "fr", "mark": "disc"},
        "title": "Quais\u00a0: et après\u202f?",
        "lang": "fr",
        "people": ["Nora Rivage", "Anas Vigie"],
        "note": "Auditorium",
        "foot": "Symposium fictif 2021",
        "edition": {"palette": {}},
        "days": 2,
        "day": 1,
        "row": False,
        "door": {"time": "14:30", "day": "jeudi 10 juin", "cancelled": False},
    }


def test_arabic_card_has_arabic_texts(session):
    with translation.override("ar"):
        data = card_of(session).data
    assert (data["title"], data["lang"], data["foot"]) == ("الأرصفة", "ar", "ندوة خيالية 2021")
    assert data["door"]["day"] == "الخميس 10 يونيو"
    assert data["track"]["lang"] == "fr"


def test_cancelled_session_is_marked_cancelled(session):
    session.status = Session.Status.CANCELLED
    card = card_of(session)
    assert (card.data["status"], card.data["door"]["cancelled"]) == ("Annulée", True)
    assert card.description.startswith("Annulée · jeudi 10 juin")


def test_session_without_hour_has_empty_door(edition):
    card = card_of(make_session(edition, at=None))
    assert (card.data["door"], card.data["days"], card.description) == (None, 0, "")


def test_other_cards_have_their_facts(edition, session):
    speaker = session.participations.get(order=1).speaker
    data = speaker_card(speaker, [session]).data
    assert (data["title"], data["people"], data["door"]) == (
        "Nora Rivage", ["Labo"], {"letters": "NR"},
    )  # fmt: skip
    assert data["note"] == "Communication, jeudi 10 juin, 14:30"
    abstract = edition.abstracts.get(slug="ville")
    data = abstract_card(abstract, Record(abstract, "fr")).data
    assert (data["people"], data["note"], data["door"]["time"]) == (
        ["Nora Rivage"], "CC BY 4.0", "14:30",
    )  # fmt: skip
    data = room_card(session.room).data
    assert (data["title"], data["note"], data["door"]) == (
        "Auditorium", "1er étage", {"words": "400 places"},
    )  # fmt: skip
    keyword = Keyword.objects.used_in(edition).get()
    data = keyword_card(keyword, edition).data
    assert (data["title"], data["people"], data["door"]) == (
        "Eau", ["Water"], {"words": "1 résumé"},
    )  # fmt: skip
    data = programme_card(edition, 36).data
    assert (data["title"], data["people"], data["row"]) == ("Des villes", ["36 sessions"], True)
    data = edition_card(edition).data
    assert (data["title"], data["people"], data["note"], data["door"]) == (
        "Symposium fictif", ["Des villes"], "Palais, Casablanca", {"words": "9 et 10 juin 2021"},
    )  # fmt: skip


def test_card_of_abstract_hides_draft_session(edition):
    draft = make_session(edition, status=Session.Status.DRAFT)
    abstract = make_abstract(session=draft)
    assert abstract_card(abstract, Record(abstract)).data["door"] is None


# The page


def test_page_names_its_card_and_facts(client, session):
    found = shared(client.get("/fr/2021/programme/quais/"))
    facts = "jeudi 10 juin · \u206614:30–15:30\u2069 · Auditorium · Nora Rivage, Anas Vigie"
    assert {name: found[f"og:{name}"] for name in ("title", "description", "image")} == {
        "title": "Quais : et après ? · Symposium fictif 2021",
        "description": facts,
        "image": f"http://testserver{SESSION}",
    }
    assert found["og:image:alt"] == (
        f"Communication · Usages · Quais : et après ? · {facts} · Symposium fictif 2021"
    )


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_each_page_with_a_card_names_one_that_answers(client, session, language):
    for path in PATHS:
        page = f"/{language}/{path.removesuffix('card.png')}"
        found = shared(client.get(page))
        assert found["og:image"] == f"http://testserver{page}card.png"
        assert client.get(found["og:image"]).status_code == 200


def test_other_page_names_card_of_edition(client, session):
    found = shared(client.get("/fr/2021/speakers/"))
    assert found["og:image"] == "http://testserver/fr/2021/card.png"
    assert found["og:image:alt"] == "Symposium fictif 2021 · 9 et 10 juin 2021"


def test_markup_in_title_is_escaped_once(client, edition):
    make_session(edition, slug="quais", title_fr='<b>"Ville" & eau</b>')
    page = client.get("/fr/2021/programme/quais/")
    assert shared(page)["og:title"] == '<b>"Ville" & eau</b> · Symposium fictif 2021'
    assert "&amp;amp;" not in page.content.decode()


# Who may not see it


def test_card_of_hidden_object_is_404(client, session):
    make_session(session.edition, slug="draft", status=Session.Status.DRAFT)
    make_abstract(session.edition, slug="draft", status="draft")
    make_speaker(session.edition, slug="draft", is_published=False)
    for kind in ("programme", "speakers", "abstracts"):
        assert client.get(f"/fr/2021/{kind}/draft/card.png").status_code == 404
        assert client.get(f"/fr/2021/{kind}/nowhere/card.png").status_code == 404
    Edition.objects.update(is_published=False)
    for path in PATHS:
        assert client.get(f"/fr/{path}").status_code == 404


def test_card_of_withdrawn_abstract_is_410(client, edition):
    make_abstract(edition, slug="ville", status="withdrawn")
    assert client.get("/fr/2021/abstracts/ville/card.png").status_code == 410


def test_former_slug_redirects_to_card(client, session):
    session.slug = "rives"
    session.save()
    response = client.get(SESSION)
    assert (response.status_code, response["Location"]) == (
        301, "/fr/2021/programme/rives/card.png",
    )  # fmt: skip
    response = client.get("/fr/2021/abstracts/main/card.png")
    assert (response.status_code, response["Location"]) == (301, "/fr/2021/abstract/card.png")


# The cache


def test_card_is_rendered_once_and_again_when_content_changes(client, session):
    first = client.get(SESSION).content
    [kept] = stored(f"session-{session.guid}")
    assert (client.get(SESSION).content, stored(f"session-{session.guid}")) == (first, [kept])
    session.title_fr = "Rives"
    session.save()
    assert client.get(SESSION).content != first
    [remade] = stored(f"session-{session.guid}")
    assert remade != kept


def test_truncated_cached_card_is_rendered_again(client, session):
    whole = client.get(SESSION).content
    [kept] = stored(f"session-{session.guid}")
    Path(kept).write_bytes(whole[:100])
    assert client.get(SESSION).content == whole


def test_cards_of_hidden_objects_are_deleted(client, session, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    for path in PATHS:
        picture(client, f"/fr/{path}")
    assert (documents.delete_stale_files(), len(stored(""))) == (0, 8)
    session.abstracts.update(status="draft")
    Session.objects.update(status=Session.Status.DRAFT)
    session.edition.speakers.update(is_published=False)
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert documents.delete_stale_files() == 4
    kinds = ["session", "speaker", "abstract", "keyword"]
    assert [len(stored(kind)) for kind in kinds] == [0, 0, 1, 0]


def test_cards_of_hidden_edition_are_deleted(client, session, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    for path in PATHS:
        picture(client, f"/fr/{path}")
    Edition.objects.update(is_published=False)
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert (documents.delete_stale_files(), stored("")) == (8, [])


def test_answer_may_be_cached_for_a_minute_and_asked_again(client, session):
    for path in PATHS:
        response = client.get(f"/fr/{path}")
        assert sorted(response["Cache-Control"].split(", ")) == ["max-age=60", "public"]
        assert response["Content-Language"] == "fr"
        again = client.get(f"/fr/{path}", headers={"If-None-Match": response["ETag"]})
        assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("number", [1, 3])
def test_cached_cards_take_few_queries(client, session, django_assert_num_queries, number):
    for one in range(number):
        make_participation(session, make_speaker(session.edition), order=3 + one)
        make_session(session.edition, at=f"1{one}:00")
    for path, queries in PATHS.items():
        picture(client, f"/fr/{path}")
        with django_assert_num_queries(queries):
            picture(client, f"/fr/{path}")
