import datetime
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from symposium.sessions.models import Announcement, Change, Session
from tests.factories import (
    make_abstract,
    make_category,
    make_edition,
    make_keyword,
    make_participation,
    make_registration,
    make_resource,
    make_room,
    make_session,
    make_speaker,
    make_track,
    make_user,
    make_workshop,
    open_edition,
)
from tests.helpers.page_html import cards, hrefs, main, texts, words

pytestmark = pytest.mark.django_db
PROGRAMME = "/fr/2021/programme/"
DAY = datetime.timedelta(days=1)


@pytest.fixture
def edition():
    return make_edition("2021")


# The programme


@pytest.mark.parametrize("number", [1, 12])
def test_programme_query_count_is_constant(client, edition, django_assert_num_queries, number):
    rooms = [make_room(edition, order=order) for order in range(4)]
    track = make_track(edition)
    for place in range(number):
        turn, room = divmod(place, len(rooms))
        session = make_session(
            edition,
            title_fr=f"S{place}",
            room=rooms[room],
            track=track,
            at=f"{7 + turn:02}:00",
        )
        make_participation(session)
        make_keyword(make_abstract(edition, session=session))
    with django_assert_num_queries(12):
        response = client.get(PROGRAMME)
    assert cards(response) == [f"S{place}" for place in range(number)]


def test_programme_lists_public_sessions_only(client, edition):
    make_session(edition, title_fr="Publiée")
    make_session(edition, title_fr="Brouillon", status="draft")
    make_session(edition, title_fr="Annulée", status="cancelled", at="10:00")
    make_session(edition, title_fr="Sans heure", at=None)
    make_session(make_edition(), title_fr="Ailleurs")
    response = client.get(f"{PROGRAMME}?day=all")
    assert cards(response) == ["Publiée", "Annulée", "Sans heure"]
    (tag,) = main(response).xpath(".//*[contains(@class, 'tag-bad')]")
    assert words(tag.getparent()).startswith("10:00–10:45")


def test_programme_lists_published_speakers_in_order(client, edition):
    session = make_session(edition)
    for order, (family, is_published) in enumerate([("Zest", True), ("X", False), ("Air", True)]):
        speaker = make_speaker(edition, family_name_fr=family, is_published=is_published)
        make_participation(session, speaker, order=order)
    page = main(client.get(PROGRAMME))
    assert texts(page, ".//article/p") == ["Salma Zest, Salma Air"]


def test_star_button_label_includes_the_session_title(client, edition):
    make_session(edition, title_fr='L\'eau & "la" ville')
    make_session(edition, title_fr="Pause", kind="break", at="10:00")
    page = main(client.get("/en/2021/programme/"))
    (button,) = page.xpath(".//form[@data-star]/button")
    assert (words(button), button.get("data-label-remove")) == (
        'Add to my programme: L\'eau & "la" ville',
        'Remove from my programme: L\'eau & "la" ville',
    )


def test_programme_times_use_the_edition_time_zone(client):
    edition = make_edition("2021", time_zone="Asia/Tokyo")
    make_session(edition, at="09:00", lasting=45)
    page = main(client.get(PROGRAMME))
    assert texts(page, ".//article//bdi[@dir='ltr']") == ["09:00–09:45"]
    (start, end) = page.xpath(".//article//time")
    assert (start.get("datetime"), start.get("data-local-end"), end.get("datetime")) == (
        "2021-06-09T09:00:00+09:00",
        "2021-06-09T09:45:00+09:00",
        "2021-06-09T09:45:00+09:00",
    )


# A session


@pytest.mark.parametrize("number", [1, 3])
def test_session_page_query_count_is_constant(client, edition, django_assert_num_queries, number):
    session = make_session(edition, slug="a", room=make_room(edition), track=make_track(edition))
    for place in range(number):
        make_participation(session, make_speaker(edition, family_name_fr=f"P{place}"), order=place)
        make_resource(session, title_fr=f"D{place}", order=place)
        keyword = make_keyword(make_abstract(edition, session=session, title_fr=f"R{place}"))
        other = make_session(edition, title_fr=f"V{place}", room=make_room(edition))
        make_abstract(edition, session=other).keywords.add(keyword)
    with django_assert_num_queries(15):
        page = main(client.get(f"{PROGRAMME}a/"))
    assert texts(page, ".//li[@class='byline']//a") == [f"Salma P{n}" for n in range(number)]
    assert texts(page, ".//article/h3") == [f"R{n}" for n in range(number)]


