"""Log records: as JSON, with their request, and without tracebacks that say nothing."""

import datetime
import json
import logging

from django.utils import timezone

from symposium.core.observation import current_request

FIELDS = ("method", "view", "status", "milliseconds", "queries")


class DropExpectedTracebacks(logging.Filter):
    """Reduce to one line of the log client errors (below 500) and a database that is away (503)."""

    def filter(self, record: logging.LogRecord) -> bool:
        status = getattr(record, "status_code", 500)
        if status == 503 and record.exc_info and record.exc_info[1]:
            error = record.exc_info[1]
            cause = " ".join(str(error).split())
            record.msg, record.args = f"{record.getMessage()} ({type(error).__name__}: {cause})", ()
        if status < 500 or status == 503:
            record.exc_info = record.exc_text = None
        return True


class JsonFormatter(logging.Formatter):
    """Formatter of a record as one line of JSON; the time has the offset of its zone."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.datetime.fromtimestamp(record.created, timezone.get_default_timezone())
        line = {
            "time": at.isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **current_request.get(),
            **{name: getattr(record, name) for name in FIELDS if hasattr(record, name)},
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)
