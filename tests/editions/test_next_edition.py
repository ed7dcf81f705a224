"""The next edition, made by the desk's form: copied drafts, moved times, nobody's data."""

import datetime
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission
from django.core.files.storage import default_storage
from django.urls import reverse

from symposium.editions import copying
from symposium.editions.models import Edition, Page, PageFile
from tests.factories import (
    make_abstract,
    make_category,
    make_edition,
    make_news,
    make_organiser,
    make_page,
    make_page_file,
    make_partner,
    make_question,
    make_registration,
    make_room,
    make_session,
    make_speaker,
    make_track,
    make_user,
    open_edition,
    picture,
)
from tests.helpers.admin_forms import admin_url, form_of, told

pytestmark = pytest.mark.django_db
UTC = datetime.UTC
# Morocco keeps UTC+1, and UTC during Ramadan: in 2026 from 15 February to 22 March.
DURING_RAMADAN = datetime.datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def organiser(client):
    user = make_organiser(language="en")
    client.force_login(user)
    return user


def make_source(**fields) -> Edition:
    fields = {
        "name_en": "Smart City", "theme_fr": "Résilience", "city_ar": "الرباط",
        "contact_email": "contact@example.org", "offer_hours": 48, "is_current": True,
        "starts_on": datetime.date(2026, 6, 10), "ends_on": datetime.date(2026, 6, 12),
        "registration_opens_at": DURING_RAMADAN,
        "registration_closes_at": datetime.datetime(2026, 6, 1, 22, 59, tzinfo=UTC),
    } | fields  # fmt: skip
    return make_edition("2026", **fields)


def next_page(source: Edition) -> str:
    return reverse("admin:symposium_editions_edition_next", args=[source.pk])


def make_next(client, source: Edition, **changes):
    page = next_page(source)
    data = form_of(client.get(page)) | {"slug": "2027", "starts_on": "2027-06-09"} | changes
    return client.post(page, data, follow=True)


def made() -> Edition:
    return Edition.objects.get(slug="2027")


def test_form_offers_names_and_all_parts(client, organiser):
    form = form_of(client.get(next_page(make_source())))
    del form["csrfmiddlewaretoken"]
    assert form == {
        "_show": "all",  # languages
        "slug": "", "starts_on": "", "name_fr": "Symposium 2026", "name_en": "Smart City",
        "name_ar": "", "short_name_fr": "2026", "short_name_en": "", "short_name_ar": "",
        "parts": [
            "texts", "identity", "pages", "partners", "rooms", "tracks", "kinds", "roles",
            "categories", "questions", "mail_texts", "document_texts",
        ],
    }  # fmt: skip


def test_next_edition_is_a_draft_with_days_and_hours_moved(client, organiser):
    source = make_source()
    response = make_next(client, source, name_en="Smart City 2027")
    edition = made()
    assert response.redirect_chain == [(admin_url(edition), 302)]
    assert told(response) == [
        "“Smart City 2027” is a draft that only organisers can see. Check it, then publish it."
    ]
    assert (edition.is_published, edition.is_current) == (False, False)
    assert (edition.starts_on, edition.ends_on) == (
        datetime.date(2027, 6, 9), datetime.date(2027, 6, 11)
    )  # fmt: skip
    # 364 days later, at the same hour of the clock: 9:00, which is 8:00 UTC outside Ramadan.
    zone = edition.zone
    opens = edition.registration_opens_at.astimezone(zone)
    before = source.registration_opens_at.astimezone(zone)
    assert (opens.date(), opens.time()) == (datetime.date(2027, 3, 1), before.time())
    closes = edition.registration_closes_at.astimezone(zone)
    assert closes == datetime.datetime(2027, 5, 31, 23, 59, tzinfo=zone)
    assert (edition.theme_fr, edition.city_ar, edition.offer_hours) == ("Résilience", "الرباط", 48)
    assert str(edition.registration_opens_at.utcoffset()) == "0:00:00"


def test_hour_is_kept_across_daylight_saving_time():
    source = make_edition(time_zone="Europe/Paris", starts_on=datetime.date(2026, 6, 10))
    at = datetime.datetime(2026, 3, 28, 9, tzinfo=source.zone)  # the day before summer time
    moved = copying.shifted(at, source, datetime.date(2026, 6, 12), source.zone)
    assert moved == datetime.datetime(2026, 3, 30, 9, tzinfo=source.zone)
    assert moved.astimezone(UTC) - at.astimezone(UTC) == datetime.timedelta(hours=47)


def test_everything_ticked_is_copied(client, organiser):
    source = make_source()
    make_room(source, name_fr="Amphi", slug="amphi", capacity=80)
    make_track(source, name_fr="Mobilité", mark="arch")
    make_page(
        source, slug="venir", body_fr="[Programme](/fr/2026/programme/) de 2026", is_published=False
    )
    make_partner(source, name_fr="Mairie", logo=picture(size=(60, 60)))
    student = make_category(source, name_fr="Étudiant", places=30, opens_at=DURING_RAMADAN)
    question = make_question(source, ("Sans viande",), label_fr="Repas", kind="choice")
    question.categories.add(student)
    make_next(client, source)
    edition = made()
    assert [*edition.rooms.values_list("name_fr", "slug", "capacity")] == [("Amphi", "amphi", 80)]
    assert [*edition.tracks.values_list("name_fr", "mark")] == [("Mobilité", "arch")]
    assert [*edition.pages.exclude(slug=Page.PRIVACY).values_list("body_fr", "is_published")] == [
        ("[Programme](/fr/2027/programme/) de 2026", False)
    ]
    [category] = edition.categories.all()
    assert (category.name_fr, category.places) == ("Étudiant", 30)
    assert category.opens_at.astimezone(edition.zone).date() == datetime.date(2027, 3, 1)
    [asked] = edition.questions.all()
    assert (asked.label_fr, [*asked.categories.all()]) == ("Repas", [category])
    assert [*asked.options.values_list("label_fr", flat=True)] == ["Sans viande"]
    assert source.rooms.count() == source.pages.filter(slug="venir").count() == 1


