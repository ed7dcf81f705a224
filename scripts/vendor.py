"""Make static/vendor/ again from npm packages: Bootstrap, the fonts, jQuery UI's tabs.

Run `python3 scripts/vendor.py` (Python 3.9+, npm) after changing a version below, and
commit what it writes. It stands outside static/, so it is never collected or served.
The font subsets are those of the design's weight budget: 100 kB for a first view.
"""

import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import venv
from pathlib import Path

VENDOR = Path(__file__).resolve().parent.parent / "static" / "vendor"

BOOTSTRAP = "bootstrap@5.3.9"
INTER = "@fontsource-variable/inter@5.3.0"
NOTO_SANS_ARABIC = "@fontsource-variable/noto-sans-arabic@5.3.0"
JQUERY_UI = "jquery-ui@1.14.2"
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

# package, its file, weights, characters, features, our name
FONTS = [
    (INTER, "inter-latin-wght-normal", "400:750", LATIN, INTER_FEATURES, "inter-latin-400-750"),
    (INTER, "inter-latin-ext-wght-normal", "400:750", "*", INTER_FEATURES, "inter-latin-ext-400-750"),
    (INTER, "inter-vietnamese-wght-normal", "400:750", "*", INTER_FEATURES, "inter-vietnamese-400-750"),
    (NOTO_SANS_ARABIC, "noto-sans-arabic-arabic-wght-normal", "400:700", ARABIC, "*", "noto-sans-arabic-400-700"),
]  # fmt: skip

# What modeltranslation's tabs need, in the order of their dependencies.
JQUERY_UI_PARTS = ["version", "keycode", "unique-id", "widget", "widgets/tabs"]


def unpacked(package: str, work: Path) -> Path:
    """The folder of an npm package, fetched once."""
    folder = work / re.sub(r"\W+", "-", package)
    if not folder.exists():
        folder.mkdir()
        packed = subprocess.run(
            ["npm", "pack", "--silent", package],
            cwd=folder, check=True, capture_output=True, text=True,
        )  # fmt: skip
        with tarfile.open(folder / packed.stdout.split()[-1]) as archive:
            archive.extractall(folder)
    return folder / "package"


def bootstrap(work: Path) -> None:
    package = unpacked(BOOTSTRAP, work)
    for name in ["bootstrap.min.css", "bootstrap.rtl.min.css"]:
        # Manifest storage would look for the source map, which is not shipped.
        css = re.sub(r"/\*# sourceMappingURL=.*?\*/", "", (package / "dist/css" / name).read_text())
        (VENDOR / name).write_text(css.rstrip() + "\n")
    shutil.copy(package / "LICENSE", VENDOR / "bootstrap.LICENSE.txt")


def fonts(work: Path) -> None:
    tools = work / "tools"
    venv.create(tools, with_pip=True)
    python = tools / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", *FONT_TOOLS], check=True)
    for package, source, weights, characters, features, name in FONTS:
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
             f"--output-file={VENDOR / name}.woff2"],
            check=True,
        )  # fmt: skip
    shutil.copy(unpacked(INTER, work) / "LICENSE", VENDOR / "inter.LICENSE.txt")
    shutil.copy(unpacked(NOTO_SANS_ARABIC, work) / "LICENSE", VENDOR / "noto-sans-arabic.LICENSE.txt")


def jquery_ui(work: Path) -> None:
    package = unpacked(JQUERY_UI, work)
    folder = VENDOR / "jquery-ui"
    folder.mkdir(exist_ok=True)
    parts = [(package / "ui" / f"{part}.js").read_text() for part in JQUERY_UI_PARTS]
    (folder / "jquery-ui-tabs.js").write_text("\n".join(parts))
    shutil.copy(package / "LICENSE.txt", folder / "LICENSE.txt")


def main() -> None:
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as work:
        for make in [bootstrap, fonts, jquery_ui]:
            make(Path(work))
    for path in sorted(VENDOR.rglob("*.*")):
        sys.stdout.write(f"{path.stat().st_size:>7}  {path.relative_to(VENDOR)}\n")


if __name__ == "__main__":
    main()
