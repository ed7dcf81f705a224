"""Drafts: a form sent after the session ended is given back to its owner and fills no disk."""

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
from symposium.registrations.models.drafts import MAX_AGE, MAX_BYTES
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
    return make_registration(category, user=user, accessibility_needs="Boucle")


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
    """Return by table the number and bytes of the rows that a stranger's form may add."""
    found = {}
    with connection.cursor() as cursor:
        for model in (BrowserSession, Draft):
            table = model._meta.db_table
            size = "coalesce(sum(octet_length(t::text)), 0)"
            cursor.execute(f'SELECT count(*), {size} FROM "{table}" t')  # noqa: S608 (our own)
            found[table] = cursor.fetchone()
    return found


# Drafts for their owner


def test_form_sent_after_session_expiry_is_restored(client, category, user):
    data = typed(category, affiliation="Université", owner=drafts.owner_token(user))
    assert client.post(REGISTER, data).headers["Location"] == f"{LOGIN}{REGISTER}"
    client.force_login(user)
    page = client.get(REGISTER)
    assert page.context["was_kept"] is True
    assert 'value="Université"' in page.content.decode()
    client.post(REGISTER, typed(category))
    assert Registration.objects.get().user == user
    assert Draft.objects.count() == 0


def test_details_form_sent_after_session_expiry_is_restored(client, mine, user):
    page = edit_page(mine)
    data = {"family_name": "Rivage", "affiliation": "Université", "owner": drafts.owner_token(user)}
    assert client.post(page, data).headers["Location"] == f"{LOGIN}{page}"
    client.force_login(user)
    form = client.get(page).context["form"]
    assert (form["affiliation"].value(), form["accessibility_needs"].value()) == (
        "Université",
        "Boucle",
    )
    assert refreshed(mine).family_name != "Rivage"
    client.post(page, {"family_name": "Rivage"})
    assert Draft.objects.count() == 0


@pytest.mark.parametrize("page", ["register", "edit"])
def test_form_with_an_outdated_csrf_token_is_restored(category, user, page):
    """Signing in changes the CSRF token of every form that is already open."""
    path = REGISTER if page == "register" else edit_page(make_registration(category, user=user))
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    data = typed(category, affiliation="Université", csrfmiddlewaretoken="x" * 64)
    here, elsewhere = ({"Origin": f"http://{name}"} for name in ("testserver", "evil.example"))
    assert client.post(path, data, headers=here).status_code == 403
    data["owner"] = drafts.owner_token(user)
    assert client.post(path, data, headers=elsewhere).status_code == 403
    assert Draft.objects.count() == 0
    assert client.post(path, data, headers=here).headers["Location"] == path
    assert 'value="Université"' in client.get(path).content.decode()


def test_long_arabic_answers_are_stored_in_the_draft(client, edition, category, user):
    questions = [make_question(edition) for _ in range(4)]
    answers = {f"question_{one.pk}": "ع" * 2000 for one in questions}
    client.post(REGISTER, typed(category, owner=drafts.owner_token(user), **answers))
    client.force_login(user)
    assert client.get(REGISTER).content.decode().count("ع" * 2000) == 4


def test_overlong_form_is_not_stored_and_shows_a_message(client, edition, category, user):
    client.post(REGISTER, typed(category, owner=drafts.owner_token(user), x="a" * MAX_BYTES))
    assert Draft.objects.count() == 0
    words = "Ce formulaire est trop long pour être conservé : remplissez-le à nouveau."
    page = client.get(f"{LOGIN}{REGISTER}").content.decode().replace("\xa0", " ")
    assert words in page


def test_draft_excludes_needs_and_technical_fields(client, category, user):
    data = typed(
        category,
        accessibility_needs="fauteuil",
        owner=drafts.owner_token(user),
        csrfmiddlewaretoken="x",
    )
    client.post(REGISTER, data)
    assert sorted(drafts.load(user, category.edition)) == sorted(typed(category))


# No draft for others


