"""Examine this installation: each line is well, or says what to do."""

import smtplib

from django.core.management.base import BaseCommand, CommandError

from symposium.website import doctor


class Command(BaseCommand):
    help = "Examine the settings, the database, the worker, the mail server, the backups…"
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--mail", metavar="ADDRESS", help="also send a test email there")

    def handle(self, *args, mail: str | None, **options):
        faults = 0
        for name, is_well, text in doctor.examine():
            faults += not is_well
            self.stdout.write(f"{'ok   ' if is_well else 'TO DO'}  {name}: {text}")
        if mail:
            try:
                doctor.send_test(mail)
            except (OSError, smtplib.SMTPException) as error:
                raise CommandError(f"The test email did not leave: {error}") from error
            self.stdout.write(f"ok     test email: sent to {mail}")
        if faults:
            raise CommandError(f"{faults} to do.")
