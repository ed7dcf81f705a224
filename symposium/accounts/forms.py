from allauth.account import forms as allauth
from allauth.account.adapter import get_adapter
from allauth.core import context
from allauth.core.internal.httpkit import headed_redirect_response
from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from symposium.accounts import addresses, codes, entrance, guesses


class LoginForm(allauth.LoginForm):
    """An e-mail address, to which a code is sent whether or not it has an account yet."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        login = self.fields["login"]
        login.label = _("E-mail address")
        login.validators += [MaxLengthValidator(254), addresses.validate_plain]  # as User
        del login.widget.attrs["placeholder"]

    def _clean_without_password(self, email: str | None, phone: str | None) -> dict:
        if not entrance.may_send(context.request, email):
            self.add_error("login", get_adapter().validation_error("too_many_login_attempts"))
        return self.cleaned_data

    def _login_by_code(self, request, redirect_url, credentials):
        entrance.send_code(request, credentials["email"])
        query = {"next": redirect_url} if redirect_url else None
        return headed_redirect_response("account_confirm_login_code", query=query)


class PasswordLoginForm(allauth.LoginForm):
    """For accounts with a password: allauth drops the field where sign-up asks for none."""

    def _setup_password_field(self):
        self.fields["login"].label = _("E-mail address")
        for field in self.fields.values():
            del field.widget.attrs["placeholder"]


class CodeField(forms.CharField):
    """Six or eight digits of any script: a browser must not refuse what the server reads."""

    def __init__(self):
        super().__init__(
            label=_("Code received by e-mail"),
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
        with guesses.counted(context.request, self.email):
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
