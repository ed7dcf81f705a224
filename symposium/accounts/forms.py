from allauth.account import forms as allauth
from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from symposium.accounts.entrance import account_for


class LoginForm(allauth.LoginForm):
    """An e-mail address, to which a code is sent whether or not it has an account yet."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("E-mail address")
        self.fields["login"].validators.append(MaxLengthValidator(254))  # as RFC 5321 and User
        del self.fields["login"].widget.attrs["placeholder"]

    def login(self, request, redirect_url=None):
        self.user = account_for(email=self.cleaned_data["login"], language=get_language())
        return super().login(request, redirect_url)


class PasswordLoginForm(allauth.LoginForm):
    """For accounts with a password: allauth drops the field where sign-up asks for none."""

    def _setup_password_field(self):
        self.fields["login"].label = _("E-mail address")
        for field in self.fields.values():
            del field.widget.attrs["placeholder"]


class CodeField(forms.CharField):
    """Six digits; a space inside, as some people copy them, does no harm."""

    def __init__(self):
        super().__init__(
            label=_("Code received by e-mail"),
            help_text=_("Six digits. Pasting them is enough."),
            widget=forms.TextInput(
                attrs={
                    "class": "code-input",
                    "inputmode": "numeric",
                    "autocomplete": "one-time-code",
                    "pattern": r"\s*[0-9]{3}\s?[0-9]{3}\s*",
                    "maxlength": 10,
                }
            ),
        )


class ConfirmLoginCodeForm(allauth.ConfirmLoginCodeForm):
    code = CodeField()


class ConfirmEmailForm(allauth.ConfirmEmailVerificationCodeForm):
    code = CodeField()
