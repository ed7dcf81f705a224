"""The form that confirms an erasure."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from symposium.accounts.models import User


class ErasureForm(forms.Form):
    """Confirmation of an erasure, which cannot be undone: the e-mail address, typed again."""

    email = forms.EmailField(label=_("Your email address, to confirm"), max_length=254)
    mismatch = _("The email address doesn’t match your account. Nothing was deleted.")

    def __init__(self, *args, user: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].strip().lower()
        if email != self.user.email:
            raise ValidationError(self.mismatch, code="email")
        return email
