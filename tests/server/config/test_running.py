"""`portique server run`, for real: started, hurt, stopped."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from subprocess import PIPE

import pytest

from portique.cli.doctor_checks import State
from portique.cli.doctor_https import check_address
from portique.cli.doctor_visit import Visit

pytestmark = pytest.mark.slow
RUN = (sys.executable, "-m", "portique.cli", "--lang", "en", "server", "run")


@pytest.fixture
def running(school, tools):
    """Start a server; it is ready once it says its address."""
    pages, streams = tools.free_ports()
    options = ("--school", str(school), "--port", str(pages), "--stream-port", str(streams))
    with subprocess.Popen([*RUN, *options], stdout=PIPE, text=True) as process:
        assert process.stdout
        try:
            assert f"http://localhost:{pages}/" in process.stdout.readline()
            yield process, pages, streams
        finally:
            process.kill()


def children(process: subprocess.Popen) -> list[int]:
    """Return the ids of the processes that a process started."""
    found = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    return [int(number) for number in found.split()]


def gone(pid: int) -> bool:
    """Say whether a process is no more."""
    return not Path(f"/proc/{pid}").exists() or " Z " in Path(f"/proc/{pid}/stat").read_text()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_it_is_told_to_stop(running, tools, number):
    """Pages and streams answer; a signal stops both, and the exit code is 0."""
    process, pages, streams = running
    tools.wait_for(lambda: tools.health(pages))
    assert tools.health(streams)["ok"]
    parts = children(process)

    process.send_signal(number)
    assert process.wait(timeout=30) == 0
    assert all(map(gone, parts))


def test_a_part_that_died_is_started_again(running, tools):
    """The other one goes on meanwhile."""
    process, pages, streams = running
    tools.wait_for(lambda: tools.health(streams))
    before = children(process)
    for part in before:
        if b"streams" in Path(f"/proc/{part}/cmdline").read_bytes():
            os.kill(part, signal.SIGKILL)

    tools.wait_for(lambda: tools.health(streams))
    assert len(set(children(process)) - set(before)) == 1
    tools.wait_for(lambda: tools.health(pages))


def test_the_doctor_finds_nothing_wrong_with_it(running):
    """Pages, database, both streams' first words and both apps; it notes only what takes HTTPS."""
    visit = Visit(f"http://127.0.0.1:{running[1]}/", patience_s=60)
    findings = list(check_address(visit))

    assert {finding.name for finding in findings if finding.state is State.NOTE} <= {
        "https", "server's clock", "phones' app", "agents' scanner"
    }  # fmt: skip
    assert State.WRONG not in {finding.state for finding in findings}
    assert [finding.name for finding in findings[-3:]] == [
        "the gates' stream", "phones' app", "agents' scanner"
    ]  # fmt: skip


def test_nothing_outlives_a_killed_supervisor(running, tools):
    """Its parts' lifelines end with it."""
    process, _, _ = running
    parts = children(process)
    process.kill()
    process.wait(timeout=10)

    tools.wait_for(lambda: all(map(gone, parts)))


def test_a_taken_port_ends_it_with_code_5(school):
    """And one sentence."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        options = ("--school", str(school), "--port", str(taken.getsockname()[1]))
        done = subprocess.run([*RUN, *options], stderr=PIPE, text=True, timeout=60, check=False)

    assert done.returncode == 5
    assert "choose another with --port" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_it_does_not_listen_to_other_machines_in_clear(school):
    """Wrong use, with what to give instead."""
    done = subprocess.run(
        [*RUN, "--school", str(school), "--host", "0.0.0.0"],  # noqa: S104
        stderr=PIPE, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert done.returncode == 2
    assert "--behind-proxy" in done.stderr
