"""The registration form: permissions, stored data, refusals and their messages."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from symposium.registrations import places
from symposium.registrations.models import Answer, Registration
from tests.factories import (
    make_category,
    make_edition,
    make_invitation,
    make_question,
    make_registration,
    make_speaker,
    make_user,
    make_workshop,
    open_edition,
    refreshed,
)
from tests.helpers.page_html import hrefs, main, texts, tree

pytestmark = pytest.mark.django_db
STREAMS = "You’ll find live streams on each session’s page."
HOSTILE = [
    "O'Brien",
    "=1+1",
    "{{7*7}}",
    "{user.password}",
    "%s",
    "<img onerror=x>",
    "Étienne-Łukasz ابن سينا 李",
]


@pytest.fixture
def edition():
    return open_edition("2030", name_fr="Symposium d’essai")


@pytest.fixture
def category(edition):
    return make_category(edition, name_fr="Sur place", places=2)


@pytest.fixture
def user(client):
    user = make_user("salma@example.org")
    client.force_login(user)
    return user


def address(language="fr"):
    return f"/{language}/2030/register/"


def typed(category, **changes) -> dict:
    """Return the data of a filled form."""
    return {
        "given_name": "Salma",
        "family_name": "Médina",
        "role": "research",
        "country": "MA",
        "category": category.pk,
        "consent": "on",
    } | changes


def errors(response) -> dict:
    return dict(response.context["form"].errors)


def test_signed_out_visitor_is_asked_for_an_address_first(client, edition, category):
    response = client.get(address())
    assert response.status_code == 200
    assert response.templates[0].name == "registrations/sign_in.html"
    assert 'action="/fr/accounts/login/"' in response.content.decode()
    assert 'name="next" value="/fr/2030/register/"' in response.content.decode()


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_registration_is_created_in_the_language_of_the_page(
    client, category, user, language, mailoutbox
):
    response = client.post(
        address(language), typed(category, is_listed="on", accessibility_needs="Boucle")
    )
    made = Registration.objects.get()
    assert response.headers["Location"] == f"/{language}/my/{made.code}/"
    assert (made.name, made.state, made.country.code) == ("Salma Médina", "confirmed", "MA")
    assert (made.is_listed, made.accessibility_needs, made.user) == (True, "Boucle", user)
    assert refreshed(user).language == language
    assert [mail.to for mail in mailoutbox] == [["salma@example.org"]]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("fr", "Un e-mail a été envoyé à salma@example.org."),
        ("en", "We’ve sent an email to salma@example.org."),
        ("ar", "أُرسلت رسالة إلى salma@example.org."),
    ],
)
def test_confirmation_page_states_the_mail_and_its_address(
    client, category, user, language, sentence
):
    page = client.post(address(language), typed(category), follow=True)
    assert sentence in page.content.decode().replace("\u200e", "")


@pytest.mark.parametrize(
    ("on_site", "online", "expected"),
    [
        (True, False, ["Show this ticket at the entrance."]),
        (False, True, ["Your registration is confirmed.", STREAMS]),
        (True, True, ["Show this ticket at the entrance.", STREAMS]),
    ],
)
def test_confirmation_sentence_depends_on_the_category(
    client, edition, user, on_site, online, expected
):
    category = make_category(edition, on_site=on_site, online_access=online)
    page = main(client.post(address("en"), typed(category), follow=True))
    said = texts(page, ".//*[@class='t-title']/p | .//*[@class='t-side']//p")
    assert [sentence for sentence in said if not sentence.startswith("Turn up")] == expected


def test_accepted_privacy_notice_version_is_stored(client, edition, category, user):
    page = edition.pages.get(slug="privacy")
    client.post(address(), typed(category))
    made = Registration.objects.get()
    assert made.consent_version == f"{page.updated_at:%Y-%m-%dT%H:%M:%SZ}"
    assert abs(timezone.now() - made.consented_at) < datetime.timedelta(minutes=1)


def test_registration_without_consent_is_refused_and_input_preserved(client, category, user):
    response = client.post(address(), typed(category, consent="", affiliation="Université"))
    assert list(errors(response)) == ["consent"]
    assert 'value="Université"' in response.content.decode()
    assert Registration.objects.count() == 0


def test_form_sent_twice_makes_one_registration(client, category, user, mailoutbox):
    first = client.post(address(), typed(category))
    second = client.post(address(), typed(category, family_name="Autre"))
    assert first.headers["Location"] == second.headers["Location"]
    assert Registration.objects.get().family_name == "Médina"
    assert len(mailoutbox) == 1


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_name_is_stored_as_typed_and_escaped(client, category, user, name):
    client.post(address(), typed(category, family_name=name))
    made = Registration.objects.get()
    assert made.family_name == name
    page = client.get(f"/fr/my/{made.code}/").content.decode()
    assert "<img onerror" not in page
    assert "49" not in page.partition('id="ticket-name"')[2].partition("</h2>")[0]


@pytest.mark.parametrize(
    "name", ["http://evil.example", "www.evil.example", "a@b.example", "x" * 10_000]
)
def test_invalid_name_is_refused(client, category, user, name):
    response = client.post(address(), typed(category, family_name=name))
    assert list(errors(response)) == ["family_name"]
    assert Registration.objects.count() == 0


def test_invisible_characters_are_removed_from_a_name(client, category, user):
    client.post(address(), typed(category, family_name="\u202eMédi\u200fna\r\nBcc: x"))
    assert Registration.objects.get().family_name == "Médina Bcc: x"


def test_a_nul_byte_is_refused(client, category, user):
    assert client.post(address(), typed(category, family_name="\x00")).status_code == 400


def test_questions_apply_to_their_category_only(client, edition, category, user):
    online = make_category(edition, name_fr="En ligne")
    lunch = make_question(edition, kind="yes_no", is_required=True)
    lunch.categories.add(category)
    tools = make_question(edition, ("Tram", "Train"), kind="choices")
    asked, free = f"question_{lunch.pk}", f"question_{tools.pk}"
    assert list(errors(client.post(address(), typed(category)))) == [asked]
    ticked = [str(option.pk) for option in tools.options.all()]
    client.post(address(), typed(online, **{free: ticked, asked: "yes"}))
    assert [str(answer) for answer in Answer.objects.all()] == ["Tram", "Train"]


def test_required_fields_are_marked_and_all_reported_at_once(client, edition, category, user):
    questions = [make_question(edition, kind=kind, is_required=True) for kind in ("yes_no", "text")]
    questions[1].categories.add(category)
    names = [f"question_{question.pk}" for question in questions]
    starred = texts(main(client.get(address())), ".//*[contains(@class, 'asteriskField')]/..")
    assert [label for label in starred if label.startswith("Question")] == [
        f"{question.label}*" for question in questions
    ]
    found = client.post(address(), {"category": category.pk})
    expected = ["family_name", "role", "country", *names, "consent"]
    assert list(errors(found)) == expected
    other = make_category(edition)
    assert names[1] not in errors(client.post(address(), {"category": other.pk}))


def test_question_names_its_categories_without_script(client, edition, category, user):
    make_question(edition).categories.add(category, make_category(edition, name_fr="Presse"))
    page = main(client.get(address()))
    assert texts(page, ".//div[@data-categories]/noscript") == [
        "Question posée seulement à : Sur place, Presse"
    ]


def test_category_filled_meanwhile_puts_the_registration_in_queue(client, category, user):
    make_registration(category)
    make_registration(category)
    client.post(address(), typed(category))
    made = Registration.objects.get(user=user)
    assert (made.state, made.queue_position) == ("waiting", 1)


def test_category_closed_meanwhile_is_refused_by_name(client, edition, category, user):
    category.closes_at = timezone.now()
    category.save()
    make_category(edition)
    response = client.post(address(), typed(category))
    assert list(errors(response)) == ["category"]
    assert "Sur place" in errors(response)["category"][0]
    assert Registration.objects.count() == 0


def test_category_by_invitation_is_shown_to_invited_accounts_only(client, edition, category, user):
    guests = make_category(edition, by_invitation=True)
    assert list(errors(client.post(address(), typed(guests)))) == ["category"]
    assert dict(client.get(address()).context["form"].fields["category"].choices).keys() == {
        category.pk
    }
    make_invitation(guests, email=user.email)
    client.post(address(), typed(guests))
    assert Registration.objects.get().category == guests


def test_overlapping_workshops_are_refused_naming_both(client, edition, category, user):
    one = make_workshop(edition, title_fr="Cartes")
    other = make_workshop(edition, title_fr="Données", at="09:30")
    response = client.post(address(), typed(category, workshops=[one.pk, other.pk]))
    (sentence,) = errors(response)["workshops"]
    assert ("Cartes" in sentence, "Données" in sentence) == (True, True)
    assert Registration.objects.count() == 0


def test_draft_session_cannot_be_booked(client, edition, category, user):
    draft = make_workshop(edition, title_fr="Secret", status="draft")
    make_workshop(edition, at="14:00")
    response = client.post(address(), typed(category, workshops=[draft.pk]))
    assert list(errors(response)) == ["workshops"]
    assert "Secret" not in response.content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_closed_registration_shows_the_closed_page(client, edition, category, user, method):
    edition.registration_closes_at = timezone.now()
    edition.save()
    response = getattr(client, method)(address(), typed(category))
    assert response.status_code == 200
    assert response.templates[0].name == "registrations/closed.html"
    assert Registration.objects.count() == 0


def test_future_registration_shows_its_opening_date(client, edition, category, user):
    edition.registration_opens_at = datetime.datetime(2029, 5, 1, 8, tzinfo=datetime.UTC)
    edition.save()
    assert "1er mai 2029" in client.get(address()).content.decode()


def test_details_of_an_earlier_edition_are_prefilled_without_needs(client, edition, category, user):
    make_registration(
        make_category(), user=user, affiliation="Université", accessibility_needs="Boucle"
    )
    form = client.get(address()).context["form"]
    assert form.initial["affiliation"] == "Université"
    assert "accessibility_needs" not in form.initial


def test_session_book_link_redirects_to_form_or_registration(client, edition, category, user):
    workshop = make_workshop(edition, slug="cartes")
    book = "/fr/2030/programme/cartes/book/"
    response = client.get(book)
    assert response.headers["Location"] == "/fr/2030/register/?session=cartes"
    assert client.get(response.headers["Location"]).context["form"].initial["workshops"] == [
        workshop.pk
    ]
    made = make_registration(category, user=user)
    assert client.get(book).headers["Location"] == f"/fr/my/{made.code}/#sessions"


def test_participant_list_shows_only_opted_in_registrations(client, edition, category):
    shown = make_registration(category, is_listed=True)
    make_registration(category)
    places.cancel(make_registration(make_category(edition), is_listed=True))
    response = client.get("/fr/2030/participants/")
    assert list(response.context["participants"]) == [shown]


def test_unpublished_edition_registration_is_404(client, user):
    make_edition("draft", is_published=False)
    assert client.get(reverse("registrations:register", args=["draft"])).status_code == 404


def test_template_code_in_the_privacy_title_is_not_interpreted(client, edition, category, user):
    """Otherwise the authors of pages could read data that they have no permission for."""
    edition.pages.update(title_fr="{{ form.edition.contact_email }}{% mark %}")
    page = client.get(address()).content.decode()
    assert "{{ form.edition.contact_email }}{% mark %}" in page


def test_html_in_question_help_is_escaped(client, edition, category, user):
    make_question(edition, help_text_fr="<form action=/x>A & B</form>")
    assert "&lt;form action=/x&gt;A &amp; B&lt;/form&gt;" in client.get(address()).content.decode()


def test_category_by_invitation_is_not_named_to_others(client, edition, category, user):
    guests = make_category(edition, by_invitation=True, name_fr="Ministre secret")
    response = client.post(address(), typed(guests))
    assert "Ministre secret" not in response.content.decode()


@pytest.mark.parametrize("number", [1, 4])
def test_form_query_count_is_constant(client, edition, user, number, django_assert_num_queries):
    for hour in range(number):
        make_category(edition, places=1)
        make_workshop(edition, at=f"{9 + hour:02}:00")
        make_question(edition, ("a", "b"), kind="choice")
    with django_assert_num_queries(19):
        client.get(address())


def test_participant_list_is_linked_once_it_has_an_entry(client, edition, category):
    way, pages = "/fr/2030/participants/", ["/fr/2030/", address()]
    make_speaker(edition)
    make_registration(category, is_listed=False)
    assert [way in hrefs(tree(client.get(page)), ".//a") for page in pages] == [False, False]
    make_registration(category, is_listed=True)
    assert [way in hrefs(tree(client.get(page)), ".//a") for page in pages] == [True, True]


def test_edition_without_category_or_notice_does_not_link_to_its_form(client, user):
    edition = open_edition("2027")
    client.force_login(user)
    page = client.get("/en/2027/register/").content.decode()
    assert "Registration for this edition is not open yet." in page
    assert 'href="/en/2027/register/"' not in client.get("/en/2027/programme/").content.decode()
    make_category(edition)
    assert 'name="consent"' in client.get("/en/2027/register/").content.decode()
    assert 'href="/en/2027/register/"' in client.get("/en/2027/programme/").content.decode()
