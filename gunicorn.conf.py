"""How `gunicorn config.wsgi` serves the site; see docs/operators.md. Run it from this folder."""

import multiprocessing
import os

bind = os.environ.get("BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_CONCURRENCY", multiprocessing.cpu_count()))
threads = 8
# A wrong setting stops the start once, in one line, and not every worker again and again.
preload_app = True
# Behind nginx only: a slow client would otherwise hold a thread.
timeout = 60
max_requests = 10_000
max_requests_jitter = 1_000
