"""Check-in pages, for the organisers who check people in.

Each view returns a page or, if JSON is accepted, parts of it for `static/js/check-in*.js`: both
use the same templates, so that a result looks the same with and without a script.
"""

import time
import uuid
from collections.abc import Callable
from functools import wraps

from csp.constants import SELF, WASM_UNSAFE_EVAL
from csp.decorators import csp_update
from django.contrib.auth.views import redirect_to_login
from django.core.cache import cache
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from symposium.accounts.models import User
from symposium.accounts.requests import AccountRequest
from symposium.editions.models import Edition
from symposium.editions.rendering import render_page
from symposium.editions.views import published_edition
from symposium.registrations.checkin import scans
from symposium.registrations.checkin.forms import CheckInForm, ScanForm
from symposium.registrations.checkin.scans import Outcome, Result
from symposium.registrations.models import CheckIn
from symposium.sessions.models import Session

MAX_FOUND = 20
MAX_SEARCHES_PER_MINUTE = 60  # by one account
MAX_RECENT_SCANS = 10
PAGE_SIZE = 100
# Browsers without a QR reader of their own get one that is compiled to WebAssembly.
allow_wasm: Callable = csp_update({"script-src": [SELF, WASM_UNSAFE_EVAL]})


def for_welcome_team(view: Callable) -> Callable:
    """Decorator for users who may check in: visitors sign in (JSON: 401), other users get a 404."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, edition: str) -> HttpResponse:
        if not request.user.is_authenticated:
            return signed_out(request, edition)
        if not request.user.has_perm("symposium_registrations.check_in"):
            return nothing_here(request)
        return view(request, published_edition(edition))

    return guarded


def asks_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept") == "application/json"


def signed_out(request: HttpRequest, edition: str) -> HttpResponse:
    if asks_json(request):
        return JsonResponse({"error": "signed_out"}, status=401)
    read = request.method in ("GET", "HEAD")
    door = reverse("checkin:page", args=[edition])
    return redirect_to_login(request.get_full_path() if read else door)


def nothing_here(request: HttpRequest) -> HttpResponse:
    if asks_json(request):
        return JsonResponse({"error": "not_allowed"}, status=404)
    raise Http404


@require_safe
@for_welcome_team
@allow_wasm
def checkin_page(request: AccountRequest, edition: Edition) -> HttpResponse:
    return render_checkin_page(
        request, edition, selected_session(CheckInForm(request.GET, edition))
    )


@require_POST
@for_welcome_team
@allow_wasm
def scan(request: AccountRequest, edition: Edition) -> HttpResponse:
    form = ScanForm(request.POST, edition)
    if not form.is_valid():
        return unreadable(request, edition, [*form.errors])
    asked = form.cleaned_data
    if asked["user"] not in (None, request.user.pk):
        return JsonResponse({"error": "other_user"}, status=409)
    by_name = not asked["person"] and not scans.is_code(asked["code"])
    if by_name and not asks_json(request):
        return render_search_page(request, edition, asked["session"], asked["code"])
    try:
        result = scans.check_in(
            edition=edition, code=asked["code"], person=asked["person"], by=request.user,
            nonce=asked["nonce"], scanned_at=asked["scanned_at"], session=asked["session"],
        )  # fmt: skip
    except scans.NonceUsed:
        return unreadable(request, edition, ["nonce"])
    if asks_json(request):
        return scan_response(request, edition, asked, result)
    return render_checkin_page(request, edition, asked["session"], result=result)


def unreadable(request: HttpRequest, edition: Edition, fields: list[str]) -> HttpResponse:
    """Answer a malformed scan, which our scripts do not send.

    If `fields` has “code”, “person” or “nonce”, the device does not send the scan again.
    """
    if asks_json(request):
        return JsonResponse({"error": "unreadable", "fields": fields}, status=400)
    return redirect("checkin:page", edition.slug)


@require_POST
@for_welcome_team
def undo(request: AccountRequest, edition: Edition) -> HttpResponse:
    check_in = get_object_or_404(edition.check_ins, nonce=nonce_of(request))
    check_in = scans.undo(nonce=check_in.nonce, by=request.user)
    session = check_in.session
    if not asks_json(request):
        return redirect(checkin_url(edition, session))
    context = {"edition": edition, "session": session}
    return JsonResponse(
        {
            "nonce": check_in.nonce,
            "row": render_part(request, "_row", context | {"row": entry_row(check_in)}),
            "counts": counts_context(request, edition, session),
        }
    )


def nonce_of(request: HttpRequest) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get("nonce", ""))
    except ValueError:
        raise Http404 from None


@require_safe
@for_welcome_team
@allow_wasm
def search(request: AccountRequest, edition: Edition) -> HttpResponse:
    session, words = selected_session(CheckInForm(request.GET, edition)), request.GET.get("q", "")
    if not asks_json(request):
        return render_search_page(request, edition, session, words)
    context = {"edition": edition, "session": session} | search_results(
        request, edition, session, words
    )
    return JsonResponse({"html": render_part(request, "_found", context)})


@require_safe
@for_welcome_team
def counts(request: AccountRequest, edition: Edition) -> HttpResponse:
    session = selected_session(CheckInForm(request.GET, edition))
    return JsonResponse({"counts": counts_context(request, edition, session)})


@require_safe
@for_welcome_team
def entries(request: AccountRequest, edition: Edition) -> HttpResponse:
    """List the people checked in: at the entrance on a day, or in a session."""
    form = CheckInForm(request.GET, edition)
    session = selected_session(form)
    day = form.cleaned_data["day"] or scans.displayed_day(edition)
    found = scans.entries(edition, day, session)
    return render_page(
        request,
        edition,
        "registrations/checkin/list.html",
        {
            "form": form,
            "session": session,
            "day": day,
            "counts": scans.counts(edition, day, session),
            "entries": Paginator(found, PAGE_SIZE).get_page(request.GET.get("page")),
        },
    )


# Pages and their parts


def selected_session(form: CheckInForm) -> Session | None:
    """Return the session named in the URL, or None for the entrance; raise Http404."""
    if not form.is_valid():
        raise Http404
    return form.cleaned_data["session"]


def checkin_url(edition: Edition, session: Session | None) -> str:
    """Return the URL of a check-in page: the entrance's for a cancelled session, which has none."""
    query = {"session": session.slug} if session and not session.is_cancelled else None
    return reverse("checkin:page", args=[edition.slug], query=query)


