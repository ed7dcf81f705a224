"""Addresses of the portal: languages, editions, accounts, desk, files."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from symposium.agenda.public_views import shared_calendar
from symposium.agenda.views import calendar_feed
from symposium.editions.views import root
from symposium.search.views import opensearch
from symposium.website import first_run, health, media, metrics, pwa, robots
from symposium.website.sitemaps import sitemap

handler400 = "symposium.website.errors.bad_request"
handler403 = "symposium.website.errors.permission_denied"
handler404 = "symposium.website.errors.page_not_found"
handler429 = "symposium.website.errors.too_many_requests"  # allauth's
handler500 = "symposium.website.errors.server_error"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("robots.txt", robots.robots_txt, name="robots"),
    path(".well-known/security.txt", robots.security_txt, name="security"),
    path("sitemap.xml", sitemap, name="sitemap"),
    path("manifest.webmanifest", pwa.manifest, name="manifest"),
    path("sw.js", pwa.service_worker, name="worker"),
    path("", include("symposium.website.oembed")),
    path("opensearch.xml", opensearch, name="opensearch"),
    path("my/<slug:token>.ics", calendar_feed, name="my_calendar"),
    path("<slug:edition>/my-programme/<slug:chosen>.ics", shared_calendar, name="shared_calendar"),
    path("", root, name="root"),
    path("", include("symposium.editions.export_urls")),
    path("", include("symposium.sessions.export_urls")),
    path("", include("symposium.abstracts.export_urls")),
    *i18n_patterns(
        path("offline/", pwa.offline, name="offline"),
        path("accounts/", include("symposium.accounts.urls")),
        path("accounts/setup/<str:token>/", first_run.setup, name="setup"),
        path("", include("symposium.privacy.urls")),
        path("", include("symposium.agenda.urls")),
        path("", include("symposium.registrations.urls")),
        path("<slug:edition>/desk/", include("symposium.registrations.checkin.urls")),
        path("", include("symposium.editions.urls")),
        path("", include("symposium.speakers.urls")),
        path("", include("symposium.sessions.urls")),
        path("", include("symposium.abstracts.urls")),
        path("", include("symposium.search.urls")),
    ),
]
if settings.MEDIA_URL.startswith("/"):
    urlpatterns.append(path(f"{settings.MEDIA_URL[1:]}<path:path>", media.serve, name="media"))
