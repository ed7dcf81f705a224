"""The rules of the test suite itself."""

import pytest
from xdist.scheduler import LoadGroupScheduling


def test_tests_sharing_a_loaded_site_run_in_one_worker(request):
    """Otherwise each worker would make the site of a module and read its pages again."""
    if not request.config.getoption("loadgroup", default=False):
        pytest.skip("the tests are not shared out: -n 2 --dist=loadgroup")
    sharing = [item for item in request.session.items if "loaded" in item.fixturenames]
    units = {LoadGroupScheduling._split_scope(None, item.nodeid) for item in sharing}
    assert units == {item.path.stem for item in sharing}
