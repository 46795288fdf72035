"""`portique pass show`: what entry-1 would say of a text or picture, and why."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from portique.cli.judging import Judgement, bench_of, described, outcome_words
from portique.cli.options import (
    AT_HELP,
    at_or_now,
    json_option,
    open_school,
    school_option,
)
from portique.cli.speaking import json_line, say, warn
from portique.core.decide import Outcome
from portique.core.errors import EnvironmentProblem
from portique.core.passes import recognised
from portique.core.plain import Words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

EXIT_CODE = {Outcome.GRANT: 0, Outcome.REFER: 3, Outcome.REFUSE: 4}
UNNUMBERED = Words("celui au numéro illisible", "one whose number can't be read")
LANE = "entry-1"
LINE_BYTES_MAX = 8192  # a pass has 1,200 characters at most; what is longer is refused as it is


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

    \b
    Exit code: 0 grant, 3 refer, 4 refuse; 2 wrong use, 5 no school, or a picture without code.

    \b
    Example:
        portique pass show zoe.png --school lycee --at 2026-11-23T08:00
    """
    school = open_school(folder)
    when = at_or_now(at, school)
    judgement = Judgement(bench_of(school, LANE, when), unseal=unseal)
    if shown == "-":
        for text in lines(sys.stdin.buffer):
            click.echo(json_line(judgement.of(text, when)))
        return
    text = shown if shown.startswith("PQ") else _read_picture(shown)
    judged = judgement.judge(text, when)
    answer = described(judged, unseal=unseal)
    say(answer, as_json=as_json, words=lambda: outcome_words(judged, unseal=unseal))
    sys.exit(EXIT_CODE[judged.decision.outcome])


def lines(stream: BinaryIO) -> Iterator[str]:
    """Yield each line with its end, which the core knows; one too long is cut, never split.

    Bytes that are no text become a character that no pass has.
    """
    while line := stream.readline(LINE_BYTES_MAX):
        rest = line
        while rest and not rest.endswith(b"\n"):
            rest = stream.readline(LINE_BYTES_MAX)
        yield line.decode("utf-8", "replace")


def _read_picture(name: str) -> str:
    """Read the code of a picture; of several, the first of Portique's, and say which.

    Raises:
        EnvironmentProblem: No such picture, or no code in it.
    """
    from portique.sight.codes import read_picture

    texts = list(dict.fromkeys(code.text for code in read_picture(_picture(name))))
    if not texts:
        raise EnvironmentProblem("no code can be read in this picture: take a sharper one")
    ours = [text for text in texts if text.startswith("PQ")]
    chosen = (ours or texts)[0]
    if len(texts) > 1:
        warn(_which(chosen, len(texts), len(ours)))
    return chosen


def _which(chosen: str, codes: int, ours: int) -> Words:
    """Say which of a picture's codes is judged; a gate would hold two passes shown at once."""
    fr, en = f"l’image porte {codes} codes", f"the picture holds {codes} codes"
    if ours == 0:
        return Words(
            f"{fr}, aucun n’est un laissez-passer\u202f; seul le premier est jugé",
            f"{en}, none of them a pass; only the first is judged",
        )
    if ours == 1:
        return Words(
            f"{fr}\u202f; le laissez-passer est jugé, le reste laissé de côté",
            f"{en}; the pass is judged, the rest left out",
        )
    known = recognised(chosen)
    which = Words(known[0], f"pass {known[0]}") if known else UNNUMBERED
    return Words(
        f"{fr}, dont {ours} laissez-passer\u202f; seul {which.fr} est jugé",
        f"{en}, {ours} of them passes; only {which.en} is judged: take a picture of each",
    )


def _picture(name: str) -> Any:
    """Load a picture. What was typed is not repeated: it may be a pass's text, or a name."""
    import cv2

    from portique.sight.sources import load_picture

    try:
        found = Path(name).is_file()
    except (OSError, ValueError):  # longer than any file's name, or with a NUL
        found = False
    if not found:
        raise EnvironmentProblem("there is no such picture; a pass's text begins with PQ")
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)  # we say it in one sentence
    return load_picture(Path(name))
