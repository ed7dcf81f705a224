"""The type of a request with an account, for the type checker."""

from django.http import HttpRequest

from symposium.accounts.models import User


class AccountRequest(HttpRequest):
    """Type of a request whose user has signed in, as behind `login_required`."""

    user: User
