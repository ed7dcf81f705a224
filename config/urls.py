from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from config import machines, media
from config.sitemaps import sitemap
from symposium.abstracts import search_views
from symposium.editions.views import root
from symposium.registrations import programme_views

handler400 = "config.errors.bad_request"
handler403 = "config.errors.permission_denied"
handler404 = "config.errors.page_not_found"
handler429 = "config.errors.too_many_requests"  # allauth's
handler500 = "config.errors.server_error"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("healthz", machines.healthz, name="healthz"),
    path("readyz", machines.readyz, name="readyz"),
    path("robots.txt", machines.robots, name="robots"),
    path(".well-known/security.txt", machines.security, name="security"),
    path("sitemap.xml", sitemap, name="sitemap"),
    path("manifest.webmanifest", machines.manifest, name="manifest"),
    path("sw.js", machines.worker, name="worker"),
    path("", include("config.oembed")),
    path("opensearch.xml", search_views.opensearch, name="opensearch"),
    path("my/<slug:token>.ics", programme_views.calendar, name="my_calendar"),
    path("", root, name="root"),
    path("", include("symposium.sessions.export_urls")),
    path("", include("symposium.abstracts.export_urls")),
    *i18n_patterns(
        path("offline/", machines.offline, name="offline"),
        path("accounts/", include("symposium.accounts.urls")),
        path("", include("symposium.registrations.urls")),
        path("<slug:edition>/desk/", include("symposium.registrations.door_urls")),
        path("", include("symposium.editions.urls")),
        path("", include("symposium.speakers.urls")),
        path("", include("symposium.sessions.urls")),
        path("", include("symposium.abstracts.urls")),
    ),
]
if settings.MEDIA_URL.startswith("/"):
    urlpatterns.append(path(f"{settings.MEDIA_URL[1:]}<path:path>", media.serve, name="media"))
