"""The desk: Django's admin site, arranged by organisers' tasks."""

import re
from functools import update_wrapper
from urllib.parse import urlencode

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.db.models import Count, Q, Sum
from django.shortcuts import redirect
from django.urls import path, resolve, reverse
from django.utils import translation
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from symposium import __version__
from symposium.abstracts.models import Abstract
from symposium.accounts import second_factor
from symposium.core.admin.base import WordSearchMixin, is_untranslated
from symposium.core.admin.working_edition import all_editions, working_edition
from symposium.core.i18n.localized import LANGUAGES
from symposium.editions.models import Edition
from symposium.editions.readiness import missing_links
from symposium.registrations.models import CheckIn, Registration
from symposium.registrations.models.registrations import State
from symposium.sessions.models import Session
from symposium.speakers.models import Speaker
from symposium.website import first_run

CHANGELIST_PATH = re.compile(r"/admin/(\w+/\w+/)?")
# Label, name, purpose and models of each group, in the order in which organisers look for them.
GROUPS = [
    ("programme", _("Programme"), _("Sessions, speakers, rooms and tracks."),
     ["Session", "Speaker", "Room", "Track"]),
    ("abstracts", _("Abstracts"), _("Published abstracts and keywords."),
     ["Abstract", "Keyword"]),
    ("registrations", _("Registrations"), _("Registrations, categories, invitations and "
                                            "check-ins."),
     ["Registration", "Category", "Invitation", "Question", "Booking", "CheckIn", "Message",
      "MailText",
      "Certificate"]),
    ("edition", _("Edition"), _("Dates, venue, news, pages and partners."),
     ["Edition", "News", "Page", "Partner"]),
    ("accounts", _("Accounts"), _("User accounts and permissions."),
     ["User", "Group", "EmailAddress", "Authenticator", "LogEntry"]),
]  # fmt: skip


class AutocompleteView(AutocompleteJsonView):
    """Autocomplete view that gives each choice a distinct label."""

    def serialize_result(self, obj, to_field_name):
        name = self.model_admin.choice(obj)
        return super().serialize_result(obj, to_field_name) | {"text": name}


class DeskSite(AdminSite):
    site_header = _("Organiser area")
    site_title = _("Organiser area")
    index_title = _("What would you like to do?")
    login = method_decorator(secure_admin_login)(AdminSite.login)

    def register(self, model_or_iterable, admin_class=None, **options):
        """Add the same search to all lists and pickers, including those of dependencies."""
        if admin_class and not issubclass(admin_class, WordSearchMixin):
            admin_class = type(admin_class.__name__, (WordSearchMixin, admin_class), {})
        super().register(model_or_iterable, admin_class, **options)

    # The language: these addresses have no language prefix, so the account's language is used.

    def admin_view(self, view, cacheable=False):
        inner = super().admin_view(view, cacheable)

        def in_own_language(request, *args, **kwargs):
            if language := getattr(request.user, "language", ""):
                translation.activate(language)
                request.LANGUAGE_CODE = language
            if view != self.logout and second_factor.is_missing(request):
                return redirect(second_factor.second_factor_url(request))
            return inner(request, *args, **kwargs)

        return update_wrapper(in_own_language, inner)

    def password_change(self, request, extra_context=None):
        """Redirect to the account's password page, which limits attempts."""
        return redirect("account_change_password")

    password_change_done = password_change

    def get_urls(self):
        language = path("language/", self.admin_view(self.language_view), name="language")
        edition = path("edition/", self.admin_view(self.edition_view), name="edition")
        first = path("first-edition/", self.admin_view(self.first_edition), name="first_edition")
        return [language, edition, first, *super().get_urls()]

    def each_context(self, request):
        context = super().each_context(request) | {"portal_version": __version__}
        if context["has_permission"]:
            context["working_edition"] = working_edition(request, Edition.objects)
            context["editions"] = all_editions(request, Edition.objects)
        return context

    def first_edition(self, request):
        return first_run.first_edition(request, self.each_context(request))

    @method_decorator(require_POST)
    def language_view(self, request):
        """Save the language in the account, and redirect back."""
        language = request.POST.get("language")
        if language in LANGUAGES:
            request.user.language = language
            request.user.save(update_fields=["language"])
        return redirect(self.way_back(request))

    def way_back(self, request) -> str:
        address = request.POST.get("next", "")
        home = reverse("admin:index")
        here = url_has_allowed_host_and_scheme(address, None, request.is_secure())
        return address if here and address.startswith(home) else home

    @method_decorator(require_POST)
    def edition_view(self, request):
        """Change the working edition and redirect back; from an object's page, to the list."""
        working_edition(request, Edition.objects)
        address = self.way_back(request).partition("?")[0]
        of_an_object = resolve(address).kwargs
        return redirect(CHANGELIST_PATH.match(address)[0] if of_an_object else address)

    def autocomplete_view(self, request):
        return AutocompleteView.as_view(admin_site=self)(request)

    # The start page

    def get_app_list(self, request, app_label=None):
        """Return the models in GROUPS, then all other models by app."""
        if app_label:
            return super().get_app_list(request, app_label)
        apps = super().get_app_list(request)
        models = {model["object_name"]: model for app in apps for model in app["models"]}
        grouped = [self.group(*group, models) for group in GROUPS]
        named = {name for *_words, names in GROUPS for name in names}
        for app in apps:
            app["models"] = [one for one in app["models"] if one["object_name"] not in named]
        return [group for group in [*grouped, *apps] if group["models"]]

    def group(self, label, name, purpose, names, models):
        return {
            "app_label": label,
            "app_url": f"{reverse('admin:index')}#{label}",
            "name": name,
            "purpose": purpose,
            "has_module_perms": True,
            "models": [models[name] for name in names if name in models],
        }

    def index(self, request, extra_context=None):
        edition = working_edition(request, Edition.objects)
        context = {
            "panel": dashboard_panels(request.user, edition),
            "missing": edition and missing_links(edition),
            "has_checkin": request.user.has_perm("symposium_registrations.check_in"),
            "has_figures": request.user.has_perm("symposium_registrations.view_registration"),
        }
        return super().index(request, context | (extra_context or {}))


