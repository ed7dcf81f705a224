"""The organisers' pages of registrations, through real forms: permissions, changes, protection."""

import datetime
import json

import pytest
from django.contrib.auth.models import Permission
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from symposium.registrations import places
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
from symposium.sessions.models import Session
from tests.factories import (
    make_booking,
    make_category,
    make_edition,
    make_invitation,
    make_organiser,
    make_question,
    make_registration,
    make_user,
    make_workshop,
    open_edition,
    refreshed,
)
from tests.helpers.admin_forms import admin_url, errors_of, form_of, save, told

pytestmark = pytest.mark.django_db

LIST = "/admin/symposium_registrations/registration/"
MODELS = [
    Category, Question, Invitation, Registration, Booking, CheckIn, Certificate, Message, MailText,
    DocumentText,
]  # fmt: skip


@pytest.fixture
def edition():
    return open_edition(is_current=True)


@pytest.fixture
def organiser():
    return make_organiser(language="en")


@pytest.fixture
def desk(client, organiser):
    client.force_login(organiser)
    return client


@pytest.fixture
def sign_in(client):
    """Function that signs in an organiser who has these permissions only."""

    def signed_in(*codenames: str):
        user = make_user(is_staff=True, language="en")
        user.user_permissions.add(*Permission.objects.filter(codename__in=codenames))
        client.force_login(user)
        return client

    return signed_in


def make_check_in(registration, **fields) -> CheckIn:
    edition = registration.edition
    fields = {
        "day": edition.starts_on,
        "scanned_at": datetime.datetime.combine(
            edition.starts_on, datetime.time(9, 5), edition.zone
        ),
    } | fields
    return CheckIn.objects.create(edition=edition, registration=registration, **fields)


def make_certificate(registration) -> Certificate:
    return Certificate.objects.create(
        registration=registration, name=registration.name, minutes=90,
        days=[registration.edition.starts_on],
    )  # fmt: skip


def shown(client, **chosen) -> list[str]:
    return [one.family_name for one in client.get(LIST, chosen).context["cl"].result_list]


def one_of_each(edition) -> dict:
    registration = make_registration(make_category(edition))
    return {
        Category: registration.category,
        Question: make_question(edition),
        Invitation: make_invitation(make_category(edition, by_invitation=True)),
        Registration: registration,
        Booking: make_booking(registration, make_workshop(edition)),
        CheckIn: make_check_in(registration),
        Certificate: make_certificate(registration),
        Message: Message.objects.create(edition=edition, subject_fr="Plan", body_fr="À demain"),
        MailText: MailText.objects.create(
            edition=edition, kind="pending", subject_fr="Plan", body_fr="À demain"
        ),
        DocumentText: DocumentText.objects.create(
            edition=edition, kind="letter", heading_fr="Plan", body_fr="À demain"
        ),
    }  # fmt: skip


# Permissions

PAGES = {
    "admin:symposium_registrations_registration_charts": "view_registration",
    "admin:symposium_registrations_invitation_import": "add_invitation",
    "admin:symposium_registrations_registration_add": "add_registration",
    **{
        f"admin:symposium_registrations_{model._meta.model_name}_changelist": (
            f"view_{model._meta.model_name}"
        )
        for model in MODELS
    },
}


@pytest.mark.parametrize("name", PAGES)
def test_list_page_requires_its_permission(client, edition, sign_in, name):
    url = reverse(name)
    assert client.get(url).status_code == 302
    client.force_login(make_user())
    assert client.get(url).status_code == 302
    assert sign_in("view_session").get(url).status_code == 403
    assert sign_in(PAGES[name]).get(url).status_code == 200


@pytest.mark.parametrize("model", MODELS)
def test_detail_page_requires_view_permission(client, edition, sign_in, model):
    url = admin_url(one_of_each(edition)[model])
    assert client.get(url).status_code == 302
    assert sign_in("view_session").get(url).status_code == 403
    assert sign_in(f"view_{model._meta.model_name}").get(url).status_code == 200


def test_export_requires_view_and_export_permissions(client, edition, sign_in):
    url = f"{LIST}export/"
    assert client.get(url).status_code == 302
    assert sign_in("view_registration").get(url).status_code == 403
    assert sign_in("export_registration").get(url).status_code == 403
    assert sign_in("view_registration", "export_registration").get(url).status_code == 200


