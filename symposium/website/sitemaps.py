"""Sitemaps of the public pages, each in three languages.

https://www.sitemaps.org/protocol.html, with Google's `xhtml:link` alternates between the languages.
"""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps import views as django
from django.db.models import Max, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from symposium.abstracts.models import Abstract
from symposium.core.page_cache import ANY, published_page
from symposium.editions.models import Edition, News, Page
from symposium.sessions.models import Change, Room, Session
from symposium.speakers.models import Speaker


class Pages(Sitemap):
    """Sitemap of pages that have a URL in every language."""

    i18n = True
    alternates = True
    protocol = urlsplit(settings.SITE_URL).scheme

    def get_domain(self, site=None):
        return urlsplit(settings.SITE_URL).netloc

    def get_urls(self, *args, **kwargs):
        """Add the page in the default language as `x-default`, as the HTML of the page does."""
        urls = super().get_urls(*args, **kwargs)
        for url in urls:
            default = next(
                other for other in url["alternates"] if other["lang_code"] == settings.LANGUAGE_CODE
            )
            url["alternates"].append({**default, "lang_code": "x-default"})
        return urls


class Records(Pages):
    """Sitemap of published objects with a page and a date of change."""

    model: Any = None

    def items(self):
        return self.model.objects.published().select_related("edition").order_by("pk")

    def lastmod(self, record):
        return record.updated_at


class Editions(Records):
    model = Edition

    def items(self):
        return Edition.objects.published().order_by("pk")


class Lists(Pages):
    """Sitemap of pages that list objects.

    `items` returns pairs: the arguments of the URL, and the last change of a listed object.
    """

    def lastmod(self, item):
        return item[1]


class EditionLists(Lists):
    # Model that each page lists, by name of the URL.
    models = {
        "abstracts:list": Abstract,
        "abstracts:keywords": Abstract,
        "sessions:programme": Session,
        "speakers:list": Speaker,
    }

    def items(self):
        slugs = Edition.objects.published().order_by("pk").values_list("slug", flat=True)
        changed = {
            model: dict(
                model.objects.published()
                .order_by()
                .values_list("edition__slug")
                .annotate(Max("updated_at"))
            )
            for model in set(self.models.values())
        }
        return [
            ((name, slug), changed[model].get(slug))
            for slug in slugs
            for name, model in self.models.items()
        ]

    def location(self, item):
        (name, slug), _changed = item
        return reverse(name, args=[slug])


class Changes(Lists):
    """Sitemap of the pages of changes of announced programmes."""

    def items(self):
        told = Change.objects.public().filter(edition=OuterRef("pk")).order_by("-at").values("at")
        announced = Edition.objects.published().filter(announcement__at__lte=timezone.now())
        last = Coalesce(Subquery(told[:1]), "announcement__at")
        return announced.order_by("pk").values_list("slug", last)

    def location(self, item):
        return reverse("sessions:changes", args=item[:1])


class Versions(Lists):
    """Sitemap of the pages of versions of programmes that have any."""

    def items(self):
        last = Edition.objects.published().filter(releases__isnull=False)
        return last.annotate(last=Max("releases__at")).order_by("pk").values_list("slug", "last")

    def location(self, item):
        return reverse("sessions:versions", args=item[:1])


class EditionPages(Records):
    model = Page


class NewsLists(Lists):
    """Sitemap of the lists of news, of editions that have any."""

    def items(self):
        published = News.objects.published().order_by("edition__slug")
        return published.values_list("edition__slug").annotate(Max("updated_at"))

    def location(self, item):
        return reverse("editions:news", args=item[:1])


class NewsItems(Records):
    model = News


class Abstracts(Records):
    model = Abstract


class Sessions(Records):
    model = Session


class Speakers(Records):
    model = Speaker


class Keywords(Lists):
    def items(self):
        found = (
            Abstract.objects.published()
            .filter(keywords__isnull=False)
            .order_by("edition__slug", "keywords__slug")
            .values_list("edition__slug", "keywords__slug")
            .annotate(Max("updated_at"))
        )
        return [((edition, keyword), changed) for edition, keyword, changed in found]

    def location(self, item):
        return reverse("abstracts:keyword", args=item[0])


class Rooms(Records):
    model = Room

    def items(self):
        of_sessions = Session.objects.published().filter(room=OuterRef("pk")).order_by()
        last = of_sessions.values("room").annotate(last=Max("updated_at")).values("last")
        return super().items().annotate(updated_at=Subquery(last))


SITEMAPS: dict[str, Any] = {
    "editions": Editions,
    "lists": EditionLists,
    "changes": Changes,
    "versions": Versions,
    "pages": EditionPages,
    "news_lists": NewsLists,
    "news": NewsItems,
    "abstracts": Abstracts,
    "keywords": Keywords,
    "sessions": Sessions,
    "speakers": Speakers,
    "rooms": Rooms,
}


@published_page(params={"p": ANY})
def sitemap(request: HttpRequest) -> HttpResponse:
    """Sitemap of every public URL; a large one has further pages (`?p=2`)."""
    return django.sitemap(request, sitemaps=SITEMAPS)
