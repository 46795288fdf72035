"""Readers beside the camera: one line is one showing, nothing trimmed, floods and hands counted."""

import contextlib
import itertools
import os
import select
import termios
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portique.core.errors import ConfigError, EnvironmentProblem
from portique.gate.config import parse
from portique.gate.ports import TEXT_CHARACTERS_MAX, Line, Reader
from portique.gate.readers.byte_lines import ByteLines
from portique.gate.readers.feed import ReaderFeed, open_readers
from portique.gate.readers.intake import BURST, Intake, IntakeSettings
from portique.gate.readers.serial_line import LineReader, SerialReader, SerialSettings, speed_of
from portique.gate.readers.wedge import WedgeReader
from portique.testing.fakes import FakeClock, FakeReader

PASS = "PQ1:6BFOXN%TS3DH0YOJ58S S-W5HDC *M0II*%6C9 .B/:$+-"


@dataclass
class Collected:
    """The lines of one reader, gathered by a thread that can be stopped."""

    reader: Reader
    wait: Callable[..., None]

    def __post_init__(self) -> None:
        self.lines: list[Line] = []
        self.error: OSError | None = None
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        try:
            for line in self.reader.lines():
                self.lines.append(line)
        except OSError as error:
            self.error = error

    @property
    def texts(self) -> list[str]:
        return [line.text for line in self.lines]

    def until(self, count: int) -> list[str]:
        self.wait(lambda: len(self.lines) >= count, what=f"line {count}")
        return self.texts


@pytest.fixture
def collect(wait_until):
    """Run a reader in a thread; close it at the end of the test."""
    running = []

    def start(reader):
        running.append(Collected(reader, wait_until))
        return running[-1]

    yield start
    for one in running:
        one.reader.close()
        one.thread.join(10)
        assert not one.thread.is_alive()


def serial(device: Path, **more: Any) -> SerialReader:
    """Make a reader of ``device``."""
    settings = SerialSettings(device, **more)
    return SerialReader(settings, IntakeSettings("scanner", lines_per_minute=600), FakeClock())


# --- bytes into lines ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line_end", "sent", "texts"),
    [
        ("lf", b"a\nb\r\n", ["a", "b"]),
        ("lf", b" a \r\r\n", [" a \r"]),
        ("lf", b"a\rb\n\n", ["a\rb", ""]),
        ("cr", b"a\rb\r\nc\r", ["a", "b", "c"]),
        ("cr", b"a\r\n\nb\r", ["a", "\nb"]),
    ],
)
def test_exactly_one_terminator_is_removed(line_end, sent, texts):
    """One LF or CR LF goes, in CR mode one CR (LF); every other byte stays and will be refused."""
    assert ByteLines(line_end).feed(sent) == [(text, None) for text in texts]


@given(st.binary(max_size=200), st.lists(st.integers(0, 200), max_size=8))
def test_where_the_stream_is_cut_into_reads_does_not_matter(sent, cuts):
    """A serial line delivers bytes in any portions."""
    whole = ByteLines().feed(sent)
    edges = [0, *sorted(min(cut, len(sent)) for cut in cuts), len(sent)]
    lines = ByteLines()
    parts = [lines.feed(sent[a:b]) for a, b in itertools.pairwise(edges)]
    assert [text for part in parts for text in part] == whole


def test_an_endless_line_is_dropped_and_the_next_one_read():
    """A megabyte without an end takes no memory and spoils only itself."""
    lines = ByteLines()
    for _ in range(256):
        assert lines.feed(b"x" * 4096) == []
    assert lines.feed(b"x\nPQ1:A\n") == [("", "overlong"), ("PQ1:A", None)]


def test_bytes_that_are_no_text_are_dropped():
    """A line at the wrong speed gives garbage, not text."""
    assert ByteLines().feed(b"\xff\xfe\n") == [("", "unreadable")]


def test_the_last_line_of_a_file_needs_no_terminator():
    """Only files have a last line."""
    lines = ByteLines()
    lines.feed(b"a\nb")
    assert lines.rest() == [("b", None)]
    assert ByteLines().rest() == []


# --- intake ----------------------------------------------------------------------------------


@pytest.fixture
def clock():
    return FakeClock()


@pytest.mark.parametrize("spare", [-1, 0, 1])
def test_the_cap_is_exact(clock, spare):
    """1,200 characters pass, 1,201 are counted."""
    intake = Intake(IntakeSettings("s"), clock)
    line = intake.take("x" * (TEXT_CHARACTERS_MAX + spare))
    assert (line is None) == (spare > 0)
    assert intake.counts.overlong == int(spare > 0)


