"""Field for identifiers as users paste them: with an address, a label or typographic hyphens."""

import re
import unicodedata
from typing import Any
from urllib.parse import unquote

from django.db import models

HYPHENS = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")


class NormalizedIdentifierField(models.CharField):
    """Identifier in lower case, without the address or the label before it.

    `label` and `address` are regular expressions for these prefixes.
    """

    label = address = ""

    def to_python(self, value: object) -> str:
        return self.written(self.bare(super().to_python(value) or ""))

    def bare(self, text: str) -> str:
        text = "".join(one for one in text if unicodedata.category(one) != "Cf").strip()
        text = HYPHENS.sub("-", text)
        text = re.sub(rf"^({self.label})\s*:?\s*(?=\S)", "", text, flags=re.IGNORECASE)
        before = re.match(rf"(https?://)?(www\.)?({self.address})/(?=.)", text, re.IGNORECASE)
        if not before:
            return text
        path = re.split("[?#]", text[before.end() :])[0]
        return unquote(path.rstrip("/")).strip()

    def written(self, text: str) -> str:
        return text.lower()

    def formfield(self, **kwargs: Any) -> Any:
        """Return a form field without maxlength, at which a browser would truncate pasted text."""
        return super().formfield(**{"max_length": None, **kwargs})
