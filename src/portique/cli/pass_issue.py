"""`portique pass issue`: one pass, or one for each line of a table; all of them or none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from portique.cli import paper
from portique.cli.options import (
    AT_HELP,
    entropy,
    file_to_read,
    instant,
    json_option,
    now_at,
    open_school,
    pass_number,
    school_option,
)
from portique.cli.pass_words import described, out_option
from portique.cli.speaking import many, say, spoken, warn
from portique.core.errors import RegisterError
from portique.core.passes import LABEL_BYTES_MAX, NAME_BYTES_MAX
from portique.core.plain import Words
from portique.core.values import Kind, Window
from portique.school import issuing
from portique.school.bulk import read_requests
from portique.school.finding import label_today, positions_held
from portique.school.instants import typed_end
from portique.school.issuing import Request
from portique.school.rights_table import rights_of
from portique.school.rules import regimes_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from portique.school.house import School

CARRIED = {
    "name": (NAME_BYTES_MAX, "le nom est coupé"),
    "label": (LABEL_BYTES_MAX, "la classe est coupée"),
}
TODAY = frozenset({"today", "aujourd’hui", "aujourd'hui"})
UNTIL_HELP = (
    "Valid until; a date alone, or today, is included. Default: next 31 August; a visitor: "
    "closing time."
)
LINES_NAMED_MAX = 10  # of a table, in one sentence
WHO = ("kind", "name", "label", "regime")
OF_ONE = (*WHO, "holder", "opens", "closes")


@click.command("issue")
@school_option
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in Kind]),
    help="What the person is to the school.",
)
@click.option("--name", help="The name agents see; a pass carries 32 bytes of it.")
@click.option("--label", help="Class or service, at most 12 bytes.")
@click.option("--holder", type=pass_number, help="Another pass for whoever has this PASS_ID.")
@click.option("--regime", help="Code of the exit regime, such as green; at most 12 bytes.")
@click.option("--from", "opens", help=f"Valid from. {AT_HELP}")
@click.option("--until", "closes", help=UNTIL_HELP)
@out_option
@click.option(
    "--csv",
    "table",
    type=file_to_read,
    help="Issue one pass for each line: kind,name,label,regime,from,until.",
)
@click.option("--only-new", is_flag=True, help="Leave out lines with a valid pass already.")
@click.option("--layout", help="For a .pdf: the sheet. Default: card, sheet for a table.")
@json_option
def issue(folder: Path, **asked: Any) -> None:
    r"""Issue a pass, or one for each line of a CSV file.

    If a line is wrong or the file can't be written, no pass is issued.

    \b
    Exit code: 0 done, 1 a wrong line, or one that paper can't carry, 2 wrong use, name or date,
    5 no school, or the disk refuses.

    \b
    Examples:
        portique pass issue --school lycee --kind pupil --name "Zoé Martin" --out zoe.pdf
        portique pass issue --school lycee --csv class.csv --out class.pdf --json
        portique pass issue --school lycee --holder 1f0e9d8c --until today --layout slip
        --out slip.pdf
    """
    table: Path | None = asked["table"]
    named = asked["kind"] is not None and asked["name"] is not None
    if table is None and asked["holder"] is None and not named:
        raise click.UsageError("give --kind and --name, or --holder PASS_ID, or --csv FILE")
    if asked["holder"] is not None and any(asked[one] is not None for one in WHO):
        raise click.UsageError("--holder says who: leave out --kind, --name, --label and --regime")
    if table is not None and any(asked[one] is not None for one in OF_ONE):
        raise click.UsageError("with --csv, the file says who, what and when")
    if table is None and asked["only_new"]:
        raise click.UsageError("--only-new is for a table: give --csv FILE")
    layout = asked["layout"] or ("card" if table is None else "sheet")
    if asked["out"] is not None:
        paper.check(asked["out"], layout)
    school = open_school(folder)
    at = now_at(school)
    if table is None:
        lines, requests = None, [_request(school, asked, at)]
    else:
        read = read_requests(school, table, at)
        if asked["only_new"]:
            again = set(positions_held(school, list(read.values()), at))
            read = {line: one for n, (line, one) in enumerate(read.items()) if n not in again}
        lines, requests = list(read), list(read.values())
    _warn_of_cuts(requests, lines)
    _warn_of_seconds(positions_held(school, requests, at), lines)
    _warn_of_regimes(school, requests, lines)
    # A pass that can't be printed is not issued: its line says more than a number of its own.
    sheet = paper.Print(layout, where=lambda positions: _where(lines, positions).en)
    _issue(school, requests, at, asked | {"sheet": sheet})


def _request(school: School, asked: dict[str, Any], at: datetime) -> Request:
    if asked["holder"] is not None:
        return _another(school, asked, at)
    kind = Kind(asked["kind"])
    window = _window(school, kind, asked["opens"], asked["closes"], at)
    said = (asked["name"], asked["label"] or "", asked["regime"] or "")
    try:
        return issuing.checked(Request(kind, *said, window))
    except RegisterError as error:
        raise click.UsageError(str(error)) from error


def _another(school: School, asked: dict[str, Any], at: datetime) -> Request:
    """Ask for one pass more for the holder of a pass, such as a slip for a forgotten card."""
    issued = school.register.find(asked["holder"])
    identity = issuing.reopened(school, issued).identity
    if identity is None:
        raise RegisterError(f"pass {issued.pass_id} can't be opened; give --kind and --name")
    return Request(
        identity.kind,
        identity.name,
        label_today(identity, rights_of(school)),
        identity.regime,
        _window(school, identity.kind, asked["opens"], asked["closes"], at),
        identity.holder,
    )


def _window(
    school: School, kind: Kind, opens: str | None, closes: str | None, at: datetime
) -> Window:
    zone = school.settings.time_zone
    usual = issuing.default_window(school, kind, instant(opens, zone, "--from") if opens else at)
    if closes in TODAY:
        closes = usual.opens.astimezone(school.settings.zone).date().isoformat()
    end = instant(closes, zone, "--until", typed_end) if closes else usual.closes
    try:
        return Window(usual.opens, issuing.to_second(end))
    except ValueError as error:
        raise click.UsageError("--until must be later than --from") from error


def _where(lines: Sequence[int] | None, positions: Sequence[int]) -> Words:
    """Name the lines of a table, the first ones of many; of a single pass, nothing."""
    if lines is None:
        return Words("", "")
    named = ", ".join(str(lines[position]) for position in positions[:LINES_NAMED_MAX])
    more, s = len(positions) - LINES_NAMED_MAX, "s" if len(positions) > 1 else ""
    others = Words(f" et {more} autres", f" and {more} more") if more > 0 else Words("", "")
    return Words(f"ligne{s} {named}{others.fr}\xa0: ", f"line{s} {named}{others.en}: ")


def _warn_of_cuts(requests: Sequence[Request], lines: Sequence[int] | None) -> None:
    """Say whose name or label is longer than a pass carries: the gate shows its beginning."""
    for part, (size, french) in CARRIED.items():
        cut = [n for n, request in enumerate(requests) if part in issuing.cut_parts(request)]
        where = _where(lines, cut)
        if cut:
            warn(
                Words(
                    f"{where.fr}{french} à {size} octets, ce qu’un laissez-passer porte",
                    f"{where.en}the {part} is cut to the {size} bytes that a pass carries",
                )
            )


def _warn_of_seconds(again: Sequence[int], lines: Sequence[int] | None) -> None:
    """Say who gets a second pass: a table issued twice makes two cards for everybody."""
    where = _where(lines, again)
    if not again:
        return
    skip = Words("\u202f; --only-new les laisse de côté", "; --only-new leaves them out")
    more = Words("", "") if lines is None else skip
    count = len(again)
    warn(
        Words(
            f"{where.fr}déjà un laissez-passer valable, de mêmes nom, classe et sorte"
            f" ({count} en tout){more.fr}",
            f"{where.en}a valid pass already, with the same name, label and kind"
            f" ({count} in all){more.en}",
        )
    )


def _warn_of_regimes(
    school: School, requests: Sequence[Request], lines: Sequence[int] | None
) -> None:
    """Say when a pass carries a regime the school hasn't got: the agent would be asked."""
    known = regimes_of(school)
    unknown = [n for n, one in enumerate(requests) if one.regime and one.regime not in known]
    where, codes = _where(lines, unknown), ", ".join(known)
    if unknown:
        warn(
            Words(
                f"{where.fr}le régime n’est pas de l’établissement ({codes})\xa0: "
                "les sorties seront à voir",
                f"{where.en}the regime is none of the school's ({codes}): exits will be referred",
            )
        )


