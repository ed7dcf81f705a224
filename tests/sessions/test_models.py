import datetime

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import translation

from symposium.editions.models import Edition
from symposium.sessions.models import Participation, Resource, Session
from tests.factories import (
    build_session,
    make_edition,
    make_participation,
    make_resource,
    make_room,
    make_session,
    make_speaker,
    make_track,
    refreshed,
    times,
)
from tests.helpers.database_errors import commit, execute, faults, refused_by

pytestmark = pytest.mark.django_db

ROOM = "sessions_one_at_a_time_in_a_room"
SPEAKER = "participations_one_place_at_a_time"
INSIDE = "sessions_inside_edition"


@pytest.fixture
def edition():
    return make_edition("2021")


@pytest.fixture
def room(edition):
    return make_room(edition, name_fr="Auditorium")


@pytest.fixture
def speaker(edition):
    return make_speaker(edition, given_name_fr="Salma", family_name_fr="Médina")


# A room holds one session at a time


def test_room_overlap_is_refused(room):
    make_session(room=room, at="09:00", lasting=60)
    with refused_by(ROOM):
        Session.objects.bulk_create([build_session(room=room, at="09:59", slug="second")])


def test_room_overlap_by_queryset_update_is_refused(edition, room):
    make_session(room=room, at="09:00")
    make_session(room=room, at="10:00")
    with refused_by(ROOM):
        Session.objects.update(**times(edition, "11:00"))


def test_room_overlap_by_plain_sql_is_refused(edition, room):
    make_session(room=room)
    make_session(edition)
    with refused_by(ROOM):
        execute("UPDATE symposium_sessions_session SET room_id = %s", room.pk)


def test_room_accepts_adjacent_sessions(room):
    make_session(room=room, at="09:00", lasting=60)
    assert faults(build_session(room=room, at="10:00", lasting=60)) == {}
    make_session(room=room, at="10:00", lasting=60)
    make_session(room=room, at="08:00", lasting=60)
    commit()


@pytest.mark.parametrize("kind", Session.SHARING)
def test_room_is_shared_by_posters_and_breaks(room, kind):
    make_session(room=room)
    shared = build_session(room=room, kind=kind)
    assert faults(shared) == {}
    shared.save()
    commit()


def test_room_overlap_is_refused_when_a_break_becomes_a_talk(room):
    make_session(room=room)
    make_session(room=room, kind="break")
    with refused_by(ROOM):
        Session.objects.update(kind="talk")


def test_room_of_a_cancelled_session_is_free(room):
    make_session(room=room, status="cancelled")
    assert faults(build_session(room=room)) == {}
    make_session(room=room)
    commit()
    with refused_by(ROOM):
        Session.objects.update(status="published")


def test_room_of_a_draft_session_is_taken(room):
    make_session(room=room, status="draft", title_fr="Ébauche")
    with refused_by(ROOM):
        make_session(room=room)
    assert list(faults(build_session(room=room))) == ["room"]


def test_sessions_without_a_room_do_not_clash(edition):
    make_session(edition)
    assert faults(build_session(edition)) == {}
    make_session(edition)
    commit()


def test_rooms_of_two_sessions_are_swapped_in_one_transaction(edition, room):
    other = make_room(edition)
    first, second = make_session(room=room), make_session(room=other)
    with transaction.atomic():
        Session.objects.filter(pk=first.pk).update(room=other)
        Session.objects.filter(pk=second.pk).update(room=room)
        commit()
    assert [refreshed(first).room, refreshed(second).room] == [other, room]


def test_room_clash_names_the_other_session(room):
    make_session(room=room, at="11:00", lasting=90, title_fr="Mobilités")
    assert faults(build_session(room=room, at="12:00")) == {
        "room": ["Auditorium is taken by “Mobilités”, 9 June 2021 \u206611:00–12:30\u2069."]
    }


def test_room_clash_message_uses_the_edition_time_zone():
    room = make_room(make_edition(time_zone="America/New_York"), name_fr="Hall")
    make_session(room=room, at="20:00", title_fr="Mobilités")
    assert faults(build_session(room=room, at="20:30")) == {
        "room": ["Hall is taken by “Mobilités”, 9 June 2021 \u206620:00–20:45\u2069."]
    }


