"""One person at several editions: copied from an earlier one, joined and separated by hand."""

import uuid
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from symposium.core.fulltext.query import containing, typed_words
from symposium.core.i18n.localized import in_each_language
from symposium.editions.copying import Copying
from symposium.editions.models import Edition
from symposium.speakers.models import Speaker

SEARCHED = [*in_each_language("given_name", "family_name", "affiliation"), "orcid"]


def of_earlier_editions(edition: Edition, text: str = "") -> QuerySet:
    """Return the speakers of earlier editions who are not in `edition`, each person once.

    It is the person as they were at their latest edition. Each word of `text` must occur in a name,
    the affiliation or the ORCID iD.
    """
    earlier = Speaker.objects.filter(edition__starts_on__lt=edition.starts_on)
    earlier = earlier.exclude(person__in=edition.speakers.values("person"))
    latest = earlier.order_by("person", "-edition__starts_on", "pk").distinct("person")
    speakers = Speaker.objects.filter(pk__in=latest.values("pk"))
    found: QuerySet = speakers.for_list().select_related("edition")
    for word in typed_words(text):
        found = containing(found, word, SEARCHED)
    return found.order_by("family_name_fr", "pk")


def bring_back(edition: Edition, speakers: Iterable[Speaker]) -> list[Speaker]:
    """Copy speakers to `edition`, as drafts, with photo, texts and links; return the copies."""
    copying, twins = Copying(edition, edition), []
    with copying.all_or_nothing():
        for speaker in speakers:
            twin = copying.copy_row(
                speaker, edition=edition, slug="", is_published=False, is_featured=False
            )
            for link in speaker.links.all():
                copying.copy_row(link, speaker=twin)
            twins.append(twin)
    return twins


@transaction.atomic
def join(speakers: QuerySet) -> None:
    """Make speakers of different editions one person, with those whom each was joined to.

    Raise ValidationError if two of them are in one edition, or IntegrityError if two of those are.
    """
    found = list(speakers.select_for_update(of=["self"]).select_related("edition"))
    editions = [speaker.edition_id for speaker in found]
    if len(found) < 2 or len(set(editions)) < len(editions):
        raise ValidationError(
            _("Select the same person at different editions, once at each."), code="editions"
        )
    people = {speaker.person for speaker in found}
    Speaker.objects.filter(person__in=people).update(person=found[0].person)
    connection.check_constraints()


@transaction.atomic
def separate(speaker: Speaker) -> None:
    """Make a speaker another person than those of other editions.

    Raise ValidationError if one of them has the same ORCID iD.
    """
    if speaker.orcid and Speaker.objects.same_person(speaker).filter(orcid=speaker.orcid):
        raise ValidationError(
            _("“%(speaker)s” has the same ORCID iD at another edition. Correct it first."),
            code="orcid",
            params={"speaker": speaker},
        )
    Speaker.objects.filter(pk=speaker.pk).update(person=uuid.uuid4())
