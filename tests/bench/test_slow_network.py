"""First paint over a slow line, in Chromium: 50 kbit/s, each answer 400 ms late.

`pytest tests/bench/test_slow_network.py -s` prints the figures: gunicorn serves the demonstration,
compressed, and every page was asked for once before.
"""

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import override_settings

from tests.bench.server import serving
from tests.bench.test_pages import machine

PAGES = {"home": "2021/", "programme": "2021/programme/"}
LINE = {
    "offline": False,
    "latency": 400,
    "downloadThroughput": 50_000 / 8,  # bytes a second
    "uploadThroughput": 50_000 / 8,
}
MOST_SECONDS = 6
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0].startTime / 1000"
SHIFTED = """() => new Promise((resolve) => {
  let sum = 0;
  const observer = new PerformanceObserver((list) => {
    for (const { value } of list.getEntries()) sum += value;
  });
  observer.observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => resolve(sum)));
})"""


@pytest.fixture
def site(demonstration, tmp_path):
    """Serve the demonstration as in production, with its static files; return its URL."""
    static = tmp_path / "static"
    storage = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    with override_settings(STATIC_ROOT=static, STORAGES={"staticfiles": storage}):
        call_command("collectstatic", interactive=False, verbosity=0)
    own = connection.settings_dict
    host = own["HOST"] or own["OPTIONS"]["host"]
    with serving(
        "config.wsgi", tmp_path, DEMO="1", DEBUG="0", ALLOWED_HOSTS="127.0.0.1",
        STATIC_ROOT=str(static),
        DATABASE_URL=f"postgres://{own['USER']}@/{own['NAME']}?host={host}",
    ) as server:  # fmt: skip
        yield f"http://127.0.0.1:{server.port}"


@pytest.fixture
def window(browser):
    """Return a function that opens a page of this width in a browser with an empty cache."""
    contexts = []

    def open_window(width: int):
        contexts.append(
            browser.new_context(
                viewport={"width": width, "height": 844},
                timezone_id="Africa/Casablanca",
                service_workers="block",
            )
        )
        return contexts[-1].new_page()

    yield open_window
    for context in contexts:
        context.close()


def measured(window, address: str, width: int) -> dict[str, float]:
    """Return the seconds until the first paint, and by how much the layout shifted afterwards."""
    assert window(width).goto(address).ok  # the server renders the page, and keeps it
    page = window(width)
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", LINE)
    page.goto(address, wait_until="networkidle", timeout=120_000)
    return {"paint": page.evaluate(PAINTED), "shift": page.evaluate(SHIFTED)}


def test_first_paint_over_a_slow_line(site, window, capsys):
    rows = {
        f"{name}, {language}, {width} pixels": measured(window, f"{site}/{language}/{path}", width)
        for name, path in PAGES.items()
        for language in ("fr", "ar")
        for width in (390, 1280)
    }
    with capsys.disabled():
        print(f"\n\n{machine()}\n\n| page | first paint, s | layout shift |\n|---|---:|---:|")
        for name, row in rows.items():
            print(f"| {name} | {row['paint']:.1f} | {row['shift']:.3f} |")
    assert {name: row for name, row in rows.items() if row["paint"] > MOST_SECONDS} == {}
    assert {name: row for name, row in rows.items() if row["shift"] > 0.01} == {}
