"""A Debian machine of its own: `debootstrap` makes it, `systemd-nspawn` boots its systemd.

It has its own network, whose loopback nothing else uses; `slirp4netns` leads out of it, to the
registries of packages.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.conftest import PROJECT

SUITE = os.environ.get("DEBIAN", "bookworm")
BASES = PROJECT / "var" / "machines"
PROGRAMS = {"debootstrap": "debootstrap", "systemd-nspawn": "systemd-container",
            "slirp4netns": "slirp4netns"}  # fmt: skip
MIRROR = "http://deb.debian.org/debian"
AUTHORITIES = Path("usr/local/share/ca-certificates")
CGROUP = Path("/sys/fs/cgroup/systemd")
BOOT_SECONDS = 60
HALT = signal.SIGRTMIN + 4  # systemd(1): power off


class Machine:
    """A booted machine: its root folder, and the process that is its PID 1."""

    def __init__(self, root: Path, init: int):
        self.root = root
        self.init = init

    def run(self, *command: str, check: bool = True) -> subprocess.CompletedProcess:
        """Run a command as its root; return what it prints. A failure shows it."""
        done = subprocess.run(
            [*self.inside("--mount", "--uts", "--ipc", "--net", "--pid"), "--wdns=/", "env", "-i",
             "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root",
             "LANG=C.UTF-8", *command],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if check and done.returncode:
            pytest.fail(f"{' '.join(command)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def shell(self, script: str) -> str:
        return self.run("sh", "-euc", script).stdout

    def inside(self, *namespaces: str) -> list[str]:
        """Return the command that runs another in some of its namespaces."""
        return ["nsenter", f"--target={self.init}", *namespaces]

    def put(self, source: Path, target: str) -> None:
        """Copy what Git knows of a work tree to a folder of the machine."""
        folder = self.root / target.lstrip("/")
        folder.mkdir(parents=True, exist_ok=True)
        names = subprocess.run(
            ["git", "-C", source, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            capture_output=True, check=True,
        ).stdout  # fmt: skip
        subprocess.run(
            ["cp", "--parents", "--no-dereference", "-t", folder,
             *(name for name in names.decode().split("\0") if (source / name).is_file())],
            cwd=source, check=True,
        )  # fmt: skip


def missing() -> list[str]:
    """Return what to install, or what to be, before a machine can be booted."""
    packages = [name for program, name in PROGRAMS.items() if not shutil.which(program)]
    return packages + ([] if os.geteuid() == 0 else ["the rights of root"])


@contextlib.contextmanager
def booted(folder: Path) -> Iterator[Machine]:
    """Boot a new machine whose root is in `folder`; halt it and delete it after the block."""
    root = folder / "root"
    subprocess.run(["cp", "--archive", "--reflink=auto", base(), root], check=True)
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, root, ignore_errors=True)
        init = stack.enter_context(running(root, folder / "boot.log"))
        stack.enter_context(networked(init, folder / "network.log"))
        machine = Machine(root, init)
        machine.run("systemctl", "is-system-running", "--wait", check=False)
        yield machine


def base() -> Path:
    """Return a root with nothing but Debian's own base; it is made once, and kept."""
    target = BASES / SUITE
    if not target.exists():
        unfinished = target.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        BASES.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            ["debootstrap", "--include=ca-certificates,dbus", SUITE, unfinished, MIRROR],
            check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        trust(unfinished)
        unfinished.rename(target)
    return target


def trust(root: Path) -> None:
    """Let the machine trust the authorities that this one does, pip too."""
    for path in (Path("/") / AUTHORITIES).glob("*.crt"):
        shutil.copy(path, root / AUTHORITIES)
    subprocess.run(["chroot", root, "update-ca-certificates"], check=True, capture_output=True)
    (root / "etc/pip.conf").write_text("[global]\ncert = /etc/ssl/certs/ca-certificates.crt\n")


@contextlib.contextmanager
def running(root: Path, log: Path) -> Iterator[int]:
    """Boot systemd as PID 1 of namespaces of its own; yield its PID as seen from here."""
    group = CGROUP / f"machine-{os.getpid()}"
    group.mkdir(exist_ok=True)
    with log.open("w") as output:
        nspawn = subprocess.Popen(
            ["sh", "-c", f'echo $$ >{group}/cgroup.procs; exec "$@"', "sh", "systemd-nspawn",
             f"--directory={root}", "--boot", "--register=no", "--keep-unit", "--private-network",
             "--console=pipe", "--resolv-conf=copy-host", f"--hostname=machine{os.getpid()}"],
            stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            init = first_child(nspawn, log)
            yield init
            psutil.Process(init).send_signal(HALT)
            nspawn.wait(BOOT_SECONDS)
        finally:
            nspawn.kill()
            nspawn.wait()


def first_child(process: subprocess.Popen, log: Path) -> int:
    """Return the PID of systemd, once it answers."""
    until = time.monotonic() + BOOT_SECONDS
    while time.monotonic() < until and process.poll() is None:
        for child in psutil.Process(process.pid).children():
            asked = ["nsenter", f"--target={child.pid}", "--mount", "--pid", "systemctl", "status"]
            if subprocess.run(asked, capture_output=True, check=False).returncode == 0:
                return child.pid
        time.sleep(0.1)
    pytest.fail(f"The machine does not boot:\n{log.read_text()}")


@contextlib.contextmanager
def networked(init: int, log: Path) -> Iterator[None]:
    """Give the machine a way out."""
    with log.open("w") as output:
        process = subprocess.Popen(
            ["slirp4netns", "--configure", "--mtu=65520", "--disable-host-loopback", str(init),
             "tap0"],
            stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            yield
        finally:
            process.terminate()
            process.wait()
