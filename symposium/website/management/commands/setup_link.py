"""Print the address where the first organiser makes an account."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from symposium.website import first_run


class Command(BaseCommand):
    help = "Print the address, for a day and once, where the first organiser makes an account."

    def handle(self, *args, **options):
        if first_run.is_set_up():
            raise CommandError("There is a superuser already. Add others in /admin/.")
        with translation.override(settings.LANGUAGE_CODE):
            self.stdout.write(f"{settings.SITE_URL}{first_run.setup_path()}")
