"""`portique pass`: issue, show, print, replace, suspend and revoke passes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from portique.cli import paper
from portique.cli.options import (
    AT_HELP,
    at_or_now,
    entropy,
    instant,
    json_option,
    now,
    open_school,
    say,
    school_option,
)
from portique.cli.pass_show import show
from portique.core import qr
from portique.core.revocation import Status
from portique.core.values import Kind, PassId, Window
from portique.school import issuing
from portique.school.bulk import read_requests

if TYPE_CHECKING:
    from datetime import datetime

    from portique.school.folder import SchoolFolder
    from portique.school.register import Issued

pass_id_argument = click.argument("pass_id", metavar="PASS_ID")
a_file = click.Path(dir_okay=False, path_type=Path)
out_option = click.option("--out", type=a_file, help="A .txt .png .svg or .pdf.")


@click.group("pass")
def passes() -> None:
    """Issue, show, print and revoke passes."""


passes.add_command(show)


@passes.command("issue")
@school_option
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in Kind]),
    help="What the person is to the school.",
)
@click.option("--name", help="The name agents see; a pass carries 32 bytes of it.")
@click.option("--label", default="", help="Class or service, at most 12 bytes.")
@click.option("--regime", default="", help="Code of the exit regime, such as green.")
@click.option("--from", "opens", help=f"Valid from. {AT_HELP}")
@click.option("--until", "closes", help="Valid until. Default: next 31 August; a visitor: closing.")
@out_option
@click.option(
    "--csv",
    "table",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Issue one pass for each line: kind,name,label,regime,from,until.",
)
@click.option("--layout", default="sheet", show_default=True, help="For a .pdf: the sheet.")
@json_option
def issue(folder: Path, **asked: Any) -> None:
    r"""Issue a pass, or one for each line of a CSV file.

    \b
    Examples:
        portique pass issue --school lycee --kind pupil --name "Zoé Martin" --out zoe.pdf
        portique pass issue --school lycee --csv class.csv --out class.pdf --json
    """
    school = open_school(folder)
    if asked["table"] is None and (not asked["kind"] or not asked["name"]):
        raise click.UsageError("give --kind and --name, or --csv FILE")
    if asked["table"] is not None:
        _issue_table(school, asked)
    else:
        _issue_one(school, asked)


def _issue_one(school: SchoolFolder, asked: dict[str, Any]) -> None:
    at = now()
    request = issuing.Request(
        Kind(asked["kind"]), asked["name"], asked["label"], asked["regime"],
        _window(school, Kind(asked["kind"]), asked["opens"], asked["closes"], at),
    )  # fmt: skip
    issued = issuing.issue(school, request, at=at, entropy=entropy)
    out: Path | None = asked["out"]
    if out is not None:
        paper.write(school, [issued], out, layout="card")
    data = described(issued) | {"out": str(out) if out else None}
    words = f"pass {issued.pass_id}" + (f" in {out}" if out else f"\n{issued.text}")
    say(data, as_json=asked["as_json"], words=words)


def _issue_table(school: SchoolFolder, asked: dict[str, Any]) -> None:
    at = now()
    requests = read_requests(school, asked["table"], at)
    made = [
        issuing.issue(school, request, at=at, entropy=entropy)
        for request in paper.progress(requests, "issuing", quiet=asked["as_json"])
    ]
    out: Path | None = asked["out"]
    if out is not None:
        paper.write(school, made, out, layout=asked["layout"])
    for issued in made if asked["as_json"] else []:
        say(described(issued), as_json=True, words="")
    if not asked["as_json"]:
        click.echo(f"{len(made)} passes" + (f" in {out}" if out else ""))


def _window(
    school: SchoolFolder, kind: Kind, opens: str | None, closes: str | None, at: datetime
) -> Window:
    zone = school.settings.zone
    start = at if opens is None else instant(opens, zone)
    usual = issuing.default_window(school, kind, start)
    end = usual.closes if closes is None else issuing.to_second(instant(closes, zone))
    try:
        return Window(usual.opens, end)
    except ValueError as error:
        raise click.UsageError("--until must be later than --from") from error


def described(issued: Issued) -> dict[str, Any]:
    """Describe a pass in the fields every command answers with; no name."""
    return {
        "pass_id": issued.pass_id,
        "text": issued.text,
        "qr_version": qr.version_for(issued.text, "M"),
        "kind": issued.kind,
        "status": issued.status.name.lower(),
        "status_index": issued.status_index,
        "issued": _iso(issued.issued_ms),
        "until": _iso(issued.expires_ms),
        "holder": issued.holder,
    }


def _iso(ms: int) -> str:
    from portique.core.values import from_ms

    return from_ms(ms).isoformat().replace("+00:00", "Z")


def _change(folder: Path, pass_id: str, status: Status, words: str, *, as_json: bool) -> None:
    school = open_school(folder)
    with school.register.transaction():
        school.register.set_status(PassId(pass_id), status)
    say(
        {"pass_id": pass_id, "status": status.name.lower()},
        as_json=as_json,
        words=f"pass {pass_id} is {words}; gates learn it with the next knowledge they receive",
    )


@passes.command("revoke")
@pass_id_argument
@school_option
@json_option
def revoke(pass_id: str, folder: Path, as_json: bool) -> None:  # noqa: FBT001 - a flag
    r"""Revoke a pass for good.

    \b
    Example:
        portique pass revoke 1f0e9d8c7b6a5948 --school lycee
    """
    _change(folder, pass_id, Status.REVOKED, "revoked", as_json=as_json)


@passes.command("suspend")
@pass_id_argument
@school_option
@json_option
def suspend(pass_id: str, folder: Path, as_json: bool) -> None:  # noqa: FBT001
    r"""Suspend a pass, for instance while a lost card is looked for.

    \b
    Example:
        portique pass suspend 1f0e9d8c7b6a5948 --school lycee
    """
    _change(folder, pass_id, Status.SUSPENDED, "suspended", as_json=as_json)


@passes.command("resume")
@pass_id_argument
@school_option
@json_option
def resume(pass_id: str, folder: Path, as_json: bool) -> None:  # noqa: FBT001
    r"""Take a suspension back.

    \b
    Example:
        portique pass resume 1f0e9d8c7b6a5948 --school lycee
    """
    _change(folder, pass_id, Status.VALID, "valid again", as_json=as_json)


@passes.command("replace")
@pass_id_argument
@school_option
@out_option
@json_option
def replace(pass_id: str, folder: Path, out: Path | None, as_json: bool) -> None:  # noqa: FBT001
    r"""Revoke a pass and issue its successor for the same person.

    \b
    Example:
        portique pass replace 1f0e9d8c7b6a5948 --school lycee --out new.pdf
    """
    school = open_school(folder)
    issued = issuing.replace_pass(school, PassId(pass_id), at=now(), entropy=entropy)
    if out is not None:
        paper.write(school, [issued], out, layout="card")
    data = described(issued) | {"replaces": pass_id, "out": str(out) if out else None}
    say(data, as_json=as_json, words=f"pass {issued.pass_id} replaces {pass_id}, now revoked")


@passes.command("list")
@school_option
@click.option("--at", help=AT_HELP)
@json_option
def list_passes(folder: Path, at: str | None, as_json: bool) -> None:  # noqa: FBT001
    r"""List the passes that count, without names.

    \b
    Example:
        portique pass list --school lycee --json
    """
    school = open_school(folder)
    for issued in issuing.all_current(school, at_or_now(at, school)):
        words = f"{issued.pass_id}  {issued.kind:10} {issued.status.name.lower():10}"
        say(described(issued), as_json=as_json, words=words)


@passes.command("print")
@click.argument("pass_ids", metavar="[PASS_ID]...", nargs=-1)
@school_option
@click.option("--out", type=a_file, required=True, help="A .pdf file.")
@click.option(
    "--layout",
    default="sheet",
    show_default=True,
    help="card, sheet, slip, or a label's size such as 70x37.",
)
@click.option("--label", help="Only the passes with this label (a class).")
@click.option("--first", default=1, show_default=True, help="First free label of the sheet.")
@click.option("--language", type=click.Choice(["fr", "en"]), default="fr", show_default=True)
@click.option(
    "--photos",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder of photographs named by pass id; printed, never stored.",
)
@click.option("--back", is_flag=True, help="Print the data notice on the back.")
@json_option
def print_passes(pass_ids: tuple[str, ...], folder: Path, **asked: Any) -> None:
    r"""Print passes already issued: those named, or all that count.

    \b
    Examples:
        portique pass print --school lycee --label "2nde 4" --out class.pdf
        portique pass print 1f0e9d8c7b6a5948 --school lycee --layout slip --out slip.pdf
    """
    school = open_school(folder)
    chosen = [school.register.get(PassId(pass_id)) for pass_id in pass_ids]
    if not pass_ids:
        chosen = list(issuing.all_current(school, now()))
    printed = paper.write(school, chosen, **{k: v for k, v in asked.items() if k != "as_json"})
    say(
        {"out": str(asked["out"]), "passes": printed, "layout": asked["layout"]},
        as_json=asked["as_json"],
        words=f"{printed} passes in {asked['out']}",
    )
