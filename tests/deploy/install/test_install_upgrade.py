"""`deploy/upgrade` while people read and register: nobody notices, and nothing is lost."""

import json

import pytest

from tests.conftest import PROJECT
from tests.deploy.install import traffic
from tests.deploy.install.installations import DOMAIN, SOURCE, Installation, former, installed

# The first commit of main that knows `backup`, `doctor` and `setup_link`: 12 migrations ago.
FORMER = "33f3cd4"
NEXT = "/root/next"


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    folder = tmp_path_factory.mktemp("machine")
    with installed(folder, former(FORMER, folder)) as installation:
        yield installation


@pytest.fixture(scope="module")
def plan(portal) -> dict:
    return traffic.prepare(portal.machine)


def registrations(portal: Installation) -> int:
    count = "SELECT count(*) FROM symposium_registrations_registration"
    printed = portal.machine.run(
        "runuser", "-u", "postgres", "--", "psql", "-tA", "symposium", "-c", count
    )
    return int(printed.stdout)


def ready(portal: Installation) -> dict:
    return json.loads(portal.curl("/readyz"))


def test_plain_restart_loses_requests(portal, plan):
    """The negative control: without the socket, the same traffic finds nobody."""
    names = "symposium.socket symposium@current.service"
    with traffic.running(portal.machine, DOMAIN, plan) as found:
        portal.machine.shell(f"systemctl stop {names}; systemctl start {names}")
    print(found)
    assert len(found["failed"]) > 0
    assert registrations(portal) == found["registered"] > 0


def test_upgrade_is_not_noticed(portal, plan):
    portal.machine.put(PROJECT, NEXT)
    before = registrations(portal)
    with traffic.running(portal.machine, DOMAIN, plan) as found:
        printed = portal.machine.run(f"{NEXT}/deploy/upgrade").stdout
    print(found, printed)
    assert found["failed"] == []
    assert registrations(portal) - before == found["registered"] > 0
    assert portal.version() != "0.9.0"
    assert (ready(portal)["migrations"], ready(portal)["worker"]) == ("ok", "ok")


def test_release_that_does_not_start_is_never_seen(portal, plan):
    """It answers when it is tried, and not when it is switched to: the former one comes back."""
    was = portal.version()
    portal.machine.shell(
        f"cd /srv/symposium/releases; cp --archive {was} broken;"
        " echo 'if \"BIND\" not in os.environ: sys.exit(1)' >>broken/gunicorn.conf.py"
    )
    before = registrations(portal)
    with traffic.running(portal.machine, DOMAIN, plan) as found:
        done = portal.machine.run(f"{NEXT}/deploy/upgrade", "broken", check=False)
    print(found, done.stdout, done.stderr)
    assert (done.returncode, portal.version()) == (1, was)
    assert f"{was} is back" in done.stderr
    assert found["failed"] == []
    assert registrations(portal) - before == found["registered"] > 0


def test_release_that_is_not_ready_is_not_switched_to(portal):
    was = portal.version()
    portal.machine.shell(
        f"cd /srv/symposium/releases; rm -rf broken; cp --archive {was} broken;"
        " sed -i 's/status=200 if ready/status=503 if ready/' broken/symposium/website/health.py"
    )
    done = portal.machine.run(f"{NEXT}/deploy/upgrade", "broken", check=False)
    assert (done.returncode, portal.version()) == (1, was)
    assert "Nothing was switched" in done.stderr


def test_former_release_comes_back_by_its_name(portal, plan):
    before = registrations(portal)
    with traffic.running(portal.machine, DOMAIN, plan) as found:
        portal.machine.run(f"{SOURCE}/deploy/upgrade", "0.9.0")
    print(found)
    assert (portal.version(), found["failed"]) == ("0.9.0", [])
    assert registrations(portal) - before == found["registered"] > 0
    assert portal.status("/readyz") == 200
