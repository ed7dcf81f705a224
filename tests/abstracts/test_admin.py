"""The organisers' pages of abstracts and keywords."""

import datetime
import json

import pytest
from django.db.models import RestrictedError
from django.utils import timezone, translation

from symposium.abstracts.models import Abstract, Keyword
from symposium.core.admin.base import db_error_message
from symposium.sessions.models import Session
from tests.factories import (
    make_abstract,
    make_author,
    make_edition,
    make_keyword,
    make_main_abstract,
    make_organiser,
    make_session,
    make_speaker,
    refreshed,
)
from tests.helpers.admin_forms import admin_url, errors_of, form_of, save, told
from tests.helpers.page_html import hrefs, texts, tree

pytestmark = pytest.mark.django_db

LIST = "/admin/symposium_abstracts/abstract/"
DAY = datetime.timedelta(days=1)


@pytest.fixture
def edition():
    return make_edition("2021", is_current=True)


@pytest.fixture
def desk(client):
    client.force_login(make_organiser(language="en"))
    return client


def act(client, action: str, *abstracts):
    data = {"action": action, "_selected_action": [abstract.pk for abstract in abstracts]}
    return client.post(LIST, data | {"index": 0}, follow=True)


def delete(client, thing):
    """Delete `thing` on its own page, then by the action of its list; return both responses."""
    alone = client.post(admin_url(thing, "delete"), {"post": "yes"}, follow=True)
    data = {"action": "delete_selected", "_selected_action": [thing.pk], "post": "yes"}
    return alone, client.post(admin_url(type(thing), "changelist"), data, follow=True)


def test_abstract_is_created_with_its_authors_and_keywords(desk, edition):
    speaker, keyword = make_speaker(edition), make_keyword()
    rows = {
        "authors": {"speaker": speaker.pk},
        "ordered_keywords": {"keyword": keyword.pk},
    }
    response = save(desk, f"{LIST}add/", rows, title_ar="ملخص", text_ar="نص", language="ar")
    assert response.status_code == 302
    abstract = Abstract.objects.get()
    assert (abstract.edition, abstract.status) == (edition, "draft")
    assert [author.speaker for author in abstract.authors.all()] == [speaker]
    assert list(abstract.keywords.all()) == [keyword]


def test_author_without_speaker_or_name_is_refused(desk, edition):
    abstract = make_abstract(edition)
    response = save(desk, admin_url(abstract), {"authors": {"given_name_fr": "Nora"}})
    assert errors_of(response) == {"authors-0-__all__": ["Choose a speaker or enter a name."]}


def test_second_main_abstract_of_an_edition_is_refused(desk, edition):
    make_abstract(edition, kind="symposium")
    response = save(desk, admin_url(make_abstract(edition)), kind="symposium")
    assert errors_of(response) == {"__all__": ["This edition already has an abstract."]}


def test_a_session_of_another_edition_is_refused(desk, edition):
    abstract = make_abstract(edition)
    response = save(desk, admin_url(abstract), session=make_session(make_edition()).pk)
    assert errors_of(response) == {"session": ["Choose an item from this edition."]}


def test_text_that_is_too_long_is_refused_and_other_fields_are_preserved(desk, edition):
    response = save(desk, admin_url(make_abstract(edition)), text_fr="a" * 20_001, text_en="b")
    assert list(errors_of(response)) == ["text_fr"]
    assert form_of(response)["text_en"] == "b"


def test_publishing_an_abstract_sets_its_publication_date(desk, edition):
    abstract = make_abstract(edition, status="draft", published_at=None)
    assert told(act(desk, "publish", abstract)) == ["1 abstract set to “Published”."]
    assert refreshed(abstract).published_at is not None


def test_publishing_without_text_in_the_original_language_is_refused(desk, edition):
    abstract = make_abstract(
        edition, title_fr="Vide", language="ar", status="draft", published_at=None
    )
    [reason] = told(act(desk, "publish", abstract))
    assert reason.startswith("Vide: Before you publish, add a date and the text")
    assert refreshed(abstract).status == "draft"


