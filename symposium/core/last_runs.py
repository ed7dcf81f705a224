"""When the worker and the backup last ran, for the health checks."""

import datetime

from django.utils import timezone

from symposium.core.models import LastRun

WORKER, BACKUP, BACKUP_START = "worker", "backup", "backup start"


def record(name: str, **details) -> None:
    """Store that `name` ran now, with details as JSON."""
    LastRun.objects.update_or_create(name=name, defaults={"at": timezone.now(), "details": details})


def record_worker() -> None:
    record(WORKER)


def age(name: str) -> datetime.timedelta | None:
    """Return the time since `name` last ran, or None if it never did."""
    run = LastRun.objects.filter(name=name).first()
    return timezone.now() - run.at if run else None
