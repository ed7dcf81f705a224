"""The desk: Django's admin site, arranged by organisers' tasks."""

import re
from functools import update_wrapper
from urllib.parse import urlencode

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, resolve, reverse
from django.utils import translation
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from symposium import __version__
from symposium.accounts import second_factor
from symposium.core.admin.base import DeskAdmin
from symposium.core.admin.lists import delete_selected
from symposium.core.admin.pages import DESK_PAGES
from symposium.core.admin.working_edition import all_editions, working_edition
from symposium.core.i18n.localized import LANGUAGES
from symposium.editions.models import Edition
from symposium.website import first_run
from symposium.website.desk_search import search_all
from symposium.website.start_page import start_page

CHANGELIST_PATH = re.compile(r"/admin/(\w+/\w+/)?")
# Label, name and models of each section, in the order in which organisers look for them.
GROUPS = [
    ("programme", _("Programme"), [
        "Session", "Speaker", "Room", "Track", "SessionKind", "SpeakerRole", "Import",
    ]),
    ("abstracts", _("Abstracts"), ["Abstract", "Keyword"]),
    ("registrations", _("Registrations"), [
        "Registration", "Category", "Question", "Invitation", "Booking", "CheckIn", "Message",
        "MailText", "DocumentText", "Certificate",
    ]),
    ("site", _("Site"), ["News", "Page", "Partner"]),
    ("settings", _("Settings"), [
        "Edition", "User", "Group", "EmailAddress", "Authenticator", "Email", "LogEntry",
    ]),
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
    enable_nav_sidebar = False
    login = method_decorator(secure_admin_login)(AdminSite.login)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.add_action(delete_selected, "delete_selected")

    def register(self, model_or_iterable, admin_class=None, **options):
        """Give all lists, forms and pickers the same abilities, including those of dependencies."""
        if admin_class and not issubclass(admin_class, DeskAdmin):
            admin_class = type(admin_class.__name__, (DeskAdmin, admin_class), {})
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
        search = path("search/", self.admin_view(self.search_view), name="search")
        first = path("first-edition/", self.admin_view(self.first_edition), name="first_edition")
        return [language, edition, search, first, *super().get_urls()]

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

    def search_view(self, request):
        """Show what is found of every kind, in the working edition or with `?edition=all` in all.

        `q` are the words.
        """
        words = request.GET.get("q", "").strip()
        edition = working_edition(request, Edition.objects)
        everywhere = request.GET.get("edition") == "all"
        context = self.each_context(request) | {
            "title": _("Search"),
            "words": words,
            "kinds": words and search_all(self, request, words, None if everywhere else edition),
            "several_editions": len(all_editions(request, Edition.objects)) > 1,
            "edition_param": "all" if everywhere else "",
            "this_edition_query": urlencode({"q": words}),
            "all_editions_query": urlencode({"q": words, "edition": "all"}),
        }
        return TemplateResponse(request, "admin/search.html", context)

    def autocomplete_view(self, request):
        return AutocompleteView.as_view(admin_site=self)(request)

    # The start page

    def get_app_list(self, request, app_label=None):
        """Return the sections of GROUPS; the last has all other models as well."""
        models = {
            model["object_name"]: model
            for app in super().get_app_list(request)
            for model in app["models"]
        }
        groups = [self.group(request, *group, models) for group in GROUPS]
        groups[-1]["models"] += models.values()
        return [group for group in groups if group["models"]]

    def group(self, request, label, name, names, models):
        """Return a section with its models, taken out of `models`, and its other pages."""
        own = [models.pop(name) for name in names if name in models]
        edition = working_edition(request, Edition.objects)
        return {
            "app_label": label,
            "app_url": f"{reverse('admin:index')}#{label}",
            "name": name,
            "has_module_perms": True,
            "models": own,
            "current": any(request.path.startswith(model["admin_url"] or "-") for model in own),
            "pages": [
                page.link(edition)
                for page in DESK_PAGES
                if page.group == label and edition and request.user.has_perm(page.permission)
            ],
        }

    def app_index(self, request, app_label, extra_context=None):
        """Redirect to the start page: the sections are not those of the apps."""
        return redirect("admin:index")

    def index(self, request, extra_context=None):
        edition = working_edition(request, Edition.objects)
        models = {
            model["object_name"]: model
            for group in self.get_app_list(request)
            for model in group["models"]
        }
        context = start_page(request.user, edition, models) | {"is_home": True}
        return super().index(request, context | (extra_context or {}))
