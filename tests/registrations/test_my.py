"""The pages of an attendee: private, with a message for each step."""

import datetime

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from symposium.editions.models import Edition
from symposium.registrations import places
from symposium.registrations.documents import certificates
from symposium.registrations.forms import ChangeForm
from symposium.registrations.models import Booking, Registration
from tests.factories import (
    make_booking,
    make_category,
    make_registration,
    make_room,
    make_session,
    make_track,
    make_user,
    make_workshop,
    open_edition,
    refreshed,
)
from tests.helpers.check_ins import make_attendee, make_check_in, past_edition
from tests.helpers.page_html import hrefs, main, texts, words

pytestmark = pytest.mark.django_db
PAGES = [
    "", "edit/", "cancel/", "ticket.pdf", "ticket.pkpass", "google-wallet/", "calendar.ics",
    "certificate.pdf",
]  # fmt: skip
DAY = datetime.timedelta(days=1)
QUERIES = 13  # of the page of a ticket, whatever its sessions
FORMS = ["offer/", "book/", "bookings/1/"]


@pytest.fixture
def edition():
    return open_edition("2030")


@pytest.fixture
def mine(edition):
    return make_registration(make_category(edition, places=1))


@pytest.fixture
def client(client, mine):
    client.force_login(mine.user)
    return client


