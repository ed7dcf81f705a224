"""Configuration of gunicorn for `gunicorn config.wsgi`, run from here; see docs/operators.md."""

import multiprocessing
import os
import sys

from prometheus_client import multiprocess

bind = os.environ.get("BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_CONCURRENCY", multiprocessing.cpu_count()))
threads = 8
# A wrong setting then stops the start once, with one line, and not each worker again and again.
preload_app = True
# Run behind nginx only: a slow client would otherwise hold a thread.
timeout = 60
# Ignore the headers that set the mount point: by default gunicorn trusts SCRIPT_NAME.
forwarder_headers = ""
max_requests = 1_000_000
max_requests_jitter = 100_000
# No control socket for an administrator: nobody uses it.
control_socket_disable = True


def on_starting(server) -> None:
    """Exit if several processes do not share the cache, which counts the limits on attempts."""
    site = sys.modules.get("config.settings")
    if site and server.num_workers > 1 and not (site.CACHE_IS_SHARED or site.DEMO):
        sys.exit(
            f"CACHE_URL names a cache that each of the {server.num_workers} processes has for"
            " itself. Unset it, name a Redis, or set WEB_CONCURRENCY=1"
        )


def child_exit(server, worker) -> None:
    """Forget the gauges of a process that has ended; its counters stay."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        multiprocess.mark_process_dead(worker.pid)


def post_worker_init(worker) -> None:
    """Let a thread that renders yield after 1 ms, not 5, to the threads that serve cached pages."""
    sys.setswitchinterval(0.001)
