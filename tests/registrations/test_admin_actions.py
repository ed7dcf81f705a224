"""Decisions of organisers about one or many registrations, each in its own transaction."""

import io
import zipfile

import openpyxl
import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from symposium.registrations import places
from symposium.registrations.admin import bulk_actions
from symposium.registrations.models import Invitation
from tests.factories import (
    make_category,
    make_invitation,
    make_organiser,
    make_registration,
    make_user,
    open_edition,
    refreshed,
)
from tests.helpers.admin_forms import admin_url, told

pytestmark = pytest.mark.django_db

LIST = "/admin/symposium_registrations/registration/"
IMPORT = "/admin/symposium_registrations/invitation/import/"


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


def act(client, action: str, *people, page: str = LIST, **more):
    data = {"action": action, "_selected_action": [one.pk for one in people]} | more
    if "decided" not in data:
        data["index"] = 0
    return client.post(page, data, follow=True)


def decide(client, registration, name: str, **data):
    address = "admin:symposium_registrations_registration_decide"
    return client.post(reverse(address, args=[registration.pk, name]), data, follow=True)


def states(*people) -> list[str]:
    return [refreshed(one).state for one in people]


# Many registrations


def test_requests_are_accepted_in_the_order_of_arrival(desk, edition, organiser):
    category = make_category(edition, places=2, needs_approval=True)
    one, two, three = (make_registration(category) for _ in range(3))
    assert told(act(desk, "approve", three, two, one)) == ["3 requests accepted."]
    assert states(one, two, three) == ["confirmed", "confirmed", "waiting"]
    assert one.changes.last().by == organiser


def test_promote_action_gives_a_free_place_or_the_next_one(desk, edition):
    full = make_category(edition, places=1, name_en="Press")
    make_registration(full)
    kept_out = make_registration(full, given_name="Nora", family_name="Rivage")
    room = make_category(edition, places=1)
    leaves = make_registration(room)
    waits = make_registration(room, given_name="Salma", family_name="Médina")
    type(room).objects.filter(pk=room.pk).update(places=2)
    response = act(desk, "promote", kept_out, waits, leaves)
    assert told(response) == [
        "1 registration was skipped: its status doesn’t allow this.",
        "1 was skipped: no change was needed.",
        "1 person has a place or will get the next one available.",
    ]
    assert states(kept_out, waits, leaves) == ["waiting", "confirmed", "confirmed"]
    assert refreshed(kept_out).queue_position == 1


def test_promoted_registrations_preserve_their_order_of_arrival(desk, edition):
    category = make_category(edition, places=1)
    make_registration(category)
    one, two, three, four = (make_registration(category) for _ in range(4))
    act(desk, "promote", four, two)
    assert list(category.registrations.waiting()) == [two, four, one, three]


def test_promoting_the_first_in_queue_is_counted_as_skipped(desk, edition):
    category = make_category(edition, places=1)
    make_registration(category)
    first = make_registration(category)
    assert told(act(desk, "promote", first)) == ["1 was skipped: no change was needed."]
    assert [change.state for change in first.changes.all()] == ["waiting"]


def test_refused_move_does_not_stop_others_and_names_the_person(desk, edition):
    full = make_category(edition, places=1, name_en="Press")
    make_registration(full)
    holder = make_registration(make_category(edition), given_name="Nora", family_name="Rivage")
    waits = make_registration(make_category(edition, places=0))
    response = act(desk, "change_category", holder, waits, decided="yes", category=full.pk)
    assert told(response) == [
        "Nora Rivage: “Press” is full. Increase its number of places first.",
        "1 person moved.",
    ]
    assert [refreshed(one).category == full for one in (holder, waits)] == [False, True]


def test_refuse_action_asks_for_a_reason_and_mails_it(desk, edition, organiser):
    asked = make_registration(make_category(edition, needs_approval=True))
    mail.outbox.clear()
    page = act(desk, "refuse", asked)
    assert page.templates[0].name == "admin/symposium_registrations/registration/decide.html"
    assert states(asked) == ["pending"]
    response = act(desk, "refuse", asked, decided="yes", reason="Complet pour la presse")
    assert told(response) == ["1 request declined."]
    assert states(asked) == ["refused"]
    change = asked.changes.last()
    assert (change.by, change.reason) == (organiser, "Complet pour la presse")
    [sent] = mail.outbox
    assert "Complet pour la presse" in sent.body


def test_overlong_reason_is_refused(desk, edition):
    asked = make_registration(make_category(edition, needs_approval=True))
    page = act(desk, "refuse", asked, decided="yes", reason="a" * 301)
    assert list(page.context["form"].errors) == ["reason"]
    assert states(asked) == ["pending"]


