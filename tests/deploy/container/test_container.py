"""The image, and the portal that compose.yaml starts from it on a new machine."""

import contextlib
import json
import re
import tarfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.deploy.container.engine import IMAGE, Engine
from tests.deploy.container.portal import Portal

MAX_MB_BEYOND_BASE = 300
MAX_IDLE_MB = 512
SERVICES = ["database", "web", "worker", "proxy"]


@pytest.fixture(scope="module")
def layers(engine: Engine, image: dict) -> Iterator[list[tarfile.TarFile]]:
    """Save the image, and open its layers: what one deletes is still in the one before."""
    folder = engine.folder / "saved"
    for path in folder.glob("*"):
        path.unlink()
    engine.run("buildah", "push", "--quiet", IMAGE, f"dir:{folder}")
    manifest = json.loads((folder / "manifest.json").read_text())
    digests = [layer["digest"].removeprefix("sha256:") for layer in manifest["layers"]]
    with contextlib.ExitStack() as opened:
        yield [opened.enter_context(tarfile.open(folder / digest)) for digest in digests]


def test_image_is_small(image):
    assert image["beyond"] <= MAX_MB_BEYOND_BASE


def test_image_says_how_it_runs(image):
    config = image["Config"]
    assert config["User"] == "symposium"
    assert config["Entrypoint"] == ["with-secrets"]
    assert config["Cmd"] == ["gunicorn", "config.wsgi"]
    assert image["HealthCheck" if "HealthCheck" in image else "Healthcheck"]["Test"] == [
        "CMD", "healthy", "web",
    ]  # fmt: skip
    names = {setting.partition("=")[0] for setting in config["Env"]}
    assert names == {
        "PATH", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "BIND", "MEDIA_ROOT",
        "BACKUP_FOLDER",
    }  # fmt: skip


def test_layers_hold_what_runs_and_no_secret(layers):
    ours = layers[2:]  # beyond the base, and what Debian's packages are
    names = {name for layer in ours for name in layer.getnames()}
    portal = {Path(name).parts[2] for name in names if re.match(r"srv/portal/.", name)}
    assert portal == {
        "config", "deploy", "gunicorn.conf.py", "locale", "manage.py", "static", "symposium",
        "templates", "var",
    }  # fmt: skip
    assert {Path(name).parts[:4] for name in names if name.startswith("srv/portal/var/")} == {
        ("srv", "portal", "var", "static")
    }
    secret = re.compile(r"(^|/)(\.env.*|\.git|secret-key|database-password|.*\.key|id_[a-z0-9]+)$")
    assert [name for name in names if secret.search(name)] == []
    key = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/]{40}")
    found = [
        member.name for layer in ours for member in layer
        if member.isfile() and key.search(layer.extractfile(member).read())
    ]  # fmt: skip
    assert found == []


def test_layers_hold_compressed_static_files(layers):
    names = {name for layer in layers for name in layer.getnames()}
    folder = "srv/portal/var/static"
    [layer] = [layer for layer in layers if f"{folder}/staticfiles.json" in layer.getnames()]
    paths = json.load(layer.extractfile(f"{folder}/staticfiles.json"))["paths"].values()
    assert {f"{folder}/{path}" for path in paths} <= names
    styles = {f"{folder}/{path}" for path in paths if path.startswith("css/")}
    assert {f"{path}.br" for path in styles} <= names


def test_user_can_write_data_and_nothing_else(engine, image):
    found = engine.run(
        "podman", "run", "--rm", "--network=none", "--entrypoint=find", IMAGE,
        "/", "-xdev", "(", "-path", "/proc", "-o", "-path", "/dev", "-o", "-path", "/root", ")",
        "-prune", "-o", "(", "-type", "f", "-o", "-type", "d", ")", "-writable", "-print",
    )  # fmt: skip
    folders = {line for line in found.splitlines() if line.startswith("/")}
    assert folders <= {
        "/data", "/data/backups", "/data/media", "/secrets", "/tmp", "/var/tmp", "/run/lock",
    }  # fmt: skip


def test_compose_file_is_valid(engine):
    text = engine.compose("config", "--format=json", "--no-interpolate")
    services = json.loads(text)["services"]
    assert set(services) == {*SERVICES, "secrets", "migrate"}


def test_first_page_is_https_and_invites_to_sign_in(portal: Portal):
    answer = portal.get("https://localhost/", "--location")
    assert answer.status == 302
    assert portal.get("https://localhost/fr/").status == 200
    assert "strict-transport-security" in answer.headers.lower()
    plain = portal.get("http://localhost/fr/")
    assert (plain.status, "Location: https://localhost/fr/" in plain.headers) == (308, True)


def test_address_of_first_organiser_is_in_the_log(portal: Portal):
    log = portal.engine.compose("logs", "--no-log-prefix", "migrate")
    [address] = re.findall(r"https://localhost/\S+", log)
    answer = portal.get(address)
    assert answer.status == 200
    assert 'name="password"' in answer.body


