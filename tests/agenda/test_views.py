"""“My programme”: stars of a browser and of an account, shared links, a calendar, mails."""

import datetime
import json
import uuid
from functools import partial
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from django.core import mail
from django.db import IntegrityError
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from symposium.agenda import change_notices, personal_programme, stars
from symposium.agenda.models import Agenda, Star
from symposium.privacy import erasure
from symposium.registrations import places
from symposium.sessions.models import Session
from tests.factories import (
    make_booking,
    make_category,
    make_edition,
    make_registration,
    make_room,
    make_session,
    make_track,
    make_user,
    make_workshop,
    open_edition,
    refreshed,
    times,
)
from tests.helpers.admin_forms import told
from tests.helpers.page_html import hrefs, main, texts
from tests.helpers.sign_in import sign_in
from tests.tasks.test_periodic import at_once

pytestmark = pytest.mark.django_db
STARS = "/fr/my/programme/stars/"
PAGE = "/en/my/programme/"


@pytest.fixture
def edition():
    return open_edition(slug="2031", name_en="Symposium", name_fr="Symposium")


@pytest.fixture
def user(client):
    user = make_user("nora@example.org", language="en")
    client.force_login(user)
    return user


@pytest.fixture
def water(edition):
    return make_session(edition, title_fr="Eau", slug="eau", at="09:00")


@pytest.fixture
def air(edition):
    return make_session(edition, title_fr="Air", slug="air", at="09:30")


def send(client, **parcel):
    return client.post(STARS, json.dumps(parcel), content_type="application/json")


def starred(user) -> list[str]:
    return [str(star) for star in user.stars.in_order()]


# Slots


def slots_of(days) -> list[list[list[str]]]:
    return [[[str(e.session) for e in slot.entries] for slot in day.slots] for day in days]


def test_overlapping_held_sessions_share_a_slot(edition, water, air):
    chained = make_session(edition, at="09:50", title_fr="Sol")
    after = make_session(edition, at="12:00", title_fr="Bois")
    gone = make_session(edition, at="09:10", title_fr="Feu", status="cancelled")
    later = make_session(edition, at=None, title_fr="Un jour")
    found = personal_programme.days([later, after, gone, chained, air, water], edition.zone)
    assert [day.date for day in found] == [edition.starts_on, None]
    assert slots_of(found) == [[["Eau", "Air", "Sol"], ["Feu"], ["Bois"]], [["Un jour"]]]


def test_sessions_that_only_touch_are_no_choice(edition, water):
    after = make_session(edition, at="09:45", title_fr="Sol")
    inside = make_session(edition, at="14:10", lasting=5, title_fr="Court")
    long = make_session(edition, at="14:00", lasting=240, title_fr="Long")
    last = make_session(edition, at="17:00", title_fr="Fin")
    found = personal_programme.days([after, water, last, inside, long], edition.zone)
    assert slots_of(found) == [[["Eau"], ["Sol"], ["Long", "Court", "Fin"]]]


# Without an account


def test_my_programme_page_holds_all_sessions_hidden_for_the_script(client, edition, water):
    make_session(edition, kind="break")
    make_session(edition, status="draft")
    page = client.get("/fr/2031/my-programme/")
    rows = main(page).xpath(".//*[@data-entry]")
    assert [(row.get("data-entry"), row.get("data-number")) for row in rows] == [
        (str(water.guid), str(water.pk))
    ]
    assert [row.get("hidden") is not None for row in rows] == [True]
    assert len(main(page).xpath(".//noscript")) == 1
    assert page.cookies == {}


def test_my_programme_page_of_edition_query_count_is_constant(
    client, edition, django_assert_num_queries
):
    for number in (1, 3):
        make_session(edition, at=f"1{number}:00", room=make_room(edition))
        with django_assert_num_queries(5):
            client.get("/fr/2031/my-programme/")


def test_shared_link_shows_its_sessions(client, edition, water, air):
    hidden = make_session(edition, status="draft")
    elsewhere = make_session(make_edition("2020"))
    numbers = personal_programme.format_numbers([air, hidden, elsewhere, water])
    path = f"/en/2031/my-programme/{numbers}/"
    page = client.get(path)
    assert texts(main(page), ".//li//h3") == ["Eau", "Air"]
    assert texts(main(page), ".//p[@class='slot-choice']") == ["09:00 2 to choose from"]
    assert texts(main(page), ".//bdi[@id='address']") == [f"http://testserver{path}"]
    assert 'class="qr"' in page.content.decode()
    assert page.cookies == {}


