"""Words of the organisers to some of those who registered: each reads their own language."""

import datetime
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from symposium.core.i18n.localized import LANGUAGES, in_each_language
from symposium.editions.models import Edition
from symposium.registrations import notices
from symposium.registrations.models import Message, Registration

TEXT_FIELDS = in_each_language("subject", "body")
# The same words to the same people within this time are a form sent twice.
REPEAT_WINDOW = datetime.timedelta(hours=1)


@dataclass(frozen=True)
class Preview:
    """What the readers of one language will receive, shown on the mail of one of them."""

    language: str
    number: int
    mail: EmailMessage


def recipients(people):
    """Those of a queryset of registrations whom a mail reaches, and who take such mails."""
    return people.prefetch_related(None).filter(user__isnull=False, takes_messages=True)


def localized_message(message: Message, language: str) -> dict[str, str]:
    """Subject and body in `language`, else in the first language that has them."""
    for code in (language, *LANGUAGES):
        words = {name: getattr(message, f"{name}_{code}") for name in ("subject", "body")}
        if all(words.values()):
            return words
    raise ValueError("The message has no words in any language.")


def previews(message: Message, people) -> list[Preview]:
    """How the message reads, for each language that somebody among the readers has."""
    found = recipients(people).order_by()
    counted = dict(found.values_list("user__language").annotate(Count("pk")))
    shown = []
    for language in LANGUAGES:
        if number := counted.get(language):
            reader = found.filter(user__language=language).with_details().first()
            mail = notices.message_preview(reader, **localized_message(message, language))
            shown.append(Preview(language, number, mail))
    return shown


def digest(message: Message, people) -> str:
    """A mark of the words and of the readers: it tells whether they are those of the preview."""
    keys = recipients(people).order_by("pk").values_list("pk", flat=True)
    parts = [getattr(message, name) or "" for name in TEXT_FIELDS] + [str(key) for key in keys]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@transaction.atomic
def send(message: Message, people) -> tuple[Message, bool]:
    """Keep the message and write a mail to each reader; return it and whether it is new.

    Sent twice within the hour to the same people, the first one is returned and nobody is told.
    """
    Edition.objects.select_for_update(no_key=True).get(pk=message.edition_id)
    found = list(recipients(people).with_details().order_by("pk"))
    if earlier := sent_before(message, found):
        return earlier, False
    message.sent_at = timezone.now()
    message.save()
    message.recipients.add(*found)
    for registration in found:
        notices.message(registration, **localized_message(message, registration.user.language))
    return message, True


def sent_before(message: Message, people: Iterable[Registration]) -> Message | None:
    texts = {name: getattr(message, name) for name in TEXT_FIELDS}
    since = timezone.now() - REPEAT_WINDOW
    same = Message.objects.filter(
        edition=message.edition_id, by=message.by_id, sent_at__gte=since, **texts
    )
    keys = {registration.pk for registration in people}
    for earlier in same:
        if set(earlier.recipients.values_list("pk", flat=True)) == keys:
            return earlier
    return None
