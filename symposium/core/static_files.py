"""Static files: style sheets are served without comments and spaces."""

from collections.abc import Iterator
from typing import Any

import rcssmin
from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Minify style sheets before their names get the hash of their content."""

    def post_process(
        self, paths: dict[str, Any], dry_run: bool = False, **options: Any
    ) -> Iterator[tuple[str, str, bool]]:
        if not dry_run:
            paths = paths | {name: self.minify(name) for name in paths if name.endswith(".css")}
        yield from super().post_process(paths, dry_run=dry_run, **options)

    def minify(self, name: str) -> tuple[Any, str]:
        """Replace the collected copy of this style sheet; return where the next step reads it."""
        with self.open(name) as collected:
            text = collected.read().decode()
        self.delete(name)
        self.save(name, ContentFile(rcssmin.cssmin(text)))
        return self, name
