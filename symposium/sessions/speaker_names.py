"""Names of the speakers of many sessions, in one query, without model instances."""

from collections.abc import Iterable
from types import SimpleNamespace

from symposium.core.i18n.localized import in_each_language
from symposium.core.i18n.names import PersonName
from symposium.sessions.models import Participation, Session

FIELDS = ["guid", "slug", *in_each_language("given_name", "family_name", "affiliation")]


class Person(PersonName, SimpleNamespace):
    """Speaker on a card or in an export: `role`, `guid`, `slug`, names and affiliations."""


def attach_speakers(sessions: Iterable[Session]) -> None:
    """Set `people` of each of `sessions`: the published speakers, in their order."""
    by_key = {session.pk: session for session in sessions}
    for session in by_key.values():
        session.people = []
    found = Participation.objects.published().filter(session__in=by_key)
    wanted = [f"speaker__{name}" for name in FIELDS]
    rows = found.order_by("order", "pk").values_list("session_id", "role", *wanted)
    for number, role, *row in rows:
        person = Person(role=role, **dict(zip(FIELDS, row, strict=True)))
        by_key[number].people.append(person)
