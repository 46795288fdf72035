"""Electric lines: relays out, contacts in, through gpiozero or the kernel's value files.

gpiozero is imported only when a line is opened: most gates have none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from portique.core.errors import EnvironmentProblem

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any


class OutputLine(Protocol):
    """A relay's pin."""

    def drive(self, *, high: bool) -> None:
        """Set the level."""
        ...

    def close(self) -> None:
        """Let go of the pin; its level is then the wiring's own."""
        ...


class InputLine(Protocol):
    """A contact's pin."""

    def high(self) -> bool:
        """Read the level.

        Raises:
            OSError: The line can't be read.
        """
        ...

    def close(self) -> None:
        """Let go of the pin."""
        ...


class FileLine:
    """A line the kernel exports as a file holding 0 or 1: `<folder>/gpio<pin>/value`."""

    def __init__(self, folder: Path, pin: int) -> None:
        self._path = folder / f"gpio{pin}" / "value"
        if not self._path.exists():
            raise EnvironmentProblem(
                f"{self._path} does not exist: export line {pin}, or mend the pin's number"
            )

    def drive(self, *, high: bool) -> None:
        """Write the level."""
        self._path.write_text("1" if high else "0", encoding="ascii")

    def high(self) -> bool:
        """Read the level."""
        return self._path.read_text(encoding="ascii").strip() == "1"

    def close(self) -> None:
        """Do nothing: an exported line keeps its last level."""


class GpioOutput:
    """A relay through gpiozero."""

    def __init__(self, pin: int, *, high: bool) -> None:
        self._device = _gpiozero().OutputDevice(pin, initial_value=high)

    def drive(self, *, high: bool) -> None:
        """Set the level."""
        self._device.value = int(high)

    def close(self) -> None:
        """Give the pin back: it floats, and the relay's own pull decides."""
        self._device.close()


class GpioInput:
    """A contact between the pin and ground: closed reads low, open reads high."""

    def __init__(self, pin: int) -> None:
        self._device = _gpiozero().InputDevice(pin, pull_up=True)

    def high(self) -> bool:
        """Read the level; `pull_up` inverts gpiozero's own idea of active."""
        return not self._device.value

    def close(self) -> None:
        """Give the pin back."""
        self._device.close()


def open_output(pin: int, folder: Path | None, *, high: bool) -> OutputLine:
    """Open a relay's pin at a level.

    Raises:
        EnvironmentProblem: The line or gpiozero is missing.
    """
    if folder is None:
        return GpioOutput(pin, high=high)
    line = FileLine(folder, pin)
    line.drive(high=high)
    return line


def open_input(pin: int, folder: Path | None) -> InputLine:
    """Open a contact's pin.

    Raises:
        EnvironmentProblem: The line or gpiozero is missing.
    """
    return GpioInput(pin) if folder is None else FileLine(folder, pin)


def _gpiozero() -> Any:
    try:
        import gpiozero  # noqa: PLC0415 - most gates drive no pin and have no gpiozero
    except ImportError as error:
        raise EnvironmentProblem(
            "gpiozero is not installed, so no relay can be driven: "
            "run `pip install portique[gpio]`, or choose another door.kind"
        ) from error
    return gpiozero
