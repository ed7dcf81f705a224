"""Refusal of forms too long to be stored until the reader has signed in again."""

from allauth.core.exceptions import ReauthenticationRequired
from django.core.exceptions import BadRequest

MAX_FORM_BYTES = 16 * 1024  # bytes; the form that adds a passkey takes about 3,000


class ShortFormsMiddleware:
    """Refuse long forms that allauth would store in the session until the user reauthenticates.

    Place it after allauth's middleware: `process_exception` runs in reverse order, so this one sees
    the exception first.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception) -> None:
        is_long = int(request.META.get("CONTENT_LENGTH") or 0) > MAX_FORM_BYTES
        if isinstance(exception, ReauthenticationRequired) and is_long:
            raise BadRequest("This form is too long to be kept")
