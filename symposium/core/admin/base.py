"""Base classes of the desk, for the admin pages of every app.

Texts may be written in any of the languages. Times are in the edition's time zone. If PostgreSQL
rejects a change, at once or at the commit, the form is shown again with its values and a sentence
that gives the reason.
"""

import zoneinfo
from operator import attrgetter

import pgtrigger
from django import forms
from django.apps import apps
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import lookup_spawns_duplicates, unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, OperationalError, connection, models, transaction
from django.db.models import Q
from django.http import Http404, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from modeltranslation.admin import TranslationAdmin
from psycopg2 import errors
from simple_history.admin import SimpleHistoryAdmin

from symposium.core.admin.forms import DeskFormMixin, side_by_side
from symposium.core.admin.history import ChangedValues, add_changed_parts
from symposium.core.admin.list_views import ListView
from symposium.core.admin.lists import DeskListMixin
from symposium.core.admin.working_edition import (
    all_editions,
    default_edition,
    set_working_edition,
    working_edition,
)
from symposium.core.fulltext.query import containing, typed_words
from symposium.core.i18n.localized import LANGUAGES, in_each_language
from symposium.core.i18n.typography import direction

# Two users edit the same rows: one waits too long, or its transaction is cancelled.
LOCK_ERRORS = (errors.LockNotAvailable, errors.DeadlockDetected, errors.QueryCanceled)


def db_error_message(error: IntegrityError | OperationalError) -> str:
    """Return the sentence that explains why PostgreSQL rejected a change; raise any other error."""
    cause = error.__cause__
    if isinstance(cause, LOCK_ERRORS):
        return _("Someone else is editing this. Nothing was saved. Try again.")
    if not isinstance(error, IntegrityError):
        raise error
    # An error that Django raises itself, for example on a protected delete, has no cause.
    name = (cause.diag.constraint_name or "") if cause else ""
    if name.endswith("_same_edition"):
        return _("Choose an item from this edition.")
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if constraint.name == name:
                return constraint.violation_error_message
    for _model, trigger in pgtrigger.registered():
        if sentence := getattr(trigger, "messages", {}).get(name):
            return sentence
    return _("We couldn’t save this change. Check it and try again.")


def force_render(response):
    return response.render() if hasattr(response, "render") else response


class OptionalTranslationsMixin:
    """Mixin that requires no language: a title in Arabic alone is valid.

    It also gives each text field the `lang` and `dir` of its language, and puts the languages of a
    text side by side.
    """

    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    def get_fieldsets(self, request, obj=None):
        return [
            (name, options | {"fields": side_by_side(options["fields"])})
            for name, options in super().get_fieldsets(request, obj)
        ]

    def patch_translation_field(self, db_field, field, request, **kwargs):
        super().patch_translation_field(db_field, field, request, **kwargs)
        if language := getattr(db_field, "language", None):
            field.required = False
            field.widget.attrs |= {"lang": language, "dir": direction(language)}


class EditionModelForm(forms.ModelForm):
    refusal = ""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.label_suffix = ""

    def clean(self):
        if self.refusal:
            raise ValidationError(self.refusal, code="refused")
        return super().clean()

    def _update_errors(self, errors):
        """Drop model errors on fields that have a form error, to report each error once."""
        if hasattr(errors, "error_dict"):
            for name in set(errors.error_dict) & set(self.errors):
                del errors.error_dict[name]
        super()._update_errors(errors)


class EditionFilter(admin.SimpleListFilter):
    """Filter by edition; it starts with the working edition."""

    title = _("edition")
    parameter_name = "edition"

    def lookups(self, request, model_admin):
        self.chosen = model_admin.chosen_edition(request)
        self.path = model_admin.edition_path
        editions = all_editions(request, model_admin.editions)
        named = ((str(edition.pk), f"{edition.slug} · {edition}") for edition in editions)
        return [*named, ("all", _("All"))]

    def value(self):
        if super().value() == "all" or not self.chosen:
            return "all"
        return str(self.chosen.pk)

    def choices(self, changelist):
        """Return the editions; `short` is the slug, which the closed filter shows."""
        for value, title in self.lookup_choices:
            yield {
                "selected": self.value() == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": title,
                "short": str(title).partition(" · ")[0],
            }

    def queryset(self, request, queryset):
        if self.value() == "all":
            return queryset
        return queryset.filter(**{self.path: self.value()})


