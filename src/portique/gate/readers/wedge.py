"""A keyboard-wedge reader, taken for the gate alone through evdev.

The exclusive grab keeps scanned texts out of whatever window has the focus, and out of a shell. A
text ends with Enter. A silence longer than ``key_gap_ms`` inside a text drops what came before: a
reader types 10 to 50 characters in that time, a hand one.
"""

from __future__ import annotations

import contextlib
import select
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from portique.core.errors import EnvironmentProblem
from portique.gate.ports import TEXT_CHARACTERS_MAX
from portique.gate.readers import keys
from portique.gate.readers.intake import Intake, IntakeSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from portique.gate.ports import Clock, Line, ReaderCounts

POLL_S = 0.2
RETRY_S = 1.0
EV_SYN, EV_KEY, SYN_DROPPED = 0, 1, 3
UP, DOWN = 0, 1  # 2 is the kernel's repetition, which no reader means
ALT_CODE_DIGITS_MAX = 4
PRINTABLE = range(0x20, 0x7F)


class KeyEvent(Protocol):
    """One event of the kernel."""

    type: int
    code: int
    value: int

    def timestamp(self) -> float:
        """Return the kernel's time in seconds."""
        ...


class KeyDevice(Protocol):
    """A keyboard that can be taken for oneself."""

    fd: int

    def grab(self) -> None:
        """Take it: nobody else gets its keys."""
        ...

    def read(self) -> Iterable[KeyEvent]:
        """Return the events that wait; raises OSError once unplugged."""
        ...

    def close(self) -> None:
        """Give it back."""
        ...


@dataclass(frozen=True, slots=True)
class WedgeSettings:
    """Which device, the layout the reader is set to, and the longest silence inside a text."""

    device: Path
    layout: str = "us"
    key_gap_ms: int = 200


class KeyText:
    """Collects keys into texts. Pure; times are the kernel's, in ms."""

    def __init__(self, layout: str, key_gap_ms: int) -> None:
        self._layout = layout
        self._gap_ms = key_gap_ms
        self._held: set[int] = set()
        self._caps = False
        self._alt_digits = ""
        self._last_ms: int | None = None
        self._begin()

    def key(self, code: int, value: int, at_ms: int) -> tuple[str | None, str | None]:
        """Follow one key: return a finished text or None, and why a text was dropped or None."""
        if code in keys.SHIFTS or code in {keys.ALT, keys.ALT_GR}:
            self._modifier(code, value)
        elif value == DOWN:
            why = self._silence(at_ms)
            if code in keys.ENTERS:
                return self._finish(why)
            self._press(code)
            return None, why
        return None, None

    def spoil(self) -> None:
        """Note that keys were missed: the text under way is dropped at its end."""
        self._spoiled = True

    def _begin(self) -> None:
        self._characters: list[str] = []
        self._spoiled = False

    def _modifier(self, code: int, value: int) -> None:
        if value == DOWN:
            self._held.add(code)
            self._alt_digits = ""
        elif value == UP:
            self._held.discard(code)
            if code == keys.ALT and self._alt_digits:
                self._add(_numbered(self._alt_digits))

    def _silence(self, at_ms: int) -> str | None:
        """Drop what came before a silence that no reader makes."""
        last, self._last_ms = self._last_ms, at_ms
        if last is None or not 0 <= at_ms - last <= self._gap_ms:
            typed = bool(self._characters) or self._spoiled
            self._begin()
            return "typed" if typed else None
        return None

    def _press(self, code: int) -> None:
        if code == keys.CAPS_LOCK:
            self._caps = not self._caps
        elif keys.ALT in self._held and code in keys.KEYPAD_DIGITS:
            self._alt_digits += str(keys.KEYPAD_DIGITS[code])
        elif code not in keys.SILENT:
            shift = not keys.SHIFTS.isdisjoint(self._held)
            alt_gr = keys.ALT_GR in self._held
            self._add(
                keys.character(self._layout, code, shift=shift, caps=self._caps, alt_gr=alt_gr)
            )

    def _add(self, character: str | None) -> None:
        if character is None:
            self._spoiled = True
        elif len(self._characters) <= 2 * TEXT_CHARACTERS_MAX:  # enough to be found overlong
            self._characters.append(character)

    def _finish(self, why: str | None) -> tuple[str | None, str | None]:
        text, spoiled = "".join(self._characters), self._spoiled
        self._begin()
        return (None, "unreadable") if spoiled else (text or None, why)


class WedgeReader:
    """`portique.gate.ports.Reader` over a wedge; waits for the device while it is away."""

    def __init__(
        self,
        settings: WedgeSettings,
        intake: IntakeSettings,
        clock: Clock,
        *,
        open_device: Callable[[Path], KeyDevice] | None = None,
    ) -> None:
        self._settings = settings
        self._intake = Intake(intake, clock)
        self._open_device = open_device or open_evdev
        self._closed = threading.Event()
        self._away = False

    @property
    def counts(self) -> ReaderCounts:
        """Return what was let go since the start."""
        return self._intake.counts

    @property
    def away(self) -> bool:
        """Say whether the device is not there, or somebody else's, and waited for."""
        return self._away

    def lines(self) -> Iterator[Line]:
        """Yield lines until closed; see the port."""
        while not self._closed.is_set():
            try:
                device = self._open_device(self._settings.device)
                device.grab()
            except OSError:  # away, or taken by somebody else
                self._away = True
                self._closed.wait(RETRY_S)
                continue
            self._away = False
            try:
                yield from self._lines_of(device)
            except OSError:
                self._intake.drop("lost")
                self._closed.wait(RETRY_S)
            finally:
                with contextlib.suppress(OSError):
                    device.close()

    def close(self) -> None:
        """End `lines` within `POLL_S`."""
        self._closed.set()

    def _lines_of(self, device: KeyDevice) -> Iterator[Line]:
        text = KeyText(self._settings.layout, self._settings.key_gap_ms)
        while not self._closed.is_set():
            if select.select([device.fd], [], [], POLL_S)[0]:
                for event in device.read():
                    line = self._follow(text, event)
                    if line is not None:
                        yield line

    def _follow(self, text: KeyText, event: KeyEvent) -> Line | None:
        if event.type == EV_SYN and event.code == SYN_DROPPED:
            text.spoil()
        if event.type != EV_KEY:
            return None
        finished, why = text.key(event.code, event.value, round(event.timestamp() * 1_000))
        if why is not None:
            self._intake.drop(why)
        return None if finished is None else self._intake.take(finished)


def open_evdev(path: Path) -> KeyDevice:
    """Open a keyboard of the kernel.

    Raises:
        EnvironmentProblem: evdev is not installed.
        OSError: The device is away, or not ours to read.
    """
    try:
        import evdev  # noqa: PLC0415 - needs Linux headers' constants; other readers do without it
    except ImportError as error:
        raise EnvironmentProblem(
            "evdev is not installed, so no wedge reader can be taken: "
            "run `pip install portique[gate]`, or set the reader to serial"
        ) from error
    device: KeyDevice = evdev.InputDevice(str(path))
    return device


def _numbered(digits: str) -> str | None:
    """Return the printable ASCII character of an Alt + keypad number."""
    if len(digits) > ALT_CODE_DIGITS_MAX or int(digits) not in PRINTABLE:
        return None
    return chr(int(digits))