def test_publishing_skips_withdrawn_abstracts(desk, edition):
    draft = make_abstract(edition, status="draft")
    published = make_abstract(edition)
    withdrawn = [make_abstract(edition, status="withdrawn") for _number in range(2)]
    before = published.updated_at
    assert told(act(desk, "publish", draft, published, *withdrawn)) == [
        "1 abstract set to “Published”.",
        "2 withdrawn abstracts were skipped. To undo a withdrawal, open the abstract.",
    ]
    assert refreshed(draft).status == "published"
    assert refreshed(published).updated_at == before
    for abstract in withdrawn:
        kept = refreshed(abstract)
        assert (kept.status, kept.withdrawn_at) == ("withdrawn", abstract.withdrawn_at)


def was_published(edition):
    abstract = make_abstract(edition)
    Abstract.objects.update(status="draft")
    return abstract


@pytest.mark.parametrize(
    ("make", "goes"),
    [
        (make_abstract, False),
        (was_published, False),
        (lambda edition: make_abstract(edition, status="withdrawn"), False),
        (lambda edition: make_abstract(edition, status="draft"), True),
        (lambda edition: make_abstract(edition, published_at=timezone.now() + DAY), True),
        (lambda edition: make_abstract(session=make_session(edition, status="draft")), True),
    ],
)
def test_published_abstract_is_not_deleted(desk, edition, make, goes):
    abstract = make(edition)
    reason = (
        f"“{abstract}” has been published, so it can’t be deleted. Withdraw it instead and give a"
        " reason."
    )
    alone, among = delete(desk, abstract)
    if not goes:
        assert told(alone) == [reason]
        assert among.context["protected"] == [reason]
    assert Abstract.objects.exists() is not goes


def test_edition_with_an_abstract_is_not_deleted(desk, edition):
    argument = make_main_abstract(edition)
    desk.post(admin_url(edition, "delete"), {"post": "yes"})
    assert refreshed(argument).edition == edition


def test_draft_session_is_deleted_once_its_abstract_has_left_it(desk, client, edition):
    """On its page, to harvesters and in the search, the abstract is as hidden as before."""
    session = make_session(edition, status="draft")
    abstract = make_abstract(session=session, slug="ville", title_fr="Introuvable")

    def shown():
        records = client.get("/oai?verb=ListRecords&metadataPrefix=oai_dc").content.decode()
        found = client.get("/fr/2021/search/?q=introuvable")
        return (
            client.get("/fr/2021/abstracts/ville/").status_code,
            "Introuvable" in records,
            found.context["results"].total,
        )

    assert shown() == (404, False, 0)
    reason = (
        f"“{session}” has 1 abstract, so it can’t be deleted. First move the abstract to another"
        " session, or to none."
    )
    alone, among = delete(desk, session)
    assert (told(alone), among.context["protected"]) == ([reason], [reason])
    assert shown() == (404, False, 0)
    response = save(desk, admin_url(abstract), session="")
    assert list(errors_of(response)) == ["session"]
    assert save(desk, admin_url(abstract), session="", status="draft").status_code == 302
    assert desk.post(admin_url(session, "delete"), {"post": "yes"}).status_code == 302
    assert (Session.objects.exists(), shown()) == (False, (404, False, 0))
    assert save(desk, admin_url(abstract), status="published").status_code == 302
    assert shown() == (200, True, 1)


def test_withdrawing_needs_a_reason(desk, edition):
    abstract = make_abstract(edition)
    response = save(desk, admin_url(abstract), status="withdrawn")
    assert errors_of(response) == {
        "__all__": ["Before you withdraw, give a reason and a date after publication."]
    }
    response = save(
        desk, admin_url(abstract), status="withdrawn", withdrawal_reason_en="Wrong figures."
    )
    assert response.status_code == 302
    withdrawn = refreshed(abstract)
    assert (withdrawn.status, withdrawn.withdrawal_reason_en) == ("withdrawn", "Wrong figures.")
    assert withdrawn.withdrawn_at > withdrawn.published_at


