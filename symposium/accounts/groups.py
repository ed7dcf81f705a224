"""The groups of those who run the symposium without being masters of the installation.

Both are made with the first migration. Organisers have the whole desk; the welcome team has the
door and nothing else. Accessibility needs are health data: whoever reads them is given that right
by name.
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
    """After the migration of an app: its permissions to the groups; organisers only see accounts.

    It runs at every migration and only adds, so a new model is theirs as soon as it exists.
    """
    own = Permission.objects.using(using).filter(content_type__app_label=sender.label)
    for name, allowed in GROUPS.items():
        if mine := own.filter(allowed):
            group, _created = Group.objects.using(using).get_or_create(name=name)
            group.permissions.add(*mine)
