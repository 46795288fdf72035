"""Keyboard-wedge readers: the same text under both layouts, alone, and none typed by hand."""

import os
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portique.gate.readers import keys
from portique.gate.readers.intake import IntakeSettings
from portique.gate.readers.wedge import (
    EV_KEY,
    EV_SYN,
    SYN_DROPPED,
    KeyText,
    WedgeReader,
    WedgeSettings,
    open_evdev,
)
from portique.testing.fakes import FakeClock

pytestmark = pytest.mark.slow  # devices that come and go

BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
PASS = f"PQ1:{BASE45}"
SHIFT, ENTER = 42, 28
Tap = tuple[int, int]
KEYPAD = {digit: code for code, digit in keys.KEYPAD_DIGITS.items()}


def taps(text: str, layout: str) -> Iterator[Tap]:
    """Yield (code, value) as a reader set to ``layout`` types ``text``."""
    plain = {c: code for code, c in keys.PLAIN[layout].items() if code < 71 or code == 86}
    shifted = {c: code for code, c in keys.SHIFTED[layout].items() if code < 71 or code == 86}
    for character in text:
        if character in plain:
            yield from ((plain[character], 1), (plain[character], 0))
        else:
            code = shifted[character]
            yield from ((SHIFT, 1), (code, 1), (code, 0), (SHIFT, 0))


def alt_taps(text: str) -> Iterator[Tap]:
    """Yield (code, value) as a reader in Alt + keypad mode types ``text``."""
    for character in text:
        yield keys.ALT, 1
        for digit in f"{ord(character):03}":
            yield from ((KEYPAD[int(digit)], 1), (KEYPAD[int(digit)], 0))
        yield keys.ALT, 0


def typed(
    pairs: Iterable[Tap], *, layout: str = "us", gap_ms: int = 5
) -> tuple[list[str], list[str]]:
    """Return what comes of (code, value) pairs: texts, and why others were dropped."""
    text, at_ms = KeyText(layout, 200), 0
    finished: list[str] = []
    dropped: list[str] = []
    for code, value in [*pairs, (ENTER, 1), (ENTER, 0)]:
        at_ms += gap_ms
        done, why = text.key(code, value, at_ms)
        finished += [done] if done is not None else []
        dropped += [why] if why is not None else []
    return finished, dropped


@pytest.mark.parametrize("layout", ["us", "fr"])
@given(text=st.text(BASE45, min_size=1, max_size=60))
def test_every_pass_survives_both_layouts(layout, text):
    """Digits, capitals and the nine signs of Base45 come out as they were printed."""
    assert typed(taps(text, layout), layout=layout) == ([text], [])


def test_alt_and_keypad_numbers_need_no_layout():
    """A reader in Alt mode sends character numbers: the same under either setting."""
    for layout in ("us", "fr"):
        assert typed(alt_taps(PASS), layout=layout) == ([PASS], [])


def test_the_wrong_layout_gives_a_wrong_text_not_a_crash():
    """A reader left in the factory's US setting on a `fr` gate: refused, not read."""
    finished, _ = typed(taps("PQ1:A", "us"), layout="fr")
    assert finished != ["PQ1:A"]


def test_a_key_with_no_character_spoils_the_text():
    """F1 in a text means it is no scan: dropped, counted, and the next one is read."""
    assert typed([(59, 1), *taps("PQ1:A", "us")]) == ([], ["unreadable"])


@pytest.mark.parametrize("number", ["000", "031", "127", "255", "99999"])
def test_a_number_that_is_no_printable_character_spoils_the_text(number):
    """Alt numbers outside ASCII's printable part are not text."""
    pairs = [(keys.ALT, 1), *((KEYPAD[int(d)], 1) for d in number), (keys.ALT, 0)]
    assert typed(pairs) == ([], ["unreadable"])


def test_a_text_typed_by_hand_is_dropped():
    """Half a second between keys: nobody but a hand is so slow."""
    finished, dropped = typed(taps("PQ", "us"), gap_ms=500)
    assert finished == []
    assert dropped == ["typed", "typed"]


def test_a_pause_before_a_scan_is_no_fault():
    """The first key after an hour begins a text."""
    text = KeyText("us", 200)
    assert text.key(30, 1, 0) == (None, None)
    assert text.key(ENTER, 1, 10) == ("a", None)
    assert text.key(48, 1, 3_600_000) == (None, None)
    assert text.key(ENTER, 1, 3_600_010) == ("b", None)


def test_caps_lock_turns_letters_only():
    """Some readers press caps lock instead of shift; digits and signs stay as they are."""
    finished, _ = typed([(58, 1), (58, 0), (16, 1), (2, 1), (12, 1), (58, 1), (16, 1)])
    assert finished == ["Q1-q"]


def test_alt_gr_reaches_the_french_third_level():
    """A French layout has @ and # there."""
    finished, _ = typed([(100, 1), (11, 1), (4, 1), (100, 0), (11, 1)], layout="fr")
    assert finished == ["@#à"]


def test_repetition_and_locks_write_nothing():
    """The kernel's repetitions and a reader's Ctrl are no characters."""
    assert typed([(30, 1), (30, 2), (30, 2), (30, 0), (29, 1), (29, 0)]) == (["a"], [])


