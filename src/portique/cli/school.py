"""`portique school`: make and look after a school's folder."""

from __future__ import annotations

from pathlib import Path

import click

from portique.cli.options import (
    entropy,
    json_option,
    now,
    now_at,
    open_school,
    school_option,
)
from portique.cli.school_permit import permit_command
from portique.cli.school_rules import calendar, leave, rights
from portique.cli.speaking import say, warn
from portique.core.plain import Words
from portique.core.values import Uai
from portique.core.zones import default_site
from portique.school.folder import SchoolFolder, Settings, school_year, uai_warning


@click.group()
def school() -> None:
    """Make and look after a school's folder."""


school.add_command(permit_command)
school.add_command(rights)
school.add_command(calendar)
school.add_command(leave)


@school.command("init")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--uai", required=True, help="The school's identifier: seven digits and a letter.")
@click.option("--name", required=True, help="The school's name, as printed on passes.")
@json_option
def init(folder: Path, uai: str, name: str, as_json: bool) -> None:  # noqa: FBT001 - a flag
    r"""Make a new school in FOLDER: keys, zones, two lanes, hours.

    \b
    Exit code: 0 done, 2 wrong use, UAI or name, 5 a school is there already, or the disk refuses.

    \b
    Example:
        portique school init lycee --uai 0990001S --name "Lycée Simone-Veil"
    """
    made = SchoolFolder.create(folder, Settings(Uai(uai), name), at=now(), entropy=entropy)
    made.close()
    warning = uai_warning(uai)
    if warning:
        warn(warning)
    lanes = [lane.name for lane in default_site().lanes]
    say(
        {"school": str(folder), "uai": uai, "name": name, "lanes": lanes, "warning": warning},
        as_json=as_json,
        words=Words(
            f"{name} est prêt dans {folder}, avec les voies {', '.join(lanes)}.\n"
            f"Avec un serveur\xa0: portique server run --school {folder}\n"
            f"Sans serveur\xa0: portique pass issue --school {folder} --kind pupil --name NOM"
            " --out carte.pdf",
            f"{name} is ready in {folder}, with lanes {', '.join(lanes)}.\n"
            f"With a server: portique server run --school {folder}\n"
            f"Without: portique pass issue --school {folder} --kind pupil --name NAME"
            " --out pass.pdf",
        ),
    )


@school.command("roll")
@school_option
@click.option(
    "--year",
    type=click.IntRange(2000, 2999),
    help="The calendar year in which the school year begins.",
)
@json_option
def roll(folder: Path, year: int | None, as_json: bool) -> None:  # noqa: FBT001
    r"""Start a school year: new issuing and name keys; passes in use keep working.

    \b
    Exit code: 0 done, 2 wrong use, 5 that year's keys exist already, no school or disk.

    \b
    Example:
        portique school roll --school lycee --year 2027
    """
    opened = open_school(folder)
    chosen = year or school_year(now_at(opened), opened.settings.zone)
    opened.roll_keys(year=chosen, entropy=entropy)
    say(
        {"year": chosen, "issuers": len(opened.keys.issuers)},
        as_json=as_json,
        words=Words(
            f"Les clés de {chosen} sont prêtes\u202f; exportez les informations avant d’émettre.",
            f"Keys of {chosen} are ready; export knowledge to the gates before issuing.",
        ),
    )
