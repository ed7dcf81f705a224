"""Accounts of registered people in the desk: never deleted, but erased as a person is."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission

from symposium.accounts.models import User
from symposium.registrations.models import Registration
from tests.factories import make_category, make_organiser, make_registration, make_user, refreshed
from tests.helpers.admin_forms import admin_url, told
from tests.helpers.page_html import texts, tree

pytestmark = pytest.mark.django_db

LIST = "/admin/symposium_accounts/user/"
WHY = (
    "salma@example.org has 1 registration, so the account can’t be deleted on its own. Use "
    "“Erase this person” to delete the account and all personal data. Anonymous figures are "
    "kept."
)


@pytest.fixture
def user():
    return make_user("salma@example.org", name="Salma")


@pytest.fixture
def mine(user):
    return make_registration(make_category(places=1), user=user, family_name="Médina")


@pytest.fixture
def master(client):
    client.force_login(make_organiser(email="master@example.org", language="en"))
    return client


def test_account_with_registrations_is_not_deleted_and_the_message_explains(master, user, mine):
    for response in (
        master.get(admin_url(user, "delete"), follow=True),
        master.post(admin_url(user, "delete"), {"post": "yes"}, follow=True),
    ):
        assert told(response) == [WHY]
    data = {"action": "delete_selected", "_selected_action": [user.pk], "index": 0}
    assert WHY in master.post(LIST, data).content.decode()
    master.post(LIST, data | {"post": "yes"})
    assert refreshed(user) == user


def test_an_account_without_registrations_is_deleted(master, user):
    master.post(admin_url(user, "delete"), {"post": "yes"})
    assert User.objects.filter(pk=user.pk).count() == 0


def test_account_is_erased_once_its_address_is_typed(master, user, mine):
    waits = make_registration(mine.category)
    page = master.get(admin_url(user))
    assert [one["url"] for one in page.context["decisions"]] == [admin_url(user, "erase")]
    page = master.get(admin_url(user, "erase"))
    assert "salma@example.org" in page.content.decode()
    response = master.post(admin_url(user, "erase"), {"email": " SALMA@example.org"}, follow=True)
    assert response.redirect_chain == [(LIST, 302)]
    assert told(response) == ["Personal data erased: the account and 1 registration."]
    assert User.objects.filter(pk=user.pk).count() == 0
    assert (refreshed(mine).state, mine.name, refreshed(waits).state) == (
        "cancelled", "", "confirmed",
    )  # fmt: skip
    entry = LogEntry.objects.get()
    assert (entry.user.email, entry.object_id, entry.object_repr, entry.change_message) == (
        "master@example.org", None, "Erasure of a person",
        "Personal data erased: the account and 1 registration.",
    )  # fmt: skip


def test_erasure_with_another_address_is_refused(master, user, mine):
    page = master.post(admin_url(user, "erase"), {"email": "nora@example.org"})
    assert page.context["form"].errors == {
        "email": ["The email address doesn’t match this account. Nothing was deleted."]
    }
    assert (refreshed(user), refreshed(mine).name) == (user, "Salma Médina")


def test_organiser_account_is_not_erased_in_admin(master):
    other = make_user("nora@example.org", is_staff=True)
    page = master.post(admin_url(other, "erase"), {"email": "nora@example.org"})
    assert page.context["form"].non_field_errors() == [
        "This is an organiser account. Ask another organiser to remove that role before you "
        "delete it."
    ]
    assert (refreshed(other), LogEntry.objects.count()) == (other, 0)


def test_erasure_is_for_superusers_only(client, user, mine):
    staff = make_user(is_staff=True)
    staff.user_permissions.add(*Permission.objects.filter(codename__endswith="_user"))
    client.force_login(staff)
    assert "decisions" not in client.get(admin_url(user)).context
    for send in (client.get, client.post):
        assert send(admin_url(user, "erase"), {"email": user.email}).status_code == 403
    client.logout()
    assert client.post(admin_url(user, "erase"), {"email": user.email}).status_code == 302
    assert Registration.objects.get().name == mine.name


def test_erasure_of_a_deleted_account_is_404(master, user):
    page = admin_url(user, "erase")
    user.delete()
    assert master.get(page).status_code == 404


def test_registration_page_links_to_its_account(master, user, mine):
    page = tree(master.get(admin_url(mine)))
    assert "salma@example.org" in texts(page, f"//a[@href='{admin_url(user)}']")
