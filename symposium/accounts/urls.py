from allauth.urls import urlpatterns as allauth
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from symposium.accounts import views

to_login = RedirectView.as_view(pattern_name="account_login", query_string=True)
to_password = RedirectView.as_view(pattern_name="account_change_password")

urlpatterns = [
    path("login/password/", views.PasswordLoginView.as_view(), name="account_login_password"),
    path("login/code/confirm/", views.ConfirmLoginCodeView.as_view()),
    # One page signs users in and up: allauth's pages for a code and for sign-up redirect to it.
    path("login/code/", to_login),
    path("signup/", to_login),
    # One page sets the password: users who have forgotten theirs sign in with a code.
    path("password/change/", views.password),
    re_path("^password/", to_password),
    path("second-factor/", views.lead_to_second_factor, name="account_second_factor"),
    # These replace allauth's views under the same names, to redirect to the `next` page.
    path("2fa/webauthn/add/", views.AddPasskeyView.as_view()),
    path("2fa/totp/activate/", views.ActivateApplicationView.as_view()),
    path("", include(allauth)),
]
