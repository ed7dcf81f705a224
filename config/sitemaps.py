"""The public pages, each in three languages that know of one another.

https://www.sitemaps.org/protocol.html, with Google's `xhtml:link` alternates.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from symposium.abstracts.models import Abstract
from symposium.editions.models import Edition, Page
from symposium.sessions.models import Room, Session
from symposium.speakers.models import Speaker


class Pages(Sitemap):
    """What has an address in every language. `items` gives what `location` makes it from."""

    i18n = True
    alternates = True
    protocol = urlsplit(settings.SITE_URL).scheme

    def get_domain(self, site=None):
        return urlsplit(settings.SITE_URL).netloc

    def get_urls(self, *args, **kwargs):
        """Name the page in the default language as the one for all others, as its HTML does."""
        urls = super().get_urls(*args, **kwargs)
        for url in urls:
            default = next(
                other for other in url["alternates"] if other["lang_code"] == settings.LANGUAGE_CODE
            )
            url["alternates"].append({**default, "lang_code": "x-default"})
        return urls


class Records(Pages):
    """Published records that have a page and a date of change."""

    model = None

    def items(self):
        return self.model.objects.published().select_related("edition").order_by("pk")

    def lastmod(self, record):
        return record.updated_at


class Editions(Records):
    model = Edition

    def items(self):
        return Edition.objects.published().order_by("pk")


class EditionLists(Pages):
    names = ["abstracts:list", "abstracts:keywords", "sessions:programme", "speakers:list"]

    def items(self):
        slugs = Edition.objects.published().order_by("pk").values_list("slug", flat=True)
        return [(name, slug) for slug in slugs for name in self.names]

    def location(self, item):
        name, edition = item
        return reverse(name, args=[edition])


class EditionPages(Records):
    model = Page


class Abstracts(Records):
    model = Abstract


class Sessions(Records):
    model = Session


class Speakers(Records):
    model = Speaker


class Keywords(Pages):
    def items(self):
        return (
            Abstract.objects.published()
            .filter(keywords__isnull=False)
            .order_by("edition__slug", "keywords__slug")
            .values_list("edition__slug", "keywords__slug")
            .distinct()
        )

    def location(self, item):
        return reverse("abstracts:keyword", args=item)


class Rooms(Pages):
    def items(self):
        editions = Edition.objects.published()
        return Room.objects.filter(edition__in=editions).select_related("edition").order_by("pk")


SITEMAPS = {
    "editions": Editions,
    "lists": EditionLists,
    "pages": EditionPages,
    "abstracts": Abstracts,
    "keywords": Keywords,
    "sessions": Sessions,
    "speakers": Speakers,
    "rooms": Rooms,
}
