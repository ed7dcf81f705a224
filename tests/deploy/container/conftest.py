"""The image, and a portal started from it with compose.yaml, once for all tests."""

import os
import shutil
import time
from collections.abc import Iterator

import pytest

from tests.deploy.container.engine import BASE, IMAGE, PROJECT, Engine, HealthChecks
from tests.deploy.container.portal import Portal

PROGRAMS = ["buildah", "podman", "runc", "netavark", "debootstrap", "unshare", "nsenter", "curl"]


@pytest.fixture(scope="session")
def engine() -> Engine:
    path = os.pathsep.join([os.environ["PATH"], "/usr/sbin", "/usr/lib/podman"])
    missing = [name for name in PROGRAMS if not shutil.which(name, path=path)]
    if missing:
        pytest.fail(f"Missing: {', '.join(missing)}. On Debian, as root: make test-container")
    folder = PROJECT / "var/container"
    folder.mkdir(parents=True, exist_ok=True)
    engine = Engine(folder)
    engine.make_base()
    engine.make_standins()
    engine.fetch_compose()
    return engine


@pytest.fixture(scope="session")
def image(engine: Engine) -> dict:
    """Build the image, and return what podman says of it."""
    dockerfile = PROJECT / "deploy/Dockerfile"
    seconds = engine.build(PROJECT, "--layers=false", f"--file={dockerfile}", name=IMAGE)
    image = engine.inspect(IMAGE)
    beyond = (image["Size"] - engine.inspect(BASE)["Size"]) / 1e6
    print(f"\nimage: {image['Size'] / 1e6:.0f} MB, {beyond:.0f} beyond its base, {seconds:.0f} s")
    return image | {"beyond": beyond}


@pytest.fixture(scope="session")
def portal(engine: Engine, image: dict) -> Iterator[Portal]:
    """Start everything with `compose up`, and wait for the first page."""
    service = engine.listen()
    engine.compose("down", "--volumes", "--remove-orphans")
    checks = HealthChecks(engine, ["symposium-database-1", "restored-database-1"])
    checks.start()
    portal = Portal(engine, service.pid)
    started = time.monotonic()
    try:
        print(engine.compose("up", "--detach", "--no-build"))
        portal.wait_for_page()
        print(f"\nfirst page: {time.monotonic() - started:.0f} s after `up`")
        yield portal
    finally:
        print(engine.compose("logs", "--tail=15", check=False))
        checks.stop.set()
        checks.join()
        engine.compose("down", "--volumes")
        service.terminate()
        service.wait()
