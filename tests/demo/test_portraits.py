import io

import pytest
from PIL import Image

from symposium.demo import data
from symposium.demo.portraits import HEADS, portrait


@pytest.mark.parametrize("style", HEADS)
def test_portrait_is_upright_and_deterministic(style):
    drawn = portrait("yasmine-arcade", style)
    with Image.open(io.BytesIO(drawn)) as picture:
        assert (picture.format, picture.size) == ("JPEG", (800, 1000))
    assert portrait("yasmine-arcade", style) == drawn


def test_portraits_differ():
    assert portrait("yasmine-arcade", "long") != portrait("salma-boussole", "long")


def test_demo_speaker_portraits_use_existing_heads():
    asked = {entry.get("portrait") for entry in data.table("speakers")["speaker"]}
    assert asked == {*HEADS, None}
