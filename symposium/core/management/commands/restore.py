"""Restore a backup into an empty database and an empty folder of uploads."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from symposium.core import backups

NEXT = """Now run:
  manage.py migrate            the archive may be of a former version
  manage.py generateimages     the sizes of pictures are not in it
  manage.py release_mails      the held emails leave; or delete those that did, in /admin/"""


class Command(BaseCommand):
    help = "Restore an archive of `backup`. Its queued emails are held until they are released."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("archive", type=Path)
        parser.add_argument("--identity", type=Path, help="the file of the private age key")

    def handle(self, *args, archive: Path, identity: Path | None, **options):
        try:
            held = backups.restore(archive, identity)
        except (backups.BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Restored; {held} queued emails are held.\n{NEXT}")
