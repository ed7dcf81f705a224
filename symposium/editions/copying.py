"""The next edition, made from an earlier one: what organisers tick is copied, without people.

Each app registers the parts that it can copy, in `AppConfig.ready`. Times move by the days between
the two first days and keep their hour in the edition's time zone, across daylight saving time.
"""

import contextlib
import copy
import datetime
import re
import uuid
import zoneinfo
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from django.core.files.storage import Storage
from django.db import connection, models, transaction
from django.db.models.fields.files import FieldFile
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from modeltranslation.translator import translator

from symposium.core.i18n.localized import LANGUAGES, in_each_language
from symposium.core.postponed import postponed_refreshes
from symposium.editions.models import Edition, Page, Partner

TEXTS = in_each_language("kicker", "theme", "description")
# Copied whatever is ticked: where and when.
FACTS = [
    *in_each_language("city", "country", "venue", "address"), "time_zone",
    "contact_email", "registration_opens_at", "registration_closes_at", "registration_after_end",
    "offer_hours", "embed_origins", "is_demonstration",
]  # fmt: skip
NEVER_COPIED = [
    "id", "slug", "starts_on", "ends_on", "is_published", "is_current", "updated_at", "period",
    *in_each_language("name", "short_name"),
]  # fmt: skip


@dataclass
class Copying:
    """One copy: the `source`, the new `edition`, and the `made` objects by model and former key."""

    source: Edition
    edition: Edition
    made: dict[tuple[type[models.Model], int], models.Model] = field(default_factory=dict)
    files: list[tuple[Storage, str]] = field(default_factory=list)

    def copy_rows(self, rows: Iterable[models.Model], **links: Any) -> None:
        """Save a copy of each row in the new edition; `links` are its other foreign keys."""
        for row in rows:
            self.copy_row(row, edition=self.edition, **links)

    def copy_row(self, row: models.Model, **links: Any):
        """Save and return a copy of `row`, with its files, times moved, and new foreign keys."""
        twin = duplicate(row)
        move_times(twin, self.shift)
        for name, value in links.items():
            setattr(twin, name, value)
        self.copy_files(row, twin)
        twin.save()
        self.made[type(row), row.pk] = twin
        return twin

    def copy_files(self, row: models.Model, twin: models.Model) -> None:
        """Store a copy of each file, so that the two objects share none; a lost file is left out.

        The bytes stay the same: a picture is not compressed twice.
        """
        for one in row._meta.concrete_fields:
            if isinstance(one, models.FileField) and getattr(twin, one.attname):
                file = getattr(row, one.attname)
                setattr(twin, one.attname, self.stored_copy(one, file, twin))

    def stored_copy(self, one: models.FileField, file, twin: models.Model) -> str:
        name = one.generate_filename(twin, PurePath(file.name).name)
        if not file.storage.exists(file.name):
            return ""
        with file.storage.open(file.name) as content:
            stored = file.storage.save(name, content, max_length=one.max_length)
        self.files.append((file.storage, stored))
        return stored

    def twin_of(self, row: models.Model) -> models.Model | None:
        """Return the copy of `row`, or None if it was not copied."""
        return self.made.get((type(row), row.pk))

    def shift(self, at: datetime.datetime) -> datetime.datetime:
        return shifted(at, self.source, self.edition.starts_on, self.edition.zone)

    def relinked(self, text: str | None) -> str | None:
        """Return a text whose links into the former edition (`/fr/2026/…`) lead into this one."""
        languages = "|".join(LANGUAGES)
        former = rf"(/(?:{languages})/){re.escape(self.source.slug)}(?=[/)\s?#]|$)"
        return text and re.sub(former, rf"\g<1>{self.edition.slug}", text)

    @contextlib.contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """Run in one transaction. If it fails, delete the copied files too."""
        try:
            with transaction.atomic():
                with postponed_refreshes():
                    yield
                connection.check_constraints()
        except BaseException:
            for storage, name in self.files:
                storage.delete(name)
            raise


