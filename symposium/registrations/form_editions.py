"""Editions with what the registration form needs of them, in the memory of the process.

The revision of the edition says whether that is still as in the database (`core/revision.py`): the
form costs one short query, also while many people register. Each request gets a copy of its own.
"""

import copy

from django.conf import settings
from django.db import OperationalError
from django.db.models import prefetch_related_objects

from symposium.core import revision
from symposium.editions.models import Edition
from symposium.editions.views import published_edition

MAX_EDITIONS = 16

KEPT: dict[str, tuple[revision.Version, Edition]] = {}


def edition_with_form(slug: str) -> Edition:
    """Return the published edition with this slug, with its form, or raise Http404."""
    if not settings.PAGE_CACHE_BYTES:
        return load(slug)
    try:
        version = revision.current_version(f"/{slug}/")
    except OperationalError:  # the query that requests share is late; a typed form must not be lost
        return load(slug)
    kept_version, edition = KEPT.get(slug, (None, None))
    if edition is None or kept_version != version:
        edition = load(slug)
        if len(KEPT) >= MAX_EDITIONS:
            KEPT.clear()
        KEPT[slug] = version, edition
    return copy.copy(edition)


def load(slug: str) -> Edition:
    """Query the edition, its categories, questions and words of e-mails, and what it computes."""
    edition = published_edition(slug)
    prefetch_related_objects(
        [edition], "categories", "questions__options", "questions__categories", "mail_texts"
    )
    for name in ("contents", "privacy_notice", "first_session_at"):
        getattr(edition, name)
    return edition