def test_shared_link_redirects_to_its_canonical_form(client, edition, water, air):
    one, other = sorted([water.pk, air.pk])
    path = "/fr/2031/my-programme/"
    for chosen in (f"{other}-{one}", f"{one}-{one}-{other}", f"0{one}-{other}"):
        answer = client.get(f"{path}{chosen}/")
        assert (answer.status_code, answer["Location"]) == (301, f"{path}{one}-{other}/")
    for chosen in ("abc", "1--2", "-1", "9" * 19, str(10**17)):
        assert client.get(f"{path}{chosen}/").status_code == 404
    many = client.get(path + "-".join(map(str, range(one, one + 3000))) + "/")
    assert many["Location"].count("-") == path.count("-") + personal_programme.MAX_SESSIONS - 1


def test_long_shared_link_holds_the_earliest_sessions_and_no_qr_code(
    client, edition, water, air, monkeypatch
):
    later = make_session(edition, title_fr="Soir", at="20:00")
    earlier = make_session(edition, title_fr="Aube", at="06:00")
    monkeypatch.setattr(personal_programme, "MAX_SESSIONS", 3)
    path = (
        f"/en/2031/my-programme/{personal_programme.format_numbers([later, air, water, earlier])}/"
    )
    assert texts(main(client.get(path)), ".//li//h3") == ["Aube", "Eau", "Air"]
    monkeypatch.setattr(
        personal_programme, "MAX_ADDRESS_CHARS", len(f"http://testserver{path}") - 1
    )
    page = client.get(path)
    assert 'class="qr"' not in page.content.decode()
    assert texts(main(page), ".//bdi[@id='address']") == [f"http://testserver{path}"]


@pytest.mark.parametrize(
    ("language", "choice"),
    [("fr", "09:00 2 au choix"), ("ar", "09:00 للاختيار: 2")],
)
def test_choice_of_a_slot_is_said_in_each_language(client, edition, water, air, language, choice):
    numbers = personal_programme.format_numbers([air, water])
    page = main(client.get(f"/{language}/2031/my-programme/{numbers}/"))
    assert texts(page, ".//p[@class='slot-choice']") == [choice]


def test_shared_programme_links_to_calendars(client, edition, water, air):
    numbers = personal_programme.format_numbers([air, water])
    page = main(client.get(f"/en/2031/my-programme/{numbers}/"))
    [first, *_rest] = page.xpath(".//li[contains(@class, 'entry')]")
    assert [urlsplit(address).netloc for address in hrefs(first, ".//details//a")] == [
        "", "calendar.google.com", "outlook.office.com",
    ]  # fmt: skip
    address = f"http://testserver/2031/my-programme/{numbers}.ics?lang=en"
    webcal, google, outlook, file = hrefs(page, ".//details[@data-mine-calendar]//a")
    assert (webcal, file) == (address.replace("http:", "webcal:"), address)
    assert parse_qs(urlsplit(google).query) == {"cid": [webcal]}
    assert parse_qs(urlsplit(outlook).query) == {
        "url": [address], "name": [f"My programme · {edition}"],
    }  # fmt: skip


def test_calendar_of_a_shared_programme_has_its_sessions(client, edition, water, air):
    make_session(edition, title_fr="Sol", at="16:00")
    hidden = make_session(edition, status="draft", at="17:00")
    numbers = personal_programme.format_numbers([air, hidden, water])
    address = f"/2031/my-programme/{numbers}.ics"
    assert set(events(client, address)) == {"Eau", "Air"}
    answer = client.get(address, headers={"if-none-match": client.get(address)["ETag"]})
    assert (answer.status_code, answer.content) == (304, b"")
    for wrong in ("abc", "0", str(hidden.pk)):
        assert client.get(f"/2031/my-programme/{wrong}.ics").status_code == 404


