"""The organisers' guide uses the labels of the pages."""

import re

import polib
from django.utils.text import capfirst

from tests.conftest import PROJECT


def test_guide_uses_the_interface_labels():
    catalogue = polib.pofile(str(PROJECT / "locale/fr/LC_MESSAGES/django.po"))
    words = {capfirst(entry.msgid) for entry in catalogue}
    # A label may end with a colon and its explanation; the guide uses the label alone.
    words |= {text.partition(": ")[0] for text in words}
    guide = " ".join((PROJECT / "docs/registration.md").read_text().split())
    named = [capfirst(name) for name in re.findall("“(.+?)”", guide)]
    assert [name for name in named if name not in words] == []
    assert len(named) > 20
