"""Accounts in the desk, and the groups of organisers."""

import pytest
from django.contrib.auth.models import Group, Permission

from symposium.accounts.models import User
from tests.factories import make_edition, make_organiser, make_session, make_user, refreshed
from tests.helpers.admin_forms import admin_url, errors_of, save

pytestmark = pytest.mark.django_db

LIST = "/admin/symposium_accounts/user/"


@pytest.fixture
def master(client):
    client.force_login(make_organiser(language="en"))
    return client


@pytest.fixture
def organiser(client):
    user = make_user(is_staff=True, language="en")
    user.groups.add(Group.objects.get(name="Organisers"))
    client.force_login(user)
    return client


def test_new_account_has_no_password(master):
    save(master, f"{LIST}add/", email="Nora@Example.org", name="Nora", language="ar")
    user = User.objects.get(email="nora@example.org")
    assert (user.language, user.has_usable_password()) == ("ar", False)


def test_duplicate_email_is_refused(master):
    make_user("nora@example.org")
    response = save(master, f"{LIST}add/", email="nora@example.org")
    assert errors_of(response) == {
        "email": ["There is already an account with this email address."]
    }


def test_an_organiser_edits_the_programme_and_only_reads_accounts(organiser):
    session = make_session(make_edition(is_current=True))
    assert save(organiser, admin_url(session), title_fr="Autre").status_code == 302
    somebody = make_user()
    assert organiser.get(LIST).status_code == 200
    assert organiser.post(admin_url(somebody), {"is_superuser": "on"}).status_code == 403
    assert organiser.get(f"{LIST}add/").status_code == 403
    assert organiser.post(admin_url(somebody, "delete"), {"post": "yes"}).status_code == 403
    assert organiser.get("/admin/auth/group/").status_code == 403


def test_default_groups_have_their_permissions_without_view_needs():
    organisers, welcome = (
        Group.objects.get(name="Organisers"),
        Group.objects.get(name="Welcome team"),
    )
    rights = set(organisers.permissions.values_list("codename", flat=True))
    assert ("check_in" in rights, "export_registration" in rights) == (True, True)
    assert "view_accessibility_needs" not in rights
    assert [right.codename for right in welcome.permissions.all()] == ["check_in"]


@pytest.mark.parametrize("count", [1, 3])
def test_list_query_count_is_constant(master, count, django_assert_num_queries):
    for _number in range(count):
        make_user()
    master.get(LIST)
    with django_assert_num_queries(6):
        master.get(LIST)


def test_deactivated_account_is_preserved(master):
    user = make_user(is_staff=True)
    data = {"email": user.email, "language": "fr"}
    master.post(admin_url(user), data)
    assert (refreshed(user).is_active, user.is_staff) == (False, False)


# Groups


def choices(response, field: str) -> list[str]:
    return [
        str(label) for _value, label in response.context["adminform"].form.fields[field].choices
    ]


def test_group_and_permission_names_follow_the_admin_language(client):
    client.force_login(make_organiser(language="fr"))
    page = client.get("/admin/auth/group/")
    assert "Organisation" in page.content.decode()
    assert "Organisation" in choices(client.get("/admin/symposium_accounts/user/add/"), "groups")
    offered = choices(client.get("/admin/auth/group/add/"), "permissions")
    assert "Programme · Session · modifier" in offered
    assert not [name for name in offered if "Can " in name or "historical" in name]
    assert len(offered) == len(set(offered))


def test_group_preserves_permissions_absent_from_its_form(client):
    client.force_login(make_organiser(language="en"))
    group = Group.objects.create(name="Editors")
    hidden = Permission.objects.get(codename="view_historicalsession")
    group.permissions.add(hidden)
    shown = Permission.objects.get(
        codename="change_session", content_type__app_label="symposium_sessions"
    )
    page = f"/admin/auth/group/{group.pk}/change/"
    assert client.post(page, {"name": "Editors", "permissions": [shown.pk]}).status_code == 302
    assert set(group.permissions.all()) == {hidden, shown}
