"""The faults of faults.py still have their places in the code and the tests that find them."""

import pytest

from tests import faults


@pytest.mark.parametrize("fault", faults.FAULTS, ids=lambda fault: fault.name)
def test_fault_has_one_place_and_changes_it(fault):
    path, text = faults.place(fault, faults.PROJECT)
    assert faults.re.sub(fault.pattern, fault.replacement, text) != text, path
    names = fault.tests.split()
    found = {path.stem for path in (faults.PROJECT / "tests").rglob("test_*.py")}
    assert [name for name in names if name not in found] == []
