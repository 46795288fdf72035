"""Options and small conversions the commands share."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from pathlib import Path

import click

from portique.school.folder import SchoolFolder
from portique.school.instants import typed_instant

PASS_NUMBER = re.compile(r"[0-9a-f]{8,16}")  # a card shows 8; fewer would be a guess
AT_HELP = "ISO date and time; without offset it is the school's local time. Default: now."

school_option = click.option(
    "--school",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="The school's folder.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")


def pass_number(typed: str) -> str:
    """Read a pass's number, of either case: its 16 hexadecimal digits, or the first 8 or more.

    Raises:
        click.BadParameter: Anything else; not repeated, for it may be somebody's name.
    """
    digits = typed.strip().lower()
    if not PASS_NUMBER.fullmatch(digits):
        raise click.BadParameter("a pass's number is 16 hexadecimal digits; the first 8 will do")
    return digits


def entropy(count: int) -> bytes:
    """Return `count` random bytes from the system."""
    return os.urandom(count)


def now() -> datetime:
    """Read the clock; only the command line and `portique.gate.clock` may."""
    return datetime.now(UTC)


def instant(text: str, zone: str, option: str = "--at") -> datetime:
    """Read an ISO date and time into UTC.

    Raises:
        click.BadParameter: See `typed_instant`.
    """
    try:
        return typed_instant(text, zone)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=option) from error


def at_or_now(text: str | None, school: SchoolFolder) -> datetime:
    """Return the instant asked for, or now."""
    return now() if text is None else instant(text, school.settings.time_zone)


def open_school(folder: Path) -> SchoolFolder:
    """Open a school's folder and close it when the command ends."""
    school = SchoolFolder.open(folder)
    click.get_current_context().call_on_close(school.close)
    return school


def iso(at: datetime) -> str:
    """Write an instant in UTC, as every answer does."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