# Versions


def test_new_version_preserves_previous_text_and_authors(desk, edition):
    abstract = make_abstract(edition, title_fr="Avant", text_fr="Un.")
    author = make_author(abstract, given_name_fr="Nora", family_name_fr="Rivage")
    make_keyword(abstract, name_fr="Eau")
    response = save(
        desk, admin_url(abstract), title_fr="Après", new_version="on",
        version_note_fr="Titre précisé.", **{"authors-0-family_name_fr": "Rivière"},
    )  # fmt: skip
    assert response.status_code == 302
    assert refreshed(author).family_name_fr == "Rivière"
    second, first = abstract.versions.all()
    assert (first.number, first.published_at, first.note_fr) == (1, abstract.published_at, None)
    assert (second.number, second.note_fr) == (2, "Titre précisé.")
    for version, title, name in ((first, "Avant", "Rivage"), (second, "Après", "Rivière")):
        assert version.content == {
            "language": "fr", "licence": "", "doi": "",
            "title": {"fr": title, "en": "", "ar": ""},
            "text": {"fr": "Un.", "en": "", "ar": ""},
            "authors": [
                {
                    "family_name": {"fr": name, "en": "", "ar": ""},
                    "given_name": {"fr": "Nora", "en": "", "ar": ""},
                    "affiliation": {"fr": "", "en": "", "ar": ""},
                    "ror": "", "orcid": "",
                }
            ],
            "keywords": [{"slug": "eau", "name": {"fr": "Eau", "en": "", "ar": ""}}],
        }  # fmt: skip


def test_correction_creates_no_version(desk, edition):
    abstract = make_abstract(edition)
    save(desk, admin_url(abstract), title_fr="Après", version_note_fr="Rien")
    assert list(abstract.versions.all()) == []


def test_new_version_without_note_is_refused(desk, edition):
    response = save(desk, admin_url(make_abstract(edition)), new_version="on")
    assert errors_of(response) == {
        "new_version": ["Describe what changed in at least one language."]
    }


def test_new_version_of_a_draft_is_refused(desk, edition):
    draft = make_abstract(edition, status="draft")
    response = save(
        desk, admin_url(draft), new_version="on", version_note_fr="Oui", status="published"
    )
    assert errors_of(response) == {
        "new_version": ["Publish the abstract before you add a new version."]
    }


# Usage


def test_usage_chart_shows_views_and_downloads(desk, edition):
    abstract, today = make_abstract(edition), edition.today()
    abstract.usage_counts.create(day=today, kind="view", count=3)
    abstract.usage_counts.create(day=today, kind="download", count=1)
    page = tree(desk.get(admin_url(abstract)))
    bars = page.xpath("//figure[@class='chart']//*[local-name()='rect']")
    assert [(bar.get("class"), bar.get("y"), bar.get("height")) for bar in bars] == [
        ("first", "30", "90"),
        ("second", "0", "30"),
    ]
    assert texts(page, "//ul[@class='chart-key']/li") == ["3 views", "1 download"]
    assert texts(page, "//figure[@class='chart']//td")[1:] == ["3", "1"]


@pytest.mark.parametrize("count", [1, 3])
def test_list_query_count_is_constant(desk, edition, count, django_assert_num_queries):
    for _number in range(count):
        abstract = make_abstract(edition, session=make_session(edition, at=None))
        make_author(abstract)
    desk.get(LIST)
    with django_assert_num_queries(7):
        assert len(desk.get(LIST).context["cl"].result_list) == count


@pytest.mark.parametrize("count", [1, 3])
def test_keyword_list_shows_abstract_counts(desk, edition, count, django_assert_num_queries):
    abstract = make_abstract(edition)
    for _number in range(count):
        make_keyword(abstract)
    url = admin_url(Keyword, "changelist")
    desk.get(url)
    with django_assert_num_queries(6):
        shown = desk.get(url).context["cl"].result_list
    assert [keyword.abstract_count for keyword in shown] == [1] * count


