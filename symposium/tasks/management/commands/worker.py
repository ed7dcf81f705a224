"""The process that sends the queued emails and runs the periodic tasks."""

from django.core.management.base import BaseCommand

from symposium.core import backups, last_runs
from symposium.core.mail import queue
from symposium.core.worker import Worker
from symposium.registrations.documents.attachments import ATTACHMENTS
from symposium.tasks.periodic import PERIODIC_TASKS


class Command(BaseCommand):
    help = "Send the queued emails, and keep house: offers, reminders, retention."

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="one turn, then end (cron)")
        parser.add_argument(
            "--parent", type=int, metavar="PID", help="end with this process, which started it"
        )

    def handle(self, *args, once: bool, parent: int | None, **options):
        def send_mail(stop):
            queue.send_due(ATTACHMENTS, stop=stop)

        worker = Worker(
            send=send_mail,
            housekeeping=[
                last_runs.record_worker,
                backups.NightlyBackup(),
                queue.delete_expired_emails,
                *PERIODIC_TASKS,
            ],
            parent=parent,
        )
        if not once:
            worker.listen_to_signals()
            worker.run()
        elif not worker.once():
            self.stdout.write("Another worker is at work.")
