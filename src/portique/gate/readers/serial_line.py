"""A reader on a serial line, or anything that gives lines: a tty, a FIFO, a file."""

from __future__ import annotations

import contextlib
import os
import select
import stat
import termios
import threading
import tty
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portique.core.errors import ConfigError
from portique.gate.readers.byte_lines import ByteLines
from portique.gate.readers.intake import Intake, IntakeSettings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from portique.gate.ports import Clock, Line, ReaderCounts

POLL_S = 0.2
RETRY_S = 1.0
CHUNK_BYTES = 4_096


@dataclass(frozen=True, slots=True)
class SerialSettings:
    """Which device, its speed if it is a tty, and what ends a text: lf or cr."""

    device: Path
    baud: int = 9_600
    line_end: str = "lf"


class LineReader:
    """`portique.gate.ports.Reader` over one open file descriptor that is never opened again."""

    def __init__(self, descriptor: int, intake: Intake, line_end: str = "lf") -> None:
        self._descriptor = descriptor
        self._intake = intake
        self._line_end = line_end
        self._closed = threading.Event()

    @property
    def counts(self) -> ReaderCounts:
        """Return what was let go since the start."""
        return self._intake.counts

    @property
    def away(self) -> bool:
        """Say no: it was open before this one began."""
        return False

    def lines(self) -> Iterator[Line]:
        """Yield lines until the end or until closed.

        Raises:
            OSError: The device went away.
        """
        cutter = ByteLines(self._line_end)
        while not self._closed.is_set():
            if not select.select([self._descriptor], [], [], POLL_S)[0]:
                continue
            received = os.read(self._descriptor, CHUNK_BYTES)
            yield from self._taken(cutter.feed(received) if received else cutter.rest())
            if not received:
                return

    def close(self) -> None:
        """End `lines` within `POLL_S`."""
        self._closed.set()

    def _taken(self, texts: list[tuple[str, str | None]]) -> Iterator[Line]:
        for text, why in texts:
            if why is not None:
                self._intake.drop(why)
            line = self._intake.take(text)
            if line is not None:
                yield line


class SerialReader:
    """`portique.gate.ports.Reader` over a path; a tty or FIFO that goes away is waited for.

    A file is read to its end, once.

    Raises:
        ConfigError: At construction, when the speed is none a tty knows.
    """

    def __init__(self, settings: SerialSettings, intake: IntakeSettings, clock: Clock) -> None:
        self._settings = settings
        self._speed = speed_of(settings.baud)
        self._intake = Intake(intake, clock)
        self._closed = threading.Event()
        self._reader: LineReader | None = None
        self._away = False

    @property
    def counts(self) -> ReaderCounts:
        """Return what was let go since the start."""
        return self._intake.counts

    @property
    def away(self) -> bool:
        """Say whether the device is not there, and waited for."""
        return self._away

    def lines(self) -> Iterator[Line]:
        """Yield lines; see the port."""
        while not self._closed.is_set():
            try:
                descriptor = self._open()
            except (OSError, termios.error):
                self._away = True
                self._closed.wait(RETRY_S)
                continue
            self._away = False
            try:
                yield from self._lines_of(descriptor)
            except OSError:
                self._intake.drop("lost")
                self._closed.wait(RETRY_S)
            else:
                return
            finally:
                with contextlib.suppress(OSError):
                    os.close(descriptor)

    def close(self) -> None:
        """End `lines` within `POLL_S`."""
        self._closed.set()
        if self._reader is not None:
            self._reader.close()

    def _lines_of(self, descriptor: int) -> Iterator[Line]:
        self._reader = LineReader(descriptor, self._intake, self._settings.line_end)
        if not self._closed.is_set():
            yield from self._reader.lines()
        if not (self._closed.is_set() or stat.S_ISREG(os.fstat(descriptor).st_mode)):
            raise OSError("the line hung up")  # a tty that hung up is no tty any more, but no file

    def _open(self) -> int:
        # A FIFO opened for writing too never ends when its writers leave.
        fifo = stat.S_ISFIFO(self._settings.device.stat().st_mode)
        flags = os.O_RDWR if fifo else os.O_RDONLY
        descriptor = os.open(self._settings.device, flags | os.O_NONBLOCK | os.O_NOCTTY)
        try:
            if os.isatty(descriptor):
                _set_raw(descriptor, self._speed)
        except termios.error:
            os.close(descriptor)
            raise
        return descriptor


def speed_of(baud: int) -> int:
    """Return termios' constant for a speed.

    Raises:
        ConfigError: No tty has that speed.
    """
    speed = getattr(termios, f"B{baud}", None)
    if not isinstance(speed, int):
        raise ConfigError(f"readers.baud: {baud} is no speed of a serial line; try 9600 or 115200")
    return speed


def _set_raw(descriptor: int, speed: int) -> None:
    """Let every byte through unchanged: no echo, no translation of CR, no signals.

    What was scanned before is flushed: nobody stands there any more.
    """
    tty.setraw(descriptor, termios.TCSAFLUSH)
    attributes = termios.tcgetattr(descriptor)
    attributes[4] = attributes[5] = speed
    termios.tcsetattr(descriptor, termios.TCSANOW, attributes)
