"""Texts on standard input, one a line: for scripts, tests and readers behind another program."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from portique.gate.readers.intake import Intake, IntakeSettings
from portique.gate.readers.serial_line import LineReader

if TYPE_CHECKING:
    from portique.gate.ports import Clock


def stdin_reader(intake: IntakeSettings, clock: Clock) -> LineReader:
    """Return the reader of this process's standard input; it ends where the input ends."""
    return LineReader(sys.stdin.fileno(), Intake(intake, clock))
