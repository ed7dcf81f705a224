"""How a mail leaves: written here in the reader's language, kept in the outbox, sent by the worker.

    mail.send(to=…, language="fr", template="registrations/email/ticket",
              context={"name": …, "action_url": …, "action_label": …},
              enclosures=["ticket:7K4Q2M9XTB"])

A mail has two templates of plain text, `<template>_subject.txt` and `<template>_body.txt`, which
escape nothing: the words go as they are into the text part, and escaped into the HTML part. What
the context may hold, by the last word of its key:

- `…_url`: an address of ours or of an organiser, whole (`https://…`), which becomes a link;
- `…_text`: words in several lines;
- anything else that is text: one line of words. Whoever wrote it, it becomes neither a link, nor
  a header, nor a template: `send()` sees to it, so that no template has to.

What organisers write is given as `Trusted`: it goes as it is, and the web and e-mail addresses in
it become links.

Besides text: numbers, dates, lists and dicts of these. Not a model: a template would reach the
text of its fields untreated, and queries hide in it.
"""

import datetime
import decimal
import re
from collections.abc import Iterable, Mapping, Sequence
from email.utils import make_msgid
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.template import Context, engines
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from post_office.models import PRIORITY, STATUS, Email

from symposium.core.i18n import typography

# The names of the files which the worker makes at the moment of sending; see outbox.py.
ENCLOSE = "X-Symposium-Enclose"
# Nobody's absence is announced to a machine (RFC 3834).
AUTOMATIC = {"Auto-Submitted": "auto-generated"}
LONGEST_LINE = 500
LONGEST_SUBJECT = 150

# Embeddings, overrides and isolates turn the words around them; the marks (LRM, RLM) do not.
BIDI_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")
# Where a mail program recognises an address: evil.com, a@b.com, http://, tel:+212, \\server; not
# 10:30. The full stops of other scripts are those of host names too (UTS 46).
JOINTS = re.compile(
    r"(?<=[.\u2024\u3002\ufe52\uff0e\uff61@\uff20])(?=\S)"
    r"|(?<=\S)(?=[:\uff1a]\S)(?!(?<=\d):\d)"
    r"|(?<=\\)(?=\\)"
)
WORD_JOINER = "\u2060"
BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
# What organisers write as an address, and what stands after one without being of it.
WEB_OR_EMAIL = re.compile(r"https?://[^\s<>\"«»“”]+|[\w.+-]+@\w[\w-]*(?:\.\w[\w-]*)+")
AFTER_AN_ADDRESS = ".,;:!?'’*_…،؛؟"


class Trusted(str):
    """Words that an organiser wrote: nothing is put into them, and their addresses are links."""

    __slots__ = ()


def send(**letter) -> None:
    """Write a mail (see `composed`) in the caller's transaction; it leaves once that commits."""
    composed(**letter).send()


