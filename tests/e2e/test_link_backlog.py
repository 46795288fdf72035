"""R7: a backlog drains while the lane decides; `portique bench link` says how fast."""

import pytest

from portique.cli.bench_link import link_rows


@pytest.mark.slow
def test_a_backlog_drains_while_the_lane_decides():
    """Everything that waited is acknowledged, and showings were decided all the time."""
    rows = {row.what: row for row in link_rows(entries=1500)}

    assert rows["backlog of 1,500"].value > 0
    assert rows["decision, while it drains"].runs > 0
