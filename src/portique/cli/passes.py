"""`portique pass`: issue, show, print, list, replace, suspend and revoke passes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from portique.cli import paper
from portique.cli.options import (
    entropy,
    folder_to_read,
    json_option,
    now,
    now_at,
    open_school,
    pass_number,
    school_option,
)
from portique.cli.pass_issue import issue
from portique.cli.pass_list import list_passes
from portique.cli.pass_show import show
from portique.cli.pass_words import a_file, described, out_option, pass_id_argument
from portique.cli.speaking import many, say, warn
from portique.core.errors import RegisterError
from portique.core.plain import Words
from portique.core.revocation import Status
from portique.school import issuing
from portique.school.finding import Wanted, find_passes
from portique.school.printing import is_a_phones

if TYPE_CHECKING:
    from pathlib import Path

    from portique.school.house import School
    from portique.school.register import Issued


BECOMES = {
    Status.REVOKED: Words("annulé", "revoked"),
    Status.SUSPENDED: Words("suspendu", "suspended"),
    Status.VALID: Words("de nouveau valable", "valid again"),
}
UNSUSPENDED = Words("il n’était pas suspendu", "it was not suspended")


@click.group("pass")
def passes() -> None:
    """Issue, show, print and revoke passes."""


passes.add_command(issue)
passes.add_command(list_passes)
passes.add_command(show)


def _change(folder: Path, number: str, status: Status, *, as_json: bool) -> None:
    school = open_school(folder)
    with school.register.transaction():
        issued = school.register.find(number)
        pass_id = issued.pass_id
        if issued.status is status is Status.VALID:
            warn(UNSUSPENDED)
        school.register.set_status(pass_id, status)
    gate = next((gate.gate_id for gate in school.register.gates()), "entry-1")
    export = f"portique knowledge export --school {folder} --out "
    say(
        {"pass_id": pass_id, "status": status.name.lower()},
        as_json=as_json,
        words=Words(
            f"laissez-passer {pass_id} {BECOMES[status].fr}\u202f; les portiques l’apprennent au "
            "prochain export des informations\xa0:\n"
            f"  {export}DOSSIER/{gate}-knowledge/today.knowledge",
            f"pass {pass_id} is {BECOMES[status].en}; gates learn it with the next knowledge they "
            f"receive:\n  {export}FOLDER/{gate}-knowledge/today.knowledge",
        ),
    )


@passes.command("revoke")
@pass_id_argument
@school_option
@json_option
def revoke(number: str, folder: Path, as_json: bool) -> None:  # noqa: FBT001 - a flag
    r"""Revoke a pass for good.

    \b
    Exit code: 0 done, 1 never issued or revoked already, 2 wrong use, 5 no school or disk.

    \b
    Example:
        portique pass revoke 1f0e9d8c7b6a5948 --school lycee
    """
    _change(folder, number, Status.REVOKED, as_json=as_json)


@passes.command("suspend")
@pass_id_argument
@school_option
@json_option
def suspend(number: str, folder: Path, as_json: bool) -> None:  # noqa: FBT001
    r"""Suspend a pass, for instance while a lost card is looked for.

    \b
    Exit code: 0 done, 1 never issued or revoked, 2 wrong use, 5 no school or disk.

    \b
    Example:
        portique pass suspend 1f0e9d8c7b6a5948 --school lycee
    """
    _change(folder, number, Status.SUSPENDED, as_json=as_json)


@passes.command("resume")
@pass_id_argument
@school_option
@json_option
def resume(number: str, folder: Path, as_json: bool) -> None:  # noqa: FBT001
    r"""Take a suspension back.

    \b
    Exit code: 0 done, 1 never issued or revoked, 2 wrong use, 5 no school or disk.

    \b
    Example:
        portique pass resume 1f0e9d8c7b6a5948 --school lycee
    """
    _change(folder, number, Status.VALID, as_json=as_json)


@passes.command("replace")
@pass_id_argument
@school_option
@out_option
@json_option
def replace(number: str, folder: Path, out: Path | None, as_json: bool) -> None:  # noqa: FBT001
    r"""Revoke a pass and issue its successor for the same person, with the same end.

    If the file can't be written, nothing changes. A phone's pass is not replaced: the office gives
    the phone a new code.

    \b
    Exit code: 0 done, 1 never issued, revoked, expired or a phone's, 2 wrong use, 5 no school or
    disk.

    \b
    Example:
        portique pass replace 1f0e9d8c7b6a5948 --school lycee --out new.pdf
    """
    if out is not None:
        paper.check(out, "card")
    school = open_school(folder)
    with school.register.transaction():
        pass_id = school.register.find(number).pass_id
        issued = issuing.replace_pass(school, pass_id, at=now_at(school), entropy=entropy)
        if out is not None:
            paper.write(school, [issued], out, paper.Print("card"))
    where = str(out) if out else None
    words = Words(
        f"laissez-passer {issued.pass_id} à la place de {pass_id}, maintenant annulé"
        + (f"\u202f; il est dans {where}" if where else f"\n{issued.text}"),
        f"pass {issued.pass_id} replaces {pass_id}, now revoked"
        + (f"; it is in {where}" if where else f"\n{issued.text}"),
    )
    say(described(issued) | {"replaces": pass_id, "out": where}, as_json=as_json, words=words)


@passes.command("print")
@click.argument("numbers", metavar="[PASS_ID]...", nargs=-1, type=pass_number)
@school_option
@click.option("--out", type=a_file, required=True, help="A .pdf; a .txt .png or .svg of codes.")
@click.option(
    "--layout",
    default="sheet",
    show_default=True,
    help="card, sheet, slip, or a label's size such as 70x37.",
)
@click.option("--label", help="Only the passes with this label (a class).")
@click.option(
    "--first",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="First free label of the sheet.",
)
@click.option("--language", type=click.Choice(["fr", "en"]), default="fr", show_default=True)
@click.option(
    "--photos",
    type=folder_to_read,
    help="A folder of photographs named by pass id; printed, never stored.",
)
@click.option("--back", is_flag=True, help="Print the data notice on the back.")
@json_option
def print_passes(numbers: tuple[str, ...], folder: Path, **asked: Any) -> None:
    r"""Print passes already issued: those named, or all that count but those of phones.

    \b
    Exit code: 0 done, 1 never issued or revoked, or one that paper can't carry, as a phone's, 2
    wrong use or nothing to print, 5 no school or disk.

    \b
    Examples:
        portique pass print --school lycee --label "2nde 4" --out class.pdf
        portique pass print 1f0e9d8c7b6a5948 --school lycee --layout slip --out slip.pdf
    """
    as_json, out, label = (asked.pop(name) for name in ("as_json", "out", "label"))
    if numbers and label is not None:
        raise click.UsageError("give numbers of passes or --label, not both")
    paper.check(out, asked["layout"])
    school = open_school(folder)
    if numbers:
        chosen = [_for_paper(school, school.register.find(number)) for number in numbers]
    else:
        found = [one.issued for one in find_passes(school, Wanted(label=label), now())]
        chosen = [one for one in found if not is_a_phones(school, one)]
    printed = paper.write(school, chosen, out, paper.Print(**asked))
    say(
        {"out": str(out), "passes": printed, "layout": asked["layout"]},
        as_json=as_json,
        words=Words(
            f"{printed} laissez-passer dans {out}", f"{many(printed, 'pass', 'passes')} in {out}"
        ),
    )


def _for_paper(school: School, issued: Issued) -> Issued:
    if issued.status is Status.REVOKED:
        raise RegisterError(f"pass {issued.pass_id} is revoked: its card would be refused")
    if is_a_phones(school, issued):
        raise RegisterError(f"pass {issued.pass_id} lives on a phone: paper would be refused")
    return issued