@pytest.mark.parametrize("owner", ["somebody", "forged", "erased", ""])
def test_draft_is_not_shown_to_another_account(client, category, user, owner):
    token = {
        "somebody": drafts.owner_token(make_user()),
        "forged": signing.dumps(user.pk, salt="another"),
        "erased": signing.dumps(0, salt=drafts.SALT),
        "": "",
    }[owner]
    client.post(REGISTER, typed(category, affiliation="Introuvable", owner=token))
    client.force_login(user)
    page = client.get(REGISTER)
    assert (page.context["was_kept"], "Introuvable" in page.content.decode()) == (False, False)
    assert Draft.objects.count() == (owner == "somebody")


def test_form_for_a_foreign_missing_or_cancelled_registration_stores_no_draft(client, mine, user):
    stranger = drafts.owner_token(make_user())
    client.post(edit_page(mine), {"family_name": "x", "owner": stranger})
    client.post("/fr/my/AAAAAAAAAA/edit/", {"family_name": "x", "owner": drafts.owner_token(user)})
    Registration.objects.update(state="cancelled")
    client.post(edit_page(mine), {"family_name": "x", "owner": drafts.owner_token(user)})
    assert Draft.objects.count() == 0


def test_form_for_a_closed_edition_stores_no_draft(client, edition, category, user):
    edition.registration_closes_at = timezone.now()
    edition.save()
    client.post(REGISTER, typed(category, owner=drafts.owner_token(user)))
    assert Draft.objects.count() == 0


# Attacks


WORDS = ["a", "é" * 5_000, "资" * 5_000, "x" * 30_000]


def test_forms_with_a_forged_owner_token_store_nothing(client, mine):
    """Several words, long names, Chinese: 300 such posts once made a session of gigabytes."""
    pages = [REGISTER, edit_page(mine), "/fr/2029/register/"]
    before = stored()
    for number in range(300):
        word = WORDS[number % len(WORDS)]
        page = pages[number % 4] if number % 4 < 3 else f"/fr/my/b{number}/edit/"
        client.post(page, {word: "1", "资": word, f"n{number}": word, "owner": "forged"})
    assert stored() == before
    assert dict(client.session) == {}


def test_account_has_at_most_one_draft_of_64_kilobytes(client, mine, user):
    sessions = stored()[BrowserSession._meta.db_table]
    for number in range(20):
        data = {f"n{number}": "x" * (MAX_BYTES - 10), "owner": drafts.owner_token(user)}
        client.post(REGISTER if number % 2 else edit_page(mine), data)
    assert Draft.objects.count() == 1
    assert len(Draft.objects.get().typed) <= MAX_BYTES == 65_536
    assert stored()[BrowserSession._meta.db_table] == sessions


def test_database_refuses_an_oversized_draft(user, edition):
    with pytest.raises(DataError), transaction.atomic():
        Draft.objects.create(
            user=user, edition=edition, typed="x" * (MAX_BYTES + 1), expires_at=timezone.now()
        )


# Deletion


def test_draft_is_offered_for_an_hour_then_deleted(client, category, user):
    client.post(REGISTER, typed(category, owner=drafts.owner_token(user)))
    client.force_login(user)
    made = Draft.objects.get()
    assert datetime.timedelta(hours=1) == MAX_AGE
    assert abs(made.expires_at - timezone.now() - MAX_AGE) < datetime.timedelta(minutes=1)
    assert drafts.delete_expired_drafts(made.expires_at - datetime.timedelta(seconds=1)) == 0
    assert drafts.delete_expired_drafts in periodic.PERIODIC_TASKS
    Draft.objects.update(expires_at=timezone.now())
    assert client.get(REGISTER).context["was_kept"] is False
    assert drafts.delete_expired_drafts() == 1
    assert Draft.objects.count() == 0


def test_account_erasure_deletes_the_draft(client, category, user):
    client.post(REGISTER, typed(category, owner=drafts.owner_token(user)))
    erasure.erase(user)
    assert Draft.objects.count() == 0


def test_draft_is_in_the_data_export(client, category, user):
    client.post(REGISTER, typed(category, owner=drafts.owner_token(user)))
    [kept] = erasure.export(user)["parts"]["drafts"]["entries"]
    assert kept["fields"]["family_name"]["value"] == ["Médina"]
    assert kept["fields"]["family_name"]["shown"] == "Médina"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_get_request_stores_no_draft(client, mine, method):
    before = stored()
    client.generic(method, edit_page(mine))
    assert stored() == before
