"""Loads the demonstration into an empty database."""

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from symposium.abstracts.models import Abstract, Keyword
from symposium.accounts.models import User
from symposium.demo import loader, scale
from symposium.editions.models import Edition
from symposium.registrations.models import Registration
from symposium.sessions.models import Session
from symposium.speakers.models import Speaker

COUNTED = [Edition, Speaker, Session, Abstract, Keyword, Registration, User]


class Command(BaseCommand):
    help = "Load the demonstration: what is there is left as it is, what is missing is made."

    def add_arguments(self, parser):
        parser.add_argument(
            "--upcoming",
            action="store_true",
            help="also a fictional edition that starts tomorrow, and make it the current one",
        )
        parser.add_argument(
            "--beside",
            action="store_true",
            help="with --upcoming: leave the current edition as it is",
        )
        parser.add_argument(
            "--scale",
            type=int,
            dest="sessions",
            metavar="N",
            help="also the edition “scale”, with N sessions, to see how quick the site is",
        )

    @transaction.atomic
    def handle(self, *args, upcoming: bool, beside: bool, sessions: int | None, **options):
        if sessions is not None and not 1 <= sessions <= scale.MAX_SESSIONS:
            raise CommandError(
                f"--scale takes a number of sessions from 1 to {scale.MAX_SESSIONS}."
            )
        before = counts()
        loader.load()
        if upcoming:
            try:
                loader.load_upcoming(current=not beside)
            except loader.SlugTaken as refusal:
                raise CommandError(refusal) from None
        if sessions:
            scale.load(sessions)
        for name, number in counts().items():
            self.stdout.write(f"{name}: {number} ({number - before[name]} made)")


def counts() -> dict[str, int]:
    return {model._meta.verbose_name_plural: model.objects.count() for model in COUNTED}
