"""The organisers' pages of abstracts and keywords."""

import pytest

from symposium.abstracts.models import Abstract, Keyword
from tests.desk import admin_url, errors_of, form_of, save, told
from tests.factories import (
    make_abstract,
    make_author,
    make_edition,
    make_keyword,
    make_organiser,
    make_session,
    make_speaker,
    refreshed,
)

pytestmark = pytest.mark.django_db

LIST = "/admin/symposium_abstracts/abstract/"


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


def test_an_abstract_with_its_authors_and_keywords(desk, edition):
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


def test_an_author_is_a_speaker_or_has_a_name(desk, edition):
    abstract = make_abstract(edition)
    response = save(desk, admin_url(abstract), {"authors": {"given_name_fr": "Nora"}})
    assert errors_of(response) == {"authors-0-__all__": ["Choose a speaker or write a name."]}


def test_a_second_argument_of_the_symposium_is_refused(desk, edition):
    make_abstract(edition, kind="symposium")
    response = save(desk, admin_url(make_abstract(edition)), kind="symposium")
    assert errors_of(response) == {"__all__": ["This edition already has its own abstract."]}


def test_a_session_of_another_edition_is_refused(desk, edition):
    abstract = make_abstract(edition)
    response = save(desk, admin_url(abstract), session=make_session(make_edition()).pk)
    assert errors_of(response) == {"session": ["It belongs to another edition."]}


def test_the_length_of_a_text_is_checked_and_the_others_stay(desk, edition):
    response = save(desk, admin_url(make_abstract(edition)), text_fr="a" * 20_001, text_en="b")
    assert list(errors_of(response)) == ["text_fr"]
    assert form_of(response)["text_en"] == "b"


def test_publishing_dates_the_record(desk, edition):
    abstract = make_abstract(edition, status="draft", published_at=None)
    assert told(act(desk, "publish", abstract)) == ["1 abstract: Published."]
    assert refreshed(abstract).published_at is not None


def test_publishing_without_the_text_of_the_record_is_refused(desk, edition):
    abstract = make_abstract(
        edition, title_fr="Vide", language="ar", status="draft", published_at=None
    )
    [reason] = told(act(desk, "publish", abstract))
    assert reason.startswith("Vide: To be published, an abstract needs a date and its text")
    assert refreshed(abstract).status == "draft"


def test_withdrawing(desk, edition):
    abstract = make_abstract(edition)
    act(desk, "withdraw", abstract)
    assert refreshed(abstract).status == "withdrawn"


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_as_much_for_three_as_for_one(
    desk, edition, count, django_assert_num_queries
):
    for _number in range(count):
        abstract = make_abstract(edition, session=make_session(edition, at=None))
        make_author(abstract)
    desk.get(LIST)
    with django_assert_num_queries(8):
        assert len(desk.get(LIST).context["cl"].result_list) == count


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_keywords_counts_their_uses(desk, edition, count, django_assert_num_queries):
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


def test_the_history_opens_and_goes_back(desk, edition):
    abstract = make_abstract(edition, text_fr="Avant")
    save(desk, admin_url(abstract), text_fr="Après")
    assert (
        "<bdi>Avant</bdi> → <bdi>Après</bdi>"
        in desk.get(admin_url(abstract, "history")).content.decode()
    )
    url = f"{admin_url(abstract, 'history')}{abstract.history.earliest().pk}/"
    assert desk.post(url, form_of(desk.get(url))).status_code == 302
    assert refreshed(abstract).text_fr == "Avant"


def test_preview(desk, edition):
    pytest.importorskip("symposium.abstracts.views")
    abstract = make_abstract(edition, status="draft", title_fr="Ébauche")
    page = desk.get(admin_url(abstract, "preview")).content.decode()
    assert "Ébauche" in page
    assert "Preview: the public does not see this page in this state." in page
