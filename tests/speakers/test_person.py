"""One person at several editions: copied at the desk, joined, shown on their page."""

import datetime
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from symposium.core import revision
from symposium.speakers import person
from symposium.speakers.models import Speaker
from tests.factories import (
    make_edition,
    make_link,
    make_organiser,
    make_participation,
    make_session,
    make_speaker,
    make_user,
    picture,
    refreshed,
)
from tests.helpers.admin_forms import admin_url, told

pytestmark = pytest.mark.django_db
ORCID = "0000-0002-1825-0097"


@pytest.fixture
def years():
    """Return three editions: 2025, 2026 and 2027."""
    return [make_edition(f"{n}", starts_on=datetime.date(n, 6, 9)) for n in (2025, 2026, 2027)]


@pytest.fixture
def organiser(client):
    user = make_organiser(language="en")
    client.force_login(user)
    return user


def earlier_page(edition, q: str = "") -> str:
    address = reverse("admin:symposium_speakers_speaker_earlier")
    return f"{address}?edition={edition.pk}&q={q}"


def same(one: Speaker, *others: Speaker) -> list[bool]:
    return [refreshed(one).person == refreshed(other).person for other in others]


# From an earlier edition


def test_speaker_is_copied_as_they_are_now(client, organiser, years):
    first, _second, third = years
    speaker = make_speaker(
        first, family_name_fr="Alami", biography_ar="باحثة", affiliation_en="Casa Lab", orcid=ORCID,
        photo=picture(size=(60, 60)), is_featured=True,
    )  # fmt: skip
    make_link(speaker, label_fr="Laboratoire", url="https://example.org/lab")
    data = {"edition": third.pk, "speakers": [speaker.pk]}
    response = client.post(earlier_page(third), data, follow=True)
    assert told(response) == ["1 speaker copied. Check it, then publish it."]
    [twin] = third.speakers.all()
    shown = ("family_name_fr", "biography_ar", "affiliation_en", "orcid")
    assert [getattr(twin, name) for name in shown] == ["Alami", "باحثة", "Casa Lab", ORCID]
    assert (twin.is_published, twin.is_featured) == (False, False)
    assert twin.guid != speaker.guid
    assert twin.photo.name != speaker.photo.name
    assert Path(twin.photo.path).read_bytes() == Path(speaker.photo.path).read_bytes()
    assert [*twin.links.values_list("label_fr", "url")] == [
        ("Laboratoire", "https://example.org/lab")
    ]
    assert same(speaker, twin) == [True]


def test_each_person_is_offered_once_as_at_their_latest_edition(client, organiser, years):
    first, second, third = years
    old = make_speaker(first, family_name_fr="Alami", orcid=ORCID)
    new = make_speaker(second, family_name_fr="Alami", orcid=ORCID)
    other = make_speaker(first, family_name_fr="Bennis")
    here = make_speaker(first, family_name_fr="Chraïbi")
    person.bring_back(third, [here])
    make_speaker(third, family_name_fr="Drissi")

    def offered(edition, text: str = "") -> list[Speaker]:
        return list(person.of_earlier_editions(edition, text))

    assert offered(third) == [new, other]
    assert offered(third, "alami") == [new]
    assert offered(third, ORCID) == [new]
    assert offered(second) == [other, here]
    assert offered(first) == []
    assert old not in offered(third)


def test_speaker_found_by_name_is_ticked_in_the_form(client, organiser, years):
    make_speaker(years[0], family_name_fr="Alami")
    make_speaker(years[0], family_name_fr="Bennis")
    response = client.get(earlier_page(years[2], "benn"))
    assert [one.family_name_fr for one in response.context["speakers"]] == ["Bennis"]
    response = client.post(earlier_page(years[2]), {"edition": years[2].pk})
    assert told(response) == ["Select at least one person."]


def test_speaker_of_this_edition_is_not_copied_twice(client, organiser, years):
    speaker = make_speaker(years[0])
    for _time in range(2):
        data = {"edition": years[2].pk, "speakers": [speaker.pk]}
        client.post(earlier_page(years[2]), data)
    assert years[2].speakers.count() == 1


def test_only_who_may_add_speakers_may_copy_them(client, years):
    user = make_user(is_staff=True)
    client.force_login(user)
    user.user_permissions.set(Permission.objects.filter(codename="view_speaker"))
    assert client.get(earlier_page(years[2])).status_code == 403
    page = client.get(f"{admin_url(Speaker, 'changelist')}?edition={years[2].pk}")
    assert "earlier" not in page.content.decode()
    user.user_permissions.set(Permission.objects.filter(codename__endswith="_speaker"))
    assert client.get(earlier_page(years[2])).status_code == 200
    page = client.get(f"{admin_url(Speaker, 'changelist')}?edition={years[2].pk}")
    assert "earlier" in page.content.decode()


# One person