def render_checkin_page(
    request: AccountRequest, edition: Edition, session: Session | None, **context
) -> HttpResponse:
    last = scans.recent(edition, request.user, session)[:MAX_RECENT_SCANS]
    day = scans.displayed_day(edition)
    context = {
        "form": CheckInForm({"session": session.slug if session else ""}, edition),
        "session": session,
        "page_url": checkin_url(edition, session),
        "nonce": uuid.uuid4(),
        "days": scans.open_days(edition, session),
        "code_pattern": scans.CODE.pattern,
        "counts": scans.counts(edition, day, session),
        "rows": [entry_row(check_in) for check_in in last],
    } | context
    return render_page(request, edition, "registrations/checkin/scan.html", context)


def render_search_page(
    request, edition: Edition, session: Session | None, words: str
) -> HttpResponse:
    return render_checkin_page(
        request, edition, session, **search_results(request, edition, session, words)
    )


def search_results(request, edition: Edition, session: Session | None, words: str) -> dict:
    """Return `words` with `found` and `more`, or with `too_many`.

    `found` lists up to 20 tuples `(registration, token, nonce)`; the token replaces the code.
    """
    words = " ".join(words.split())
    if words and count_search(request.user) > MAX_SEARCHES_PER_MINUTE:
        return {"words": words, "too_many": True}
    day = scans.displayed_day(edition)
    found = scans.search(edition, words, day, session)[: MAX_FOUND + 1] if words else []
    return {
        "words": words,
        "found": [(one, scans.token_of(one), uuid.uuid4()) for one in found[:MAX_FOUND]],
        "more": len(found) > MAX_FOUND,
    }


def count_search(user: User) -> int:
    """Count a search and return the number in this minute: it limits guessing name after name."""
    key = f"check-in-searches:{user.pk}:{int(time.time() // 60)}"
    cache.add(key, 0, timeout=120)
    return cache.incr(key)


def scan_response(
    request: AccountRequest, edition: Edition, asked: dict, result: Result
) -> HttpResponse:
    context = {"edition": edition, "session": asked["session"], "result": result}
    context["page_url"] = checkin_url(edition, asked["session"])
    row = {
        "outcome": result.outcome,
        "reason": result.reason,
        "sentence": result.sentence,
        "registration": result.registration,
        "code": asked["code"],
        "check_in": None if result.outcome == Outcome.ALREADY else result.check_in,
        "at": timezone.now(),
    }
    return JsonResponse(
        {
            "nonce": asked["nonce"],
            "outcome": result.outcome,
            "reason": result.reason,
            "html": render_part(request, "_result", context),
            "row": render_part(request, "_row", context | {"row": row}),
            "counts": counts_context(request, edition, asked["session"]),
        }
    )


def entry_row(check_in: CheckIn) -> dict:
    """Return the context of one line of the recent scans."""
    return {
        "outcome": Outcome.UNDONE if check_in.undone_at else Outcome.IN,
        "registration": check_in.registration,
        "check_in": check_in,
        "at": check_in.scanned_at,
    }


def counts_context(request: HttpRequest, edition: Edition, session: Session | None) -> str:
    day = scans.displayed_day(edition)
    context = {"edition": edition, "counts": scans.counts(edition, day, session)}
    return render_part(request, "_counts", context)


def render_part(request: HttpRequest, name: str, context: dict) -> str:
    """Render a part of the page to HTML, with times in the edition's time zone."""
    with timezone.override(context["edition"].zone):
        return render_to_string(f"registrations/checkin/{name}.html", context, request)
