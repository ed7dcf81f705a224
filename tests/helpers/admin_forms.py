"""Forms of the admin, sent as a browser sends them: their current values with changes."""

import contextlib
import threading
import time

import html5lib
from django.db import connection, transaction
from django.urls import reverse

# The ids of the form of an object and of the form of a list.
FORMS = ("_form", "changelist-form")
XHTML = "{http://www.w3.org/1999/xhtml}"


def admin_url(thing, view: str = "change") -> str:
    """Return the URL of an admin page of an object, or of a model for `changelist` and `add`."""
    meta = thing._meta
    return reverse(
        f"admin:{meta.app_label}_{meta.model_name}_{view}",
        args=[] if isinstance(thing, type) else [thing.pk],
    )


def save(client, page: str, rows: dict | None = None, **changes):
    """Open the page, change fields, send the form; `rows` adds a row to an inline.

    `rows={"participations": {"speaker": 3}}` fills the first empty row of that inline.
    """
    data = form_of(client.get(page))
    for prefix, fields in (rows or {}).items():
        number = int(data[f"{prefix}-TOTAL_FORMS"])
        data[f"{prefix}-TOTAL_FORMS"] = str(number + 1)
        data |= {f"{prefix}-{number}-{name}": value for name, value in fields.items()}
    return client.post(page, data | changes)


def form_of(response) -> dict:
    """Return the names and values that the form of a page sends without JavaScript."""
    assert response.status_code == 200
    page = html5lib.parse(response.content.decode())
    form = next(f for f in page.iter(f"{XHTML}form") if f.get("id", "").endswith(FORMS))
    data = {}
    for control in form.iter():
        name = control.get("name")
        if name and "__prefix__" not in name and control.get("disabled") is None:
            for value in values(control):
                data.setdefault(name, []).append(value)
    return {name: found[0] if len(found) == 1 else found for name, found in data.items()}


def values(control):
    match control.tag.removeprefix(XHTML):
        case "textarea":
            yield (control.text or "").removeprefix("\n")
        case "select":
            for option in control.iter(f"{XHTML}option"):
                if option.get("selected") is not None:
                    yield option.get("value", "")
        case "input" if control.get("type") in ("checkbox", "radio"):
            if control.get("checked") is not None:
                yield control.get("value", "on")
        case "input" if control.get("type") not in ("submit", "file"):
            yield control.get("value", "")


def errors_of(response) -> dict[str, list[str]]:
    """Return the errors of a redisplayed form by field: `room`, `participations-0-speaker`."""
    assert response.status_code == 200
    form = response.context["adminform"].form
    found = {name: list(errors) for name, errors in form.errors.items()}
    for inline in response.context["inline_admin_formsets"]:
        for row in inline.formset.forms:
            found |= {f"{row.prefix}-{name}": list(errors) for name, errors in row.errors.items()}
        if inline.formset.non_form_errors():
            found[inline.formset.prefix] = list(inline.formset.non_form_errors())
    return found


def told(response) -> list[str]:
    """Return the messages at the top of the page that follows."""
    return [str(message) for message in response.context["messages"]]


@contextlib.contextmanager
def somebody_else(write):
    """Run `write()` in another transaction, which commits once ours waits for it."""
    written = threading.Event()

    def work():
        with transaction.atomic():
            write()
            connection.check_constraints()
            written.set()
            wait_until_we_block_somebody()
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    written.wait(10)
    yield
    thread.join()


def wait_until_we_block_somebody(seconds: float = 10) -> None:
    limit = time.monotonic() + seconds
    blocked = "SELECT FROM pg_stat_activity WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))"
    with connection.cursor() as cursor:
        while time.monotonic() < limit:
            cursor.execute(blocked)
            if cursor.rowcount:
                return
            time.sleep(0.01)
