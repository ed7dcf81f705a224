"""The clock of a page in the tests: the server's Date header, which would correct it, is hidden."""

import datetime

DEAF = """
const { get } = Headers.prototype;
Headers.prototype.get = function (name) {
  return name === "Date" ? null : get.call(this, name);
};
"""


def set_clock(page, moment: datetime.datetime, *, runs: bool = False) -> None:
    """Stop the clock of `page` at `moment`; with `runs` the test can move it on from there."""
    page.add_init_script(DEAF)
    if runs:
        page.clock.install(time=moment - datetime.timedelta(minutes=1))
        page.clock.pause_at(moment)
    else:
        page.clock.set_fixed_time(moment)
