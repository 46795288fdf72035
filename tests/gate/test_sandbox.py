"""What a process shut in can no longer do, and how honestly that is told."""

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from portique.core.errors import EnvironmentProblem
from portique.gate import sandbox_calls, sandbox_probe
from portique.gate.child import Patience, environment
from portique.gate.sandbox import Measure

SECCOMP = "Seccomp:" in Path("/proc/self/status").read_text(encoding="ascii")
KNOWN_MACHINE = os.uname().machine in {"x86_64", "aarch64"}


def run(code: str, *arguments: str) -> str:
    """Run code in a process of its own and return what it printed."""
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


@pytest.mark.skipif(not (SECCOMP and KNOWN_MACHINE), reason="no seccomp on this machine")
def test_every_attempt_to_break_out_is_refused():
    """Files, sockets, processes, signals, executable memory: nothing is left."""
    strength = sandbox_probe.probe()

    assert strength.refused
    assert strength.full, strength.refused
    assert Measure.CALLS in strength.measures


def test_root_is_left_behind():
    """A decoder started by root works as nobody."""
    ids = run(
        "import os\nfrom portique.gate import sandbox\n"
        "sandbox._leave_root()\nprint(os.getuid(), os.geteuid(), os.getgroups())"
    )

    assert ids.split()[0] != "0"


def test_limits_hold_without_any_help_of_the_kernel():
    """Where seccomp and Landlock are missing, no file can be written and memory is bounded."""
    told = run(
        "import json, os, signal\nfrom portique.gate import sandbox, sandbox_calls\n"
        "def missing(*_): raise OSError('missing')\n"
        "sandbox_calls.restrict_calls = sandbox_calls.restrict_files = missing\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "taken = list(sandbox.confine_decoder())\n"
        "try: wrote = os.write(os.memfd_create('file'), b'x') == 1\n"
        "except OSError: wrote = False\n"
        "try: bytearray(1 << 33); grew = True\n"
        "except MemoryError: grew = False\n"
        "print(json.dumps([taken, wrote, grew]))"
    )

    taken, wrote, grew = json.loads(told)
    assert Measure.LIMITS in taken
    assert Measure.CALLS not in taken
    assert not wrote
    assert not grew


@pytest.mark.skipif(sandbox_calls.landlock_version() < 1, reason="no Landlock on this machine")
def test_capture_cannot_read_the_gates_keys(tmp_path):
    """It plays its own file; a key beside it stays shut."""
    key, film = tmp_path / "gate.key", tmp_path / "film.mp4"
    key.write_text("fictional")
    film.write_text("pictures")
    told = run(
        "import sys\nfrom pathlib import Path\nfrom portique.gate import sandbox\n"
        "sandbox.confine_capture(Path(sys.argv[2]))\n"
        "print(Path(sys.argv[2]).read_text())\n"
        "try: print(Path(sys.argv[1]).read_text())\n"
        "except PermissionError: print('refused')",
        str(key),
        str(film),
    )

    assert told.split() == ["pictures", "refused"]


def test_a_machine_without_a_table_of_calls_is_told(monkeypatch):
    """An unknown processor is refused openly, not guessed at."""
    monkeypatch.setattr(platform, "machine", lambda: "abacus")

    with pytest.raises(OSError, match="abacus"):
        sandbox_calls.restrict_calls()


def test_every_machine_has_a_number_for_every_call():
    """No call is listed twice, none is missing where the machine has it."""
    for machine in sandbox_calls._MACHINES.values():
        numbers = list(sandbox_calls._numbers(sandbox_calls._ALLOWED, machine))
        assert len(numbers) == len(set(numbers))
        assert len(numbers) >= len(sandbox_calls._ALLOWED) - 2


@pytest.mark.skipif(not (SECCOMP and KNOWN_MACHINE), reason="no seccomp on this machine")
@pytest.mark.skipif(sandbox_calls.landlock_version() < 1, reason="no Landlock on this machine")
def test_a_machine_that_gives_everything_is_strong_enough():
    """Asked for the strongest sandbox, a machine that has it lets the gate start."""
    sandbox_probe.require_strongest()


@pytest.mark.parametrize(
    ("measures", "refused"),
    [
        (tuple(map(str, set(Measure) - {Measure.FILES})), {"read a file": True}),
        (tuple(map(str, Measure)), {"read a file": False}),
    ],
)
def test_a_machine_too_weak_for_what_is_required_is_said(monkeypatch, measures, refused):
    """One sentence: what is missing, what a decoder could do, what to change."""
    weak = sandbox_probe.Strength(measures, refused, landlock=0)
    monkeypatch.setattr(sandbox_probe, "probe", lambda: weak)

    with pytest.raises(EnvironmentProblem, match=r"files|read a file") as said:
        sandbox_probe.require_strongest()
    assert '"best"' in str(said.value)


@pytest.mark.parametrize("answer", ["", "[]", '{"measures": []}', "no json"])
def test_a_probe_that_does_not_answer_is_a_problem(monkeypatch, answer):
    """Nothing is claimed of a sandbox that could not be tried."""

    def silent(*_, **__):
        return subprocess.CompletedProcess([], 0, stdout=answer)

    monkeypatch.setattr(subprocess, "run", silent)

    with pytest.raises(EnvironmentProblem, match="sandbox"):
        sandbox_probe.probe()


def test_a_child_gets_no_variable_that_is_not_listed(monkeypatch):
    """Keys and PINs of the gate's environment stay there."""
    monkeypatch.setenv("PORTIQUE_PIN", "fictional")

    assert "PORTIQUE_PIN" not in environment()


def test_patience_grows_and_is_forgotten_by_work():
    """Two deaths cost no wait, later ones more and more, up to five seconds."""
    patience = Patience()
    waits = [patience.wait_s() for _ in range(12)]
    patience.heard()

    assert waits[:4] == [0.0, 0.0, 0.1, 0.2]
    assert waits == sorted(waits)
    assert waits[-1] == 5.0
    assert patience.wait_s() == 0.0
