import os
import shutil
import subprocess
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import psycopg2
import pytest

from scripts import embedded_postgres

PROJECT = Path(__file__).resolve().parents[2]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


@pytest.fixture
def folder():
    """A folder that the user `nobody` can open too, unlike the folders of pytest."""
    path = Path("/tmp") / f"pg-{uuid.uuid4().hex[:8]}"
    yield path
    embedded_postgres.remove(path)


def answer(url: str, question: str):
    connection = psycopg2.connect(url)
    try:
        with connection.cursor() as cursor:
            cursor.execute(question)
            return cursor.fetchone()[0]
    finally:
        connection.close()


def server_pid(folder: Path) -> int:
    return int((folder / "data" / "postmaster.pid").read_text().split()[0])


def start_elsewhere(folder: Path) -> str:
    """Start the server from another process, as a second `manage.py` does; return its output."""
    command = [sys.executable, "-m", "scripts.embedded_postgres", "start", str(folder)]
    result = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    return result.stdout.strip() or result.stderr.strip()


def test_server_start_and_stop_are_idempotent(folder):
    url = embedded_postgres.ensure_running(folder)
    first = server_pid(folder)

    assert embedded_postgres.ensure_running(folder) == url
    assert server_pid(folder) == first
    assert embedded_postgres.stop(folder) is True
    assert embedded_postgres.stop(folder) is False


def test_server_listens_on_a_private_unix_socket_only(folder):
    url = embedded_postgres.ensure_running(folder)

    assert url == f"postgres://symposium@/symposium?host={folder}"
    assert answer(url, "SHOW listen_addresses") == ""
    assert folder.stat().st_mode & 0o777 == 0o700


def test_server_has_utf8_and_the_required_extensions(folder):
    url = embedded_postgres.ensure_running(folder)

    assert answer(url, "SHOW server_encoding") == "UTF8"
    assert answer(url, "SELECT lower('ÉCOLE Ω')") == "école ω"
    available = "SELECT count(*) FROM pg_available_extensions WHERE name IN "
    assert answer(url, available + "('btree_gist', 'pg_trgm', 'unaccent')") == 3


def test_server_is_durable_by_default_and_fast_for_tests(folder):
    assert answer(embedded_postgres.ensure_running(folder), "SHOW fsync") == "on"
    embedded_postgres.stop(folder)
    assert answer(embedded_postgres.ensure_running(folder, durable=False), "SHOW fsync") == "off"


def test_concurrent_processes_share_one_server(folder):
    with ThreadPoolExecutor(2) as pool:
        urls = list(pool.map(start_elsewhere, [folder, folder]))

    assert urls == [f"postgres://symposium@/symposium?host={folder}"] * 2
    assert answer(urls[0], "SELECT 1") == 1


def test_last_context_to_exit_stops_the_server(folder):
    with embedded_postgres.running(folder) as url:
        with embedded_postgres.running(folder):
            pass
        assert answer(url, "SELECT 1") == 1

    assert embedded_postgres.stop(folder) is False


def test_data_survives_a_server_crash(folder):
    url = embedded_postgres.ensure_running(folder)
    connection = psycopg2.connect(url)
    with connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE kept AS SELECT 'still here' AS word")
    connection.close()
    server = psutil.Process(server_pid(folder))
    server.kill()
    psutil.wait_procs([server])

    assert answer(embedded_postgres.ensure_running(folder), "SELECT word FROM kept") == "still here"


def test_stale_pid_file_of_another_process_is_ignored(folder):
    """A container that restarts gives the same few process ids again."""
    embedded_postgres.ensure_running(folder)
    stale = (folder / "data" / "postmaster.pid").read_text().splitlines()
    embedded_postgres.stop(folder)
    owner = (folder / "data").stat().st_uid
    with subprocess.Popen(["sleep", "60"], user=owner, cwd="/") as stranger:
        pid_file = folder / "data" / "postmaster.pid"
        pid_file.write_text("\n".join([str(stranger.pid), *stale[1:]]) + "\n")
        os.chown(pid_file, owner, -1)

        assert answer(embedded_postgres.ensure_running(folder), "SELECT 1") == 1
        stranger.kill()


def test_a_long_path_gets_a_short_socket(folder):
    deep = folder / ("long" * 25) / "postgres"
    deep.parent.mkdir(parents=True)
    try:
        url = embedded_postgres.ensure_running(deep)
        assert url.partition("?host=")[2].startswith("/tmp/symposium-")
        assert answer(url, "SELECT 1") == 1
    finally:
        embedded_postgres.remove(deep)
        shutil.rmtree(folder)


def test_unwritable_folder_is_reported_in_one_line(tmp_path):
    file = tmp_path / "file"
    file.write_text("")

    with pytest.raises(embedded_postgres.PostgresError) as caught:
        embedded_postgres.ensure_running(file / "postgres")

    assert str(caught.value) == (
        f"The database cannot be kept in {file}/postgres: Not a directory. "
        "Give the project to the user who runs it, or run it as its owner."
    )


def test_server_start_failure_is_reported_with_its_log(folder):
    embedded_postgres.ensure_running(folder)
    embedded_postgres.stop(folder)
    (folder / "data" / "postgresql.conf").write_text("nonsense = on\n")

    with pytest.raises(embedded_postgres.PostgresError) as caught:
        embedded_postgres.ensure_running(folder)

    message = str(caught.value)
    assert message.splitlines()[0] == f"PostgreSQL’s pg_ctl failed (log: {folder}/server.log):"
    assert 'unrecognized configuration parameter "nonsense"' in message


def test_data_of_another_version_is_refused(folder):
    embedded_postgres.ensure_running(folder)
    embedded_postgres.stop(folder)
    (folder / "data" / "PG_VERSION").write_text("17\n")

    with pytest.raises(embedded_postgres.PostgresError, match="was made by PostgreSQL 17"):
        embedded_postgres.ensure_running(folder)


def test_command_reports_a_plain_error(tmp_path):
    file = tmp_path / "file"
    file.write_text("")

    assert start_elsewhere(file / "postgres").startswith("The database cannot be kept in ")


@as_root
def test_root_runs_the_server_as_nobody(folder):
    embedded_postgres.ensure_running(folder)

    assert psutil.Process(server_pid(folder)).username() == "nobody"


@as_root
def test_root_runs_the_server_as_the_owner_of_the_folder(folder):
    folder.mkdir()
    os.chown(folder, 1, 1)
    embedded_postgres.ensure_running(folder)

    assert psutil.Process(server_pid(folder)).uids().real == 1


@as_root
def test_root_moves_the_server_of_an_inaccessible_project_to_a_shelter(folder):
    folder.mkdir(mode=0o700)
    inside = folder / "postgres"
    url = embedded_postgres.ensure_running(inside)
    shelter = inside.joinpath("elsewhere").readlink()

    assert answer(url, "SELECT 1") == 1
    assert shelter.parent == embedded_postgres.SHELTER
    embedded_postgres.remove(inside)
    assert not shelter.exists()
    folder.rmdir()
