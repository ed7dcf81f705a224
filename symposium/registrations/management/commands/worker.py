from django.core.management.base import BaseCommand

from symposium import outbox
from symposium.registrations.enclosures import ENCLOSURES
from symposium.registrations.housekeeping import HOUSEKEEPING
from symposium.worker import Worker


class Command(BaseCommand):
    help = "Send the mails of the outbox, and keep house: offers, reminders, retention."

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="one turn, then end (cron)")
        parser.add_argument(
            "--with-parent", action="store_true", help="end with the process that started it"
        )

    def handle(self, *args, once: bool, with_parent: bool, **options):
        worker = Worker(
            send=lambda stop: outbox.send_due(ENCLOSURES, stop=stop),
            housekeeping=[outbox.forget_old, *HOUSEKEEPING],
            with_parent=with_parent,
        )
        if not once:
            worker.listen_to_signals()
            worker.run()
        elif not worker.once():
            self.stdout.write("Another worker is at work.")
