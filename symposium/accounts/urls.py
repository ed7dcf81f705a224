from allauth.urls import urlpatterns as allauth
from django.urls import include, path
from django.views.generic import RedirectView

from symposium.accounts import views

to_login = RedirectView.as_view(pattern_name="account_login", query_string=True)

urlpatterns = [
    path("login/password/", views.PasswordLoginView.as_view(), name="account_login_password"),
    # One page serves everybody: allauth's own pages to ask for a code and to sign up lead to it.
    path("login/code/", to_login),
    path("signup/", to_login),
    path("", include(allauth)),
]
