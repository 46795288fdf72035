"""`portique knowledge`: carry to gates what the school knows."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click

from portique.cli.options import (
    AT_HELP,
    at_or_now,
    entropy,
    iso,
    json_option,
    open_school,
    school_option,
)
from portique.cli.speaking import many, many_fr, say
from portique.core.errors import EnvironmentProblem
from portique.core.plain import Words
from portique.school.bundles import DAYS_DEFAULT, DAYS_MAX, make_bundle
from portique.school.disk import write_durably


@click.group()
def knowledge() -> None:
    """Carry to gates what the school knows."""


@knowledge.command("export")
@school_option
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    help="A .knowledge file, or a gate's folder.",
)
@click.option(
    "--days",
    type=click.IntRange(1, DAYS_MAX),
    default=DAYS_DEFAULT,
    show_default=True,
    help="How long gates believe it; afterwards they refer.",
)
@click.option("--at", help=AT_HELP)
@json_option
def export(folder: Path, out: Path, days: int, at: str | None, as_json: bool) -> None:  # noqa: FBT001 - a flag
    r"""Write keys, status, calendar, rights and zones to one signed file.

    \b
    Exit code: 0 done, 2 wrong use or a wrong calendar, regimes or zones, 5 no school or disk.

    \b
    Example:
        portique knowledge export --school lycee --out gate/entry-1-knowledge/today.knowledge
    """
    school = open_school(folder)
    issued = at_or_now(at, school)
    data = make_bundle(school, at=issued, days=days, entropy=entropy)
    target = out / "school.knowledge" if out.is_dir() else out
    write_whole(target, data)
    until = issued + timedelta(days=days)
    say(
        {
            "out": str(target), "bytes": len(data), "gates": len(school.register.gates()),
            "issued": iso(issued), "until": iso(until), "days": days,
        },
        as_json=as_json,
        words=Words(
            f"{target}\xa0: {len(data)} octets, cru pendant {many_fr(days, 'jour')}",
            f"{target}: {len(data)} bytes, believed for {many(days, 'day')}",
        ),
    )  # fmt: skip


def write_whole(path: Path, data: bytes) -> None:
    """Write a file durably and whole: a gate may be looking at it, or a stick be pulled out.

    Raises:
        EnvironmentProblem: The disk refused, or there is no such folder: of a stick that isn't
            there none must be made.
    """
    try:
        write_durably(path, data)
    except OSError as error:
        raise EnvironmentProblem(
            f"{path} can't be written ({error.strerror}); check the folder and the disk"
        ) from error
