"""What every answer carries, and what no request may carry."""

from django.conf import settings
from django.core.exceptions import BadRequest


class BadRequestMiddleware:
    """Answer 400 to addresses and parameters with NUL bytes or invalid UTF-8.

    PostgreSQL stores neither; without this they would surface as errors deep inside a query.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        texts = [request.path_info, *flat(request.GET.lists())]
        if any("\x00" in text or "\ufffd" in text for text in texts):
            raise BadRequest("NUL byte or invalid UTF-8")


def flat(lists):
    for key, values in lists:
        yield key
        yield from values


class PermissionsPolicyMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        return response
