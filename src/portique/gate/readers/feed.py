"""All readers of a lane at work, each in a thread, handing lines to one place."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from portique.core.errors import ConfigError
from portique.gate.logs import log
from portique.gate.readers.intake import IntakeSettings
from portique.gate.readers.serial_line import SerialReader, SerialSettings
from portique.gate.readers.stdin_line import stdin_reader
from portique.gate.readers.wedge import WedgeReader, WedgeSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from portique.gate.ports import Clock, Line, Reader, ReaderCounts
    from portique.gate.sections import GateConfig, ReaderSection

RETRY_S = 5.0


class ReaderFeed:
    """Runs readers until closed; one that fails is told of once and tried again.

    Args:
        readers: By name.
        deliver: Gets each line in the reader's own thread; must not block for long.
        on_fault: Gets the name of a reader that began to fail, and why, in that same thread.
    """

    def __init__(
        self,
        readers: Mapping[str, Reader],
        deliver: Callable[[Line], None],
        on_fault: Callable[[str, Exception], None] = lambda _name, _error: None,
    ) -> None:
        self._readers = dict(readers)
        self._deliver = deliver
        self._on_fault = on_fault
        self._failing: set[str] = set()
        self._closed = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=pair, name=f"reader-{pair[0]}", daemon=True)
            for pair in self._readers.items()
        ]
        for thread in self._threads:
            thread.start()

    @property
    def counts(self) -> dict[str, ReaderCounts]:
        """Return what each reader let go since the start."""
        return {name: reader.counts for name, reader in self._readers.items()}

    @property
    def works(self) -> bool:
        """Say whether every reader has its device, and none failed since it last gave a line."""
        return not self._failing and not any(each.away for each in self._readers.values())

    def close(self) -> None:
        """End every reader and wait for its thread."""
        self._closed.set()
        for reader in self._readers.values():
            reader.close()
        for thread in self._threads:
            thread.join()

    def _run(self, name: str, reader: Reader) -> None:
        while not self._closed.is_set():
            try:
                for line in reader.lines():
                    self._failing.discard(name)
                    self._deliver(line)
            except Exception as error:  # noqa: BLE001 - a thread that ended would be missed by nobody
                if name not in self._failing:
                    log().error("reader-fails", organ="reader", error=error)
                    self._on_fault(name, error)
                self._failing.add(name)
                self._closed.wait(RETRY_S)
            else:
                return


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
