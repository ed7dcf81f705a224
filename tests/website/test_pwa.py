"""The service worker as it is served; tests/browser/test_offline.py has what it does."""

import re

import pytest
from django.core.management import call_command

from symposium.website import pwa
from tests.factories import make_edition

pytestmark = pytest.mark.django_db
FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
HASHED = r"/static/[\w./-]+\.[0-9a-f]{12}\.\w+"


def test_worker_is_asked_for_again_each_time_and_has_the_whole_site(client):
    response = client.get("/sw.js")
    assert response.headers["Content-Type"] == "text/javascript"
    assert response.headers["Cache-Control"] == "no-cache"
    assert response.headers["Service-Worker-Allowed"] == "/"
    assert response.cookies == {}


def test_worker_names_files_as_pages_do_and_changes_with_them(client, settings, tmp_path):
    settings.STATIC_ROOT = tmp_path / "collected"
    settings.STATIC_ROOT.mkdir()
    plain = client.get("/sw.js").content
    page = client.get("/fr/offline/").content.decode()
    manifest = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": manifest}}
    own = tmp_path / "own"
    for name in {*pwa.KEPT, "js/worker.js", *re.findall(r'"/static/([\w./-]+)', page)}:
        (own / name).parent.mkdir(parents=True, exist_ok=True)
        (own / name).write_text(name)
    settings.STATICFILES_DIRS, settings.STATICFILES_FINDERS = [own], FINDERS
    call_command("collectstatic", interactive=False, verbosity=0)
    first = client.get("/sw.js")
    named = re.findall(HASHED, first.content.decode())
    assert len(named) == len(pwa.KEPT) + 1
    (own / "js/worker.js").write_text("changed")
    call_command("collectstatic", interactive=False, verbosity=0)
    second = client.get("/sw.js")
    assert len({plain, first.content, second.content}) == 3


@pytest.mark.django_db(transaction=True)
def test_worker_changes_with_what_its_pages_say(client, one_minute, django_assert_num_queries):
    edition = make_edition("2021", is_current=True)
    pwa.told.cache_clear()
    first = client.get("/sw.js").content
    with django_assert_num_queries(1):  # and no page is rendered again
        assert client.get("/sw.js").content == first
    edition.city_ar = "مدينة أخرى"
    edition.save()
    assert client.get("/sw.js").content != first


def test_worker_that_is_not_wanted_leaves_and_is_not_asked_for(client, settings):
    make_edition("2021", is_current=True)
    page = client.get("/fr/2021/").content.decode()
    assert "js/offline.js" in page
    assert "js/offline-off.js" not in page
    settings.OFFLINE = False
    response = client.get("/sw.js")
    assert response.content.decode() == 'importScripts("/static/js/worker-leaves.js");\n'
    assert response.headers["Cache-Control"] == "no-cache"
    for address in ("/fr/2021/", "/fr/2021/programme/?display=lobby"):
        page = client.get(address).content.decode()
        assert "js/offline.js" not in page
        assert "js/offline-off.js" in page


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_page_for_what_is_not_kept(client, language):
    """The same for everybody, with or without an edition."""
    for prepare in (lambda: None, lambda: make_edition("2021", is_current=True)):
        prepare()
        response = client.get(f"/{language}/offline/")
        assert (response.status_code, response.cookies) == (200, {})
        assert f'<html lang="{language}"' in response.content.decode()
