"""Installations on machines of the tests, and what a browser there is answered."""

import contextlib
import os
import re
import resource
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.conftest import PROJECT
from tests.deploy.install import machine as machines

DOMAIN = "symposium.test"
SOURCE = "/root/symposium"
MANUAL = PROJECT / "docs" / "operators.md"


class Installation(NamedTuple):
    machine: machines.Machine
    seconds: float
    cpu_seconds: float
    printed: str

    def curl(self, path: str, *options: str) -> str:
        """Ask nginx for an address of the site, as a browser on the machine would."""
        return self.machine.run(
            "curl", "--silent", "--insecure", "--max-time", "60", "--resolve",
            f"{DOMAIN}:443:127.0.0.1", *options, f"https://{DOMAIN}{path}",
        ).stdout  # fmt: skip

    def status(self, path: str, *options: str) -> int:
        return int(
            self.curl(path, "--output", "/dev/null", "--write-out", "%{http_code}", *options)
        )

    def version(self) -> str:
        """Return the release that the portal's main process runs."""
        link = "/proc/$(systemctl show -P MainPID symposium@current)/cwd"
        return self.machine.shell(f"basename $(readlink {link})").strip()


@contextlib.contextmanager
def installed(folder: Path, source: Path = PROJECT) -> Iterator[Installation]:
    """Boot a machine and install the portal of `source` on it with one command."""
    if missing := machines.missing():
        give_up = pytest.fail if os.environ.get("REQUIRE_MACHINE") == "1" else pytest.skip
        give_up(f"no machine can be booted here, install {', '.join(missing)}: make test-install")
    with machines.booted(folder) as machine:
        machine.put(source, SOURCE)
        started = time.monotonic()
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        printed = machine.run(f"{SOURCE}/deploy/install", DOMAIN).stdout
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        seconds = time.monotonic() - started
        print(f"installed in {seconds:.0f} s, {cpu:.0f} s of processor")
        yield Installation(machine, seconds, cpu, printed)


def former(commit: str, folder: Path) -> Path:
    """Return a work tree of a former commit with the deploy/ of this one, as `source`."""
    target = folder / "former"
    target.mkdir()
    for tree, names in ((commit, ["."]), ("HEAD", ["deploy"])):
        archive = subprocess.run(
            ["git", "-C", PROJECT, "archive", tree, *names], capture_output=True, check=True
        )
        subprocess.run(["tar", "-xf", "-"], cwd=target, input=archive.stdout, check=True)
    version = target / "symposium" / "__init__.py"
    version.write_text(re.sub(r'"[^"]+"', '"0.9.0"', version.read_text()))
    subprocess.run(["git", "init", "--quiet"], cwd=target, check=True)
    return target


def documented(command: str, **values: str) -> str:
    """Return the commands of the block of the manual that has `command`, for a shell of root."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", MANUAL.read_text(), re.MULTILINE | re.DOTALL)
    [block] = [block for block in blocks if command in block]
    for name, value in values.items():
        block = block.replace(name, value)
    return block.replace("sudo -u postgres", "runuser -u postgres --").replace("sudo ", "")
