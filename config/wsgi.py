"""The WSGI application that gunicorn serves."""

import os
import re

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django = get_wsgi_application()

CHARSET = re.compile(r";\s*charset=(?!\s*\"?utf-?8\b)[^;]*", re.IGNORECASE)


def application(environ, start_response):
    """Call Django, without a charset of the Content-Type that is not UTF-8.

    An unknown one would raise an error in Django before any middleware runs.
    """
    if "charset" in environ.get("CONTENT_TYPE", "").lower():
        environ["CONTENT_TYPE"] = CHARSET.sub("", environ["CONTENT_TYPE"])
    return django(environ, start_response)
