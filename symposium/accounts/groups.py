"""The groups of users who run the symposium without being superusers.

The first migration creates both. Organisers can use the whole desk; the welcome team can use
check-in and nothing else. Accessibility needs are health data: neither group gets the permission to
read them, `view_needs`, which must be granted explicitly.
"""

from django.contrib.auth.models import Group, Permission
from django.db.models import Q
from django.utils.translation import gettext_noop

ORGANISERS = gettext_noop("Organisers")
WELCOME_TEAM = gettext_noop("Welcome team")
PROGRAMME = [
    "symposium_editions",
    "symposium_speakers",
    "symposium_sessions",
    "symposium_abstracts",
    "symposium_registrations",
]
BY_NAME = "view_accessibility_needs"
GROUPS = {
    ORGANISERS: (Q(content_type__app_label__in=PROGRAMME) | Q(codename="view_user"))
    & ~Q(codename=BY_NAME),
    WELCOME_TEAM: Q(codename="check_in"),
}


def give_permissions(sender, using, **kwargs) -> None:
    """Give an app's permissions to the groups, after its migration (post_migrate receiver).

    Organisers can view accounts but not change them. The function runs at every migration and only
    adds permissions, so organisers get those of a new model as soon as its table exists.
    """
    own = Permission.objects.using(using).filter(content_type__app_label=sender.label)
    for name, allowed in GROUPS.items():
        if mine := own.filter(allowed):
            group, _created = Group.objects.using(using).get_or_create(name=name)
            group.permissions.add(*mine)
