"""The minimum of Django: one view, no middleware, the bytes and headers that it was given.

gunicorn serves it to `test_published_bench.py` beside the site itself. With `STARTPROJECT=1` it
has the middleware of `django-admin startproject`. It has no database.
"""

import os
import pickle
from pathlib import Path

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path

STARTPROJECT = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
settings.configure(
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["127.0.0.1"],
    SECRET_KEY="only for the benchmark",
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes"],
    MIDDLEWARE=STARTPROJECT if "STARTPROJECT" in os.environ else [],
)
application = get_wsgi_application()
answers = pickle.loads(Path(os.environ["ANSWERS"]).read_bytes())  # noqa: S301 (our own file)


def answer(request, number: int):
    status, headers, body = answers[number]
    return HttpResponse(body, status=status, headers=headers)


urlpatterns = [path("<int:number>", answer)]
