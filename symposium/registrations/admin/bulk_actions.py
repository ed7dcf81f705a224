"""Decisions of an organiser on registrations: on one, or on all those selected in the list.

Each registration has its own transaction: a refusal of one does not stop the others.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, OperationalError, transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from symposium.accounts.models import User
from symposium.core.admin.base import db_error_message
from symposium.core.validators import validate_line
from symposium.registrations import notices, places
from symposium.registrations.admin import audit_log
from symposium.registrations.models import Category, Registration
from symposium.registrations.models.registrations import ACTIVE_STATES, State

# One request treats all of them.
MAX_SELECTED = 500
REASONS_SHOWN = 10
ASK_TEMPLATE = "admin/symposium_registrations/registration/decide.html"


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=300, required=False, validators=[validate_line],
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=gettext_lazy("Included in the email to the person."),
    )  # fmt: skip

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)


class CategoryForm(forms.Form):
    category = forms.ModelChoiceField(
        Category.objects.none(), label=gettext_lazy("New category"),
        help_text=gettext_lazy("Each person gets a place, or goes to the end of the waiting list."),
    )  # fmt: skip

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        editions = people.order_by().values("edition")
        self.fields["category"].queryset = Category.objects.filter(edition__in=editions)


@transaction.atomic
def resend(registration: Registration, *, by: User) -> None:
    """Send the confirmation or the offer of a place again."""
    if registration.is_offered:
        notices.offered(registration)
    else:
        notices.registered(registration)
    audit_log.log_action(by, str(registration), _("Resend the confirmation"), registration)


def move(registration: Registration, *, category: Category, by: User) -> None:
    if category.edition_id != registration.edition_id:
        raise places.Refused(_("Choose an item from this edition."), code="other_edition")
    places.change_category(registration, category, by=by)


@dataclass(frozen=True)
class BulkAction:
    """Action on registrations whose state is in `states`; `form` asks for more values.

    `perform` may return False if it changed nothing. Registrations are treated in the order in
    which they came; with `puts_first`, in reverse order, since each goes to the head of the queue.
    """

    label: str | Promise
    states: Collection[State]
    perform: Callable[..., bool | None]
    done: str | Promise
    form: type[forms.Form] | None = None
    puts_first: bool = False


BULK_ACTIONS = {
    "approve": BulkAction(
        gettext_lazy("Approve"), [State.PENDING], places.approve,
        ngettext_lazy("%(n)d request accepted.", "%(n)d requests accepted.", "n"),
    ),
    "refuse": BulkAction(
        gettext_lazy("Decline"), [State.PENDING, State.WAITING], places.refuse,
        ngettext_lazy("%(n)d request declined.", "%(n)d requests declined.", "n"), ReasonForm,
    ),
    "promote": BulkAction(
        gettext_lazy("Give the next available place"), [State.WAITING], places.promote,
        ngettext_lazy(
            "%(n)d person has a place or will get the next one available.",
            "%(n)d people have a place or will get the next ones available.", "n",
        ),
        puts_first=True,
    ),
    "cancel": BulkAction(
        gettext_lazy("Cancel"), ACTIVE_STATES, places.cancel,
        ngettext_lazy("%(n)d registration cancelled.", "%(n)d registrations cancelled.", "n"),
        ReasonForm,
    ),
    "change_category": BulkAction(
        gettext_lazy("Change the category"), ACTIVE_STATES, move,
        ngettext_lazy("%(n)d person moved.", "%(n)d people moved.", "n"), CategoryForm,
    ),
    "resend": BulkAction(
        gettext_lazy("Resend the confirmation"), ACTIVE_STATES, resend,
        ngettext_lazy("%(n)d email resent.", "%(n)d emails resent.", "n"),
    ),
}  # fmt: skip


class BulkActionsMixin(admin.ModelAdmin):
    """The bulk actions, as actions of the list and as buttons on one registration."""

    @admin.action(description=BULK_ACTIONS["approve"].label, permissions=["change"])
    def approve(self, request, queryset):
        return self.decide(request, queryset, "approve")

    @admin.action(description=BULK_ACTIONS["refuse"].label, permissions=["change"])
    def refuse(self, request, queryset):
        return self.decide(request, queryset, "refuse")

    @admin.action(description=BULK_ACTIONS["promote"].label, permissions=["change"])
    def promote(self, request, queryset):
        return self.decide(request, queryset, "promote")

    @admin.action(description=BULK_ACTIONS["cancel"].label, permissions=["change"])
    def cancel(self, request, queryset):
        return self.decide(request, queryset, "cancel")

    @admin.action(description=BULK_ACTIONS["change_category"].label, permissions=["change"])
    def change_category(self, request, queryset):
        return self.decide(request, queryset, "change_category")

    @admin.action(description=BULK_ACTIONS["resend"].label, permissions=["change"])
    def resend(self, request, queryset):
        return self.decide(request, queryset, "resend")

    # One registration

    def get_urls(self):
        view = self.admin_site.admin_view(self.decision_view)
        own = path("<int:pk>/decide/<slug:name>/", view, name=self.name_of("decide"))
        return [own, *super().get_urls()]

    def name_of(self, page: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{page}"

    def decision_view(self, request, pk, name):
        registration = get_object_or_404(Registration, pk=pk)
        if not self.has_change_permission(request, registration):
            raise PermissionDenied
        if name not in BULK_ACTIONS:
            raise Http404
        from_list = "next" in request.POST
        back = redirect(
            self.admin_site.way_back(request)
            if from_list
            else reverse(f"admin:{self.name_of('change')}", args=[pk])
        )
        if request.method != "POST" and BULK_ACTIONS[name].form is None:
            return back
        return self.decide(request, Registration.objects.filter(pk=pk), name) or back

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj and self.has_change_permission(request, obj):
            context["decisions"] = [
                {
                    "url": reverse(f"admin:{self.name_of('decide')}", args=[obj.pk, name]),
                    "label": decision.label,
                    "asks": decision.form is not None,
                }
                for name, decision in BULK_ACTIONS.items()
                if obj.state in decision.states
            ]
        return super().render_change_form(request, context, add, change, form_url, obj)

    # The work

    def decide(self, request, queryset, name: str):
        """Ask for the values that the action needs, then carry it out.

        Return the page that asks, or None once the action is done.
        """
        decision = BULK_ACTIONS[name]
        people = queryset.prefetch_related(None)
        number = people.count()
        if number > MAX_SELECTED:
            text = _("Select no more than %(most)d at a time.") % {"most": MAX_SELECTED}
            messages.error(request, text)
            return None
        values = {}
        if decision.form:
            form = decision.form(request.POST if "decided" in request.POST else None, people=people)
            if not form.is_valid():
                context = {"form": form, "title": decision.label, "action": name}
                return self.asked(request, people, context)
            values = form.cleaned_data
        in_order = people.with_details().order_by("queue_number", "created_at", "pk")
        if decision.puts_first:
            in_order = in_order.reverse()
        self.carry_out(request, decision, list(in_order), values)
        return None

    def asked(self, request, people, context: dict, template: str = ASK_TEMPLATE):
        """Render the page between the list and the action; it carries the selection along."""
        context |= {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            "number": people.count(),
            "people": people.order_by("family_name", "given_name")[:REASONS_SHOWN],
            "chosen": request.POST.getlist(admin.helpers.ACTION_CHECKBOX_NAME),
            "select_across": request.POST.get("select_across", "0"),
        }
        return TemplateResponse(request, template, context)

    def carry_out(self, request, decision: BulkAction, people: list[Registration], values) -> None:
        faults, left, same, done = [], 0, 0, 0
        for registration in people:
            if registration.state not in decision.states:
                left += 1
                continue
            try:
                changed = perform(decision, registration, by=request.user, **values)
            except ValidationError as refused:
                faults.append(f"{registration}: {' '.join(refused.messages)}")
            else:
                same += not changed
                done += changed
        for fault in faults[:REASONS_SHOWN]:
            messages.error(request, fault)
        if faults[REASONS_SHOWN:]:
            more = len(faults) - REASONS_SHOWN
            messages.error(request, _("… and %(n)d more like these.") % {"n": more})
        if left:
            words = ngettext(
                "%(n)d registration was skipped: its status doesn’t allow this.",
                "%(n)d registrations were skipped: their status doesn’t allow this.",
                left,
            )
            messages.warning(request, words % {"n": left})
        if same:
            words = ngettext(
                "%(n)d was skipped: no change was needed.",
                "%(n)d were skipped: no change was needed.",
                same,
            )
            messages.warning(request, words % {"n": same})
        if done:
            messages.success(request, decision.done % {"n": done})


def perform(decision: BulkAction, registration: Registration, **values) -> bool:
    """Carry out the action; return whether it changed anything.

    Raise ValidationError with the reason if the registration or the database refuses it.
    """
    try:
        return decision.perform(registration, **values) is not False
    except (IntegrityError, OperationalError) as error:
        raise ValidationError(db_error_message(error), code="refused") from error