def test_decision_requires_change_permission(client, edition, sign_in):
    waiting = make_registration(make_category(edition, needs_approval=True))
    url = reverse("admin:symposium_registrations_registration_decide", args=[waiting.pk, "approve"])
    assert client.post(url).status_code == 302
    assert sign_in("view_registration").post(url).status_code == 403
    assert refreshed(waiting).state == "pending"
    assert sign_in("view_registration", "change_registration").post(url).status_code == 302
    assert refreshed(waiting).state == "confirmed"


def test_decision_is_not_applied_by_get(desk, edition):
    waiting = make_registration(make_category(edition, needs_approval=True))
    for name in ("approve", "cancel"):
        address = "admin:symposium_registrations_registration_decide"
        desk.get(reverse(address, args=[waiting.pk, name]))
    assert refreshed(waiting).state == "pending"
    assert desk.post(reverse(address, args=[waiting.pk, "erase"])).status_code == 404


def test_the_log_is_for_superusers(client, organiser, sign_in):
    url = reverse("admin:admin_logentry_changelist")
    assert sign_in("view_logentry").get(url).status_code == 403
    client.force_login(organiser)
    assert client.get(url).status_code == 200


@pytest.mark.parametrize("model", [Booking, CheckIn, Certificate, Message])
def test_recorded_objects_are_read_only(desk, edition, model):
    one = one_of_each(edition)[model]
    assert desk.get(admin_url(model, "add")).status_code == 403
    assert desk.post(admin_url(one), {}).status_code == 403
    assert desk.post(admin_url(one, "delete"), {"post": "yes"}).status_code == 403


def test_a_registration_is_not_deleted(desk, edition):
    registration = make_registration(make_category(edition))
    assert desk.post(admin_url(registration, "delete"), {"post": "yes"}).status_code == 403
    actions = desk.get(LIST).context["action_form"].fields["action"].choices
    assert [name for name, _label in actions] == [
        "", "approve", "refuse", "promote", "cancel", "change_category", "resend", "badges",
        "letters", "write",
    ]  # fmt: skip


# The list


def test_the_list_opens_on_the_current_edition_with_names_in_both_scripts(desk, edition):
    category = make_category(edition, name_en="On site", places=1)
    make_registration(category, family_name="Médina", family_name_ar="المدينة", country="MA")
    make_registration(category, family_name="Rivage", country="")
    make_registration(family_name="Ailleurs")
    page = desk.get(LIST).content.decode()
    assert shown(desk) == ["Rivage", "Médina"]
    assert '<bdi class="dk-quiet" lang="ar">المدينة</bdi>' in page
    assert '<span class="status status-waiting">On the waiting list</span>' in page
    assert '<span class="row-sub"><bdi>Morocco</bdi></span>' in page


@pytest.mark.parametrize("count", [1, 3])
def test_list_query_count_is_constant(desk, edition, count, django_assert_num_queries):
    category, workshop = make_category(edition), make_workshop(edition)
    for _number in range(count):
        make_check_in(make_registration(category, sessions=[workshop]))
    desk.get(LIST)
    with django_assert_num_queries(11):
        desk.get(LIST)


def test_filters_find_matching_registrations(desk, edition):
    on_site, online = make_category(edition), make_category(edition, places=0)
    workshop = make_workshop(edition)
    came = make_registration(on_site, family_name="Venue", country="SN", sessions=[workshop])
    make_check_in(came)
    make_check_in(came, session=workshop, day=edition.starts_on)
    make_registration(online, family_name="Absent", country="FR", role="press")
    found = {
        "state__exact": ("waiting", ["Absent"]),
        "category__id__exact": (on_site.pk, ["Venue"]),
        "country": ("FR", ["Absent"]),
        "session": (workshop.pk, ["Venue"]),
        "role__exact": ("press", ["Absent"]),
        "checked_in": ("yes", ["Venue"]),
    }
    assert {name: (value, shown(desk, **{name: value})) for name, (value, _n) in found.items()} == (
        found
    )
    assert shown(desk, checked_in="no") == ["Absent"]
    assert shown(desk, checked_in="today") == []
    assert shown(desk, session="0' OR 1=1") == ["Absent", "Venue"]


