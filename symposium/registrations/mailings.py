"""Messages of the organisers to registrations they select, each in the reader's language."""

import datetime
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Count
from django.utils import timezone, translation

from symposium.core.i18n.localized import LANGUAGES, in_each_language
from symposium.core.i18n.markdown import to_letter
from symposium.editions.models import Edition, News
from symposium.registrations import notices
from symposium.registrations.models import Message, Registration

TEXT_FIELDS = in_each_language("subject", "body")
# The same text to the same people within this time is a form sent twice.
REPEAT_WINDOW = datetime.timedelta(hours=1)


@dataclass(frozen=True)
class Preview:
    """Preview of the message in one language, as the e-mail to one of its `number` readers."""

    language: str
    number: int
    mail: EmailMessage


def recipients(people):
    """Filter to registrations with an account (an e-mail address) that accept such messages."""
    return people.prefetch_related(None).filter(user__isnull=False, takes_messages=True)


def localized_message(message: Message, language: str) -> dict[str, str]:
    """Return `subject` and `body` in `language`, or in the first language that has both."""
    for code in (language, *LANGUAGES):
        words = {name: getattr(message, f"{name}_{code}") for name in ("subject", "body")}
        if all(words.values()):
            return words
    raise ValueError("The message has no words in any language.")


def news_message(news: News, by) -> Message:
    """Return a message, not saved, with the texts of a news item."""
    message = Message(edition=news.edition, news=news, by=by)
    for code in LANGUAGES:
        with translation.override(code):
            page_url = settings.SITE_URL + news.get_absolute_url()
        body = to_letter(getattr(news, f"body_{code}") or "", page_url)
        setattr(message, f"subject_{code}", getattr(news, f"title_{code}") or "")
        setattr(message, f"body_{code}", body)
    return message


def previews(message: Message, people) -> list[Preview]:
    """Return a preview for each language of the recipients."""
    found = recipients(people).order_by()
    counted = dict(found.values_list("user__language").annotate(Count("pk")))
    shown = []
    for language in LANGUAGES:
        if number := counted.get(language):
            reader = found.filter(user__language=language).with_details().first()
            words = localized_message(message, language)
            mail = notices.message_preview(reader, **words, news=message.news)
            shown.append(Preview(language, number, mail))
    return shown


def digest(message: Message, people) -> str:
    """Return a hash of the texts and the recipients: it shows whether the preview still holds."""
    keys = recipients(people).order_by("pk").values_list("pk", flat=True)
    parts = [getattr(message, name) or "" for name in TEXT_FIELDS] + [str(key) for key in keys]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@transaction.atomic
def send(message: Message, people) -> tuple[Message, bool]:
    """Save the message and queue an e-mail to each recipient; return it and whether it is new.

    If the same message went to the same people within the hour, or the same news ever, return
    that one and send nothing.
    """
    Edition.objects.select_for_update(no_key=True).get(pk=message.edition_id)
    found = list(recipients(people).with_details().order_by("pk"))
    if earlier := sent_before(message, found):
        return earlier, False
    message.sent_at = timezone.now()
    message.save()
    message.recipients.add(*found)
    for registration in found:
        words = localized_message(message, registration.user.language)
        notices.message(registration, **words, news=message.news)
    return message, True


def sent_before(message: Message, people: Iterable[Registration]) -> Message | None:
    if message.news:
        return Message.objects.filter(news=message.news).first()
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
