"""Emails with news: sent once, after a preview, to the registered people who accept messages."""

import datetime

import pytest
from django.contrib.auth.models import Permission
from django.core import mail
from django.db import IntegrityError
from django.utils import timezone

from symposium.core.i18n.markdown import to_letter
from symposium.editions.models import News
from symposium.registrations import mailings, places
from symposium.registrations.admin import news as desk_news
from symposium.registrations.models import Message, Registration
from tests.factories import (
    make_category,
    make_news,
    make_organiser,
    make_registration,
    make_user,
    open_edition,
    refreshed,
)
from tests.helpers.admin_forms import admin_url, told
from tests.helpers.database_errors import refused_by

pytestmark = pytest.mark.django_db
LIST = "/admin/symposium_editions/news/"
WORDS = {
    "title_fr": "Le tram", "body_fr": "Venez à pied. [Plan](../../pages/practical/)",
    "title_en": "The tram", "body_en": "Come on foot.",
    "title_ar": "الترام", "body_ar": "تعالوا مشيًا.",
}  # fmt: skip


@pytest.fixture
def edition():
    return open_edition("2026", is_current=True)


@pytest.fixture
def item(edition):
    return make_news(edition, slug="tram", **WORDS)


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


def email(client, *items, **data):
    data |= {"action": "email", "_selected_action": [one.pk for one in items], "index": 0}
    return client.post(LIST, data, follow=True)


def send(client, item):
    return email(client, item, decided="send", seen=email(client, item).context["seen"])


def sent() -> list[tuple]:
    return [(one.to[0], one.subject) for one in mail.outbox]


def test_preview_has_the_number_and_sends_nothing(desk, item, people):
    page = email(desk, item)
    assert "3 registered people will get this email, once." in page.content.decode()
    assert [(one.language, one.number) for one in page.context["previews"]] == [
        ("fr", 1), ("en", 1), ("ar", 1)
    ]  # fmt: skip
    assert (sent(), Message.objects.count()) == ([], 0)


def test_news_is_sent_in_the_reader_language_with_its_page(desk, item, people):
    previews = {one.language: one.mail.body for one in email(desk, item).context["previews"]}
    assert told(send(desk, item)) == ["“The tram” is being sent to 3 people."]
    assert sent() == [
        ("fr@example.org", "Le tram"), ("en@example.org", "The tram"), ("ar@example.org", "الترام"),
    ]  # fmt: skip
    for code, one in zip(("fr", "en", "ar"), mail.outbox, strict=True):
        assert one.body == previews[code]
        assert f"http://testserver/{code}/2026/news/tram/" in one.body
        assert "List-Unsubscribe" in one.extra_headers
    assert "Plan (http://testserver/fr/2026/pages/practical/)" in mail.outbox[0].body
    assert set(Message.objects.get(news=item).recipients.all()) == set(people)


def test_news_is_sent_once(desk, item, people):
    send(desk, item)
    mail.outbox.clear()
    (sentence,) = told(email(desk, item))
    assert sentence.startswith("“The tram” was already emailed: ")
    again = mailings.news_message(item, make_organiser())
    registrations = item.edition.registrations.all()
    assert mailings.send(again, registrations) == (Message.objects.get(), False)
    assert sent() == []
    with pytest.raises(IntegrityError):
        Message.objects.create(edition=item.edition, news=item, subject_fr="x", body_fr="x")


def test_message_emails_news_of_its_edition(edition):
    other = make_news(open_edition("2027"), slug="bus", **WORDS)
    with refused_by("message_news_same_edition"):
        Message.objects.create(edition=edition, news=other, subject_fr="x", body_fr="x")


def test_deleted_news_leaves_the_message(desk, item, people):
    send(desk, item)
    News.objects.all().delete()
    assert refreshed(Message.objects.get()).news is None


