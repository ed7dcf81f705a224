"""What `deploy/install` installs, as far as it is read without a machine."""

import re
import subprocess

import lxml.html
import pytest

from tests.conftest import PROJECT

DEPLOY = PROJECT / "deploy"
PAGES = DEPLOY / "nginx" / "pages"
DIRECTIONS = {"fr": "ltr", "en": "ltr", "ar": "rtl"}


@pytest.mark.parametrize("name", ["install", "upgrade", "switch", "steps.sh"])
def test_script_is_plain_shell(name):
    subprocess.run(["sh", "-n", DEPLOY / name], check=True)


def test_each_error_of_nginx_has_its_page_in_each_language():
    configured = (DEPLOY / "nginx" / "symposium.conf").read_text()
    named = set(re.findall(r"/_pages/\$page_language/(\S+);", configured))
    assert named == {"too-large.html", "too-many.html", "unavailable.html"}
    for language in DIRECTIONS:
        assert {path.name for path in (PAGES / language).iterdir()} == named


@pytest.mark.parametrize("path", sorted(PAGES.glob("*/*.html")), ids=lambda path: path.stem)
def test_page_of_nginx_says_its_language_and_loads_only_its_style(path):
    page = lxml.html.fromstring(path.read_bytes())
    language = path.parent.name
    assert (page.get("lang"), page.get("dir")) == (language, DIRECTIONS[language])
    assert page.findtext(".//title") == page.findtext(".//h1")
    assert page.xpath("//@href | //@src | //@style | //script") == ["/_pages/page.css"]