def test_checked_in_today_filter_uses_the_edition_time_zone(desk):
    yesterday = datetime.datetime.now(datetime.UTC).date() - datetime.timedelta(days=1)
    edition = open_edition(starts_on=yesterday, is_current=True)
    category = make_category(edition)
    make_check_in(make_registration(category, family_name="Hier"), day=edition.starts_on)
    today = edition.today()
    make_check_in(make_registration(category, family_name="Ici"), day=today)
    gone = make_registration(category, family_name="Repartie")
    make_check_in(gone, day=today, undone_at=datetime.datetime.now(datetime.UTC))
    assert shown(desk, checked_in="today") == ["Ici"]


def test_checked_in_today_is_zero_outside_the_edition_days(desk):
    """A demonstration counts a check-in on any other day as one of its first day."""
    first = datetime.date(2021, 6, 9)
    edition = open_edition(
        starts_on=first, ends_on=first, is_demonstration=True, is_current=True,
        registration_closes_at=timezone.now() + datetime.timedelta(days=1),
        registration_after_end=True,
    )  # fmt: skip
    make_check_in(make_registration(make_category(edition)), day=first)
    assert shown(desk, checked_in="today") == []


@pytest.mark.parametrize(
    "words",
    ["MEDINA", "médina salma", "المدينه", "salma.m@example.org", "ecole", "CODE", "in groups"],
)
def test_registration_is_found_by_name_email_or_code(desk, edition, words):
    category = make_category(edition)
    salma = make_registration(
        category, given_name="Salma", family_name="Médina", family_name_ar="المدينة",
        user=make_user("salma.m@example.org"), affiliation="École de l’eau",
    )  # fmt: skip
    make_registration(category, given_name="Nora", family_name="Rivage")
    words = {"CODE": salma.code.lower(), "in groups": salma.code_in_groups}.get(words, words)
    assert shown(desk, q=words) == ["Médina"]


def test_search_without_match_finds_no_registration(desk, edition):
    make_registration(make_category(edition))
    assert shown(desk, q="zzz") == []
    assert len(shown(desk, q="   ")) == 1


# One registration


def test_registration_form_changes_names_but_not_state_or_code(desk, edition):
    registration = make_registration(make_category(edition, places=0))
    save(desk, admin_url(registration), family_name="Corrigée", state="confirmed", code="AAAA")
    after = refreshed(registration)
    assert (after.family_name, after.state) == ("Corrigée", "waiting")
    assert after.code != "AAAA"


def test_stale_form_does_not_restore_a_cancelled_registration(desk, edition):
    registration = make_registration(make_category(edition))
    page = form_of(desk.get(admin_url(registration)))
    places.cancel(registration)
    desk.post(admin_url(registration), page | {"family_name": "Corrigée"})
    after = refreshed(registration)
    assert (after.family_name, after.state) == ("Corrigée", "cancelled")


def test_timeline_shows_author_and_reason_of_changes(desk, edition, organiser):
    registration = make_registration(make_category(edition))
    places.cancel(registration, by=organiser, reason="Elle l'a demandé")
    page = desk.get(admin_url(registration))
    timeline = page.context["inline_admin_formsets"][0].formset.queryset
    assert [(change.state, change.by, change.reason) for change in timeline] == [
        ("confirmed", None, ""),
        ("cancelled", organiser, "Elle l'a demandé"),
    ]
    assert "Elle l&#x27;a demandé" in page.content.decode()


def test_needs_are_shown_only_with_the_permission(edition, sign_in):
    registration = make_registration(
        make_category(edition), accessibility_needs="Boucle magnétique"
    )
    url = admin_url(registration)
    without = sign_in("view_registration", "change_registration")
    assert "Boucle" not in without.get(url).content.decode()
    save(without, url, family_name="Corrigée", accessibility_needs="")
    assert refreshed(registration).accessibility_needs == "Boucle magnétique"
    reader = sign_in("view_registration", "change_registration", "view_accessibility_needs")
    assert "Boucle magnétique" in reader.get(url).content.decode()


def test_needs_filter_requires_the_permission(edition, sign_in):
    category = make_category(edition)
    make_registration(category, accessibility_needs="Boucle magnétique", family_name="Médina")
    make_registration(category, family_name="Rivage")
    for query in (
        "accessibility_needs__icontains=boucle",
        "accessibility_needs=",
        "accessibility_needs__gt=",
        "accessibility_needs__isnull=0",
    ):
        for page in (LIST, f"{LIST}export/"):
            client = sign_in("view_registration", "change_registration", "export_registration")
            assert client.get(f"{page}?{query}").status_code == 400
    reader = sign_in("view_registration", "view_accessibility_needs")
    found = reader.get(f"{LIST}?accessibility_needs__icontains=boucle").context["cl"].result_list
    assert [one.family_name for one in found] == ["Médina"]