def test_session_page_excludes_hidden_content(client, edition):
    session = make_session(edition, slug="a")
    make_participation(session, make_speaker(edition, is_published=False))
    make_resource(session, is_published=False)
    make_abstract(edition, session=session, title_fr="Retiré", status="withdrawn")
    page = main(client.get(f"{PROGRAMME}a/"))
    assert texts(page, ".//article/*") == []


@pytest.mark.parametrize("fields", [{"status": "draft"}, {"edition__is_published": False}])
def test_hidden_session_is_404(client, edition, fields):
    room = make_room(edition, slug="salle")
    session = make_session(edition, slug="a", room=room, status=fields.get("status", "published"))
    if "status" not in fields:
        edition.is_published = False
        edition.save()
    assert client.get(session.get_absolute_url()).status_code == 404


def test_cancelled_session_shows_a_notice(client, edition):
    make_session(edition, slug="a", status="cancelled", stream_url="https://example.org/live")
    page = main(client.get("/en/2021/programme/a/"))
    assert texts(page, ".//*[contains(@class, 'state-bad')]//b") == ["This session is cancelled."]
    assert page.xpath(".//a[contains(@href, 'stream')]") == []


def test_session_without_a_time_is_shown_as_unscheduled(client, edition):
    make_session(edition, slug="a", at=None)
    page = main(client.get("/en/2021/programme/a/"))
    assert texts(page, ".//dl/div[1]") == ["DateNot scheduled yet"]


def test_languages_are_named_in_the_language_of_the_page(client, edition):
    make_session(edition, slug="a", languages=["fr", "ar"])
    path = ".//dl/div[@class='minor']/dd"
    assert texts(main(client.get(f"{PROGRAMME}a/")), path) == ["Français, arabe"]
    assert texts(main(client.get("/en/2021/programme/a/")), path) == ["French, Arabic"]


def test_stream_url_is_on_no_public_page(client, edition):
    make_session(edition, slug="a", stream_url="https://example.org/live")
    for path in (PROGRAMME, f"{PROGRAMME}a/"):
        assert b"example.org/live" not in client.get(path).content


def test_stream_link_is_shown_until_the_session_ends(client):
    edition = open_edition("2030")
    session = make_session(edition, slug="a", stream_url="https://example.org/live")
    way = "/fr/2030/programme/a/stream/"
    assert way in hrefs(main(client.get(session.get_absolute_url())), ".//a")
    past = timezone.now() - datetime.timedelta(hours=2)
    edition.starts_on = past.date()
    edition.save()
    Session.objects.update(starts_at=past, ends_at=past + datetime.timedelta(hours=1))
    assert way not in hrefs(main(client.get(session.get_absolute_url())), ".//a")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (
            {"title_fr": "Diaporama de la conférence", "kind": "slides"},
            "Diaporama de la conférence example.org",
        ),
        ({"title_fr": "enregistrement", "kind": "recording"}, "enregistrement example.org"),
        ({"title_fr": "Annexes", "kind": "slides"}, "Annexes Diaporama example.org"),
        ({"title_fr": "", "kind": "recording"}, "Enregistrement example.org"),
        (
            {"title_fr": "Film", "kind": "recording", "minutes": 27},
            "Film Enregistrement 27 min example.org",
        ),
    ],
)
def test_document_kind_is_shown_once(client, edition, fields, said):
    make_resource(make_session(edition, slug="a"), **fields)
    assert texts(main(client.get(f"{PROGRAMME}a/")), ".//*[contains(@class, 'docs')]/li") == [said]


def test_document_shows_its_format_and_size(client, edition):
    file = SimpleUploadedFile("plan.pdf", b"%PDF-" + 2043 * b".")
    resource = make_resource(make_session(edition, slug="a"), url="", file=file, kind="paper")
    path = ".//*[contains(@class, 'docs')]//small"
    assert texts(main(client.get("/en/2021/programme/a/")), path) == ["Paper PDF 2.0 KB"]
    resource.file.storage.delete(resource.file.name)
    resource.save()
    assert texts(main(client.get("/en/2021/programme/a/")), path) == ["Paper PDF"]


