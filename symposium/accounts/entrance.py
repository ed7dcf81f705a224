"""Who comes in by a code: the same door for newcomers and for people who have an account."""

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q

from symposium.accounts.models import User


@transaction.atomic
def account_for(*, email: str, language: str) -> User | None:
    """Return the account that a code sent to `email` opens, made if there is none; None if closed.

    A new account is of use only once its code comes back. `User.email` is the one login: what
    allauth keeps of addresses follows it, also after an organiser has corrected it by hand.
    """
    user, _made = User.objects.get_or_create(
        email=email, defaults={"language": language, "password": make_password(None)}
    )
    EmailAddress.objects.filter(Q(user=user) ^ Q(email=email)).delete()
    EmailAddress.objects.get_or_create(user=user, email=email, defaults={"primary": True})
    return user if user.is_active else None
