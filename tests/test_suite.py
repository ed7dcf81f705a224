"""The rules of the test suite itself."""

import re

import pytest
from xdist.scheduler import LoadGroupScheduling

from scripts import suite


def test_tests_sharing_a_loaded_site_run_in_one_worker(request):
    """Otherwise each worker would make the site of a module and read its pages again."""
    if not request.config.getoption("loadgroup", default=False):
        pytest.skip("the tests are not shared out: -n 2 --dist=loadgroup")
    sharing = [item for item in request.session.items if "loaded" in item.fixturenames]
    units = {LoadGroupScheduling._split_scope(None, item.nodeid) for item in sharing}
    assert units == {item.path.stem for item in sharing}


def test_suite_ends_with_its_time_and_the_failed_steps(monkeypatch, tmp_path, capfd):
    steps = {"good": ["-c", "print('all is well')"], "bad": ["-c", "raise SystemExit('3 wrong')"]}
    monkeypatch.setattr(suite, "STEPS", steps)
    monkeypatch.setattr(suite, "SUMMARY", tmp_path / "suite.txt")
    assert suite.main(["good", "bad"]) == 1
    said = capfd.readouterr().out
    for line in ("all is well", "3 wrong", "---- good passed in ", "---- bad FAILED (exit 1) in "):
        assert line in said
    summary = said.splitlines()[-1]
    assert re.fullmatch(r"==== FAILED: bad — 1 failed, 1 passed in \d+\.\ds ====", summary)
    assert (tmp_path / "suite.txt").read_text() == f"{summary}\n"
    assert suite.main(["good"]) == 0
    assert re.search(r"\n==== 1 steps passed in \d+\.\ds ====\n$", capfd.readouterr().out)