def test_shared_programme_is_kept_by_a_form_without_script(client, user, edition, water, air):
    hidden = make_session(edition, status="draft")
    numbers = personal_programme.format_numbers([air, hidden, water])
    page = f"/en/2031/my-programme/{numbers}/keep/"
    assert page in hrefs(main(client.get(f"/en/2031/my-programme/{numbers}/")), ".//a")
    assert main(client.get(page)).xpath(".//form[@method='post']//button") != []
    for _twice in range(2):
        answer = client.post(page, follow=True)
    assert told(answer)[-1] == "All these sessions are in your programme."
    assert starred(user) == ["Eau", "Air"]


def test_keeping_a_shared_programme_asks_anonymous_visitors_to_sign_in(client, edition, water):
    page = f"/en/2031/my-programme/{water.pk}/keep/"
    answer = client.get(page)
    [sign_in] = hrefs(main(answer), ".//a[contains(@class, 'btn-cta')]")
    assert unquote(sign_in) == f"/en/accounts/login/?next={page}"
    assert "no-store" in answer["Cache-Control"]
    assert client.post(page)["Location"] == f"/en/accounts/login/?next={page}"
    assert client.get("/en/2031/my-programme/abc/keep/").status_code == 404


# Merge into the account


def test_browser_stars_are_merged_into_the_account_once(client, user, edition, water, air):
    other = make_session(make_edition("2020"))
    draft = make_session(edition, status="draft")
    nobody = str(uuid.uuid4())
    guids = [str(s.guid) for s in (water, other, draft)]
    parcel = {"add": {"2031": [*guids, nobody, "x"], "2020": [str(air.guid)]}, "carried": True}
    answer = send(client, **parcel).json()
    kept = {"stars": {"2031": [str(water.guid)]}, "registrations": {}}
    assert answer == {"added": 1, "unknown": 5} | kept
    assert send(client, **parcel).json()["added"] == 0
    assert starred(user) == ["Eau"]
    said = told(client.get(PAGE))
    assert said[:2] == [
        "1 session marquée d’une étoile dans ce navigateur est maintenant dans votre programme.",
        "5 étoiles de ce navigateur ne correspondent plus à une session du programme\xa0: elles "
        "n’ont pas été reprises.",
    ]


def test_stars_response_includes_registrations_and_bookings(client, user, edition, water):
    online = make_category(open_edition("2032"), on_site=False, online_access=True)
    make_registration(online, user=user)
    make_registration(make_category(open_edition("2033")))  # another person's
    places.cancel(make_registration(make_category(open_edition("2034")), user=user))
    workshop, full = make_workshop(edition), make_workshop(edition, at="14:00", places=1)
    make_booking(make_registration(make_category(edition)), full)
    mine = make_registration(make_category(edition), user=user, sessions=[workshop, full])
    found = client.get(STARS).json()["registrations"]
    assert found.pop("2032")["ticket"] is False
    sessions = {"booked": [str(workshop.guid)], "waiting": [str(full.guid)]}
    assert found == {"2031": {"code": mine.code, "ticket": True, **sessions}}
    edition.is_published = False
    edition.save()
    assert "2031" not in client.get(STARS).json()["registrations"]


def test_star_added_by_script_shows_no_message(client, user, water, air):
    stars.add_stars(user, [water])
    changed = send(client, add={"2031": [str(air.guid)]}, remove={"2031": [str(water.guid)]})
    assert changed.json()["stars"] == {"2031": [str(air.guid)]}
    assert told(client.get(PAGE)) == []
    assert client.get(STARS).json()["stars"] == {"2031": [str(air.guid)]}


def test_stars_require_sign_in(client, water):
    assert (client.get(STARS).status_code, send(client, add={}).status_code) == (401, 401)
    answer = client.get(PAGE)
    assert answer["Location"] == f"/en/accounts/login/?next={PAGE}"


@pytest.mark.usefixtures("user")
@pytest.mark.parametrize(
    "body",
    ["", "[]", "nothing", '{"add": []}', '{"add": {"2031": "x"}}', '{"add": {"2031": [1]}}',
     '{"remove": {"2031": null}}', json.dumps({"add": {"2031": ["x"] * 2001}})],
)  # fmt: skip
def test_malformed_star_list_is_refused(client, body):
    answer = client.post(STARS, body, content_type="application/json")
    assert (answer.status_code, Star.objects.count()) == (400, 0)


