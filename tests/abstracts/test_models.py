import datetime

import pytest
from django.db import IntegrityError, transaction
from django.db.models import RestrictedError
from django.utils import timezone, translation

from symposium.abstracts.models import Abstract, AbstractKeyword, Author, Keyword
from symposium.core.i18n.localized import localized_text
from symposium.sessions.models import Session
from tests.factories import (
    make_abstract,
    make_author,
    make_edition,
    make_keyword,
    make_main_abstract,
    make_session,
    make_speaker,
    refreshed,
)
from tests.helpers.database_errors import commit, execute, faults, refused_by
from tests.helpers.page_html import main, texts

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    return make_edition("2021")


@pytest.fixture
def abstract(edition):
    return make_abstract(edition)


# The main abstract


def test_main_abstract_is_unique_in_its_edition(edition, abstract):
    make_main_abstract(edition)
    with refused_by("abstracts_one_main_per_edition"):
        Abstract.objects.update(kind="symposium")

    abstract.kind = "symposium"
    assert faults(abstract) == {"__all__": ["This edition already has an abstract."]}


def test_main_abstract_has_no_session(edition):
    argument = make_main_abstract(edition)
    argument.session = make_session(edition)
    assert faults(argument) == {
        "__all__": ["The symposium’s own abstract can’t belong to a session."]
    }
    with refused_by("abstracts_main_has_no_session"):
        Abstract.objects.update(session=argument.session)


# Publication


@pytest.mark.parametrize("status", ["published", "withdrawn"])
@pytest.mark.parametrize(
    "missing", [{"published_at": None}, {"text_fr": ""}, {"text_fr": None}, {"language": "ar"}]
)
def test_published_abstract_requires_date_and_text(abstract, status, missing):
    with refused_by("abstracts_published_with_text_and_date"):
        Abstract.objects.update(status=status, **missing)


def test_abstract_without_text_in_original_language_is_refused(abstract):
    abstract.language = "ar"
    assert faults(abstract) == {
        "__all__": ["Before you publish, add a date and the text in the original language."]
    }


def test_abstract_in_draft_may_be_empty(edition):
    draft = Abstract(edition=edition, title_fr="Ébauche")
    assert faults(draft) == {}
    draft.save()


def test_abstract_published_without_a_date_gets_the_current_time(edition):
    before = timezone.now()
    new = Abstract(edition=edition, title_fr="Texte", text_fr="Texte.", status="published")
    assert faults(new) == {}
    assert before <= new.published_at <= timezone.now()


def test_abstract_is_published_from_its_publication_date(abstract):
    at = abstract.published_at
    assert list(Abstract.objects.published(at)) == [abstract]
    assert list(Abstract.objects.published(at - datetime.timedelta(seconds=1))) == []


@pytest.mark.parametrize(
    ("status", "shown"), [("draft", False), ("published", True), ("cancelled", True)]
)
def test_abstract_visibility_follows_its_session_status(edition, status, shown):
    make_abstract(session=make_session(edition, status=status))
    assert Abstract.objects.published().exists() is shown


def test_abstract_is_hidden_when_draft_withdrawn_or_edition_unpublished(edition):
    make_abstract(edition, status="draft")
    make_abstract(edition, status="withdrawn")
    make_abstract(make_edition("2023", is_published=False))
    assert not Abstract.objects.published().exists()


# Session and slug


def test_abstract_and_session_must_share_an_edition(abstract):
    foreign = make_session(make_edition("2023"))
    with refused_by("abstract_session_same_edition"):
        Abstract.objects.update(session=foreign)

    abstract.session = foreign
    assert faults(abstract) == {"session": ["Choose an item from this edition."]}


@pytest.mark.parametrize("status", ["draft", "published"])
def test_session_with_an_abstract_cannot_be_deleted(edition, status):
    """Without its draft session, an abstract would be public at once."""
    abstract = make_abstract(session=make_session(edition, status=status))
    with pytest.raises(RestrictedError):
        abstract.session.delete()
    with pytest.raises(RestrictedError):
        Session.objects.all().delete()
    with pytest.raises(IntegrityError) as caught, transaction.atomic():  # noqa: PT012
        execute("DELETE FROM symposium_sessions_session")
        commit()
    assert caught.value.__cause__.diag.table_name == "symposium_abstracts_abstract"
    assert refreshed(abstract).session == abstract.session


def test_abstract_cannot_leave_a_draft_session_while_published(edition):
    abstract = make_abstract(session=make_session(edition, status="draft"))
    abstract.session = None
    assert faults(abstract) == {
        "session": [
            "The session is a draft. Without it, this abstract would be public straight "
            "away. Set the abstract back to draft first."
        ]
    }
    abstract.status = "draft"
    assert faults(abstract) == {}
    abstract.save()
    abstract.status = "published"
    assert faults(abstract) == {}


def test_tombstone_remains_when_session_returns_to_draft(edition):
    session, draft = make_session(edition), make_session(edition, status="draft")
    read = make_abstract(session=session)
    unread = make_abstract(session=draft)
    for abstract in (read, unread):
        abstract.status, abstract.withdrawal_reason_fr = "withdrawn", "Erreur."
        assert faults(abstract) == {}
        abstract.save()
    assert list(Abstract.objects.public()) == [read]
    Session.objects.update(status="draft")
    assert list(Abstract.objects.public()) == [read]
    assert list(Abstract.objects.published()) == []
    Session.objects.update(status="published")
    assert set(Abstract.objects.public()) == {read, unread}


def test_abstract_slug_is_unique_in_its_edition(edition):
    make_abstract(edition, slug="ville")
    with refused_by("abstracts_slug_once_per_edition"):
        make_abstract(edition, slug="ville")


