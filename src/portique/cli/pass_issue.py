"""`portique pass issue`: one pass, or one for each line of a table; all of them or none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from portique.cli import paper
from portique.cli.options import (
    AT_HELP,
    entropy,
    instant,
    json_option,
    now,
    open_school,
    school_option,
)
from portique.cli.pass_words import described, out_option
from portique.cli.speaking import many, say, warn
from portique.core.passes import LABEL_BYTES_MAX, NAME_BYTES_MAX
from portique.core.values import Kind, Window
from portique.school import issuing
from portique.school.bulk import read_requests
from portique.school.issuing import Request
from portique.school.rules import regimes_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from portique.school.folder import SchoolFolder

LINES_NAMED_MAX = 10  # of a table, in one sentence
OF_ONE = ("kind", "name", "label", "regime", "opens", "closes")


@click.command("issue")
@school_option
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in Kind]),
    help="What the person is to the school.",
)
@click.option("--name", help="The name agents see; a pass carries 32 bytes of it.")
@click.option("--label", help="Class or service, at most 12 bytes.")
@click.option("--regime", help="Code of the exit regime, such as green; at most 12 bytes.")
@click.option("--from", "opens", help=f"Valid from. {AT_HELP}")
@click.option("--until", "closes", help="Valid until. Default: next 31 August; a visitor: closing.")
@out_option
@click.option(
    "--csv",
    "table",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Issue one pass for each line: kind,name,label,regime,from,until.",
)
@click.option("--layout", help="For a .pdf: the sheet. Default: card, sheet for a table.")
@json_option
def issue(folder: Path, **asked: Any) -> None:
    r"""Issue a pass, or one for each line of a CSV file.

    If a line is wrong or the file can't be written, no pass is issued.

    \b
    Exit code: 0 done, 1 a wrong name, line or date, 2 wrong use, 5 no school, or the disk refuses.

    \b
    Examples:
        portique pass issue --school lycee --kind pupil --name "Zoé Martin" --out zoe.pdf
        portique pass issue --school lycee --csv class.csv --out class.pdf --json
    """
    table: Path | None = asked["table"]
    if table is None and (asked["kind"] is None or asked["name"] is None):
        raise click.UsageError("give --kind and --name, or --csv FILE")
    if table is not None and any(asked[one] is not None for one in OF_ONE):
        raise click.UsageError("with --csv, the file says who, what and when")
    layout = asked["layout"] or ("card" if table is None else "sheet")
    if asked["out"] is not None:
        paper.check(asked["out"], layout)
    school, at = open_school(folder), now()
    if table is None:
        lines, requests = None, [_request(school, asked, at)]
    else:
        read = read_requests(school, table, at)
        lines, requests = list(read), list(read.values())
    _warn_of_cuts(requests, lines)
    _warn_of_regimes(school, requests, lines)
    # A pass that can't be printed is not issued: its line says more than a number of its own.
    sheet = paper.Print(layout, where=lambda positions: _where(lines, positions))
    _issue(school, requests, at, asked | {"sheet": sheet})


def _request(school: SchoolFolder, asked: dict[str, Any], at: datetime) -> Request:
    kind = Kind(asked["kind"])
    window = _window(school, kind, asked["opens"], asked["closes"], at)
    said = (asked["name"], asked["label"] or "", asked["regime"] or "")
    return issuing.checked(Request(kind, *said, window))


def _window(
    school: SchoolFolder, kind: Kind, opens: str | None, closes: str | None, at: datetime
) -> Window:
    zone = school.settings.time_zone
    usual = issuing.default_window(school, kind, instant(opens, zone, "--from") if opens else at)
    end = issuing.to_second(instant(closes, zone, "--until")) if closes else usual.closes
    try:
        return Window(usual.opens, end)
    except ValueError as error:
        raise click.UsageError("--until must be later than --from") from error


def _where(lines: Sequence[int] | None, positions: Sequence[int]) -> str:
    """Name the lines of a table, the first ones of many; of a single pass, nothing."""
    if lines is None:
        return ""
    named = ", ".join(str(lines[position]) for position in positions[:LINES_NAMED_MAX])
    more = len(positions) - LINES_NAMED_MAX
    which = f"{named} and {more} more" if more > 0 else named
    return f"line{'s' if len(positions) > 1 else ''} {which}: "


def _warn_of_cuts(requests: Sequence[Request], lines: Sequence[int] | None) -> None:
    """Say whose name or label is longer than a pass carries: the gate shows its beginning."""
    for part, size in (("name", NAME_BYTES_MAX), ("label", LABEL_BYTES_MAX)):
        cut = [n for n, request in enumerate(requests) if part in issuing.cut_parts(request)]
        if cut:
            warn(f"{_where(lines, cut)}the {part} is cut to the {size} bytes that a pass carries")


def _warn_of_regimes(
    school: SchoolFolder, requests: Sequence[Request], lines: Sequence[int] | None
) -> None:
    """Say when a pass carries a regime the school hasn't got: the agent would be asked."""
    known = regimes_of(school)
    unknown = [n for n, one in enumerate(requests) if one.regime and one.regime not in known]
    if unknown:
        warn(
            f"{_where(lines, unknown)}the regime is none of the school's ({', '.join(known)}): "
            "exits will be referred"
        )


def _issue(
    school: SchoolFolder, requests: Sequence[Request], at: datetime, asked: dict[str, Any]
) -> None:
    out: Path | None = asked["out"]
    as_json = asked["as_json"]
    with school.register.transaction():  # a file that can't be written takes its passes back
        made = [
            issuing.issue(school, request, at=at, entropy=entropy)
            for request in paper.progress(requests, "issuing", quiet=as_json)
        ]
        if out is not None:
            paper.write(school, made, out, asked["sheet"])
    where = str(out) if out else None
    if asked["table"] is not None and not as_json:
        click.echo(many(len(made), "pass", "passes") + (f" in {where}" if where else ""))
        return
    for issued in made:
        words = f"pass {issued.pass_id}" + (f" in {where}" if where else f"\n{issued.text}")
        say(described(issued) | {"out": where}, as_json=as_json, words=words)
