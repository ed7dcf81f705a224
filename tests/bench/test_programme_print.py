"""Time of the programme of 1,000 sessions as PDF: `make bench`."""

import re
import time

import pytest
from django.utils import translation

from symposium.demo import scale
from symposium.editions.models import Edition
from symposium.sessions.programme_pdf import render_programme_pdf
from tests.helpers.pdf_files import texts

pytestmark = pytest.mark.django_db


def test_programme_of_1000_sessions(capsys):
    scale.load(1000)
    edition = Edition.objects.get(slug=scale.SLUG)
    for language, large in (("fr", False), ("ar", False), ("fr", True)):
        with translation.override(language):
            started, worked = time.perf_counter(), time.process_time()
            sessions = list(edition.sessions.published().for_programme().with_people())
            file = render_programme_pdf(edition, sessions, language, large=large)
            made, busy = time.perf_counter() - started, time.process_time() - worked
        pages = texts(file)
        with capsys.disabled():
            print(f"\nprogramme of 1,000 sessions ({language}{', large' if large else ''}):")
            print(f"{made:.2f} s, {busy:.2f} of processor, {len(pages)} pages, {len(file)} bytes")
        assert len(set(re.findall(r"\d+", " ".join(pages))) & set(map(str, range(1, 1001)))) == 1000
        assert busy < 10
