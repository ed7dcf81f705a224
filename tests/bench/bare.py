"""The site with one more URL, a bare view: what Django needs to write one row and answer.

gunicorn serves it to `test_bench_registration.py` in place of `config.wsgi`.
"""

import os

from django.conf import settings

if "RENDERED" in os.environ:
    settings.MIDDLEWARE.insert(1, "tests.bench.rendered.counting")  # inside the page cache

# isort: split
from config.wsgi import application  # it starts Django, before the imports below

# isort: split
from django.db import transaction
from django.shortcuts import redirect
from django.urls import path

from config.urls import urlpatterns as ours
from symposium.registrations.models import Invitation

__all__ = ["application"]


@transaction.atomic
def write(request, category: int):
    Invitation.objects.create(category_id=category, email=request.POST["email"])
    return redirect("/")


urlpatterns = [path("bare/<int:category>", write), *ours]
settings.ROOT_URLCONF = __name__
# No test requests a static file, and none was collected.
settings.STORAGES["staticfiles"]["BACKEND"] = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
)
