"""Atom feeds (RFC 4287) of the new abstracts of an edition or of a keyword.

The ids of feeds and entries do not change if URLs change.
"""

from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from symposium.abstracts.citation.styles import Record, clean_line
from symposium.abstracts.models import Keyword
from symposium.core.feeds import AtomFeed, absolute_url, host
from symposium.core.i18n.typography import typeset
from symposium.core.page_cache import published_page
from symposium.editions.models import Edition
from symposium.editions.views import by_slug, in_edition

MAX_FEED_ITEMS = 50


class AbstractFeed(Feed):
    """Feed of the abstracts of an edition, or of a keyword in it, latest first."""

    feed_type = AtomFeed

    def get_object(self, request: HttpRequest, edition: Edition, keyword: Keyword | None = None):
        return edition, keyword

    def feed_guid(self, found):
        edition, keyword = found
        about = f"{edition.slug}:{keyword.pk}" if keyword else edition.slug
        return f"tag:{host()},2021:abstracts:{about}:{get_language()}"

    def title(self, found):
        edition, keyword = found
        words = {
            "name": clean_line(f"{edition} {edition.slug}"),
            "keyword": clean_line(str(keyword)),
        }
        if keyword:
            return _("Abstracts on %(keyword)s · %(name)s") % words
        return _("Abstracts · %(name)s") % words

    def author_name(self, found):
        return clean_line(found[0].name)

    def subtitle(self, found):
        return clean_line(found[1].definition) if found[1] else None

    def link(self, found):
        edition, keyword = found
        if keyword:
            return absolute_url(reverse("abstracts:keyword", args=[edition.slug, keyword.slug]))
        return absolute_url(reverse("abstracts:list", args=[edition.slug]))

    def feed_url(self, found):
        edition, keyword = found
        if keyword:
            return absolute_url(
                reverse("abstracts:keyword_feed", args=[edition.slug, keyword.slug])
            )
        return absolute_url(reverse("abstracts:feed", args=[edition.slug]))

    def feed_extra_kwargs(self, found):
        return {"updated": found[0].updated_at}

    def items(self, found):
        edition, keyword = found
        abstracts = edition.abstracts.published().with_reference()
        if keyword:
            abstracts = abstracts.filter(keywords=keyword)
        latest = abstracts.order_by("-published_at", "-pk")[:MAX_FEED_ITEMS]
        return [Record(abstract, get_language()) for abstract in latest]

    def item_title(self, record):
        return record.title

    def item_description(self, record):
        lines = ((typeset(line, record.language),) for line in record.paragraphs)
        return format_html_join("", "<p>{}</p>", lines)

    def item_link(self, record):
        return record.url

    def item_guid(self, record):
        return record.abstract.guid.urn

    def item_pubdate(self, record):
        return record.abstract.published_at

    def item_updateddate(self, record):
        return max(record.abstract.updated_at, record.abstract.published_at)

    def item_categories(self, record):
        return record.keywords

    def item_copyright(self, record):
        return record.abstract.licence_url

    def item_extra_kwargs(self, record):
        return {
            "language": record.language,
            "authors": [author.natural for author in record.authors],
        }


read = AbstractFeed()


@published_page
@require_safe
@cache_control(public=True, max_age=60)
@in_edition
def edition_feed(request: HttpRequest, edition: Edition) -> HttpResponse:
    return read(request, edition=edition)


@published_page
@require_safe
@cache_control(public=True, max_age=60)
@by_slug(Keyword.objects.used_in)
def keyword_feed(request: HttpRequest, edition: Edition, keyword: Keyword) -> HttpResponse:
    return read(request, edition=edition, keyword=keyword)
