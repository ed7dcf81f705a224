"""Sign-in for the test client, and the code in a sign-in e-mail."""

import re
import time

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.models import EmailAddress

SIX_DAYS = 6 * 24 * 60 * 60


def sign_in(client, user, *, ago: float = 0) -> None:
    """Sign `user` in, with an authentication by code that is `ago` seconds old."""
    EmailAddress.objects.get_or_create(
        user=user, email=user.email, defaults={"primary": True, "verified": True}
    )
    client.force_login(user)
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "code", "at": time.time() - ago}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()


def code_of(message) -> str:
    return re.search(r"^(\d{6}|\d{8})$", message.body, re.MULTILINE)[1]
