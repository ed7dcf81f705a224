"""The service worker as it is served; tests/browser/test_offline.py tests its behaviour."""

import re

import pytest
from django.core.management import call_command

from symposium.website import pwa
from tests.factories import make_edition

pytestmark = pytest.mark.django_db
FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
HASHED = r"/static/[\w./-]+\.[0-9a-f]{12}\.\w+"


def test_service_worker_is_revalidated_and_scoped_to_the_site(client):
    response = client.get("/sw.js")
    assert response.headers["Content-Type"] == "text/javascript"
    assert response.headers["Cache-Control"] == "no-cache"
    assert response.headers["Service-Worker-Allowed"] == "/"
    assert response.cookies == {}


def test_service_worker_uses_hashed_files_and_changes_with_them(client, settings, tmp_path):
    settings.STATIC_ROOT = tmp_path / "collected"
    settings.STATIC_ROOT.mkdir()
    plain = client.get("/sw.js").content
    page = client.get("/fr/offline/").content.decode()
    manifest = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": manifest}}
    own = tmp_path / "own"
    for name in {
        *pwa.OFFLINE_PAGES,
        "js/service-worker.js",
        *re.findall(r'"/static/([\w./-]+)', page),
    }:
        (own / name).parent.mkdir(parents=True, exist_ok=True)
        (own / name).write_text(name)
    settings.STATICFILES_DIRS, settings.STATICFILES_FINDERS = [own], FINDERS
    call_command("collectstatic", interactive=False, verbosity=0)
    first = client.get("/sw.js")
    named = re.findall(HASHED, first.content.decode())
    assert len(named) == len(pwa.OFFLINE_PAGES) + 1
    (own / "js/service-worker.js").write_text("changed")
    call_command("collectstatic", interactive=False, verbosity=0)
    second = client.get("/sw.js")
    assert len({plain, first.content, second.content}) == 3


@pytest.mark.django_db(transaction=True)
def test_service_worker_changes_with_page_content(client, one_minute, django_assert_num_queries):
    edition = make_edition("2021", is_current=True)
    pwa.offline_version.cache_clear()
    first = client.get("/sw.js").content
    with django_assert_num_queries(1):  # no page is rendered again
        assert client.get("/sw.js").content == first
    edition.city_ar = "مدينة أخرى"
    edition.save()
    assert client.get("/sw.js").content != first


def test_disabled_service_worker_unregisters_and_is_not_requested(client, settings):
    make_edition("2021", is_current=True)
    page = client.get("/fr/2021/").content.decode()
    assert "js/offline.js" in page
    assert "js/offline-disable.js" not in page
    settings.OFFLINE = False
    response = client.get("/sw.js")
    assert response.content.decode() == 'importScripts("/static/js/service-worker-uninstall.js");\n'
    assert response.headers["Cache-Control"] == "no-cache"
    for address in ("/fr/2021/", "/fr/2021/programme/?display=lobby"):
        page = client.get(address).content.decode()
        assert "js/offline.js" not in page
        assert "js/offline-disable.js" in page


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_offline_fallback_page_is_shown_in_each_language(client, language):
    """The page is the same for everybody, with or without an edition."""
    for prepare in (lambda: None, lambda: make_edition("2021", is_current=True)):
        prepare()
        response = client.get(f"/{language}/offline/")
        assert (response.status_code, response.cookies) == (200, {})
        assert f'<html lang="{language}"' in response.content.decode()
