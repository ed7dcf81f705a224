"""A portal that runs in containers, as its visitors and its operator reach it."""

import json
import re
import time
from pathlib import Path
from typing import NamedTuple

from tests.deploy.container.engine import Engine

ROOT_CERTIFICATE = "/data/caddy/pki/authorities/local/root.crt"


class Answer(NamedTuple):
    """Answer to a request; 0 is the status of a request without one."""

    status: int
    headers: str
    body: str


class Portal:
    """A portal started by compose, in the network of the process `pid`."""

    def __init__(self, engine: Engine, pid: int):
        self.engine = engine
        self.network = f"--net=/proc/{pid}/ns/net"
        self.certificate = engine.folder / "root.crt"

    def get(self, url: str, *options: str) -> Answer:
        """Ask for a page as a visitor does, who knows the authority of the proxy."""
        text = self.engine.run(
            "nsenter", self.network, "curl", "--silent", "--include", "--http1.1",
            "--max-time", "30", "--cacert", self.certificate, *options, url, check=False,
        )  # fmt: skip
        headers, _, body = text.partition("\n\n")
        status = re.match(r"HTTP/[\d.]+ (\d+)", headers)
        return Answer(int(status[1]) if status else 0, headers, body)

    def wait_for_page(self) -> None:
        end = time.monotonic() + 120
        self.trust_proxy()
        while self.get("https://localhost/fr/").status != 200:
            assert time.monotonic() < end, self.engine.compose("logs")
            time.sleep(0.5)
            self.trust_proxy()

    def trust_proxy(self) -> None:
        """Copy the certificate of the proxy's authority, which it makes as it starts."""
        text = self.execute("proxy", "cat", ROOT_CERTIFICATE, check=False)
        self.certificate.write_text(text)

    def health(self) -> dict:
        return json.loads(self.get("https://localhost/readyz").body)

    def execute(self, service: str, *command: str, check: bool = True) -> str:
        """Run a command in the container of a service, as `docker compose exec` does."""
        container = self.engine.container(service)
        return self.engine.run("podman", "exec", container, *command, check=check)

    def memory(self) -> dict[str, float]:
        """Return the memory of each service in MB, shared pages divided among their users."""
        return {
            name: sum(proportional_set(pid) for pid in tree(self.pid(name)))
            for name in ("database", "web", "worker", "proxy")
        }

    def pid(self, service: str) -> int:
        container = self.engine.container(service)
        return int(self.engine.run("podman", "inspect", "--format={{.State.Pid}}", container))


def tree(pid: int) -> list[int]:
    """Return a process and all that it started."""
    found = [pid]
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        found += [one for child in children.read_text().split() for one in tree(int(child))]
    return found


def proportional_set(pid: int) -> float:
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)[1]) / 1024
