"""Forms of the check-in pages."""

import datetime
import uuid

from django import forms
from django.core import signing
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from symposium.editions.models import Edition
from symposium.registrations.checkin import scans
from symposium.sessions.models import Session


class CheckInSessionField(forms.ModelChoiceField):
    """Field for a session of the edition, named by its slug; empty for the entrance."""

    def __init__(self, edition: Edition):
        sessions = edition.sessions.published().scheduled().to_be_prepared().with_doors()
        super().__init__(
            sessions.order_by("starts_at", "pk"), label=_("Door"), required=False,
            to_field_name="slug", empty_label=_("Entrance"),
            widget=forms.Select({"class": "form-select"}),
        )  # fmt: skip

    def label_from_instance(self, session: Session) -> str:
        starts_at = localtime(session.starts_at)
        return f"{date_format(starts_at, 'D j')} · {starts_at:%H:%M} · {session}"


class CheckInForm(forms.Form):
    """Form for the session (or the entrance) of the check-in and, for the list, the day."""

    day = forms.DateField(required=False)

    def __init__(self, data, edition: Edition):
        super().__init__(data)
        self.edition = edition
        self.fields["session"] = CheckInSessionField(edition)

    def clean_day(self) -> datetime.date | None:
        day = self.cleaned_data["day"]
        if day and day not in self.edition.days:
            raise forms.ValidationError(
                _("The edition doesn’t take place on this day."), code="day"
            )
        return day


class ScanForm(CheckInForm):
    """Form of one scan: a ticket code, or a person found by name.

    Without JavaScript, `code` may also be a name. The device fills in the other fields: `nonce` is
    its number of the scan, `user` the account signed in at that moment. `session` is a `guid`, of
    any session of the edition: the session may have changed while the device kept the scan.
    """

    code = forms.CharField(max_length=300, required=False)
    person = forms.CharField(required=False)
    nonce = forms.UUIDField(required=False)
    scanned_at = forms.DateTimeField(required=False)
    user = forms.IntegerField(required=False)

    def __init__(self, data, edition: Edition):
        super().__init__(data, edition)
        sessions = edition.sessions.all()
        self.fields["session"] = forms.ModelChoiceField(
            sessions, required=False, to_field_name="guid"
        )

    def clean_person(self) -> int | None:
        token = self.cleaned_data["person"]
        try:
            return scans.read_token(self.edition, token) if token else None
        except signing.BadSignature:
            words = _("Search for this name again.")
            raise forms.ValidationError(words, code="person") from None

    def clean(self):
        if not self.errors and not (self.cleaned_data["code"] or self.cleaned_data["person"]):
            self.add_error("code", forms.ValidationError(_("Enter a code."), code="required"))

    def clean_nonce(self) -> uuid.UUID:
        return self.cleaned_data["nonce"] or uuid.uuid4()
