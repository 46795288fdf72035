"""`portique bench phones` measures what it says, and says plainly what it lacks."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.conftest import CHROMIUM

from portique.cli.bench_phones import phone_rows
from portique.cli.bench_phones_browser import LOOPBACK
from portique.cli.bench_phones_effort import Effort, p95
from portique.cli.bench_phones_page import figures
from portique.cli.bench_phones_slow import slowed
from portique.cli.main import main
from portique.cli.measuring import Row

LITTLE = Effort(
    rates=(1,), lines=((LOOPBACK, (1,)),), loads=1, scans=1, blurred=1, sign_ins=1, redraws=1,
    still_s=0.1, pupils=20,
)  # fmt: skip
WAITS = "import sys; sys.stdin.read()"
STOPPED = "T"


@pytest.fixture
def waiting() -> Iterator[int]:
    """Give a process that does nothing."""
    with subprocess.Popen([sys.executable, "-c", WAITS], stdin=subprocess.PIPE) as one:
        yield one.pid
        os.kill(one.pid, signal.SIGCONT)  # whatever was done to it


def state(process: int) -> str:
    """Return the letter of what the system has a process do."""
    return Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()[0]


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_every_figure_is_there():
    """Once each, in a small school: the shape of the answer, not its speed."""
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed: `apt-get install chromium` brings it")
    with ThreadPoolExecutor(1) as beside:  # this thread may have a browser's loop already
        rows = beside.submit(lambda: list(phone_rows(LITTLE))).result()

    assert [row.what for row in rows if "files, as they come" in row.what]
    for said in ("first load of the wallet", "first load of the scanner", "PIN to the first pass",
                 "code held up to decision on the screen, median", "blurred by 0.6",
                 "redraw, longest gap", "main thread's own time",
                 "until its code is drawn", "until the sign-in"):  # fmt: skip
        assert [row.value > 0 for row in rows if said in row.what] == [True], said
    # A process's time is counted in ticks of 10 ms: a tenth of a second may have none.
    assert [row.value >= 0 for row in rows if "workers, of a core" in row.what] == [True]
    packed, whole = (row.value for row in rows if "scanner: its" in row.what)
    assert packed < whole, "the server packs what it sends"


@pytest.mark.parametrize("lacks", ["Playwright", "Chromium"])
def test_what_is_missing_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, lacks: str):
    """Nothing else is begun."""
    if lacks == "Playwright":
        monkeypatch.setitem(sys.modules, "playwright.sync_api", None)
    monkeypatch.setattr("portique.cli.bench_phones_browser.CHROMIUM", tmp_path / "none")
    done = CliRunner().invoke(main, ["bench", "phones"])

    assert done.exit_code == 5
    assert f"phones can't be measured without {lacks}" in done.stderr


def test_a_slowed_process_is_stopped_and_let_go(waiting: int, wait_until):
    """Again and again; afterwards it goes on."""
    with slowed([waiting], 6):
        wait_until(lambda: state(waiting) == STOPPED, what="a stop")
        wait_until(lambda: state(waiting) != STOPPED, what="its end")
    assert state(waiting) != STOPPED


def test_a_process_that_is_not_slowed_is_left_alone(waiting: int, monkeypatch):
    """Nothing is ever sent to it."""
    sent: list[int] = []
    monkeypatch.setattr(os, "kill", lambda *told: sent.append(told[0]))
    with slowed([waiting], 1):
        pass

    assert sent == []


def test_nineteen_of_twenty_are_not_above():
    """Of a few, the worst."""
    assert p95(range(100)) == 95
    assert p95([3.0, 1.0]) == 3.0


def test_figures_are_a_table_in_which_what_they_are_compared_with_leans():
    """Each with its unit, how often it was taken, and its target."""
    rows = [
        Row("phones", "first load", 1234.5, "ms", 3, target="≤ 3,000 ms"),
        Row("phones", "a bare page", 12.34, "ms", 3, peer=True),
    ]

    assert figures(rows).splitlines()[2:] == [
        "| first load | 1,234 ms | 3 | ≤ 3,000 ms |",
        "| *a bare page* | 12.3 ms | 3 |  |",
    ]
