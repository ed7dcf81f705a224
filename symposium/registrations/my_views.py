"""Views of an attendee's own registrations: tickets, bookings and details.

A visitor who is signed out is asked to sign in; a registration of another account is a 404.
"""

import datetime
from collections.abc import Callable, Iterable
from functools import wraps
from itertools import groupby

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from symposium.accounts.requests import AccountRequest
from symposium.core.documents import qr
from symposium.editions.models import Edition
from symposium.editions.rendering import render_page
from symposium.registrations import drafts, places
from symposium.registrations.documents import (
    apple_wallet,
    calendars,
    certificates,
    google_wallet,
    tickets,
)
from symposium.registrations.forms import ChangeForm
from symposium.registrations.models import Booking, Certificate, Registration
from symposium.registrations.models.registrations import State
from symposium.sessions.models import Session

read_or_write = require_http_methods(["GET", "HEAD", "POST"])


def own_registration(view: Callable) -> Callable:
    """Decorator: pass the registration of the URL to the view if it belongs to the user."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, code: str, **kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return sign_in_redirect(request, code)
        mine = Registration.objects.of(request.user).with_details()
        return view(request, get_object_or_404(mine, code=code.upper()), **kwargs)

    return guarded


def sign_in_redirect(request: HttpRequest, code: str) -> HttpResponse:
    """Redirect to sign-in, then to the same page or, after a POST, to the page of its form."""
    if request.method in ("GET", "HEAD"):
        return redirect_to_login(request.get_full_path())
    edit_page = reverse("registrations:edit", args=[code])
    if request.path == edit_page:
        drafts.store_change_form(request, code)
        return redirect_to_login(edit_page)
    return redirect_to_login(reverse("registrations:detail", args=[code]))


@require_safe
@never_cache
@login_required
def overview(request: AccountRequest) -> HttpResponse:
    mine = Registration.objects.of(request.user).with_details().order_by("-edition__starts_on")
    held = mine.active().values("edition")
    open_to_all = Edition.objects.taking_registrations().to_come()
    context = {
        "section": "account",
        "registrations": mine,
        "next": next_registration(mine),
        "open_editions": open_to_all.exclude(pk__in=held).order_by("starts_on"),
    }
    return render(request, "registrations/overview.html", context)


def next_registration(registrations: Iterable[Registration]) -> Registration | None:
    """Return the active registration of the earliest edition that is not over, or None."""
    to_come = [one for one in registrations if one.is_active and not one.edition.is_over]
    return min(to_come, key=lambda one: one.edition.starts_on, default=None)


@require_safe
@own_registration
def detail(request: AccountRequest, registration: Registration) -> HttpResponse:
    bookings = list(registration.bookings.active().in_order())
    booked = {booking.session_id for booking in bookings}
    to_book = [
        session for session in registration.edition.sessions.bookable() if session.pk not in booked
    ]
    certificate = valid_certificate(registration)
    return private_page(
        request,
        registration,
        "registrations/detail.html",
        {
            "heading": _("My ticket") if registration.has_ticket else _("My registration"),
            "opening": tickets.first_session(registration.edition),
            "bookings": bookings,
            "mine": own_sessions(registration, bookings),
            "to_book": to_book if registration.is_active else [],
            "had_ticket": had_ticket(registration),
            "clashes": registration.clashes(),
            "certificate": certificate,
            "qr": qr.svg(registration.code, label=_("QR code of the ticket"))
            if registration.has_ticket
            else "",
            "is_over": registration.edition.is_over,
            "apple_wallet": apple_wallet.is_available(),
            "google_wallet": google_wallet.is_available(),
        },
    )


def own_sessions(
    registration: Registration, bookings: Iterable[Booking]
) -> list[tuple[datetime.date, list[tuple[Session, Booking | None]]]]:
    """Return the scheduled sessions that the person booked or starred, with the booking, by day."""
    booked = {booking.session_id: booking for booking in bookings}
    chosen = Q(pk__in=booked) | Q(pk__in=registration.user.stars.values("session"))
    found = registration.edition.sessions.published().scheduled().filter(chosen).for_programme()
    by_day = groupby(found, key=lambda session: session.day)
    return [(day, [(one, booked.get(one.pk)) for one in sessions]) for day, sessions in by_day]


@read_or_write
@own_registration
def edit(request: AccountRequest, registration: Registration) -> HttpResponse:
    if not registration.is_active:
        return redirect(registration)
    is_sent = request.method == "POST"
    form = ChangeForm(request.POST if is_sent else draft_data(registration), instance=registration)
    if is_sent:
        drafts.delete(request.user, registration.edition)
        if form.is_valid():
            save_form(request, form)
            return redirect(registration)
    return private_page(
        request,
        registration,
        "registrations/edit.html",
        {
            "heading": _("Change my details"),
            "form": form,
            "was_kept": form.is_bound and not is_sent,
            "owner": drafts.owner_token(request.user),
        },
    )


def draft_data(registration: Registration) -> QueryDict | None:
    """Return the draft of the form, with the saved accessibility needs: drafts hold none."""
    typed = drafts.load(registration.user, registration.edition)
    if typed is not None:
        typed["accessibility_needs"] = registration.accessibility_needs
    return typed


def save_form(request: HttpRequest, form: ChangeForm) -> None:
    try:
        form.save()
    except ValidationError as refused:
        report_refusal(request, refused)
    else:
        messages.success(request, _("Your changes are saved."))


@read_or_write
@own_registration
def cancel(request: HttpRequest, registration: Registration) -> HttpResponse:
    """Ask for confirmation first: the place is given to somebody else at once."""
    if not registration.is_active or registration.edition.is_over:
        return redirect(registration)
    if request.method == "POST":
        places.cancel(registration)
        messages.success(request, _("Your registration is cancelled. We’ve sent you an email."))
        return redirect(registration)
    context = {"heading": _("Cancel my registration")}
    return private_page(request, registration, "registrations/cancel.html", context)


@require_POST
@own_registration
def answer_offer(request: HttpRequest, registration: Registration) -> HttpResponse:
    accept_or_decline(request, registration)
    return redirect(registration)


@require_POST
@own_registration
def book(request: HttpRequest, registration: Registration) -> HttpResponse:
    """Book the session whose primary key is in the form."""
    number = request.POST.get("session", "")
    public = registration.edition.sessions.published()
    session = public.filter(pk=number).first() if number.isdecimal() else None
    if session is None:
        raise Http404
    try:
        booking = places.book(registration, session)
    except ValidationError as refused:
        report_refusal(request, refused)
    else:
        messages.success(request, answer_booking(booking) % {"session": session})
    return sessions_redirect(registration)


def answer_booking(booking: Booking) -> str:
    if booking.is_confirmed:
        return _("Your seat is booked: %(session)s.")
    if booking.registration.is_confirmed:
        return _("You are on the waiting list: %(session)s.")
    return _(
        "You’ve requested a seat: %(session)s. You keep your position, and seats are "
        "given once your registration is confirmed."
    )


@require_POST
@own_registration
def change_booking(request: HttpRequest, registration: Registration, pk: int) -> HttpResponse:
    """Leave a session, or accept or decline an offered seat."""
    booking = get_object_or_404(registration.bookings.in_order(), pk=pk)
    if request.POST.get("answer") == "leave":
        if booking.is_active:
            places.leave(booking)
            words = _("You’ve released your seat: %(session)s.")
            messages.success(request, words % {"session": booking})
    else:
        accept_or_decline(request, booking)
    return sessions_redirect(registration)


def accept_or_decline(request: HttpRequest, holder: Registration | Booking) -> None:
    """Accept or decline the offered place, as the form says."""
    try:
        if request.POST.get("answer") == "accept":
            places.accept(holder)
            messages.success(request, _("The place is yours."))
        elif request.POST.get("answer") == "decline":
            places.decline(holder)
            if holder.is_declined:
                messages.success(request, _("Thank you. The place will go to the next person."))
            else:
                messages.error(request, _("This offer has ended. Nothing was changed."))
    except ValidationError as refused:
        report_refusal(request, refused)


def report_refusal(request: HttpRequest, refused: ValidationError) -> None:
    for sentence in refused.messages:
        messages.error(request, sentence)


def sessions_redirect(registration: Registration) -> HttpResponse:
    return redirect(f"{registration.get_absolute_url()}#sessions")


# Documents


def valid_certificate(registration: Registration) -> Certificate | None:
    return Certificate.objects.valid().filter(registration=registration).first()


def had_ticket(registration: Registration) -> bool:
    """Return whether an ended registration once had a ticket."""
    confirmed = registration.changes.filter(state=State.CONFIRMED)
    return not registration.is_active and registration.category.on_site and confirmed.exists()


@require_safe
@own_registration
def ticket(request: HttpRequest, registration: Registration) -> HttpResponse:
    if not registration.has_ticket:
        raise Http404
    content = tickets.ticket_pdf(registration, get_language())
    return attachment_response(
        content, "application/pdf", f"ticket-{registration.edition.slug}.pdf"
    )


@require_safe
@own_registration
def apple_pass(request: HttpRequest, registration: Registration) -> HttpResponse:
    if not (apple_wallet.is_available() and registration.has_ticket):
        raise Http404
    content = apple_wallet.ticket_pass(registration)
    name = f"ticket-{registration.edition.slug}.pkpass"
    return attachment_response(content, apple_wallet.CONTENT_TYPE, name)


@require_safe
@own_registration
def google_pass(request: HttpRequest, registration: Registration) -> HttpResponse:
    """Redirect to Google with the ticket in the URL."""
    if not (google_wallet.is_available() and registration.has_ticket):
        raise Http404
    return redirect(google_wallet.save_link(registration, get_language()))


@require_safe
@own_registration
def calendar(request: HttpRequest, registration: Registration) -> HttpResponse:
    if not registration.is_confirmed:
        raise Http404
    content = calendars.registration_calendar(registration, get_language())
    return attachment_response(
        content, "text/calendar; charset=utf-8", f"{registration.edition.slug}.ics"
    )


@require_safe
@own_registration
def certificate(request: HttpRequest, registration: Registration) -> HttpResponse:
    found = valid_certificate(registration)
    if found is None:
        raise Http404
    content = certificates.certificate_pdf(found, get_language())
    return attachment_response(
        content, "application/pdf", f"certificate-{registration.edition.slug}.pdf"
    )


def attachment_response(content: bytes, kind: str, name: str) -> HttpResponse:
    disposition = f'attachment; filename="{name}"'
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": disposition})


def private_page(
    request: HttpRequest, registration: Registration, template: str, context: dict
) -> HttpResponse:
    page = {"registration": registration, "section": "account", "is_public": False}
    return render_page(request, registration.edition, template, page | context)
