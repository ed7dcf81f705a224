"""QR codes (ISO/IEC 18004) as SVG: inline on a page, or for a document.

Error correction level M: a creased or dirty ticket can still be read. The code is always dark on
white with its quiet zone, in dark mode too.
"""

import io
from collections.abc import Iterable
from itertools import groupby

import segno
from django.utils.html import format_html
from django.utils.safestring import SafeString

QUIET_ZONE = 4  # modules, as the standard requires
SIZE = 240  # CSS pixels, unless a style sets another size
PNG_SCALE = 8  # pixels per module


def svg(text: str, label: str) -> SafeString:
    """Return the QR code of `text` as inline SVG; `label` describes it to screen readers."""
    side, path = outline(text)
    return format_html(
        '<svg class="qr" role="img" aria-label="{}" width="{}" height="{}" viewBox="0 0 {} {}" '
        'shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{}v{}H0z"/><path d="{}"/></svg>',
        label, SIZE, SIZE, side, side, side, side, path,
    )  # fmt: skip


def drawing(text: str) -> str:
    """Return the QR code of `text` as an SVG document with its quiet zone, for `pdf.render`."""
    side, path = outline(text)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path d="{path}"/></svg>'
    )


def png(text: str) -> bytes:
    """Return the QR code of `text` as a PNG with its quiet zone, for an e-mail."""
    file = io.BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(file, kind="png", scale=PNG_SCALE, border=QUIET_ZONE)
    return file.getvalue()


def outline(text: str) -> tuple[int, str]:
    """Return the side in modules, and an SVG path with one rectangle per run of dark modules."""
    code = segno.make(text, error="m", micro=False)
    runs = [
        f"M{start} {row}h{length}v1h-{length}z"
        for row, modules in enumerate(code.matrix_iter(border=QUIET_ZONE))
        for start, length in dark_runs(modules)
    ]
    return int(code.symbol_size(border=QUIET_ZONE)[0]), "".join(runs)


def dark_runs(modules: Iterable[int]) -> list[tuple[int, int]]:
    runs, place = [], 0
    for dark, run in groupby(modules):
        length = len(list(run))
        if dark:
            runs.append((place, length))
        place += length
    return runs
