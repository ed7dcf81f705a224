"""Registration, the list of participants, and the verification of certificates."""

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from symposium.accounts.forms import LoginForm
from symposium.accounts.models import User
from symposium.editions.models import Edition
from symposium.editions.rendering import render_page
from symposium.editions.views import by_slug, in_edition
from symposium.registrations import drafts
from symposium.registrations.form_editions import edition_with_form
from symposium.registrations.forms import RegistrationForm
from symposium.registrations.models import Certificate, Registration
from symposium.sessions.models import Session


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@in_edition(find=edition_with_form)
def register(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Ask for the e-mail address first, then for the form; typed values are never lost."""
    if not request.user.is_authenticated:
        return store_and_sign_in(request, edition)
    is_open, form = edition.registration_is_open(), None
    if request.method == "POST" and is_open:
        form = registration_form(request, edition, request.user)
        if form.is_valid():
            return register_with(request, edition, form)
    standing = Registration.objects.active().of(request.user).filter(edition=edition).first()
    if standing:
        return redirect(standing)
    if not is_open:
        return register_page(request, edition, "registrations/closed.html")
    form = form or registration_form(request, edition, request.user)
    return form_page(request, edition, form)


def register_with(request: HttpRequest, edition: Edition, form: RegistrationForm) -> HttpResponse:
    """Register with a valid form; a person who is registered gets that registration."""
    remember_language(form.user, get_language())
    try:
        registration = form.register()
    except OperationalError:
        form.add_error(None, _("Many people are registering right now. Submit the form again."))
        response = form_page(request, edition, form, status=503)
        response["Retry-After"] = "3"
        return response
    if registration is None:
        return form_page(request, edition, form)
    words = _("We’ve sent an email to %(email)s.")
    messages.success(request, words % {"email": form.user.email})
    return redirect(registration)


def remember_language(user: User, language: str) -> None:
    """Store the language in which a user registers: it becomes the language of their e-mails."""
    if user.language != language:
        user.language = language
        user.save(update_fields=["language"])


def store_and_sign_in(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Ask for sign-in. A form sent after the session has ended is stored and shown again."""
    if request.method == "POST":
        drafts.store_registration_form(request, edition)
        return redirect_to_login(request.path)
    if not edition.registration_is_open():
        return register_page(request, edition, "registrations/closed.html")
    return register_page(request, edition, "registrations/sign_in.html", {"form": LoginForm()})


def registration_form(request: HttpRequest, edition: Edition, user: User) -> RegistrationForm:
    data: QueryDict | None
    if request.method == "POST":
        data = request.POST
        drafts.delete(user, edition)
    else:
        data = drafts.load(user, edition)
    initial = (
        {}
        if data
        else {
            "workshops": session_from_address(request, edition),
            **initial_from_last_registration(user),
        }
    )
    return RegistrationForm(data, edition=edition, user=user, initial=initial)


def session_from_address(request: HttpRequest, edition: Edition) -> list[int]:
    """Return the key of the session from whose page the user came, in a list, or an empty list."""
    found = edition.sessions.bookable().filter(slug=request.GET.get("session", ""))
    return list(found.values_list("pk", flat=True))


def initial_from_last_registration(user) -> dict:
    """Return initial values from the user's last registration, without accessibility needs."""
    names = ["given_name", "family_name", "given_name_ar", "family_name_ar", "affiliation"]
    last = user.registrations.filter(anonymised_at=None).order_by("-created_at").first()
    return {name: getattr(last, name) for name in [*names, "role", "country"]} if last else {}


def form_page(request, edition: Edition, form: RegistrationForm, status: int = 200) -> HttpResponse:
    was_kept = request.method != "POST" and form.is_bound
    context = {"form": form, "was_kept": was_kept, "owner": drafts.owner_token(request.user)}
    return register_page(request, edition, "registrations/register.html", context, status=status)


def register_page(
    request, edition: Edition, template: str, context: dict | None = None, status: int = 200
) -> HttpResponse:
    opens_at = edition.registration_opens_at
    page = {
        "heading": _("Registration"),
        "opens_later": opens_at and timezone.now() < opens_at,
        "not_yet": edition.phase() != "after" and edition.missing_for_registration,
        "section": "register",
        "is_public": False,
        "elsewhere": Edition.objects.exclude(pk=edition.pk).taking_registrations().to_come(),
    }
    return render_page(request, edition, template, page | (context or {}), status=status)


@require_safe
@never_cache
@by_slug(lambda edition: edition.sessions.published())
def book_from_session(request: HttpRequest, edition: Edition, session: Session) -> HttpResponse:
    """Redirect from the public page of a session to the user's bookings or to registration."""
    if request.user.is_authenticated:
        mine = Registration.objects.active().of(request.user).filter(edition=edition).first()
        if mine:
            return redirect(f"{mine.get_absolute_url()}#sessions")
    register = reverse("registrations:register", args=[edition.slug])
    return redirect(f"{register}?session={session.slug}")


@require_safe
@in_edition
def participants(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Public list of the participants who asked to be on it."""
    listed = edition.registrations.public_participants().order_by("family_name", "given_name")
    return render_page(
        request,
        edition,
        "registrations/participants.html",
        {
            "heading": _("Participants"),
            "participants": listed,
            "unlisted": True,
            "is_public": False,
        },
    )


@require_safe
@never_cache
def verify(request: HttpRequest, token: str) -> HttpResponse:
    """Page that verifies a certificate: name, edition and dates only; 404 if it is not valid."""
    found = Certificate.objects.valid().select_related("registration__edition")
    certificate = found.filter(token=token).first()
    edition = certificate.registration.edition if certificate else Edition.objects.current()
    if edition is None:
        raise Http404
    context = {"heading": _("Certificate of attendance"), "certificate": certificate}
    return render_page(
        request,
        edition,
        "registrations/verify.html",
        {**context, "is_public": False, "unlisted": True},
        status=200 if certificate else 404,
    )
