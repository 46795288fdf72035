"""Writing passes to files: text, pictures of codes, PDF."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import click
from rich.console import Console
from rich.progress import track

from portique.cli.options import now
from portique.core.errors import EnvironmentProblem
from portique.core.values import Language, from_ms
from portique.school.printing import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from portique.paper.cards import PrintedPass
    from portique.school.folder import SchoolFolder
    from portique.school.register import Issued

PROGRESS_FROM = 100  # fewer take less than two seconds
FORMS = (".txt", ".png", ".svg", ".pdf")
ONE_PASS_FORMS = (".png", ".svg")
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Print:
    """How passes are to be printed; what a form can't do, it leaves out.

    `label`: only the passes that carry it. `first`: first free label of a sheet of stickers.
    """

    layout: str = "sheet"
    label: str | None = None
    first: int = 1
    language: str = "fr"
    photos: Path | None = None
    back: bool = False


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


def write(school: SchoolFolder, issued: Sequence[Issued], out: Path, asked: Print) -> int:
    """Write passes in the form the file's ending asks for, and return how many.

    Raises:
        EnvironmentProblem: The file can't be written.
        RegisterError: One of them can't be printed.
        click.UsageError: Several for a form that holds one, or nothing to write.
    """
    check(out, asked.layout)
    form = out.suffix.lower()
    chosen = list(issued)
    if asked.label is not None:
        chosen = [one for one in chosen if printable(school, one)[1].label == asked.label]
    if not chosen:
        raise click.UsageError("there is no pass to print")
    if len(chosen) > 1 and form in ONE_PASS_FORMS:
        raise click.UsageError(f"a {form} holds one pass; print several in a .pdf")
    data = _pdf(school, chosen, asked) if form == ".pdf" else _codes(chosen, form)
    try:
        out.write_bytes(data)
    except OSError as error:
        raise EnvironmentProblem(
            f"{out} can't be written ({error.strerror}); check the folder and the disk"
        ) from error
    return len(chosen)


def _codes(issued: Sequence[Issued], form: str) -> bytes:
    if form == ".txt":
        return "".join(line.text + "\n" for line in issued).encode()
    from portique.paper.codes import CodePicture

    code = CodePicture.of(issued[0].text)
    if form == ".png":
        return code.png()
    return code.svg(title=f"Portique {issued[0].pass_id[:8]}").encode()


def _pdf(school: SchoolFolder, issued: Sequence[Issued], asked: Print) -> bytes:
    from portique.paper.cards import Options, render

    options = Options(
        created=now(),
        language=Language(asked.language),
        zone=school.settings.zone,
        first_label=asked.first,
        back=asked.back,
    )
    return render(asked.layout, [_printed(school, one, asked.photos) for one in issued], options)


def _printed(school: SchoolFolder, issued: Issued, photos: Path | None) -> PrintedPass:
    from portique.paper.cards import PrintedPass
    from portique.paper.portraits import find_portrait

    held, identity = printable(school, issued)
    photo = find_portrait(photos, issued.pass_id) if photos is not None else None
    return PrintedPass(
        issued.text, identity.name, identity.label, identity.kind,
        held.window.opens, from_ms(issued.expires_ms), school.settings.name, issued.pass_id, photo,
    )  # fmt: skip