def dashboard_panels(user, edition: Edition | None) -> list[dict]:
    """Return counts of objects and of what they lack, each with a link to its list.

    The rows are `{"title", "counts": [{"label", "count", "url", "to_do"}]}`, with one or two
    queries each.
    """
    if not edition:
        return []
    rows = [
        (_("Sessions"), Session, session_counts),
        (_("Speakers"), Speaker, speaker_counts),
        (_("Abstracts"), Abstract, abstract_counts),
        (_("Registrations"), Registration, registration_counts),
    ]
    return [
        {"title": title, "counts": list(with_links(model, edition, counts(edition)))}
        for title, model, counts in rows
        if user.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}")
    ]


def with_links(model, edition, counts):
    """Turn `(label, count, filter, to_do)` into dicts for the template."""
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    for label, count, chosen, to_do in counts:
        query = urlencode({"edition": edition.pk} | chosen)
        yield {"label": label, "count": count, "url": f"{url}?{query}", "to_do": to_do}


def status_counts(queryset, **conditions: Q) -> dict[str, int]:
    return queryset.aggregate(
        **{
            name: Count("pk", filter=condition, distinct=True)
            for name, condition in conditions.items()
        }
    )


def session_counts(edition):
    """Return the numbers of sessions in each state, and of incomplete sessions."""
    sessions = Session.objects.filter(edition=edition)
    number = status_counts(
        sessions,
        published=Q(status=Session.Status.PUBLISHED),
        draft=Q(status=Session.Status.DRAFT),
        cancelled=Q(status=Session.Status.CANCELLED),
        room=Q(pk__in=sessions.without_room().values("pk")),
        speaker=Q(pk__in=sessions.without_speaker().values("pk")),
        language=is_untranslated("title"),
    )
    return [
        (_("published"), number["published"], {"status__exact": "published"}, False),
        (_("in draft"), number["draft"], {"status__exact": "draft"}, False),
        (_("cancelled"), number["cancelled"], {"status__exact": "cancelled"}, False),
        (_("with no room"), number["room"], {"missing": "room"}, True),
        (_("with no speaker"), number["speaker"], {"missing": "speaker"}, True),
        (_("to translate"), number["language"], {"untranslated": "any"}, True),
    ]


def speaker_counts(edition):
    number = status_counts(
        Speaker.objects.filter(edition=edition),
        published=Q(is_published=True),
        photo=Q(photo=""),
        language=is_untranslated("family_name"),
    )
    return [
        (_("published"), number["published"], {"is_published__exact": 1}, False),
        (_("with no photo"), number["photo"], {"missing": "photo"}, True),
        (_("to translate"), number["language"], {"untranslated": "any"}, True),
    ]


def abstract_counts(edition):
    number = status_counts(
        Abstract.objects.filter(edition=edition),
        published=Q(status=Abstract.Status.PUBLISHED),
        draft=Q(status=Abstract.Status.DRAFT),
        language=is_untranslated("title"),
    )
    return [
        (_("published"), number["published"], {"status__exact": "published"}, False),
        (_("in draft"), number["draft"], {"status__exact": "draft"}, False),
        (_("to translate"), number["language"], {"untranslated": "any"}, True),
    ]


def registration_counts(edition):
    """Return the numbers of confirmed, waiting, pending and checked-in registrations."""
    entries = CheckIn.objects.active().at_the_entrance().filter(day=edition.today())
    number = status_counts(
        Registration.objects.filter(edition=edition),
        confirmed=Q(state=State.CONFIRMED),
        waiting=Q(state=State.WAITING),
        pending=Q(state=State.PENDING),
        here=Q(pk__in=entries.values("registration")),
    )
    places = edition.categories.aggregate(
        all=Sum("places"), uncounted=Count("pk", filter=Q(places=None))
    )
    confirmed = _("confirmed")
    if places["all"] is not None and not places["uncounted"]:
        confirmed = format_lazy(_("confirmed out of {places} places"), places=places["all"])
    return [
        (confirmed, number["confirmed"], {"state__exact": "confirmed"}, False),
        (_("on the waiting list"), number["waiting"], {"state__exact": "waiting"}, False),
        (_("awaiting approval"), number["pending"], {"state__exact": "pending"}, True),
        (_("checked in today"), number["here"], {"checked_in": "today"}, False),
    ]
