"""The organisers' pages of sessions, rooms and tracks, through real forms."""

import datetime
import io

import openpyxl
import pytest
from django import forms
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import translation

from symposium.sessions.models import Participation, Resource, Room, Session, Track
from tests.factories import (
    instant,
    make_edition,
    make_organiser,
    make_participation,
    make_room,
    make_session,
    make_speaker,
    make_track,
    refreshed,
)
from tests.helpers.admin_forms import admin_url, errors_of, form_of, save, somebody_else, told

pytestmark = pytest.mark.django_db

ADD = "/admin/symposium_sessions/session/add/"
LIST = "/admin/symposium_sessions/session/"


@pytest.fixture
def edition():
    return make_edition("2021", is_current=True)


@pytest.fixture
def desk(client):
    client.force_login(make_organiser(language="en"))
    return client


def when(starts: str, ends: str, day: str = "2021-06-09") -> dict:
    return {"starts_at_0": day, "starts_at_1": starts, "ends_at_0": day, "ends_at_1": ends}


def act(client, action: str, *sessions):
    data = {"action": action, "_selected_action": [session.pk for session in sessions]}
    return client.post(LIST, data | {"index": 0}, follow=True)


# Times


def test_session_times_are_in_the_edition_time_zone(desk):
    tokyo = make_edition(time_zone="Asia/Tokyo", is_current=True)
    response = save(desk, ADD, title_fr="Ouverture", **when("09:00", "10:00"))
    session = Session.objects.get()
    assert response.url == f"{LIST}?edition={tokyo.pk}"
    assert session.edition == tokyo
    assert session.starts_at == datetime.datetime(2021, 6, 9, 0, 0, tzinfo=datetime.UTC)
    page = desk.get(admin_url(session))
    assert form_of(page)["starts_at_1"] == "09:00"
    help_text = page.context["adminform"].form.fields["starts_at"].help_text
    assert help_text == "In the edition’s time zone (Asia/Tokyo)."
    assert "09:00–10:00" in desk.get(LIST).content.decode()


def test_end_before_start_is_refused_at_the_end_field(desk, edition):
    typed = {"title_fr": "Ouverture", "description_ar": "نص", **when("11:00", "10:00")}
    response = save(desk, ADD, **typed)
    assert errors_of(response) == {"ends_at": ["The end must be after the start."]}
    assert typed.items() <= form_of(response).items()
    assert Session.objects.count() == 0


def test_session_outside_the_edition_is_refused(desk, edition):
    response = save(desk, ADD, title_fr="Trop tard", **when("09:00", "10:00", "2021-07-01"))
    assert list(errors_of(response)) == ["starts_at"]


def test_start_without_end_is_refused_with_speakers(desk, edition):
    session = make_session(edition)
    make_participation(session)
    response = save(desk, admin_url(session), ends_at_0="", ends_at_1="")
    assert errors_of(response) == {"ends_at": ["Enter both a start and an end, or neither."]}


# Clashes


def test_room_clash_error_names_the_other_session(desk, edition):
    room = make_room(edition, name_fr="Auditorium")
    make_session(edition, room=room, at="09:00", lasting=60, title_fr="Plénière")
    response = save(desk, ADD, title_fr="Atelier", room=room.pk, **when("09:30", "10:30"))
    assert errors_of(response) == {
        "room": ["Auditorium is taken by “Plénière”, 9 June 2021 \u206609:00–10:00\u2069."]
    }
    assert form_of(response)["room"] == str(room.pk)


def test_new_session_with_a_busy_speaker_is_refused(desk, edition):
    speaker = make_speaker(edition, given_name_fr="Salma", family_name_fr="Médina")
    make_participation(make_session(edition, at="09:00", lasting=60, title_fr="Ici"), speaker)
    rows = {"participations": {"speaker": speaker.pk, "role": "speaker"}}
    response = save(desk, ADD, rows, title_fr="Là", **when("09:30", "10:30"))
    assert errors_of(response) == {
        "participations-0-speaker": [
            "Salma Médina is already in “Ici”, 9 June 2021 \u206609:00–10:00\u2069."
        ]
    }
    assert Session.objects.count() == 1


def test_moving_a_session_checks_its_speakers_at_the_new_time(desk, edition):
    speaker = make_speaker(edition)
    make_participation(make_session(edition, at="09:00", title_fr="Ici"), speaker)
    session = make_session(edition, at="14:00")
    make_participation(session, speaker)
    response = save(desk, admin_url(session), timetable="now", **when("09:30", "10:30"))
    assert list(errors_of(response)) == ["participations-0-speaker"]
    assert refreshed(session).starts_at == instant(edition, "14:00")


