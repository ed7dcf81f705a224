"""The attendee's own space: theirs alone, and every step with its sentence."""

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
    make_user,
    make_workshop,
    open_edition,
    refreshed,
)
from tests.helpers.check_ins import make_attendee, make_check_in, past_edition
from tests.helpers.page_html import main, words

pytestmark = pytest.mark.django_db
PAGES = ["", "edit/", "cancel/", "ticket.pdf", "calendar.ics", "certificate.pdf"]
DAY = datetime.timedelta(days=1)
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
def test_a_stranger_signs_in(client, mine, path):
    client.logout()
    page = f"/fr/my/{mine.code}/{path}"
    assert client.get(page).headers["Location"] == f"/fr/accounts/login/?next={page}"


@pytest.mark.parametrize("path", PAGES)
def test_to_anybody_else_it_does_not_exist(client, mine, path):
    client.force_login(make_user(is_staff=True))
    assert client.get(f"/fr/my/{mine.code}/{path}").status_code == 404


@pytest.mark.parametrize("path", [*FORMS, "edit/", "cancel/"])
def test_nobody_else_changes_it(client, mine, path):
    client.force_login(make_user())
    assert client.post(f"/fr/my/{mine.code}/{path}", {"answer": "leave"}).status_code == 404
    assert refreshed(mine).state == "confirmed"


@pytest.mark.parametrize("path", FORMS)
def test_a_stranger_who_pressed_a_button_signs_in_and_comes_back_to_the_page(client, mine, path):
    client.logout()
    response = client.post(f"/fr/my/{mine.code}/{path}", {"answer": "accept"})
    assert response.headers["Location"] == f"/fr/accounts/login/?next=/fr/my/{mine.code}/"


@pytest.mark.parametrize("path", FORMS)
def test_forms_are_not_read(client, mine, path):
    assert client.get(f"/fr/my/{mine.code}/{path}").status_code == 405


def test_the_ticket_shows_the_code_in_small_letters_too(client, mine):
    page = client.get(f"/fr/my/{mine.code.lower()}/").content.decode()
    assert f"<code>{mine.code_in_groups}</code>" in page
    assert 'class="qr"' in page


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_the_overview_lists_what_is_mine(client, mine, language):
    make_registration(mine.category)
    response = client.get(f"/{language}/my/")
    assert list(response.context["registrations"]) == [mine]


def test_changing_ones_details_changes_the_ticket_and_not_the_state(client, mine):
    page = f"/fr/my/{mine.code}/edit/"
    data = {"given_name": "Nora", "family_name": "Rivage", "role": "press", "country": "FR"}
    assert client.post(page, data).headers["Location"] == f"/fr/my/{mine.code}/"
    changed = refreshed(mine)
    assert (changed.name, changed.country.code, changed.state) == ("Nora Rivage", "FR", "confirmed")


def test_cancelling_asks_first_then_gives_the_place_on(client, mine):
    waiting = make_registration(mine.category)
    page = f"/fr/my/{mine.code}/cancel/"
    assert client.get(page).status_code == 200
    assert refreshed(mine).state == "confirmed"
    client.post(page)
    assert [refreshed(mine).state, refreshed(waiting).state] == ["cancelled", "confirmed"]
    assert client.get(f"/fr/my/{mine.code}/ticket.pdf").status_code == 404
    assert 'class="qr"' not in client.get(f"/fr/my/{mine.code}/").content.decode()


def test_an_offer_is_taken_or_left(client, edition, mine):
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


def test_an_offer_that_expired_says_so(client, edition, mine):
    edition.offer_hours = 48
    edition.save()
    late = make_registration(mine.category)
    places.cancel(mine)
    type(late).objects.filter(pk=late.pk).update(offer_expires_at=timezone.now())
    client.force_login(late.user)
    response = client.post(f"/en/my/{late.code}/offer/", {"answer": "accept"}, follow=True)
    assert told(response) == ["This offer has expired."]
    assert refreshed(late).state == "offered"


def test_a_seat_is_booked_and_given_back(client, edition, mine):
    workshop = make_workshop(edition, title_fr="Cartes")
    page = f"/en/my/{mine.code}/book/"
    response = client.post(page, {"session": workshop.pk}, follow=True)
    assert told(response) == ["Your seat is booked: Cartes."]
    booking = Booking.objects.get()
    client.post(f"/en/my/{mine.code}/bookings/{booking.pk}/", {"answer": "leave"})
    assert refreshed(booking).state == "cancelled"


@pytest.mark.parametrize("number", ["", "x", "-1", "999999999999999999999", "²"])
def test_a_session_that_is_none_is_not_found(client, mine, number):
    assert client.post(f"/fr/my/{mine.code}/book/", {"session": number}).status_code == 404


def test_somebody_elses_booking_is_not_found(client, edition, mine):
    other = make_booking(make_registration(make_category(edition)))
    page = f"/fr/my/{mine.code}/bookings/{other.pk}/"
    assert client.post(page, {"answer": "leave"}).status_code == 404
    assert refreshed(other).state == "confirmed"


def test_clashes_that_the_programme_makes_are_shown(client, edition, mine):
    one, other = make_workshop(edition), make_workshop(edition, at="14:00")
    make_booking(mine, one)
    make_booking(mine, other)
    other.starts_at, other.ends_at = one.starts_at, one.ends_at
    other.save()
    page = client.get(f"/fr/my/{mine.code}/")
    assert [(a.session, b.session) for a, b in page.context["clashes"]] == [(one, other)]


def test_the_stream_opens_to_those_with_online_access(client, edition, mine):
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
def test_changing_details_gives_back_no_place(writes_everything):
    """Somebody saves their details while an organiser cancels them."""
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


def test_a_name_is_not_changed_once_it_may_stand_on_a_certificate(client):
    attendee = make_attendee(past_edition())
    client.force_login(attendee.user)
    data = {"family_name": "Autre", "affiliation": "Université", "role": "press", "country": "FR"}
    client.post(f"/fr/my/{attendee.code}/edit/", data)
    changed = refreshed(attendee)
    assert (changed.name, changed.affiliation) == (attendee.name, "Université")


@pytest.mark.parametrize("demonstration", [False, True])
def test_a_certificate_is_checked_until_its_registration_is_cancelled(client, demonstration):
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


def test_a_certificate_is_checked_where_there_is_no_edition(client):
    Edition.objects.update(is_published=False)
    assert client.get("/fr/verify/nothing/").status_code == 404


# What stands out


def prominent(client) -> list[tuple[str, str]]:
    page = main(client.get("/en/my/"))
    return [(a.get("href"), words(a)) for a in page.xpath(".//a[contains(@class, 'btn-cta')]")]


def test_the_one_prominent_action_is_never_of_an_edition_that_is_over(client, edition, mine):
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


def test_who_waits_sees_their_registration_first(client, mine):
    waiting = make_registration(mine.category)
    client.force_login(waiting.user)
    assert prominent(client) == [(f"/en/my/{waiting.code}/", "My registration")]


@pytest.mark.parametrize("state", ["waiting", "pending"])
def test_seat_that_cannot_be_had_yet_is_asked_for(client, edition, mine, state):
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
def test_ticket_is_spoken_of_to_those_who_had_one(client, mine, had_one):
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
def test_account_of_the_welcome_team_leads_to_the_door(client, mine, may):
    Edition.objects.update(is_current=True)
    if may:
        mine.user.user_permissions.add(Permission.objects.get(codename="check_in"))
    page = client.get("/en/my/").content.decode()
    assert ('href="/en/2030/desk/check-in/"' in page) is may
