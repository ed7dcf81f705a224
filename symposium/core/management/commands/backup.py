"""Back up the database and the uploads, into one archive."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from symposium.core import backups


class Command(BaseCommand):
    help = "Write an archive of the database and the uploads, and delete the oldest ones."

    def add_arguments(self, parser):
        parser.add_argument("folder", nargs="?", type=Path, default=Path(settings.BACKUP_FOLDER))

    def handle(self, *args, folder: Path, **options):
        try:
            archive = backups.make(folder)
        except backups.BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{archive} ({archive.stat().st_size / 1e6:.1f} MB)")