def test_moving_a_session_while_removing_its_busy_speaker_succeeds(desk, edition):
    speaker = make_speaker(edition)
    make_participation(make_session(edition, at="09:00"), speaker)
    session = make_session(edition, at="14:00")
    make_participation(session, speaker)
    changes = {"participations-0-DELETE": "on", "timetable": "now", **when("09:30", "10:30")}
    assert save(desk, admin_url(session), **changes).status_code == 302
    assert refreshed(session).starts_at == instant(edition, "09:30")
    assert session.participations.count() == 0


def test_the_same_speaker_twice_in_a_session_is_refused(desk, edition):
    participation = make_participation(make_session(edition))
    rows = {"participations": {"speaker": participation.speaker_id, "role": "chair"}}
    response = save(desk, admin_url(participation.session), rows)
    assert "participations" in errors_of(response)


def test_a_room_and_a_speaker_of_another_edition_are_refused(desk, edition):
    other = make_edition()
    room, speaker = make_room(other), make_speaker(other)
    rows = {"participations": {"speaker": speaker.pk, "role": "speaker"}}
    response = save(desk, ADD, rows, title_fr="Ouverture", room=room.pk)
    assert errors_of(response) == {
        "room": ["Choose an item from this edition."],
        "participations-0-speaker": ["Choose an item from this edition."],
    }


def test_session_edition_cannot_change(desk, edition):
    session = make_session(edition)
    save(desk, admin_url(session), edition=make_edition().pk)
    assert refreshed(session).edition == edition


@pytest.mark.django_db(transaction=True)
def test_concurrent_room_booking_is_refused_and_input_preserved(desk, edition):
    room = make_room(edition, name_fr="Auditorium")
    page = form_of(desk.get(ADD))
    typed = {"title_fr": "Atelier", "room": str(room.pk), **when("09:00", "10:00")}
    with somebody_else(lambda: make_session(edition, room=room, title_fr="Plénière")):
        response = desk.post(ADD, page | typed)
    errors = errors_of(response)
    assert errors["__all__"] == ["This room is already in use at this time."]
    assert errors["room"][0].startswith("Auditorium is taken by “Plénière”")
    assert typed.items() <= form_of(response).items()
    assert [str(session) for session in Session.objects.all()] == ["Plénière"]
    assert told(response) == []


# Texts


def test_arabic_title_only_is_accepted_with_a_stable_slug(desk, edition):
    save(desk, ADD, title_ar="افتتاح الندوة")
    session = Session.objects.get()
    assert session.slug.startswith("session-")
    save(desk, admin_url(session), title_ar="اختتام الندوة")
    assert refreshed(session).slug == session.slug


def test_session_without_title_is_refused(desk, edition):
    response = save(desk, ADD, title_fr="  ")
    assert errors_of(response) == {"__all__": ["Enter a title in at least one language."]}


def test_a_title_of_ten_thousand_characters_is_refused(desk, edition):
    response = save(desk, ADD, title_fr="a" * 10_000, title_en="Opening")
    assert list(errors_of(response)) == ["title_fr"]
    assert form_of(response)["title_en"] == "Opening"


def test_html_in_texts_is_escaped_in_admin(desk, edition):
    attack = "<img src=x onerror=alert(1)>"
    texts = [f"{name}_{code}" for name in ("title", "description") for code in ("fr", "en", "ar")]
    save(desk, ADD, **dict.fromkeys(texts, attack))
    session = Session.objects.get()
    for url in (
        LIST,
        admin_url(session),
        admin_url(session, "history"),
        admin_url(session, "delete"),
    ):
        assert "<img src=x" not in desk.get(url).content.decode()
    assert session.slug


def test_emoji_and_direction_marks_are_preserved(desk, edition):
    title = "🕌 \u202emuisopmys\u202c"
    save(desk, ADD, title_fr=title)
    assert Session.objects.get().title_fr == title
    assert f"<bdi>{title}</bdi>" in desk.get(LIST).content.decode()


def test_a_nul_byte_is_refused(desk, edition):
    assert save(desk, ADD, title_fr="a\x00b").status_code == 400
    assert Session.objects.count() == 0


# The list


