"""`portique pass list`: which passes the school issued, found by name or class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from portique.cli.options import (
    AT_HELP,
    at_or_now,
    json_option,
    open_school,
    school_option,
)
from portique.cli.pass_words import described
from portique.cli.speaking import json_line, printable, spoken, warn
from portique.core.plain import Words
from portique.core.values import Kind, Language, from_ms
from portique.school.finding import COUNTING, Found, Standing, Wanted, find_passes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from zoneinfo import ZoneInfo

EVERY = "all"
HEADINGS = {
    Language.FR: ("numéro", "sorte", "état", "jusqu’au", "nom", "classe"),
    Language.EN: ("number", "kind", "status", "valid until", "name", "label"),
}
STANDINGS = {
    Standing.VALID: Words("valable", "valid"),
    Standing.SUSPENDED: Words("suspendu", "suspended"),
    Standing.REVOKED: Words("annulé", "revoked"),
    Standing.EXPIRED: Words("périmé", "expired"),
}
KINDS = {
    Kind.PUPIL: Words("élève", "pupil"),
    Kind.STAFF: Words("personnel", "staff"),
    Kind.GUARDIAN: Words("famille", "guardian"),
    Kind.TRAINEE: Words("stagiaire", "trainee"),
    Kind.CANDIDATE: Words("candidat", "candidate"),
    Kind.RESIDENT: Words("résident", "resident"),
    Kind.VISITOR: Words("visiteur", "visitor"),
}
NOBODY = Words(
    "aucun laissez-passer\u202f; --status all cherche aussi parmi les annulés et les périmés",
    "no such pass; --status all looks among those revoked or expired too",
)
GAP = "  "


@click.command("list")
@school_option
@click.option("--name", help="Only names with these words; accents and capitals don't count.")
@click.option("--label", help="Only this class or service.")
@click.option("--kind", type=click.Choice([kind.value for kind in Kind]), help="Only this kind.")
@click.option(
    "--status",
    type=click.Choice([*(one.value for one in Standing), EVERY]),
    help="Only these. Default: valid and suspended.",
)
@click.option("--unseal", is_flag=True, help="Show names and labels.")
@click.option("--at", help=AT_HELP)
@json_option
def list_passes(folder: Path, at: str | None, **asked: Any) -> None:
    r"""List passes, by default those that are neither revoked nor expired.

    Names and labels are shown with --unseal only; looking for them doesn't need it.

    \b
    Exit code: 0 done, 2 wrong use, 5 no school.

    \b
    Example:
        portique pass list --school lycee --name martin --unseal
    """
    school = open_school(folder)
    unseal = asked["unseal"]
    found = find_passes(school, _wanted(asked), at_or_now(at, school), unseal=unseal)
    if asked["as_json"]:
        for one in found:
            click.echo(json_line(_described(one, unseal=unseal)))
        return
    rows = [_row(one, school.settings.zone) for one in found]
    if not rows:
        warn(NOBODY)
        return
    headings = HEADINGS[spoken()]
    shown = len(headings) if unseal else len(headings) - 2
    for line in _aligned(row[:shown] for row in [headings, *rows]):
        click.echo(line)


def _wanted(asked: dict[str, Any]) -> Wanted:
    status, kind = asked["status"], asked["kind"]
    standings = COUNTING if status is None else {*Standing} if status == EVERY else {status}
    return Wanted(
        asked["name"], asked["label"], Kind(kind) if kind else None,
        frozenset(map(Standing, standings)),
    )  # fmt: skip


def _described(found: Found, *, unseal: bool) -> dict[str, Any]:
    answer = described(found.issued)
    if unseal:
        answer["name"] = found.identity.name if found.identity else None
        answer["label"] = found.label
    return answer


def _row(found: Found, zone: ZoneInfo) -> tuple[str, ...]:
    issued = found.issued
    last = from_ms(issued.expires_ms - 1).astimezone(zone)  # the end itself is excluded
    name = found.identity.name if found.identity else ""
    language = spoken()
    day = f"{last:%d/%m/%Y}" if language is Language.FR else f"{last:%Y-%m-%d}"
    return (
        issued.pass_id, KINDS[issued.kind].in_language(language),
        STANDINGS[found.standing].in_language(language), day,
        printable(name), printable(found.label or ""),
    )  # fmt: skip


def _aligned(rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Yield rows as lines, each column as wide as its widest cell."""
    table = list(rows)
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        yield GAP.join(map(str.ljust, row, widths)).rstrip()
