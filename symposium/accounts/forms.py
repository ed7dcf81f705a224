"""Forms of the account pages."""

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
    """Form for an e-mail address; it sends a code whether or not the address has an account."""

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
    """Form for accounts with a password.

    It adds the password field, which allauth omits because the sign-up form has none.
    """

    def _setup_password_field(self):
        self.fields["login"].label = _("Email address")
        for field in self.fields.values():
            del field.widget.attrs["placeholder"]


class CodeField(forms.CharField):
    """Field for six or eight digits of any script. The browser accepts all that the server does."""

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
    """Form that compares a code with the one that was sent, and limits the wrong attempts."""

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
    """Field for the six digits of an authenticator app, or the eight of a recovery code."""

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
    """Form to name a new passkey.

    allauth's choice `passwordless` is removed: here every passkey can sign in alone.
    """

    name = PasskeyName(required=False)
    passwordless = None


class RenamePasskeyForm(EditWebAuthnForm):
    name = PasskeyName(required=True)
