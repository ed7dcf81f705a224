"""Names of the speakers of many sessions, in one or two queries, without model instances."""

from collections.abc import Iterable
from types import SimpleNamespace

from symposium.core.i18n.localized import in_each_language
from symposium.core.i18n.names import PersonName
from symposium.sessions.models import Participation, Session, SpeakerRole

FIELDS = ["guid", "slug", *in_each_language("given_name", "family_name", "affiliation")]


class Person(PersonName, SimpleNamespace):
    """Speaker on a card or in an export: `guid`, `slug`, names, affiliations and role.

    `role` is the standard role, `own_role` the edition’s own one, or None.
    """

    def get_role_display(self) -> str:
        """Return the word for their role, as `Participation` does."""
        return str(self.own_role or Participation.Role(self.role).label)

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
    found = found.order_by("order", "pk").values_list("session_id", "role", "own_role", *wanted)
    rows = list(found)
    own_roles = SpeakerRole.objects.in_bulk({row[2] for row in rows} - {None})
    for number, role, own_role, *row in rows:
        texts = dict(zip(FIELDS, row, strict=True))
        person = Person(role=role, own_role=own_roles.get(own_role), **texts)
        by_key[number].people.append(person)
