from allauth.core.exceptions import ReauthenticationRequired
from django.core.exceptions import BadRequest

MAX_FORM_BYTES = 16 * 1024  # bytes; a passkey that is added takes three thousand


class ShortFormsMiddleware:
    """Refuse long forms where allauth would keep them in the session until the code is there.

    It stands after allauth's middleware, whose turn comes later when a view has raised.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception) -> None:
        is_long = int(request.META.get("CONTENT_LENGTH") or 0) > MAX_FORM_BYTES
        if isinstance(exception, ReauthenticationRequired) and is_long:
            raise BadRequest("This form is too long to be kept")