def test_cancel_action_promotes_the_next_in_queue(desk, edition):
    category = make_category(edition, places=1)
    one, two = make_registration(category), make_registration(category)
    act(desk, "cancel", one, decided="yes", reason="")
    assert states(one, two) == ["cancelled", "confirmed"]


def test_change_category_action_accepts_categories_of_the_edition_only(desk, edition):
    one = make_registration(make_category(edition))
    there, elsewhere = make_category(edition), make_category()
    page = act(desk, "change_category", one)
    assert list(page.context["form"].fields["category"].queryset) == [one.category, there]
    act(desk, "change_category", one, decided="yes", category=elsewhere.pk)
    assert refreshed(one).category != elsewhere
    response = act(desk, "change_category", one, decided="yes", category=there.pk)
    assert told(response) == ["1 person moved."]
    assert refreshed(one).category == there


def test_change_category_action_does_not_move_across_editions(desk, edition):
    mine = make_registration(make_category(edition))
    theirs = make_registration(given_name="Nora", family_name="Rivage")
    there = make_category(edition)
    response = act(
        desk, "change_category", mine, theirs, page=f"{LIST}?edition=all", decided="yes",
        category=there.pk,
    )  # fmt: skip
    assert told(response) == [
        "Nora Rivage: Choose an item from this edition.",
        "1 person moved.",
    ]
    assert refreshed(mine).category == there


def test_resend_action_sends_the_confirmation_and_logs_it(desk, edition, organiser):
    category = make_category(edition, places=1)
    one, waits = make_registration(category), make_registration(category)
    gone = make_registration(category)
    places.cancel(gone)
    first = {(sent.to[0], sent.subject) for sent in mail.outbox[:2]}
    LogEntry.objects.all().delete()
    mail.outbox.clear()
    response = act(desk, "resend", one, waits, gone)
    assert {(sent.to[0], sent.subject) for sent in mail.outbox} == first
    assert told(response) == [
        "1 registration was skipped: its status doesn’t allow this.",
        "2 emails resent.",
    ]
    entries = LogEntry.objects.values_list("object_id", "user", "object_repr", "change_message")
    assert set(entries) == {
        (str(person.pk), organiser.pk, str(person), "Resend the confirmation")
        for person in (one, waits)
    }


def test_action_on_too_many_registrations_is_refused(desk, edition, monkeypatch):
    monkeypatch.setattr(bulk_actions, "MAX_SELECTED", 1)
    category = make_category(edition, needs_approval=True)
    people = [make_registration(category) for _ in range(2)]
    response = act(desk, "approve", *people)
    assert told(response) == ["Select no more than 1 at a time."]
    assert states(*people) == ["pending", "pending"]


def test_action_applies_to_a_selection_across_pages(desk, edition):
    category = make_category(edition)
    people = [make_registration(category) for _ in range(3)]
    page = act(desk, "cancel", people[0], select_across=1)
    assert page.context["number"] == 3
    assert '<input type="hidden" name="select_across" value="1">' in page.content.decode()
    act(desk, "cancel", people[0], select_across=1, decided="yes")
    assert states(*people) == ["cancelled"] * 3


