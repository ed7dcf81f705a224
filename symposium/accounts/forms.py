from allauth.account import forms as allauth
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
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


class ApplicationCode(forms.CharField):
    """Six digits of the application, or the eight of a recovery code."""

    def __init__(self, *, label, **options):
        attrs = {"inputmode": "numeric", "autocomplete": "one-time-code", "dir": "ltr"}
        super().__init__(label=label, max_length=20, widget=forms.TextInput(attrs), **options)


class SecondStepForm(AuthenticateForm):
    code = ApplicationCode(label=_("Code of the application, or recovery code"))


class ConfirmSecondStepForm(ReauthenticateForm):
    code = ApplicationCode(label=_("Code of the application, or recovery code"))


class ActivateApplicationForm(ActivateTOTPForm):
    code = ApplicationCode(label=_("Code of the application"))


class PasskeyName(forms.CharField):
    def __init__(self, *, required: bool):
        super().__init__(
            label=_("Name of the passkey"),
            help_text=_("For you, to tell one device from another."),
            max_length=60,
            required=required,
        )


class AddPasskeyForm(AddWebAuthnForm):
    """Every key here opens the account on its own: there is nothing to choose but its name."""

    name = PasskeyName(required=False)
    passwordless = None


class RenamePasskeyForm(EditWebAuthnForm):
    name = PasskeyName(required=True)
