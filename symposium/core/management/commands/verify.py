"""Verify a backup: restore it into a scratch database, and check every file."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from symposium.core import backups


class Command(BaseCommand):
    help = "Restore an archive into a scratch database, compare the rows, check each file."

    def add_arguments(self, parser):
        parser.add_argument("archive", type=Path)
        parser.add_argument("--identity", type=Path, help="the file of the private age key")

    def handle(self, *args, archive: Path, identity: Path | None, **options):
        try:
            manifest = backups.verify(archive, identity)
        except (backups.BackupError, Error, OSError) as error:
            raise CommandError(str(error)) from error
        rows, files = sum(manifest["rows"].values()), len(manifest["sha256"])
        self.stdout.write(
            f"{archive.name} of version {manifest['version']} is whole: {rows} rows in "
            f"{len(manifest['rows'])} tables, {files} files."
        )