def duplicate(row: models.Model):
    """Return an unsaved copy of `row`, without its primary key, with a new `guid`."""
    twin = copy.copy(row)
    twin.pk, twin._state.adding = None, True
    twin._state.fields_cache = {}
    if hasattr(twin, "guid"):
        setattr(twin, "guid", uuid.uuid4())  # noqa: B010 (not of every model)
    return twin


def move_times(twin: models.Model, shift: Callable[[datetime.datetime], datetime.datetime]) -> None:
    """Move the times that people have entered."""
    for one in twin._meta.concrete_fields:
        if not isinstance(one, models.DateTimeField) or one.auto_now or one.auto_now_add:
            continue
        if at := getattr(twin, one.attname):
            setattr(twin, one.attname, shift(at))


def shifted(
    at: datetime.datetime, source: Edition, first_day: datetime.date, zone: zoneinfo.ZoneInfo
) -> datetime.datetime:
    """Return `at` as many days before or after `first_day`, at the same hour of the clock."""
    local = at.astimezone(source.zone).replace(tzinfo=None)
    return (local + (first_day - source.starts_on)).replace(tzinfo=zone)


@dataclass(frozen=True)
class Part:
    """Part of an edition that organisers can tick. `makes` are the models of its rows."""

    name: str
    label: str | Promise
    makes: tuple[type[models.Model], ...] = ()
    copy: Callable[[Copying], None] = lambda copying: None

    def may_be_copied_by(self, user) -> bool:
        meta = [model._meta for model in self.makes]
        return all(user.has_perm(f"{one.app_label}.add_{one.model_name}") for one in meta)


def copy_pages(copying: Copying) -> None:
    for page in copying.source.pages.all():
        twin = copying.copy_row(page, edition=copying.edition)
        for name in in_each_language("body"):
            setattr(twin, name, copying.relinked(getattr(twin, name)))
        twin.save()
        for file in page.files.all():
            if file.file.storage.exists(file.file.name):
                copying.copy_row(file, page=twin)


# Columns of the edition itself have no rows to copy: see `draft_of`.
PARTS: list[Part] = [
    Part("texts", _("Theme and description")),
    Part("identity", _("Visual identity")),
    Part("pages", _("Pages"), (Page,), copy_pages),
    Part("partners", _("Partners"), (Partner,),
         lambda copying: copying.copy_rows(copying.source.partners.all())),
]  # fmt: skip


def register(*parts: Part) -> None:
    PARTS.extend(parts)


def parts_for(user) -> list[Part]:
    """Return the parts that `user` may copy."""
    found = [part for part in PARTS if part.may_be_copied_by(user)]
    return [part for part in found if part.name != "identity" or identity_columns()]


def identity_columns() -> list[str]:
    """Return the columns of an edition that are no text, no fact and no name: its looks."""
    # `name` reads one of `name_fr`, `name_en` and `name_ar`, which are copied.
    translated: dict = translator.get_options_for_model(Edition).fields  # type: ignore[attr-defined]
    known = {*TEXTS, *FACTS, *NEVER_COPIED, *translated}
    columns = [one.attname for one in Edition._meta.concrete_fields if not one.generated]
    return [name for name in columns if name not in known]


def draft_of(source: Edition, first_day: datetime.date, parts: Collection[str]) -> Edition:
    """Return an unsaved, unpublished edition as long as `source`, from `first_day` on."""
    draft = Edition(starts_on=first_day)
    columns = [
        *FACTS,
        *(TEXTS if "texts" in parts else ()),
        *(identity_columns() if "identity" in parts else ()),
    ]
    for name in columns:
        value = getattr(source, name)
        setattr(draft, name, value.name if isinstance(value, FieldFile) else value)
    draft.ends_on = first_day + (source.ends_on - source.starts_on)
    move_times(draft, lambda at: shifted(at, source, first_day, source.zone))
    return draft


def copy_edition(source: Edition, edition: Edition, parts: Collection[str]) -> None:
    """Save `edition`, a draft of `source`, and its parts: all of them, or none."""
    copying = Copying(source, edition)
    with copying.all_or_nothing():
        copying.copy_files(source, edition)
        edition.save()
        for part in PARTS:
            if part.name in parts:
                part.copy(copying)
