"""Every list and autocomplete of the desk finds its rows, whatever the case and the accents."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.urls import get_resolver, reverse

from symposium.abstracts.models import Abstract, Keyword
from symposium.accounts.models import User
from symposium.core.mail.models import Email
from symposium.editions.models import Edition, News, Page, Partner
from symposium.registrations.models import (
    Booking,
    Category,
    Certificate,
    CheckIn,
    DocumentText,
    Invitation,
    MailText,
    Message,
    Question,
    Registration,
)
from symposium.sessions.models import Room, Session, SessionKind, SpeakerRole, Track
from symposium.speakers.models import Speaker
from tests.factories import (
    make_abstract,
    make_author,
    make_booking,
    make_category,
    make_edition,
    make_invitation,
    make_keyword,
    make_news,
    make_organiser,
    make_page,
    make_participation,
    make_partner,
    make_question,
    make_registration,
    make_room,
    make_session,
    make_session_kind,
    make_speaker,
    make_speaker_role,
    make_track,
    make_user,
)

pytestmark = pytest.mark.django_db
TEXT = "L’École de Bénaïssa-O’Brien, الأولى"
TYPED = ["ecole", "l'École", "L’ECOLE", "benaissa", "o'brien ecole", "benaissa-o'brien", "الاولى",
         "الأولي ecole", "obrien"]  # fmt: skip
OTHER = "école absente"


def make_log_entry() -> LogEntry:
    return LogEntry.objects.create(user=make_user(), object_repr="x", action_flag=1)


def make_second_factor() -> Authenticator:
    return Authenticator.objects.create(user=make_user(), type=Authenticator.Type.TOTP, data={})


def make_mail() -> Email:
    return Email.objects.create(to="b@example.org", subject="x")


def make_message() -> Message:
    return Message.objects.create(edition=make_edition(), subject_fr="x", body_fr="x")


def make_mail_text() -> MailText:
    return MailText.objects.create(
        edition=make_edition(), kind="pending", subject_fr="x", body_fr="x"
    )


def make_document_text() -> DocumentText:
    return DocumentText.objects.create(
        edition=make_edition(), kind="letter", heading_fr="x", body_fr="x"
    )


def make_certificate() -> Certificate:
    registration = make_registration()
    return Certificate.objects.create(
        registration=registration, name="x", days=[registration.edition.starts_on], minutes=60
    )


def make_check_in() -> CheckIn:
    registration = make_registration()
    edition = registration.edition
    return CheckIn.objects.create(
        edition=edition, registration=registration, day=edition.starts_on,
        scanned_at=registration.created_at,
    )  # fmt: skip


# By model: the function that makes a row, and the path of the text that is searched.
LISTS = {
    Abstract: (make_abstract, "title_en"),
    Authenticator: (make_second_factor, "user.name"),
    Booking: (make_booking, "registration.family_name"),
    Category: (make_category, "name_ar"),
    Certificate: (make_certificate, "name_ar"),
    CheckIn: (make_check_in, "registration.given_name"),
    Edition: (make_edition, "name_ar"),
    DocumentText: (make_document_text, "heading_ar"),
    Email: (make_mail, "to"),
    EmailAddress: (lambda: EmailAddress.objects.create(user=make_user(), email="x"), "email"),
    Group: (lambda: Group.objects.create(name="x"), "name"),
    Invitation: (make_invitation, "name"),
    Keyword: (make_keyword, "name_en"),
    LogEntry: (make_log_entry, "object_repr"),
    MailText: (make_mail_text, "subject_ar"),
    Message: (make_message, "subject_ar"),
    News: (make_news, "title_en"),
    Page: (make_page, "title_en"),
    Partner: (make_partner, "name_ar"),
    Question: (make_question, "label_en"),
    Registration: (make_registration, "affiliation"),
    Room: (make_room, "name_en"),
    Session: (make_session, "title_ar"),
    SessionKind: (make_session_kind, "name_ar"),
    Speaker: (make_speaker, "affiliation_ar"),
    SpeakerRole: (make_speaker_role, "name_fr"),
    Track: (make_track, "name_en"),
    User: (make_user, "name"),
}


@pytest.fixture(autouse=True)
def registered():
    """Load the addresses of the desk, since they register its lists."""
    assert get_resolver().url_patterns


def found(model, typed: str, rf) -> list:
    model_admin = admin.site._registry[model]
    queryset, has_twins = model_admin.get_search_results(
        rf.get("/"), model._base_manager.all(), typed
    )
    assert has_twins is False
    return list(queryset)


def put(thing, path: str) -> None:
    """Write the text into its table without a form: stored texts may be older than the form."""
    *steps, field = path.split(".")
    for step in steps:
        thing = getattr(thing, step)
    type(thing)._base_manager.filter(pk=thing.pk).update(**{field: TEXT})


def test_every_searchable_list_is_tested():
    searched = {
        model for model, one in admin.site._registry.items() if list(one.get_search_fields(None))
    }
    assert searched == set(LISTS)


@pytest.mark.parametrize("model", LISTS, ids=lambda model: model.__name__)
def test_list_search_ignores_case_and_accents(model, rf):
    make, path = LISTS[model]
    thing = make()
    put(thing, path)
    make()
    assert [typed for typed in TYPED if found(model, typed, rf) != [thing]] == []
    assert found(model, OTHER, rf) == found(model, "!?", rf) == []
    assert set(found(model, " ", rf)) == set(model._base_manager.all())


@pytest.mark.parametrize(
    ("field", "typed"),
    [("affiliation_en", "universite du port"), ("affiliation_ar", "جامعه الميناء"),
     ("given_name_ar", "امينة"), ("family_name_en", "el fassi"), ("family_name_fr", "FASSI el")],
)  # fmt: skip
def test_speaker_is_found_by_each_name_and_affiliation(rf, field, typed):
    text = {"universite du port": "Université du Port", "جامعه الميناء": "جامعة الميناء",
            "امينة": "أمينة"}.get(typed, "El Fassi")  # fmt: skip
    speaker = make_speaker(**{field: text})
    make_speaker(speaker.edition)
    assert found(Speaker, typed, rf) == [speaker]


def test_abstract_and_session_are_found_once_by_their_people(rf):
    edition = make_edition()
    speaker = make_speaker(edition, family_name_ar="الفاسي", given_name_en="Amina")
    abstract, session = make_abstract(edition), make_session(edition)
    make_author(abstract, speaker=speaker)
    make_author(abstract, family_name_ar="بنشقرون", given_name_fr="Réda")
    make_participation(session, speaker)
    make_participation(session, make_speaker(edition, family_name_fr="Amine"), role="chair")
    make_abstract(edition)
    for typed in ("الفاسى", "بنشقرون", "amina reda", "AMINA بنشقرون"):
        assert found(Abstract, typed, rf) == [abstract], typed
    for typed in ("الفاسى", "amin", "amine amina"):
        assert found(Session, typed, rf) == [session], typed


@pytest.mark.parametrize("number", [1, 3])
def test_list_search_and_autocomplete_query_counts_are_constant(
    client, django_assert_num_queries, number
):
    edition = make_edition(is_current=True)
    for _ in range(number):
        make_speaker(edition, family_name_fr="Bénaïssa-O’Brien")
    client.force_login(make_organiser())
    picker = {"term": "o'brien", "app_label": "symposium_sessions", "model_name": "participation",
              "field_name": "speaker"}  # fmt: skip
    client.get(reverse("admin:autocomplete"), picker)
    with django_assert_num_queries(4):
        answer = client.get(reverse("admin:autocomplete"), picker).json()
    assert len(answer["results"]) == number
