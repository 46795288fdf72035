"""Options and small conversions the commands share."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from pathlib import Path
from stat import S_ISREG
from typing import TYPE_CHECKING

import click

from portique.core.errors import EnvironmentProblem
from portique.core.values import from_ms, to_ms
from portique.gate.clock import BUILT_AT_MS
from portique.school.folder import SchoolFolder, is_served
from portique.school.instants import typed_instant

if TYPE_CHECKING:
    from collections.abc import Callable

    from portique.school.house import School

PASS_NUMBER = re.compile(r"[0-9a-f]{8,16}")  # a card shows 8; fewer would be a guess
AT_HELP = "ISO date and time; without offset it is the school's local time. Default: now."

school_option = click.option(
    "--school",
    "folder",
    type=click.Path(path_type=Path, readable=False),  # what is wrong with it, `open_school` says
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


def file_to_read(typed: str) -> Path:
    """Return the path of an ordinary file; a pipe or a device could hold a command up for ever.

    Raises:
        EnvironmentProblem: There is none, or it can't be read.
    """
    path = Path(typed)
    try:
        if not S_ISREG(path.stat().st_mode):
            raise EnvironmentProblem(f"{path} is not an ordinary file; give the name of one")
        with path.open("rb"):
            return path
    except OSError as error:
        raise EnvironmentProblem(
            f"{path} can't be read ({error.strerror}); check its name and your rights"
        ) from error


def folder_to_read(typed: str) -> Path:
    """Return the path of a folder whose files can be listed.

    Raises:
        EnvironmentProblem: There is none, or it can't be read.
    """
    folder = Path(typed)
    try:
        next(folder.iterdir(), None)
    except OSError as error:
        raise EnvironmentProblem(
            f"the folder {typed} can't be read ({error.strerror}); check its name and your rights"
        ) from error
    return folder


def entropy(count: int) -> bytes:
    """Return `count` random bytes from the system."""
    return os.urandom(count)


def machine_time() -> datetime:
    """Return what the machine's clock says, right or wrong."""
    return datetime.now(UTC)


def now() -> datetime:
    """Read the clock; only the command line and `portique.gate.clock` may.

    Raises:
        EnvironmentProblem: It is earlier than this software, so it can't be right.
    """
    at = machine_time()
    if to_ms(at) < BUILT_AT_MS:
        raise EnvironmentProblem(f"this machine's clock says {iso(at)}, which can't be: set it")
    return at


def now_at(school: School) -> datetime:
    """Read the clock for something that the school will keep.

    Raises:
        EnvironmentProblem: It can't be right: see `now`, or a pass that counts was issued later.
    """
    at, latest = now(), school.register.latest()
    if latest is not None and to_ms(at) < latest.issued_ms:
        raise EnvironmentProblem(
            f"this machine's clock says {iso(at)}, but pass {latest.pass_id} was issued at "
            f"{iso(from_ms(latest.issued_ms))}: set the clock, or, if it was wrong then, revoke "
            "that pass"
        )
    return at


def instant(
    text: str,
    zone: str,
    option: str = "--at",
    read: Callable[[str, str], datetime] = typed_instant,
) -> datetime:
    """Read an ISO date and time into UTC; `read` is `typed_end` for one that something lasts until.

    Raises:
        click.BadParameter: See `typed_instant`.
    """
    try:
        return read(text, zone)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=option) from error


def at_or_now(text: str | None, school: School) -> datetime:
    """Return the instant asked for, or now."""
    return now_at(school) if text is None else instant(text, school.settings.time_zone)


def open_school(folder: Path) -> School:
    """Open a school, in its folder or its server's database; close it when the command ends."""
    school: School = _served(folder) if is_served(folder) else SchoolFolder.open(folder)
    click.get_current_context().call_on_close(school.close)
    return school


def _served(folder: Path) -> School:
    from portique.server.config.starting import make_ready  # Django only where a server was

    make_ready(folder)
    from portique.server.school.house import served_school

    return served_school()


def iso(at: datetime) -> str:
    """Write an instant in UTC, as every answer does."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
