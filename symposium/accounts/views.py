"""Account pages that differ from those of allauth."""

from allauth.account import views as allauth
from allauth.account.decorators import reauthentication_required
from allauth.account.forms import SetPasswordForm
from allauth.account.internal.flows import password_change
from allauth.account.utils import get_next_redirect_url
from allauth.decorators import rate_limit
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.internal import auth
from allauth.mfa.webauthn.views import AddWebAuthnView
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from symposium.accounts import second_factor
from symposium.accounts.forms import PasswordLoginForm
from symposium.accounts.login import LoginCode, account_for
from symposium.accounts.requests import AccountRequest


class PasswordLoginView(allauth.LoginView):
    template_name = "account/login_password.html"

    def get_form_class(self):
        return PasswordLoginForm


class ConfirmLoginCodeView(allauth.ConfirmLoginCodeView):
    """View that checks the code, and creates the account if there is none."""

    def get_form_kwargs(self) -> dict:
        kwargs = super().get_form_kwargs()
        if self._action != "resend":
            kwargs["email"] = self.stage.login.email
        return kwargs

    def _resend_form_valid(self, form) -> HttpResponse:
        self._process = LoginCode(self.stage)
        return super()._resend_form_valid(form)

    def _verify_form_valid(self, form) -> HttpResponse:
        user = account_for(email=self.stage.login.email, language=get_language())
        if user is None:
            self._process.abort()
            return redirect("account_inactive")
        self.stage.login.user = user
        self._process = LoginCode(self.stage)
        return super()._verify_form_valid(form)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
@reauthentication_required(app="allauth.account")
@rate_limit(action="change_password")
@sensitive_post_parameters()
def password(request: AccountRequest) -> HttpResponse:
    """Set or change the password of a user who has just confirmed their identity.

    The current password, which the user may have forgotten, is not required: a code sent by e-mail
    is enough.
    """
    had_one = request.user.has_usable_password()
    form = SetPasswordForm(data=request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        finish = (
            password_change.finalize_password_change
            if had_one
            else password_change.finalize_password_set
        )
        finish(request, request.user)
        return redirect("account_change_password")
    return render(request, "account/password.html", {"form": form})


class AddPasskeyView(AddWebAuthnView):
    """View that adds a passkey: a key that the device unlocks by fingerprint, face or PIN."""

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        options = auth.begin_registration(self.request.user, passwordless=True)
        return context | {"js_data": {"creation_options": options}}

    def get_success_url(self) -> str:
        return get_next_redirect_url(self.request) or reverse("mfa_list_webauthn")


class ActivateApplicationView(ActivateTOTPView):
    def get_success_url(self) -> str:
        return get_next_redirect_url(self.request) or super().get_success_url()


@login_required
def lead_to_second_factor(request):
    """Show an organiser how to set up or use a second factor, or redirect if none is missing."""
    to = get_next_redirect_url(request) or reverse("admin:index")
    if not second_factor.is_missing(request):
        return redirect(to)
    kinds = Authenticator.objects.filter(user=request.user, type__in=second_factor.KINDS)
    context = {"to": to, "kinds": set(kinds.values_list("type", flat=True))}
    return render(request, "account/second_factor.html", context)
