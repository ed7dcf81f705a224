from allauth.account import forms as allauth
from allauth.account.adapter import get_adapter
from allauth.core import context
from allauth.core.internal.httpkit import headed_redirect_response
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from symposium.accounts import addresses, codes, guesses, login


class LoginForm(allauth.LoginForm):
    """An e-mail address, to which a code is sent whether or not it has an account yet."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        login = self.fields["login"]
        login.label = _("Email address")
        login.validators += [MaxLengthValidator(254), addresses.validate_plain_address]  # as User
        del login.widget.attrs["placeholder"]

    def _clean_without_password(self, email: str | None, phone: str | None) -> dict:
        if not login.may_send(context.request, email):
            self.add_error("login", get_adapter().validation_error("too_many_login_attempts"))
        return self.cleaned_data

    def _login_by_code(self, request, redirect_url, credentials):
        login.send_code(request, credentials["email"])
        query = {"next": redirect_url} if redirect_url else None
        return headed_redirect_response("account_confirm_login_code", query=query)


class PasswordLoginForm(allauth.LoginForm):
    """For accounts with a password: allauth drops the field where sign-up asks for none."""

    def _setup_password_field(self):
        self.fields["login"].label = _("Email address")
        for field in self.fields.values():
            del field.widget.attrs["placeholder"]


class CodeField(forms.CharField):
    """Six or eight digits of any script: a browser must not refuse what the server reads."""

    def __init__(self):
        super().__init__(
            label=_("Code received by email"),
            help_text=_("You can paste it as it is."),
            widget=forms.TextInput(
                attrs={
                    "class": "code-input",
                    "inputmode": "numeric",
                    "autocomplete": "one-time-code",
                    "pattern": codes.PATTERN,
                    "maxlength": 50,
                }
            ),
        )

    def to_python(self, value) -> str:
        return codes.digits(super().to_python(value))


class CodeForm(allauth.BaseConfirmCodeForm):
    """Compares a code with the one that was sent, unless too many were wrong already."""

    code = CodeField()
    email: str

    def clean_code(self) -> str:
        with guesses.limit_guesses(context.request, self.email):
            return super().clean_code()


class ConfirmLoginCodeForm(CodeForm):
    def __init__(self, *args, email: str, **kwargs):
        self.email = email
        super().__init__(*args, **kwargs)


class ConfirmEmailForm(CodeForm, allauth.ConfirmEmailVerificationCodeForm):
    pass


class ConfirmReauthenticationCodeForm(CodeForm):
    @property
    def email(self) -> str:
        return context.request.user.email


class ApplicationCode(forms.CharField):
    """Six digits of the application, or the eight of a recovery code."""

    def __init__(self, *, label, **options):
        attrs = {"inputmode": "numeric", "autocomplete": "one-time-code", "dir": "ltr"}
        super().__init__(label=label, max_length=20, widget=forms.TextInput(attrs), **options)


class SecondStepForm(AuthenticateForm):
    code = ApplicationCode(label=_("Code from the app, or recovery code"))


class ConfirmSecondStepForm(ReauthenticateForm):
    code = ApplicationCode(label=_("Code from the app, or recovery code"))


class ActivateApplicationForm(ActivateTOTPForm):
    code = ApplicationCode(label=_("Code from the app"))


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
