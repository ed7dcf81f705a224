"""Rebuild static/vendor/ and core/documents/fonts/ from npm packages.

The packages are Bootstrap, the fonts and the QR code reader. Run `python3 -m
scripts.vendor` (Python 3.11.4+, npm) after changing a version below, and commit the result. The
script is outside static/, so it is never collected or served. Of Bootstrap only the part in use is
served: `bootstrap_css.py` takes it from the whole files in scripts/bootstrap/. The font subsets
follow the design's weight limit: 75 kB for a first view, 90 kB in Arabic.
"""

import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from scripts import bootstrap_css

PROJECT = Path(__file__).resolve().parent.parent
VENDOR = PROJECT / "static" / "vendor"
PDF_FONTS = (
    PROJECT / "symposium" / "core" / "documents" / "fonts"
)  # embedded in documents, never served

BOOTSTRAP = "bootstrap@5.3.9"
INTER = "@fontsource-variable/inter@5.3.0"
NOTO_SANS_ARABIC = "@fontsource-variable/noto-sans-arabic@5.3.0"
INTER_FOR_PDF = "inter-ui@4.1.1"  # not a subset
DEJAVU = "dejavu-fonts-ttf@2.37.3"
NOTO_SANS_ARABIC_FOR_PDF = "@fontsource/noto-sans-arabic@4.5.9"  # pdf_fonts.py gives the reason
CHINESE = "@fontsource/noto-sans-sc@5.3.0"
KOREAN = "@fontsource/noto-sans-kr@5.3.0"
BARCODE_DETECTOR = "barcode-detector@3.2.2"
FONT_TOOLS = ["fonttools==4.68.0", "brotli==1.2.1"]

LATIN = (
    "0020-007E,00A0-00FF,0131,0152-0153,0178,2010-2014,2018-201E,2020-2022,2026,202F,"
    "2030,2039-203A,2044,20AC,2122,2212"
)
ARABIC = (
    "0020-003A,00A0,00AB,00BB,060C,061B,061F,0621-063A,0640-0655,0660-066C,0670-0671,"
    "067E,0686,0698,06A4,06AD,06AF,200C-200F,2013-2014,202F,2026"
)
INTER_FEATURES = "kern,calt,ccmp,locl,mark,mkmk,tnum"

# our name: package, its file, weights, characters, layout features
FONTS = {
    "inter-latin-400-750": (
        INTER, "inter-latin-wght-normal", "400:750", LATIN, INTER_FEATURES,
    ),
    "inter-latin-ext-400-750": (
        INTER, "inter-latin-ext-wght-normal", "400:750", "*", INTER_FEATURES,
    ),
    "inter-vietnamese-400-750": (
        INTER, "inter-vietnamese-wght-normal", "400:750", "*", INTER_FEATURES,
    ),
    "noto-sans-arabic-400-700": (
        NOTO_SANS_ARABIC, "noto-sans-arabic-arabic-wght-normal", "400:700", ARABIC, "*",
    ),
}  # fmt: skip


def unpacked(package: str, work: Path) -> Path:
    """Return the folder of an npm package, which is downloaded once."""
    folder = work / re.sub(r"\W+", "-", package)
    if not folder.exists():
        folder.mkdir()
        packed = subprocess.run(
            ["npm", "pack", "--silent", package],
            cwd=folder, check=True, capture_output=True, text=True,
        )  # fmt: skip
        with tarfile.open(folder / packed.stdout.split()[-1]) as archive:
            archive.extractall(folder, filter="data")
    return folder / "package"


def bootstrap(work: Path, target: Path) -> None:
    """Fetch the whole of Bootstrap, and write its part in use into `target`."""
    package = unpacked(BOOTSTRAP, work)
    for name in bootstrap_css.NAMES:
        # Manifest storage would look for the source map, which is not shipped.
        css = re.sub(r"/\*# sourceMappingURL=.*?\*/", "", (package / "dist/css" / name).read_text())
        (bootstrap_css.WHOLE / name).write_text(css.rstrip() + "\n")
    shutil.copy(package / "LICENSE", bootstrap_css.WHOLE / "LICENSE.txt")
    shutil.copy(package / "LICENSE", target / "bootstrap.LICENSE.txt")
    bootstrap_css.write(target)


