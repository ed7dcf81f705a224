"""Readers and registrations, all the time that a block lasts: what they were answered.

The traffic goes to the loopback of a machine (machine.py), in whose network this file runs as a
program. It is bounded: PEOPLE registrations, MAX_SECONDS.
"""

import contextlib
import http.client
import itertools
import json
import re
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from urllib.parse import urlencode

PEOPLE = 1_500
MAX_SECONDS = 420
READS_A_SECOND = 12
REGISTRATIONS_A_SECOND = 4
STYLESHEET = re.compile(r'href="(/static/css/portal\.[^"]+)"')
# Run by manage.py: an edition that takes registrations, and people who are signed in.
PREPARATION = """
import datetime, json
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone
from symposium.accounts.models import User
from symposium.editions.models import Edition, Page
from symposium.registrations.models import Category
today = timezone.localdate()
edition = Edition.objects.create(
    slug="crowd", name_fr="Colloque", short_name_fr="Colloque", city_fr="Casablanca",
    starts_on=today + datetime.timedelta(days=30), ends_on=today + datetime.timedelta(days=31),
    is_published=True, is_current=True, registration_opens_at=timezone.now(),
)
Page.objects.create(edition=edition, slug=Page.PRIVACY, title_fr="Confidentialite", body_fr="Texte")
category = Category.objects.create(edition=edition, name_fr="Public")
users = User.objects.bulk_create(
    User(email=f"person{n}@example.org", password="!") for n in range(PEOPLE)
)
store = SessionStore()
sessions = Session.objects.bulk_create(
    Session(
        session_key=store._get_new_session_key(),
        expire_date=timezone.now() + datetime.timedelta(days=1),
        session_data=store.encode({
            SESSION_KEY: str(user.pk), HASH_SESSION_KEY: user.get_session_auth_hash(),
            BACKEND_SESSION_KEY: "django.contrib.auth.backends.ModelBackend",
        }),
    )
    for user in users
)
print(json.dumps({"category": category.pk, "sessions": [one.session_key for one in sessions]}))
""".replace("PEOPLE", str(PEOPLE))


def prepare(machine) -> dict:
    """Create the edition and the people; return what `running` needs."""
    printed = machine.run("symposium", "shell", "--verbosity=0", "-c", PREPARATION).stdout
    return json.loads(printed.splitlines()[-1])


@contextlib.contextmanager
def running(machine, domain: str, plan: dict) -> Iterator[dict]:
    """Send traffic while the block runs; yield a dictionary filled in at its end.

    `requests`: how many; `failed`: what was answered to those that failed; `registered`: how many
    people were told that they are; they leave the plan.
    """
    found: dict = {}
    process = subprocess.Popen(
        [*machine.inside("--net"), sys.executable, __file__, domain],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    process.stdin.write(json.dumps(plan) + "\n")
    process.stdin.flush()
    process.stdout.readline()  # it has begun
    try:
        yield found
    finally:
        printed, _ = process.communicate("stop\n")
    found |= json.loads(printed)
    del plan["sessions"][: found["used"]]


# The program


class Visitors:
    """Threads that read and register at an even pace until told to stop."""

    def __init__(self, domain: str, plan: dict):
        self.domain = domain
        self.plan = plan
        self.sessions = iter(plan["sessions"])
        self.used = itertools.count()
        self.stopped = threading.Event()
        self.lock = threading.Lock()
        self.requests, self.registered, self.failed = 0, 0, []
        self.slowest = 0.0

    def run(self) -> dict:
        threads = [threading.Thread(target=self.repeat, args=[self.read, READS_A_SECOND])]
        threads += [threading.Thread(target=self.repeat, args=[self.register, 1])
                    for _ in range(REGISTRATIONS_A_SECOND)]  # fmt: skip
        threads += [threading.Thread(target=self.repeat, args=[self.see_form, 2])]
        timer = threading.Timer(MAX_SECONDS, self.stopped.set)
        timer.start()
        for thread in threads:
            thread.start()
        print("begun", flush=True)
        sys.stdin.readline()
        self.stopped.set()
        timer.cancel()
        for thread in threads:
            thread.join()
        return {"requests": self.requests, "failed": self.failed, "registered": self.registered,
                "used": next(self.used), "slowest": round(self.slowest, 2)}  # fmt: skip

    def repeat(self, visit, a_second: int) -> None:
        while not self.stopped.wait(1 / a_second):
            visit()

    def read(self) -> None:
        """Read a public page, then the stylesheet that it names."""
        page = self.ask("GET", "/fr/crowd/")
        if page and (named := STYLESHEET.search(page)):
            self.ask("GET", named[1])

    def see_form(self) -> None:
        """Read a page that nobody stores."""
        self.ask("GET", "/fr/crowd/register/")

    def register(self) -> None:
        with self.lock:
            session = next(self.sessions, None)
            if session:
                next(self.used)
        if session is None:
            return
        token = "a" * 32
        form = {
            "csrfmiddlewaretoken": token, "given_name": "Salma", "family_name": "Médina",
            "affiliation": "", "role": "research", "country": "MA", "consent": "on",
            "category": self.plan["category"],
        }  # fmt: skip
        headers = {
            "Cookie": f"sessionid={session}; csrftoken={token}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Referer": f"https://{self.domain}/fr/crowd/register/",
        }
        answer = self.ask("POST", "/fr/crowd/register/", urlencode(form), headers, expected=302)
        with self.lock:
            self.registered += answer is not None

    def ask(self, method, path, body=None, headers=None, *, expected=200) -> str | None:
        """Return the answer, or None if it is not the expected one: it failed then."""
        started = time.monotonic()
        context = ssl._create_unverified_context()  # noqa: S323 (its own certificate)
        line = http.client.HTTPSConnection("127.0.0.1", timeout=60, context=context)
        try:
            line.request(method, path, body, {"Host": self.domain} | (headers or {}))
            answer = line.getresponse()
            text, fault = answer.read().decode(), ""
            if answer.status != expected:
                fault = f"{method} {path}: {answer.status}"
        except OSError as error:
            text, fault = "", f"{method} {path}: {error!r}"
        finally:
            line.close()
        with self.lock:
            self.requests += 1
            self.slowest = max(self.slowest, time.monotonic() - started)
            if fault:
                self.failed.append(fault)
        return None if fault else text


if __name__ == "__main__":
    given = json.loads(sys.stdin.readline())
    print(json.dumps(Visitors(sys.argv[1], given).run()))