def test_the_list_opens_on_the_current_edition(desk, edition):
    make_session(edition, title_fr="Cette année")
    make_session(make_edition("2019"), title_fr="Autrefois")
    shown = desk.get(LIST).context["cl"].result_list
    assert [str(session) for session in shown] == ["Cette année"]
    everything = desk.get(LIST, {"edition": "all"}).context["cl"].result_list
    assert len(everything) == 2
    strange = desk.get(LIST, {"edition": "'\u0663"}).context["cl"].result_list
    assert len(strange) == 1


@pytest.mark.parametrize("count", [1, 3])
def test_list_query_count_is_constant(desk, edition, count, django_assert_num_queries):
    for number in range(count):
        session = make_session(edition, at=f"1{number}:00", room=make_room(edition))
        make_participation(session)
    desk.get(LIST)
    with django_assert_num_queries(13):
        desk.get(LIST)


def test_list_filters_sessions_with_missing_data(desk, edition):
    ready = make_session(edition, room=make_room(edition), title_en="A", title_ar="ا")
    make_participation(ready)
    bare = make_session(edition, at=None)
    make_session(edition, at=None, kind="break", title_en="B", title_ar="ب")
    for chosen in ({"missing": "room"}, {"missing": "speaker"}, {"untranslated": "any"}):
        assert list(desk.get(LIST, chosen).context["cl"].result_list) == [bare]


def test_day_filter_uses_the_edition_time_zone(desk):
    tokyo = make_edition(time_zone="Asia/Tokyo", is_current=True)
    early = make_session(tokyo, at="08:00", day=2)
    make_session(tokyo, at="20:00", day=1)
    day = {"starts_at__year": 2021, "starts_at__month": 6, "starts_at__day": 10}
    assert list(desk.get(LIST, day).context["cl"].result_list) == [early]


def test_a_search_finds_a_title_or_a_speaker_in_any_language(desk, edition):
    session = make_session(edition, title_ar="الافتتاح")
    make_participation(session, make_speaker(edition, family_name_en="Casbah"))
    make_session(edition, at="14:00")
    for words in ("الافتتاح", "casbah"):
        assert list(desk.get(LIST, {"q": words}).context["cl"].result_list) == [session]


def test_autocomplete_lists_objects_of_the_edition_only(desk, edition):
    make_room(edition, name_fr="Auditorium")
    make_room(make_edition(), name_fr="Amphithéâtre")
    asked = {
        "app_label": "symposium_sessions",
        "model_name": "session",
        "field_name": "room",
        "of_edition": edition.pk,
    }
    found = desk.get(reverse("admin:autocomplete"), asked).json()["results"]
    assert [room["text"] for room in found] == ["Auditorium"]


# Actions


def test_publish_and_unpublish_actions_set_the_status(desk, edition):
    session = make_session(edition, status="draft")
    assert told(act(desk, "publish", session))[0] == "1 session set to “Published”."
    assert refreshed(session).status == "published"
    act(desk, "unpublish", session)
    assert refreshed(session).status == "draft"


def test_cancelled_session_is_republished_only_if_its_room_is_free(desk, edition):
    room = make_room(edition, name_fr="Auditorium")
    cancelled = make_session(edition, room=room, status="cancelled", title_fr="Annulée")
    make_session(edition, room=room, title_fr="Remplaçante")
    free = make_session(edition, at="14:00", status="cancelled")
    response = act(desk, "publish", cancelled, free)
    assert told(response)[:2] == [
        "Annulée: Auditorium is taken by “Remplaçante”, 9 June 2021 \u206609:00–09:45\u2069.",
        "1 session set to “Published”.",
    ]
    assert refreshed(cancelled).status == "cancelled"
    assert refreshed(free).status == "published"


def test_cancelled_session_is_republished_only_if_its_speakers_are_free(desk, edition):
    speaker = make_speaker(edition)
    cancelled = make_session(edition, status="cancelled")
    for session in (cancelled, make_session(edition)):
        make_participation(session, speaker)
    act(desk, "publish", cancelled)
    assert refreshed(cancelled).status == "cancelled"


def test_cancelling_frees_the_room(desk, edition):
    room = make_room(edition)
    session = make_session(edition, room=room)
    act(desk, "cancel", session)
    response = save(desk, ADD, title_fr="Autre", room=room.pk, **when("09:00", "10:00"))
    assert response.status_code == 302