def test_only_active_registrations_that_take_messages_get_news(desk, item, people):
    places.cancel(people[0])
    Registration.objects.filter(pk=people[1].pk).update(takes_messages=False)
    mail.outbox.clear()
    page = email(desk, item)
    assert "1 registered person will get this email, once." in page.content.decode()
    assert "1 other person has opted out" in page.content.decode()
    send(desk, item)
    assert sent() == [("ar@example.org", "الترام")]


def test_other_editions_get_nothing(desk, item, people):
    other = make_registration(make_category(open_edition()))
    mail.outbox.clear()
    send(desk, item)
    assert other.user.email not in [one.to[0] for one in mail.outbox]


@pytest.mark.parametrize(
    "published_at", [None, timezone.now() + datetime.timedelta(days=1)], ids=["draft", "future"]
)
def test_news_that_is_not_public_is_not_sent(desk, item, people, published_at):
    News.objects.update(published_at=published_at)
    assert told(email(desk, item)) == ["“The tram” isn’t public yet. Publish it first."]
    News.objects.update(published_at=timezone.now())
    seen = email(desk, item).context["seen"]
    News.objects.update(published_at=published_at)
    email(desk, item, decided="send", seen=seen)
    assert sent() == []


def test_changed_news_needs_a_new_preview(desk, item, people):
    seen = email(desk, item).context["seen"]
    News.objects.update(body_fr="Autre")
    page = email(desk, item, decided="send", seen=seen)
    assert told(page) == ["The message or the recipients have changed. Check the preview again."]
    assert sent() == []


def test_refusals_have_sentences(desk, item, monkeypatch):
    assert told(email(desk, item)) == ["Nobody registered takes messages."]
    assert told(email(desk, item, make_news(item.edition))) == ["Choose one news item."]
    for _number in range(2):
        make_registration(make_category(item.edition))
    monkeypatch.setattr(desk_news, "MAX_READERS", 1)
    assert told(email(desk, item)) == ["News can be emailed to 1 people at most."]


def test_writer_without_the_permission_of_messages_cannot_send(client, item, people):
    writer = make_user(is_staff=True)
    writer.user_permissions.set(Permission.objects.filter(codename__endswith="_news"))
    client.force_login(writer)
    assert client.get(admin_url(item)).status_code == 200
    email(client, item, decided="send", seen="x")
    assert (sent(), Message.objects.count()) == ([], 0)


def test_list_and_form_show_when_news_was_emailed(desk, item, people):
    send(desk, item)
    Message.objects.update(sent_at=datetime.datetime(2026, 5, 4, 9, tzinfo=datetime.UTC))
    for page in (LIST, admin_url(item)):
        assert "4 May 2026, 10:00" in desk.get(page).content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_news_list_query_count_is_constant(desk, edition, django_assert_num_queries, number):
    for _number in range(number):
        make_news(edition)
    desk.get(LIST)
    with django_assert_num_queries(6):
        desk.get(LIST)


@pytest.mark.parametrize(
    ("text", "letter"),
    [
        ("## Titre\n\nUn *mot*\nde plus.", "Titre\n\nUn mot\nde plus."),
        ("Avant\n\n- un\n- deux\n\nAprès", "Avant\n- un\n- deux\n\nAprès"),
        ("3. un\n4. deux", "3. un\n4. deux"),
        ("[ici](../x/)", "ici (https://example.org/fr/x/)"),
        ("[a@b.org](mailto:a@b.org) [nous](mailto:a@b.org)", "a@b.org nous (a@b.org)"),
        ("<https://b.org/>", "https://b.org/"),
        ("<b>gras</b>", "<b>gras</b>"),
    ],
)
def test_markdown_becomes_a_letter(text, letter):
    assert to_letter(text, "https://example.org/fr/news/") == letter


def test_unsubscribed_reader_gets_no_news(desk, client, item, people):
    """The link of the email ends such messages, as for every message of the organisers."""
    send(desk, item)
    address = mail.outbox[0].extra_headers["List-Unsubscribe"].strip("<>")
    client.logout()
    client.post(address.removeprefix("http://testserver"))
    assert refreshed(people[0]).takes_messages is False
