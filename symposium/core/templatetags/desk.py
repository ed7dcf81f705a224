"""Template tags and filters of the desk: icons, initials, labels of cells, summaries of folds."""

import datetime
import re
from functools import cache

from django import template
from django.forms import BooleanField
from django.templatetags.static import static
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _

from symposium.core.i18n.dates import long_date, moment
from symposium.core.i18n.localized import LANGUAGES

register = template.Library()
LANGUAGE_IN_LABEL = re.compile(r" \[\w+\]$")
SUMMARY_VALUES = 4
SUMMARY_CHARS = 40


@register.simple_tag
@cache
def desk_icon(name: str, classes: str = "") -> SafeString:
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"></use></svg>',
        f"i {classes}".strip(),
        static("img/desk-icons.svg"),
        name,
    )


@register.filter
def initials(name: str) -> str:
    """Return the first letters of the first and the last word: “HS” for “Hanae Sentier”."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


@register.filter
def verbose_name(model) -> str:
    return model._meta.verbose_name


@register.filter
def labelled(cells: list[str], headers: list[dict]) -> list[SafeString]:
    """Add to each cell of a list's row the heading of its column, which a card shows before it."""
    return [label_cell(cell, header["text"]) for cell, header in zip(cells, headers, strict=False)]


def label_cell(cell: str, heading) -> SafeString:
    """Return a cell with its heading, and whether it is empty, as data attributes."""
    tag = "<th" if cell.startswith("<th") else "<td"
    words = capfirst(strip_tags(str(heading)))
    empty = " data-empty" if strip_tags(cell).strip() == "-" else ""
    label = format_html(' data-label="{}"', words) + empty if words else empty
    return mark_safe(cell.replace(tag, tag + label, 1))  # noqa: S308 (a cell made by Django)


@register.filter
def line_language(field) -> str:
    """Return the language of a translated field of a form, or ""."""
    attributes = getattr(getattr(field.field, "field", None), "widget", None)
    return attributes.attrs.get("lang", "") if attributes else ""


@register.filter
def is_translated(line) -> bool:
    """Return whether a row of a form holds one text in each language."""
    return [line_language(field) for field in line] == LANGUAGES


@register.filter
def is_begun(line) -> bool:
    """Return whether a text is written in at least one language."""
    return is_translated(line) and any(field.field.value() for field in line)


@register.filter
def lacks_translation(field, text_is_begun: bool) -> bool:
    return text_is_begun and not field.field.value()


@register.filter
def translated_label(field, text_is_begun: bool) -> SafeString:
    """Return the label of a field in one language: its name, and the code of the language."""
    state = "missing" if lacks_translation(field, text_is_begun) else "filled"
    code = line_language(field)
    contents = format_html(
        '{} <span class="lang lang-{}">{}</span>',
        LANGUAGE_IN_LABEL.sub("", str(field.field.label)), state, code,
    )  # fmt: skip
    return field.field.label_tag(contents, label_suffix="")


@register.filter
def texts(form, name: str) -> list[tuple]:
    """Return one text of a form that is no model's page: each language with its field and label."""
    fields = [(code, form[f"{name}_{code}"]) for code in LANGUAGES]
    return [(code, field, text_label(field, code)) for code, field in fields]


def text_label(field, code: str) -> SafeString:
    """Return the label of a field in one language: its name, and the code of the language."""
    name = capfirst(LANGUAGE_IN_LABEL.sub("", str(field.label)))
    contents = format_html('{} <span class="lang lang-filled">{}</span>', name, code)
    return field.label_tag(contents, label_suffix="")


@register.filter
def has_errors(fieldset) -> bool:
    names = {field.field.name for line in fieldset for field in line if not field.is_readonly}
    return not names.isdisjoint(fieldset.form.errors)


@register.filter
def fold_summary(fieldset) -> str:
    """Return the first values of a fieldset, which its closed fold shows."""
    values = (shown_value(field) for line in fieldset for field in line)
    return _(", ").join([value for value in values if value][:SUMMARY_VALUES])


def shown_value(field) -> str:
    """Return a field's value as words, shortened; "" for an empty one."""
    if field.is_readonly:
        return ""
    bound = field.field
    value = bound.value()
    if not value:
        return ""
    if isinstance(bound.field, BooleanField):
        return str(capfirst(bound.label))
    return Truncator(" ".join(choice_label(bound, value).split())).chars(SUMMARY_CHARS)


def choice_label(bound, value) -> str:
    """Return the label of the chosen value; for a related object, its name."""
    related = getattr(bound.form.instance, bound.name, None)
    if hasattr(bound.field, "queryset"):
        return str(related or "")
    if hasattr(bound.field, "choices"):
        chosen = {str(one) for one in (value if isinstance(value, list) else [value])}
        labels = [str(label) for key, label in bound.field.choices if str(key) in chosen]
        return _(", ").join(labels)
    written = bound.form.initial.get(bound.name, value) if isinstance(value, list) else value
    if isinstance(written, datetime.datetime):
        return moment(written)
    return long_date(written) if isinstance(written, datetime.date) else str(written)