class UntranslatedFilter(admin.SimpleListFilter):
    """Filter for objects whose title or name is not translated into every language."""

    title = _("translation")
    parameter_name = "untranslated"

    def lookups(self, request, model_admin):
        self.field = model_admin.text_field
        return [
            ("any", _("Missing in a language")),
            *((code, _("Missing: %(language)s") % {"language": name})
              for code, name in settings.LANGUAGES),
        ]  # fmt: skip

    def queryset(self, request, queryset):
        if self.value() == "any":
            return queryset.filter(is_untranslated(self.field))
        if self.value() in LANGUAGES:
            return queryset.filter(is_empty(self.field, self.value()))
        return queryset


def is_empty(field: str, language: str) -> Q:
    return Q(**{f"{field}_{language}": ""}) | Q(**{f"{field}_{language}": None})


def is_untranslated(field: str) -> Q:
    """Return the condition that the translated `field` is empty in at least one language."""
    return is_empty(field, "fr") | is_empty(field, "en") | is_empty(field, "ar")


class EditionRelatedFilter(admin.RelatedFieldListFilter):
    """Filter that offers only the related objects (rooms, tracks) of the chosen edition."""

    def field_choices(self, field, request, model_admin):
        edition = model_admin.chosen_edition(request)
        limit = {"edition": edition} if edition else None
        return field.get_choices(include_blank=False, limit_choices_to=limit)


class WordSearchMixin(admin.ModelAdmin):
    """Search for lists and pickers: each word must occur in one of the `search_fields`.

    Case, accents and apostrophes do not matter.
    """

    def get_search_results(self, request, queryset, search_term):
        fields = list(self.get_search_fields(request))
        words = typed_words(search_term) if fields else []
        if not words:
            return queryset.none() if fields and search_term.strip() else queryset, False
        of_many = any(lookup_spawns_duplicates(self.opts, field) for field in fields)
        for word in words:
            if of_many:
                found = containing(self.model._base_manager.all(), word, fields)
                queryset = queryset.filter(pk__in=found.values("pk"))
            else:
                queryset = containing(queryset, word, fields)
        return queryset, False


class DeskAdmin(WordSearchMixin, DeskListMixin, DeskFormMixin):
    """What every admin of the desk has, including those of dependencies."""


