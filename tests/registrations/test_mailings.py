"""Messages of organisers: each recipient gets them once, in their own language."""

from concurrent.futures import ThreadPoolExecutor

import html5lib
import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone, translation

from symposium.agenda import stars
from symposium.registrations import mailings as letters
from symposium.registrations import places, subscriptions
from symposium.registrations.admin import messages as desk_messages
from symposium.registrations.models import Message, Registration
from tests.factories import (
    make_category,
    make_organiser,
    make_registration,
    make_user,
    open_edition,
)
from tests.helpers.admin_forms import admin_url, told

pytestmark = pytest.mark.django_db

LIST = "/admin/symposium_registrations/registration/"
WORDS = {
    "subject_fr": "Le tram", "body_fr": "La ligne T1 est arrêtée.\n\nVenez à pied.",
    "subject_ar": "الترام", "body_ar": "الخط الأول متوقف.",
}  # fmt: skip


@pytest.fixture
def edition():
    return open_edition(is_current=True)


@pytest.fixture
def people(edition):
    """One registration for each language."""
    category = make_category(edition)
    found = [
        make_registration(category, user=make_user(f"{code}@example.org", language=code))
        for code in ("fr", "en", "ar")
    ]
    mail.outbox.clear()
    return found


@pytest.fixture
def desk(client):
    client.force_login(make_organiser(language="en"))
    return client


def write(client, people, step: str = "", **data):
    data |= {"action": "write", "_selected_action": [one.pk for one in people]}
    data |= {"decided": step} if step else {"index": 0}
    return client.post(LIST, data, follow=True)


def send(client, people, **words):
    seen = write(client, people, "preview", **words).context["seen"]
    return write(client, people, "send", seen=seen, **words)


def sent() -> list[tuple]:
    return [(one.to[0], one.subject) for one in mail.outbox]


def test_write_form_is_shown_first_without_sending(desk, people):
    page = write(desk, people)
    assert page.templates[0].name == "admin/symposium_registrations/registration/write.html"
    assert "previews" not in page.context
    assert sent() == []


def test_preview_equals_the_mail_in_each_language(desk, people):
    page = write(desk, people, "preview", **WORDS)
    shown = {one.language: one for one in page.context["previews"]}
    assert sent() == []
    assert Message.objects.count() == 0
    send(desk, people, **WORDS)
    by_reader = {one.to[0][:2]: one for one in mail.outbox}
    for code in ("fr", "en", "ar"):
        assert shown[code].number == 1
        assert (shown[code].mail.subject, shown[code].mail.body) == (
            by_reader[code].subject, by_reader[code].body
        )  # fmt: skip


def test_recipient_gets_their_language_or_the_first_available(desk, people):
    response = send(desk, people, **WORDS)
    assert told(response) == ["“Le tram” is being sent to 3 people."]
    assert sent() == [
        ("fr@example.org", "Le tram"), ("en@example.org", "Le tram"), ("ar@example.org", "الترام"),
    ]  # fmt: skip
    assert "الخط الأول متوقف" in mail.outbox[2].body
    message = Message.objects.get()
    assert set(message.recipients.all()) == set(people)
    assert LogEntry.objects.get().change_message == "“Le tram” is being sent to 3 people."


def test_message_subject_and_body_are_in_one_language():
    half = Message(subject_fr="Le tram", body_fr="Arrêté", subject_en="The tram", body_en="")
    assert letters.localized_message(half, "en") == {"subject": "Le tram", "body": "Arrêté"}


def test_message_form_sent_twice_sends_once(desk, people):
    seen = write(desk, people, "preview", **WORDS).context["seen"]
    for _turn in range(2):
        response = write(desk, people, "send", seen=seen, **WORDS)
    [said] = told(response)
    assert said.startswith("This message was already sent to these people at ")
    assert len(sent()) == 3
    assert Message.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_concurrent_message_forms_send_once(people):
    organiser = make_organiser()

    def send_one(_turn) -> bool:
        words = {"subject_fr": "Le tram", "body_fr": "Arrêté"}
        message = Message(edition=people[0].edition, by=organiser, **words)
        try:
            return letters.send(message, Registration.objects.all())[1]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(send_one, range(4))) == [False, False, False, True]
    assert len(sent()) == 3


