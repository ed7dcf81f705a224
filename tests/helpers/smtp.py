"""SMTP server for the tests, on this machine: it stores what it gets, and can be slow or strict.

with smtp.Server() as server:
    …EMAIL_URL=server.url…
    server.wait_for(20)
"""

import contextlib
import email
import email.message
import email.policy
import socketserver
import threading
import time
from collections.abc import Callable, Iterator


class Handler(socketserver.StreamRequestHandler):
    """The part of RFC 5321 that `smtplib` uses."""

    def handle(self) -> None:
        with contextlib.suppress(ConnectionError):
            self.say("220 ready")
            self.readers = []
            while line := self.rfile.readline():
                self.answer(line.decode().strip())

    def answer(self, line: str) -> None:
        command = line[:4].upper()
        if command == "RCPT":
            address = line.partition("<")[2].partition(">")[0]
            self.readers.append(address)
            self.say(self.server.refusals.get(address, "250 ok"))
        elif command == "DATA":
            self.say("354 go on")
            self.receive()
        else:
            self.say("250 ok")

    def receive(self) -> None:
        lines = iter(self.rfile.readline, b".\r\n")
        content = b"".join(line.removeprefix(b".") if line[:2] == b".." else line for line in lines)
        content = content.replace(b"\r\n", b"\n")
        message = email.message_from_bytes(content, policy=email.policy.default)
        self.server.received.append(message)
        self.server.readers.append(self.readers)
        self.readers = []
        # The sender has no answer yet: if it dies here, the mail is sent and not recorded as sent.
        self.server.before_accepting(message)
        self.say("250 accepted")

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


class Server(socketserver.ThreadingTCPServer):
    """SMTP server; `refusals` are answers by recipient, like "550 5.1.1 nobody of that name"."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, before_accepting: Callable[..., object] = lambda message: None, **refusals):
        super().__init__(("127.0.0.1", 0), Handler)
        self.before_accepting = before_accepting
        self.refusals = refusals
        self.received: list[email.message.EmailMessage] = []
        self.readers: list[list[str]] = []  # the addresses that each was given for
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def __exit__(self, *arguments) -> None:
        self.shutdown()
        super().__exit__(*arguments)

    @property
    def port(self) -> int:
        return self.server_address[1]

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def recipients(self) -> list[str]:
        return [str(message["To"]) for message in self.received]


def wait_until(condition: Callable[[], object], seconds: float = 30) -> None:
    """Return as soon as the condition holds; fail after `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)


@contextlib.contextmanager
def released(event: threading.Event) -> Iterator[None]:
    """Set the event at the end of the block, even after an error, so that nobody waits for it."""
    try:
        yield
    finally:
        event.set()