def test_sessions_near_are_listed_once(client, edition):
    room, keyword = make_room(edition), make_keyword()
    session = make_session(edition, slug="a", room=room, at="09:00", lasting=60)
    make_session(edition, title_fr="Pendant", at="09:30")
    make_session(edition, title_fr="Pause", at="09:30", kind="break")
    make_session(edition, title_fr="Annulée", at="09:30", status="cancelled")
    make_session(edition, title_fr="Brouillon", at="09:30", status="draft")
    after = make_session(edition, title_fr="Après", room=room, at="10:00")
    make_session(edition, title_fr="Lendemain", room=room, day=2)
    far = make_session(edition, title_fr="Proche", at="16:00")
    hidden = make_session(edition, title_fr="Retirée", at="17:00")
    for other, status in [
        *[(one, "published") for one in (session, after, far)],
        (hidden, "withdrawn"),
    ]:
        make_abstract(edition, session=other, status=status).keywords.add(keyword)
    page = main(client.get(f"{PROGRAMME}a/"))
    found = [
        (words(part.find("h2")), texts(part, ".//h3"))
        for part in page.xpath(".//section[.//ul[@class='rows']]")
    ]
    assert found == [
        ("En même temps", ["Pendant"]),
        ("Ensuite dans cette salle", ["Après"]),
        ("Sessions sur des sujets proches", ["Proche"]),
    ]


def test_long_list_of_parallel_sessions_ends_with_a_link_to_the_day(client, edition):
    make_session(edition, slug="a")
    for _number in range(14):
        make_session(edition)
    page = main(client.get(f"{PROGRAMME}a/"))
    assert len(page.xpath(".//section[h2/@id='parallel']//li")) == 12
    assert hrefs(page, ".//section[h2/@id='parallel']/p/a") == [f"{PROGRAMME}?day=2021-06-09"]


@pytest.mark.parametrize(
    ("taken", "said"),
    [
        (0, "2 seats left out of 2"),
        (1, "1 seat left out of 2"),
        (3, "Full: you can join the waiting list"),
    ],
)
def test_seats_left_are_counted(client, taken, said):
    edition = open_edition("2030")
    session = make_workshop(edition, places=2, slug="a")
    category = make_category(edition)
    for _number in range(taken):
        make_registration(category, sessions=[session])
    page = main(client.get("/en/2030/programme/a/"))
    now = timezone.now().astimezone(edition.zone)
    assert texts(page, ".//*[@class='places']/p") == [f"{said} Counted at {now:%H:%M}."]


def test_session_without_places_to_book_shows_none(client, edition):
    make_workshop(edition, slug="a")  # in the past
    make_session(edition, slug="b")
    for slug in ("a", "b"):
        assert texts(main(client.get(f"{PROGRAMME}{slug}/")), ".//*[@class='places']") == []


def test_calendar_links_have_the_times_of_the_edition(client, edition):
    room = make_room(edition, name_fr="Salle & cour")
    make_session(edition, slug="a", title_fr="L’eau", room=room, at="09:00", lasting=45)
    page = main(client.get(f"{PROGRAMME}a/"))
    file, google, outlook = hrefs(page, ".//*[@class='menu-sheet']//a")
    assert file == "/2021/programme/a.ics?lang=fr"
    queries = [dict(parse_qsl(urlsplit(link).query)) for link in (google, outlook)]
    place = queries[0]["location"]
    assert place.startswith("Salle & cour, ")
    assert queries == [
        {
            "action": "TEMPLATE",
            "text": "L’eau",
            "dates": "20210609T090000/20210609T094500",
            "ctz": "Africa/Casablanca",
            "details": f"{settings.SITE_URL}/fr/2021/programme/a/",
            "location": place,
        },
        {
            "path": "/calendar/action/compose",
            "rru": "addevent",
            "subject": "L’eau",
            "startdt": "2021-06-09T09:00:00+01:00",
            "enddt": "2021-06-09T09:45:00+01:00",
            "body": f"{settings.SITE_URL}/fr/2021/programme/a/",
            "location": place,
        },
    ]


@pytest.mark.parametrize("fields", [{"at": None}, {"status": "cancelled"}])
def test_session_that_is_not_held_has_no_calendar_links(client, edition, fields):
    make_session(edition, slug="a", **fields)
    assert hrefs(main(client.get(f"{PROGRAMME}a/")), ".//*[@class='menu-sheet']//a") == []


