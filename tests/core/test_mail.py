"""Composition of mails: language, text and HTML parts, and texts written by strangers."""

import datetime
import email
import re
import zoneinfo

import html5lib
import pytest
from django.core import mail as django_mail
from django.core.mail import BadHeaderError, EmailMessage, send_mail
from django.db import transaction
from django.utils.translation import gettext_lazy

from symposium.core import mail
from symposium.core.mail.composing import one_line
from symposium.core.mail.models import Email
from symposium.editions.models import Edition

JOINER = "\u2060"
SITE = "http://testserver"
HTML = "{http://www.w3.org/1999/xhtml}"
# Texts that mail programs turn into links without being asked.
LINKS = re.compile(
    r"(?:https?|ftp|file):/|(?:mailto|tel|javascript|data):\S|\\\\\w|www\.\w|\w@\w|\w[.。．]\w\w",
    re.IGNORECASE,
)
ODD = [
    "O'Brien & <Söhne>",
    "=1+1",
    "{{7*7}}",
    '{% include "base" %}',
    "{% debug %}",
    "{# gone #}",
    "{user}",
    "%s %(name)s",
    "<img src=x onerror=alert(1)>",
    "أحمد بن صالح",
]
LURES = [
    "{user.password}",
    "</p><a href='http://evil.com'>click</a>",
    "http://evil.com/reset",
    "HTTPS://EVIL.COM",
    "//evil.com",
    "www.evil.com",
    "evil.com",
    "evil。com",
    "evil．com",
    "you@evil.com",
    "mailto:you",
    "tel:+212600000000",
    "tel:0600000000",
    "javascript:alert(1)",
    r"\\evil\share",
    "[click](http://evil.com)",
]
HOSTILE = ODD + LURES


@pytest.fixture
def template(settings, tmp_path):
    """Write the subject and the body of a mail named “hello”; return the function that does so."""
    engine = settings.TEMPLATES[0]
    settings.TEMPLATES = [engine | {"DIRS": [*engine["DIRS"], tmp_path]}]

    def write(subject: str, body: str) -> None:
        (tmp_path / "hello_subject.txt").write_text(subject)
        (tmp_path / "hello_body.txt").write_text(body)

    write("Hello {{ name }}", "Dear {{ name }},\n\nwelcome.")
    return write


@pytest.fixture
def outbox(settings, db):
    settings.EMAIL_BACKEND = "symposium.core.mail.queue.QueueBackend"


def sent(*, language="en", template="hello", **context):
    """Send a mail and return it from Django's test outbox."""
    mail.send(to="salma@example.org", language=language, template=template, context=context)
    return django_mail.outbox[-1]


def html_of(message) -> str:
    [(html, _kind)] = message.alternatives
    return html


def links(message) -> list[str]:
    page = html5lib.parse(html_of(message))
    return [link.get("href") for link in page.iter(f"{HTML}a")]


def shown(message) -> str:
    """Return the paragraphs of the HTML part, as a reader sees them."""
    page = html5lib.parse(html_of(message))
    paragraphs = ("".join(paragraph.itertext()) for paragraph in page.iter(f"{HTML}p"))
    return "\n\n".join(paragraph.strip() for paragraph in paragraphs)


def test_mail_has_text_and_html_parts_and_headers(template):
    mail.send(
        to="salma@example.org", language="en", template="hello", reply_to="contact@example.org",
        attachments=["ticket:7K4Q2M9XTB", "calendar:7K4Q2M9XTB"],
        context={
            "name": "Salma", "edition_name": "Symposium 2021",
            "action_url": f"{SITE}/en/my/", "action_label": "My registration",
        },
    )  # fmt: skip
    [message] = django_mail.outbox
    assert (message.to, message.reply_to, message.subject) == (
        ["salma@example.org"], ["contact@example.org"], "Hello Salma",
    )  # fmt: skip
    assert message.attachment_names == ["ticket:7K4Q2M9XTB", "calendar:7K4Q2M9XTB"]
    assert message.body == (
        "Dear Salma,\n\nwelcome.\n\nMy registration\nhttp://testserver/en/my/\n\n"
        "-- \nSymposium 2021\nhttp://testserver\n"
    )
    assert shown(message) == "Dear Salma,\n\nwelcome.\n\nSymposium 2021http://testserver"
    assert message.from_email == "Symposium 2021 <contact@example.org>"
    assert links(message) == [f"{SITE}/en/my/", SITE]


