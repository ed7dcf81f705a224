"""People in spreadsheets: speakers and their cells, and who may be one person."""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from symposium.core.i18n.localized import LANGUAGES
from symposium.sessions.models import Participation
from symposium.speakers.models import Speaker
from symposium.spreadsheets.columns import (
    Cleaned,
    Column,
    Identifier,
    OwnChoice,
    Text,
    YesNo,
    translated,
)
from symposium.spreadsheets.known import Known, fold, language_of
from symposium.spreadsheets.rows import Row
from symposium.spreadsheets.sheets import Sheet
from symposium.spreadsheets.tables import plain
from symposium.spreadsheets.values import PersonText, invalid, parse_people, split_name
from symposium.spreadsheets.values import fold as folded

if TYPE_CHECKING:
    from symposium.spreadsheets.runs import Run

SPEAKER = Speaker._meta
ROLE = Participation._meta.get_field("role")
# Roles as people write them, beside their labels.
ROLE_WORDS = {
    "speaker": ["intervenant", "intervenante", "orateur", "oratrice", "communicant", "presenter",
                "conférencier", "conférencière", "متدخل", "متدخلة", "محاضر"],
    "moderator": ["modérateur", "modératrice", "modération", "animateur", "animatrice",
                  "facilitator", "مسير", "مسيرة", "تسيير"],
    "chair": ["président", "présidente", "présidence", "président de séance", "chairman",
              "présidente de séance", "chairperson", "chairwoman", "session chair", "رئيس",
              "رئيسة", "رئيس الجلسة", "رئاسة"],
    "panellist": ["paneliste", "panéliste", "panelist", "discutant", "discutante", "participant",
                  "مشارك", "مشاركة"],
}  # fmt: skip


class FullName(Column):
    """Given and family name in one cell; read only."""

    exported = False

    def get(self, obj: Any) -> str:
        return ""


def find_person(run: "Run", person: PersonText, affiliation: str = "") -> Speaker | None:
    """Return the speaker of a name, or None for a new one.

    Raise ValidationError while the organiser has not decided whether two names are one person. The
    decision `double:<name>` is "new" or the address of the speaker.
    """
    index = run.known.index("speakers")
    if person.code in index.by_code:
        return index.by_code[person.code]
    same = index.find(person.name)
    if len(same) > 1 and affiliation:
        there = [one for one in same if fold(one.affiliation or "") == fold(affiliation)]
        same = there if len(there) == 1 else same
    if len(same) == 1:
        [found] = same
        other = found.affiliation and affiliation and fold(found.affiliation) != fold(affiliation)
        if not other or found.pk in run.claimed("speakers"):
            return found
        return decided(run, person, same, found.slug)
    candidates = same or index.alike(person.name)
    return decided(run, person, candidates, "") if candidates else None


def decided(
    run: "Run", person: PersonText, candidates: list[Speaker], default: str
) -> Speaker | None:
    key = f"double:{fold(person.name)}"
    decision = run.choose(key, person.name, candidates, default)
    if decision == "new":
        return None
    found = run.known.index("speakers").by_code.get(decision)
    if found is None:
        names = ", ".join(str(one) for one in candidates)
        raise invalid(
            _("This may be the same person as %(names)s. Choose below.") % {"names": names},
            code="double",
        )
    return found


def known_person(run: "Run", person: PersonText, affiliation: str) -> Speaker:
    """Return the speaker of a cell, made if the name is new; raise ValidationError."""
    found = find_person(run, person, affiliation)
    if found is None:
        found = run.supply("speakers", person.name)
        if affiliation and ("speakers", found) in run.made and not found.affiliation:
            setattr(found, f"affiliation_{language_of(affiliation)}", affiliation)
            found.save()
    return found


class People(Column):
    """The speakers of a session with their roles: “Salma Boussole (Chair); Reda Oasis”.

    Another text in brackets is the affiliation of a new speaker. With `role`, the column has the
    people of that role only, and is read only.
    """

    def __init__(self, name: str, label: Any, *headings: str, role: str = "", note: Any = ""):
        super().__init__(name, label, *headings, note=note)
        self.role = role
        self.exported = not role
        self.roles = OwnChoice("role", "", ROLE, "speaker_roles", words=ROLE_WORDS)

    def get(self, obj: Any) -> list[tuple[Speaker, str]]:
        if not obj.pk:
            return []
        found = [(one.speaker, one.role_choice) for one in obj.participations.all()]
        return [(speaker, role) for speaker, role in found if self.role in ("", role)]

    def text(self, value: list[tuple[Speaker, str]], known: Known) -> str:
        return "; ".join(
            known.label("speakers", speaker)
            + (f" ({self.roles.text(role, known)})" if role not in ("speaker", self.role) else "")
            for speaker, role in value
        )

    def read(self, text: str, run: "Run") -> list[tuple[Speaker, str]]:
        roles = self.roles.by_word() | self.roles.own_by_word(run.known)
        found: dict[Speaker, str] = {}
        for person in parse_people(text):
            if not person.name:
                continue
            said = [roles[word] for note in person.notes if (word := folded(note)) in roles]
            others = [note for note in person.notes if folded(note) not in roles]
            speaker = known_person(run, person, "; ".join(others))
            found.setdefault(speaker, said[0] if said else self.role or "speaker")
        return list(found.items())


