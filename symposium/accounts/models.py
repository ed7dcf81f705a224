"""The account: an email address instead of a user name; wrong codes per address."""

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from symposium.accounts import addresses


class UserQuerySet(models.QuerySet):
    def staff(self):
        """Return organisers, superusers and members of a group such as the welcome team."""
        return self.filter(Q(is_staff=True) | Q(is_superuser=True) | Q(groups__isnull=False))


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Manager that finds accounts by e-mail address, stored in lower case.

    The match is exact: a case-insensitive comparison takes `ı` for `i`, and could return another
    account.
    """

    use_in_migrations = True

    def get_by_natural_key(self, email: str):
        return self.get(email=email.strip().lower())

    def create_user(self, email: str, password: str | None = None, **fields):
        if not email:
            raise ValueError("An account needs an e-mail address.")
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields):
        """Create an organiser whose e-mail address counts as verified, with no code."""
        user = self.create_user(email, password, is_staff=True, is_superuser=True, **fields)
        user.emailaddress_set.create(email=user.email, primary=True, verified=True)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """Account of a user. The e-mail address is the login; there is no username."""

    email = models.EmailField(
        _("email address"), max_length=254, unique=True,
        validators=[addresses.validate_plain_address],
        error_messages={"unique": _("There is already an account with this email address.")},
    )  # fmt: skip
    name = models.CharField(_("name"), max_length=150, blank=True)
    language = models.CharField(
        _("language"), max_length=2, choices=settings.LANGUAGES, default="fr",
        help_text=_("The language of our emails."),
    )  # fmt: skip
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("Clear this box instead of deleting the account.")
    )
    is_staff = models.BooleanField(
        _("organiser"), default=False, help_text=_("Can use the organiser area.")
    )
    date_joined = models.DateTimeField(_("joined"), default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering = ["email"]
        constraints = [
            models.CheckConstraint(
                condition=Q(email=Lower("email")),
                name="accounts_email_in_lower_case",
                violation_error_message=_("Enter the email address in lower case."),
            ),
            models.CheckConstraint(
                condition=Q(email__regex=r"^[ -~]+@[^@]*$"),
                name="accounts_email_is_plain",
                violation_error_message=addresses.PLAIN_ADDRESS_MESSAGE,
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def clean(self) -> None:
        self.email = self.email.strip().lower()

    @property
    def is_in_staff(self) -> bool:
        return User.objects.staff().filter(pk=self.pk).exists()

    @property
    def browser_key(self) -> str:
        """Return a pseudonym of the account, which a browser stores beside that user's own data."""
        return salted_hmac("symposium.browser", str(self.pk)).hexdigest()[:16]

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)


class Guess(models.Model):
    """Attempt at a code; see `guesses.py`. Its `key` is a digest and identifies nobody."""

    key = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("code entered")
        verbose_name_plural = _("codes entered")
        indexes = [models.Index(fields=["key", "at"], name="accounts_guess_key_at")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
