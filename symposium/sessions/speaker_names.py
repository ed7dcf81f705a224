"""Names of the speakers of many sessions, in one query, without model instances."""

from collections.abc import Iterable
from types import SimpleNamespace

from symposium.core.i18n.localized import in_each_language
from symposium.core.i18n.names import PersonName
from symposium.sessions.models import Participation, Session

FIELDS = ["guid", "slug", *in_each_language("given_name", "family_name", "affiliation")]


ROLE_NAMES = in_each_language("name")


class Person(PersonName, SimpleNamespace):
    """Speaker on a card or in an export: roles, `guid`, `slug`, names and affiliations.

    `role` is the standard role, `own_role` has the names of an own one, or is None.
    """

    def get_role_display(self) -> str:
        return str(Participation.Role(self.role).label)

    @property
    def is_plain_speaker(self) -> bool:
        return self.role == Participation.Role.SPEAKER and self.own_role is None


def attach_speakers(sessions: Iterable[Session]) -> None:
    """Set `people` of each of `sessions`: the published speakers, in their order."""
    by_key = {session.pk: session for session in sessions}
    for session in by_key.values():
        session.people = []
    found = Participation.objects.published().filter(session__in=by_key)
    wanted = [f"speaker__{name}" for name in FIELDS]
    wanted += [f"own_role__{name}" for name in ROLE_NAMES]
    rows = found.order_by("order", "pk").values_list("session_id", "role", "own_role", *wanted)
    for number, role, own, *row in rows:
        names = dict(zip(ROLE_NAMES, row[len(FIELDS) :], strict=True))
        own_role = SimpleNamespace(pk=own, **names) if own else None
        texts = dict(zip(FIELDS, row, strict=False))
        person = Person(role=role, own_role=own_role, **texts)
        by_key[number].people.append(person)
