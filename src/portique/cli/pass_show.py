"""`portique pass show`: what entry-1 would say of a text or picture, and why."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from portique.cli.judging import Judgement, bench_of, described, outcome_words
from portique.cli.options import AT_HELP, at_or_now, json_option, open_school, school_option
from portique.core.decide import Outcome
from portique.core.errors import EnvironmentProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

EXIT_CODE = {Outcome.GRANT: 0, Outcome.REFER: 3, Outcome.REFUSE: 4}
LANE = "entry-1"
LINE_CHARACTERS_MAX = 8192


@click.command("show")
@click.argument("shown", metavar="TEXT|IMAGE|-")
@school_option
@click.option("--at", help=AT_HELP)
@click.option("--unseal", is_flag=True, help="Show the name and label the pass carries.")
@json_option
def show(shown: str, folder: Path, at: str | None, unseal: bool, as_json: bool) -> None:  # noqa: FBT001 - flags
    r"""Judge a pass at entry-1, as of an instant, without memory: nothing is written.

    An argument that begins with PQ is a text, any other a picture's path; "-" reads one
    text a line from standard input, answers each with a JSON line, and exits 0.

    Exit code: 0 grant, 3 refer, 4 refuse; 5 when the picture can't be read.

    \b
    Example:
        portique pass show zoe.png --school lycee --at 2026-11-23T08:00
    """
    school = open_school(folder)
    judgement = Judgement(bench_of(school, LANE, at_or_now(at, school)), unseal=unseal)
    when = at_or_now(at, school)
    if shown == "-":
        for text in _lines():
            click.echo(json.dumps(judgement.of(text, when), ensure_ascii=False))
        return
    text = shown if shown.startswith("PQ") else _read_picture(Path(shown))
    judged = judgement.judge(text, when)
    answer = described(judged, unseal=unseal)
    click.echo(json.dumps(answer, ensure_ascii=False) if as_json else outcome_words(judged))
    sys.exit(EXIT_CODE[judged.decision.outcome])


def _lines() -> Iterator[str]:
    """Yield the lines of standard input without their ends; bytes that are no text stay wrong."""
    for line in sys.stdin.buffer:
        yield line[:LINE_CHARACTERS_MAX].decode("utf-8", "replace").removesuffix("\n")


def _read_picture(path: Path) -> str:
    """Read the one code of a picture; the first of Portique's, if there are several.

    Raises:
        EnvironmentProblem: No such picture, or no code in it.
    """
    from portique.sight.codes import read_picture

    texts = [code.text for code in read_picture(_picture(path))]
    ours = [text for text in texts if text.startswith("PQ")]
    if not texts:
        raise EnvironmentProblem(f"no code can be read in {path.name}: take a sharper picture")
    return (ours or texts)[0]


def _picture(path: Path) -> Any:
    import cv2

    picture = cv2.imread(str(path), cv2.IMREAD_COLOR) if path.is_file() else None
    if picture is None:
        raise EnvironmentProblem(
            f"{path} is not a picture that can be read; a text of a pass begins with PQ"
        )
    return picture
