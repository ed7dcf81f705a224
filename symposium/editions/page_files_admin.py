"""Pictures and files in the form of a page, which checks the names in its texts."""

from collections.abc import Iterable

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from symposium.core.admin.inlines import OrderedFormSet, OrderedStackedInline
from symposium.core.i18n.localized import LANGUAGE_NAMES, LANGUAGES
from symposium.core.i18n.markdown import file_mentions
from symposium.core.uploads import is_picture
from symposium.editions.models import Page, PageFile, short_name
from symposium.editions.page_files import thumbnails

WRONG_PICTURE = _("The %(language)s text shows “%(name)s”, which isn’t a picture of this page.")
WRONG_LINK = _("The %(language)s text links to “%(name)s”, which isn’t a file of this page.")


def wrong_mentions(page: Page, names: Iterable[str]) -> list[ValidationError]:
    """Return a sentence for each file that a text of `page` names and that is not in `names`."""
    known = set(names)
    return [
        ValidationError(
            WRONG_PICTURE if is_shown else WRONG_LINK,
            code="no_such_file",
            params={"name": name, "language": LANGUAGE_NAMES[code]},
        )
        for code in LANGUAGES
        for name, is_shown in file_mentions(getattr(page, f"body_{code}") or "")
        if name not in known or is_shown and not is_picture(name)
    ]


class PageFileForm(forms.ModelForm):
    def clean(self):
        cleaned = super().clean()
        if file := self.cleaned_data.get("file"):
            self.cleaned_data["name"] = short_name(self.cleaned_data.get("name", ""), file.name)
        return cleaned


class PageFileFormSet(OrderedFormSet):
    def clean(self):
        """Refuse a text that names a file the page does not have."""
        super().clean()
        if any(self.errors):
            return
        kept = (form for form in self.forms if form not in self.deleted_forms)
        names = [form.cleaned_data["name"] for form in kept if form.cleaned_data.get("name")]
        if wrong := wrong_mentions(self.instance, names):
            raise ValidationError(wrong)

    def save(self, commit=True):
        """Save the files, and make the thumbnails of new pictures."""
        saved = super().save(commit)
        for file in saved:
            if commit and file.is_picture:
                thumbnails(file)
        return saved


class PageFileInline(OrderedStackedInline):
    model = PageFile
    form = PageFileForm
    formset = PageFileFormSet
    fields = [("file", "name"), "description"]

    def has_change_permission(self, request, obj=None):
        """Return whether the user may write the page `obj`, or a new one."""
        return request.user.has_perm(f"symposium_editions.{'change' if obj else 'add'}_page")

    has_add_permission = has_delete_permission = has_change_permission

    def has_view_permission(self, request, obj=None):
        may_view = request.user.has_perm("symposium_editions.view_page")
        return may_view or self.has_change_permission(request, obj)
