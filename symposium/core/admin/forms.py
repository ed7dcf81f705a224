"""Forms of the desk: languages side by side, the right column, who is told before a save."""

from django.contrib import admin
from django.contrib.admin.widgets import AdminSplitDateTime
from django.utils.translation import gettext as _
from django.utils.translation import gettext as django_gettext  # `make messages` leaves its texts

from symposium.core.admin.last_changes import changes_of
from symposium.core.i18n.localized import LANGUAGES

SHOWN_CHANGES = 3


def in_languages(name: str) -> list[str]:
    """Return a field's names in all languages: `title_fr` gives also `title_en`, `title_ar`."""
    return [f"{name.rpartition('_')[0]}_{code}" for code in LANGUAGES]


def is_translated_row(row) -> bool:
    """Return whether a row is one text or more, each in every language."""
    names = list(row)
    return names == [name for first in names[:: len(LANGUAGES)] for name in in_languages(first)]


def side_by_side(fields) -> list:
    """Return the rows of a fieldset, the languages of each text together in a row of its own."""
    waiting: list = []
    for row in fields:
        waiting += [row] if isinstance(row, str) or not is_translated_row(row) else row
    rows = []
    while waiting:
        text = waiting[: len(LANGUAGES)]
        if isinstance(text[0], str) and text == in_languages(text[0]):
            rows.append(tuple(text))
            del waiting[: len(LANGUAGES)]
        else:
            rows.append(waiting.pop(0))
    return rows


def language_gaps(form) -> list[tuple[str, int]]:
    """Return each language with the number of texts that others have and it has not.

    The list is empty for a form without translated texts.
    """
    firsts = [name for name in form.fields if name == in_languages(name)[0]]
    names = [in_languages(name) for name in firsts if set(in_languages(name)) <= set(form.fields)]
    texts = [[form[name].value() for name in three] for three in names]
    begun = [text for text in texts if any(text)]
    gaps = [(code, sum(not text[n] for text in begun)) for n, code in enumerate(LANGUAGES)]
    return gaps if names else []


class DeskFormMixin(admin.ModelAdmin):
    """Form with one switch of language, facts beside it, and who is told under it."""

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Label the date and the time of a field for screen readers."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, AdminSplitDateTime):
            words = (django_gettext("Date"), django_gettext("Time"))
            for part, word in zip(field.widget.widgets, words, strict=True):
                part.attrs["aria-label"] = f"{field.label} – {word}"
        return field

    def tells(self, request, obj) -> str:
        """Return the sentence that says who gets an e-mail after a save; "" for nobody."""
        return ""

    def under_title(self, obj) -> list:
        """Return what stands under the name of an object: its state, its time."""
        return []

    def aside(self, request, obj) -> list[dict]:
        """Return the parts of the right column: `{"title", "facts", "links"}`.

        `facts` are pairs of a name and a value, `links` pairs of an address and words.
        """
        page = self.view_on_site(obj) if callable(self.view_on_site) else None
        if page is None:
            return []
        return [{"title": _("On the site"), "links": [(page, _("View the public page"))]}]

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["language_gaps"] = language_gaps(context["adminform"].form)
        if obj:
            context |= {
                "title": str(obj),
                "subtitle": "",
                "tells": self.tells(request, obj),
                "under_title": self.under_title(obj),
                "aside": self.aside(request, obj),
                "changes": changes_of(obj, SHOWN_CHANGES),
            }
        return super().render_change_form(request, context, add, change, form_url, obj)