def test_action_requires_change_permission(client, edition):
    reader = make_user(is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_registration"))
    client.force_login(reader)
    person = make_registration(make_category(edition))
    for name in ("cancel", "badges", "write", "resend"):
        act(client, name, person, decided="yes")
    assert states(person) == ["confirmed"]
    assert len(mail.outbox) == 1


# One registration


def test_decision_buttons_depend_on_the_state(desk, edition):
    pending = make_registration(make_category(edition, needs_approval=True))
    page = desk.get(admin_url(pending))
    assert [str(one["label"]) for one in page.context["decisions"]] == [
        "Approve", "Decline", "Cancel", "Change the category", "Resend the confirmation",
    ]  # fmt: skip
    places.cancel(pending)
    assert desk.get(admin_url(pending)).context["decisions"] == []


def test_decision_button_applies_to_one_registration(desk, edition):
    pending = make_registration(make_category(edition, needs_approval=True))
    response = decide(desk, pending, "approve")
    assert response.redirect_chain == [(admin_url(pending), 302)]
    assert told(response) == ["1 request accepted."]
    page = decide(desk, pending, "cancel")
    assert page.context["title"] == "Cancel"
    decide(desk, pending, "cancel", decided="yes", reason="Malade")
    assert states(pending) == ["cancelled"]
    assert told(decide(desk, pending, "approve")) == [
        "1 registration was skipped: its status doesn’t allow this."
    ]


# Badges


def test_badges_action_prints_confirmed_on_site_registrations_only(desk, edition):
    pytest.importorskip("symposium.registrations.documents.tickets")
    on_site = make_category(edition, places=1)
    comes, waits = make_registration(on_site), make_registration(on_site)
    online = make_registration(make_category(edition, on_site=False, online_access=True))
    page = act(desk, "badges", comes, waits, online)
    assert (page.context["number"], page.context["left_out"]) == (1, 2)
    response = act(desk, "badges", comes, waits, online, decided="yes", language="ar")
    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF-")
    assert LogEntry.objects.get().change_message == "Badges printed: 1."


def test_badges_action_refuses_several_editions(desk, edition):
    mine, theirs = make_registration(make_category(edition)), make_registration()
    response = act(desk, "badges", mine, theirs, page=f"{LIST}?edition=all")
    assert told(response) == ["Select people from one edition."]


def test_badges_action_without_eligible_registration_is_refused(desk, edition):
    waits = make_registration(make_category(edition, places=0))
    response = act(desk, "badges", waits, decided="yes", language="fr")
    assert told(response) == [
        "Badges are for confirmed on-site registrations. None of those selected qualify."
    ]


# Invitations


LINES = """E-mail;Nom;Langue
Salma@Example.org;Salma Médina;ar
nora@example.org;Nora Rivage
nobody
"Rivage, Nora" <nora@example.org>
bad@@example.org;X;en
karim@example.org;http://spam.example;fr
"""


@pytest.fixture
def category(edition):
    return make_category(edition, by_invitation=True, name_fr="Invités")


def test_invitation_list_is_previewed_with_errors_before_saving(desk, category):
    page = desk.post(IMPORT, {"category": category.pk, "lines": LINES, "check": "yes"})
    assert [(line.number, line.email, line.fault) for line in page.context["lines"]] == [
        (1, "salma@example.org", ""),
        (2, "nora@example.org", ""),
        (3, "", "Enter an email address."),
        (4, "", "Already on the list."),
        (5, "", "Enter a valid email address."),
        (6, "", "Enter a name, with no web or email address."),
    ]
    assert Invitation.objects.count() == 0


def test_valid_lines_are_added_once_and_invalid_ones_shown_again(desk, category):
    data = {"category": category.pk, "lines": LINES, "add": "yes"}
    page = desk.post(IMPORT, data)
    assert told(page) == ["2 invitations added.", "4 lines weren’t added. Correct them below."]
    assert page.context["form"]["lines"].value().splitlines() == [
        "nobody", '"Rivage, Nora" <nora@example.org>', "bad@@example.org;X;en",
        "karim@example.org;http://spam.example;fr",
    ]  # fmt: skip
    assert list(category.invitations.values_list("email", "name", "language")) == [
        ("nora@example.org", "Nora Rivage", "fr"),
        ("salma@example.org", "Salma Médina", "ar"),
    ]
    desk.post(IMPORT, data)
    assert category.invitations.count() == 2


def test_valid_invitation_list_redirects_to_the_invitations(desk, category):
    data = {"category": category.pk, "lines": "a@example.org", "add": "yes"}
    response = desk.post(IMPORT, data, follow=True)
    assert told(response) == ["1 invitation added."]
    assert [one.email for one in response.context["cl"].result_list] == ["a@example.org"]


def workbook(*rows) -> bytes:
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("utf-8.csv", "\ufeffcourriel,nom,langue\nsalma@example.org,سلمى المدينة,ar\n".encode()),
        ("excel.csv", "salma@example.org;سلمى المدينة;ar\r\n".encode("cp1256")),
        (
            "list.xlsx",
            workbook(["E-mail", "Nom"], ["salma@example.org", "سلمى المدينة", "العربية"]),
        ),
    ],
)
def test_invitation_list_is_read_from_a_file(desk, category, name, content):
    data = {"category": category.pk, "file": SimpleUploadedFile(name, content), "add": "yes"}
    assert told(desk.post(IMPORT, data, follow=True)) == ["1 invitation added."]
    assert list(category.invitations.values_list("email", "name", "language")) == [
        ("salma@example.org", "سلمى المدينة", "ar")
    ]


def test_cp1252_invitation_file_is_read(desk, category):
    file = SimpleUploadedFile("list.csv", "nora@example.org;Élise Müller\r\n".encode("cp1252"))
    desk.post(IMPORT, {"category": category.pk, "file": file, "add": "yes"})
    assert category.invitations.get().name == "Élise Müller"


