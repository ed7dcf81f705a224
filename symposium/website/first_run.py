"""First run of an empty portal: the account of its first organiser, then its first edition.

`manage.py setup_link` prints the address of the page. Whoever opens it with its token, before there
is a superuser, becomes the superuser: the token lasts a day, and serves once.
"""

import datetime

from django import forms
from django.contrib.auth import login
from django.contrib.auth.password_validation import validate_password
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from symposium.accounts import addresses
from symposium.accounts.models import User
from symposium.core.admin.working_edition import set_working_edition
from symposium.editions.models import Edition

SALT = "symposium.first_run"
MAX_AGE = datetime.timedelta(days=1)
LOCK_ID = 2021_0610


def setup_path() -> str:
    """Return the path of the page, with a new token."""
    return reverse("setup", args=[signing.dumps("setup", salt=SALT)])


def is_set_up() -> bool:
    return User.objects.filter(is_superuser=True).exists()


class AccountForm(forms.Form):
    """Address and password of the first organiser."""

    email = forms.EmailField(
        label=_("Email address"), max_length=254, validators=[addresses.validate_plain_address],
        widget=forms.EmailInput({"autocomplete": "email"}),
    )  # fmt: skip
    password = forms.CharField(
        label=_("Password"), strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )  # fmt: skip

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].lower()
        if User.objects.filter(email=email).exists():
            raise ValidationError(
                User._meta.get_field("email").error_messages["unique"], code="unique"
            )
        return email

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        validate_password(password, User(email=self.cleaned_data.get("email", "")))
        return password


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters("password")
def setup(request: HttpRequest, token: str) -> HttpResponse:
    """Create the first superuser, who is signed in and makes the first edition."""
    try:
        signing.loads(token, salt=SALT, max_age=MAX_AGE)
    except signing.BadSignature as error:
        raise Http404 from error
    form = AccountForm(request.POST or None)
    with transaction.atomic():
        lock_setup()
        if is_set_up():
            raise Http404
        if form.is_valid():
            user = User.objects.create_superuser(
                **form.cleaned_data, language=request.LANGUAGE_CODE
            )
            login(request, user, backend="django.contrib.auth.backends.ModelBackend")
            return redirect("admin:first_edition")
    return render(request, "account/setup.html", {"form": form})


def lock_setup() -> None:
    """Let one transaction at a time look whether there is a superuser, and create one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK_ID])


class FirstEditionForm(forms.ModelForm):
    """The four values without which there is no edition."""

    class Meta:
        model = Edition
        fields = ["name", "starts_on", "ends_on", "city"]
        widgets = {
            name: forms.DateInput({"type": "date"}, format="%Y-%m-%d")
            for name in ("starts_on", "ends_on")
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = True

    def save(self, commit: bool = True) -> Edition:
        """Save a draft, whose address is the year."""
        edition = self.instance
        edition.short_name = edition.name[:80]
        edition.slug = free_slug(str(edition.starts_on.year))
        return super().save(commit)


def free_slug(slug: str) -> str:
    taken = set(Edition.objects.filter(slug__startswith=slug).values_list("slug", flat=True))
    numbers = (f"{slug}-{number}" for number in range(2, len(taken) + 3))
    return slug if slug not in taken else next(one for one in numbers if one not in taken)


def first_edition(request: HttpRequest, context: dict) -> HttpResponse:
    """Show the form of a page of the desk, or save the draft and open it."""
    if not request.user.has_perm("symposium_editions.add_edition"):
        raise PermissionDenied
    form = FirstEditionForm(request.POST or None)
    if form.is_valid():
        edition = form.save()
        set_working_edition(request, edition)
        return redirect("admin:symposium_editions_edition_change", edition.pk)
    title = _("Create an edition")
    return render(request, "admin/first_edition.html", context | {"form": form, "title": title})
