"""Reports of errors to Sentry or GlitchTip, without personal data."""

import re
from typing import Any

import sentry_sdk
from sentry_sdk.integrations.django import DjangoIntegration

from symposium import __version__

ADDRESS = re.compile(r"[^\s<>'\"(),;:]+@[^\s<>'\"(),;:]+")
# Values in the messages of PostgreSQL: Key (email)=(salma@example.org) already exists.
VALUES = re.compile(r"=\([^)]*\)|(?<=contains \()[^)]*")


def start(dsn: str) -> None:
    """Send unhandled exceptions to `dsn`: the place and the kind of the error, no local values."""
    sentry_sdk.init(
        dsn, release=__version__, integrations=[DjangoIntegration()], before_send=scrub,
        send_default_pii=False, include_local_variables=False, max_request_body_size="never",
        max_breadcrumbs=0, traces_sample_rate=0, auto_session_tracking=False, server_name="",
    )  # fmt: skip


def scrub(event: Any, hint: Any) -> Any:
    """Remove from an event all that may name a person: the address of the page, texts, the user."""
    method = event.get("request", {}).get("method")
    for name in ("request", "user", "breadcrumbs", "extra", "server_name"):
        event.pop(name, None)
    event["request"] = {"method": method}
    for error in event.get("exception", {}).get("values", []):
        error["value"] = without_personal_data(str(error.get("value") or ""))
    for part in ("logentry", "message"):
        event.pop(part, None)
    return event


def without_personal_data(text: str) -> str:
    return VALUES.sub("=(…)", ADDRESS.sub("…@…", text))