@pytest.mark.parametrize(
    ("name", "content"),
    [("list.xlsx", b"not a workbook"), ("list.xlsx", b"PK\x05\x06" + b"\0" * 18)],
)
def test_unsupported_invitation_file_is_refused(desk, category, name, content):
    file = SimpleUploadedFile(name, content)
    page = desk.post(IMPORT, {"category": category.pk, "file": file})
    assert page.context["form"].non_field_errors() == [
        "This file isn’t a CSV file or an XLSX workbook. Save it as one of these."
    ]


def broken(part: str, content: bytes, kept: int = 0) -> bytes:
    """Return a workbook with one part replaced by its first `kept` bytes and `content`."""
    file, whole = io.BytesIO(), zipfile.ZipFile(io.BytesIO(workbook(["salma@example.org"])))
    with zipfile.ZipFile(file, "w") as book:
        for name in whole.namelist():
            old = whole.read(name)
            book.writestr(name, old[:kept] + content if name == part else old)
    return file.getvalue()


def damaged() -> bytes:
    """Return a workbook with 40 corrupt bytes."""
    content = bytearray(workbook(*[[f"a{number}@example.org"] for number in range(50)]))
    place = content.index(b"xl/worksheets/sheet1.xml") + 60
    content[place : place + 40] = b"\xff" * 40
    return bytes(content)


@pytest.mark.parametrize(
    "content",
    [
        broken("xl/workbook.xml", b"<broken"),
        broken("xl/worksheets/sheet1.xml", b"<row", kept=300),
        broken("xl/_rels/workbook.xml.rels", b"<broken"),
        broken("xl/_rels/workbook.xml.rels", b"<a/>"),
        damaged(),
    ],
)
def test_broken_workbook_is_refused(desk, category, content):
    file = SimpleUploadedFile("list.xlsx", content)
    page = desk.post(IMPORT, {"category": category.pk, "file": file})
    assert page.context["form"].non_field_errors() == [
        "This file isn’t a CSV file or an XLSX workbook. Save it as one of these."
    ]


def test_workbook_bomb_is_refused(desk, category):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/sharedStrings.xml", b" " * (65 * 1024 * 1024))
    bomb = SimpleUploadedFile("list.xlsx", file.getvalue())
    page = desk.post(IMPORT, {"category": category.pk, "file": bomb})
    assert page.context["form"].non_field_errors() == [
        "This workbook contains more than a list of people. Copy just the list into a new "
        "workbook, or paste it here."
    ]


def test_a_file_too_large_and_a_list_too_long_are_refused(desk, category):
    large = SimpleUploadedFile("list.csv", b"a" * (2 * 1024 * 1024 + 1))
    page = desk.post(IMPORT, {"category": category.pk, "file": large})
    assert page.context["form"].errors["file"] == ["This file is too large."]
    page = desk.post(IMPORT, {"category": category.pk, "lines": "a\n" * 5001})
    assert page.context["form"].non_field_errors() == ["Enter no more than 5000 lines at a time."]


def test_empty_invitation_list_is_refused(desk, category):
    page = desk.post(IMPORT, {"category": category.pk, "lines": " \n"})
    assert page.context["form"].non_field_errors() == ["Paste a list or choose a file."]


def test_html_in_an_invitation_list_is_escaped(desk, category):
    attack = "<img src=x onerror=alert(1)>"
    page = desk.post(
        IMPORT, {"category": category.pk, "lines": f"{attack}\na@example.org;{attack}"}
    )
    assert "<img src=x" not in page.content.decode()


def test_invitations_require_a_category_by_invitation(desk, edition):
    page = desk.post(IMPORT, {"category": make_category(edition).pk, "lines": "a@example.org"})
    assert list(page.context["form"].errors) == ["category"]


def test_invitation_is_sent_once_unless_resent(desk, category):
    invited = make_invitation(category, language="ar")
    page = admin_url(Invitation, "changelist")
    assert told(act(desk, "send", invited, page=page)) == ["1 invitation sent."]
    first = refreshed(invited).sent_at
    assert [sent.to for sent in mail.outbox] == [[invited.email]]
    assert told(act(desk, "send", invited, page=page)) == [
        "1 invitation had already been sent, so it wasn’t sent again."
    ]
    assert len(mail.outbox) == 1
    assert refreshed(invited).sent_at == first
    act(desk, "send_again", invited, page=page)
    assert len(mail.outbox) == 2


def test_invitation_list_filters_by_registered(desk, category):
    came, silent = make_invitation(category), make_invitation(category)
    make_registration(category, user=make_user(came.email))
    page = admin_url(Invitation, "changelist")
    found = {
        answer: [one.email for one in desk.get(page, {"registered": answer}).context["cl"].queryset]
        for answer in ("yes", "no")
    }
    assert found == {"yes": [came.email], "no": [silent.email]}
