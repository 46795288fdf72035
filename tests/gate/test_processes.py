"""The eyes with real processes: whatever happens to capture or decode, the lane sees again."""

import importlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from portique.gate import processes
from portique.gate.processes import Eyes, EyesHealth, EyesSettings, Seen

pytestmark = pytest.mark.slow  # real processes, killed

START_MS = 1_795_420_800_000
FILM = "film:eyes_doubles:Plain"
KILLS = min(100, int(os.environ.get("PORTIQUE_KILLS", "25")))
CAMPAIGN = int(os.environ.get("PORTIQUE_MUTATIONS", "0")) >= 1_000_000
FRAMES = 20_000 if CAMPAIGN else 120  # reliability.md R14
DEADLINE_S = max(60.0, FRAMES / 10)


@pytest.fixture(autouse=True)
def _doubles_importable(monkeypatch):
    """Let the children import the doubles that lie beside this file."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))


@pytest.fixture
def open_eyes():
    """Start eyes on a film of plain frames, and stop them at the end."""
    opened = []

    def start(source=FILM, reader="eyes_doubles:Teller", **settings):
        settings.setdefault("answer_within_ms", 20_000)  # a loaded machine is not a dead decoder
        eyes = Eyes(EyesSettings(source, START_MS, reader=reader, **settings))
        eyes.start()
        opened.append(eyes)
        return eyes

    yield start
    for eyes in opened:
        eyes.stop()


def next_look(eyes: Eyes, after: int = -1) -> Seen:
    """Wait for a look at a frame later than `after`."""
    deadline = threading.Event()
    timer = threading.Timer(DEADLINE_S, deadline.set)
    timer.start()
    try:
        while not deadline.is_set():
            seen = eyes.take(0.5)
            if seen is not None and seen.frame_number > after:
                return seen
    finally:
        timer.cancel()
    raise AssertionError(f"no look came: {eyes.health}")


def until(eyes: Eyes, condition: Callable[[EyesHealth], bool]) -> EyesHealth:
    """Drain looks until the eyes' health satisfies `condition`, and return it."""
    for _ in range(int(DEADLINE_S / 0.05)):
        if condition(eyes.health):
            return eyes.health
        eyes.take(0.05)
    raise AssertionError(f"never came: {eyes.health}")


def _more_ends_than(ends: int) -> Callable[[EyesHealth], bool]:
    return lambda health: health.decode_ends > ends


def test_a_frame_crosses_with_its_number_and_time(open_eyes):
    """What the decoder saw is the frame capture announced."""
    seen = next_look(open_eyes(), after=3)

    assert seen.look.codes[0].text == f"{seen.frame_number} {seen.at_ms}"
    assert (seen.width, seen.height) == (64, 48)
    assert seen.look.codes[0].quad[0] == (1.0, 2.0)


def test_a_killed_decoder_is_back_each_time(open_eyes):
    """Killing it many times costs frames only: capture and this process go on unchanged."""
    eyes = open_eyes()
    seen = next_look(eyes)
    capture_pid = eyes.health.capture_pid
    for _ in range(KILLS):
        os.kill(eyes.health.decode_pid, signal.SIGKILL)
        ends = eyes.health.decode_ends
        until(eyes, _more_ends_than(ends))
        seen = next_look(eyes, after=seen.frame_number)

    assert eyes.health.decode_ends == KILLS
    assert eyes.health.capture_ends == 0
    assert eyes.health.capture_pid == capture_pid


def test_a_killed_capture_is_back_with_later_numbers(open_eyes):
    """Frame numbers and camera time never run back over a restart."""
    eyes = open_eyes()
    before = next_look(eyes)
    decode_pid = eyes.health.decode_pid

    os.kill(eyes.health.capture_pid, signal.SIGKILL)
    ended = until(eyes, lambda health: health.capture_ends == 1)
    after = next_look(eyes, after=eyes.health.frames)

    assert "started again" in (ended.notice or "")
    assert after.at_ms > before.at_ms
    assert eyes.health.decode_pid == decode_pid


def test_a_stopped_decoder_is_replaced(open_eyes):
    """A decoder that only stands still is found by the watchdog."""
    eyes = open_eyes(answer_within_ms=500)
    seen = next_look(eyes)

    os.kill(eyes.health.decode_pid, signal.SIGSTOP)

    assert until(eyes, lambda health: health.decode_ends == 1).capture_ends == 0
    assert next_look(eyes, after=seen.frame_number + 10).look.codes