def test_room_does_not_clash_with_the_session_itself(room):
    assert faults(make_session(room=room)) == {}


# A speaker is in one place at a time


@pytest.fixture
def busy(edition, speaker):
    """A session of the speaker, from 9:00 to 10:00."""
    session = make_session(edition, at="09:00", lasting=60, title_fr="Mobilités")
    make_participation(session, speaker)
    return session


@pytest.fixture
def elsewhere(edition, speaker, busy):
    """Another session of the speaker, from 10:00 to 11:00."""
    session = make_session(edition, at="10:00", lasting=60)
    make_participation(session, speaker)
    return session


def move(session: Session, **fields) -> None:
    Session.objects.filter(pk=session.pk).update(**fields)


def test_speaker_overlap_is_refused(edition, speaker, busy):
    other = make_session(edition, at="09:30")
    with refused_by(SPEAKER):
        Participation.objects.bulk_create([Participation(session=other, speaker=speaker)])


def test_speaker_overlap_by_sql_with_a_forged_period_is_refused(edition, speaker, busy):
    other = make_session(edition, at="09:30")
    with refused_by(SPEAKER):
        execute(
            "INSERT INTO symposium_sessions_participation"
            ' (session_id, speaker_id, role, "order", period) VALUES (%s, %s, %s, 0, NULL)',
            other.pk, speaker.pk, "chair",
        )  # fmt: skip


def test_speaker_period_cannot_be_forged(busy):
    Participation.objects.update(period=None, edition=None)
    participation = Participation.objects.get()
    assert participation.edition == busy.edition
    assert (participation.period.lower, participation.period.upper) == (
        busy.starts_at,
        busy.ends_at,
    )


def test_speaker_may_be_in_adjacent_sessions(elsewhere):
    commit()


def test_speaker_overlap_from_moving_a_session_is_refused(edition, busy, elsewhere):
    with refused_by(SPEAKER):
        move(elsewhere, **times(edition, "09:30", 60))


def test_speaker_overlap_from_moving_a_session_by_sql_is_refused(elsewhere):
    with refused_by(SPEAKER):
        execute(
            "UPDATE symposium_sessions_session SET starts_at = starts_at - interval '1 minute'"
            " WHERE id = %s",
            elsewhere.pk,
        )


def test_speaker_of_a_cancelled_session_is_free(edition, busy, elsewhere):
    move(elsewhere, status="cancelled", **times(edition, "09:30", 60))
    commit()
    with refused_by(SPEAKER):
        move(elsewhere, status="published")


def test_speaker_of_an_unscheduled_session_is_free(edition, busy, elsewhere):
    move(elsewhere, starts_at=None, ends_at=None)
    assert Participation.objects.get(session=elsewhere).period is None
    with refused_by(SPEAKER):
        move(elsewhere, **times(edition, "09:30"))


def test_speaker_overlap_in_a_draft_poster_session_is_refused(edition, speaker, busy):
    poster = make_session(edition, kind="poster_session", status="draft")
    with refused_by(SPEAKER):
        make_participation(poster, speaker)


def test_sessions_of_a_speaker_are_swapped_in_one_transaction(edition, busy, elsewhere):
    with transaction.atomic():
        move(busy, **times(edition, "10:00", 60))
        move(elsewhere, **times(edition, "09:00", 60))
        commit()
    assert refreshed(elsewhere).starts_at < refreshed(busy).starts_at


def test_speaker_clash_names_the_other_session(edition, speaker, busy):
    other = make_session(edition, at="09:30")
    assert faults(Participation(session=other, speaker=speaker)) == {
        "speaker": ["Salma Médina is already in “Mobilités”, 9 June 2021 \u206609:00–10:00\u2069."]
    }


