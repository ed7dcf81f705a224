"""What somebody had typed when their session ended: kept for an hour, for its owner alone.

A form carries, signed, for whom it was shown: who signs in next at a shared machine may be somebody
else, and a stranger's form is not kept. Accessibility needs never are.
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
    """What a form shown to `user` carries in its field `owner`."""
    return signing.dumps(user.pk, salt=SALT)


def form_owner(request: HttpRequest) -> User | None:
    """The account to which the form that `request` brings was shown."""
    try:
        number = signing.loads(request.POST.get(OWNER, ""), salt=SALT)
    except signing.BadSignature:
        return None
    return User.objects.filter(pk=number, is_active=True).first()


def store_registration_form(request: HttpRequest, edition: Edition) -> bool:
    """Keep a form to register, while the edition takes registrations; say whether it is kept."""
    user = form_owner(request) if edition.registration_is_open() else None
    return user is not None and store(request, user, edition)


def store_change_form(request: HttpRequest, code: str) -> bool:
    """Keep changes of a registration that stands, for whom it belongs to."""
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
    """What `user` had typed for this edition within the hour."""
    mine = Draft.objects.filter(user=user, edition=edition, expires_at__gt=timezone.now())
    draft = mine.first()
    return QueryDict(draft.typed, mutable=True) if draft else None


def delete(user: User, edition: Edition) -> None:
    Draft.objects.filter(user=user, edition=edition).delete()


def delete_expired_drafts(at: datetime.datetime | None = None) -> int:
    """Delete what was typed in forms whose hour has passed."""
    deleted, _by_model = Draft.objects.expired(at or timezone.now()).delete()
    return deleted
