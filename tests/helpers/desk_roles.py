"""Who may open a page of the desk."""

from django.contrib.auth.models import Group
from django.test import Client

from symposium.accounts.groups import ORGANISERS, WELCOME_TEAM
from tests.factories import make_user
from tests.helpers.admin_forms import admin_url

# The status by role of pages that only organisers open.
DESK_ROLES = {"anonymous": 302, "attendee": 302, WELCOME_TEAM: 403, ORGANISERS: 200}


def desk_statuses(thing, views: tuple[str, ...], role: str) -> set[int]:
    """Return the statuses with which the `views` of an object answer someone of this role."""
    client = Client()
    if role != "anonymous":
        user = make_user(is_staff=role in (WELCOME_TEAM, ORGANISERS))
        if user.is_staff:
            user.groups.add(Group.objects.get(name=role))
        client.force_login(user)
    of_all = {"changelist", "add"}
    pages = [admin_url(type(thing) if view in of_all else thing, view) for view in views]
    return {client.get(page).status_code for page in pages}
