"""Static files as they are collected for production."""

from pathlib import Path

from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.test import override_settings

WRITTEN = """/* A comment */
@media (min-width: 48rem) {
  .a > :is(.b, .c) { width: calc(1rem + 2px); background: url("dot.svg"); }
}
"""


def test_style_sheet_is_collected_without_comments_and_spaces(tmp_path):
    source, root = tmp_path / "source", tmp_path / "root"
    source.mkdir()
    Path(source, "dot.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    Path(source, "page.css").write_text(WRITTEN)
    storage = {"BACKEND": "symposium.core.static_files.StaticFilesStorage"}
    with override_settings(
        STATIC_ROOT=root, STATICFILES_DIRS=[source], STORAGES={"staticfiles": storage},
        STATICFILES_FINDERS=["django.contrib.staticfiles.finders.FileSystemFinder"],
    ):  # fmt: skip
        for _ in range(2):  # a second time leaves them as they are
            call_command("collectstatic", interactive=False, verbosity=0)
            sheet = staticfiles_storage.stored_name("page.css")
            drawing = staticfiles_storage.stored_name("dot.svg")
            assert Path(root, sheet).read_text() == (
                "@media (min-width:48rem){.a>:is(.b,.c){width:calc(1rem + 2px);"
                f'background:url("{drawing}")}}}}'
            )
