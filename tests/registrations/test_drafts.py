"""What was typed when a session ended: given back to its owner, and no way to fill the site."""

import datetime

import pytest
from django.contrib.sessions.models import Session as BrowserSession
from django.core import signing
from django.db import DataError, connection, transaction
from django.test import Client
from django.utils import timezone

from symposium.privacy import erasure
from symposium.registrations import drafts
from symposium.registrations.models import Draft, Registration
from symposium.registrations.models.drafts import KEPT_FOR, LONGEST
from symposium.tasks import periodic
from tests.factories import (
    make_category,
    make_question,
    make_registration,
    make_user,
    open_edition,
    refreshed,
)

pytestmark = pytest.mark.django_db
REGISTER = "/fr/2030/register/"
LOGIN = "/fr/accounts/login/?next="


@pytest.fixture
def edition():
    return open_edition("2030")


@pytest.fixture
def category(edition):
    return make_category(edition, name_fr="Sur place")


@pytest.fixture
def user():
    return make_user("salma@example.org")


@pytest.fixture
def mine(category, user):
    return make_registration(category, user=user, needs="Boucle")


def typed(category, **changes) -> dict:
    return {
        "given_name": "Salma",
        "family_name": "Médina",
        "role": "research",
        "country": "MA",
        "category": category.pk,
        "consent": "on",
    } | changes


def edit_page(registration) -> str:
    return f"/fr/my/{registration.code}/edit/"


def stored() -> dict[str, tuple[int, int]]:
    """Rows of the tables that a stranger's form may reach, and the bytes of what they hold."""
    found = {}
    with connection.cursor() as cursor:
        for model in (BrowserSession, Draft):
            table = model._meta.db_table
            size = "coalesce(sum(octet_length(t::text)), 0)"
            cursor.execute(f'SELECT count(*), {size} FROM "{table}" t')  # noqa: S608 (our own)
            found[table] = cursor.fetchone()
    return found


# For whoever typed it


def test_form_sent_after_the_session_ended_comes_back_filled_in(client, category, user):
    data = typed(category, affiliation="Université", owner=drafts.owner(user))
    assert client.post(REGISTER, data).headers["Location"] == f"{LOGIN}{REGISTER}"
    client.force_login(user)
    page = client.get(REGISTER)
    assert page.context["was_kept"] is True
    assert 'value="Université"' in page.content.decode()
    client.post(REGISTER, typed(category))
    assert Registration.objects.get().user == user
    assert Draft.objects.count() == 0


def test_details_sent_after_the_session_ended_come_back(client, mine, user):
    page = edit_page(mine)
    data = {"family_name": "Rivage", "affiliation": "Université", "owner": drafts.owner(user)}
    assert client.post(page, data).headers["Location"] == f"{LOGIN}{page}"
    client.force_login(user)
    form = client.get(page).context["form"]
    assert (form["affiliation"].value(), form["needs"].value()) == ("Université", "Boucle")
    assert refreshed(mine).family_name != "Rivage"
    client.post(page, {"family_name": "Rivage"})
    assert Draft.objects.count() == 0


@pytest.mark.parametrize("page", ["register", "edit"])
def test_form_from_before_signing_in_elsewhere_comes_back(category, user, page):
    """Signing in changes the token of every form that stands open."""
    path = REGISTER if page == "register" else edit_page(make_registration(category, user=user))
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    data = typed(category, affiliation="Université", csrfmiddlewaretoken="x" * 64)
    here, elsewhere = ({"Origin": f"http://{name}"} for name in ("testserver", "evil.example"))
    assert client.post(path, data, headers=here).status_code == 403
    data["owner"] = drafts.owner(user)
    assert client.post(path, data, headers=elsewhere).status_code == 403
    assert Draft.objects.count() == 0
    assert client.post(path, data, headers=here).headers["Location"] == path
    assert 'value="Université"' in client.get(path).content.decode()


def test_long_answers_in_arabic_are_kept(client, edition, category, user):
    questions = [make_question(edition) for _ in range(4)]
    answers = {f"question_{one.pk}": "ع" * 2000 for one in questions}
    client.post(REGISTER, typed(category, owner=drafts.owner(user), **answers))
    client.force_login(user)
    assert client.get(REGISTER).content.decode().count("ع" * 2000) == 4


def test_longer_than_anybody_types_is_not_kept_and_says_so(client, edition, category, user):
    client.post(REGISTER, typed(category, owner=drafts.owner(user), x="a" * LONGEST))
    assert Draft.objects.count() == 0
    words = "Ce formulaire est trop long pour être conservé : remplissez-le à nouveau."
    page = client.get(f"{LOGIN}{REGISTER}").content.decode().replace("\xa0", " ")
    assert words in page