class EditionModelAdmin(DeskAdmin):
    """Admin of a model that belongs to an edition, directly or through `edition_path`."""

    form = EditionModelForm
    list_per_page = 100
    edition_path = "edition"
    # Dotted path of the view function (request, object) of the public page, used for a preview.
    public_page = ""
    # Kind of sheet of `symposium.spreadsheets` from which the list is imported.
    import_kind = ""

    class Media:
        js = ["admin/js/jquery.init.js", "js/desk.js"]

    @property
    def editions(self):
        model = self.model
        for step in self.edition_path.split("__"):
            model = model._meta.get_field(step).related_model
        return model.objects

    @cached_property
    def has_edition(self) -> bool:
        first = self.edition_path.partition("__")[0]
        return any(field.name == first for field in self.opts.fields)

    def edition_of(self, obj):
        return attrgetter(self.edition_path.replace("__", "."))(obj)

    # The edition

    def working_edition(self, request):
        return working_edition(request, self.editions)

    def chosen_edition(self, request):
        """Return the edition that a list shows, or None for all editions.

        A POST from a list without `edition` in its address concerns the current edition, which that
        page showed: the working edition may have changed in another tab.
        """
        if not self.has_edition or request.GET.get("edition") == "all":
            return None
        if request.method == "POST" and "edition" not in request.GET:
            return default_edition(request, self.editions)
        return self.working_edition(request)

    listed_edition = chosen_edition

    def get_changeform_initial_data(self, request):
        """Preset the working edition in the form of a new object."""
        initial = super().get_changeform_initial_data(request)
        return {"edition": self.working_edition(request)} | initial if self.has_edition else initial

    def get_preserved_filters(self, request):
        """Return the filters with which the list reopens, set to the working edition.

        Filters of another edition are dropped, so that the list shows the object just saved.
        """
        found = super().get_preserved_filters(request)
        if not self.has_edition or not (edition := self.working_edition(request)):
            return found
        filters = QueryDict(QueryDict(found).get("_changelist_filters", ""), mutable=True)
        if filters.get("edition", str(edition.pk)) not in (str(edition.pk), "all"):
            filters.clear()
        filters.setdefault("edition", edition.pk)
        return urlencode({"_changelist_filters": filters.urlencode()})

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form.refusal = getattr(request, "refusal", "")
        if edition := form.base_fields.get("edition"):
            edition.disabled = obj is not None
            edition.widget.can_add_related = edition.widget.can_change_related = False
            edition.widget.can_delete_related = edition.widget.can_view_related = False
        return form

    def get_search_results(self, request, queryset, search_term):
        """Limit an autocomplete to the form's edition, which desk.js sends as `of_edition`."""
        number = request.GET.get("of_edition", "")
        if self.has_edition and number.isdecimal():
            queryset = queryset.filter(**{self.edition_path: number})
        return super().get_search_results(request, queryset, search_term)

    def choice(self, obj) -> str:
        """Return the label of an object in an autocomplete."""
        return str(obj)

    # The time zone

    def zone_of_form(self, request, object_id) -> zoneinfo.ZoneInfo:
        """Return the zone of the object's edition, which becomes the working edition."""
        if not self.has_edition:
            return timezone.get_default_timezone()
        if object_id and (found := self.get_object(request, unquote(object_id))):
            set_working_edition(request, self.edition_of(found))
        edition = self.working_edition(request)
        return edition.zone if edition else timezone.get_default_timezone()

    # The views

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        with timezone.override(self.zone_of_form(request, object_id)):
            view = super().changeform_view
            return force_render(
                self.retry_as_form_error(view, request, object_id, form_url, extra_context)
            )

    def changelist_view(self, request, extra_context=None):
        edition = self.chosen_edition(request)
        if request.method != "POST" and self.needs_edition_parameter(request, edition):
            address = QueryDict(f"edition={edition.pk}", mutable=True)
            address.update(request.GET)
            return redirect(f"{request.path}?{address.urlencode()}")
        context = {"import_url": self.import_url(request)} | (extra_context or {})
        with timezone.override(edition.zone if edition else None):
            view = super().changelist_view
            return force_render(self.report_db_errors(view, request, context))

    def import_url(self, request) -> str:
        """Return the address of the import of a spreadsheet, or "" if the user has none."""
        may = self.has_add_permission(request) or self.has_change_permission(request)
        if not (self.import_kind and may):
            return ""
        return reverse("admin:symposium_spreadsheets_import_new", args=[self.import_kind])

    def needs_edition_parameter(self, request, edition) -> bool:
        """Return whether the list must be redirected to an address that names its edition.

        An address without `edition` means the current edition.
        """
        current = default_edition(request, self.editions) if edition else None
        return "edition" not in request.GET and edition != current

    def delete_view(self, request, object_id, extra_context=None):
        with timezone.override(self.zone_of_form(request, object_id)):
            return force_render(
                self.report_db_errors(super().delete_view, request, object_id, extra_context)
            )

    def delete_model(self, request, obj):
        super().delete_model(request, obj)
        connection.check_constraints()

    def report_db_errors(self, view, request, *args):
        """Run the view. If the database rejects the change, show the reason and reload the page."""
        try:
            return view(request, *args)
        except (IntegrityError, OperationalError) as error:
            messages.error(request, db_error_message(error))
            return HttpResponseRedirect(request.get_full_path())

    def retry_as_form_error(self, view, request, *args):
        """Run the view. If the database rejects the save, rerun it with a form error."""
        try:
            with transaction.atomic():
                return view(request, *args)
        except (IntegrityError, OperationalError) as error:
            request.refusal = db_error_message(error)
            return view(request, *args)

    # Logging is the last step before the success message. Deferred constraints are checked here and
    # not at the commit, when it would be too late to show the form again.

    def log_addition(self, request, obj, message):
        connection.check_constraints()
        if self.has_edition:
            set_working_edition(request, self.edition_of(obj))
        return super().log_addition(request, obj, message)

    def log_change(self, request, obj, message):
        connection.check_constraints()
        return super().log_change(request, obj, message)

    # The public page

    def get_urls(self):
        if not self.public_page:
            return super().get_urls()
        view = self.admin_site.admin_view(self.preview_view)
        return [path("<int:pk>/preview/", view, name=self.preview_name), *super().get_urls()]

    @property
    def preview_name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_preview"

    def preview_view(self, request, pk):
        found = self.get_object(request, str(pk))
        if not found:
            raise Http404
        if not self.has_view_or_change_permission(request, found):
            raise PermissionDenied
        return import_string(self.public_page)(request, found)

    def view_on_site(self, obj) -> str | None:
        """Return the public address of the object, or None while it is not public."""
        published = getattr(self.model.objects, "published", None)
        if published and published().filter(pk=obj.pk).exists():
            return obj.get_absolute_url()
        return None

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj and self.public_page:
            context["preview_url"] = reverse(f"admin:{self.preview_name}", args=[obj.pk])
        return super().render_change_form(request, context, add, change, form_url, obj)

    # Columns

    @admin.display(description=_("title"))
    def text(self, obj):
        return format_html("<bdi>{}</bdi>", obj)

    def get_list_display_links(self, request, list_display):
        return (
            ["text"]
            if "text" in list_display
            else super().get_list_display_links(request, list_display)
        )


