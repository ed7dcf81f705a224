"""Atom feed of the news of an edition."""

from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from symposium.core.exports import export_view
from symposium.core.feeds import AtomFeed, absolute_url, host
from symposium.core.i18n.localized import localized_text
from symposium.core.i18n.markdown import to_html
from symposium.core.i18n.typography import strip_controls
from symposium.editions.models import Edition
from symposium.editions.views import in_edition

MAX_FEED_ITEMS = 50


class NewsFeed(Feed):
    """Feed of the news of an edition, latest first, each entry with its whole text."""

    feed_type = AtomFeed

    def get_object(self, request: HttpRequest, edition: Edition):
        return edition

    def feed_guid(self, edition):
        return f"tag:{host()},2021:news:{edition.slug}:{get_language()}"

    def title(self, edition):
        return _("News · %(name)s") % {"name": strip_controls(f"{edition} {edition.slug}")}

    def author_name(self, edition):
        return strip_controls(edition.name)

    def link(self, edition):
        return absolute_url(reverse("editions:news", args=[edition.slug]))

    def feed_url(self, edition):
        path = reverse("edition_exports:news", args=[edition.slug])
        return f"{absolute_url(path)}?lang={get_language()}"

    def feed_extra_kwargs(self, edition):
        return {"updated": edition.updated_at}

    def items(self, edition):
        return edition.news.published()[:MAX_FEED_ITEMS]

    def item_title(self, item):
        return strip_controls(localized_text(item, "title")[0])

    def item_description(self, item):
        return to_html(*localized_text(item, "body"))

    def item_link(self, item):
        return absolute_url(item.get_absolute_url())

    def item_guid(self, item):
        return f"tag:{host()},2021:news:{item.edition.slug}:{item.pk}:{get_language()}"

    def item_pubdate(self, item):
        return item.published_at

    def item_updateddate(self, item):
        return max(item.updated_at, item.published_at)

    def item_extra_kwargs(self, item):
        return {"language": localized_text(item, "body")[1]}


news_feed = NewsFeed()


@export_view
@in_edition
def news(request: HttpRequest, edition: Edition) -> HttpResponse:
    return news_feed(request, edition=edition)
