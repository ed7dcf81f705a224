"""Composition of an e-mail: in the reader's language, in plain text and HTML.

An e-mail has two plain text templates, `<template>_subject.txt` and `<template>_body.txt`, which
escape nothing: their output goes unchanged into the text part, and escaped into the HTML part. The
suffix of a context key decides which text it may contain:

- `…_url`: a whole URL (`https://…`) of ours or of an organiser, which becomes a link;
- `…_text`: text of several lines;
- any other key: one line of text, which may come from anybody: it never becomes a link, a header or
  a template; `compose()` sanitizes it, so templates need not.

Text that organisers write is passed as `Trusted`: it is left unchanged, and the web and e-mail
addresses in it become links.

Besides text, a context may contain numbers, dates, and lists and dicts of these. Models are
refused: a template would read their fields unsanitized, and run queries.

A body places a part, such as the table of facts, with `{{ parts.cards }}`. Each part has a template
for each of the two texts, `mail/parts/<part>.txt` and `.html`, and its own keys of the context:

- `code`: `sign_in_code`, in large digits;
- `qr`: `qr_image`, the Content-ID of an image among the attachments, and `code`, its text;
- `cards`: `cards`, a list of `{"title", "rows"}`; a row has `label`, `value`, and possibly
  `detail`, `is_old`, `more_url` and `more_label`;
- `deadline`: `deadline`, a sentence;
- `action`: `action_url` and `action_label`, a button. It is at the end unless the body places it.

The frame says whose the e-mail is and why it came: `edition_name`, `dates`, `place`, `why`,
`contact_email`; `palette` has its colours. The name of the sender is `sender_name`,
or else `edition_name`. The first
paragraph of a body is the greeting; mailboxes show the second one beside the subject.
"""

import datetime
import decimal
import re
from collections.abc import Mapping, Sequence
from email.headerregistry import Address
from email.utils import parseaddr
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.mail import EmailMultiAlternatives
from django.template import Context, engines
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from symposium.core.i18n import typography
from symposium.core.mail.models import Email

MAX_LINE_CHARS = 500
MAX_SUBJECT_CHARS = 150
MAX_SENDER_CHARS = 80

# Embeddings, overrides and isolates reorder the words around them; the marks (LRM, RLM) do not.
BIDI_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")
# Where an e-mail program recognises an address: evil.com, a@b.com, http://, tel:+212, \\server; not
# 10:30. Full stops of other scripts are valid in host names too (UTS 46).
JOINTS = re.compile(
    r"(?<=[.\u2024\u3002\ufe52\uff0e\uff61@\uff20])(?=\S)"
    r"|(?<=\S)(?=[:\uff1a]\S)(?!(?<=\d):\d)"
    r"|(?<=\\)(?=\\)"
)
WORD_JOINER = "\u2060"
# Every white space but the no-break spaces of French.
SPACES = re.compile(r"[^\S\u00a0\u202f]+")
BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
# Addresses in texts of organisers, and punctuation that may follow an address.
WEB_OR_EMAIL = re.compile(r"https?://[^\s<>\"«»“”]+|[\w.+-]+@\w[\w-]*(?:\.\w[\w-]*)+")
AFTER_AN_ADDRESS = ".,;:!?'’*_…،؛؟"
# Colours of `mail.css` that an edition may replace.
PALETTE = {
    "sea-fill": "#0a4a70", "sea-deep": "#06304a", "terra": "#a83f22", "terra-fill": "#ad4225"
}  # fmt: skip
# The place of a part in a body. Texts contain no control characters, so none can forge a mark.
MARK = "\x1e"
PARTS = {name: f"\n\n{MARK}{name}\n\n" for name in ("code", "qr", "cards", "deadline", "action")}


class Trusted(str):
    """Text that an organiser wrote: left unchanged, and its addresses become links."""

    __slots__ = ()