@pytest.mark.parametrize(("language", "direction"), [("fr", "ltr"), ("en", "ltr"), ("ar", "rtl")])
def test_mail_is_in_the_language_of_its_recipient(template, language, direction):
    template("{{ when|date:'F' }}", "{{ word }}")
    when = datetime.date(2021, 6, 9)
    message = sent(language=language, when=when, word=gettext_lazy("Search"))
    subject = {"fr": "juin", "en": "June", "ar": "يونيو"}[language]
    word = {"fr": "Rechercher", "en": "Search", "ar": "بحث"}[language]
    assert (message.subject, message.body.splitlines()[0]) == (subject, word)
    marked = re.findall(r'<\w+[^>]* lang="(\w+)" dir="(\w+)"', html_of(message))
    assert marked == [(language, direction)] * 2


def test_mail_dates_use_the_edition_time_zone(template):
    template("Hello", "{{ at|date:'H:i' }}")
    noon = datetime.datetime(2021, 6, 9, 12, tzinfo=datetime.UTC)
    for zone, hour in [(None, "13:00"), (zoneinfo.ZoneInfo("Asia/Tokyo"), "21:00")]:
        mail.send(
            to="a@example.org", language="en", template="hello", context={"at": noon}, zone=zone
        )
        assert django_mail.outbox[-1].body.splitlines()[0] == hour


def test_html_part_embeds_its_style_and_loads_nothing(template):
    html = html_of(sent(name="Salma"))
    assert html.count("<style>") == 1
    assert ".mail .action a {" in html
    assert re.findall(r"\ssrc=|url\(|@import|<link|<script", html) == []


def test_own_urls_become_links_longest_first(template):
    template(
        "Hello", "See {{ my_url }} or\n{{ pdf_url }}.\n{% for s in all %}{{ s.a_url }}{% endfor %}"
    )
    message = sent(
        my_url=f"{SITE}/en/my/", pdf_url=f"{SITE}/en/my/a.pdf",
        all=[{"a_url": "https://example.org/?a=1&b=2"}],
    )  # fmt: skip
    assert links(message) == [
        f"{SITE}/en/my/", f"{SITE}/en/my/a.pdf", "https://example.org/?a=1&b=2", SITE,
    ]  # fmt: skip
    assert shown(message).startswith("See http://testserver/en/my/ orhttp://")


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "/en/my/", "//evil.com", "http:evil", "https://a.org/ b", 'http://a/"'],
)
def test_relative_action_url_is_refused(template, url):
    with pytest.raises(ValueError, match="action_url is not a whole address"):
        sent(name="Salma", action_url=url)


def test_model_instance_in_mail_context_is_refused(template):
    with pytest.raises(TypeError, match="edition is <class"):
        sent(name="Salma", edition=Edition(slug="2021"))
    assert django_mail.outbox == []


# Texts of strangers


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_name_makes_no_link_or_tag(template, name):
    message = sent(name=name, action_url=f"{SITE}/en/my/", action_label="Go")
    plain = message.body.split("\n")[0]
    assert plain.replace(JOINER, "") == f"Dear {name},"
    assert message.subject.replace(JOINER, "") == f"Hello {name}"
    assert shown(message).split("\n")[0].replace(JOINER, "") == f"Dear {name},"
    for words in (plain, message.subject, shown(message).split("\n")[0]):
        assert LINKS.findall(words) == []
    assert links(message) == [f"{SITE}/en/my/", SITE]
    tags = {element.tag for element in html5lib.parse(html_of(message)).iter()}
    assert tags & {f"{HTML}img", f"{HTML}script"} == set()


def test_hostile_names_match_link_pattern_unescaped():
    """Negative control of the test above: its pattern finds the links in the unchanged names."""
    assert [name for name in HOSTILE if LINKS.search(name)] == LURES


@pytest.mark.parametrize("place", ["list", "dict", "key", "pairs", "lazy"])
def test_hostile_name_is_defused_anywhere_in_the_context(template, place):
    template("Hello", "{{ thing }}")
    evil = "www.evil.com"
    thing = {
        "list": [evil], "dict": {"name": evil}, "key": {evil: 1}, "pairs": [("a", [evil])],
        "lazy": gettext_lazy(evil),
    }[place]  # fmt: skip
    words = sent(thing=thing).body.split("\n")[0]
    assert (LINKS.findall(words), words.count("evil")) == ([], 1)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Salma\r\nBcc: all@example.org", f"Salma Bcc: all@{JOINER}example.{JOINER}org"),
        ("Salma\n\n-- \nPay here", "Salma -- Pay here"),
        ("Sal\x00ma\x1b\u2028", "Salma"),
        ("\u202egnp.exe\u202c \u2066x\u2069", f"gnp.{JOINER}exe x"),
        ("a\ud800b", "ab"),
        ("\u200fأحمد\u200f", "\u200fأحمد\u200f"),
        ("x" * 10_000, "x" * 499 + "…"),
        ("", ""),
    ],
)
def test_multiline_name_is_reduced_to_one_line(template, name, kept):
    message = sent(name=name)
    assert message.body.split("\n")[0] == f"Dear {kept},"
    assert message.subject == one_line(f"Hello {kept}", 150)
    headers = email.message_from_bytes(message.message().as_bytes()).keys()
    assert headers == [
        "Content-Type", "MIME-Version", "Subject", "From", "To", "Date", "Message-ID",
    ]  # fmt: skip