def test_swap_action_exchanges_times_and_rooms(desk, edition):
    one = make_session(edition, room=make_room(edition), at="09:00", title_fr="Une")
    other = make_session(edition, room=make_room(edition), at="11:00", title_fr="Autre")
    rooms = one.room, other.room
    response = act(desk, "swap", one, other)
    assert told(response) == ["“Une” and “Autre” have swapped times and rooms."]
    assert (refreshed(other).room, refreshed(one).room) == rooms
    assert one.starts_at == instant(edition, "11:00")


def test_swap_action_exchanges_rooms_at_equal_times(desk, edition):
    one = make_session(edition, room=make_room(edition))
    other = make_session(edition, room=make_room(edition))
    rooms = one.room, other.room
    act(desk, "swap", one, other)
    assert (refreshed(other).room, refreshed(one).room) == rooms


def test_swap_action_with_a_clash_is_refused(desk, edition):
    speaker = make_speaker(edition)
    one = make_session(edition, at="09:00", title_fr="Une")
    other = make_session(edition, at="11:00")
    make_participation(one, speaker)
    make_participation(make_session(edition, at="11:00", title_fr="Ailleurs"), speaker)
    [reason] = told(act(desk, "swap", one, other))
    assert "is already in “Ailleurs”" in reason
    assert refreshed(one).starts_at == instant(edition, "09:00")


def test_swap_action_requires_two_sessions(desk, edition):
    sessions = [make_session(edition, at=f"1{number}:00") for number in range(3)]
    said = told(act(desk, "swap", *sessions))
    assert said == ["Select two sessions to swap their times and rooms."]


def test_a_copy_is_a_draft_without_time_and_with_the_speakers(desk, edition):
    session = make_session(edition, room=make_room(edition), title_fr="Atelier", slug="atelier")
    make_participation(session, role=Participation.Role.CHAIR)
    url = admin_url(session, "duplicate")
    assert desk.get(url).url == admin_url(session)
    assert Session.objects.count() == 1
    response = desk.post(url, follow=True)
    copy = Session.objects.exclude(pk=session.pk).get()
    assert response.redirect_chain == [(admin_url(copy), 302)]
    assert (copy.status, copy.starts_at, copy.slug) == ("draft", None, "atelier-2")
    assert copy.guid != session.guid
    assert list(copy.participations.values_list("speaker", "role")) == list(
        session.participations.values_list("speaker", "role")
    )


# The other pages


def test_participations_are_stored_in_form_order(desk, edition):
    session = make_session(edition)
    first, second = (make_participation(session, order=order) for order in (1, 2))
    save(desk, admin_url(session), **{"participations-0-order": 2, "participations-1-order": 1})
    assert list(session.participations.all()) == [second, first]


def test_session_languages_are_edited_with_checkboxes(desk, edition):
    session = make_session(edition, languages=["fr"])
    page = desk.get(admin_url(session))
    assert form_of(page)["languages"] == "fr"
    save(desk, admin_url(session), languages=["fr", "ar"])
    assert refreshed(session).languages == ["fr", "ar"]


def test_site_link_is_shown_once_published(desk, edition):
    session = make_session(edition, status="draft")
    assert desk.get(admin_url(session)).context["absolute_url"] is None
    act(desk, "publish", session)
    page = desk.get(admin_url(session))
    assert page.context["absolute_url"] == session.get_absolute_url().replace("/fr/", "/en/")


def test_a_draft_has_its_preview_for_organisers_only(desk, edition, client):
    pytest.importorskip("symposium.sessions.views")
    url = admin_url(make_session(edition, status="draft", title_fr="Ébauche"), "preview")
    page = desk.get(url).content.decode()
    assert "Ébauche" in page
    assert "Preview: this page isn’t public." in page
    client.logout()
    assert client.get(url).status_code == 302


def test_preview_of_a_missing_session_is_404(desk, edition):
    assert desk.get(f"{LIST}999/preview/").status_code == 404


def test_history_shows_author_and_change_and_reverts(desk, edition):
    session = make_session(edition, title_fr="Avant")
    save(desk, admin_url(session), title_fr="Après")
    page = desk.get(admin_url(session, "history")).content.decode()
    assert "<bdi>Avant</bdi> → <bdi>Après</bdi>" in page
    first = session.history.earliest()
    url = reverse("admin:symposium_sessions_session_simple_history", args=[session.pk, first.pk])
    data = form_of(desk.get(url))
    assert data["title_fr"] == "Avant"
    assert desk.post(url, data).status_code == 302
    assert refreshed(session).title_fr == "Avant"


