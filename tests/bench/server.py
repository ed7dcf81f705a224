"""gunicorn as in production, for the benchmarks: with gunicorn.conf.py, on its own port."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import psutil
import pytest

from tests.conftest import PROJECT

PATIENCE = 60


class Server(NamedTuple):
    port: int
    process: subprocess.Popen

    def cpu(self) -> float:
        """Return the CPU time of the workers, in seconds."""
        workers = psutil.Process(self.process.pid).children()
        return sum(sum(worker.cpu_times()[:2]) for worker in workers)


@contextlib.contextmanager
def serving(application: str, folder: Path, **environment: str) -> Iterator[Server]:
    """Serve `application` with two processes, ready to answer; write its log to `folder`."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    log = folder / f"gunicorn-{port}.log"
    environment |= {"BIND": f"127.0.0.1:{port}", "WEB_CONCURRENCY": "2"}
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", application],
            cwd=PROJECT, env=os.environ | environment, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            wait_for(port, process, log)
            yield Server(port, process)
        finally:
            process.terminate()
            process.wait(PATIENCE)
    print(log.read_text())  # pytest shows it when something failed


def wait_for(port: int, process: subprocess.Popen, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.1)
    pytest.fail(log.read_text())
