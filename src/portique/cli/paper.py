"""Writing passes to files: text, pictures of codes, PDF."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import click
from rich.console import Console
from rich.progress import track

from portique.cli.options import now
from portique.cli.speaking import warn
from portique.core.errors import EnvironmentProblem
from portique.core.plain import Words
from portique.core.values import Language
from portique.school.finding import label_today
from portique.school.printing import printable
from portique.school.rights_table import rights_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from portique.paper.cards import PrintedPass
    from portique.school.house import School
    from portique.school.register import Issued

PROGRESS_FROM = 100  # fewer take less than two seconds
FORMS = (".txt", ".png", ".svg", ".pdf")
ONE_PASS_FORMS = (".png", ".svg")
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Print:
    """How passes are to be printed; what a form can't do, it leaves out.

    `first`: first free label of a sheet of stickers. `where` says which passes are meant, by
    their positions from 0, when it isn't by their numbers.
    """

    layout: str = "sheet"
    first: int = 1
    language: str = "fr"
    photos: Path | None = None
    back: bool = False
    where: Callable[[Sequence[int]], str] | None = None


def progress(items: Sequence[Item], title: str, *, quiet: bool) -> Iterable[Item]:
    """Show a bar on standard error over long work, if somebody is looking."""
    if quiet or len(items) < PROGRESS_FROM or not sys.stderr.isatty():
        return items
    return track(items, title, console=Console(stderr=True), transient=True)


def check(out: Path, layout: str) -> None:
    """Refuse a file or layout that nothing could be printed to, before anything is issued.

    Raises:
        click.UsageError: An ending no form has, or no such layout.
    """
    from portique.paper.layouts import LAYOUTS

    if out.suffix.lower() not in FORMS:
        raise click.UsageError("the file's name must end in .txt, .png, .svg or .pdf")
    if layout not in LAYOUTS:
        raise click.UsageError(f"there is no such layout; choose one of {', '.join(LAYOUTS)}")


def write(school: School, issued: Sequence[Issued], out: Path, asked: Print) -> int:
    """Write passes in the form the file's ending asks for, and return how many.

    Raises:
        EnvironmentProblem: The file can't be written.
        RegisterError: One of them can't be printed.
        click.UsageError: Several for a form that holds one, or nothing to write.
    """
    check(out, asked.layout)
    form = out.suffix.lower()
    if not issued:
        raise click.UsageError("there is no pass to print")
    if len(issued) > 1 and form in ONE_PASS_FORMS:
        raise click.UsageError(f"a {form} holds one pass; print several in a .pdf")
    data = _pdf(school, issued, asked) if form == ".pdf" else _codes(issued, form)
    if out.exists():
        warn(Words(f"{out} était là\xa0: remplacé", f"{out} was there: replaced"))
    try:
        out.write_bytes(data)
    except OSError as error:
        raise EnvironmentProblem(
            f"{out} can't be written ({error.strerror}); check the folder and the disk"
        ) from error
    return len(issued)


def _codes(issued: Sequence[Issued], form: str) -> bytes:
    if form == ".txt":
        return "".join(line.text + "\n" for line in issued).encode()
    from portique.paper.codes import CodePicture

    code = CodePicture.of(issued[0].text)
    if form == ".png":
        return code.png()
    return code.svg(title=f"Portique {issued[0].pass_id[:8]}").encode()


def _pdf(school: School, issued: Sequence[Issued], asked: Print) -> bytes:
    from portique.paper.cards import Options, render
    from portique.paper.errors import PaperError, UndrawnError

    options = Options(
        created=now(),
        language=Language(asked.language),
        zone=school.settings.zone,
        first_label=asked.first,
        back=asked.back,
    )
    try:
        return render(asked.layout, list(_printed(school, issued, asked.photos)), options)
    except UndrawnError as error:
        if asked.where is None:
            raise
        raise PaperError(f"{asked.where(error.positions)}{error.what}") from error


def _printed(
    school: School, issued: Sequence[Issued], photos: Path | None
) -> Iterator[PrintedPass]:
    from portique.paper.cards import PrintedPass
    from portique.paper.portraits import find_portrait

    book = rights_of(school)
    for one in issued:
        held, identity = printable(school, one)
        photo = find_portrait(photos, one.pass_id) if photos is not None else None
        yield PrintedPass(
            one.text, identity.name, label_today(identity, book), identity.kind,
            held.window.opens, held.window.closes, school.settings.name, one.pass_id, photo,
        )  # fmt: skip