def test_the_export_has_authors_and_keywords(desk, edition):
    abstract = make_abstract(edition, title_fr="Argument")
    make_author(abstract, given_name_fr="Nora", family_name_fr="Rivage")
    make_keyword(abstract, name_fr="Résilience")
    response = desk.post(f"{LIST}export/", {"format": 1, "resource": ""})
    _heading, row = response.content.decode("utf-8-sig").splitlines()
    assert row.startswith("Paper,Published,2021-06-01 10:00,fr,Argument,,,Nora Rivage,Résilience,")


def test_history_shows_changes_and_reverts(desk, edition):
    abstract = make_abstract(edition, text_fr="Avant")
    save(desk, admin_url(abstract), text_fr="Après")
    assert (
        "<bdi>Avant</bdi> → <bdi>Après</bdi>"
        in desk.get(admin_url(abstract, "history")).content.decode()
    )
    url = f"{admin_url(abstract, 'history')}{abstract.history.earliest().pk}/"
    assert desk.post(url, form_of(desk.get(url))).status_code == 302
    assert refreshed(abstract).text_fr == "Avant"


def test_unpublished_preview_shows_a_notice(desk, edition):
    pytest.importorskip("symposium.abstracts.views")
    abstract = make_abstract(edition, status="draft", title_fr="Ébauche")
    page = desk.get(admin_url(abstract, "preview")).content.decode()
    assert "Ébauche" in page
    assert "Preview: this page isn’t public." in page


def test_deleting_a_session_that_gained_an_abstract_gives_a_readable_error(edition):
    session = make_session(edition)
    make_abstract(edition, session=session)
    with pytest.raises(RestrictedError) as refused:
        session.delete()
    with translation.override("en"):
        said = str(db_error_message(refused.value))
    assert said.startswith("We couldn’t save this change.")


def test_duplicate_keyword_error_names_and_links_the_existing_one(desk):
    keyword = make_keyword(name_fr="Résilience")
    page = tree(save(desk, admin_url(Keyword, "add"), name_fr="RÉSILIENCE"))
    assert texts(page, "//*[@class='errorlist']/li") == [
        "There’s already a keyword with this name: “Résilience”. Open it"
    ]
    assert hrefs(page, "//*[@class='errorlist']//a") == [admin_url(keyword)]
    assert Keyword.objects.count() == 1


def test_duplicate_keyword_in_popup_selects_the_existing_one(desk):
    keyword = make_keyword(name_fr="Résilience")
    add = admin_url(Keyword, "add")
    page = tree(save(desk, f"{add}?_popup=1", name_fr="résilience"))
    [href] = hrefs(page, "//*[@class='errorlist']//a")
    assert href == f"?_popup=1&use={keyword.pk}"
    chosen = tree(desk.get(f"{add}{href}"))
    [data] = chosen.xpath("//script/@data-popup-response")
    assert json.loads(data) == {"value": str(keyword.pk), "obj": "Résilience"}
    assert Keyword.objects.count() == 1


def test_a_keyword_in_use_is_not_deleted(desk, edition):
    keyword = make_keyword(make_abstract(edition, title_en="Cities"), name_en="Resilience")
    response = desk.post(admin_url(keyword, "delete"), {"post": "yes"}, follow=True)
    assert told(response) == [
        "“Resilience” is used by 1 abstract, so it can’t be deleted. Change the abstract "
        "first: ⁨Cities⁩."
    ]


def test_history_shows_added_authors(desk, edition):
    abstract = make_abstract(edition, title_en="Cities")
    author = {"family_name_en": "Rivage", "given_name_en": "Nora"}
    save(desk, admin_url(abstract), rows={"authors": author})
    latest = desk.get(admin_url(abstract, "history")).context["page_obj"][0]
    assert latest.changed_parts == ["Added author “Nora Rivage”."]
