"""`portique school rights|calendar|may-leave`: what holders may do, and why, without a server."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from portique.cli.options import (
    AT_HELP,
    at_or_now,
    file_to_read,
    iso,
    json_option,
    now,
    open_school,
    school_option,
)
from portique.cli.pass_words import pass_id_argument
from portique.cli.speaking import say, warn
from portique.core.dayplans import plan_day
from portique.core.errors import RegisterError
from portique.core.exit_words import answer_in_words
from portique.core.exits import ExitAnswer, Leaver, Verdict, may_leave
from portique.core.localtime import local_day
from portique.core.plain import Words
from portique.core.rights import UNKNOWN
from portique.core.values import Kind, Language, from_ms, to_ms
from portique.school.doubts import doubts
from portique.school.issuing import reopened
from portique.school.rights_table import rights_of, write_rights_table
from portique.school.rules import calendar_of, regimes_of, site_of

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from portique.core.passes import Identity
    from portique.school.house import School

EXIT_DOUBTS = 1
LANGUAGES = [language.value for language in Language]
FRENCH = {  # the fields of a calendar's summary
    "zone": "fuseau", "openings": "ouvertures", "terms": "périodes", "holidays": "vacances",
    "groups": "groupes", "lessons": "cours", "first": "du", "last": "au",
    "regimes": "régimes", "lanes": "voies",
}  # fmt: skip
EXIT_CODE = {
    Verdict.PERMITTED: 0,
    Verdict.REGIME_UNKNOWN: 3,
    Verdict.TIMETABLE_UNKNOWN: 3,
    Verdict.NOT_PERMITTED: 4,
}


@click.command("rights")
@school_option
@click.option(
    "--csv",
    "table",
    type=file_to_read,
    required=True,
    help="holder,groups,label,regime,meal_days,boarder; several values parted by |.",
)
@json_option
def rights(folder: Path, table: Path, as_json: bool) -> None:  # noqa: FBT001 - a flag
    r"""Give holders their groups, exit regime and meal days from a CSV file.

    In the column `holder` the number of any of their cards will do, as `pass list --unseal` shows
    them. Columns that are absent change nothing; if a line is wrong, nothing changes. Gates learn
    it with the next knowledge they receive.

    \b
    Exit code: 0 done, 1 a wrong line, 2 wrong use, 5 no school, or the disk refuses.

    \b
    Example:
        portique school rights --school lycee --csv rights.csv
    """
    school = open_school(folder)
    changed = write_rights_table(school, table)
    for doubt in doubts(school, changed.values(), now()):
        warn(doubt)
    words = Words(f"droits écrits\xa0: {len(changed)}", f"rights written: {len(changed)}")
    say({"changed": len(changed)}, as_json=as_json, words=words)


@click.command("calendar")
@school_option
@click.option("--check", is_flag=True, help="Exit 1 when something is doubtful.")
@json_option
def calendar(folder: Path, check: bool, as_json: bool) -> None:  # noqa: FBT001 - flags
    r"""Check calendar.json, regimes.json and zones.json, and say what they hold.

    \b
    Exit code: 0 done, 1 with --check: something is doubtful, 2 a file is wrong (names the key),
    5 no school.

    \b
    Example:
        portique school calendar --school lycee --check
    """
    school = open_school(folder)
    found = doubts(school, rights_of(school).values(), now())
    data = _summary(school)
    texts = [doubt.en for doubt in found]
    say(data | {"doubts": texts}, as_json=as_json, words=_summary_words(data))
    for doubt in found:
        warn(doubt)
    if check and found:
        sys.exit(EXIT_DOUBTS)


def _summary(school: School) -> dict[str, Any]:
    rules = calendar_of(school)
    timetable = rules.timetable
    return {
        "zone": rules.zone,
        "openings": [opening.title for opening in rules.openings],
        "terms": [term.title for term in rules.school_days.terms],
        "holidays": [holiday.title for holiday in rules.school_days.holidays],
        "groups": list(timetable.groups) if timetable else [],
        "lessons": len(timetable.lessons) if timetable else 0,
        "first": timetable.first.isoformat() if timetable else None,
        "last": timetable.last.isoformat() if timetable else None,
        "regimes": list(regimes_of(school)),
        "lanes": [lane.name for lane in site_of(school).lanes],
    }


def _summary_words(data: dict[str, Any]) -> Words:
    return Words(
        "\n".join(f"{FRENCH[name]}\xa0: {_in_words(value)}" for name, value in data.items()),
        "\n".join(f"{name}: {_in_words(value)}" for name, value in data.items()),
    )


def _in_words(value: Any) -> str:
    return ", ".join(map(str, value)) or "-" if isinstance(value, list) else str(value or "-")


@click.command("may-leave")
@pass_id_argument
@school_option
@click.option("--at", help=AT_HELP)
@click.option("--language", type=click.Choice(LANGUAGES), help="Default: the command's own.")
@json_option
def leave(number: str, folder: Path, at: str | None, language: str | None, as_json: bool) -> None:  # noqa: FBT001
    r"""Say whether a pupil may leave alone at an instant, why, and from when on.

    \b
    Exit code: 0 permitted, 3 to be checked, 4 not permitted; 1 never issued or not a pupil's,
    2 wrong use, 5 no school.

    \b
    Example:
        portique school may-leave 1f0e9d8c7b6a5948 --school lycee --at 2026-11-23T15:30
    """
    school = open_school(folder)
    issued = school.register.find(number)
    identity = reopened(school, issued).identity
    if identity is None or identity.kind is not Kind.PUPIL:
        raise RegisterError("exit regimes are for pupils: this pass is not one's")
    answer = _answer(school, identity, at_or_now(at, school))
    words = answer_in_words(answer, calendar_of(school).zone)
    data = {
        "pass_id": issued.pass_id,
        "at": iso(from_ms(answer.at_ms)),
        "verdict": str(answer.verdict),
        "why": str(answer.why),
        "regime": answer.regime.code if answer.regime else None,
        "later": iso(from_ms(answer.later[0])) if answer.later else None,
        "later_why": str(answer.later[1]) if answer.later else None,
        **words.to_data(),
    }
    say(data, as_json=as_json, words=words, language=Language(language) if language else None)
    sys.exit(EXIT_CODE[answer.verdict])


def _answer(school: School, identity: Identity, at: datetime) -> ExitAnswer:
    """Ask the folder's rules as a gate with fresh knowledge would."""
    rules = calendar_of(school)
    held = rights_of(school).get(identity.holder, UNKNOWN)
    regime = regimes_of(school).get(held.regime or identity.regime)
    plan = plan_day(rules, local_day(to_ms(at), rules.zone))
    return may_leave(Leaver(held, regime, plan), to_ms(at))
