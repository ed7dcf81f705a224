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


def post_worker_init(worker) -> None:
    """A thread that renders lets those that hand out a page go before it after 1 ms, not 5."""
    sys.setswitchinterval(0.001)