def test_history_revert_to_a_clashing_time_is_refused(desk, edition):
    speaker = make_speaker(edition)
    session = make_session(edition, at="09:00")
    make_participation(session, speaker)
    save(desk, admin_url(session), timetable="now", **when("14:00", "15:00"))
    make_participation(make_session(edition, at="09:00"), speaker)
    first = session.history.earliest()
    url = reverse("admin:symposium_sessions_session_simple_history", args=[session.pk, first.pk])
    response = desk.post(url, form_of(desk.get(url)) | {"timetable": "now"})
    form = response.context["adminform"].form
    assert form.non_field_errors() == ["This speaker is in another session at this time."]
    assert refreshed(session).starts_at == instant(edition, "14:00")


def test_export_escapes_formulas_and_uses_local_times(desk, edition):
    session = make_session(edition, title_fr="=cmd|' /C calc'!A1", at="09:00")
    make_participation(session, make_speaker(edition, given_name_fr="+212", family_name_fr="600"))
    response = desk.post(f"{LIST}export/", {"format": 1, "resource": ""})
    heading, row = response.content.decode("utf-8-sig").splitlines()
    assert heading.startswith("Start,End,Room,Track,Kind,Status,Title [fr]")
    assert row.startswith("2021-06-09 09:00,2021-06-09 09:45,,,Talk,Published,'=cmd|' /C calc'!A1")
    assert "'+212 600 (Speaker)" in row


def test_workbook_export_has_no_formula(desk, edition):
    make_session(edition, title_fr="=1+1")
    response = desk.post(f"{LIST}export/", {"format": 0, "resource": ""})
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
    assert sheet["G2"].value == "'=1+1"
    assert [cell for row in sheet for cell in row if cell.data_type == "f"] == []


def test_resource_without_file_or_url_is_refused(desk, edition):
    session = make_session(edition)
    rows = {"resources": {"kind": "slides", "title_fr": "Diapositives", "is_published": "on"}}
    response = save(desk, admin_url(session), rows)
    assert errors_of(response) == {
        "resources-0-__all__": ["Choose a file or enter a link, not both."]
    }
    rows["resources"]["url"] = "https://example.org/"
    assert save(desk, admin_url(session), rows).status_code == 302
    assert Resource.objects.get().session == session


# Rooms and tracks


@pytest.mark.parametrize(("model", "make"), [(Room, make_room), (Track, make_track)])
@pytest.mark.parametrize("count", [1, 3])
def test_room_and_track_lists_show_session_counts(
    desk, edition, model, make, count, django_assert_num_queries
):
    for number in range(count):
        place = make(edition)
        make_session(edition, at=f"1{number}:00", **{model._meta.model_name: place})
    url = admin_url(model, "changelist")
    desk.get(url)
    with django_assert_num_queries(9):
        shown = desk.get(url).context["cl"].result_list
    assert [place.session_count for place in shown] == [1] * count


def test_rooms_are_ordered_by_dragging(desk, edition):
    one, other = make_room(edition, order=1), make_room(edition, order=2)
    url = reverse("admin:symposium_sessions_room_sortable_update")
    items = {"updatedItems": [[one.pk, 2], [other.pk, 1]]}
    desk.post(url, items, content_type="application/json")
    assert list(Room.objects.all()) == [other, one]


@pytest.mark.parametrize(
    ("make", "field"), [(make_room, "room"), (make_track, "track")], ids=["room", "track"]
)
@pytest.mark.parametrize("status", ["draft", "published", "cancelled"])
@pytest.mark.parametrize("at_once", [False, True], ids=["one", "many"])
def test_room_or_track_in_use_is_not_deleted_and_the_message_names_sessions(
    desk, edition, make, field, status, at_once
):
    place = make(edition, name_en="Amphi A")
    make_session(edition, at=None, status=status, title_en="Plenary", **{field: place})
    sentence = (
        "“Amphi A” is used by 1 session, so it can’t be deleted. Change the session first: ⁨Plenary⁩."
    )
    if at_once:
        chosen = {"action": "delete_selected", "_selected_action": [place.pk], "post": "yes"}
        page = desk.post(admin_url(type(place), "changelist"), chosen)
        assert page.context["protected"] == [sentence]
    else:
        page = desk.post(admin_url(place, "delete"), {"post": "yes"}, follow=True)
        assert told(page) == [sentence]
    assert type(place).objects.get() == place