def test_speaker_clash_names_every_busy_speaker(edition, speaker, busy):
    other = make_speaker(edition, given_name_fr="Nora", family_name_fr="Rivage")
    make_participation(busy, other)
    moved = make_session(edition, at="09:30")
    with translation.override("en"):
        with pytest.raises(forms.ValidationError) as caught:
            moved.check_speakers([speaker, other])
        assert sorted(message.split(" is ")[0] for message in caught.value.messages) == [
            "Nora Rivage",
            "Salma Médina",
        ]


@pytest.mark.parametrize("change", [{"status": "cancelled"}, {"starts_at": None, "ends_at": None}])
def test_speaker_does_not_clash_in_a_session_that_is_not_held(edition, speaker, busy, change):
    idle = make_session(edition, **{"at": "09:30"} | change)
    assert faults(Participation(session=idle, speaker=speaker)) == {}


def test_duplicate_speaker_in_a_session_is_refused(speaker, busy):
    with refused_by("participations_once_per_session"):
        Participation.objects.bulk_create([Participation(session=busy, speaker=speaker)])
    assert faults(Participation(session=busy, speaker=speaker)) == {
        "__all__": ["This speaker has already been added to this session."]
    }


# A session lies inside the days of its edition


@pytest.mark.parametrize(
    "place",
    [
        {"day": 1, "at": "00:00", "lasting": 30},
        {"day": 2, "at": "23:00", "lasting": 60},
        {"day": 1, "at": "23:30", "lasting": 60},
        {"day": 1, "at": "00:00", "lasting": 48 * 60},
    ],
)
@pytest.mark.parametrize("zone", ["Africa/Casablanca", "America/New_York", "Pacific/Auckland"])
def test_session_inside_the_edition_days_is_accepted(zone, place):
    session = build_session(make_edition(time_zone=zone), **place)
    assert faults(session) == {}
    session.save()


@pytest.mark.parametrize(
    "place",
    [
        {"day": 0, "at": "23:30", "lasting": 30},
        {"day": 0, "at": "23:30", "lasting": 31},
        {"day": 2, "at": "23:30", "lasting": 31},
        {"day": 3, "at": "00:00", "lasting": 30},
        {"day": 400, "at": "09:00", "lasting": 30},
    ],
)
@pytest.mark.parametrize("zone", ["Africa/Casablanca", "America/New_York", "Pacific/Auckland"])
def test_session_outside_the_days_of_its_edition_is_refused(zone, place):
    session = build_session(make_edition(time_zone=zone), slug="out", **place)
    assert faults(session) == {
        "starts_at": ["The edition runs from 9 June 2021 to 10 June 2021. Choose a time within it."]
    }
    with refused_by(INSIDE):
        Session.objects.bulk_create([session])


@pytest.mark.parametrize(
    ("zone", "day", "length"),
    [
        ("America/New_York", datetime.date(2021, 3, 14), 23),
        ("America/New_York", datetime.date(2021, 11, 7), 25),
        ("Africa/Casablanca", datetime.date(2021, 4, 11), 25),
        ("Africa/Casablanca", datetime.date(2021, 5, 16), 23),
        ("America/Havana", datetime.date(2021, 11, 7), 25),
        ("Africa/Cairo", datetime.date(2024, 4, 26), 23),
    ],
)
def test_session_may_fill_a_clock_change_day_exactly(zone, day, length):
    edition = make_edition(starts_on=day, ends_on=day, time_zone=zone)
    whole = Session(
        edition=edition, title_fr="Journée", slug="journee",
        starts_at=edition.period.lower,
        ends_at=edition.period.lower + datetime.timedelta(hours=length),
    )  # fmt: skip
    assert faults(whole) == {}
    Session.objects.bulk_create([whole])

    whole.ends_at += datetime.timedelta(minutes=1)
    assert list(faults(whole)) == ["starts_at"]
    with refused_by(INSIDE):
        whole.save()


def test_session_moved_outside_by_sql_is_refused(edition):
    make_session(edition)
    with refused_by(INSIDE):
        execute(
            "UPDATE symposium_sessions_session SET"
            " starts_at = starts_at + interval '2 days', ends_at = ends_at + interval '2 days'"
        )


