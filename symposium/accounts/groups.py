"""The group whose members organise the symposium without being masters of the installation."""

from django.contrib.auth.models import Group, Permission
from django.db.models import Q

ORGANISERS = "Organisers"
PROGRAMME = [
    "symposium_editions",
    "symposium_speakers",
    "symposium_sessions",
    "symposium_abstracts",
    "symposium_registrations",
]


def give_permissions(sender, using, **kwargs) -> None:
    """After the migration of an app: its permissions to the organisers, who only see accounts.

    It runs at every migration and only adds, so a new model is theirs as soon as it exists.
    """
    allowed = Q(content_type__app_label__in=PROGRAMME) | Q(codename="view_user")
    mine = Permission.objects.using(using).filter(allowed, content_type__app_label=sender.label)
    if mine:
        organisers, _created = Group.objects.using(using).get_or_create(name=ORGANISERS)
        organisers.permissions.add(*mine)
