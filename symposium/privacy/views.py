"""Pages on which users read, download and delete their personal data."""

from allauth.account.decorators import reauthentication_required
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from symposium.accounts.requests import AccountRequest
from symposium.privacy import erasure
from symposium.privacy.forms import ErasureForm


@require_safe
@never_cache
@login_required
@reauthentication_required
def data(request: AccountRequest) -> HttpResponse:
    """Render the personal data and the retention periods."""
    context = {
        "section": "account",
        "data": erasure.export(request.user),
        "retention": erasure.retention_table(),
    }
    return render(request, "privacy/data.html", context)


@require_safe
@never_cache
@login_required
@reauthentication_required
def data_file(request: AccountRequest) -> HttpResponse:
    """Return the personal data as a JSON file."""
    content = erasure.export(request.user)
    options = {"ensure_ascii": False, "indent": 2}
    disposition = 'attachment; filename="my-data.json"'
    return JsonResponse(
        content, json_dumps_params=options, headers={"Content-Disposition": disposition}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
@reauthentication_required
def erase(request: AccountRequest) -> HttpResponse:
    form = ErasureForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        user = request.user
        try:
            erasure.erase(user)
        except ValidationError as refused:
            form.add_error(None, refused.messages)
        else:
            logout(request)
            return render(request, "privacy/erased.html")
    return render(request, "privacy/erase.html", {"section": "account", "form": form})