def test_session_allowed_period_cannot_be_forged(edition):
    make_session(edition)
    Session.objects.update(allowed_period=None)
    assert Session.objects.get().allowed_period == edition.period


def test_edition_cannot_drop_a_day_with_sessions(edition):
    make_session(edition, day=2)
    with refused_by(INSIDE):
        Edition.objects.update(ends_on=edition.starts_on)


def test_edition_with_sessions_cannot_move_to_other_days(edition):
    make_session(edition)
    later = datetime.timedelta(days=30)
    with refused_by(INSIDE):
        Edition.objects.update(starts_on=edition.starts_on + later, ends_on=edition.ends_on + later)


def test_edition_time_zone_change_excluding_a_session_is_refused(edition):
    make_session(edition, at="00:00")
    with refused_by(INSIDE):
        Edition.objects.update(time_zone="America/New_York")


def test_session_and_edition_move_to_other_days_in_steps(edition):
    session = make_session(edition)
    later = datetime.timedelta(days=30)
    Edition.objects.update(ends_on=edition.ends_on + later)
    move(session, starts_at=session.starts_at + later, ends_at=session.ends_at + later)
    Edition.objects.update(starts_on=edition.starts_on + later)
    assert refreshed(session).allowed_period == refreshed(edition).period


def test_session_may_use_the_days_just_added(edition):
    Edition.objects.update(ends_on=edition.ends_on + datetime.timedelta(days=1))
    session = build_session(refreshed(edition), day=3)
    assert faults(session) == {}
    session.save()


# Start and end


@pytest.mark.parametrize("lasting", [0, -1, -600, -100_000])
def test_session_ending_before_it_starts_has_an_error_at_its_end(edition, room, lasting):
    assert faults(build_session(room=room, lasting=lasting)) == {
        "ends_at": ["The end must be after the start."]
    }


@pytest.mark.parametrize("lasting", [0, -1, -600])
def test_session_ending_before_it_starts_is_refused_by_the_database(room, lasting):
    with refused_by("sessions_end_after_start"):
        Session.objects.bulk_create([build_session(room=room, lasting=lasting, slug="a")])


def test_session_with_reversed_times_by_sql_is_refused(speaker, busy):
    with refused_by("sessions_end_after_start"):
        execute("UPDATE symposium_sessions_session SET starts_at = ends_at, ends_at = starts_at")


@pytest.mark.parametrize("field", ["starts_at", "ends_at"])
def test_session_with_one_time_has_an_error_at_the_other(edition, room, field):
    session = build_session(room=room, slug="a", **{field: None})
    assert faults(session) == {field: ["Enter both a start and an end, or neither."]}
    with refused_by("sessions_start_with_end"):
        Session.objects.bulk_create([session])


def test_session_may_be_unscheduled(room):
    session = build_session(room=room, at=None)
    assert faults(session) == {}
    session.save()
    assert refreshed(session).period is None
    assert not Session.objects.scheduled().exists()


@pytest.mark.parametrize("year", [1, 1900, 9999])
def test_session_in_a_mistyped_year_has_an_error_at_its_start(edition, year):
    starts_at = datetime.datetime(year, 12, 31, 23, 30, tzinfo=datetime.UTC)
    ends_at = starts_at + datetime.timedelta(minutes=20)
    assert list(faults(build_session(edition, starts_at=starts_at, ends_at=ends_at))) == [
        "starts_at"
    ]


def test_session_without_an_edition_is_refused():
    assert faults(Session(title_fr="Sans édition")) == {"edition": ["This field cannot be null."]}


# One edition for related objects


@pytest.mark.parametrize(("field", "make"), [("room", make_room), ("track", make_track)])
def test_session_room_and_track_must_be_of_its_edition(edition, field, make):
    foreign = make(make_edition("2023"))
    session = build_session(edition, slug="a", **{field: foreign})
    assert faults(session) == {field: ["Choose an item from this edition."]}
    with refused_by(f"session_{field}_same_edition"):
        Session.objects.bulk_create([session])