@given(st.lists(st.tuples(st.integers(0, 255), st.integers(0, 2), st.integers(-50, 5_000))))
def test_no_sequence_of_keys_breaks_the_reader(events):
    """Any keyboard, any order, time running back included: texts or counts, never a crash."""
    text, at_ms = KeyText("fr", 200), 0
    for code, value, later in events:
        at_ms += later
        done, why = text.key(code, value, at_ms)
        assert done is None or (done and why is None) or why == "typed"


@dataclass
class Event:
    """A kernel event."""

    type: int
    code: int
    value: int
    at_s: float

    def timestamp(self) -> float:
        return self.at_s


class FakeKeyboard:
    """A keyboard plugged into a pipe: what is typed can be waited for with select."""

    def __init__(self) -> None:
        self.fd, self._far = os.pipe()
        self._events: list[Event] = []
        self._lock, self._at_s = threading.Lock(), 0.0
        self.grabbed = self.unplugged = False

    def grab(self) -> None:
        self.grabbed = True

    def type(self, pairs: Iterable[Tap], *, kind: int = EV_KEY) -> None:
        with self._lock:
            for code, value in pairs:
                self._at_s += 0.002
                self._events.append(Event(kind, code, value, self._at_s))
        os.write(self._far, b"!")

    def unplug(self) -> None:
        self.unplugged = True
        os.write(self._far, b"!")

    def read(self) -> list[Event]:
        os.read(self.fd, 1)
        if self.unplugged:
            raise OSError(19, "No such device")
        with self._lock:
            events, self._events = self._events, []
        return events

    def close(self) -> None:
        os.close(self.fd)
        os.close(self._far)


@pytest.fixture
def bench(wait_until):
    """A wedge reader over whatever keyboard is plugged in, running in a thread."""
    plugged: list[FakeKeyboard] = []
    lines: list[str] = []

    def open_device(_path):
        if not plugged:
            raise FileNotFoundError
        return plugged[-1]

    settings = WedgeSettings(Path("by-id"), "us")
    reader = WedgeReader(settings, IntakeSettings("wedge"), FakeClock(), open_device=open_device)

    def gather():
        for line in reader.lines():
            lines.append(line.text)  # noqa: PERF401 - seen one by one, while more come

    thread = threading.Thread(target=gather, daemon=True)
    thread.start()
    yield plugged, lines, reader
    reader.close()
    thread.join(10)
    assert not thread.is_alive()


def test_a_scan_becomes_one_line_from_a_grabbed_device(bench, wait_until):
    """The device is taken for the gate alone before anything is read."""
    plugged, lines, _ = bench
    keyboard = FakeKeyboard()
    plugged.append(keyboard)
    keyboard.type([*taps(PASS, "us"), (ENTER, 1)])
    wait_until(lambda: lines == [PASS], what="the line")
    assert keyboard.grabbed


def test_a_device_that_comes_back_is_read_again(bench, wait_until):
    """Unplugged in the middle of a text: the half is forgotten, the loss counted."""
    plugged, lines, reader = bench
    first = FakeKeyboard()
    plugged.append(first)
    first.type(taps("PQ1:HALF", "us"))
    wait_until(lambda: first.grabbed)
    plugged.remove(first)
    first.unplug()
    wait_until(lambda: reader.away, what="the loss")
    second = FakeKeyboard()
    plugged.append(second)
    second.type([*taps("PQ1:A", "us"), (ENTER, 1)])
    wait_until(lambda: lines == ["PQ1:A"], what="the line")
    assert (reader.counts.lost, reader.away) == (1, False)


def test_keys_the_kernel_lost_spoil_the_text(bench, wait_until):
    """A full event buffer says so: the text under way is dropped at its end."""
    plugged, lines, reader = bench
    keyboard = FakeKeyboard()
    plugged.append(keyboard)
    keyboard.type(taps("PQ1:", "us"))
    keyboard.type([(SYN_DROPPED, 0)], kind=EV_SYN)
    keyboard.type([(ENTER, 1), *taps("PQ1:B", "us"), (ENTER, 1)])
    wait_until(lambda: lines == ["PQ1:B"], what="the next line")
    assert reader.counts.unreadable == 1


def test_a_missing_device_is_an_os_error_to_wait_on():
    """The library itself says so for a path that is not there."""
    pytest.importorskip("evdev")
    with pytest.raises(OSError, match="No such file"):
        open_evdev(Path("no-such-device"))


def test_a_real_virtual_keyboard_is_grabbed_and_read(wait_until):
    """The kernel's own input layer, where the machine lets us make a keyboard."""
    evdev = pytest.importorskip("evdev")
    if not os.access("/dev/uinput", os.W_OK):
        pytest.skip("no /dev/uinput to write to: a virtual keyboard can't be made on this machine")
    with evdev.UInput(name="portique-test") as keyboard:
        path = Path(keyboard.device.path)
        reader = WedgeReader(WedgeSettings(path), IntakeSettings("w"), FakeClock())
        lines = reader.lines()
        found = []
        thread = threading.Thread(target=lambda: found.append(next(lines).text), daemon=True)
        thread.start()

        def scan():
            for code, value in [*taps(PASS, "us"), (ENTER, 1), (ENTER, 0)]:
                keyboard.write(EV_KEY, code, value)
                keyboard.syn()
            return bool(found)

        wait_until(scan, what="the line")
        reader.close()
    assert found == [PASS]