def font_tools(work: Path) -> Path:
    """Return a Python with FONT_TOOLS, which is installed once."""
    python = work / "tools" / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", work / "tools"], cwd=work, check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *FONT_TOOLS], check=True)
    return python


def fonts(work: Path, target: Path) -> None:
    python = font_tools(work)
    for name, (package, source, weights, characters, features) in FONTS.items():
        limited = work / f"{name}.ttf"
        subprocess.run(
            [python, "-m", "fontTools.varLib.instancer", "--quiet", "--no-recalc-timestamp",
             unpacked(package, work) / "files" / f"{source}.woff2",
             f"wght={weights}", f"--output={limited}"],
            check=True,
        )  # fmt: skip
        subprocess.run(
            [python, "-m", "fontTools.subset", limited, f"--unicodes={characters}",
             f"--layout-features={features}", "--flavor=woff2",
             f"--output-file={target / name}.woff2"],
            check=True,
        )  # fmt: skip
    font_licences(work, target)


def font_licences(work: Path, target: Path) -> None:
    for package, name in [(INTER, "inter"), (NOTO_SANS_ARABIC, "noto-sans-arabic")]:
        shutil.copy(unpacked(package, work) / "LICENSE", target / f"{name}.LICENSE.txt")


def pdf_fonts(work: Path, target: Path) -> None:
    packages = [INTER_FOR_PDF, DEJAVU, NOTO_SANS_ARABIC_FOR_PDF, CHINESE, KOREAN]
    parts = work / "pdf-parts"
    parts.mkdir()
    script = Path(__file__).with_name("pdf_fonts.py")
    folders = [unpacked(package, work) for package in packages]
    subprocess.run([font_tools(work), script, *folders, target, parts], check=True)
    font_licences(work, target)  # for Inter and Noto
    shutil.copy(unpacked(DEJAVU, work) / "LICENSE", target / "dejavu-sans.LICENSE.txt")
    shutil.copy(unpacked(CHINESE, work) / "LICENSE", target / "noto-sans-cjk.LICENSE.txt")


def scanner(work: Path, target: Path) -> None:
    """Copy the QR code reader for browsers without one.

    The script and the WebAssembly file must match, so the latter comes from the release on which
    the package depends.
    """
    package = unpacked(BARCODE_DETECTOR, work)
    release = json.loads((package / "package.json").read_text())["dependencies"]["zxing-wasm"]
    reader = unpacked(f"zxing-wasm@{release}", work)
    folder = target / "barcode-detector"
    folder.mkdir()
    shutil.copy(package / "dist/iife/ponyfill.js", folder / "barcode-detector.js")
    shutil.copy(reader / "dist/reader/zxing_reader.wasm", folder)
    shutil.copy(package / "LICENSE", folder / "LICENSE.txt")
    shutil.copy(reader / "LICENSE", folder / "zxing-wasm.LICENSE.txt")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        made = work / "made"
        made.mkdir()
        for make in [bootstrap, fonts, scanner]:
            make(work, made)
        made_for_pdf = work / "made-for-pdf"
        made_for_pdf.mkdir()
        pdf_fonts(work, made_for_pdf)
        for folder_made, ours in [(made, VENDOR), (made_for_pdf, PDF_FONTS)]:
            shutil.rmtree(ours, ignore_errors=True)
            shutil.copytree(folder_made, ours)
    for path in sorted([*VENDOR.rglob("*.*"), *PDF_FONTS.glob("*")]):
        sys.stdout.write(f"{path.stat().st_size:>7}  {path.relative_to(PROJECT)}\n")


if __name__ == "__main__":
    main()