def test_participation_session_and_speaker_must_share_an_edition(edition):
    foreign = make_speaker(make_edition("2023"))
    session = make_session(edition)
    assert faults(Participation(session=session, speaker=foreign)) == {
        "speaker": ["Choose an item from this edition."]
    }
    with refused_by("participation_speaker_same_edition"):
        Participation.objects.bulk_create([Participation(session=session, speaker=foreign)])


# Titles


def test_title_in_arabic_only_is_accepted(edition):
    session = build_session(edition, title_fr="", title_ar="تجديد المدينة")
    assert faults(session) == {}
    session.save()
    for code in ("fr", "en", "ar"):
        with translation.override(code):
            assert refreshed(session).title == "تجديد المدينة"


def test_session_form_without_title_is_refused(edition):
    Form = forms.modelform_factory(
        Session, fields=["edition", "kind", "status", "title_fr", "title_en", "title_ar"]
    )
    with translation.override("en"):
        form = Form({"edition": edition.pk, "kind": "talk", "status": "draft"})
        assert form.errors == {"__all__": ["Enter a title in at least one language."]}


def test_title_of_ten_thousand_characters_is_too_long(edition):
    long = build_session(edition, title_fr="a" * 10_000)
    message = "Ensure this value has at most 200 characters (it has 10000)."
    assert faults(long)["title_fr"] == [message]


@pytest.mark.parametrize(
    "title",
    [
        "🏙️ Smart City 😀",
        "\u202eلمدينة\u2069 abc",
        "<img src=x onerror=alert(1)>",
        "'; DROP TABLE symposium_sessions_session; --",
        "%s %(title)s {title} {{ title }}",
        "a\u0301" * 100,
    ],
)
def test_title_is_stored_as_typed(edition, title):
    session = build_session(edition, title_fr=title)
    assert faults(session) == {}
    session.save()
    assert refreshed(session).title_fr == title
    assert session.slug.isascii()


def test_title_with_a_null_character_is_refused_by_the_form(edition):
    Form = forms.modelform_factory(Session, fields=["title_fr"])
    with translation.override("en"):
        assert Form({"title_fr": "a\0b"}).errors == {
            "title_fr": ["Null characters are not allowed."]
        }


# Publication


def test_published_sessions_include_cancelled_ones(edition):
    shown = [make_session(edition), make_session(edition, at="11:00", status="cancelled")]
    make_session(edition, status="draft")
    make_session(make_edition("2023", is_published=False))
    assert list(Session.objects.published()) == shown


# Resources


def test_resource_requires_either_a_file_or_a_url():
    resource = make_resource()
    for file, url in [("", ""), ("resources/a.pdf", "https://example.org/")]:
        with refused_by("resources_file_or_address"):
            Resource.objects.update(file=file, url=url)
        resource.file, resource.url = file, url
        assert faults(resource) == {"__all__": ["Choose a file or enter a link, not both."]}


def attached(name: str, content: bytes) -> Resource:
    return Resource(
        session=make_session(), title_fr="Texte", file=SimpleUploadedFile(name, content)
    )


@pytest.mark.parametrize(
    ("name", "content"), [("a.pdf", b"%PDF-1.7\n"), ("b.PDF", b"%PDF-"), ("c.docx", b"PK\x03\x04")]
)
def test_resource_accepts_documents(name, content):
    assert faults(attached(name, content)) == {}


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.pdf", b"<script>"), ("a.docx", b"%PDF-1.7"), ("a.zip", b"MZ"), ("a.pdf", b"PK\x03\x04")],
)
def test_resource_content_not_matching_its_extension_is_refused(name, content):
    extension = name.rpartition(".")[2]
    assert faults(attached(name, content)) == {
        "file": [f"This file doesn’t match its extension ({extension})."]
    }


@pytest.mark.parametrize("name", ["a.html", "a.svg", "a.pdf.exe", "pdf"])
def test_resource_of_an_unsupported_type_is_refused(name):
    assert "file" in faults(attached(name, b"%PDF-1.7"))


def test_resource_with_a_malicious_address_is_refused():
    resource = make_resource()
    resource.url = "javascript:alert(1)"
    assert faults(resource) == {"url": ["Enter a valid URL."]}