def test_abstract_edition_cannot_change(abstract):
    with refused_by("editions_edition_stays"):
        Abstract.objects.update(edition=make_edition("2023"))


@pytest.mark.parametrize("empty", ["", None])
def test_abstract_without_title_is_refused(abstract, empty):
    with refused_by("abstracts_titled"):
        Abstract.objects.update(title_fr=empty, title_en=empty, title_ar=empty)


# Original text and translations


def test_missing_translation_falls_back_to_original_text(edition):
    abstract = make_abstract(edition, language="ar", text_fr="", text_ar="نص", text_en="Text")
    codes = ["fr", "en", "ar"]
    assert [localized_text(abstract, "text", code)[1] for code in codes] == ["ar", "en", "ar"]
    assert [abstract.is_translation_in(code) for code in codes] == [False, True, False]
    assert [abstract.is_untranslated_in(code) for code in codes] == [True, False, False]


# Keywords


def test_keyword_slug_is_unique():
    make_keyword(slug="resilience")
    with refused_by("keywords_slug_once"):
        make_keyword(slug="resilience")
    assert faults(Keyword(name_fr="Résilience", slug="resilience")) == {
        "__all__": ["This address is already used by another keyword."]
    }


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
@pytest.mark.parametrize(
    ("name", "twin"),
    [
        ("Résilience", "résilience"), ("Résilience", "RE\u0301SILIENCE"),
        ("Smart city", "smart-city"), ("Smart city", " Smart  City"),
        ("Smart city", "Smart\u00a0city"), ("Smart city", "Smart‑city"),
        ("Droit à l’eau", "droit à l'eau"), ("Eau", "E\u00adau"),
        ("المدينة الذكية", "المدينة  الذكيـة"),
    ],
)  # fmt: skip
def test_duplicate_keyword_name_in_a_language_is_refused(language, name, twin):
    first = make_keyword(**{"name_fr": "", f"name_{language}": name})
    with refused_by(f"keywords_name_{language}_once"):
        make_keyword(**{"name_fr": "", f"name_{language}": twin})
    second = Keyword(**{f"name_{language}": twin})
    with translation.override("en"):
        assert faults(second) == {
            f"name_{language}": [
                f"There’s already a keyword with this name: “{first.name or name}”."
            ]
        }


@pytest.mark.parametrize(
    ("name", "other"),
    [("Marché", "Marche"), ("Ville", "Villes"), ("C", "C++"), ("Smart city", "Smartcity")],
)
def test_similar_but_distinct_keywords_are_accepted(name, other):
    make_keyword(name_fr=name)
    keyword = make_keyword(name_fr=other)
    assert faults(keyword) == {}


def test_keyword_names_may_be_missing_or_equal_across_languages():
    make_keyword(name_fr="Participation", name_en="Participation")
    make_keyword(name_fr="Concertation", name_en="")
    make_keyword(name_fr="Coproduction", name_en="")


def test_former_keyword_slug_cannot_be_reused():
    make_keyword(slug="resilience")
    Keyword.objects.update(slug="resilience-urbaine")
    with refused_by("editions_former_slug_once"):
        make_keyword(slug="resilience")
    assert faults(Keyword(name_fr="Résilience", slug="resilience")) == {
        "slug": ["This address has been used before. Choose another."]
    }


def test_keyword_in_arabic_only_gets_a_code_slug():
    keyword = Keyword(name_ar="الصمود")
    assert faults(keyword) == {}
    keyword.save()
    assert keyword.slug.startswith("keyword-")
    with translation.override("fr"):
        assert str(keyword) == "الصمود"


def test_duplicate_keyword_in_an_abstract_is_refused(abstract):
    keyword = make_keyword(abstract)
    again = AbstractKeyword(abstract=abstract, keyword=keyword)
    assert faults(again) == {"__all__": ["This keyword has already been added."]}
    with refused_by("abstract_keywords_once"):
        AbstractKeyword.objects.bulk_create([again])


# Authors


@pytest.mark.parametrize("empty", ["", None])
def test_author_requires_a_speaker_or_a_name(abstract, empty):
    make_author(abstract)
    with refused_by("authors_speaker_or_name"):
        Author.objects.update(family_name_fr=empty)
    assert faults(Author(abstract=abstract, given_name_fr="Nora")) == {
        "__all__": ["Choose a speaker or enter a name."]
    }


def test_author_name_is_the_speaker_name_or_its_own(abstract):
    speaker = make_speaker(abstract.edition, family_name_fr="Médina")
    authors = [
        make_author(abstract, speaker=speaker),
        make_author(abstract, family_name_fr="Rivage"),
        make_author(abstract, given_name_fr="", family_name_fr="Université Hassan II"),
    ]
    assert [author.name for author in authors] == [
        "Salma Médina",
        "Nora Rivage",
        "Université Hassan II",
    ]


def test_duplicate_author_in_an_abstract_is_refused(abstract):
    speaker = make_speaker(abstract.edition)
    make_author(abstract, speaker=speaker)
    again = Author(abstract=abstract, speaker=speaker)
    assert faults(again) == {"__all__": ["This author has already been added."]}
    with refused_by("authors_once_per_abstract"):
        Author.objects.bulk_create([again])


def test_author_without_speaker_is_named_on_the_page(client, edition):
    argument = make_main_abstract(edition)
    author = make_author(argument, given_name_fr="", family_name_fr="Le comité")
    assert [author.name_in(code) for code in ("fr", "en", "ar")] == ["Le comité", "", ""]
    page = main(client.get(argument.get_absolute_url()))
    assert texts(page, ".//*[@class='authors']//bdi") == ["Le comité"]
