import datetime

import extruct
import pytest
from django.utils import timezone

from tests.factories import (
    make_abstract,
    make_edition,
    make_keyword,
    make_main_abstract,
    make_partner,
    make_session,
    make_speaker,
    open_edition,
)
from tests.helpers.hard_records import HARD, ORCID, make_hard_record

pytestmark = pytest.mark.django_db


def data(client, path: str) -> dict:
    """Return the only JSON-LD block of a page, as extruct reads it."""
    page = client.get(path).content.decode()
    [found] = extruct.extract(page, syntaxes=["json-ld"])["json-ld"]
    return found


@pytest.mark.parametrize("text", [*HARD, "</script><script>alert(1)</script><!--", "a\u2028b"])
def test_article_json_ld_contains_all_record_fields(client, text):
    abstract = make_hard_record(text)
    slug = abstract.edition.slug
    text = text.replace("\x0b", "").replace("\u2028", " ")
    site = f"http://testserver/fr/{slug}"
    found = data(client, f"/fr/{slug}/abstracts/ville/")
    first, second, body, speaker = found["author"]
    assert found["@context"] == "https://schema.org"
    assert (found["@type"], found["@id"]) == ("ScholarlyArticle", f"{site}/abstracts/ville/")
    assert (found["name"], found["headline"], found["inLanguage"]) == (text, text, "fr")
    assert found["datePublished"] == "2021-06-01"
    assert found["publisher"] == {"@type": "Organization", "name": f"Agence {text}"}
    assert (first["familyName"], first["givenName"]) == (text, "Jean-Paul")
    assert second["affiliation"] == {"@type": "Organization", "name": text}
    assert body == {"@type": "Organization", "name": f"Comité {text}"}
    assert speaker["@id"] == f"https://orcid.org/{ORCID}"
    assert [term["name"] for term in found["keywords"]] == [f"Mot {text}", "ville"]
    assert {term["inDefinedTermSet"]["@id"] for term in found["keywords"]} == {f"{site}/keywords/"}
    assert [work["inLanguage"] for work in found["workTranslation"]] == ["ar"]


def test_json_ld_block_escapes_closing_script_tag(client):
    make_abstract(make_edition("2021"), slug="ville", title_fr="</script>&\u2028<!--")
    page = client.get("/fr/2021/abstracts/ville/").content.decode()
    assert page.partition("ld+json")[2].partition("</script>")[0].count("<") == 0


def test_translation_json_ld_names_its_original(client):
    abstract = make_abstract(
        make_edition("2021"), slug="ville", title_fr="Ville", title_ar="مدينة", text_ar="نص"
    )
    make_keyword(abstract, slug="mot", name_fr="mot", name_ar="كلمة")
    found = data(client, "/ar/2021/abstracts/ville/")
    assert (found["@id"], found["inLanguage"], found["name"]) == (
        "http://testserver/ar/2021/abstracts/ville/", "ar", "مدينة",
    )  # fmt: skip
    assert found["translationOfWork"] == {
        "@type": "ScholarlyArticle",
        "@id": "http://testserver/fr/2021/abstracts/ville/",
        "name": "Ville",
        "headline": "Ville",
        "inLanguage": "fr",
    }
    assert found["keywords"] == [
        {
            "@type": "DefinedTerm",
            "name": "كلمة",
            "url": "http://testserver/ar/2021/keywords/mot/",
            "inDefinedTermSet": {
                "@type": "DefinedTermSet",
                "@id": "http://testserver/ar/2021/keywords/",
            },
        }
    ]


def test_home_page_describes_the_event_and_its_main_sessions(client):
    edition = make_edition(
        "2021",
        name_fr="Symposium",
        venue_fr="Palais",
        address_fr="1, rue d’Anfa",
        country_fr="Maroc",
    )
    make_partner(edition, kind="organiser", name_fr="Agence", url="https://example.org/")
    make_partner(edition, kind="sponsor")
    make_speaker(
        edition, slug="rivage", given_name_fr="Nora", family_name_fr="Rivage", is_featured=True
    )
    secret = "https://example.org/secret"
    make_session(edition, slug="ouverture", kind="opening", title_fr="Ouverture", stream_url=secret)
    make_session(edition, kind="talk", at="10:00")
    make_session(edition, kind="plenary", at="11:00", status="cancelled")
    make_session(edition, kind="plenary", at="12:00", status="draft")
    site = "http://testserver/fr/2021/"
    assert data(client, "/fr/2021/") == {
        "@context": "https://schema.org",
        "@type": "Event",
        "@id": site,
        "name": "Symposium",
        "url": site,
        "startDate": "2021-06-09",
        "endDate": "2021-06-10",
        "eventAttendanceMode": "https://schema.org/MixedEventAttendanceMode",
        "location": [
            {
                "@type": "Place",
                "@id": f"{site}#place",
                "name": "Palais",
                "address": {
                    "@type": "PostalAddress",
                    "streetAddress": "1, rue d’Anfa",
                    "addressLocality": "Casablanca",
                    "addressCountry": "Maroc",
                },
            },
            {"@type": "VirtualLocation", "url": site},
        ],
        "performer": [{"@type": "Person", "name": "Nora Rivage", "url": f"{site}speakers/rivage/"}],
        "organizer": [{"@type": "Organization", "name": "Agence", "url": "https://example.org/"}],
        "subEvent": [
            {
                "@type": "Event",
                "name": "Ouverture",
                "url": f"{site}programme/ouverture/",
                "startDate": "2021-06-09T09:00:00+01:00",
                "endDate": "2021-06-09T09:45:00+01:00",
                "location": {"@id": f"{site}#place"},
            }
        ],
    }
    assert secret not in client.get("/fr/2021/").content.decode()


def test_home_page_offers_registration_until_it_closes(client):
    now = timezone.now().replace(microsecond=0)
    edition = open_edition("2021")
    type(edition).objects.update(registration_closes_at=now + datetime.timedelta(days=1))
    offer = data(client, "/fr/2021/")["offers"]
    assert (offer["@type"], offer["url"]) == ("Offer", "http://testserver/fr/2021/register/")
    ends = datetime.datetime.fromisoformat(offer["validThrough"])
    assert ends == now + datetime.timedelta(days=1)
    assert ends.utcoffset() == ends.astimezone(edition.zone).utcoffset()
    type(edition).objects.update(registration_closes_at=now)
    assert "offers" not in data(client, "/fr/2021/")


def test_home_page_omits_unknown_properties(client):
    make_edition("2021")
    assert set(data(client, "/fr/2021/")) == {
        "@context", "@type", "@id", "name", "url", "startDate", "endDate", "location",
    }  # fmt: skip


@pytest.mark.browser
def test_json_ld_page_breaks_no_security_policy(page, live_server):
    make_main_abstract(make_edition("2021"), title_fr="</script><script>alert(1)</script>")
    said = []
    page.on("console", lambda message: message.type == "error" and said.append(message.text))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    for path in ("/fr/2021/", "/ar/2021/abstract/"):
        answer = page.goto(live_server.url + path)
        assert "default-src 'self'" in answer.headers["content-security-policy"]
        assert page.locator("script[type='application/ld+json']").count() == 1
    assert said == []
