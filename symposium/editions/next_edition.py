"""The desk's page that makes the next edition from an earlier one."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from symposium.core.admin.base import EditionModelForm, db_error_message
from symposium.core.admin.forms import language_gaps
from symposium.core.admin.working_edition import set_working_edition, working_edition
from symposium.core.i18n.localized import LANGUAGES, in_each_language
from symposium.core.i18n.typography import direction
from symposium.editions import copying
from symposium.editions.models import Edition

TEMPLATE = "admin/symposium_editions/edition/next.html"
URL_NAME = "symposium_editions_edition_next"
MAX_YEAR = 2999


class NextEditionForm(EditionModelForm):
    """Names and first day of the new edition, and the parts of `source` to copy."""

    parts = forms.MultipleChoiceField(
        label=_("Copy"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Sessions, abstracts and registrations are never copied."),
    )  # fmt: skip

    class Meta:
        model = Edition
        fields = ["slug", "starts_on", *in_each_language("name", "short_name")]
        widgets = {"starts_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    def __init__(self, *args, source, user, **kwargs):
        self.source = source
        parts = copying.parts_for(user)
        initial = {
            "parts": [part.name for part in parts],
            **{name: getattr(source, name) for name in in_each_language("name", "short_name")},
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["parts"].choices = [(part.name, part.label) for part in parts]
        self.fields["starts_on"].help_text = _(
            "It lasts as many days as the earlier edition. You can change this later."
        )
        for code in LANGUAGES:
            for name in (f"name_{code}", f"short_name_{code}"):
                self.fields[name].required = False
                self.fields[name].widget.attrs |= {"lang": code, "dir": direction(code)}

    @property
    def own_fields(self) -> list[forms.BoundField]:
        """Return the fields that are neither texts nor the parts."""
        return [self["slug"], self["starts_on"]]

    def clean_starts_on(self):
        first_day = self.cleaned_data["starts_on"]
        if first_day.year > MAX_YEAR:
            raise ValidationError(_("Check the year."), code="year")
        return first_day

    def _post_clean(self):
        """Check the new edition as a whole: a copy with the submitted names and days."""
        first_day = self.cleaned_data.get("starts_on")
        if not first_day:
            return
        self.instance = copying.draft_of(self.source, first_day, self.cleaned_data.get("parts", ()))
        super()._post_clean()
        try:
            # Django skips those of columns that have no field here.
            self.instance.validate_constraints(exclude=self.errors)
        except ValidationError as error:
            self.add_error(None, error.messages)


class NextEditionMixin(admin.ModelAdmin):
    """Admin of editions with the button and the page “New edition from this one”."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.next_view)
        return [path("<int:pk>/next/", view, name=URL_NAME), *super().get_urls()]

    def next_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        source = self.get_object(request, str(pk))
        if not source:
            raise Http404
        if not self.has_add_permission(request) or not self.has_view_permission(request, source):
            raise PermissionDenied
        form = NextEditionForm(request.POST or None, source=source, user=request.user)
        if form.is_valid() and self.made(request, form):
            return redirect("admin:symposium_editions_edition_change", form.instance.pk)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("New edition from “%(edition)s”") % {"edition": source},
            "form": form,
            "source": source,
            "language_gaps": language_gaps(form),
            "media": self.media,
        }
        return TemplateResponse(request, TEMPLATE, context)

    def made(self, request: HttpRequest, form: NextEditionForm) -> bool:
        """Make the edition and return True; or add the reason of a refusal to the form."""
        try:
            copying.copy_edition(form.source, form.instance, form.cleaned_data["parts"])
        except (IntegrityError, OperationalError) as error:
            form.add_error(None, db_error_message(error))
            return False
        self.log_addition(request, form.instance, [{"added": {}}])
        set_working_edition(request, form.instance)
        words = _(
            "“%(edition)s” is a draft that only organisers can see. Check it, then publish it."
        )
        messages.success(request, words % {"edition": form.instance})
        return True

    def next_url(self, request: HttpRequest, edition: Edition | None) -> str:
        """Return the address of the page for `edition`, or "" if the user may not use it."""
        if not edition or not self.has_add_permission(request):
            return ""
        return reverse(f"admin:{URL_NAME}", args=[edition.pk])

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["next_url"] = self.next_url(request, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def changelist_view(self, request, extra_context=None):
        edition = working_edition(request, Edition.objects)
        context = {"next_url": self.next_url(request, edition), "next_source": edition}
        return super().changelist_view(request, context | (extra_context or {}))
