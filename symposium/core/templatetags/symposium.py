"""Template tags and filters available in every template: translated texts, icons, dates."""

import re
from functools import cache

from django import template
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext

from symposium.core import browsers
from symposium.core.i18n import dates, markdown, typography
from symposium.core.i18n.localized import LANGUAGE_NAMES, localized_text

register = template.Library()
SENTENCE_CHARS = 240
SENTENCE_END = re.compile(r"(?<=[.!?؟]) +")


@register.filter
def typo(text: str) -> SafeString:
    """Escape a text in the page's language and apply its typography."""
    return typography.typeset(text or "", get_language())


@register.filter
def browser(user_agent: str) -> str:
    return browsers.browser_name(user_agent)


@register.simple_tag
def text(thing, field: str) -> SafeString:
    """Return a translated field, in a span with `lang` and `dir` if not in the page's language."""
    here = get_language()
    words, language = localized_text(thing, field, here)
    html = typography.typeset(words, language)
    return html if language == here else marked("span", language, html)


@register.simple_tag
def name(thing, field: str = "name") -> SafeString:
    """Return a name in a <bdi>, so that its direction does not affect the sentence around it."""
    here = get_language()
    words, language = localized_text(thing, field, here)
    if language == here:
        return format_html("<bdi>{}</bdi>", words)
    return marked("bdi", language, conditional_escape(words))


@register.simple_tag
def word(thing, field: str) -> SafeString:
    """Return the label of a choice, or the edition's own word in its place (`own_<field>`)."""
    own = getattr(thing, f"own_{field}", None)
    label = getattr(thing, f"get_{field}_display")
    return text(own, "name") if own else conditional_escape(label())


@register.simple_tag
def names(things) -> SafeString:
    """Return the names of people, with the comma of the page's language."""
    return format_html_join(gettext(", "), "{}", ((name(thing),) for thing in things))


@register.simple_tag
def paragraphs(thing, field: str, lead: bool = False, limit: int | None = None) -> SafeString:
    """Return a translated text as HTML, one paragraph per line; `lead` enlarges the first sentence.

    `limit` returns only that number of sentences, from the first paragraph.
    """
    words, language = localized_text(thing, field)
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    if limit:
        lines = [" ".join(SENTENCE_END.split(line)[:limit]) for line in lines[:1]]
    html = [typography.typeset(line, language) for line in lines]
    if lead and lines:
        first, *rest = SENTENCE_END.split(lines[0], maxsplit=1)
        html[0] = format_html(
            '<span class="first">{}</span>{}',
            typography.typeset(first, language),
            typography.typeset(f" {rest[0]}" if rest else "", language),
        )
    same = language == get_language()
    return mark_safe(  # noqa: S308 - typeset escapes each line
        "".join(f"<p>{line}</p>" if same else marked("p", language, line) for line in html)
    )


@register.simple_tag
def formatted(thing, field: str) -> SafeString:
    """Return a translated Markdown text as safe HTML, with French spacing."""
    words, language = localized_text(thing, field)
    html = markdown.to_html(words, language)
    return html if language == get_language() else marked("div", language, html)


@register.simple_tag
def extract(thing, field: str) -> SafeString:
    """Return the beginning of the first paragraph of a translated Markdown text, as plain text."""
    words, language = localized_text(thing, field)
    html = typography.typeset(summary(markdown.first_paragraph(words)), language)
    return html if language == get_language() else marked("span", language, html)


@register.simple_tag
def first_sentence(thing, field: str) -> SafeString:
    """Return the first sentence of a translated text, or its beginning if it is long."""
    words, language = localized_text(thing, field)
    line = next(filter(None, map(str.strip, words.splitlines())), "")
    sentence = Truncator(SENTENCE_END.split(line)[0]).chars(SENTENCE_CHARS)
    html = typography.typeset(sentence, language)
    return html if language == get_language() else marked("span", language, html)


def marked(tag: str, language: str, html: SafeString) -> SafeString:
    direction = typography.direction(language)
    return format_html('<{} lang="{}" dir="{}">{}</{}>', tag, language, direction, html, tag)


@register.filter
def summary(text: str, length: int = 200) -> str:
    """Return at most `length` characters of a text, on one line, for a meta description."""
    return Truncator(" ".join((text or "").split())).chars(length)


@register.simple_tag
def icon(name: str, classes: str = "") -> SafeString:
    return icon_html(name, classes)


@cache
def icon_html(name: str, classes: str) -> SafeString:
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"></use></svg>',
        f"icon {classes}".strip(),
        static("img/icons.svg"),
        name,
    )


@register.simple_tag
def times(session) -> SafeString:
    """Return start and end in the edition's time zone; a script adds the reader's local time."""
    starts_at, ends_at = localtime(session.starts_at), localtime(session.ends_at)
    return format_html(
        '<bdi dir="ltr"><time datetime="{0}" data-local data-local-end="{1}">{2}</time>'
        '–<time datetime="{1}">{3}</time></bdi>',
        starts_at.isoformat(),
        ends_at.isoformat(),
        f"{starts_at:%H:%M}",
        f"{ends_at:%H:%M}",
    )


@register.filter(expects_localtime=True)
def long_date(day) -> str:
    return dates.long_date(day)


@register.filter
def moment(at) -> str:
    return dates.moment(at)


@register.filter(expects_localtime=True)
def weekday(day) -> str:
    return dates.weekday(day)


@register.filter(expects_localtime=True)
def short_weekday(day) -> str:
    return dates.short_weekday(day)


@register.filter(expects_localtime=True)
def utc_offset(at) -> str:
    """Return the offset of a datetime from UTC: UTC+01, UTC+05:30."""
    hours, minutes = f"{at:%z}"[:3], f"{at:%z}"[3:]
    return f"UTC{hours}" if minutes == "00" else f"UTC{hours}:{minutes}"


@register.filter
def direction(language: str) -> str:
    return typography.direction(language)


@register.filter
def language_name(code: str) -> str:
    """Return a language's name in the reader's language: « français », “French”, «الفرنسية»."""
    return str(LANGUAGE_NAMES.get(code, code))
