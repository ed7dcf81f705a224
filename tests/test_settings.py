"""Start in production: one line names a missing setting, and Django's checks find nothing."""

import datetime
import os
import subprocess
import sys
import zoneinfo
from pathlib import Path

import pytest
from django.db import connection

PROJECT = Path(__file__).resolve().parent.parent
PRODUCTION = {
    "SECRET_KEY": "w8!kd93-fmq2xv7_0z4jt6ya5sb1nc+ehgl(ru)oip^DQWERTZUI@#",
    "SITE_URL": "https://symposium.example.org",
    "ALLOWED_HOSTS": "symposium.example.org",
    "DATABASE_URL": "postgres://symposium@/symposium",
}


def run(*arguments, **environment) -> subprocess.CompletedProcess:
    inherited = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    return subprocess.run(
        [sys.executable, *arguments], cwd=PROJECT, env=inherited | environment,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("missing", list(PRODUCTION))
def test_missing_setting_is_reported_in_one_line(missing):
    given = {name: value for name, value in PRODUCTION.items() if name != missing}
    result = run("manage.py", "check", **given)
    assert result.returncode == 1
    [line] = result.stderr.splitlines()
    assert line.startswith(f"{missing} is not set. Set it in the environment, e.g. {missing}=")


def test_gunicorn_reports_a_missing_setting_without_traceback():
    given = {name: value for name, value in PRODUCTION.items() if name != "SITE_URL"}
    result = run("-m", "gunicorn", "config.wsgi", **given)
    assert result.returncode == 1
    [line] = [line for line in result.stderr.splitlines() if "is not set" in line]
    assert line.startswith("SITE_URL is not set. Set it in the environment, e.g. SITE_URL=")
    assert "Traceback" not in result.stderr


def test_deployment_check_passes():
    result = run("manage.py", "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert (result.returncode, result.stderr) == (0, "")


def test_missing_file_of_a_wallet_is_reported_in_one_line():
    result = run("manage.py", "check", **PRODUCTION, GOOGLE_WALLET_KEY="/nowhere/account.json")
    said = (
        "GOOGLE_WALLET_KEY is '/nowhere/account.json', which is not a file. "
        "Set it to the path of the file\n"
    )
    assert (result.returncode, result.stderr) == (1, said)


def test_unknown_second_factor_setting_is_refused():
    result = run("manage.py", "check", **PRODUCTION, STAFF_SECOND_FACTOR="no")
    said = "STAFF_SECOND_FACTOR is 'no'. Set it to required or to optional\n"
    assert (result.returncode, result.stderr) == (1, said)


@pytest.mark.parametrize(
    ("environment", "rule"),
    [
        ({}, "required"),
        ({"DEMO": "1"}, "optional"),
        ({"STAFF_SECOND_FACTOR": "optional"}, "optional"),
    ],
)
def test_organisers_need_a_second_factor_outside_a_demonstration(environment, rule):
    asked = "from config import settings; print(settings.STAFF_SECOND_FACTOR)"
    assert run("-c", asked, **PRODUCTION | environment).stdout == f"{rule}\n"


def gunicorn_starts(**environment) -> subprocess.CompletedProcess:
    """Run gunicorn.conf.py up to the point where gunicorn would listen."""
    start = (
        "import runpy, types, config.settings\n"
        "own = runpy.run_path('gunicorn.conf.py')\n"
        "own['on_starting'](types.SimpleNamespace(num_workers=own['workers']))\n"
    )
    return run("-c", start, **PRODUCTION | environment)


@pytest.mark.parametrize("url", ["locmemcache://", "dummycache://"])
def test_local_cache_with_several_processes_is_refused(url):
    result = gunicorn_starts(CACHE_URL=url, WEB_CONCURRENCY="2")
    said = (
        "CACHE_URL names a cache that each of the 2 processes has for itself. Unset it, name a "
        "Redis, or set WEB_CONCURRENCY=1\n"
    )
    assert (result.returncode, result.stderr) == (1, said)


@pytest.mark.parametrize(
    "environment",
    [
        {"WEB_CONCURRENCY": "2"},
        {"WEB_CONCURRENCY": "2", "CACHE_URL": "redis://cache.example.org:6379/0"},
        {"WEB_CONCURRENCY": "1", "CACHE_URL": "locmemcache://"},
        {"WEB_CONCURRENCY": "2", "CACHE_URL": "locmemcache://", "DEMO": "1"},
    ],
)
def test_shared_cache_or_single_process_starts(environment):
    result = gunicorn_starts(**environment)
    assert (result.returncode, result.stderr) == (0, "")


def test_redis_cache_url_is_used():
    """No server is needed: the cache connects when it is first used."""
    asked = (
        "from django.core.cache import cache\n"
        "pool = cache.redis._cache.get_client().connection_pool\n"
        "print(pool.connection_kwargs['host'])"
    )
    url = "redis://cache.example.org:6379/0"
    result = run("-c", asked, **PRODUCTION, CACHE_URL=url, DJANGO_SETTINGS_MODULE="config.settings")
    assert (result.stdout, result.stderr) == ("cache.example.org\n", "")


@pytest.mark.django_db
@pytest.mark.parametrize("year", [2021, 2027])
def test_python_and_postgresql_agree_on_the_time_in_casablanca(year):
    noon = datetime.datetime(year, 6, 9, 12, tzinfo=zoneinfo.ZoneInfo("Africa/Casablanca"))
    with connection.cursor() as cursor:
        naive = noon.replace(tzinfo=None)
        cursor.execute("SELECT %s::timestamp AT TIME ZONE 'Africa/Casablanca'", [naive])
        assert cursor.fetchone()[0] == noon


def test_pgbouncer_gets_no_options_of_a_connection():
    """It refuses them; cursors and connections do not outlive a transaction."""
    code = (
        "from config.settings import DATABASES as all; one = all['default'];"
        "print(one['OPTIONS'], one['CONN_MAX_AGE'], one['DISABLE_SERVER_SIDE_CURSORS'])"
    )
    direct = run("-c", code, **PRODUCTION)
    assert direct.stdout == (
        "{'connect_timeout': 5, 'options': '-c lock_timeout=3000 -c statement_timeout=30000'}"
        " 60 False\n"
    )
    assert run("-c", code, **PRODUCTION, PGBOUNCER="1").stdout == "{'connect_timeout': 5} 0 True\n"
