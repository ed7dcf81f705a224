"""Release the emails that a restoration holds."""

from django.core.management.base import BaseCommand

from symposium.core.mail import queue
from symposium.core.models import Email


class Command(BaseCommand):
    help = "Queue again the emails that are held since a backup was restored."

    def handle(self, *args, **options):
        self.stdout.write(f"{queue.release(Email.objects.all())} released.")