def composed(
    *,
    to: str,
    language: str,
    template: str,
    context: dict,
    enclosures: Sequence[str] = (),
    reply_to: str = "",
    zone: datetime.tzinfo | None = None,
    bulk: bool = False,
    unsubscribe_url: str = "",
) -> EmailMultiAlternatives:
    """A mail as its reader will see it, not sent.

    `enclosures` are names such as "ticket:7K4Q2M9XTB", which the worker turns into files. Dates
    are shown in `zone`, or in that of the site. A mail of many alike (`bulk`) lets others pass.
    `unsubscribe_url` ends such mails for its reader: a page, and by POST at once (RFC 8058).
    """
    with translation.override(language), timezone.override(zone or timezone.get_default_timezone()):
        words = harmless(context)
        subject = one_line(rendered(f"{template}_subject.txt", words), LONGEST_SUBJECT)
        body = BLANK_LINES.sub("\n\n", rendered(f"{template}_body.txt", words)).strip()
        frame = {
            **words,
            "subject": subject,
            "body": body,
            "site_url": settings.SITE_URL,
            "unsubscribe_url": unsubscribe_url,
        }
        text = BLANK_LINES.sub("\n\n", rendered("mail/frame.txt", frame)).strip() + "\n"
        html = framed(frame, language, links_of(words))
    message = EmailMultiAlternatives(
        subject, text, to=[to], reply_to=[reply_to] if reply_to else [], headers={**AUTOMATIC}
    )
    message.attach_alternative(html, "text/html")
    if enclosures:
        message.extra_headers[ENCLOSE] = ", ".join(enclosures)
    if unsubscribe_url:
        message.extra_headers |= {
            "List-Unsubscribe": f"<{unsubscribe_url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    message.priority = PRIORITY.low if bulk else PRIORITY.medium  # type: ignore[attr-defined]
    return message


def framed(frame: dict, language: str, links: set[str]) -> str:
    """The HTML part around `frame["body"]`, in which only `links` are links."""
    return render_to_string(
        "mail/frame.html",
        {
            **frame,
            "language": language,
            "direction": typography.direction(language),
            "style": style(),
            "paragraphs": paragraphs(frame["body"], links),
        },
    )


def add_html(message: EmailMultiAlternatives, language: str) -> None:
    """Give a mail of plain text, not ours, the same HTML part as ours."""
    body, _line, signature = message.body.partition("\n-- \n")
    name = signature.strip().removesuffix(settings.SITE_URL).strip()
    frame = {
        "subject": message.subject,
        "body": BLANK_LINES.sub("\n\n", body).strip(),
        "edition_name": name,
        "site_url": settings.SITE_URL,
    }
    message.attach_alternative(framed(frame, language, set()), "text/html")


def rendered(template: str, context: dict) -> str:
    """A template of plain text: nothing is escaped, with or without `autoescape off`."""
    found = engines["django"].engine.get_template(template)  # type: ignore[attr-defined]
    return found.render(Context(context, autoescape=False))


@cache
def style() -> SafeString:
    """The one style sheet that stands in a page: a mail has no other, and no security policy."""
    css = Path(finders.find("css/mail.css")).read_text()
    return format_html("<style>{}</style>", mark_safe(css))  # noqa: S308 (a file of ours)


# What people wrote


def harmless(value, key: str = ""):
    """Return `value` with every text in it made harmless; refuse what would hide one.

    Raises TypeError for a value of another kind, ValueError for a `…_url` that is not an address.
    """
    if isinstance(value, Trusted):
        return Trusted(whole_text(value, key))
    if isinstance(value, str | Promise):
        return harmless_text(str(value), key)
    if isinstance(value, Mapping):
        return {harmless(name): harmless(item, str(name)) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [harmless(item, key) for item in value]
    plain = int | float | decimal.Decimal | datetime.date | datetime.time | None
    if isinstance(value, plain):
        return value
    raise TypeError(f"A mail takes text, numbers, dates, lists, dicts; {key} is {type(value)}.")


def harmless_text(text: str, key: str) -> str:
    if key.endswith("_url"):
        return address(text, key)
    return unlinked(whole_text(text, key))


def whole_text(text: str, key: str) -> str:
    """Return `text` in one line, or in several for a `…_text`, without controls."""
    text = text.encode(errors="ignore").decode()  # a half of a surrogate pair is no letter
    text = BIDI_CONTROLS.sub("", typography.without_controls(text.replace("\r\n", "\n")))
    return text if key.endswith("_text") else one_line(text, LONGEST_LINE)


def unlinked(text: str) -> str:
    """Return `text` looking the same, in which a mail program finds nothing to make a link of."""
    return JOINTS.sub(WORD_JOINER, text)


def one_line(text: str, longest: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def address(text: str, key: str) -> str:
    """Return an address as it is: "" or one of http or https, whole and without spaces."""
    parts = urlsplit(text)
    whole = parts.scheme in {"http", "https"} and parts.hostname
    if text and not (whole and re.fullmatch(r"[^\s<>\"\x00-\x20\x7f]+", text)):
        raise ValueError(f"{key} is not a whole address: {text!r}")
    return text


# The HTML part


def links_of(words: dict) -> set[str]:
    """Every `…_url` of a context, and every address in what organisers wrote."""
    found = set()
    for name, value in words.items():
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict):
                found |= links_of(item)
            elif name.endswith("_url") and item:
                found.add(item)
            elif isinstance(item, Trusted):
                found |= {trimmed(match) for match in WEB_OR_EMAIL.findall(item)}
    return found


def trimmed(address: str) -> str:
    """An address without the punctuation of its sentence; a bracket closes one that it opened."""
    while True:
        bare = address.rstrip(AFTER_AN_ADDRESS)
        if bare.endswith(")") and bare.count(")") > bare.count("("):
            bare = bare[:-1]
        if bare == address:
            return bare
        address = bare


def paragraphs(body: str, links: set[str]) -> list[list[list[tuple[str, str]]]]:
    """Cut a body into paragraphs, lines, and pieces `(text, where it leads to, if it does)`."""
    found = "|".join(re.escape(link) for link in sorted(links, key=len, reverse=True))
    # A link ends where the words go on: one may be the beginning of another.
    pattern = re.compile(f"({found})" if found else "(?!)()")

    def pieces(line: str) -> list[tuple[str, str]]:
        return [(piece, target(piece)) for piece in pattern.split(line) if piece]

    def target(piece: str) -> str:
        if piece not in links:
            return ""
        return piece if "://" in piece else f"mailto:{piece}"

    return [[pieces(line) for line in part.split("\n")] for part in body.split("\n\n")]


# The outbox


class Outbox(BaseEmailBackend):
    """Django's mails, ours and allauth's, as rows of post_office in the caller's transaction.

    In place of `post_office.EmailBackend`, which compiles the finished mail as a template: there,
    a person called `{{ x }}` disappears, and one called `{% include … %}` reads our files.
    """

    def send_messages(self, email_messages: Iterable[EmailMessage]) -> int:
        kept = [self.keep(message) for message in email_messages]
        return len(kept)

    def keep(self, message: EmailMessage) -> Email:
        """Write one mail down, refused at once if a header of it is wrong (BadHeaderError)."""
        if message.attachments:
            raise ValueError("No file lies in the outbox: name it in `enclosures`.")
        message.message()
        headers = AUTOMATIC | message.extra_headers
        if message.reply_to:
            headers["Reply-To"] = ", ".join(message.reply_to)
        html = [text for text, kind in getattr(message, "alternatives", []) if kind == "text/html"]
        email = Email(
            from_email=message.from_email,
            to=message.to,
            cc=message.cc,
            bcc=message.bcc,
            subject=message.subject,
            message=message.body,
            html_message="".join(html),
            headers=headers,
            # The same if it is sent twice, so that a mailbox may show it once.
            message_id=make_msgid(domain=urlsplit(settings.SITE_URL).hostname),
            # What does not say is not ours but allauth's: somebody waits for a code.
            priority=getattr(message, "priority", PRIORITY.high),
            status=STATUS.queued,
        )
        # post_office keeps them with commas between: '"a,b@c.org,d"@e.org' would become three.
        ambiguous = any("," in recipient for recipient in message.recipients())
        if ambiguous:
            email.status = STATUS.failed
        email.save()
        if ambiguous:
            email.logs.create(status=STATUS.failed, message="The address has a comma in it.")
        return email
