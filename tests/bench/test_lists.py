"""Time of the long lists from the database: `make bench`.

A congress of 1,000 abstracts and 1,500 speakers. The target, 150 ms for a page that is not stored,
is printed and not asserted, since a busy machine takes several times as long.
"""

import pytest

from tests.bench.test_pages import Site, congress, machine, measured, table

__all__ = ["congress"]
pytestmark = pytest.mark.django_db
LISTS = {
    "1,000 abstracts": "/fr/scale/abstracts/",
    "1,000 abstracts, of a track": "/fr/scale/abstracts/?track=technologies",
    "1,000 abstracts, the last page": "/fr/scale/abstracts/?page=25",
    "1,500 speakers": "/fr/scale/speakers/",
    "1,500 speakers, of a letter": "/fr/scale/speakers/?letter=C",
    "1,500 speakers in Arabic": "/ar/scale/speakers/",
    "the abstracts with a keyword": "/fr/scale/keywords/resilience/",
}


def test_lists(congress, capsys):
    rows = [measured(Site(), name, address) for name, address in LISTS.items()]
    with capsys.disabled():
        print(f"\n\n{machine()}\n\n{table(rows)}\n\nat most 150 ms each")
