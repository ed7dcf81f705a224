"""compose.yaml, the Dockerfile and its commands agree; `make test-container` runs them."""

import os
import re
from pathlib import Path

import pytest
import yaml

PROJECT = Path(__file__).resolve().parents[2]
DEPLOY = PROJECT / "deploy"
COMMANDS = DEPLOY / "container/bin"
OFFICIAL = {"database", "proxy"}  # services of other images


@pytest.fixture(scope="module")
def compose() -> dict:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())


@pytest.fixture(scope="module")
def dockerfile() -> str:
    return (DEPLOY / "Dockerfile").read_text()


def commands_of(service: dict) -> list[str]:
    """Return the first words of all commands of a service."""
    check = service.get("healthcheck", {}).get("test", [])[1:]
    return [words[0] for words in (service.get("command"), service.get("entrypoint"), check)
            if words]  # fmt: skip


def test_every_command_is_in_the_image(compose, dockerfile):
    ours = {name for name in os.listdir(COMMANDS) if os.access(COMMANDS / name, os.X_OK)}
    assert ours == {"healthy", "make-secrets", "manage", "prepare", "with-secrets"}
    asked = {
        command for name, service in compose["services"].items() if name not in OFFICIAL
        for command in commands_of(service)
    }  # fmt: skip
    assert asked == {"healthy", "make-secrets", "prepare", "python", "with-secrets"}
    assert "PATH=/srv/portal/deploy/container/bin:/opt/portal/bin" in dockerfile


def test_every_variable_is_documented(compose):
    documented = (PROJECT / "docs/operators.md").read_text()
    names = {name for service in compose["services"].values()
             for name in service.get("environment", {})}  # fmt: skip
    names |= set(re.findall(r"\$\{(\w+)", (DEPLOY / "compose.yaml").read_text()))
    known = set(re.findall(r"`([A-Z_]+)`", documented))
    assert {name for name in names - known if not name.startswith("POSTGRES_")} == set()


def test_every_volume_is_declared_and_owned_by_the_user(compose, dockerfile):
    mounts = [mount.split(":")[:2] for service in compose["services"].values()
              for mount in service.get("volumes", [])]  # fmt: skip
    assert {source for source, _ in mounts if source[0] != "."} == set(compose["volumes"])
    [owned] = re.findall(r"install -d -m 700 -o symposium -g symposium (.*)", dockerfile)
    ours = {mount.split(":")[1] for mount in compose["x-portal"]["volumes"]}
    assert ours <= set(owned.split())
    files = [source for source, _ in mounts if source[0] == "."]
    assert files == ["./container/Caddyfile", "./nginx/pages"]
    assert [file for file in files if not (DEPLOY / file).exists()] == []


def test_only_the_proxy_has_ports(compose):
    ports = {name: service["ports"] for name, service in compose["services"].items()
             if "ports" in service}  # fmt: skip
    assert ports == {"proxy": ["80:80", "443:443", "443:443/udp"]}


def test_proxy_asks_the_port_of_the_image(dockerfile):
    [port] = re.findall(r"BIND=0\.0\.0\.0:(\d+)", dockerfile)
    assert re.findall(r"reverse_proxy (\S+)", (DEPLOY / "container/Caddyfile").read_text()) == [
        f"web:{port}"
    ]
    assert f"EXPOSE {port}" in dockerfile


def test_image_is_made_of_what_exists():
    lines = (PROJECT / ".dockerignore").read_text().splitlines()
    assert [line for line in lines if line[0] == "!" and not (PROJECT / line[1:]).exists()] == []
    assert lines[1] == "*"
