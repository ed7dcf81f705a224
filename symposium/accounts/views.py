from allauth.account.utils import get_next_redirect_url
from allauth.account.views import LoginView
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.internal import auth
from allauth.mfa.webauthn.views import AddWebAuthnView
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.urls import reverse

from symposium.accounts import second_factor
from symposium.accounts.forms import PasswordLoginForm


class PasswordLoginView(LoginView):
    template_name = "account/login_password.html"

    def get_form_class(self):
        return PasswordLoginForm


class AddPasskeyView(AddWebAuthnView):
    """A key that the device keeps and opens with a finger, a face or a code: a passkey."""

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
    """Lead an organiser without a second factor to one, then on to the desk."""
    to = get_next_redirect_url(request) or reverse("admin:index")
    if not second_factor.is_missing(request):
        return redirect(to)
    kinds = Authenticator.objects.filter(user=request.user, type__in=second_factor.KINDS)
    context = {"to": to, "kinds": set(kinds.values_list("type", flat=True))}
    return render(request, "account/second_factor.html", context)
