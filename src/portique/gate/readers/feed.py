"""All readers of a lane at work, each in a thread, handing lines to one place."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING

from portique.core.errors import ConfigError
from portique.gate.readers.intake import IntakeSettings
from portique.gate.readers.serial_line import SerialReader, SerialSettings
from portique.gate.readers.stdin_line import stdin_reader
from portique.gate.readers.wedge import WedgeReader, WedgeSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from portique.gate.ports import Clock, Line, Reader, ReaderCounts
    from portique.gate.sections import GateConfig, ReaderSection


class ReaderFeed:
    """Runs readers until closed.

    Args:
        readers: By name.
        deliver: Gets each line in the reader's own thread; must not block for long.
    """

    def __init__(self, readers: Mapping[str, Reader], deliver: Callable[[Line], None]) -> None:
        self._readers = dict(readers)
        self._deliver = deliver
        self._threads = [
            threading.Thread(target=self._run, args=(reader,), name=f"reader-{name}", daemon=True)
            for name, reader in self._readers.items()
        ]
        for thread in self._threads:
            thread.start()

    @property
    def counts(self) -> dict[str, ReaderCounts]:
        """Return what each reader let go since the start."""
        return {name: reader.counts for name, reader in self._readers.items()}

    def close(self) -> None:
        """End every reader and wait for its thread."""
        for reader in self._readers.values():
            reader.close()
        for thread in self._threads:
            thread.join()

    def _run(self, reader: Reader) -> None:
        with contextlib.suppress(OSError):  # standard input taken away: the other readers go on
            for line in reader.lines():
                self._deliver(line)


def open_readers(config: GateConfig, clock: Clock) -> dict[str, Reader]:
    """Make the readers that ``config`` names, by name. Devices are opened when they run.

    Raises:
        ConfigError: A speed no serial line has.
    """
    return {section.name or section.kind: _reader(section, clock) for section in config.readers}


def _reader(section: ReaderSection, clock: Clock) -> Reader:
    intake = IntakeSettings(
        section.name or section.kind, section.prefix, section.suffix, section.lines_per_minute
    )
    if section.kind == "stdin":
        return stdin_reader(intake, clock)
    if section.device is None:
        raise ConfigError(f"readers.device is missing: a {section.kind} reader needs its path")
    if section.kind == "wedge":
        wedge = WedgeSettings(section.device, section.layout, section.key_gap_ms)
        return WedgeReader(wedge, intake, clock)
    serial = SerialSettings(section.device, section.baud, section.line_end)
    return SerialReader(serial, intake, clock)
