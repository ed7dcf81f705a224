"""Metrics: behind a token, and of all processes together."""

import contextlib
import http.client
import os
from urllib.parse import urlsplit

import pytest
from django.db import connection

from symposium.core.models import Email
from tests.bench.server import serving
from tests.factories import make_registration


def samples(text: str) -> dict[str, float]:
    """Return the numbers of the exposition format by name and labels."""
    lines = [line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#")]
    return {name: float(number) for name, number in lines}


@pytest.fixture
def token(settings, monkeypatch, tmp_path):
    settings.METRICS_TOKEN = "secret"
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    return {"authorization": "Bearer secret"}


@pytest.mark.django_db
def test_metrics_are_hidden_without_token(client, settings):
    assert client.get("/metrics").status_code == 403
    assert client.get("/metrics", headers={"authorization": "Bearer "}).status_code == 403
    settings.METRICS_TOKEN = "secret"
    assert client.get("/metrics", headers={"authorization": "Bearer other"}).status_code == 403


@pytest.mark.django_db
def test_metrics_count_registrations_and_emails(client, token):
    make_registration()
    Email.objects.all().delete()
    Email.objects.create(to="a@example.org", from_email="b@example.org")
    found = samples(client.get("/metrics", headers=token).content.decode())
    assert found['symposium_registrations{status="confirmed"}'] == 1
    assert found['symposium_emails{status="queued"}'] == 1
    assert 0 <= found["symposium_oldest_email_seconds"] < 60


def get(port: int, path: str) -> str:
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as line:
        line.request("GET", path, headers={"Authorization": "Bearer secret"})
        return line.getresponse().read().decode()


@pytest.mark.django_db(transaction=True)
def test_metrics_add_up_the_requests_of_two_processes(tmp_path):
    tested = urlsplit(os.environ["DATABASE_URL"])._replace(
        path=f"/{connection.settings_dict['NAME']}"
    )
    environment = {
        "DATABASE_URL": tested.geturl(), "METRICS_TOKEN": "secret", "DEMO": "1",
        "PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "metrics"),
    }  # fmt: skip
    with serving("config.wsgi", tmp_path, **environment) as server:
        for _number in range(20):
            assert get(server.port, "/healthz") == "ok\n"
        found = samples(get(server.port, "/metrics"))
    assert found['symposium_requests_total{method="GET",status="200",view="healthz"}'] == 20
