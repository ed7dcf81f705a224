"""How `gunicorn config.wsgi` serves the site; see docs/operators.md. Run it from this folder."""

import multiprocessing
import os
import sys

bind = os.environ.get("BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_CONCURRENCY", multiprocessing.cpu_count()))
threads = 8
# A wrong setting stops the start once, in one line, and not every worker again and again.
preload_app = True
# Behind nginx only: a slow client would otherwise hold a thread.
timeout = 60
# Nobody says by a header where the site is mounted: gunicorn believes SCRIPT_NAME otherwise.
forwarder_headers = ""
max_requests = 1_000_000
max_requests_jitter = 100_000
# A door for an administrator that nobody uses.
control_socket_disable = True


def on_starting(server) -> None:
    """The limits on attempts count in the cache: several processes need one for them all."""
    site = sys.modules.get("config.settings")
    if site and server.num_workers > 1 and not (site.CACHE_IS_SHARED or site.DEMO):
        sys.exit(
            f"CACHE_URL names a cache that each of the {server.num_workers} processes has for"
            " itself. Unset it, name a Redis, or set WEB_CONCURRENCY=1"
        )


def post_worker_init(worker) -> None:
    """A thread that renders lets those that hand out a page go before it after 1 ms, not 5."""
    sys.setswitchinterval(0.001)
