"""Compute the periods of the editions again, after an update of `tzdata`."""

from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError, transaction

from symposium.editions.models import Edition


class Command(BaseCommand):
    help = "Compute the hours of each edition again, by the present rules of the time zones."

    def handle(self, *args, **options):
        stale = [edition for edition in Edition.objects.all() if edition.has_stale_period]
        refused = [edition.slug for edition in stale if not rebuild(edition)]
        self.stdout.write(f"{len(stale) - len(refused)} rebuilt.")
        if refused:
            raise CommandError(
                f"A session would be outside its edition: {', '.join(refused)}. Move it first."
            )


def rebuild(edition: Edition) -> bool:
    """Store the period of the present rules; return False if a session would lie outside."""
    try:
        with transaction.atomic():
            Edition.objects.filter(pk=edition.pk).update(period=edition.days_period())
    except IntegrityError:
        return False
    return True
