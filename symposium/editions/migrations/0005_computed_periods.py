"""Compute the periods of the editions by the rules of Python's `tzdata`."""

import datetime
import zoneinfo

from django.db import IntegrityError, migrations, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import F


def midnight(day: datetime.date, zone: zoneinfo.ZoneInfo) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time.min, zone)


def compute(apps, schema_editor) -> None:
    """Compute each period; one that would leave a session outside stays, and `readyz` tells it."""
    editions = apps.get_model("symposium_editions", "Edition").objects
    for edition in editions.all():
        zone, day = zoneinfo.ZoneInfo(edition.time_zone), datetime.timedelta(days=1)
        first, end = midnight(edition.starts_on, zone), midnight(edition.ends_on + day, zone)
        if (edition.period.lower, edition.period.upper) == (first, end):
            continue
        try:
            with transaction.atomic():
                # The trigger that copies the period to sessions runs with an update of the zone.
                editions.filter(pk=edition.pk).update(
                    period=DateTimeTZRange(first, end), time_zone=F("time_zone")
                )
        except IntegrityError as error:
            print(f"\nThe hours of edition {edition.slug} stay: {error}")


class Migration(migrations.Migration):
    dependencies = [("symposium_editions", "0004_stored_period")]

    operations = [migrations.RunPython(compute, migrations.RunPython.noop)]
