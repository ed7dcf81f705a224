"""Registrations at the desk: finding, deciding, exporting."""

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Prefetch, Q
from django.db.models.constants import LOOKUP_SEP
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from symposium.accounts import addresses
from symposium.accounts.login import account_for
from symposium.accounts.models import User
from symposium.core.admin.base import (
    EditionFilter,
    EditionModelAdmin,
    EditionModelForm,
    EditionRelatedFilter,
    name_list,
)
from symposium.core.admin.list_views import ListView
from symposium.core.mail.models import Email
from symposium.registrations import places, spreadsheet_export
from symposium.registrations.admin.badges import BadgesMixin
from symposium.registrations.admin.bulk_actions import BULK_ACTIONS, BulkActionsMixin
from symposium.registrations.admin.charts import ChartsMixin
from symposium.registrations.admin.exports import RegistrationExportMixin
from symposium.registrations.admin.filters import CheckedInFilter, CountryFilter, WorkshopFilter
from symposium.registrations.admin.messages import MailingActionMixin
from symposium.registrations.admin.mixins import SEARCH_FIELDS, ReadOnlyInline, state_badge
from symposium.registrations.admin.timeline import timeline
from symposium.registrations.checkin import scans
from symposium.registrations.models import Answer, Booking, CheckIn, Registration, StateChange
from symposium.registrations.models.registrations import State

PERSON_FIELDS = [
    "given_name",
    "family_name",
    "given_name_ar",
    "family_name_ar",
    "affiliation",
    "role",
    "country",
]
SHOWN_EMAILS = 3
ARABIC_ATTRS = {"lang": "ar", "dir": "rtl", "class": "vTextField"}


class RegistrationChangeForm(EditionModelForm):
    """Form with which organisers correct the data of the person, not the state."""

    class Meta:
        model = Registration
        fields = [*PERSON_FIELDS, "accessibility_needs", "is_listed"]
        widgets = {
            "given_name_ar": forms.TextInput(attrs=ARABIC_ATTRS),
            "family_name_ar": forms.TextInput(attrs=ARABIC_ATTRS),
        }


class RegistrationAddForm(RegistrationChangeForm):
    """Form with which an organiser registers a person, at the entrance or from a paper form."""

    email = forms.EmailField(
        label=_("Email address"), max_length=254, validators=[addresses.validate_plain_address]
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES,
        help_text=_("For new accounts. Existing accounts keep their language."),
    )  # fmt: skip

    class Meta(RegistrationChangeForm.Meta):
        fields = ["edition", *PERSON_FIELDS, "category", "accessibility_needs", "is_listed"]

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].lower()
        if User.objects.filter(email=email, is_active=False).exists():
            raise ValidationError(_("This account is closed."), code="closed")
        return email

    def clean(self):
        super().clean()
        email, category = self.cleaned_data.get("email"), self.cleaned_data.get("category")
        if category:
            self.instance.edition = category.edition
        if email and category:
            mine = Registration.objects.active().filter(user__email=email)
            if found := mine.filter(edition=category.edition_id).first():
                self.add_error(
                    "email",
                    ValidationError(
                        _("%(person)s is already registered: %(code)s, %(state)s."),
                        code="registered",
                        params={
                            "person": found,
                            "code": found.code_in_groups,
                            "state": found.get_state_display(),
                        },
                    ),
                )
        return self.cleaned_data


