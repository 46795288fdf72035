"""Options and small conversions the commands share."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from portique.school.folder import SchoolFolder

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

AT_HELP = "ISO date and time; without offset it is the school's local time. Default: now."

school_option = click.option(
    "--school",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="The school's folder.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")


def entropy(count: int) -> bytes:
    """Return `count` random bytes from the system."""
    return os.urandom(count)


def now() -> datetime:
    """Read the clock; only the command line and `portique.gate.clock` may."""
    return datetime.now(UTC)


def instant(text: str, zone: ZoneInfo) -> datetime:
    """Read an ISO date and time into UTC.

    Raises:
        click.BadParameter: Not ISO, or a local time that the change to summer time skips.
    """
    try:
        read = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(
            f"{text!r} is not a date and time such as 2026-09-01T08:00"
        ) from error
    if read.tzinfo is None:
        local = read.replace(tzinfo=zone)
        if local.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != read:
            raise click.BadParameter(f"{text!r} does not exist: the clocks go forward over it")
        read = local
    return read.astimezone(UTC)


def at_or_now(text: str | None, school: SchoolFolder) -> datetime:
    """Return the instant asked for, or now."""
    return now() if text is None else instant(text, school.settings.zone)


def open_school(folder: Path) -> SchoolFolder:
    """Open a school's folder and close it when the command ends."""
    school = SchoolFolder.open(folder)
    click.get_current_context().call_on_close(school.close)
    return school


def say(data: dict[str, Any], *, as_json: bool, words: Callable[[], str] | str) -> None:
    """Answer in JSON, or in words."""
    if as_json:
        click.echo(json.dumps(data, ensure_ascii=False))
    else:
        click.echo(words if isinstance(words, str) else words())