class Message(EmailMultiAlternatives):
    """E-mail that is not sent yet, with its priority and attachments for the queue."""

    priority = Email.Priority.MEDIUM
    # Names such as "ticket:7K4Q2M9XTB", from which the worker makes files.
    attachment_names: Sequence[str] = ()


def send(**mail) -> None:
    """Compose an e-mail (see `compose`) and queue it in the caller's transaction."""
    compose(**mail).send()


def compose(
    *,
    to: str,
    language: str,
    template: str,
    context: dict,
    attachments: Sequence[str] = (),
    reply_to: str = "",
    zone: datetime.tzinfo | None = None,
    bulk: bool = False,
    unsubscribe_url: str = "",
) -> Message:
    """Return an e-mail as its reader will see it.

    `attachments` are names such as "ticket:7K4Q2M9XTB", from which the worker makes files. Dates
    are in `zone`, by default the site's. A `bulk` e-mail has the lowest priority. `unsubscribe_url`
    is a page that ends the subscription to such e-mails; a POST ends it at once (RFC 8058).
    """
    with translation.override(language), timezone.override(zone or timezone.get_default_timezone()):
        words = sanitize(context)
        subject = one_line(render_text(f"{template}_subject.txt", words), MAX_SUBJECT_CHARS)
        body = render_text(f"{template}_body.txt", words | {"parts": PARTS})
        message = Message(subject, body, to=[to], reply_to=[reply_to] if reply_to else [])
        fill_frame(message, language, words | {"unsubscribe_url": unsubscribe_url})
    message.attachment_names = attachments
    if bulk:
        message.priority = Email.Priority.LOW
    if unsubscribe_url:
        message.extra_headers = {
            "List-Unsubscribe": f"<{unsubscribe_url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    return message


def fill_frame(message: EmailMultiAlternatives, language: str, words: dict) -> None:
    """Turn `message.body`, in which parts are marks, into the text and the HTML part of the frame.

    `words` is a sanitized context. The e-mail comes from the edition that it names.
    """
    body = BLANK_LINES.sub("\n\n", message.body.strip())
    blocks = body.split("\n\n")
    if words.get("action_url") and f"{MARK}action" not in blocks:
        blocks.append(f"{MARK}action")
    frame = {
        **words,
        "subject": message.subject,
        "language": language,
        "direction": typography.direction(language),
        "site_url": settings.SITE_URL,
    }
    text = "\n\n".join(text_block(block, frame) for block in blocks)
    html = {
        "style": style(words.get("palette") or {}),
        "preheader": preheader(blocks),
        "blocks": [html_block(block, frame, links_of(words)) for block in blocks],
    }
    whole = render_text("mail/frame.txt", {**frame, "body": text})
    message.body = BLANK_LINES.sub("\n\n", whole).strip() + "\n"
    message.attach_alternative(render_to_string("mail/frame.html", {**frame, **html}), "text/html")
    message.from_email = sender(str(words.get("sender_name") or words.get("edition_name") or ""))


def text_block(block: str, frame: dict) -> str:
    if block.startswith(MARK):
        return render_text(f"mail/parts/{block[1:]}.txt", frame).strip()
    return block


def html_block(block: str, frame: dict, links: set[str]) -> SafeString:
    """Return the table row of a part or of a paragraph, in which only `links` are links."""
    if block.startswith(MARK):
        return render_to_string(f"mail/parts/{block[1:]}.html", frame)
    return render_to_string("mail/parts/paragraph.html", {"lines": pieces_of(block, links)})


def preheader(blocks: Sequence[str]) -> str:
    """Return the first line after the greeting, which mailboxes show beside the subject."""
    paragraphs = [block for block in blocks if not block.startswith(MARK)]
    return paragraphs[:2][-1].split("\n")[0] if paragraphs else ""


def sender(name: str) -> str:
    """Return the address of the site's e-mails, with `name` as its display name."""
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    name = one_line(name, MAX_SENDER_CHARS)
    return str(Address(name, addr_spec=address)) if name else settings.DEFAULT_FROM_EMAIL


def render_text(template: str, context: dict) -> str:
    """Render a plain text template: nothing is escaped, with or without `autoescape off`."""
    found = engines["django"].engine.get_template(template)  # type: ignore[attr-defined]
    return found.render(Context(context, autoescape=False))


def style(palette: Mapping[str, str]) -> SafeString:
    """Return the style sheet of e-mails as <style>: an e-mail loads no file, and has no CSP.

    `palette` has the colours of an edition, by the names of `PALETTE`.
    """
    css = style_sheet()
    for name, colour in palette.items():
        css = css.replace(PALETTE[name], colour)
    return format_html("<style>{}</style>", mark_safe(css))  # noqa: S308 (a file of ours)


@cache
def style_sheet() -> str:
    return Path(finders.find("css/mail.css")).read_text()


# Text that people wrote


def sanitize(value, key: str = ""):
    """Return `value` with every text in it made safe for a template.

    Raise TypeError for any other type of value, ValueError for a `…_url` that is not a whole URL.
    """
    if isinstance(value, Trusted):
        return Trusted(whole_text(value, key))
    if isinstance(value, str | Promise):
        return sanitize_text(str(value), key)
    if isinstance(value, Mapping):
        return {sanitize(name): sanitize(item, str(name)) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [sanitize(item, key) for item in value]
    plain = int | float | decimal.Decimal | datetime.date | datetime.time | None
    if isinstance(value, plain):
        return value
    raise TypeError(f"A mail takes text, numbers, dates, lists, dicts; {key} is {type(value)}.")


def sanitize_text(text: str, key: str) -> str:
    if key.endswith("_url"):
        return address(text, key)
    return prevent_autolinks(whole_text(text, key))


def whole_text(text: str, key: str) -> str:
    """Return `text` in one line, or in several for a `…_text`, without controls."""
    text = text.encode(errors="ignore").decode()  # drops halves of surrogate pairs
    text = BIDI_CONTROLS.sub("", typography.strip_controls(text.replace("\r\n", "\n")))
    return text if key.endswith("_text") else one_line(text, MAX_LINE_CHARS)


def prevent_autolinks(text: str) -> str:
    """Return `text` with invisible characters that stop e-mail programs from making links in it."""
    return JOINTS.sub(WORD_JOINER, text)


def one_line(text: str, max_chars: int) -> str:
    text = SPACES.sub(" ", text).strip()
    return text if len(text) <= max_chars else f"{text[: max_chars - 1]}…"


def address(text: str, key: str) -> str:
    """Return `text` unchanged: "" or a whole http(s) URL without spaces; or raise ValueError."""
    parts = urlsplit(text)
    whole = parts.scheme in {"http", "https"} and parts.hostname
    if text and not (whole and re.fullmatch(r"[^\s<>\"\x00-\x20\x7f]+", text)):
        raise ValueError(f"{key} is not a whole address: {text!r}")
    return text


# The HTML part


def links_of(words: dict) -> set[str]:
    """Return every `…_url` of a context, and every address in texts of organisers."""
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
    """Return an address without the punctuation after it, or a bracket that it did not open."""
    while True:
        bare = address.rstrip(AFTER_AN_ADDRESS)
        if bare.endswith(")") and bare.count(")") > bare.count("("):
            bare = bare[:-1]
        if bare == address:
            return bare
        address = bare


def pieces_of(paragraph: str, links: set[str]) -> list[list[tuple[str, str]]]:
    """Split a paragraph into lines, and pieces `(text, href)`; `href` is "" for no link."""
    found = "|".join(re.escape(link) for link in sorted(links, key=len, reverse=True))
    # Longest first: a link may be the beginning of another one.
    pattern = re.compile(f"({found})" if found else "(?!)()")

    def target(piece: str) -> str:
        if piece not in links:
            return ""
        return piece if "://" in piece else f"mailto:{piece}"

    return [
        [(piece, target(piece)) for piece in pattern.split(line) if piece]
        for line in paragraph.split("\n")
    ]
