"""Drafts: forms sent after the user's session had ended, stored for an hour, for their owner only.

A form contains a signed token of the account to which it was shown, since another person may sign
in next at a shared machine. A form without an account is not stored, nor are accessibility needs.
"""

import datetime

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from symposium.accounts.models import User
from symposium.editions.models import Edition
from symposium.registrations.models import Draft, Registration
from symposium.registrations.models.drafts import MAX_AGE, MAX_BYTES

OWNER = "owner"
SALT = "draft"
EXCLUDED_FIELDS = ("csrfmiddlewaretoken", OWNER, "accessibility_needs")


def owner_token(user: User) -> str:
    """Return the signed token for the field `owner` of a form shown to `user`."""
    return signing.dumps(user.pk, salt=SALT)


def form_owner(request: HttpRequest) -> User | None:
    """Return the account to which the form in `request` was shown, or None."""
    try:
        number = signing.loads(request.POST.get(OWNER, ""), salt=SALT)
    except signing.BadSignature:
        return None
    return User.objects.filter(pk=number, is_active=True).first()


def store_registration_form(request: HttpRequest, edition: Edition) -> bool:
    """Store a registration form if registration is open; return whether it is stored."""
    user = form_owner(request) if edition.registration_is_open() else None
    return user is not None and store(request, user, edition)


def store_change_form(request: HttpRequest, code: str) -> bool:
    """Store changes of an active registration for its owner; return whether they are stored."""
    user = form_owner(request)
    live = Registration.objects.active().select_related("edition")
    standing = live.of(user).filter(code=code.upper()).first() if user else None
    return standing is not None and store(request, user, standing.edition)


def store(request: HttpRequest, user: User, edition: Edition) -> bool:
    typed = request.POST.copy()
    for name in EXCLUDED_FIELDS:
        typed.pop(name, None)
    text = typed.urlencode()
    if len(text) > MAX_BYTES:
        messages.warning(request, _("This form is too long to save. Fill it in again."))
        return False
    values = {"edition": edition, "typed": text, "expires_at": timezone.now() + MAX_AGE}
    Draft.objects.update_or_create(user=user, defaults=values)
    return True


def load(user: User, edition: Edition) -> QueryDict | None:
    """Return the draft of `user` for this edition that has not expired, or None."""
    mine = Draft.objects.filter(user=user, edition=edition, expires_at__gt=timezone.now())
    draft = mine.first()
    return QueryDict(draft.typed, mutable=True) if draft else None


def delete(user: User, edition: Edition) -> None:
    mine = Draft.objects.filter(user=user, edition=edition)
    if mine.exists():  # hardly anybody has one, and to delete takes a transaction
        mine.delete()


def delete_expired_drafts(at: datetime.datetime | None = None) -> int:
    """Delete the expired drafts; return their number."""
    deleted, _by_model = Draft.objects.expired(at or timezone.now()).delete()
    return deleted