def told(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


@pytest.mark.parametrize("path", PAGES)
def test_anonymous_visitor_is_redirected_to_login(client, mine, path):
    client.logout()
    page = f"/fr/my/{mine.code}/{path}"
    assert client.get(page).headers["Location"] == f"/fr/accounts/login/?next={page}"


@pytest.mark.parametrize("path", PAGES)
def test_registration_pages_are_404_to_other_accounts(client, mine, path):
    client.force_login(make_user(is_staff=True))
    assert client.get(f"/fr/my/{mine.code}/{path}").status_code == 404


@pytest.mark.parametrize("path", [*FORMS, "edit/", "cancel/"])
def test_registration_cannot_be_changed_by_other_accounts(client, mine, path):
    client.force_login(make_user())
    assert client.post(f"/fr/my/{mine.code}/{path}", {"answer": "leave"}).status_code == 404
    assert refreshed(mine).state == "confirmed"


@pytest.mark.parametrize("path", FORMS)
def test_anonymous_post_redirects_to_login_and_back_to_the_registration(client, mine, path):
    client.logout()
    response = client.post(f"/fr/my/{mine.code}/{path}", {"answer": "accept"})
    assert response.headers["Location"] == f"/fr/accounts/login/?next=/fr/my/{mine.code}/"


@pytest.mark.parametrize("path", FORMS)
def test_form_endpoints_refuse_get(client, mine, path):
    assert client.get(f"/fr/my/{mine.code}/{path}").status_code == 405


def test_ticket_page_accepts_a_lower_case_code(client, mine):
    page = client.get(f"/fr/my/{mine.code.lower()}/").content.decode()
    assert f"<code>{mine.code_in_groups}</code>" in page
    assert 'class="qr"' in page


@pytest.mark.parametrize(
    ("language", "expected"),
    [("fr", ["Salma Médina", "سلمى المدينة"]), ("ar", ["سلمى المدينة", "Salma Médina"])],
)
def test_ticket_shows_the_name_in_both_scripts_arabic_first_in_arabic(
    client, mine, language, expected
):
    names = {"given_name": "Salma", "family_name": "Médina"}
    arabic = {"given_name_ar": "سلمى", "family_name_ar": "المدينة"}
    Registration.objects.update(**names, **arabic)
    page = main(client.get(f"/{language}/my/{mine.code}/"))
    assert texts(page, ".//*[@class='t-name']/*") == expected


def test_ticket_shows_the_place_with_a_map_link(client, edition, mine):
    Edition.objects.update(venue_fr="Maison de l’Atlas", address_fr="12, rue des Arcades & Cie")
    page = main(client.get(f"/fr/my/{mine.code}/"))
    assert texts(page, ".//*[@class='t-venue']//*[self::b or self::p]") == [
        "Maison de l’Atlas", "12, rue des Arcades & Cie, Casablanca",
    ]  # fmt: skip
    assert hrefs(page, ".//*[@class='t-venue']//a") == [
        "https://www.openstreetmap.org/search?query=12%2C+rue+des+Arcades+%26+Cie+Casablanca"
    ]
    Edition.objects.update(venue_fr="", address_fr="")
    page = main(client.get(f"/fr/my/{mine.code}/"))
    assert texts(page, ".//*[@class='t-venue']//*[self::b or self::a]") == ["Casablanca"]


def test_ticket_lists_booked_and_starred_sessions_by_day(
    client, edition, mine, django_assert_num_queries
):
    starred = make_session(edition, title_fr="Vent", at="11:00", track=make_track(edition))
    booked = make_workshop(edition, title_fr="Eau", at="09:00", room=make_room(edition))
    make_session(edition, title_fr="Sol", at="14:00")
    hidden = make_session(edition, at="15:00", status="draft")
    make_booking(mine, booked)
    for session in (starred, hidden):
        mine.user.stars.create(session=session)
    client.get(f"/fr/my/{mine.code}/")
    with django_assert_num_queries(QUERIES):
        page = main(client.get(f"/fr/my/{mine.code}/"))
    assert texts(page, ".//*[@class='t-side']//h4") == ["Eau", "Vent"]
    assert texts(page, ".//*[@class='t-side']//li/*[@class='tag tag-ok']") == ["Place réservée"]
    late = make_session(edition, title_fr="Feu", at="09:00", day=2)
    mine.user.stars.create(session=late)
    with django_assert_num_queries(QUERIES):
        page = main(client.get(f"/fr/my/{mine.code}/"))
    assert texts(page, ".//*[@class='t-side']//h4") == ["Eau", "Vent", "Feu"]
    assert len(page.xpath(".//*[@class='t-side']//h3")) == 2


def test_online_registration_has_no_code_and_no_place(client, mine):
    mine.category.on_site = False
    mine.category.online_access = True
    mine.category.save()
    response = client.get(f"/en/my/{mine.code}/")
    page = main(response)
    assert texts(page, ".//h1") == ["My registration"]
    assert page.xpath(".//svg[@class='qr'] | .//code | .//*[@class='t-venue']") == []
    assert "live streams" in words(page)


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_overview_lists_own_registrations_only(client, mine, language):
    make_registration(mine.category)
    response = client.get(f"/{language}/my/")
    assert list(response.context["registrations"]) == [mine]


def test_changing_details_updates_the_ticket_and_not_the_state(client, mine):
    page = f"/fr/my/{mine.code}/edit/"
    data = {"given_name": "Nora", "family_name": "Rivage", "role": "press", "country": "FR"}
    assert client.post(page, data).headers["Location"] == f"/fr/my/{mine.code}/"
    changed = refreshed(mine)
    assert (changed.name, changed.country.code, changed.state) == ("Nora Rivage", "FR", "confirmed")


def test_cancelling_asks_for_confirmation_then_promotes_the_next(client, mine):
    waiting = make_registration(mine.category)
    page = f"/fr/my/{mine.code}/cancel/"
    assert client.get(page).status_code == 200
    assert refreshed(mine).state == "confirmed"
    client.post(page)
    assert [refreshed(mine).state, refreshed(waiting).state] == ["cancelled", "confirmed"]
    assert client.get(f"/fr/my/{mine.code}/ticket.pdf").status_code == 404
    assert 'class="qr"' not in client.get(f"/fr/my/{mine.code}/").content.decode()


def test_offer_is_accepted_or_declined(client, edition, mine):
    edition.offer_hours = 48
    edition.save()
    one, other = make_registration(mine.category), make_registration(mine.category)
    places.cancel(mine)
    for registration, answer in ((one, "decline"), (other, "accept")):
        client.force_login(registration.user)
        assert b'value="accept"' in client.get(f"/fr/my/{registration.code}/").content
        client.post(f"/fr/my/{registration.code}/offer/", {"answer": answer})
    assert [refreshed(one).state, refreshed(other).state] == ["declined", "confirmed"]
    page = f"/en/my/{other.code}/offer/"
    response = client.post(page, {"answer": "decline"}, follow=True)
    assert told(response)[-1] == "This offer has ended. Nothing was changed."


def test_expired_offer_shows_a_message(client, edition, mine):
    edition.offer_hours = 48
    edition.save()
    late = make_registration(mine.category)
    places.cancel(mine)
    type(late).objects.filter(pk=late.pk).update(offer_expires_at=timezone.now())
    client.force_login(late.user)
    response = client.post(f"/en/my/{late.code}/offer/", {"answer": "accept"}, follow=True)
    assert told(response) == ["This offer has expired."]
    assert refreshed(late).state == "offered"


def test_seat_is_booked_and_released(client, edition, mine):
    workshop = make_workshop(edition, title_fr="Cartes")
    page = f"/en/my/{mine.code}/book/"
    response = client.post(page, {"session": workshop.pk}, follow=True)
    assert told(response) == ["Your seat is booked: Cartes."]
    booking = Booking.objects.get()
    client.post(f"/en/my/{mine.code}/bookings/{booking.pk}/", {"answer": "leave"})
    assert refreshed(booking).state == "cancelled"


@pytest.mark.parametrize("number", ["", "x", "-1", "999999999999999999999", "²"])
def test_booking_an_invalid_session_number_is_404(client, mine, number):
    assert client.post(f"/fr/my/{mine.code}/book/", {"session": number}).status_code == 404


def test_booking_of_another_registration_is_404(client, edition, mine):
    other = make_booking(make_registration(make_category(edition)))
    page = f"/fr/my/{mine.code}/bookings/{other.pk}/"
    assert client.post(page, {"answer": "leave"}).status_code == 404
    assert refreshed(other).state == "confirmed"


def test_clashes_from_programme_changes_are_shown(client, edition, mine):
    one, other = make_workshop(edition), make_workshop(edition, at="14:00")
    make_booking(mine, one)
    make_booking(mine, other)
    other.starts_at, other.ends_at = one.starts_at, one.ends_at
    other.save()
    page = client.get(f"/fr/my/{mine.code}/")
    assert [(a.session, b.session) for a, b in page.context["clashes"]] == [(one, other)]


def test_stream_requires_online_access(client, edition, mine):
    session = make_workshop(edition, slug="direct", stream_url="https://example.org/live")
    page = "/fr/2030/programme/direct/stream/"
    assert client.get(page).status_code == 403
    mine.category.online_access = True
    mine.category.save()
    assert client.get(page).headers["Location"] == session.stream_url
    places.cancel(mine)
    assert client.get(page).status_code == 403


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("writes_everything", [False, True], ids=["ours", "control"])
def test_saving_details_does_not_restore_a_cancelled_registration(writes_everything):
    """A person saves their details while an organiser cancels the registration."""
    mine = make_registration(make_category(open_edition(), places=1))
    form = ChangeForm(
        {"family_name": "Rivage", "role": "press", "country": "FR"},
        instance=Registration.objects.with_details().get(pk=mine.pk),
    )
    assert form.is_valid()
    waiting = make_registration(mine.category)
    places.cancel(mine, by=make_user())
    if writes_everything:
        form.instance.save()
    else:
        with pytest.raises(places.Refused):
            form.save()
    confirmed = Registration.objects.confirmed().count()
    assert confirmed == (2 if writes_everything else 1)
    assert refreshed(waiting).state == "confirmed"


def test_name_cannot_change_once_the_edition_is_over(client):
    attendee = make_attendee(past_edition())
    client.force_login(attendee.user)
    data = {"family_name": "Autre", "affiliation": "Université", "role": "press", "country": "FR"}
    client.post(f"/fr/my/{attendee.code}/edit/", data)
    changed = refreshed(attendee)
    assert (changed.name, changed.affiliation) == (attendee.name, "Université")


@pytest.mark.parametrize("demonstration", [False, True])
def test_certificate_is_verifiable_until_its_registration_is_cancelled(client, demonstration):
    attendee = make_attendee(past_edition(is_demonstration=demonstration))
    make_check_in(attendee)
    page = certificates.issue(attendee).get_absolute_url()
    found = client.get(page)
    assert (found.status_code, attendee.name in found.content.decode()) == (200, True)
    assert (b"notice-ok" in found.content) == (not demonstration)
    client.force_login(attendee.user)
    assert client.get(f"/fr/my/{attendee.code}/certificate.pdf").status_code == 200
    places.cancel(attendee, by=make_user())
    assert client.get(page).status_code == 404
    assert client.get(f"/fr/my/{attendee.code}/certificate.pdf").status_code == 404


def test_certificate_verification_without_edition_is_404(client):
    Edition.objects.update(is_published=False)
    assert client.get("/fr/verify/nothing/").status_code == 404


# The prominent action


def prominent(client) -> list[tuple[str, str]]:
    page = main(client.get("/en/my/"))
    return [(a.get("href"), words(a)) for a in page.xpath(".//a[contains(@class, 'btn-cta')]")]


def test_prominent_action_is_never_of_a_past_edition(client, edition, mine):
    over = {"starts_on": datetime.date(2021, 6, 9), "registration_after_end": True}
    make_registration(make_category(open_edition("2021", **over)), user=mine.user)
    make_category(open_edition("2022", starts_on=datetime.date(2022, 6, 9)))
    a_year_later = edition.starts_on + datetime.timedelta(days=365)
    make_category(open_edition("2031", starts_on=a_year_later))
    assert prominent(client) == [(f"/en/my/{mine.code}/", "My ticket")]
    page = main(client.get("/en/my/"))
    offered = [a.get("href") for a in page.xpath(".//a[contains(@href, '/register/')]")]
    assert offered == ["/en/2031/register/"]
    places.cancel(mine)
    assert prominent(client) == [
        ("/en/2030/register/", "Register for Symposium 2030 2030"),
        ("/en/2031/register/", "Register for Symposium 2031 2031"),
    ]


def test_waiting_registration_is_the_prominent_action(client, mine):
    waiting = make_registration(mine.category)
    client.force_login(waiting.user)
    assert prominent(client) == [(f"/en/my/{waiting.code}/", "My registration")]


@pytest.mark.parametrize("state", ["waiting", "pending"])
def test_seat_is_requested_while_the_registration_is_not_confirmed(client, edition, mine, state):
    workshop = make_workshop(edition, title_en="Maps")
    Registration.objects.update(state=state, queue_number=1)
    page = client.get(f"/en/my/{mine.code}/").content.decode()
    assert ("Book a seat" in page, "btn-primary" in page.partition('id="sessions"')[2]) == (
        False, False,
    )  # fmt: skip
    assert page.count("Ask for a seat") == 1
    response = client.post(f"/en/my/{mine.code}/book/", {"session": workshop.pk}, follow=True)
    assert told(response) == [
        "You’ve requested a seat: Maps. You keep your position, and seats are given once "
        "your registration is confirmed."
    ]
    assert Booking.objects.get().state == "waiting"


@pytest.mark.parametrize("had_one", [True, False])
def test_invalid_ticket_notice_is_shown_only_if_confirmed_before(client, mine, had_one):
    if not had_one:
        mine.changes.all().delete()
        Registration.objects.update(state="offered", offer_expires_at=timezone.now() + DAY)
        client.post(f"/en/my/{mine.code}/offer/", {"answer": "decline"})
    else:
        places.cancel(mine)
    page = client.get(f"/en/my/{mine.code}/").content.decode()
    assert "This registration is no longer active" in page
    assert ("Its ticket isn’t valid." in page) is had_one


@pytest.mark.parametrize("may", [True, False])
def test_account_page_of_the_welcome_team_links_to_check_in(client, mine, may):
    Edition.objects.update(is_current=True)
    if may:
        mine.user.user_permissions.add(Permission.objects.get(codename="check_in"))
    page = client.get("/en/my/").content.decode()
    assert ('href="/en/2030/desk/check-in/"' in page) is may