def test_stars_require_a_csrf_token(user, water):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(user)
    parcel = {"add": {"2031": [str(water.guid)]}}
    assert send(strict, **parcel).status_code == 403
    token = strict.get(STARS).cookies["csrftoken"].value
    answer = strict.post(
        STARS, json.dumps(parcel), content_type="application/json", headers={"X-CSRFToken": token}
    )
    assert answer.json()["added"] == 1


@pytest.mark.django_db(transaction=True)
def test_concurrent_windows_create_one_star():
    user, session = make_user(), make_session(make_edition("2031"))
    parcel = {"2031": [str(session.guid)]}

    def work():
        return stars.sync_stars(user, add=parcel, remove={}).unknown

    assert at_once(work, work, work) == [0, 0, 0]
    assert user.stars.count() == 1


@pytest.mark.django_db(transaction=True)
def test_duplicate_star_fails_without_ignore_conflicts(monkeypatch):
    """Negative control: the star exists when the second one is written."""
    user, session = make_user(), make_session(make_edition("2031"))
    plain = QuerySet.bulk_create
    monkeypatch.setattr(
        QuerySet, "bulk_create", lambda rows, objs, ignore_conflicts: plain(rows, objs)
    )
    stars.add_stars(user, [session])
    with pytest.raises(IntegrityError):
        stars.add_stars(user, [session])


# The page of an account


def test_page_merges_stars_and_bookings(client, user, edition, water):
    workshop = make_workshop(edition, title_fr="Cartes", at="09:15")
    registration = make_registration(make_category(edition), user=user, sessions=[workshop])
    stars.add_stars(user, [water, workshop])
    stars.add_stars(make_user(), [make_session(edition, at="16:00")])
    page = client.get(PAGE)
    assert texts(main(page), ".//li//h4") == ["Eau", "Cartes"]
    assert texts(main(page), ".//p[@class='slot-choice']") == ["09:00 2 to choose from"]
    assert f"/en/my/{registration.code}/#sessions" in hrefs(main(page), ".//a")
    shared = f"/en/2031/my-programme/{personal_programme.format_numbers([water, workshop])}/"
    assert shared in hrefs(main(page), ".//a")


def test_my_programme_query_count_is_constant(client, user, edition, django_assert_num_queries):
    registration = make_registration(make_category(edition), user=user)
    for number in (1, 3):
        shown = {"room": make_room(edition), "track": make_track(edition)}
        workshop = make_workshop(edition, at=f"1{number}:00", **shown)
        make_booking(registration, workshop)
        talk = make_session(edition, at=f"1{number}:20", track=make_track(edition))
        stars.add_stars(user, [workshop, talk])
        with django_assert_num_queries(10):
            client.get(PAGE)


def test_session_times_use_the_time_zone_of_each_edition(client, user):
    far = open_edition(slug="far", time_zone="America/St_Johns")
    stars.add_stars(user, [make_session(far, at="09:00")])
    assert texts(main(client.get(PAGE)), ".//li//time") == ["09:00", "09:45"]


def test_form_adds_and_removes_a_star_without_script(client, user, water):
    page = "/en/2031/programme/eau/star/"
    assert b'value="add"' in client.get(page).content
    for _twice in range(2):
        answer = client.post(page, {"answer": "add"}, follow=True)
    assert told(answer)[-1] == "Added to your programme: Eau."
    assert starred(user) == ["Eau"]
    assert b'value="remove"' in client.get(page).content
    client.post(page, {"answer": "remove"})
    assert starred(user) == []


def test_star_form_asks_anonymous_visitors_to_sign_in(client, edition, water):
    make_session(edition, slug="brouillon", status="draft")
    page = "/en/2031/programme/eau/star/"
    answer = client.get(page)
    [sign_in] = hrefs(main(answer), ".//a[contains(@class, 'btn-cta')]")
    assert unquote(sign_in) == f"/en/accounts/login/?next={page}"
    assert "no-store" in answer["Cache-Control"]
    assert client.post(page)["Location"] == f"/en/accounts/login/?next={page}"
    assert client.get("/en/2031/programme/brouillon/star/").status_code == 404
    assert page in hrefs(main(client.get("/en/2031/programme/eau/")), ".//a[@data-star-link]")


