"""Talks of a session at the desk: one row each, in the form of their session."""

import datetime

from django import forms
from django.contrib import admin
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from symposium.core.admin.base import EditionModelForm
from symposium.sessions.models import Session

# Fields of a row beside which the errors of a talk are shown.
FIELDS = {"starts_at": "start", "ends_at": "minutes"}
MINUTE = datetime.timedelta(minutes=1)


class TalkForm(EditionModelForm):
    """Row of a talk: its title, its start on the day of its session, its length.

    The title of a talk that there is changes in its own form. `session` is the session with the
    values of its form, set by the formset.
    """

    heading = forms.CharField(label=_("title"), max_length=200)
    start = forms.TimeField(
        label=_("start"), required=False, widget=forms.TimeInput(format="%H:%M", attrs={"size": 5})
    )
    minutes = forms.IntegerField(
        label=_("minutes"), required=False, min_value=1, max_value=24 * 60,
        widget=forms.NumberInput(attrs={"size": 4}),
    )  # fmt: skip

    session: Session

    class Meta:
        model = Session
        fields: list[str] = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        talk = self.instance
        if talk.pk is None:
            return
        self.fields["heading"].disabled = True
        self.initial["heading"] = talk.title
        if talk.starts_at:
            self.initial["start"] = talk.starts_at.astimezone(talk.edition.zone).time()
            self.initial["minutes"] = (talk.ends_at - talk.starts_at) // MINUTE

    def clean(self):
        cleaned = super().clean()
        if self.instance.pk is None:
            self.fill_in(cleaned.get("heading", ""))
        if not self.errors and {"start", "minutes"} & set(self.changed_data):
            self.place(cleaned.get("start"), cleaned.get("minutes"))
        return cleaned

    def fill_in(self, title: str) -> None:
        """Take for a new talk what its session says; it is public as soon as its session is."""
        talk = self.instance
        talk.edition, talk.parent = self.session.edition, self.session
        talk.title, talk.status = title, Session.Status.PUBLISHED
        talk.track, talk.languages = self.session.track, self.session.languages

    def place(self, start: datetime.time | None, minutes: int | None) -> None:
        """Set the times of the talk from its start and its length, both or neither."""
        talk, session = self.instance, self.session
        talk.parent = session
        if (start is None) != (minutes is None):
            field = "start" if start is None else "minutes"
            self.add_error(field, _("Enter both a start and a length, or neither."))
        elif start is None:
            talk.starts_at = talk.ends_at = None
        elif session.starts_at is None:
            self.add_error("start", _("First choose a time for the session."))
        else:
            talk.starts_at = next_at(start, session)
            talk.ends_at = talk.starts_at + minutes * MINUTE

    def _post_clean(self):
        """Leave an unchanged talk to its session, whose `clean` moves it along."""
        if self.has_changed():
            super()._post_clean()

    def _update_errors(self, errors):
        """Show the errors of the talk beside the fields of its row, or above them."""
        found: dict[str, list[ValidationError]] = {}
        for name, listed in errors.update_error_dict({}).items():
            found.setdefault(FIELDS.get(name, NON_FIELD_ERRORS), []).extend(listed)
        super()._update_errors(ValidationError(found))


def next_at(start: datetime.time, session: Session) -> datetime.datetime:
    """Return when the clock shows `start` during the session, or on its first day."""
    zone = session.edition.zone
    at = datetime.datetime.combine(session.day, start, zone)
    passes_midnight = session.ends_at and session.ends_at.astimezone(zone).date() > session.day
    if passes_midnight and at < session.starts_at:
        return at + datetime.timedelta(days=1)
    return at


class TalkFormSet(forms.BaseInlineFormSet):
    """Rows of the talks of a session; each knows the session as its form says."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        form.session = self.instance


class TalkInline(admin.TabularInline):
    """Talks in the form of their session; one is deleted in its own form."""

    model = Session
    fk_name = "parent"
    form = TalkForm
    formset = TalkFormSet
    fields = ["heading", "start", "minutes"]
    ordering = ["starts_at", "order", "pk"]
    verbose_name = pgettext_lazy("of a session", "talk")
    verbose_name_plural = pgettext_lazy("of a session", "talks")
    show_change_link = True
    can_delete = False
    extra = 0