def test_same_message_can_be_sent_to_other_people(desk, people):
    send(desk, people[:1], **WORDS)
    send(desk, people[1:], **WORDS)
    assert [len(one.recipients.all()) for one in Message.objects.order_by("pk")] == [1, 2]


def test_changed_message_or_recipients_require_a_new_preview(desk, people):
    seen = write(desk, people, "preview", **WORDS).context["seen"]
    other = WORDS | {"body_fr": "Autre chose"}
    page = write(desk, people, "send", seen=seen, **other)
    assert told(page) == ["The message or the recipients have changed. Check the preview again."]
    page = write(desk, people[:2], "send", seen=seen, **WORDS)
    assert told(page) == ["The message or the recipients have changed. Check the preview again."]
    assert sent() == []


def test_incomplete_message_is_refused(desk, people):
    page = write(desk, people, "preview", subject_fr="Le tram", body_ar="نص")
    assert page.context["form"].errors == {
        "body_fr": ["Enter a message."], "subject_ar": ["Enter a subject."]
    }  # fmt: skip
    page = write(desk, people, "preview")
    assert page.context["form"].non_field_errors() == [
        "Enter the subject and the message in at least one language."
    ]


def test_message_to_people_of_two_editions_is_refused(desk, people):
    elsewhere = make_registration()
    data = {"action": "write", "_selected_action": [people[0].pk, elsewhere.pk], "index": 0}
    response = desk.post(f"{LIST}?edition=all", data, follow=True)
    assert told(response) == ["Select people from one edition who have an account."]


def test_message_to_too_many_recipients_is_refused(desk, people, monkeypatch):
    monkeypatch.setattr(desk_messages, "MAX_READERS", 2)
    assert told(write(desk, people)) == ["Select no more than 2 at a time."]


def test_template_and_html_code_in_a_message_is_not_interpreted(desk, people):
    words = {"subject_fr": "{{ 7|add:7 }}", "body_fr": "<b>{% now 'Y' %}</b> {{ name }}"}
    page = write(desk, people, "preview", **words)
    assert "<b>{% now" not in page.content.decode()
    send(desk, people[:1], **words)
    assert mail.outbox[0].subject == "{{ 7|add:7 }}"
    html = mail.outbox[0].alternatives[0][0]
    assert "&lt;b&gt;{% now" in html


LINKS = [
    "https://zoom.us/j/12345?pwd=abc&x=1#top",
    "http://www.example.org:8080/plan_(v1.2.3).pdf",
    "https://مثال.المغرب/خريطة",
    "info+salle@maps.example.org",
]


@pytest.mark.parametrize(
    "sentence", ["{}", "Voir {}.", "(voir {})", "« {} »، ثم {}؛", "Node.js {}\nB.12"]
)
def test_links_in_an_organiser_message_are_active_and_unchanged(desk, people, sentence):
    body = "\n\n".join(sentence.replace("{}", link) for link in LINKS)
    send(desk, people[:1], subject_fr="Salle B.12, v1.2.3", body_fr=body)
    [message] = mail.outbox
    html = html5lib.parse(message.alternatives[0][0], namespaceHTMLElements=False)
    for link in LINKS:
        targets = [a.get("href") for a in html.iter("a") if a.text == link]
        target = link if "://" in link else f"mailto:{link}"
        assert targets == [target] * body.count(link)
    assert (body in message.body, "\u2060" in message.body) == (True, False)
    assert message.subject == "Salle B.12, v1.2.3"


def test_hostile_recipient_name_is_defused_in_an_organiser_message(desk, people):
    Registration.objects.filter(pk=people[0].pk).update(given_name="evil.com", family_name="x@y.zz")
    send(desk, people[:1], subject_fr="Salle", body_fr="Voir https://example.org/ et x@y.zz")
    [message] = mail.outbox
    assert "evil.\u2060com x@\u2060y.\u2060zz" in message.body
    assert message.alternatives[0][0].count('href="mailto:x@y.zz"') == 1