def test_what_is_kept_has_no_needs_and_nothing_of_the_machinery(client, category, user):
    data = typed(category, needs="fauteuil", owner=drafts.owner(user), csrfmiddlewaretoken="x")
    client.post(REGISTER, data)
    assert sorted(drafts.kept(user, category.edition)) == sorted(typed(category))


# For nobody else


@pytest.mark.parametrize("owner", ["somebody", "forged", "erased", ""])
def test_whoever_signs_in_next_does_not_see_it(client, category, user, owner):
    token = {
        "somebody": drafts.owner(make_user()),
        "forged": signing.dumps(user.pk, salt="another"),
        "erased": signing.dumps(0, salt=drafts.SALT),
        "": "",
    }[owner]
    client.post(REGISTER, typed(category, affiliation="Introuvable", owner=token))
    client.force_login(user)
    page = client.get(REGISTER)
    assert (page.context["was_kept"], "Introuvable" in page.content.decode()) == (False, False)
    assert Draft.objects.count() == (owner == "somebody")


def test_registration_of_somebody_else_or_of_nobody_keeps_nothing(client, mine, user):
    stranger = drafts.owner(make_user())
    client.post(edit_page(mine), {"family_name": "x", "owner": stranger})
    client.post("/fr/my/AAAAAAAAAA/edit/", {"family_name": "x", "owner": drafts.owner(user)})
    Registration.objects.update(state="cancelled")
    client.post(edit_page(mine), {"family_name": "x", "owner": drafts.owner(user)})
    assert Draft.objects.count() == 0


def test_edition_that_takes_no_registrations_keeps_nothing(client, edition, category, user):
    edition.registration_closes_at = timezone.now()
    edition.save()
    client.post(REGISTER, typed(category, owner=drafts.owner(user)))
    assert Draft.objects.count() == 0


# The attack


WORDS = ["a", "é" * 5_000, "资" * 5_000, "x" * 30_000]


def test_three_hundred_forms_of_a_stranger_leave_the_database_as_it_was(client, mine):
    """Several words, long names, Chinese: 300 posts once made a session of gigabytes."""
    pages = [REGISTER, edit_page(mine), "/fr/2029/register/"]
    before = stored()
    for number in range(300):
        word = WORDS[number % len(WORDS)]
        page = pages[number % 4] if number % 4 < 3 else f"/fr/my/b{number}/edit/"
        client.post(page, {word: "1", "资": word, f"n{number}": word, "owner": "forged"})
    assert stored() == before
    assert dict(client.session) == {}


def test_forms_of_one_account_take_one_row_of_64_kilobytes(client, mine, user):
    sessions = stored()[BrowserSession._meta.db_table]
    for number in range(20):
        data = {f"n{number}": "x" * (LONGEST - 10), "owner": drafts.owner(user)}
        client.post(REGISTER if number % 2 else edit_page(mine), data)
    assert Draft.objects.count() == 1
    assert len(Draft.objects.get().typed) <= LONGEST == 65_536
    assert stored()[BrowserSession._meta.db_table] == sessions


def test_database_refuses_more(user, edition):
    with pytest.raises(DataError), transaction.atomic():
        Draft.objects.create(
            user=user, edition=edition, typed="x" * (LONGEST + 1), expires_at=timezone.now()
        )


# Forgotten


def test_it_is_offered_for_an_hour_then_deleted(client, category, user):
    client.post(REGISTER, typed(category, owner=drafts.owner(user)))
    client.force_login(user)
    made = Draft.objects.get()
    assert datetime.timedelta(hours=1) == KEPT_FOR
    assert abs(made.expires_at - timezone.now() - KEPT_FOR) < datetime.timedelta(minutes=1)
    assert drafts.forget_drafts(made.expires_at - datetime.timedelta(seconds=1)) == 0
    assert drafts.forget_drafts in periodic.HOUSEKEEPING
    Draft.objects.update(expires_at=timezone.now())
    assert client.get(REGISTER).context["was_kept"] is False
    assert drafts.forget_drafts() == 1
    assert Draft.objects.count() == 0


def test_erasing_the_account_empties_it_at_once(client, category, user):
    client.post(REGISTER, typed(category, owner=drafts.owner(user)))
    erasure.erase(user)
    assert Draft.objects.count() == 0


def test_it_is_among_the_data_of_its_owner(client, category, user):
    client.post(REGISTER, typed(category, owner=drafts.owner(user)))
    [kept] = erasure.export(user)["parts"]["drafts"]["entries"]
    assert kept["fields"]["family_name"]["value"] == ["Médina"]
    assert kept["fields"]["family_name"]["shown"] == "Médina"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_reading_a_page_keeps_nothing(client, mine, method):
    before = stored()
    client.generic(method, edit_page(mine))
    assert stored() == before