@pytest.mark.parametrize(
    ("page", "query"),
    [
        ("symposium_registrations/registration", "answers__text__icontains=a"),
        ("symposium_registrations/registration", "user__password__startswith=p"),
        ("symposium_registrations/booking", "registration__accessibility_needs__icontains=a"),
        ("symposium_registrations/checkin", "registration__accessibility_needs__icontains=a"),
        ("symposium_registrations/certificate", "registration__accessibility_needs__icontains=a"),
        ("symposium_registrations/category", "registrations__accessibility_needs__icontains=a"),
        ("symposium_registrations/question", "answers__text__icontains=a"),
        ("symposium_registrations/message", "recipients__accessibility_needs__icontains=a"),
        ("symposium_accounts/user", "registrations__accessibility_needs__icontains=a"),
        ("symposium_accounts/user", "password__startswith=p"),
    ],
)
def test_list_lookups_on_restricted_fields_are_refused(edition, sign_in, page, query):
    codenames = (*(f"view_{model._meta.model_name}" for model in MODELS), "view_user")
    assert sign_in(*codenames).get(f"/admin/{page}/?{query}").status_code == 400


def test_erased_registration_cannot_be_changed(desk, edition):
    registration = make_registration(make_category(edition))
    places.cancel(registration)
    Registration.objects.filter(pk=registration.pk).update(
        user=None, family_name="", given_name="", anonymised_at=datetime.datetime.now(datetime.UTC)
    )
    assert "Erased participant" in desk.get(LIST).content.decode()
    assert desk.post(admin_url(registration), {"family_name": "X"}).status_code == 403


def test_html_in_a_name_is_escaped(desk, edition):
    attack = "<img src=x onerror=alert(1)>"
    registration = make_registration(
        make_category(edition),
        family_name=attack,
        family_name_ar=attack,
        accessibility_needs=attack,
    )
    for url in (LIST, admin_url(registration), admin_url(registration, "history")):
        assert "<img src=x" not in desk.get(url).content.decode()


# Registrations added by organisers

PERSON = {"family_name": "Médina", "given_name": "Salma", "role": "student", "country": "MA"}


def test_organiser_registers_a_person_outside_registration_dates(desk, organiser):
    closed = make_edition(is_current=True)
    category = make_category(closed, needs_approval=True)
    url = f"{LIST}add/"
    save(desk, url, email="Salma@Example.org", language="ar", category=category.pk, **PERSON)
    made = Registration.objects.get()
    assert (made.state, made.edition, made.user.email) == (
        "confirmed", closed, "salma@example.org"
    )  # fmt: skip
    assert made.user.language == "ar"
    assert [change.by for change in made.changes.all()] == [organiser]
    assert [message.to for message in mail.outbox] == [["salma@example.org"]]


def test_registration_in_a_full_category_shows_the_queue_position(desk, edition):
    category = make_category(edition, places=1, name_en="On site")
    make_registration(category)
    response = desk.post(
        f"{LIST}add/",
        {
            "edition": edition.pk,
            "email": "a@example.org",
            "language": "fr",
            "category": category.pk,
            **PERSON,
        },
        follow=True,
    )
    assert told(response)[0] == ("“On site” is full: Salma Médina is number 1 on its waiting list.")
    assert Registration.objects.get(user__email="a@example.org").state == "waiting"


def test_duplicate_registration_is_refused_naming_the_existing_one(desk, edition):
    category = make_category(edition)
    there = make_registration(category, given_name="Nora", family_name="Rivage")
    response = save(
        desk, f"{LIST}add/", email=there.user.email, language="fr", category=category.pk, **PERSON
    )
    [error] = errors_of(response)["email"]
    assert error == f"Nora Rivage is already registered: {there.code_in_groups}, Confirmed."
    assert Registration.objects.count() == 1


def test_category_choices_are_of_the_edition_of_the_list(desk, edition):
    other = open_edition()
    mine, theirs = make_category(edition), make_category(other)
    page = desk.get(f"{LIST}add/")
    assert list(page.context["adminform"].form.fields["category"].queryset) == [mine]
    page = desk.get(f"{LIST}add/?_changelist_filters=edition%3D{other.pk}")
    assert list(page.context["adminform"].form.fields["category"].queryset) == [theirs]


