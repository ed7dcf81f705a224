"""Admin page of groups, with a list of the desk's permissions in the reader's language."""

from django import forms
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.models import Group, Permission
from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

# Django calls these permissions “Can add …”; the keys are the first words of their codenames.
VERBS = {
    "add": pgettext_lazy("permission", "add"),
    "change": pgettext_lazy("permission", "change"),
    "delete": pgettext_lazy("permission", "delete"),
    "view": pgettext_lazy("permission", "view"),
}


def desk_permissions():
    """Return the permissions of models with a page in the desk, without those of history tables."""
    ours = Q(content_type__app_label__startswith="symposium_") | Q(content_type__model="group")
    return Permission.objects.filter(ours).exclude(content_type__model__startswith="historical")


def permission_label(permission: Permission) -> str:
    """Return the app, the model and the action, as in “Programme · Session · change”."""
    kind = permission.content_type
    app, model = apps.get_app_config(kind.app_label), apps.get_model(kind.app_label, kind.model)
    verb, _mark, name = permission.codename.partition("_")
    words = VERBS[verb] if verb in VERBS and name == kind.model else _(permission.name)
    return f"{app.verbose_name} · {capfirst(model._meta.verbose_name)} · {words}"


class GroupForm(forms.ModelForm):
    def clean_permissions(self):
        """Return the chosen permissions, and those of the group that the form does not offer."""
        chosen = self.cleaned_data["permissions"]
        if not self.instance.pk:
            return chosen
        others = self.instance.permissions.exclude(pk__in=desk_permissions())
        return Permission.objects.filter(Q(pk__in=chosen) | Q(pk__in=others))


admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin):
    form = GroupForm
    list_display = ["name_shown"]

    @admin.display(description=gettext_lazy("name"), ordering="name")
    def name_shown(self, group):
        return _(group.name)

    def formfield_for_manytomany(self, db_field, request=None, **kwargs):
        kwargs["queryset"] = desk_permissions()
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        field.label_from_instance = permission_label
        return field