class Speakers(Sheet):
    kind = "speakers"
    model = Speaker
    label = SPEAKER.verbose_name_plural
    titles = ("Intervenants", "Orateurs", "Speakers", "Conférenciers", "Participants", "المتدخلون",
              "المتدخلين")  # fmt: skip
    columns = [
        Identifier(),
        FullName("name", gettext_lazy("Full name"), "Nom complet", "Nom et prénom", "Prénom et nom",
                 "Nom & prénom", "Name", "Speaker", "Intervenant", "الاسم الكامل", "الاسم والنسب"),
        *translated("given_name", gettext_lazy("Given name"),
                    headings={"fr": ["Prénom", "First name", "Given name", "Prénoms"],
                              "ar": ["الاسم الشخصي", "الاسم"]}),
        *translated("family_name", gettext_lazy("Family name"),
                    headings={"fr": ["Nom", "Last name", "Family name", "Surname",
                                     "Nom de famille"],
                              "ar": ["الاسم العائلي", "النسب", "اللقب"]}),
        *translated("position", gettext_lazy("position"),
                    headings={"fr": ["Fonction", "Qualité", "Titre", "Position", "Poste"],
                              "ar": ["الصفة", "المنصب"]}),
        *translated("affiliation", gettext_lazy("Affiliation"),
                    headings={"fr": ["Affiliation", "Institution", "Établissement", "Organisme",
                                     "Université", "Organisation"],
                              "ar": ["المؤسسة", "الجامعة"]}),
        *translated("biography", gettext_lazy("Biography"), Text,
                    headings={"fr": ["Biographie", "Bio", "Notice", "Biography"],
                              "ar": ["السيرة", "نبذة"]}),
        Cleaned("orcid", "ORCID iD", SPEAKER.get_field("orcid"), "ORCID", "N° ORCID"),
        YesNo("is_published", gettext_lazy("Published"), "Publié"),
        YesNo("is_featured", gettext_lazy("on the home page"), "À la une"),
    ]  # fmt: skip

    def names(self, obj: Speaker):
        return (obj.name_fr, obj.name_en, obj.name_ar)

    def named(self, edition, name: str) -> Speaker:
        made = self.new(edition)
        self.set_name(made, name)
        return made

    @staticmethod
    def set_name(speaker: Speaker, name: str) -> None:
        code = language_of(name)
        given, family = split_name(name)
        setattr(speaker, f"given_name_{code}", given)
        setattr(speaker, f"family_name_{code}", family)

    def title(self, row: Row) -> str:
        for code in LANGUAGES:
            if family := row.text(f"family_name_{code}"):
                return plain(f"{row.text(f'given_name_{code}')} {family}")
        return plain(row.text("name"))

    def find_by_name(self, run: "Run", row: Row) -> Speaker | None:
        if orcid := row.text("orcid"):
            orcid = SPEAKER.get_field("orcid").to_python(orcid)
            for one in run.known.index("speakers").by_pk.values():
                if one.orcid == orcid:
                    return one
        affiliations = (row.text(f"affiliation_{code}") for code in LANGUAGES)
        name = self.title(row)
        run.cell = row.reference("family_name_fr")
        person = PersonText(name, [], "")
        return find_person(run, person, next(filter(None, affiliations), "")) if name else None

    def prepare(self, run: "Run", row: Row) -> None:
        """Take full names apart: a column of them, or family names without a column of given ones.

        The full name counts only if the row has no parts.
        """
        has_parts = any(row.text(f"family_name_{code}") for code in LANGUAGES)
        name = row.cells.pop("name", ("", ""))
        if name[1] and not has_parts:
            self.take_apart(row, language_of(name[1]), *name)
        for code in LANGUAGES:
            family = row.cells.get(f"family_name_{code}", ("", ""))
            if family[1] and f"given_name_{code}" not in row.cells:
                self.take_apart(row, code, *family)

    @staticmethod
    def take_apart(row: Row, code: str, ref: str, text: str) -> None:
        given, family = split_name(text)
        row.cells |= {f"given_name_{code}": (ref, given), f"family_name_{code}": (ref, family)}