@pytest.mark.parametrize("reader", ["Hanging", "Crashing"])
def test_a_poison_frame_costs_itself(open_eyes, reader):
    """A frame that hangs or crashes the reader is not tried again, those after it are read."""
    eyes = open_eyes(f"{FILM}?poison=40", f"eyes_doubles:{reader}", answer_within_ms=500)

    health = until(eyes, lambda health: health.decode_ends >= 1)
    seen = next_look(eyes, after=health.frames)

    assert seen.look.codes
    assert eyes.health.decode_ends <= (eyes.health.frames + 1) // 40


@pytest.mark.parametrize("reader", ["Raising", "Greedy"])
def test_a_frame_on_which_the_reader_raises_costs_no_process(open_eyes, reader):
    """An exception, memory refused included, is told and passed over."""
    eyes = open_eyes(f"{FILM}?poison=40", f"eyes_doubles:{reader}")

    health = until(eyes, lambda health: health.frames_failed >= 1)

    assert next_look(eyes, after=health.frames).look.codes
    assert eyes.health.decode_ends == 0


def test_a_hostile_decoder_says_nothing_that_counts(open_eyes, monkeypatch):
    """Nonsense and answers about frames that never were are dropped, and the speaker replaced."""
    monkeypatch.setattr(processes, "DECODE", "eyes_doubles")
    eyes = open_eyes()

    health = until(eyes, lambda health: health.decode_ends >= 2)

    assert health.bad_messages >= 20
    assert health.looks == 0


def test_a_decoder_that_never_warms_is_tried_with_growing_waits(open_eyes):
    """A broken installation doesn't burn the machine, and capture goes on."""
    eyes = open_eyes(reader="eyes_doubles:stillborn")

    health = until(eyes, lambda health: health.decode_ends >= 4)

    assert health.looks == 0
    assert health.capture_ends == 0
    assert health.notice is not None
    assert "portique doctor" in health.notice


def test_the_oldest_look_goes_when_the_gate_is_slow(open_eyes):
    """The queue is bounded: what waits is the newest, and what went is counted."""
    eyes = open_eyes(looks_max=2)
    pause = threading.Event()
    while eyes.health.looks_dropped < 5:
        pause.wait(0.02)
    dropped = eyes.health.looks_dropped

    assert eyes.looks.qsize() <= 2
    assert next_look(eyes).frame_number >= dropped - 1


def test_a_source_that_ends_says_so_after_its_last_look(open_eyes):
    """None in the queue is the end, and everything before it was delivered."""
    eyes = open_eyes(f"{FILM}?count=60&rate=30", looks_max=100)
    seen = []
    while (one := eyes.looks.get(timeout=DEADLINE_S)) is not None:
        seen.append(one.frame_number)

    assert eyes.health.ended
    assert seen[-1] == 59
    assert eyes.health.capture_ends <= 1


def test_a_missing_source_is_told_in_one_sentence(open_eyes):
    """A wrong path ends the source with the reason."""
    told: list[str] = []
    eyes = open_eyes("nowhere.mp4", notice=told.append)

    until(eyes, lambda health: health.ended)

    assert len(told) == 1
    assert "nowhere.mp4" in told[0]


def test_a_required_measure_that_is_missing_leaves_the_lane_blind(open_eyes):
    """No picture is looked at by a decoder less shut in than the school asked."""
    eyes = open_eyes(required=frozenset({"bricks"}))

    health = until(eyes, lambda health: health.decode_ends >= 1)

    assert health.looks == 0
    assert health.notice is not None
    assert "bricks" in health.notice