def test_backup_goes_to_its_volume_and_is_verified(portal: Portal):
    portal.execute("worker", "manage", "backup")
    modes = portal.execute("worker", "find", "/data/backups", "-type", "f", "-printf", "%m %p\n")
    assert {line.split()[0] for line in modes.splitlines()} == {"600"}
    newest = max(line.split()[1] for line in modes.splitlines())
    portal.execute("worker", "manage", "verify", newest)


def test_every_part_is_ready_and_healthy(portal: Portal):
    for service in ("database", "web", "worker"):
        container = portal.engine.container(service)
        portal.engine.run("podman", "healthcheck", "run", container)
    portal.execute("worker", "manage", "backup")
    health = portal.health()
    states = {name: state for name, state in health.items() if isinstance(state, str)}
    assert states == dict.fromkeys(
        ["status", "database", "migrations", "cache", "worker", "mail", "disk", "backup",
         "time_zones"], "ok",
    ) | {"version": health["version"]}  # fmt: skip


def test_secrets_are_made_once_and_private(portal: Portal):
    listing = portal.execute("web", "stat", "--format=%n %a %U", "/secrets/secret-key",
                             "/secrets/database-password")  # fmt: skip
    assert listing.split("\n")[:2] == [
        "/secrets/secret-key 600 symposium", "/secrets/database-password 600 symposium",
    ]  # fmt: skip
    before = portal.execute("web", "cat", "/secrets/secret-key")
    assert len(before.strip()) > 50
    portal.engine.compose("up", "--detach", "--no-build", "secrets")
    assert portal.execute("web", "cat", "/secrets/secret-key") == before


def test_containers_of_the_portal_cannot_be_changed(portal: Portal):
    for service in ("web", "worker"):
        container = portal.engine.container(service)
        text = portal.engine.run("podman", "inspect", container)
        host = json.loads(text)[0]["HostConfig"]
        assert (host["ReadonlyRootfs"], host["Privileged"]) == (True, False)
        status = portal.execute(service, "cat", "/proc/1/status")
        assert re.findall(r"^(?:CapEff|NoNewPrivs):\s+(\S+)", status, re.MULTILINE) == [
            "0000000000000000", "1",
        ]  # fmt: skip
        assert "Read-only" in portal.execute(service, "touch", "/srv/portal/x", check=False)


def test_doctor_finds_only_what_a_test_has_not(portal: Portal):
    """There is no mail server, and `localhost` is another address inside the container."""
    report = portal.execute("worker", "manage", "doctor", check=False)
    assert re.findall(r"^TO DO +([^:]+)", report, re.MULTILINE) == ["mail", "certificate"]


def test_restart_of_the_pages_refuses_nobody(portal: Portal):
    """A request that arrives while gunicorn starts waits in the proxy."""
    with ThreadPoolExecutor() as pool:
        restart = pool.submit(portal.engine.compose, "restart", "web")
        statuses = [portal.get("https://localhost/fr/").status]
        while not restart.done():
            statuses.append(portal.get("https://localhost/fr/").status)
    statuses.append(portal.get("https://localhost/fr/").status)
    print(f"{len(statuses)} requests during the restart")
    assert set(statuses) == {200}


def test_proxy_logs_no_address_of_a_page(portal: Portal):
    """An address may be a secret, such as that of a private calendar."""
    portal.engine.compose("stop", "web")
    answer = portal.get("https://localhost/fr/my/secret.ics")
    portal.engine.compose("start", "web")
    assert (answer.status, "text/html" in answer.headers) == (502, True)
    assert "Le site ne répond pas" in answer.body
    log = portal.engine.compose("logs", "proxy")
    assert "secret.ics" not in log


def test_memory_at_rest(portal: Portal):
    memory = portal.memory()
    print({name: round(megabytes) for name, megabytes in memory.items()})
    assert sum(memory.values()) <= MAX_IDLE_MB


def test_backup_is_restored_into_a_new_portal(portal: Portal):
    """The commands of docs/operators.md."""
    engine, new = portal.engine, ("--project-name", "restored")
    portal.execute("worker", "manage", "backup")
    volume = engine.run("podman", "volume", "inspect", "--format={{.Mountpoint}}",
                        "symposium_backups")  # fmt: skip
    newest = max(Path(volume.strip()).glob("*.tar"))
    command = f"umask 077; cat > /data/backups/{newest.name}"
    try:
        engine.compose(*new, "up", "--detach", "--no-build", "--wait", "database")
        with newest.open() as archive:
            engine.compose(*new, "run", "--rm", "-T", "--no-deps", "web", "sh", "-c", command,
                           stdin=archive)  # fmt: skip
        engine.compose(*new, "run", "--rm", "-T", "--no-deps", "worker", "manage", "restore",
                       f"/data/backups/{newest.name}")  # fmt: skip
        count = ("psql", "--username=symposium", "-Atc", "SELECT count(*) FROM django_migrations")
        restored = engine.run("podman", "exec", "restored-database-1", *count)
        assert restored == portal.execute("database", *count)
    finally:
        engine.compose(*new, "down", "--volumes")