def _issue(
    school: School, requests: Sequence[Request], at: datetime, asked: dict[str, Any]
) -> None:
    out: Path | None = asked["out"]
    as_json = asked["as_json"]
    with school.register.transaction():  # a file that can't be written takes its passes back
        made = [
            issuing.issue(school, request, at=at, entropy=entropy)
            for request in paper.progress(requests, "issuing", quiet=as_json)
        ]
        if out is not None and made:
            paper.write(school, made, out, asked["sheet"])
    where = str(out) if out and made else None
    if asked["table"] is not None and not as_json:
        click.echo(_counted(len(made), where).in_language(spoken()))
        return
    for issued in made:
        words = Words(f"laissez-passer {issued.pass_id}", f"pass {issued.pass_id}")
        place = _place(where, issued.text)
        words = Words(words.fr + place.fr, words.en + place.en)
        say(described(issued) | {"out": where}, as_json=as_json, words=words)


def _counted(count: int, where: str | None) -> Words:
    place = _place(where, "")
    return Words(f"{count} laissez-passer{place.fr}", f"{many(count, 'pass', 'passes')}{place.en}")


def _place(where: str | None, text: str) -> Words:
    """Say in which file passes are, or else give the text of one."""
    if where is not None:
        return Words(f" dans {where}", f" in {where}")
    said = f"\n{text}" if text else ""
    return Words(said, said)