def test_a_flood_is_counted_and_the_rate_is_kept(clock):
    """Ten thousand lines in a minute: the burst and a minute's lines pass, the rest are counts."""
    intake = Intake(IntakeSettings("s", lines_per_minute=60), clock)
    taken = 0
    for _ in range(10_000):
        clock.advance(6)
        taken += intake.take("PQ1:X") is not None
    assert 60 <= taken <= 60 + BURST
    assert intake.counts.flooded == 10_000 - taken


def test_texts_that_are_no_pass_do_not_use_up_the_passes_rate(clock):
    """Somebody floods the reader with a shop's code; a pass every five seconds still gets in."""
    intake = Intake(IntakeSettings("s", lines_per_minute=60), clock)
    passes = 0
    for number in range(10_000):
        clock.advance(6)
        intake.take("https://shop.example/")
        if number % 833 == 0:
            passes += intake.take(PASS) is not None
    assert passes == 13


def test_the_readers_own_marks_are_cut(clock):
    """A prefix and suffix set on the reader do not reach the decision."""
    intake = Intake(IntakeSettings("s", prefix="<", suffix=">"), clock)
    line = intake.take(f"<{PASS}>")
    assert line is not None
    assert (line.text, line.source, line.at_ms) == (PASS, "s", clock.now_ms())


@pytest.mark.parametrize("text", ["PQ1:A>", "<PQ1:A", "<", ">", "PQ1:A"])
def test_a_text_without_the_readers_marks_was_not_read_whole(clock, text):
    """Half a text is dropped and counted, not decided on."""
    intake = Intake(IntakeSettings("s", prefix="<", suffix=">"), clock)
    assert intake.take(text) is None
    assert intake.counts.unreadable == 1


def test_an_empty_line_is_nothing(clock):
    """Enter pressed alone is no showing and no fault."""
    intake = Intake(IntakeSettings("s", prefix="<"), clock)
    assert intake.take("") is None
    assert intake.counts.unreadable == 0


def is_raw(far: int) -> bool:
    """Say whether the near end was opened and set to pass every byte."""
    return not termios.tcgetattr(far)[3] & termios.ECHO


# --- serial lines, FIFOs, files ---------------------------------------------------------------


@pytest.fixture
def terminal(tmp_path):
    """Open a pseudo-terminal; give the far end and a stable path to the near one."""
    far, near = os.openpty()
    device = tmp_path / "tty"
    device.symlink_to(os.ttyname(near))
    os.close(near)
    yield far, device
    with contextlib.suppress(OSError):
        os.close(far)


def test_a_tty_gives_its_bytes_unchanged(terminal, collect, wait_until):
    """No echo, no CR turned into LF, no Ctrl-C: the line is raw."""
    far, device = terminal
    lines = collect(serial(device))
    wait_until(lambda: is_raw(far))
    os.write(far, b"PQ1:A\x03\r\r\nPQ1:B\n")
    assert lines.until(2) == ["PQ1:A\x03\r", "PQ1:B"]
    os.set_blocking(far, False)
    with pytest.raises(BlockingIOError):
        os.read(far, 10)


def test_a_reader_that_ends_texts_with_cr_is_understood(terminal, collect, wait_until):
    """Many readers send CR alone."""
    far, device = terminal
    lines = collect(serial(device, line_end="cr"))
    wait_until(lambda: is_raw(far))
    os.write(far, b"PQ1:A\rPQ1:B\r")
    assert lines.until(2) == ["PQ1:A", "PQ1:B"]


def test_an_unplugged_line_is_found_again(terminal, collect, tmp_path, wait_until):
    """The cable is pulled and put back: reading goes on, and the loss was counted once."""
    far, device = terminal
    reader = serial(device)
    lines = collect(reader)
    wait_until(lambda: is_raw(far))
    os.write(far, b"PQ1:A\n")
    lines.until(1)
    device.unlink()
    os.close(far)
    wait_until(lambda: reader.away, what="the loss")
    again, near = os.openpty()
    device.symlink_to(os.ttyname(near))
    wait_until(lambda: is_raw(again))
    os.write(again, b"PQ1:B\n")
    assert lines.until(2) == ["PQ1:A", "PQ1:B"]
    assert (reader.counts.lost, reader.away) == (1, False)
    os.close(again)
    os.close(near)


def test_what_was_scanned_before_the_gate_is_not_decided(terminal, collect, wait_until):
    """A text that waited in the line's buffer belongs to somebody long gone."""
    far, device = terminal
    os.write(far, b"PQ1:OLD\n")
    with device.open("rb", buffering=0) as near:  # the kernel brings it to this end in its own time
        assert select.select([near], [], [], 20)[0]
    lines = collect(serial(device))
    wait_until(lambda: is_raw(far))
    os.write(far, b"PQ1:NEW\n")
    assert lines.until(1) == ["PQ1:NEW"]