def test_files_are_copied_so_that_each_edition_has_its_own(client, organiser):
    source = make_source()
    partner = make_partner(source, logo=picture(size=(60, 60)))
    make_next(client, source)
    twin = made().partners.get()
    assert twin.logo.name != partner.logo.name
    assert Path(twin.logo.path).read_bytes() == Path(partner.logo.path).read_bytes()


def test_pages_are_copied_with_their_files(client, organiser):
    source = make_source()
    page = make_page(source, body_fr="![](plan.png)")
    file = make_page_file(page, description_ar="خريطة")
    default_storage.delete(make_page_file(page, file=picture("perdu.png")).file.name)
    make_next(client, source)
    twin = PageFile.objects.get(page__edition=made())
    assert (twin.name, twin.description_ar) == ("plan.png", "خريطة")
    assert twin.file.name != file.file.name
    assert Path(twin.file.path).read_bytes() == Path(file.file.path).read_bytes()
    assert page.files.count() == 2


def test_identity_is_copied_with_its_files(client, organiser):
    source = make_source(main_colour="#004d40", hero_alt_fr="La médina", logo=picture())
    make_next(client, source)
    edition = made()
    assert (edition.main_colour, edition.hero_alt_fr) == ("#004d40", "La médina")
    assert edition.logo.name != source.logo.name
    assert Path(edition.logo.path).read_bytes() == Path(source.logo.path).read_bytes()


def test_lost_file_is_left_out(client, organiser):
    source = make_source()
    partner = make_partner(source, logo=picture(size=(60, 60)))
    default_storage.delete(partner.logo.name)
    make_next(client, source)
    assert made().partners.get().logo.name == ""


def test_people_and_programme_are_never_copied(client, organiser):
    source = open_edition("2026")
    make_session(source)
    make_speaker(source)
    make_abstract(source)
    make_news(source)
    make_registration(make_category(source))
    make_next(client, source)
    edition = made()
    people = (
        edition.sessions, edition.speakers, edition.abstracts, edition.news, edition.registrations
    )  # fmt: skip
    assert [found.count() for found in people] == [0, 0, 0, 0, 0]


def test_only_ticked_parts_are_copied(client, organiser):
    source = make_source()
    make_room(source)
    make_track(source)
    everyone = make_question(source, label_fr="Pays")
    of_some = make_question(source, label_fr="Repas")
    of_some.categories.add(make_category(source))
    make_next(client, source, parts=["rooms", "questions"])
    edition = made()
    copied = (edition.rooms, edition.tracks, edition.pages, edition.categories)
    assert [found.count() for found in copied] == [1, 0, 0, 0]
    assert [*edition.questions.values_list("label_fr", flat=True)] == [everyone.label_fr]
    assert edition.theme_fr in ("", None)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"slug": "2026"}, {"slug": ["Edition with this Address already exists."]}),
        ({"slug": ""}, {"slug": ["This field is required."]}),
        ({"starts_on": "9999-12-30"}, {"starts_on": ["Check the year."]}),
        ({"starts_on": "demain"}, {"starts_on": ["Enter a valid date."]}),
        (
            dict.fromkeys(["name_fr", "name_en"], ""),
            {"__all__": [
                "Enter the name, the short name and the city in at least one language."
            ]},
        ),
    ],
)  # fmt: skip
def test_wrong_form_is_shown_again_and_makes_nothing(client, organiser, changes, error):
    source = make_source()
    response = make_next(client, source, **changes)
    assert response.context["form"].errors == error
    assert form_of(response)["short_name_fr"] == "2026"
    assert Edition.objects.count() == 1


def test_failure_halfway_leaves_nothing(monkeypatch):
    source = make_source()
    make_partner(source, logo=picture(size=(60, 60)))
    files = set(default_storage.listdir("partners")[1])

    def fail(copied):
        raise RuntimeError

    monkeypatch.setattr(copying, "PARTS", [*copying.PARTS, copying.Part("last", "", (), fail)])
    draft = copying.draft_of(source, datetime.date(2027, 6, 9), [])
    draft.slug, draft.name_fr, draft.short_name_fr = "2027", "Symposium", "2027"
    with pytest.raises(RuntimeError):
        copying.copy_edition(source, draft, ["partners", "last"])
    assert not Edition.objects.filter(slug="2027").exists()
    assert set(default_storage.listdir("partners")[1]) == files


def test_buttons_lead_to_the_form(client, organiser):
    source = make_source()
    link = f'href="{next_page(source)}"'
    assert link in client.get(admin_url(source)).content.decode()
    assert link in client.get(admin_url(Edition, "changelist"), follow=True).content.decode()


def test_who_may_copy_what(client):
    source = make_source()
    make_room(source)
    user = make_user(is_staff=True, language="en")
    client.force_login(user)
    page = next_page(source)
    assert client.get(page).status_code == 403
    user.user_permissions.set(Permission.objects.filter(codename="view_edition"))
    assert client.get(page).status_code == 403
    names = ["view_edition", "add_edition", "change_edition", "add_page"]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    assert form_of(client.get(page))["parts"] == ["texts", "identity", "pages"]
    response = make_next(client, source, parts=["rooms"])
    assert response.context["form"].errors == {
        "parts": ["Select a valid choice. rooms is not one of the available choices."]
    }
    client.logout()
    assert client.get(page).status_code == 302