@pytest.mark.parametrize(
    ("make", "field"), [(make_room, "room"), (make_track, "track")], ids=["room", "track"]
)
def test_database_refuses_deleting_a_room_or_track_in_use(edition, make, field):
    place = make(edition)
    make_session(edition, at=None, **{field: place})
    with pytest.raises(IntegrityError), transaction.atomic():
        delete_at_once(place)


def delete_at_once(thing):
    """Delete a row as plain SQL does, without Django's own check."""
    type(thing).objects.filter(pk=thing.pk)._raw_delete("default")
    connection.check_constraints()


def test_tracks_sharing_a_mark_show_a_warning(desk, edition):
    make_track(edition, name_en="Cities", mark="arch")
    page = f"{admin_url(Track, 'add')}"
    response = save(desk, page, name_en="Water", mark="arch")
    assert told(desk.get(response.url))[0] == ("Saved. The same mark is also used for: ⁨Cities⁩.")


# Typed times


NINE = ["9:00", "09:00", "9h00", "09h00", "9 h", "9h", "9 h 00", "9H00", "09.00", "9\u00a0h"]


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_time_is_parsed_in_local_formats(client, edition, language):
    with translation.override(language):
        assert {forms.TimeField().clean(nine) for nine in NINE} == {datetime.time(9)}
    client.force_login(make_organiser(language=language))
    save(client, ADD, title_fr="Ouverture", **when("9h00", "10 h 30", day="09/06/2021"))
    session = Session.objects.get()
    assert session.times().endswith("\u206609:00–10:30\u2069")
    assert session.day == datetime.date(2021, 6, 9)


@pytest.mark.parametrize("field", ["starts_at", "ends_at"])
def test_invalid_time_shows_one_error(desk, edition, field):
    typed = when("09:00", "10:00") | {f"{field}_1": "nine"}
    response = save(desk, ADD, title_fr="Ouverture", **typed)
    assert errors_of(response) == {field: ["Enter a valid time."]}


# The history


def test_history_shows_added_and_removed_speakers(desk, edition):
    session = make_session(edition, at=None, status="draft", title_fr="Plenary")
    speaker = make_speaker(edition, given_name_fr="Amina", family_name_fr="Rivage")
    save(
        desk, admin_url(session), rows={"participations": {"speaker": speaker.pk, "role": "chair"}}
    )
    save(desk, admin_url(session), **{"participations-0-DELETE": "on"}, status="published")
    page = desk.get(admin_url(session, "history")).context["page_obj"]
    assert [record.changed_parts for record in page] == [
        ["Deleted participation “Amina Rivage · Plenary”."],
        ["Added participation “Amina Rivage · Plenary”."],
        [],
    ]


def test_history_shows_readable_values(client, edition):
    client.force_login(make_organiser(language="fr"))
    session = make_session(edition, status="draft")
    save(client, admin_url(session), status="published", starts_at_1="08:30")
    page = client.get(admin_url(session, "history")).content.decode()
    assert "<bdi>Brouillon</bdi> → <bdi>Publiée</bdi>" in page
    assert "None" not in page
    assert "<bdi>9 juin 2021 09:00</bdi> → <bdi>9 juin 2021 08:30</bdi>" in page


# Messages after a change


def test_publishing_without_a_time_shows_a_warning(desk, edition):
    session = make_session(edition, at=None, status="draft", title_en="Plenary")
    sentence = "Published with no date or time: ⁨Plenary⁩."
    assert sentence in told(act(desk, "publish", session))
    session = make_session(edition, at=None, status="draft", title_en="Plenary")
    response = save(desk, admin_url(session), status="published")
    assert sentence in told(desk.get(response.url))


def test_swap_with_an_unscheduled_session_shows_a_warning(desk, edition):
    pair = make_session(edition, title_en="One"), make_session(edition, at=None, title_en="Two")
    response = act(desk, "swap", *pair)
    assert told(response)[1:] == ["Published with no date or time: ⁨One⁩."]


def test_first_publication_announces_that_changes_will_be_shown(desk, edition):
    session = make_session(edition, status="draft")
    page = f"/admin/symposium_sessions/session/changes/?edition={edition.pk}#announced"
    assert told(act(desk, "publish", session))[1:] == [
        "From now on, readers will see when a session is moved or cancelled. "
        f'<a href="{page}">Choose when the programme was announced</a>'
    ]
    assert told(act(desk, "unpublish", session))[1:] == []