def test_mail_text_preserves_its_lines(template):
    template("Hello", "{{ reason_text }}")
    message = sent(reason_text="One\r\nwww.evil.com\n\nTwo\u202e")
    assert message.body.startswith(f"One\nwww.{JOINER}evil.{JOINER}com\n\nTwo\n\n-- \n")


def test_times_and_numbers_are_unchanged_in_mail(template):
    template("Hello", "{{ when }}; {{ count }}; {{ none }}; {{ yes }}")
    message = sent(when="9 June, 10:30–12:00", count=3, none=None, yes=True)
    assert message.body.split("\n")[0] == "9 June, 10:30–12:00; 3; None; True"


# The queue


@pytest.mark.usefixtures("outbox")
@pytest.mark.parametrize("name", HOSTILE)
def test_queue_keeps_the_text_unchanged(template, name):
    mail.send(to="salma@example.org", language="en", template="hello", context={"name": name})
    kept = Email.objects.get()
    assert kept.subject.replace(JOINER, "") == f"Hello {name}"
    assert kept.text.replace(JOINER, "").startswith(f"Dear {name},\n\nwelcome.\n")
    assert kept.html.count("<p>") == 3


@pytest.mark.usefixtures("outbox")
def test_queue_keeps_what_is_needed_to_send(template):
    mail.send(
        to="salma@example.org", language="en", template="hello", context={"name": "Salma"},
        attachments=["ticket:A"], reply_to="contact@example.org",
    )  # fmt: skip
    kept = Email.objects.get()
    assert (kept.to, kept.from_email, kept.status, kept.attachments) == (
        "salma@example.org", "contact@example.org", "queued", ["ticket:A"],
    )  # fmt: skip
    assert re.fullmatch(r"<[\w.]+@testserver>", kept.headers.pop("Message-ID"))
    assert kept.headers == {
        "Auto-Submitted": "auto-generated",
        "Reply-To": "contact@example.org",
    }


@pytest.mark.usefixtures("outbox")
def test_mail_priority_is_code_then_ticket_then_reminder(template):
    for bulk in (True, False):
        mail.send(
            to="a@example.org", language="en", template="hello", context={"name": "A"}, bulk=bulk
        )
    send_mail("Code", "123456", None, ["a@example.org"])
    priorities = Email.objects.order_by("pk").values_list("priority", flat=True)
    assert list(priorities) == [Email.Priority.LOW, Email.Priority.MEDIUM, Email.Priority.HIGH]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("outbox")
def test_rollback_discards_mail(template):
    def write(succeeds: bool) -> None:
        with transaction.atomic():
            mail.send(to="a@example.org", language="en", template="hello", context={"name": "A"})
            if not succeeds:
                raise RuntimeError

    with pytest.raises(RuntimeError):
        write(succeeds=False)
    assert Email.objects.count() == 0
    write(succeeds=True)
    assert Email.objects.count() == 1


@pytest.mark.usefixtures("outbox")
def test_queue_refuses_a_header_of_two_lines():
    with pytest.raises(BadHeaderError):
        EmailMessage("a\nBcc: b@example.org", "…", to=["a@example.org"]).send()
    with pytest.raises(BadHeaderError):
        EmailMessage("a", "…", to=["a@example.org"], reply_to=["b@c.org\nBcc: d@e.org"]).send()
    assert Email.objects.count() == 0


@pytest.mark.usefixtures("outbox")
def test_queue_refuses_files():
    message = EmailMessage("Ticket", "…", to=["a@example.org"])
    message.attach("ticket.pdf", b"%PDF", "application/pdf")
    with pytest.raises(ValueError, match="attachments"):
        message.send()


@pytest.mark.usefixtures("outbox")
def test_queue_refuses_several_readers_in_one_email():
    with pytest.raises(ValueError, match="too many values"):
        send_mail("Code", "123456", None, ["a@example.org", "b@example.org"])
    assert Email.objects.count() == 0
