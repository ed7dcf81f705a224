"""Base class and addresses for the Atom feeds of every app (RFC 4287).

The ids of feeds and entries do not change when addresses do.
"""

import datetime
from typing import Any
from xml.sax.xmlreader import AttributesImpl

from django.conf import settings
from django.utils.feedgenerator import Atom1Feed
from django.utils.xmlutils import SimplerXMLGenerator


class AtomFeed(Atom1Feed):
    """Atom feed whose entries have their own language and one <author> per author."""

    def latest_post_date(self) -> datetime.datetime:
        """Return the date of the latest entry, or the feed's own date if it has no entries.

        Django's default is the current time, which would change the ETag on every request.
        """
        return super().latest_post_date() if self.items else self.feed["updated"]

    def item_attributes(self, item: dict[str, Any]) -> dict[str, str]:
        return {"xml:lang": item["language"], "xml:base": item["link"]}

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        for name in item.get("authors", ()):
            handler.startElement("author", AttributesImpl({}))
            handler.addQuickElement("name", name)
            handler.endElement("author")


def absolute_url(path: str) -> str:
    return f"{settings.SITE_URL}{path}"


def host() -> str:
    return settings.SITE_URL.partition("://")[2].partition(":")[0]