# Places


def test_raising_category_places_promotes_waiting_registrations(desk, edition):
    category = make_category(edition, places=1)
    _first, second, third = (make_registration(category) for _ in range(3))
    save(desk, admin_url(category), places=2)
    assert [refreshed(one).state for one in (second, third)] == ["confirmed", "waiting"]
    assert refreshed(category).places == 2


def test_lowering_category_places_cancels_nothing_and_shows_a_message(desk, edition):
    category = make_category(edition, places=4)
    people = [make_registration(category) for _ in range(4)]
    data = form_of(desk.get(admin_url(category)))
    response = desk.post(admin_url(category), data | {"places": 1}, follow=True)
    assert told(response)[0] == (
        "3 people more than the number of places. Nobody loses their place."
    )
    assert {refreshed(one).state for one in people} == {"confirmed"}
    assert refreshed(category).places == 1


def test_category_places_and_name_are_saved_together(desk, edition):
    category = make_category(edition, places=1)
    make_registration(category)
    save(desk, admin_url(category), places=5, name_en="Press")
    after = refreshed(category)
    assert (after.places, after.name_en) == (5, "Press")


def test_raising_session_places_promotes_waiting_bookings(desk, edition):
    category, workshop = make_category(edition), make_workshop(edition, places=1)
    _first, second = (make_registration(category, sessions=[workshop]) for _ in range(2))
    assert second.bookings.get().state == "waiting"
    save(desk, admin_url(workshop), places=2)
    assert second.bookings.get().state == "confirmed"


def test_reverting_session_places_promotes_waiting_bookings(desk, edition):
    category, workshop = make_category(edition), make_workshop(edition, places=3)
    save(desk, admin_url(workshop), places=1)
    people = [make_registration(category, sessions=[workshop]) for _ in range(2)]
    assert people[1].bookings.get().state == "waiting"
    first = workshop.history.earliest()
    name = "admin:symposium_sessions_session_simple_history"
    url = reverse(name, args=[workshop.pk, first.pk])
    assert desk.post(url, form_of(desk.get(url))).status_code == 302
    assert refreshed(workshop).places == 3
    assert people[1].bookings.get().state == "confirmed"


def test_republished_session_promotes_waiting_bookings(desk, edition):
    category, workshop = make_category(edition), make_workshop(edition, places=1)
    first, second = (make_registration(category, sessions=[workshop]) for _ in range(2))
    save(desk, admin_url(workshop), status="cancelled")
    places.cancel(first)
    assert second.bookings.get().state == "waiting"
    data = {"action": "publish", "_selected_action": [workshop.pk], "index": 0}
    desk.post(admin_url(Session, "changelist"), data)
    assert second.bookings.get().state == "confirmed"


def test_session_list_counts_and_links_bookings(desk, edition):
    category, workshop = make_category(edition), make_workshop(edition, places=1)
    for _number in range(3):
        make_registration(category, sessions=[workshop])
    page = desk.get(admin_url(Session, "changelist")).content.decode()
    chosen = f"?edition={edition.pk}&amp;session__id__exact={workshop.pk}"
    bookings = "/admin/symposium_registrations/booking/"
    assert f'<a href="{bookings}{chosen}">1 of 1</a>' in page
    assert f'<a href="{bookings}{chosen}&amp;state__exact=waiting">2 waiting</a>' in page
    found = desk.get(bookings, {"session__id__exact": workshop.pk}).context["cl"]
    assert found.result_count == 3


@pytest.mark.parametrize("count", [1, 3])
def test_booking_list_query_count_is_constant(desk, edition, count, django_assert_num_queries):
    category, workshop = make_category(edition), make_workshop(edition)
    for _number in range(count):
        make_registration(category, sessions=[workshop])
    url = admin_url(Booking, "changelist")
    desk.get(url)
    with django_assert_num_queries(6):
        desk.get(url)


# Protected objects


def test_booked_session_is_not_deleted_and_the_message_explains(desk, edition):
    workshop = make_workshop(edition, title_en="Mapping")
    make_booking(make_registration(make_category(edition)), workshop)
    why = (
        "“Mapping” has 1 booking, so it can’t be deleted. Cancel it instead: it stays in the "
        "programme, marked as cancelled, and the person is told."
    )
    for response in (
        desk.get(admin_url(workshop, "delete"), follow=True),
        desk.post(admin_url(workshop, "delete"), {"post": "yes"}, follow=True),
    ):
        assert told(response) == [why]
    data = {"action": "delete_selected", "_selected_action": [workshop.pk], "index": 0}
    page = desk.post(admin_url(Session, "changelist"), data)
    assert why in page.content.decode()
    desk.post(admin_url(Session, "changelist"), data | {"post": "yes"})
    assert Session.objects.get() == workshop


