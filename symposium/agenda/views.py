"""Programme of the signed-in user: stars and bookings, the calendar, the e-mails."""

import json
from collections.abc import Iterable
from itertools import groupby

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.csrf import csrf_exempt, ensure_csrf_cookie
from django.views.decorators.http import (
    conditional_page,
    require_http_methods,
    require_POST,
    require_safe,
)

from symposium.accounts.models import User
from symposium.accounts.requests import AccountRequest
from symposium.agenda import personal_programme, shared_programmes, stars, subscriptions
from symposium.agenda.models import Agenda
from symposium.editions.models import Edition
from symposium.editions.rendering import render_page
from symposium.editions.views import by_slug, in_edition
from symposium.registrations.documents import calendars
from symposium.registrations.models import Booking, Registration
from symposium.sessions.calendar_links import subscription_links, webcal_url
from symposium.sessions.models import Session

read_or_write = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@never_cache
@login_required
def account_programme(request: AccountRequest) -> HttpResponse:
    agenda = Agenda.objects.filter(user=request.user).first() or Agenda(user=request.user)
    address = stars.calendar_url(agenda, get_language()) if agenda.token else ""
    context = {
        "section": "account",
        "agenda": agenda,
        "programmes": programmes(request.user),
        "calendar_url": address,
        "webcal_url": webcal_url(address),
        "subscriptions": subscription_links(address, _("My programme")) if address else [],
    }
    return render(request, "agenda/account_programme.html", context)


def programmes(user: User) -> list[dict]:
    """Return the public sessions that `user` starred or booked, one dict per edition, latest first.

    Keys: `edition`, `days`, and of the list to share `shared` and `calendar`, its URLs.
    """
    starred = {star.session: star for star in user.stars.public().in_order()}
    live = Booking.objects.active().filter(registration__user=user)
    public = live.filter(session__in=Session.objects.published())
    with_codes = public.in_order().select_related("registration")
    booked = {booking.session: booking for booking in with_codes}
    sessions = sorted({*starred, *booked}, key=latest_edition)
    return [
        edition_programme(edition, list(found), starred, booked)
        for edition, found in groupby(sessions, key=lambda session: session.edition)
    ]


def latest_edition(session: Session) -> tuple:
    return (-session.edition.starts_on.toordinal(), session.edition_id)


def edition_programme(
    edition: Edition, sessions: list[Session], starred: dict, booked: dict
) -> dict:
    days = personal_programme.days(sessions, edition.zone)
    for entry in (entry for day in days for slot in day.slots for entry in slot.entries):
        entry.is_starred = entry.session in starred
        entry.booking = booked.get(entry.session)
    numbers = personal_programme.format_numbers(sessions)
    return {
        "edition": edition,
        "days": days,
        "shared": reverse("agenda:shared", args=[edition.slug, numbers]),
        "calendar": shared_programmes.calendar_address(edition, numbers),
    }


# Stars


@read_or_write
@never_cache
@ensure_csrf_cookie
def stars_api(request: HttpRequest) -> JsonResponse:
    """JSON API for the scripts of a browser: apply the stars that they send, return all stars.

    The response has the user's registrations too: public pages are the same for everybody, so they
    cannot contain them. Status 401 if signed out, 400 for a malformed request.
    """
    if not request.user.is_authenticated:
        return JsonResponse({"error": "signed out"}, status=401)
    answer = {"added": 0, "unknown": 0}
    if request.method == "POST":
        try:
            data = json.loads(request.body)
            add, remove = stars.parse_stars(data)
        except ValueError:
            return JsonResponse({"error": "malformed"}, status=400)
        done = stars.sync_stars(request.user, add=add, remove=remove)
        answer = {"added": done.added, "unknown": done.unknown}
        if data.get("carried"):
            report_sync(request, done)
    stands = {
        "stars": stars.stars_by_edition(request.user),
        "registrations": registrations_by_edition(request.user),
    }
    return JsonResponse({**answer, **stands})


def registrations_by_edition(user: User) -> dict[str, dict]:
    """Return the user's registration by slug of the edition.

    Keys: `code`, `ticket` (whether it has one), `booked` and `waiting` (GUIDs of sessions).
    """
    seats = Prefetch("bookings", Booking.objects.active().select_related("session"))
    found = Registration.objects.active().of(user).filter(edition__is_published=True)
    return {
        one.edition.slug: {
            "code": one.code,
            "ticket": one.has_ticket,
            "booked": guids(booking for booking in one.bookings.all() if booking.is_confirmed),
            "waiting": guids(booking for booking in one.bookings.all() if booking.is_waiting),
        }
        for one in found.with_details().prefetch_related(seats)
    }


def guids(bookings: Iterable[Booking]) -> list[str]:
    return [str(booking.session.guid) for booking in bookings]


def report_sync(request: HttpRequest, done: stars.SyncResult) -> None:
    """Show on the next page how many stars of this browser were added to the account."""
    if done.added:
        words = ngettext(
            "%(n)d session starred in this browser is now in your programme.",
            "%(n)d sessions starred in this browser are now in your programme.",
            done.added,
        )
        messages.success(request, words % {"n": done.added})
    if done.unknown:
        words = ngettext(
            "%(n)d starred session is no longer in the programme and wasn’t added.",
            "%(n)d starred sessions are no longer in the programme and weren’t added.",
            done.unknown,
        )
        messages.info(request, words % {"n": done.unknown})