def name_list(things, most: int = 5) -> str:
    """Return the names for use in a sentence: the first `most`, then the number of the others."""
    names = [f"\u2068{thing}\u2069" for thing in things]
    shown = names[:most]
    if more := len(names) - len(shown):
        shown.append(ngettext("%(n)d other", "%(n)d others", more) % {"n": more})
    return _(", ").join(shown)


def missing_mark(words) -> str:
    """Return words about something missing, which a list shows in amber."""
    return format_html('<span class="none">{}</span>', words)


class ProtectedDeleteMixin:
    """Mixin that refuses to delete an object that others depend on, and explains why."""

    def protected_reason(self, obj) -> str:
        """Return the sentence that explains the refusal, or "" if the object may be deleted."""
        raise NotImplementedError

    def delete_view(self, request, object_id, extra_context=None):
        found = self.get_object(request, object_id)
        reason = found and self.protected_reason(found)
        if not reason or not self.has_delete_permission(request, found):
            return super().delete_view(request, object_id, extra_context)
        messages.error(request, reason)
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", found.pk)

    def get_deleted_objects(self, objs, request):
        found = super().get_deleted_objects(objs, request)
        if reasons := [reason for obj in objs if (reason := self.protected_reason(obj))]:
            return found[0], found[1], set(), reasons
        return found


class TranslatedModelAdmin(OptionalTranslationsMixin, EditionModelAdmin, TranslationAdmin):
    # The translated field that names the object in lists and in the filter.
    text_field = "title"

    @admin.display(description=_("languages"))
    def languages_filled(self, obj):
        """Return the codes of the three languages as HTML; missing ones are struck through."""
        return format_html_join(
            " ",
            '<span class="lang lang-{}">{}<span class="visually-hidden"> ({})</span></span>',
            (self.language_state(obj, code) for code in LANGUAGES),
        )

    def language_state(self, obj, code):
        filled = bool(getattr(obj, f"{self.text_field}_{code}"))
        return ("filled", code, _("written")) if filled else ("missing", code, _("missing"))

    def list_views(self) -> list[ListView]:
        """Return the whole list, and the objects that are not in every language."""
        return [ListView(_("All")), self.untranslated_view()]

    def untranslated_view(self) -> ListView:
        missing = is_untranslated(self.text_field)
        return ListView(_("to translate"), {"untranslated": "any"}, missing, to_do=True)

    def search_columns(self) -> list[str]:
        return in_each_language(self.text_field)

    def get_search_fields(self, request):
        return list(dict.fromkeys([*self.search_columns(), *self.search_fields]))


class HistoryMixin(TranslatedModelAdmin, SimpleHistoryAdmin):
    """Admin with the history of all changes and a way to restore a former state."""

    object_history_list_template = "admin/object_history_list.html"

    def get_historical_record_context_helper(self, request, historical_record):
        return ChangedValues(self.model, historical_record)

    def set_history_delta_changes(self, request, historical_records, foreign_keys_are_objs=True):
        super().set_history_delta_changes(request, historical_records, foreign_keys_are_objs)
        add_changed_parts(self.model, list(historical_records))

    def history_view(self, request, object_id, extra_context=None):
        with timezone.override(self.zone_of_form(request, object_id)):
            return super().history_view(request, object_id, extra_context)

    def history_form_view(self, request, object_id, version_id, extra_context=None):
        with timezone.override(self.zone_of_form(request, object_id)):
            view = super().history_form_view
            return self.retry_as_form_error(view, request, object_id, version_id, extra_context)
