"""Time of a hundred badges and of a ticket: `make bench`."""

import statistics
import time

from symposium.core.documents import qr
from tests.helpers.pdf_files import badges, person, texts, ticket

ROUNDS = 10


def people(number: int, turn: int) -> list[dict]:
    """Return people whose names and codes differ by turn: typst caches what it has typeset."""
    return [
        person(
            f"Maximiliana Benabdeljalil {turn} {place}",
            name_ar=f"سلمى المدينة {turn} {place}",
            qr=qr.drawing(f"{turn}-{place}-7K4Q-2M9X"),
        )
        for place in range(number)
    ]


def test_hundred_badges(capsys):
    started = time.perf_counter()
    file = badges(*people(100, 0))
    seconds = time.perf_counter() - started
    tickets = [timed(turn) for turn in range(ROUNDS)]
    with capsys.disabled():
        print(f"\n\n100 badges: {seconds:.2f} s, {len(file) / 1000:.0f} kB")
        print(f"a ticket: {statistics.median(tickets):.0f} ms (best {min(tickets):.0f})")
    assert len(texts(file)) == 25
    assert seconds < 5


def timed(turn: int) -> float:
    started = time.perf_counter()
    ticket(name=f"Salma Medina {turn}")
    return (time.perf_counter() - started) * 1000