# Unsubscribing


def test_one_click_unsubscribes_and_resubscribes(desk, people, client):
    reader = people[1]
    send(desk, [reader], **WORDS)
    headers = mail.outbox[0].extra_headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = headers["List-Unsubscribe"].strip("<>")
    assert address.startswith("http://testserver/en/my/messages/")
    assert address in mail.outbox[0].body
    program = Client(enforce_csrf_checks=True)  # like a mail program: no cookie, no token
    assert program.get(address).status_code == 200
    assert letters.recipients(Registration.objects.all()).count() == 3
    assert program.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert list(letters.recipients(Registration.objects.all())) == [people[2], people[0]]
    assert "1 of them has opted out" in write(desk, people).content.decode()
    mail.outbox.clear()
    send(desk, people, **{**WORDS, "subject_fr": "Autre"})
    assert [one.to[0][:2] for one in mail.outbox] == ["fr", "ar"]
    page = program.post(address, {"answer": "receive"})
    assert "You get the organisers" in page.content.decode()
    assert letters.recipients(Registration.objects.all()).count() == 3


@pytest.mark.parametrize("change", [{"user": None}, {"anonymised_at": timezone.now()}])
def test_unsubscribe_link_of_an_erased_person_is_404(people, client, change):
    with translation.override("fr"):
        address = subscriptions.unsubscribe_url(people[0])
    Registration.objects.filter(pk=people[0].pk).update(state="cancelled", **change)
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("token", ["x", "WyJyZWdpc3RyYXRpb24iLDFd:x", "%00"])
def test_forged_unsubscribe_link_is_refused(client, token):
    assert client.get(f"/fr/my/messages/{token}/").status_code in (400, 404)


def test_unsubscribe_link_stops_starred_session_mails(client):
    user = make_user()
    stars.set_change_mails(user, wants=True)
    address = subscriptions.unsubscribe_url(user.agenda)
    client.post(address)
    assert stars.agenda_of(user).wants_mail is False
    client.post(address, {"answer": "receive"})
    assert stars.agenda_of(user).wants_mail is True


def test_registration_without_account_gets_no_message(desk, people):
    gone = people[0]
    places.cancel(gone)
    mail.outbox.clear()
    type(gone).objects.filter(pk=gone.pk).update(user=None)
    response = send(desk, people, **WORDS)
    assert told(response) == ["“Le tram” is being sent to 2 people."]


def test_message_action_requires_its_own_permission(client, people):
    user = make_user(is_staff=True, language="en")
    codenames = ["view_registration", "change_registration"]
    user.user_permissions.add(*Permission.objects.filter(codename__in=codenames))
    client.force_login(user)
    write(client, people, "preview", **WORDS)
    assert told(write(client, people)) == ["No action selected."]
    user.user_permissions.add(Permission.objects.get(codename="message_registration"))
    assert send(client, people, **WORDS).status_code == 200
    assert len(sent()) == 3


def test_message_list_links_to_the_recipients(desk, people):
    send(desk, people[:2], **WORDS)
    message = Message.objects.get()
    page = desk.get(admin_url(Message, "changelist")).content.decode()
    chosen = f"?edition=all&amp;messages__id__exact={message.pk}"
    assert f'<a href="{LIST}{chosen}">2</a>' in page
    found = desk.get(LIST, {"edition": "all", "messages__id__exact": message.pk}).context["cl"]
    assert found.result_count == 2
    assert "La ligne T1" in desk.get(admin_url(message)).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_message_query_count_per_recipient_is_constant(
    edition, count, django_assert_num_queries, settings
):
    settings.EMAIL_BACKEND = "symposium.core.mail.queue.QueueBackend"
    category = make_category(edition)
    for _number in range(count):
        make_registration(category)
    message = Message(edition=edition, by=None, subject_fr="Le tram", body_fr="Arrêté")
    with django_assert_num_queries(7 + 2 * count):
        letters.send(message, edition.registrations.all())