@read_or_write
@never_cache
@by_slug(lambda edition: edition.sessions.published())
def star_form(request: HttpRequest, edition: Edition, session: Session) -> HttpResponse:
    """Form that adds or removes a star, for browsers without scripts; it needs an account."""
    if request.method == "POST":
        return toggle_star(request, session)
    user = request.user
    is_starred = user.is_authenticated and user.stars.filter(session=session).exists()
    context = {
        "section": "programme",
        "heading": _("My programme"),
        "crumbs": [(_("Programme"), reverse("sessions:programme", args=[edition.slug]))],
        "session": session,
        "is_starred": is_starred,
        "is_public": False,
    }
    return render_page(request, edition, "agenda/star.html", context)


@read_or_write
@never_cache
@in_edition
def keep_form(request: HttpRequest, edition: Edition, chosen: str) -> HttpResponse:
    """Form that stars all sessions of a shared programme, for browsers without scripts."""
    sessions, _canonical = shared_programmes.chosen_sessions(edition, chosen)
    if request.method == "POST":
        if not request.user.is_authenticated:
            return redirect_to_login(request.path)
        stars.add_stars(request.user, sessions)
        messages.success(request, _("All these sessions are in your programme."))
        return redirect("agenda:programme")
    context = {
        "section": "programme",
        "heading": _("Add all to my programme"),
        "crumbs": shared_programmes.crumbs(edition),
        "sessions": sessions,
        "shared": reverse("agenda:shared", args=[edition.slug, chosen]),
        "is_public": False,
    }
    return render_page(request, edition, "agenda/keep.html", context)


def toggle_star(request: HttpRequest, session: Session) -> HttpResponse:
    if not request.user.is_authenticated:
        return redirect_to_login(request.path)
    if request.POST.get("answer") == "remove":
        stars.remove_stars(request.user, Session.objects.filter(pk=session.pk))
        words = _("Removed from your programme: %(session)s.")
    else:
        stars.add_stars(request.user, [session])
        words = _("Added to your programme: %(session)s.")
    messages.success(request, words % {"session": session})
    return redirect("agenda:programme")


# The calendar and the e-mails


@read_or_write
@never_cache
@login_required
def calendar_link(request: AccountRequest) -> HttpResponse:
    """Create, renew or turn off the URL of the user's calendar.

    GET asks for confirmation if there is a URL that would stop working.
    """
    agenda = stars.agenda_of(request.user) if request.method == "POST" else None
    agenda = agenda or Agenda.objects.filter(user=request.user, token__isnull=False).first()
    if agenda is None:
        return redirect("agenda:programme")
    if request.method != "POST":
        return render(request, "agenda/calendar_link.html", {"section": "account"})
    if request.POST.get("answer") == "end":
        agenda.drop_token()
        messages.success(request, _("Your calendar link is turned off."))
    elif agenda.token is None or request.POST.get("answer") == "renew":
        was = agenda.token
        agenda.renew_token()
        words = _("Your calendar has a new link. The old one no longer works.")
        messages.success(request, words if was else _("Your calendar link is ready."))
    return redirect(f"{reverse('agenda:programme')}#calendar")


@require_POST
@never_cache
@login_required
def change_mails(request: AccountRequest) -> HttpResponse:
    wants = request.POST.get("wants_mail") == "on"
    stars.set_change_mails(request.user, wants)
    words = (
        _("We’ll email you when a starred session is moved or cancelled.")
        if wants
        else _("We won’t email you about starred sessions.")
    )
    messages.success(request, words)
    return redirect(f"{reverse('agenda:programme')}#mails")


@require_safe
@cache_control(private=True, no_cache=True)
@conditional_page
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """Calendar of the user with this token, without sign-in; it does not name the user."""
    found = Agenda.objects.select_related("user").filter(user__is_active=True)
    agenda = get_object_or_404(found, token=token)
    language = calendars.feed_language(request.GET.get("lang"), agenda.user)
    content = calendars.user_calendar(agenda.user, language)
    return HttpResponse(
        content,
        content_type="text/calendar; charset=utf-8",
        headers={
            "Content-Disposition": 'inline; filename="my-programme.ics"',
            "Content-Language": language,
            "X-Robots-Tag": "noindex",
            "Referrer-Policy": "no-referrer",
        },
    )


@csrf_exempt  # mail programs post here (RFC 8058); the signed token in the URL authorises them
@read_or_write
@never_cache
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """End the subscription to the e-mails that contain this link, or start it again."""
    subscriber = subscriptions.find_subscriber(token)
    if subscriber is None:
        raise Http404
    if request.method == "POST":
        subscriptions.set_subscribed(subscriber, receive=request.POST.get("answer") == "receive")
        subscriber.refresh_from_db()
    context = {
        "heading": _("Messages by email"),
        "section": "account",
        "receives": subscriptions.is_subscribed(subscriber),
        "is_for_stars": isinstance(subscriber, Agenda),
    }
    if isinstance(subscriber, Registration):
        context["edition"] = subscriber.edition
    response = render(request, "agenda/unsubscribe.html", context)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