def test_moved_session_shows_its_former_time_and_room(client, edition):
    old, new = make_room(edition, name_en="Old"), make_room(edition, name_en="New")
    session = make_session(edition, slug="a", room=old, at="09:00", lasting=60)
    Announcement.objects.filter(edition=edition).update(at=timezone.now() - 9 * DAY)
    Change.objects.all().delete()
    session.room, session.starts_at = new, session.starts_at + datetime.timedelta(minutes=15)
    session.save()
    page = main(client.get("/en/2021/programme/a/"))
    assert texts(page, ".//dl//s") == ["\u206609:00–10:00\u2069", "Old"]


def test_former_addresses_redirect(client, edition):
    session, room = make_session(edition, slug="avant"), make_room(edition, slug="vieille")
    for thing, slug in ((session, "apres"), (room, "neuve")):
        thing.slug = slug
        thing.save()
    answers = [client.get(f"/en/2021/{path}/") for path in ("programme/avant", "rooms/vieille")]
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [
        (301, "/en/2021/programme/apres/"),
        (301, "/en/2021/rooms/neuve/"),
    ]


def test_former_address_of_a_draft_is_404(client, edition):
    session = make_session(edition, slug="avant")
    session.slug, session.status = "apres", "draft"
    session.save()
    assert client.get(f"{PROGRAMME}avant/").status_code == 404


# A room


@pytest.mark.parametrize("number", [1, 3])
def test_room_page_query_count_is_constant(client, edition, django_assert_num_queries, number):
    room = make_room(edition, slug="salle")
    for place in range(number):
        session = make_session(room=room, title_fr=f"S{place}", at=f"{9 + place:02}:00")
        make_participation(session)
    make_session(room=room, status="draft", at="15:00")
    make_session(edition, room=make_room(edition))
    with django_assert_num_queries(8):
        response = client.get("/fr/2021/rooms/salle/")
    assert cards(response) == [f"S{place}" for place in range(number)]


def test_room_page_counts_seats_and_sessions(client, edition):
    room = make_room(edition, slug="salle", name_en="Room", description_en="First floor")
    make_session(room=room, kind="panel")
    make_session(room=room, kind="break", at="11:00")
    make_session(room=room, status="cancelled", at="12:00")
    facts = ".//dl[@class='when']/div[not(@hidden)]/dd"
    page = main(client.get("/en/2021/rooms/salle/"))
    assert texts(page, facts) == ["1 session"]
    assert texts(page, ".//*[@class='s-sub' or @class='track-door']") == [
        "First floor",
        "1Sessions",
    ]
    room.capacity = 40
    room.save()
    page = main(client.get("/en/2021/rooms/salle/"))
    assert texts(page, facts) == ["40 seats", "1 session"]
    assert texts(page, ".//*[@class='track-door']") == ["40Seats"]


def test_room_page_without_sessions_says_so(client, edition):
    make_room(edition, slug="salle")
    page = main(client.get("/en/2021/rooms/salle/"))
    assert texts(page, ".//*[@class='empty']/h2") == ["No sessions in this room yet"]
    assert hrefs(page, ".//*[@class='s-act']/a") == ["?display=door"]


# The stream


@pytest.fixture
def streamed(edition):
    return make_session(edition, slug="a", stream_url="https://example.org/live")


def test_stream_redirects_an_anonymous_visitor_to_login(client, streamed):
    response = client.get(f"{PROGRAMME}a/stream/")
    assert (response.status_code, response["Location"]) == (
        302,
        "/fr/accounts/login/?next=/fr/2021/programme/a/stream/",
    )


def test_stream_is_refused_without_the_permission(client, streamed):
    client.force_login(make_user())
    response = client.get(f"{PROGRAMME}a/stream/")
    assert (response.status_code, b"example.org/live" in response.content) == (403, False)


def test_stream_redirects_a_permitted_account(client, streamed):
    user = make_user()
    user.user_permissions.add(Permission.objects.get(codename="watch_stream"))
    client.force_login(user)
    response = client.get(f"{PROGRAMME}a/stream/")
    assert (
        response.status_code,
        response["Location"],
        "no-store" in response["Cache-Control"],
    ) == (
        302,
        "https://example.org/live",
        True,
    )


@pytest.mark.parametrize("fields", [{"status": "draft"}, {"stream_url": ""}])
def test_missing_stream_is_404(client, edition, fields):
    make_session(edition, slug="a", **{"stream_url": "https://example.org/live"} | fields)
    client.force_login(make_user(is_staff=True, is_superuser=True))
    assert client.get(f"{PROGRAMME}a/stream/").status_code == 404
