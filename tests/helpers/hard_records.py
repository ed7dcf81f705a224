"""Abstracts with texts that are hard to escape, for the tests of exports."""

from symposium.abstracts.models import Abstract
from symposium.editions.models import Partner
from tests.factories import (
    make_abstract,
    make_author,
    make_edition,
    make_keyword,
    make_partner,
    make_speaker,
)

HARD = [
    '{Ville} & \\emph{résilience} : 100 % $ # _ ~ « vraie » "q" <b>',
    "Un {seul, sans retour } à la } ligne {",
    "المدينة الذكية 😀 & الصمود",
    "L’eau\u00a0? -- ``oui'' \\ \\\\ \x0b&amp; \U0001f3d9\ufe0f",
    "and and, and",
]
ORCID = "0000-0002-1825-0097"


def make_hard_record(text: str = HARD[0]) -> Abstract:
    """Create an abstract with `text` in every field that a person may write."""
    edition = make_edition(name_fr=f"Symposium {text}", city_fr=f"Fès {text}")
    make_partner(edition, kind=Partner.Kind.ORGANISER, name_fr=f"Agence {text}")
    abstract = make_abstract(
        edition, slug="ville", title_fr=text, title_ar="المدينة", text_ar="نص",
        text_fr=f"Un. {text}\n\nDeux. {text}",
    )  # fmt: skip
    make_author(abstract, given_name_fr="Jean-Paul", family_name_fr=text)
    make_author(abstract, given_name_fr=text, family_name_fr="ben Ali", affiliation_fr=text)
    make_author(abstract, given_name_fr="", family_name_fr=f"Comité {text}", orcid=ORCID)
    make_author(abstract, speaker=make_speaker(edition, orcid=ORCID, affiliation_fr="Labo"))
    make_keyword(abstract, name_fr=f"Mot {text}", name_ar="صمود")
    make_keyword(abstract, name_fr="ville")
    return abstract