def test_a_fifo_outlives_its_writers(tmp_path, collect):
    """Programs come and go at the other end."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    lines = collect(serial(fifo))
    for number in range(3):
        fifo.write_text(f"PQ1:{number}\n")
        lines.until(number + 1)
    assert lines.texts == ["PQ1:0", "PQ1:1", "PQ1:2"]


def test_a_file_is_read_once_to_its_end(tmp_path, collect):
    """The last line needs no terminator; then the reader ends by itself."""
    file = tmp_path / "lines"
    file.write_bytes(b"PQ1:A\r\n\nPQ1:B")
    lines = collect(serial(file))
    lines.thread.join(10)
    assert lines.texts == ["PQ1:A", "PQ1:B"]


def test_a_reader_waits_for_a_device_that_is_not_there(tmp_path, collect, wait_until):
    """The gate starts without its scanner; closing does not hang."""
    reader = serial(tmp_path / "none")
    lines = collect(reader)
    wait_until(lambda: reader.away)
    reader.close()
    lines.thread.join(10)
    assert lines.texts == []


def test_a_speed_no_line_has_is_refused():
    """The sentence names the key and two speeds that exist."""
    assert speed_of(115_200) > 0
    with pytest.raises(ConfigError, match=r"readers.baud: 12345"):
        speed_of(12_345)


def test_a_pipe_is_read_until_it_closes(clock, collect):
    """Standard input ends the reader where it ends."""
    near, far = os.pipe()
    reader = LineReader(near, Intake(IntakeSettings("stdin"), clock))
    lines = collect(reader)
    os.write(far, b"PQ1:A\nPQ1:B\n")
    os.close(far)
    lines.thread.join(10)
    assert lines.texts == ["PQ1:A", "PQ1:B"]
    os.close(near)


# --- all of them together ----------------------------------------------------------------------


def test_the_configuration_names_the_readers(tmp_path, clock):
    """Each section makes its own kind of reader, under its name or kind."""
    text = (
        '[gate]\nid = "g"\nschool = "0131234B"\n'
        "[[readers]]\nkind = 'wedge'\ndevice = 'w'\n"
        "[[readers]]\nkind = 'serial'\nname = 'desk'\ndevice = 's'\n"
    )
    readers = open_readers(parse(text, folder=tmp_path), clock)
    assert {name: type(reader) for name, reader in readers.items()} == {
        "wedge": WedgeReader,
        "desk": SerialReader,
    }


def test_a_feed_brings_every_readers_lines_to_one_place(clock, wait_until):
    """Lines keep their source; closing ends all threads."""
    left, right = FakeReader(clock, source="left"), FakeReader(clock, source="right")
    lines: list[Line] = []
    feed = ReaderFeed({"left": left, "right": right}, lines.append)
    left.scan("a")
    right.scan("b")
    wait_until(lambda: len(lines) == 2)
    assert feed.works
    assert {(line.source, line.text) for line in lines} == {("left", "a"), ("right", "b")}
    assert set(feed.counts) == {"left", "right"}
    feed.close()


class Failing(FakeReader):
    """A reader that can't be read while something is missing."""

    def __init__(self, clock: FakeClock, error: Exception) -> None:
        super().__init__(clock)
        self.error: Exception | None = error
        self.tries = 0

    def lines(self) -> Iterator[Line]:
        self.tries += 1
        if self.error is not None:
            raise self.error
        yield from super().lines()


@pytest.mark.parametrize(
    "error", [EnvironmentProblem("no evdev"), OSError("taken away"), ValueError("bug")], ids=repr
)
def test_a_reader_that_fails_is_told_once_and_tried_again(clock, wait_until, monkeypatch, error):
    """Whatever it raises: nobody would notice a thread that ended."""
    monkeypatch.setattr("portique.gate.readers.feed.RETRY_S", 0.01)
    lines: list[Line] = []
    faults: list[tuple[str, Exception]] = []
    reader = Failing(clock, error)
    feed = ReaderFeed({"hand": reader}, lines.append, lambda *fault: faults.append(fault))
    wait_until(lambda: reader.tries >= 3)
    worked = feed.works
    reader.error = None
    reader.scan("a")
    wait_until(lambda: lines, what="the line")
    feed.close()

    assert (worked, feed.works, faults) == (False, True, [("hand", error)])


def test_a_feed_whose_reader_is_away_does_not_work(clock):
    """One is enough: its place is where somebody holds a card."""
    left, right = FakeReader(clock), FakeReader(clock)
    feed = ReaderFeed({"left": left, "right": right}, lambda _line: None)
    right.away = True
    worked = feed.works
    feed.close()

    assert not worked


def test_a_feed_closes_while_a_reader_waits_to_be_tried_again(clock, wait_until):
    """At once, and not at the next try."""
    reader = Failing(clock, EnvironmentProblem("no evdev"))
    feed = ReaderFeed({"hand": reader}, lambda _line: None)
    wait_until(lambda: reader.tries)

    feed.close()

    assert reader.tries == 1
