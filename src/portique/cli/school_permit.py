"""`portique school permit`: let somebody leave or enter for once, whatever hours and regime say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from portique.cli.options import (
    AT_HELP,
    instant,
    iso,
    json_option,
    now_at,
    open_school,
    school_option,
)
from portique.cli.pass_words import pass_id_argument
from portique.cli.speaking import printable, say
from portique.core.plain import Words
from portique.core.rights import Permission
from portique.core.values import Direction, from_ms, to_ms
from portique.school.instants import typed_end
from portique.school.permissions import permissions_of, permit, withdraw

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from portique.school.house import School

WAYS = {Direction.EXIT: Words("sortie", "exit"), Direction.ENTRY: Words("entrée", "entry")}
NONE = Words("aucune autorisation", "no permission")


@click.command("permit")
@pass_id_argument
@school_option
@click.option("--exit", "way", flag_value="exit", help="Permit to leave.")
@click.option("--entry", "way", flag_value="entry", help="Permit to enter.")
@click.option("--from", "opens", help=f"From when. {AT_HELP}")
@click.option("--until", "closes", help="Until when; a date alone is included.")
@click.option("--by", default="vie scolaire", show_default=True, help="The role that permits it.")
@click.option("--reason", default="", help="Shown to agents; leave out matters of health.")
@click.option("--remove", type=click.IntRange(1), help="Take permission N of the list back.")
@json_option
def permit_command(number: str, folder: Path, **asked: Any) -> None:
    r"""Permit a holder to leave or enter between two instants, or list what is permitted.

    Hours and exit regime give way to it. Gates learn it with the next knowledge they receive.

    \b
    Exit code: 0 done, 1 never issued, or no such permission, 2 wrong use or date, 5 no school,
    or the disk refuses.

    \b
    Examples:
        portique school permit 1f0e9d8c --school lycee --exit --until 2026-11-23T16:00
        portique school permit 1f0e9d8c --school lycee
    """
    if asked["way"] and asked["remove"]:
        raise click.UsageError("give one of --exit, --entry and --remove")
    if (asked["way"] is None) != (asked["closes"] is None):
        raise click.UsageError("--exit or --entry goes with --until")
    school = open_school(folder)
    issued = school.register.find(number)
    if asked["way"]:
        at = now_at(school)
        held = permit(school, issued.holder, _permission(school, asked, at), at=at)
    elif asked["remove"]:
        held = withdraw(school, issued.holder, asked["remove"])
    else:
        held = permissions_of(school, issued.holder)
    say(
        {"pass_id": issued.pass_id, "permissions": [_described(one) for one in held]},
        as_json=asked["as_json"],
        words=_words(held, school.settings.zone),
    )


def _permission(school: School, asked: dict[str, Any], at: datetime) -> Permission:
    zone = school.settings.time_zone
    start = instant(asked["opens"], zone, "--from") if asked["opens"] else at
    end = instant(asked["closes"], zone, "--until", typed_end)
    if end <= start:
        raise click.UsageError("--until must be later than --from")
    way = Direction(asked["way"])
    return Permission(way, to_ms(start), to_ms(end), asked["by"], asked["reason"])


def _described(permission: Permission) -> dict[str, Any]:
    until_ms = permission.until_ms
    return {
        **permission.to_data(),
        "from": iso(from_ms(permission.from_ms)),
        "until": None if until_ms is None else iso(from_ms(until_ms)),
    }


def _words(held: tuple[Permission, ...], zone: ZoneInfo) -> Words:
    if not held:
        return NONE
    lines = [_line(number, one, zone) for number, one in enumerate(held, 1)]
    return Words("\n".join(one.fr for one in lines), "\n".join(one.en for one in lines))


def _line(number: int, permission: Permission, zone: ZoneInfo) -> Words:
    way = WAYS[permission.direction]
    start = from_ms(permission.from_ms).astimezone(zone)
    why = ", ".join(printable(text) for text in (permission.by, permission.reason) if text)
    last = Words("", "")
    if permission.until_ms is not None:
        end = from_ms(permission.until_ms).astimezone(zone)
        last = Words(f" au {end:%d/%m/%Y %H:%M}", f" until {end:%Y-%m-%d %H:%M}")
    return Words(
        f"{number}. {way.fr} du {start:%d/%m/%Y %H:%M}{last.fr}, {why}",
        f"{number}. {way.en} from {start:%Y-%m-%d %H:%M}{last.en}, {why}",
    )
