"""Metrics for Prometheus, behind a token."""

import os
import secrets
from collections.abc import Iterator

from django.conf import settings
from django.db import connection
from django.db.models import Count, Model
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

from symposium.core.mail import queue
from symposium.core.models import Email, LastRun
from symposium.registrations.models import Registration


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Return the counters of all processes, and numbers of the database."""
    expected = f"Bearer {settings.METRICS_TOKEN}".encode()
    given = request.headers.get("Authorization", "").encode()
    if not settings.METRICS_TOKEN or not secrets.compare_digest(given, expected):
        return HttpResponseForbidden("Wrong token, or METRICS_TOKEN is not set\n")
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=os.environ["PROMETHEUS_MULTIPROC_DIR"])
    registry.register(DatabaseCollector())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class DatabaseCollector:
    """Collector of numbers that are counted when they are asked for."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield counted("registrations", "Registrations by status", states(Registration, "state"))
        yield counted("emails", "Emails of the queue by status", states(Email, "status"))
        yield counted("database_connections", "Connections by state", connection_states())
        now, oldest = timezone.now(), queue.oldest_unsent()
        age = (now - oldest).total_seconds() if oldest else 0
        yield GaugeMetricFamily(
            "symposium_oldest_email_seconds", "Age of the oldest unsent email", value=age
        )
        ages = {run.name: (now - run.at).total_seconds() for run in LastRun.objects.all()}
        yield counted("last_run_seconds", "Seconds since the worker, the backup ran", ages, "name")


def counted(name: str, text: str, numbers: dict, label: str = "status") -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"symposium_{name}", text, labels=[label])
    for value, number in sorted(numbers.items()):
        family.add_metric([value], number)
    return family


def states(model: type[Model], field: str) -> dict[str, int]:
    rows = model._default_manager.order_by().values_list(field).annotate(Count("pk"))
    return dict(rows)


def connection_states() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(state, 'unknown'), count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() GROUP BY 1"
        )
        return dict(cursor.fetchall())
