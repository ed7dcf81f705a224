"""Versions of an abstract: each published version stays readable, unchanged, under its number.

A change that readers should know about is made between two calls: `snapshot` before it, `publish`
after it. Small corrections need neither and belong to the version that they correct.
"""

import copy
import datetime

from django.db import transaction
from django.utils import timezone

from symposium.abstracts.models import Abstract, AbstractKeyword, Author, Keyword, Version
from symposium.core.i18n.localized import LANGUAGES
from symposium.speakers.models import Speaker

PLAIN_FIELDS = ("language", "licence", "doi")


@transaction.atomic
def snapshot(abstract: Abstract) -> Version:
    """Store the content of `abstract` in the database as the version that readers see now."""
    stored = lock(abstract)
    last = stored.versions.first() or Version(
        abstract=stored, number=1, published_at=stored.published_at
    )
    last.content = snapshot_content(stored)
    last.save()
    return last


@transaction.atomic
def publish(
    abstract: Abstract, notes: dict[str, str], at: datetime.datetime | None = None
) -> Version:
    """Store the content of `abstract` in the database as a new version, with the next number.

    `notes` say what changed, by language.
    """
    stored = lock(abstract)
    version = Version(
        abstract=stored,
        number=stored.version_number + 1,
        published_at=at or timezone.now(),
        content=snapshot_content(stored),
        **to_columns("note", notes),
    )
    version.full_clean()
    version.save()
    return version


def lock(abstract: Abstract) -> Abstract:
    # `no_key`: rows that only refer to the abstract, such as usage counts, do not wait.
    Abstract.objects.select_for_update(no_key=True).get(pk=abstract.pk)
    return Abstract.objects.with_details().get(pk=abstract.pk)


def snapshot_content(abstract: Abstract) -> dict:
    """Return the abstract as a JSON-serialisable dict, with the names that its page shows."""
    return {
        **{name: getattr(abstract, name) for name in PLAIN_FIELDS},
        "title": by_language(abstract, "title"),
        "text": by_language(abstract, "text"),
        "authors": [snapshot_author(author) for author in abstract.authors.all()],
        "keywords": [
            {"slug": use.keyword.slug, "name": by_language(use.keyword, "name")}
            for use in abstract.ordered_keywords.all()
        ],
    }


def snapshot_author(author: Author) -> dict:
    """Return one author as a dict of names, affiliation, ROR ID and ORCID iD.

    Affiliation and ORCID iD missing on the author line come from the public page of the speaker.
    """
    speaker = author.speaker
    public = speaker if speaker and speaker.is_published else None
    own = any(by_language(author, "affiliation").values())
    return {
        "family_name": by_language(speaker or author, "family_name"),
        "given_name": by_language(speaker or author, "given_name"),
        "affiliation": by_language(author if own else public or author, "affiliation"),
        "ror": author.ror,
        "orcid": author.orcid or (public.orcid if public else ""),
    }


def by_language(thing: Abstract | Author | Keyword | Speaker, field: str) -> dict[str, str]:
    return {language: getattr(thing, f"{field}_{language}") or "" for language in LANGUAGES}


def to_columns(field: str, texts: dict[str, str]) -> dict[str, str]:
    return {f"{field}_{language}": text for language, text in texts.items()}


def restore(abstract: Abstract, version: Version) -> Abstract:
    """Return a copy of `abstract` with the content of `version`.

    The copy must not be saved. Its authors have no speaker, so their names are not links.
    """
    kept, content = copy.copy(abstract), version.content
    columns = to_columns("title", content["title"]) | to_columns("text", content["text"])
    for name, value in {**columns, **{name: content[name] for name in PLAIN_FIELDS}}.items():
        setattr(kept, name, value)
    kept.published_at = version.published_at
    kept._prefetched_objects_cache = {  # type: ignore[attr-defined]
        "authors": [restore_author(author) for author in content["authors"]],
        "ordered_keywords": [
            AbstractKeyword(
                keyword=Keyword(slug=keyword["slug"], **to_columns("name", keyword["name"]))
            )
            for keyword in content["keywords"]
        ],
        "versions": abstract.versions.all(),
    }
    return kept


def restore_author(content: dict) -> Author:
    columns: dict[str, str] = {}
    for field in ("family_name", "given_name", "affiliation"):
        columns |= to_columns(field, content[field])
    return Author(ror=content["ror"], orcid=content["orcid"], **columns)
