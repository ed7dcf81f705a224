"""Container engine of the tests: Debian's buildah and podman, with Docker Compose 2 before them.

No registry of images is reached: the base image is made by debootstrap, and Debian's PostgreSQL and
Caddy stand in for the official images (`standins/`).
"""

import json
import os
import subprocess
import threading
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[3]
STANDINS = Path(__file__).parent / "standins"
BASE = "docker.io/library/debian:trixie-slim"
IMAGE = "docker.io/library/symposium-portal:latest"
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
MIRROR = os.environ.get("DEBIAN_MIRROR", "http://deb.debian.org/debian")
STORAGE = '[storage]\ndriver = "vfs"\ngraphroot = "{0}/images"\nrunroot = "{0}/run"\n'
# runc, without systemd and without limits that a container of this machine may not set
ENGINE = """
[containers]
default_ulimits = []
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
[network]
network_backend = "netavark"
"""


class Engine:
    """Images, and the containers of one compose project, below a folder."""

    def __init__(self, folder: Path):
        self.folder = folder
        (folder / "storage.conf").write_text(STORAGE.format(folder))
        (folder / "containers.conf").write_text(ENGINE)
        self.socket = folder / "podman.sock"
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "CONTAINERS_STORAGE_CONF": str(folder / "storage.conf"),
            "CONTAINERS_CONF": str(folder / "containers.conf"),
            "BUILDAH_ISOLATION": "chroot",
            "DOCKER_HOST": f"unix://{self.socket}",
            "DISABLE_HC_SYSTEMD": "true",
        }

    def run(self, *command: str | Path, check: bool = True, **options) -> str:
        """Run a command of the host; return what it prints, or fail with it."""
        done = subprocess.run(
            command, env=self.environment, text=True, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options,
        )  # fmt: skip
        assert not (check and done.returncode), f"{command}\n{done.stdout[-6000:]}"
        return done.stdout

    def has(self, image: str) -> bool:
        return bool(self.run("buildah", "images", "--quiet", "--filter", f"reference={image}"))

    # Images

    def make_base(self) -> None:
        """Make the image that the Dockerfiles are FROM, unless a former run has."""
        if self.has(BASE):
            return
        root = self.folder / "debian"
        if not (root / "etc/debian_version").exists():
            self.run("debootstrap", "--variant=minbase", "trixie", root, MIRROR)
        for archive in root.glob("var/cache/apt/archives/*.deb"):
            archive.unlink()
        container = self.run("buildah", "from", "scratch").strip()
        self.run("buildah", "copy", "--quiet", container, root, "/")
        self.run("buildah", "commit", "--quiet", "--rm", container, BASE)

    def make_standins(self) -> None:
        for target in ("postgres:17", "caddy:2", "compose:2"):
            name = f"docker.io/library/{target}"
            if not self.has(name):
                self.build(STANDINS, "--layers", "--target", target.partition(":")[0], name=name)

    def build(self, context: Path, *options: str | Path, name: str) -> float:
        """Build an image; return the seconds."""
        started = time.monotonic()
        certificates = (
            f"--volume={CERTIFICATES}:/tmp/ca.crt:ro",
            "--build-arg=PIP_CERT=/tmp/ca.crt",
        )
        self.run("buildah", "build", "--format=docker", f"--tag={name}", *certificates,
                 *options, context)  # fmt: skip
        return time.monotonic() - started

    def inspect(self, image: str) -> dict:
        return json.loads(self.run("podman", "inspect", "--type=image", image))[0]

    # Containers

    def compose(self, *arguments: str, **options) -> str:
        """Run Docker Compose 2 with the compose.yaml of the project."""
        file = PROJECT / "deploy/compose.yaml"
        return self.run(self.folder / "docker-compose", "--file", file, *arguments, **options)

    def fetch_compose(self) -> None:
        """Take the program from Debian 13, whose package also runs on Debian 12."""
        self.run("podman", "run", "--rm", "--network=none", f"--volume={self.folder}:/out",
                 "docker.io/library/compose:2", "cp",
                 "/usr/libexec/docker/cli-plugins/docker-compose", "/out/")  # fmt: skip

    def listen(self) -> subprocess.Popen:
        """Start the service of podman that Docker Compose speaks to, in a network of its own."""
        self.socket.unlink(missing_ok=True)
        command = f"ip link set lo up && exec podman system service --time=0 unix://{self.socket}"
        with (self.folder / "podman.log").open("w") as log:
            service = subprocess.Popen(
                ["unshare", "--net", "sh", "-c", command], env=self.environment, stderr=log
            )
        end = time.monotonic() + 60
        while not self.socket.exists():
            assert time.monotonic() < end, (self.folder / "podman.log").read_text()
            time.sleep(0.1)
        return service

    def container(self, service: str) -> str:
        return f"symposium-{service}-1"


class HealthChecks(threading.Thread):
    """Run the health checks of the containers each second, as systemd's timers do elsewhere."""

    def __init__(self, engine: Engine, containers: list[str]):
        super().__init__(daemon=True)
        self.engine, self.containers, self.stop = engine, containers, threading.Event()

    def run(self) -> None:
        while not self.stop.wait(1):
            for container in self.containers:
                self.engine.run("podman", "healthcheck", "run", container, check=False)