# The calendar


def events(client, address: str) -> dict[str, str]:
    answer = client.get(address)
    assert answer.status_code == 200
    found = Calendar.from_ical(answer.content).walk("VEVENT")
    return {str(event["summary"]): str(event["status"]) for event in found}


@pytest.fixture
def calendar(client, user):
    client.post("/en/my/programme/calendar/")
    return stars.calendar_url(user.agenda, "en").removeprefix("http://testserver")


def test_calendar_contains_starred_and_booked_sessions(client, user, edition, water, air, calendar):
    workshop = make_workshop(edition, title_fr="Cartes", at="14:00")
    full = make_workshop(edition, title_fr="Complet", at="16:00", places=0)
    make_registration(make_category(edition), user=user, sessions=[workshop, full])
    stars.add_stars(user, [water, air, make_session(make_edition("2020"), title_fr="Ancien")])
    Session.objects.filter(pk=air.pk).update(status="cancelled")
    stranger = Client()
    assert events(stranger, calendar) == {
        "Ancien": "CONFIRMED", "Eau": "CONFIRMED", "Air": "CANCELLED", "Cartes": "CONFIRMED",
    }  # fmt: skip
    answer = stranger.get(calendar)
    assert "private" in answer["Cache-Control"]
    assert (answer["X-Robots-Tag"], answer.cookies) == ("noindex", {})
    assert stranger.get(calendar, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    zones = Calendar.from_ical(answer.content).walk("VTIMEZONE")
    assert len(zones) == 1
    uids = {str(e["uid"]) for e in Calendar.from_ical(answer.content).walk("VEVENT")}
    assert f"{water.guid}@testserver" in uids


def test_calendar_event_follows_session_changes(client, user, edition, water, calendar):
    stars.add_stars(user, [water])
    Session.objects.filter(pk=water.pk).update(**times(edition, "15:00"))
    [event] = Calendar.from_ical(client.get(calendar).content).walk("VEVENT")
    assert (event["sequence"], f"{event.start:%H:%M}") == (1, "15:00")
    Session.objects.filter(pk=water.pk).update(status="draft")
    assert events(client, calendar) == {}


def test_calendar_language_follows_the_url_parameter(client, user, calendar):
    assert client.get(calendar)["Content-Language"] == "en"
    assert client.get(calendar.replace("lang=en", "lang=ar"))["Content-Language"] == "ar"
    assert client.get(calendar.replace("lang=en", "lang=xx"))["Content-Language"] == "en"


def test_renewed_calendar_address_invalidates_the_old_one(client, user, calendar):
    page = "/en/my/programme/calendar/"
    assert client.get(page).status_code == 200
    assert client.get(calendar).status_code == 200
    client.post(page)  # the form that creates the first address, sent again
    assert client.get(calendar).status_code == 200
    client.post(page, {"answer": "renew"})
    assert client.get(calendar).status_code == 404
    renewed = stars.calendar_url(refreshed(user.agenda), "en")
    assert client.get(renewed).status_code == 200
    client.post(page, {"answer": "end"})
    assert client.get(renewed).status_code == 404
    assert client.get(page)["Location"] == PAGE


def test_calendar_of_a_closed_account_is_404(client, user, calendar):
    type(user).objects.update(is_active=False)
    assert client.get(calendar).status_code == 404
    for token in ("x", "None", "programme"):
        assert client.get(f"/my/{token}.ics").status_code == 404


def test_page_shows_the_calendar_address_as_link_and_text(client, calendar):
    page = client.get(PAGE)
    assert f"webcal://testserver{calendar}" in hrefs(main(page), ".//a")
    assert texts(main(page), ".//*[@id='calendar-address']") == [f"http://testserver{calendar}"]


# Mails


def soon():
    return timezone.now() + datetime.timedelta(minutes=3)


def move(session, at: str = "15:00") -> None:
    Session.objects.filter(pk=session.pk).update(**times(session.edition, at))


def mails() -> list[tuple[str, str]]:
    """Run both notifications of changes; return the recipients and subjects of the mails."""
    mail.outbox.clear()
    change_notices.notify_booking_changes(soon())
    change_notices.notify_star_changes(soon())
    return [(message.to[0], message.subject) for message in mail.outbox]


STARRED = ("nora@example.org", "A session in your programme has changed: Symposium 2031")


def test_star_change_mail_is_sent_only_when_enabled(client, user, water):
    stars.add_stars(user, [water])
    move(water)
    assert mails() == []
    client.post("/en/my/programme/mails/", {"wants_mail": "on"})
    assert mails() == []  # earlier changes send no mail
    move(water, "16:00")
    assert mails() == [STARRED]
    assert "\n\nEau\nBefore: " in mail.outbox[0].body
    assert "http://testserver/en/my/programme/" in mail.outbox[0].body
    assert mails() == []
    Session.objects.filter(pk=water.pk).update(status="cancelled")
    assert mails() == [STARRED]
    assert "\nNow: Cancelled." in mail.outbox[0].body
    client.post("/en/my/programme/mails/")
    move(water, "17:00")
    assert mails() == []


def test_star_change_mail_is_delayed_until_changes_settle(user, water):
    stars.add_stars(user, [water])
    stars.set_change_mails(user, True)
    move(water)
    assert change_notices.notify_star_changes(timezone.now()) == 0
    assert change_notices.notify_star_changes(soon()) == 1


def test_starred_and_booked_session_change_sends_one_mail(user, edition):
    workshop = make_workshop(edition, title_fr="Cartes")
    registration = make_registration(make_category(edition), user=user, sessions=[workshop])
    stars.add_stars(user, [workshop])
    stars.set_change_mails(user, True)
    move(workshop)
    assert change_notices.notify_star_changes(soon()) == 0  # whichever runs first
    booked = ("nora@example.org", "A session you booked has changed: Symposium 2031")
    assert mails() == [booked]
    places.leave(registration.bookings.get())
    assert mails() == []
    move(workshop, "16:00")
    assert mails() == [STARRED]


@pytest.mark.django_db(transaction=True)
def test_concurrent_workers_send_each_star_mail_once():
    session = make_session(open_edition())
    for _ in range(5):
        user = make_user()
        stars.add_stars(user, [session])
        stars.set_change_mails(user, True)
    move(session)
    work = partial(change_notices.notify_star_changes, soon())
    assert sum(at_once(work, work)) + work() == 5
    assert len({message.to[0] for message in mail.outbox}) == len(mail.outbox) == 5


def test_star_added_after_the_change_sends_no_mail(user, water):
    stars.set_change_mails(user, True)
    move(water)
    stars.add_stars(user, [refreshed(water)])
    assert mails() == []


def test_draft_and_past_session_changes_send_no_mail(user, edition, water, air):
    stars.add_stars(user, [water, air])
    stars.set_change_mails(user, True)
    move(water)
    Session.objects.filter(pk=water.pk).update(status="draft")
    assert mails() == []
    move(air)
    over = edition.period.upper
    assert change_notices.notify_star_changes(over) == 0


# Stored data


def test_stars_are_exported_and_erased_with_the_account(client, user, water, calendar):
    stars.add_stars(user, [water])
    stars.set_change_mails(user, True)
    sign_in(client, user)
    data = client.get("/en/my/data.json").json()["parts"]["programme"]
    [entry] = data["parts"]["stars"]["entries"]
    assert entry["fields"]["session"]["value"] == str(water.guid)
    assert data["fields"]["wants_mail"]["value"] is True
    assert user.agenda.token not in json.dumps(client.get("/en/my/data.json").json())
    assert "Eau" in client.get("/en/my/data/").content.decode()
    erasure.erase(user)
    assert (Star.objects.count(), Agenda.objects.count()) == (0, 0)
    assert client.get(calendar).status_code == 404


def test_stars_are_deleted_after_the_retention_period(user, edition, water):
    stars.add_stars(user, [water])
    end = edition.period.upper
    erasure.apply_retention(end + datetime.timedelta(days=erasure.IDENTITY_DAYS, seconds=-1))
    assert Star.objects.count() == 1
    erasure.apply_retention(end + datetime.timedelta(days=erasure.IDENTITY_DAYS))
    assert Star.objects.count() == 0
