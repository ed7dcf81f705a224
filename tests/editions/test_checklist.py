"""What is missing before each milestone, with links, for the desk's start page."""

import datetime

import pytest
from django.contrib.auth.models import Group, Permission
from django.utils import timezone, translation

from symposium.accounts.groups import ORGANISERS
from symposium.core.mail.models import Email
from symposium.editions.checklist import MILESTONES, checklist
from tests.factories import (
    make_abstract,
    make_category,
    make_edition,
    make_main_abstract,
    make_organiser,
    make_page,
    make_partner,
    make_resource,
    make_room,
    make_session,
    make_speaker,
    make_user,
    picture,
)

pytestmark = pytest.mark.django_db
NEXT_YEAR = timezone.now().date() + datetime.timedelta(days=365)


def missing(edition, user) -> dict[str, list[str]]:
    with translation.override("en"):
        found = checklist(edition, user)
        return {step.name: [item.sentence for item in step.items] for step in found if step.items}


def states(edition, user) -> dict[str, str]:
    return {step.name: step.state for step in checklist(edition, user)}


def test_empty_edition_lacks_everything():
    edition = make_edition(starts_on=NEXT_YEAR, is_published=False)
    organiser = make_organiser()
    assert missing(edition, organiser) == {
        "announcement": [
            "The edition isn’t published",
            "The description is missing in a language",
            "No contact email",
            "No practical information page",
            "No partner",
            "The symposium’s own abstract isn’t published",
        ],
        "registration": ["No opening date for registration", "No privacy notice", "No category"],
        "programme": ["No room", "No session"],
        "day": ["No postal address"],
    }
    assert states(edition, organiser) == {
        "announcement": "now", "registration": "later", "programme": "later", "day": "later",
        "archive": "later",
    }  # fmt: skip


def in_three(name: str, text: str = "Rabat") -> dict[str, str]:
    return {f"{name}_{code}": text for code in ("fr", "en", "ar")}


def make_complete_edition(**fields):
    edition = make_edition(
        contact_email="contact@example.org", registration_opens_at=timezone.now(),
        **in_three("description"), **in_three("address"), **fields,
    )  # fmt: skip
    edition.pages.update(**in_three("title"))
    make_page(edition, slug="practical", **in_three("title"))
    make_partner(edition)
    make_main_abstract(edition, **in_three("title"))
    make_category(edition, **in_three("name"))
    return edition


def test_complete_edition_lacks_nothing():
    edition = make_complete_edition(starts_on=NEXT_YEAR)
    speaker = make_speaker(edition, photo=picture(), **in_three("family_name"))
    session = make_session(edition, room=make_room(edition), **in_three("title"))
    session.participations.create(speaker=speaker)
    organiser = make_organiser()
    assert missing(edition, organiser) == {}
    assert states(edition, organiser) == {
        "announcement": "done", "registration": "done", "programme": "done", "day": "later",
        "archive": "later",
    }  # fmt: skip
    dates = {step.name: step.date for step in checklist(edition, organiser)}
    assert dates == {
        "announcement": None, "registration": edition.today(), "programme": None,
        "day": NEXT_YEAR, "archive": NEXT_YEAR + datetime.timedelta(days=1),
    }  # fmt: skip


def test_programme_counts_what_is_unfinished():
    edition = make_complete_edition(starts_on=NEXT_YEAR)
    make_session(edition, at=None, status="draft", title_fr="Plénière")
    make_session(edition, at=None, status="cancelled", **in_three("title"))
    make_speaker(edition, is_published=False)
    make_speaker(edition, **in_three("family_name"))
    make_abstract(edition, status="draft", published_at=None)
    assert missing(edition, make_organiser()) == {
        "programme": [
            "2 speakers with no photo",
            "1 speaker to translate",
            "1 speaker not published",
            "No room",
            "1 session with no room",
            "1 session with no time",
            "1 session with no speaker",
            "1 session in draft",
            "1 session to translate",
            "2 speakers who are in no session",
            "1 abstract to translate",
            "1 abstract that is in no session",
        ]
    }


def test_archive_is_asked_for_after_the_last_day_only():
    edition = make_complete_edition()
    edition.categories.all().delete()
    make_abstract(edition, status="draft", published_at=None, **in_three("title"))
    session = make_session(edition, room=make_room(edition), **in_three("title"))
    session.participations.create(
        speaker=make_speaker(edition, photo=picture(), **in_three("family_name"))
    )
    edition.abstracts.not_main().update(session=session)
    organiser = make_organiser()
    lacks = ["No recording and no document of a session", "1 abstract not published"]
    assert missing(edition, organiser) == {"archive": lacks}
    make_resource(session)
    edition.abstracts.not_main().delete()
    assert states(edition, organiser) == dict.fromkeys(MILESTONES, "done")


def test_failed_emails_are_for_superusers():
    edition = make_complete_edition(starts_on=NEXT_YEAR)
    Email.objects.create(to="a@example.org", subject="Bonjour", status=Email.Status.FAILED)
    member = make_user(is_staff=True)
    member.groups.add(Group.objects.get(name=ORGANISERS))
    assert "registration" not in missing(edition, member)
    assert missing(edition, make_organiser())["registration"] == ["1 email not sent"]


def test_user_sees_what_they_may_edit():
    edition, user = make_edition(starts_on=NEXT_YEAR), make_user()
    assert missing(edition, user) == {}
    user.user_permissions.set(Permission.objects.filter(codename="add_category"))
    assert missing(edition, type(user).objects.get(pk=user.pk)) == {"registration": ["No category"]}


def test_checklist_is_one_query(django_assert_num_queries):
    edition, organiser = make_edition(starts_on=NEXT_YEAR), make_organiser()
    with django_assert_num_queries(1):
        checklist(edition, organiser)


def test_each_link_opens(client):
    organiser = make_organiser()
    client.force_login(organiser)
    Email.objects.create(to="a@example.org", subject="Bonjour", status=Email.Status.FAILED)
    full = make_complete_edition(starts_on=NEXT_YEAR)
    make_session(full, at=None, status="draft")
    make_speaker(full, is_published=False)
    make_abstract(full, status="draft", published_at=None)
    editions = [full, make_edition(starts_on=NEXT_YEAR, is_published=False), make_edition()]
    links = [i.url for one in editions for step in checklist(one, organiser) for i in step.items]
    assert [url for url in links if client.get(url).status_code != 200] == []
