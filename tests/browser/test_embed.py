"""The programme in a frame of another site: shown where the organisers allow it, nowhere else."""

import contextlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from symposium.editions.embed import iframe_html
from tests.factories import make_edition, make_session


@pytest.fixture
def partner():
    """Serve another site under two names, so two origins; yield its port and its page's content."""
    page = {"html": ""}

    class Site(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            with contextlib.suppress(BrokenPipeError):
                self.wfile.write(f"<!doctype html><title>Partner</title>{page['html']}".encode())

        def log_message(self, *_arguments):
            """Log nothing: the output belongs to the tests."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port, page
    server.shutdown()
    server.server_close()
    thread.join()


def test_embedded_programme_shows_on_allowed_sites_only(page, live_server, settings, partner):
    settings.SITE_URL = live_server.url
    port, theirs = partner
    edition = make_edition("2021", embed_origins=f"http://localhost:{port}")
    make_session(edition, title_fr="Mobilités", slug="mobilites")
    theirs["html"] = iframe_html(edition, height=500)

    page.goto(f"http://localhost:{port}/")
    shown = page.frame_locator("iframe")
    expect(shown.locator("h3")).to_have_text("Mobilités")
    with page.context.expect_page() as opened:
        shown.locator("h3 a").click()
    expect(opened.value).to_have_url(f"{live_server.url}/fr/2021/programme/mobilites/")

    with page.expect_console_message(lambda said: "frame-ancestors" in said.text):
        page.goto(f"http://127.0.0.1:{port}/")
    expect(page.locator("iframe")).to_be_visible()
    assert shown.locator("h3").count() == 0