@pytest.mark.parametrize("scheme", ["http", "rtsp"])
def test_an_unplugged_camera_is_seen_again_when_it_is_back(open_eyes, monkeypatch, scheme):
    """Its loss and its return are told; numbers and time go on."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    camera = importlib.import_module("network_cameras").NetworkCamera(scheme)
    told: list[str] = []
    eyes = open_eyes(camera.address, notice=told.append)
    try:
        before = next_look(eyes)
        camera.unplug()
        until(eyes, lambda health: health.notice is not None)
        camera.plug()
        after = next_look(eyes, after=eyes.health.frames - 1)
    finally:
        camera.unplug()

    assert after.at_ms > before.at_ms
    assert "The camera is back." in told
    assert eyes.health.capture_ends == 0


def proportional_kb(pid: int) -> int:
    """Tell a process's share of the machine's memory (PSS), in KiB."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def test_both_processes_are_small(open_eyes):
    """With the real reader on 1280 x 720 they leave most of 300 MB to the main process."""
    eyes = open_eyes("film:eyes_doubles:Wide", processes.EyesSettings("", 0).reader)
    next_look(eyes, after=30)

    pids = (eyes.health.capture_pid, eyes.health.decode_pid)
    assert sum(proportional_kb(pid) for pid in pids) < 200 * 1024


@pytest.mark.timeout(3000)
def test_mutated_codes_neither_stop_the_lane_nor_fill_its_memory(open_eyes):
    """Damaged codes by the hundred: the same decoder still answers, no larger than before."""
    eyes = open_eyes("film:eyes_doubles:Mutated", processes.EyesSettings("", 0).reader)
    next_look(eyes, after=10)
    pid, before = eyes.health.decode_pid, proportional_kb(eyes.health.decode_pid)

    next_look(eyes, after=FRAMES)

    assert eyes.health.decode_pid == pid
    assert eyes.health.frames_failed == 0
    assert proportional_kb(pid) - before < 50 * 1024


def test_children_know_nothing_of_the_environment(open_eyes, monkeypatch):
    """A secret in the gate's environment or in an address never reaches a child's."""
    monkeypatch.setenv("PORTIQUE_PIN", "fictional-pin")
    eyes = open_eyes(f"{FILM}?rate=30&poison=")
    next_look(eyes)

    for pid in (eyes.health.capture_pid, eyes.health.decode_pid):
        public = (
            Path(f"/proc/{pid}/environ").read_bytes() + Path(f"/proc/{pid}/cmdline").read_bytes()
        )
        assert b"fictional-pin" not in public
        assert b"poison=" not in public


def test_a_machine_without_room_for_processes_is_told(open_eyes, monkeypatch):
    """The eyes keep trying, and say that the lane is blind."""

    def no_room(*_, **__):
        raise OSError(11, "no room")

    monkeypatch.setattr(processes, "Child", no_room)
    eyes = open_eyes()

    health = until(eyes, lambda health: health.notice is not None)

    assert "no room" in str(health.notice)
    assert eyes.running


def test_after_the_end_of_the_source_nothing_spins(open_eyes):
    """An ended camera costs no processor time."""
    eyes = open_eyes(f"{FILM}?count=2")
    until(eyes, lambda health: health.ended and health.capture_ends == 1)
    began = time.process_time()
    threading.Event().wait(1)

    assert time.process_time() - began < 0.5


ALONE = f"""
import sys
from portique.gate.processes import Eyes, EyesSettings
eyes = Eyes(EyesSettings("{FILM}", 0, reader="eyes_doubles:Teller"))
eyes.start()
eyes.looks.get()
print(eyes.health.capture_pid, eyes.health.decode_pid, flush=True)
eyes.looks.join()
"""


def test_children_die_with_the_main_process():
    """A gate killed leaves no process that holds the camera."""
    with subprocess.Popen([sys.executable, "-c", ALONE], stdout=subprocess.PIPE) as gate:
        assert gate.stdout is not None
        children = [Path(f"/proc/{pid.decode()}") for pid in gate.stdout.readline().split()]
        gate.kill()
    pause = threading.Event()
    for _ in range(500):
        if not any(child.exists() and b"portique" in _command(child) for child in children):
            break
        pause.wait(0.02)

    assert len(children) == 2
    assert not any(b"portique" in _command(child) for child in children)


def _command(process: Path) -> bytes:
    try:
        return (process / "cmdline").read_bytes()
    except OSError:
        return b""


def test_stopping_leaves_no_process_and_no_descriptor(open_eyes):
    """What was opened is closed."""
    before = len(list(Path("/proc/self/fd").iterdir()))
    eyes = Eyes(EyesSettings(FILM, START_MS, reader="eyes_doubles:Teller"))
    eyes.start()
    next_look(eyes)
    pids = (eyes.health.capture_pid, eyes.health.decode_pid)

    eyes.stop()

    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)
    assert len(list(Path("/proc/self/fd").iterdir())) == before
