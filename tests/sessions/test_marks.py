"""Marks of tracks: each has a shape in every place that draws marks."""

from pathlib import Path

import pytest
from django.conf import settings

from symposium.sessions.models import Track
from symposium.website.pwa import OFFLINE_PAGES

CSS = ["portal.css", "desk.css"]


@pytest.mark.parametrize("mark", Track.Mark.values)
def test_every_mark_is_drawn_in_every_place(mark):
    root = Path(settings.BASE_DIR)
    places = [
        *((root / "static" / "css" / name, f".track-{mark} {{") for name in CSS),
        (root / "templates" / "typst" / "card.typ", f"  {mark}: (fill:"),
        (root / "templates" / "typst" / "programme.typ", f" {mark}: "),
    ]
    assert [path.name for path, words in places if words not in path.read_text()] == []
    tile = f"img/tile-{mark}.svg"
    assert (root / "static" / tile).exists()
    assert tile in OFFLINE_PAGES
