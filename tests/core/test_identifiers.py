"""Identifiers are stored without prefix, in whatever form they are pasted."""

import html5lib
import pytest
from django.core.exceptions import ValidationError

from symposium.abstracts.models import Abstract, Author
from symposium.speakers.models import Speaker
from tests.factories import make_abstract, make_author, make_organiser, make_speaker, refreshed
from tests.helpers.admin_forms import XHTML, admin_url, save

ORCID, DOI, ROR = "0000-0002-1694-233X", "10.1234/ville-2021", "03yrm5c26"
RLM, BOM, ISOLATE, END = "\u200f", "\ufeff", "\u2066", "\u2069"
ORCIDS = [
    "0000-0002-1694-233x", "000000021694233X", "0000 0002 1694 233X", "0000‑0002‑1694‑233X",
    "0000‐0002‐1694‐233x", "0000–0002–1694–233X", f"{RLM}{ORCID}", f"{ISOLATE}{ORCID}{END}",
    "https://orcid.org/0000-0002-1694-233X", "http://orcid.org/0000-0002-1694-233x/",
    "HTTPS://ORCID.ORG/0000-0002-1694-233X", "https://www.orcid.org/0000-0002-1694-233X?lang=fr",
    "orcid.org/0000-0002-1694-233X", "ORCID: 0000-0002-1694-233X", "ORCID iD : 0000-0002-1694-233X",
    "ORCID https://orcid.org/0000-0002-1694-233X", f"{BOM}\u00a0{ORCID}\u00a0\n",
    "https://orcid.org/my-orcid?orcid=0000-0002-1694-233X",
]  # fmt: skip
DOIS = [
    "10.1234/Ville-2021", "10.1234/ville‑2021", "10.1234/ville‐2021", f"{RLM}10.1234/ville-2021",
    "https://doi.org/10.1234/ville-2021", "HTTP://DX.DOI.ORG/10.1234/VILLE-2021",
    "https://www.doi.org/10.1234/ville-2021/", "doi.org/10.1234/ville-2021",
    "https://doi.org/10.1234/ville-2021?utm_source=x", "https://doi.org/10.1234%2Fville-2021#top",
    "doi:10.1234/ville-2021", "DOI: 10.1234/ville-2021", "DOI : 10.1234/ville-2021",
    "DOI 10.1234/ville-2021", "Doi: https://doi.org/10.1234/ville-2021",
    "info:doi/10.1234/ville-2021",
]  # fmt: skip
RORS = [
    "03YRM5C26", "https://ror.org/03yrm5c26", "http://www.ror.org/03YRM5C26/", "ror.org/03yrm5c26",
    "ROR: 03yrm5c26", "ROR ID : https://ror.org/03yrm5c26", f"{ISOLATE}03yrm5c26{END}",
    "https://ror.org/03yrm5c26/?page=1",
]  # fmt: skip


@pytest.mark.parametrize(
    ("field", "pasted", "kept"),
    [
        *((Speaker._meta.get_field("orcid"), pasted, ORCID) for pasted in ORCIDS),
        *((Author._meta.get_field("orcid"), pasted, ORCID) for pasted in ORCIDS),
        *((Abstract._meta.get_field("doi"), pasted, DOI) for pasted in DOIS),
        *((Author._meta.get_field("ror"), pasted, ROR) for pasted in RORS),
    ],
)
def test_identifier_is_stored_without_prefix(field, pasted, kept):
    assert field.clean(pasted, None) == field.get_prep_value(pasted) == kept


@pytest.mark.parametrize(
    ("model", "name", "pasted"),
    [
        (Speaker, "orcid", "https://example.org/0000-0002-1694-233X"),
        (Speaker, "orcid", "0000-0002-1694-233X 0000-0002-1825-0097"),
        (Speaker, "orcid", "https://orcid.org/"),
        (Abstract, "doi", "https://example.org/10.1234/ville"),
        (Abstract, "doi", "https://doi.org/"),
        (Author, "ror", "https://ror.org/"),
    ],
)
def test_other_url_is_refused_as_identifier(model, name, pasted):
    field = model._meta.get_field(name)

    with pytest.raises(ValidationError):
        field.clean(pasted, None)


@pytest.fixture
def desk(client):
    client.force_login(make_organiser(language="en"))
    return client


def limits(page: str) -> dict[str, str | None]:
    """Return the `maxlength` of each identifier field on a page of the desk."""
    return {
        control.get("name"): control.get("maxlength")
        for control in html5lib.parse(page).iter(f"{XHTML}input")
        if control.get("name", "").endswith(("orcid", "doi", "ror"))
    }


@pytest.mark.django_db
def test_admin_accepts_pasted_identifier_urls(desk):
    speaker, abstract = make_speaker(), make_abstract()
    author = make_author(abstract)
    page = desk.get(admin_url(speaker)).content.decode()
    assert limits(page) == {"orcid": None}
    page = desk.get(admin_url(abstract)).content.decode()
    assert {name.rpartition("-")[2] for name in limits(page)} == {"doi", "orcid", "ror"}
    assert set(limits(page).values()) == {None}

    save(desk, admin_url(speaker), orcid=ORCIDS[8])
    save(desk, admin_url(abstract), doi=DOIS[4], **{
        "authors-0-orcid": ORCIDS[9], "authors-0-ror": RORS[1],
    })  # fmt: skip
    author = refreshed(author)
    assert (refreshed(speaker).orcid, author.orcid, author.ror) == (ORCID, ORCID, ROR)
    assert refreshed(abstract).doi == DOI