def test_same_orcid_is_the_same_person(years):
    one, other = make_speaker(years[0], orcid=ORCID), make_speaker(years[1])
    assert same(one, other) == [False]
    other.orcid = ORCID
    other.save()
    assert same(one, other) == [True]


def test_those_joined_by_hand_follow_an_orcid(years):
    one, other, third = (make_speaker(edition) for edition in years)
    person.join(Speaker.objects.filter(pk__in=[one.pk, other.pk]))
    third.orcid = ORCID
    third.save()
    one = refreshed(one)
    one.orcid = ORCID
    one.save()
    assert same(one, other, third) == [True, True]


def test_speakers_are_joined_and_separated_at_the_desk(client, organiser, years):
    one, other = make_speaker(years[0]), make_speaker(years[1], family_name_fr="Alami")
    page = f"{admin_url(Speaker, 'changelist')}?edition=all"

    def act(action: str, *speakers: Speaker):
        data = {"action": action, "_selected_action": [one.pk for one in speakers]}
        return client.post(page, data, follow=True)

    assert told(act("join", one, other)) == [
        "Joined. Their pages list the sessions of all these editions."
    ]
    assert same(one, other) == [True]
    form = client.get(admin_url(one)).content.decode()
    assert admin_url(other) in form
    assert told(act("separate", other)) == [
        "“Salma Alami” is no longer joined with other editions."
    ]
    assert same(one, other) == [False]


def test_speakers_of_one_edition_are_not_joined(client, organiser, years):
    one, other = make_speaker(years[0]), make_speaker(years[0])
    with pytest.raises(ValidationError) as refused:
        person.join(Speaker.objects.filter(pk__in=[one.pk, other.pk]))
    assert refused.value.code == "editions"
    third, fourth = make_speaker(years[1]), make_speaker(years[2])
    person.join(Speaker.objects.filter(pk__in=[one.pk, third.pk]))
    person.join(Speaker.objects.filter(pk__in=[other.pk, fourth.pk]))
    page = f"{admin_url(Speaker, 'changelist')}?edition=all"
    data = {"action": "join", "_selected_action": [third.pk, fourth.pk]}
    response = client.post(page, data, follow=True)
    assert told(response) == ["This person is already a speaker of this edition."]
    assert same(third, fourth) == [False]


def test_same_orcid_is_not_separated(years):
    one, other = make_speaker(years[0], orcid=ORCID), make_speaker(years[1], orcid=ORCID)
    with pytest.raises(ValidationError) as refused:
        person.separate(refreshed(other))
    assert refused.value.code == "orcid"
    assert same(one, other) == [True]


# The page


def titles(client, speaker: Speaker) -> list[str]:
    return [str(one) for one in client.get(speaker.get_absolute_url()).context["other_talks"]]


def test_page_lists_talks_of_all_published_years(client, years, django_assert_num_queries):
    first, second, third = years
    hidden = make_edition("2028", starts_on=datetime.date(2028, 6, 9), is_published=False)
    speakers = [make_speaker(edition, orcid=ORCID) for edition in (*years, hidden)]
    for speaker in speakers:
        title = f"Exposé {speaker.edition.slug}"
        make_participation(make_session(speaker.edition, title_fr=title), speaker)
        draft = make_session(speaker.edition, at="14:00", status="draft")
        make_participation(draft, speaker)
    assert titles(client, speakers[1]) == ["Exposé 2027", "Exposé 2025"]
    second_page = client.get(speakers[1].get_absolute_url()).content.decode()
    assert second_page.count('href="/fr/2027/programme/') == 1
    Speaker.objects.filter(pk=speakers[0].pk).update(is_published=False)
    assert titles(client, speakers[1]) == ["Exposé 2027"]


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow_with_talks(client, years, count, django_assert_num_queries):
    one, other = (make_speaker(edition, orcid=ORCID) for edition in years[:2])
    for number in range(count):
        make_participation(make_session(years[1], at=f"{9 + number}:00".zfill(5)), other)
    with django_assert_num_queries(8):
        assert len(titles(client, one)) == count


@pytest.mark.django_db(transaction=True)
def test_talk_of_another_year_moves_the_revision(years):
    one, other = (make_speaker(edition, orcid=ORCID) for edition in years[:2])
    stranger = make_speaker(years[2])

    def moved(write) -> list[str]:
        before = [revision.current(edition.slug) for edition in years]
        with transaction.atomic():
            write()
        after = [revision.current(edition.slug) for edition in years]
        return [y.slug for y, old, new in zip(years, before, after, strict=True) if old != new]

    session = make_session(years[1])
    part = make_participation(session, other)
    assert moved(session.save) == ["2025", "2026"]
    assert moved(other.save) == ["2025", "2026"]
    assert moved(stranger.save) == ["2027"]
    assert moved(part.delete) == ["2025", "2026"]
    assert moved(session.save) == ["2026"]
    assert moved(lambda: Speaker.objects.filter(pk=other.pk).delete()) == ["2025", "2026"]