def test_session_without_bookings_is_deleted(desk, edition):
    workshop = make_workshop(edition)
    desk.post(admin_url(workshop, "delete"), {"post": "yes"})
    assert Session.objects.count() == 0


def test_category_and_question_in_use_are_not_deleted(desk, edition):
    category, question = make_category(edition, name_en="Press"), make_question(
        edition, label_en="Diet?"
    )  # fmt: skip
    registration = make_registration(category)
    registration.answers.create(question=question, text="Rien")
    assert told(desk.post(admin_url(category, "delete"), {"post": "yes"}, follow=True)) == [
        "1 person registered in “Press”, so it can’t be deleted. Close it instead, or move "
        "the person to another category."
    ]
    assert told(desk.post(admin_url(question, "delete"), {"post": "yes"}, follow=True)) == [
        "1 person answered “Diet?”, so it can’t be deleted."
    ]
    assert refreshed(category) == category
    assert refreshed(question) == question


# Categories and questions


@pytest.mark.parametrize("count", [1, 3])
def test_category_list_query_count_is_constant(desk, edition, count, django_assert_num_queries):
    for _number in range(count):
        make_registration(make_category(edition, places=3))
    url = admin_url(Category, "changelist")
    desk.get(url)
    with django_assert_num_queries(9):
        listed = desk.get(url).context["cl"].result_list
    assert [category.confirmed_count for category in listed] == [1] * count


def test_categories_are_ordered_by_dragging(desk, edition):
    one, other = make_category(edition, order=1), make_category(edition, order=2)
    url = reverse("admin:symposium_registrations_category_sortable_update")
    items = {"updatedItems": [[one.pk, 2], [other.pk, 1]]}
    desk.post(url, json.dumps(items), content_type="application/json")
    assert list(Category.objects.all()) == [other, one]


def test_question_with_options_in_one_language_is_saved(desk, edition):
    category = make_category(edition)
    save(
        desk, admin_url(Question, "add"), {"options": {"label_ar": "نباتي"}},
        label_ar="ما نظامكم الغذائي؟", kind="choice", categories=category.pk,
    )  # fmt: skip
    question = Question.objects.get()
    assert [option.label_ar for option in question.options.all()] == ["نباتي"]
    assert list(question.categories.all()) == [category]


def test_question_for_a_category_of_another_edition_is_refused(desk, edition):
    response = save(
        desk, admin_url(Question, "add"), label_fr="Régime ?",
        categories=make_category(open_edition()).pk,
    )  # fmt: skip
    assert errors_of(response) == {"categories": ["Choose an item from this edition."]}


# The start page


def test_start_page_counts_link_to_lists_of_equal_length(desk, edition):
    category = make_category(edition, places=2)
    for _number in range(3):
        make_registration(category)
    make_registration(make_category(edition, places=3, needs_approval=True))
    confirmed, waiting = desk.get("/admin/").context["figures"][:2]
    assert (confirmed["value"], confirmed["words"]) == (2, "2 since yesterday, 5 places")
    for one in (confirmed, waiting):
        assert desk.get(one["url"]).context["cl"].result_count == one["value"]


@pytest.mark.parametrize("at_once", [False, True], ids=["form", "action"])
def test_moving_a_session_shows_how_many_people_are_notified(desk, at_once):
    edition = open_edition(is_current=True)
    workshop, other = make_workshop(edition), make_workshop(edition, at="11:00")
    category = make_category(edition)
    for _person in range(2):
        make_booking(make_registration(category), workshop)
    if at_once:
        chosen = {"action": "swap", "_selected_action": [workshop.pk, other.pk]}
        response = desk.post(admin_url(type(workshop), "changelist"), chosen, follow=True)
    else:
        response = save(desk, admin_url(workshop), starts_at_1="08:30", timetable="now")
        response = desk.get(response.url)
    sentence = "2 people who booked or starred a session will be told by email in a few minutes."
    assert told(response).count(sentence) == 1
    response = desk.get(save(desk, admin_url(workshop), title_en="Maps").url)
    assert sentence not in told(response)