class TimelineInline(ReadOnlyInline):
    """History of the states of a registration."""

    model = StateChange
    verbose_name_plural = _("Registration history")
    fields = ["at", "state_shown", "by", "reason"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("by")

    @admin.display(description=_("state"))
    def state_shown(self, change):
        return state_badge(change.state, change.get_state_display())


class BookingInline(ReadOnlyInline):
    model = Booking
    fields = ["session", "state_shown", "created_at"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("session")

    @admin.display(description=_("state"))
    def state_shown(self, booking):
        return state_badge(booking.state, booking.get_state_display())


class AnswerInline(ReadOnlyInline):
    model = Answer
    fields = ["question", "answer"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("question", "option")

    @admin.display(description=_("answer"))
    def answer(self, answer):
        return spreadsheet_export.answer_text(answer)


class CheckInInline(ReadOnlyInline):
    model = CheckIn
    fields = ["day", "session", "scanned_at", "by", "undone_at"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("session", "by")


@admin.register(Registration)
class RegistrationAdmin(
    RegistrationExportMixin,
    BulkActionsMixin,
    BadgesMixin,
    MailingActionMixin,
    ChartsMixin,
    EditionModelAdmin,
):
    import_export_change_list_template = (
        "admin/symposium_registrations/registration/change_list.html"
    )
    change_form_template = "admin/symposium_registrations/registration/change_form.html"
    import_kind = "registrations"
    list_display = [
        "text", "category_shown", "workshops", "days_in", "registered", "state_shown",
    ]  # fmt: skip
    list_filter = [
        EditionFilter,
        "state",
        ("category", EditionRelatedFilter),
        CheckedInFilter,
        WorkshopFilter,
        "role",
        CountryFilter,
    ]
    list_select_related = ["edition", "category"]
    search_fields = [*SEARCH_FIELDS, "affiliation", "user__email"]
    search_help_text = _(
        "Name (Latin or Arabic script), affiliation, email address or ticket code."
    )
    show_full_result_count = False
    actions_say = _(
        "Each person gets an email when you approve, decline, cancel, give a place, change the "
        "category or resend. A message is sent only after its preview."
    )
    actions = [
        "approve", "refuse", "promote", "cancel", "change_category", "resend", "badges",
        "letters", "write",
    ]  # fmt: skip
    readonly_fields = [
        "edition", "category", "code", "account", "state_shown", "created_at", "updated_at",
    ]  # fmt: skip

    def list_views(self):
        return [
            ListView(_("All")),
            ListView(_("awaiting approval"), {"state__exact": State.PENDING.value},
                     Q(state=State.PENDING), to_do=True),
            ListView(_("on the waiting list"), {"state__exact": State.WAITING.value},
                     Q(state=State.WAITING), to_do=True),
            ListView(_("confirmed"), {"state__exact": State.CONFIRMED.value},
                     Q(state=State.CONFIRMED)),
            ListView(_("cancelled"), {"state__exact": State.CANCELLED.value},
                     Q(state=State.CANCELLED)),
        ]  # fmt: skip

    # Queries

    def get_queryset(self, request):
        booked = Booking.objects.active().select_related("session")
        bookings = Prefetch("bookings", booked, to_attr="live_bookings")
        entries = CheckIn.objects.active().at_the_entrance().order_by("day")
        came = Prefetch("check_ins", entries, to_attr="entries")
        return super().get_queryset(request).prefetch_related(bookings, came)

    def lookup_allowed(self, lookup, value, request=None):
        """Refuse filters on accessibility needs without the permission: they reveal the needs."""
        hidden = "accessibility_needs" in lookup.split(LOOKUP_SEP) and not (
            request and request.user.has_perm("symposium_registrations.view_accessibility_needs")
        )
        return not hidden and super().lookup_allowed(lookup, value, request)

    def get_search_results(self, request, queryset, search_term):
        if code := scans.read_code(search_term):
            coded = queryset.filter(code=code)
            if coded.exists():
                return coded, False
        return super().get_search_results(request, queryset, search_term)

    # Columns

    @admin.display(description=_("name"), ordering="family_name")
    def text(self, registration):
        """Return the name in both scripts; under it, the affiliation and the country."""
        arabic = registration.name_ar
        second = format_html(' <bdi class="dk-quiet" lang="ar">{}</bdi>', arabic) if arabic else ""
        known = [registration.affiliation, registration.country.name]
        under = format_html_join(_(", "), "<bdi>{}</bdi>", ((part,) for part in known if part))
        return format_html(
            '<bdi>{}</bdi>{}<span class="row-sub">{}</span>', registration, second, under
        )

    @admin.display(description=_("state"), ordering="state")
    def state_shown(self, registration):
        return state_badge(registration.state, registration.get_state_display())

    @admin.display(description=_("state"), ordering="state")
    def state_menu(self, registration):
        """Return the state, or for a pending registration the button that approves it.

        The button posts the form of the list.
        """
        if not registration.is_pending:
            return self.state_shown(registration)
        address = reverse(f"admin:{self.name_of('decide')}", args=[registration.pk, "approve"])
        button = '<button class="button quiet small" formaction="{}">{}</button>'
        return format_html(button, address, BULK_ACTIONS["approve"].label)

    def get_list_display(self, request):
        columns = super().get_list_display(request)
        if not self.has_change_permission(request):
            return columns
        return [{"state_shown": "state_menu"}.get(name, name) for name in columns]

    @admin.display(description=_("category"), ordering="category__order")
    def category_shown(self, registration):
        return registration.category

    @admin.display(description=_("registered"), ordering="created_at")
    def registered(self, registration):
        at = timezone.localtime(registration.created_at)
        return format_html('<bdi dir="ltr">{}</bdi>', f"{at:%d/%m/%Y}")

    @admin.display(description=_("sessions"))
    def workshops(self, registration):
        return name_list([one.session for one in registration.live_bookings], most=2) or None

    @admin.display(description=_("checked in"))
    def days_in(self, registration):
        days = ((f"{entry.day:%d/%m}",) for entry in registration.entries)
        return format_html_join(" ", '<bdi dir="ltr">{}</bdi>', days) or None

    @admin.display(description=_("account"))
    def account(self, registration):
        user = registration.user
        if user is None:
            return "–"
        page = reverse("admin:symposium_accounts_user_change", args=[user.pk])
        return format_html('<a href="{}"><bdi dir="ltr">{}</bdi></a>', page, user.email)

    # The form

    def under_title(self, registration):
        return [
            state_badge(registration.state, registration.get_state_display()),
            registration.category,
            format_html('<bdi dir="ltr">{}</bdi>', registration.code_in_groups),
        ]

    def aside(self, request, registration):
        """Return the ticket, the seats, and for superusers the latest e-mails."""
        seats = registration.bookings.active().select_related("session")
        ticket = [
            (_("code"), format_html('<bdi dir="ltr">{}</bdi>', registration.code_in_groups)),
            (_("account"), self.account(registration)),
        ]
        parts = [
            {"title": _("Ticket"), "facts": ticket},
            {"title": _("Sessions"), "facts": [
                (booking.session, booking.get_state_display()) for booking in seats
            ]},
        ]  # fmt: skip
        if request.user.is_superuser and registration.user:
            sent = Email.objects.filter(to=registration.user.email).order_by("-pk")
            facts = [(email, email.get_status_display()) for email in sent[:SHOWN_EMAILS]]
            parts.append({"title": _("Emails sent"), "facts": facts})
        return [part for part in parts if part["facts"]]

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj:
            context["timeline"] = timeline(obj)
            if self.has_change_permission(request, obj) and obj.category.on_site and obj.is_active:
                context["print_url"] = f"{self.changelist_address()}?edition={obj.edition_id}"
        return super().render_change_form(request, context, add, change, form_url, obj)

    def get_fieldsets(self, request, obj=None):
        person = [("given_name", "family_name"), ("given_name_ar", "family_name_ar")]
        person += [("affiliation", "role", "country"), "is_listed"]
        parts = [(_("The person"), {"fields": person})]
        if request.user.has_perm("symposium_registrations.view_accessibility_needs"):
            needs = {"fields": ["accessibility_needs"], "classes": ["collapse"]}
            parts.append((_("Accessibility"), needs))
        if obj is None:
            return [(None, {"fields": ["edition", "email", "language", "category"]}), *parts]
        standing = [
            ("edition", "category", "state_shown"), ("code", "account"),
            ("created_at", "updated_at"),
        ]  # fmt: skip
        return [*parts, (_("Registration"), {"fields": standing, "classes": ["collapse"]})]

    def get_readonly_fields(self, request, obj=None):
        return self.readonly_fields if obj else []

    def get_inlines(self, request, obj):
        return [TimelineInline, BookingInline, CheckInInline, AnswerInline] if obj else []

    def get_form(self, request, obj=None, change=False, **kwargs):
        kwargs["form"] = RegistrationChangeForm if obj else RegistrationAddForm
        form = super().get_form(request, obj, change=change, **kwargs)
        if obj is None:
            category = form.base_fields["category"]
            edition = self.working_edition(request)
            form.base_fields["edition"].widget = forms.HiddenInput()
            category.queryset = edition.categories.all() if edition else category.queryset.none()
            category.help_text = str(edition or "")
            category.widget.can_add_related = category.widget.can_change_related = False
            category.widget.can_delete_related = category.widget.can_view_related = False
        return form

    def save_model(self, request, obj, form, change):
        """Register a new person; of a registration, save only the changed fields.

        The state may have changed meanwhile. If the new person is already registered, `obj` becomes
        that registration.
        """
        if change:
            obj.save(update_fields=[*form.changed_data, "updated_at"])
            return
        obj.user = account_for(
            email=form.cleaned_data["email"], language=form.cleaned_data["language"]
        )
        registration, created = places.register(obj, by=request.user)
        if not created:
            obj.pk = registration.pk
            obj.refresh_from_db()
        if obj.is_waiting:
            words = {"category": obj.category, "person": obj, "rank": obj.queue_position}
            text = _("“%(category)s” is full: %(person)s is number %(rank)d on its waiting list.")
            messages.warning(request, text % words)

    def has_change_permission(self, request, obj=None):
        """Refuse changes of an anonymised registration: it has nothing left to correct."""
        erased = obj is not None and obj.anonymised_at is not None
        return not erased and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        """Refuse deletion: cancelling a registration passes its place on to the waiting list."""
        return False
