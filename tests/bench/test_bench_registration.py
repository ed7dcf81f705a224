"""A thousand people register for a hundred places, 32 of them at any moment: `make bench`.

The site runs as in production: gunicorn with gunicorn.conf.py, a PostgreSQL that flushes to disk,
emails in the queue. It shares the machine with the clients. A bare Django view that writes one
row in one transaction is measured for comparison. Other work on the machine slows both, and the
registrations more, since they wait for each other; the CPU time of gunicorn's workers stays.
"""

import contextlib
import http.client
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import environ
import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.db import connection
from django.db.models import F

from scripts import embedded_postgres
from symposium.accounts.models import User
from symposium.core.mail.models import Email
from symposium.registrations.models import Category, StateChange
from symposium.registrations.models.registrations import State
from tests.bench.server import Server, serving
from tests.bench.test_pages import machine
from tests.conftest import PROJECT
from tests.factories import make_category, make_question, make_user, make_workshop, open_edition

PEOPLE, PLACES, AT_ONCE = 1_000, 100, 32
REHEARSAL = 64  # the first requests load the templates
FOLDER = PROJECT / "var" / "postgres-bench"
CSRF = "c" * 32


@pytest.fixture
def database_url(django_db_blocker):
    """Start a database that waits for its disk, unlike the database of the tests."""
    own = connection.settings_dict
    with embedded_postgres.running(FOLDER) as url, django_db_blocker.unblock():
        connection.settings_dict = own | environ.Env.db_url_config(url)
        call_command("migrate", verbosity=0, interactive=False)
        yield url
        connection.close()
        connection.settings_dict = own
    embedded_postgres.remove(FOLDER)


@pytest.fixture
def site(database_url, tmp_path):
    with serving("tests.bench.bare:application", tmp_path, DATABASE_URL=database_url) as server:
        yield server


def test_thousand_people_for_a_hundred_places(site, capsys):
    category = an_edition("2030", places=PLACES)
    rehearse(site, an_edition("rehearsal", places=REHEARSAL // 2))
    people = [make_user() for _ in range(PEOPLE)]
    ours = measured(site, [registering(category, person) for person in people])
    bare = measured(site, [writing(category, number) for number in range(PEOPLE)])
    with capsys.disabled():
        print(f"\n\n{machine()}\n\n{table(ours, bare)}")
    made = category.registrations.all()
    assert ours["answers"] == {302: PEOPLE}
    assert bare["answers"] == {302: PEOPLE}
    assert category.invitations.count() == PEOPLE
    assert made.confirmed().count() == PLACES
    assert ranks(made) == list(range(1, PEOPLE - PLACES + 1))
    assert came(made) == came(made.confirmed()) + came(made.waiting())
    assert Email.objects.filter(to__in=[person.email for person in people]).count() == PEOPLE


def an_edition(slug: str, places: int) -> Category:
    """Create an edition with a realistic form: two categories, two workshops, two questions."""
    edition = open_edition(slug)
    for at in ("10:00", "14:00"):
        make_workshop(edition, at=at)
    make_question(edition, ("Tram", "Train"), kind="choices")
    make_question(edition)
    make_category(edition, name_fr="En ligne", on_site=False, online_access=True)
    return make_category(edition, name_fr="Sur place", places=places)


def rehearse(site: Server, category: Category) -> None:
    people = [make_user() for _ in range(REHEARSAL)]
    measured(site, [registering(category, person) for person in people])
    measured(site, [writing(category, number) for number in range(REHEARSAL)])


# What a browser sends


def registering(category: Category, person: User) -> tuple[str, str, dict]:
    """Return the path, the cookies and the form of a signed-in person who registers."""
    asked, free = category.edition.questions.order_by("pk")
    form = {
        "csrfmiddlewaretoken": CSRF,
        "given_name": "Salma",
        "family_name": "Médina",
        "given_name_ar": "سلمى",
        "family_name_ar": "المدينة",
        "affiliation": "Université Hassan-II",
        "role": "research",
        "country": "MA",
        "category": category.pk,
        f"question_{asked.pk}": asked.options.first().pk,
        f"question_{free.pk}": "Comment venir ?",
        "accessibility_needs": "",
        "consent": "on",
    }
    return f"/fr/{category.edition.slug}/register/", f"sessionid={signed_in(person)}", form


def signed_in(person: User) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return session.session_key


def writing(category: Category, number: int) -> tuple[str, str, dict]:
    form = {"csrfmiddlewaretoken": CSRF, "email": f"person{number}@example.org"}
    return f"/bare/{category.pk}", "bare=1", form


def measured(site: Server, requests: list[tuple[str, str, dict]]) -> dict:
    """Send the requests, 32 at any moment; return `answers` by status, and rates and times (ms)."""
    connection.close()
    started, computed = time.perf_counter(), site.cpu()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda request: sent(site.port, *request), requests))
    seconds = time.perf_counter() - started
    statuses = [status for status, _waited in answers]
    waited = sorted(waited for _status, waited in answers)
    return {
        "answers": {status: statuses.count(status) for status in statuses},
        "rate": len(requests) / seconds,
        "cpu": (site.cpu() - computed) / len(requests) * 1000,
        "p50": statistics.median(waited),
        "p99": waited[int(len(waited) * 0.99)],
        "max": waited[-1],
    }


def sent(port: int, path: str, cookies: str, form: dict) -> tuple[int, float]:
    """Send a request by a connection of its own, as from nginx; return status and milliseconds."""
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"{cookies}; csrftoken={CSRF}",
        "Origin": f"http://127.0.0.1:{port}",
    }
    started = time.perf_counter()
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as browser:
        browser.request("POST", path, urlencode(form), headers)
        response = browser.getresponse()
        response.read()
    return response.status, (time.perf_counter() - started) * 1000


# The results


def ranks(made) -> list[int]:
    """Return the queue numbers in the order in which they were given."""
    in_order = StateChange.objects.filter(registration__in=made, state=State.WAITING)
    return list(in_order.order_by("pk").values_list("registration__queue_number", flat=True))


def came(made) -> list[int]:
    """Return the primary keys of the registrations in the order of arrival."""
    return list(made.order_by(F("changes__pk")).values_list("pk", flat=True))


def table(ours: dict, bare: dict) -> str:
    lines = [
        "| | per second | CPU ms | p50 ms | p99 ms | max ms |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name, row in {"a registration": ours, "a bare view that writes a row": bare}.items():
        lines.append(
            f"| {name} | {row['rate']:.0f} | {row['cpu']:.1f} | {row['p50']:.0f} "
            f"| {row['p99']:.0f} | {row['max']:.0f} |"
        )
    return "\n".join(lines)
