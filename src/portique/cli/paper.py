"""Writing passes to files: text, pictures of codes, PDF."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, TypeVar

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
Item = TypeVar("Item")


def progress(items: Sequence[Item], title: str, *, quiet: bool) -> Iterable[Item]:
    """Show a bar on standard error over long work, if somebody is looking."""
    if quiet or len(items) < PROGRESS_FROM or not sys.stderr.isatty():
        return items
    return track(items, title, console=Console(stderr=True), transient=True)


def write(
    school: SchoolFolder,
    issued: Sequence[Issued],
    out: Path,
    *,
    layout: str,
    label: str | None = None,
    first: int = 1,
    language: str = "fr",
    photos: Path | None = None,
    back: bool = False,
) -> int:
    """Write passes in the form the file's ending asks for, and return how many.

    Raises:
        EnvironmentProblem: The file can't be written.
        click.UsageError: An ending no form has, or nothing to write.
    """
    form = out.suffix.lower()
    if form == ".pdf":
        data, count = _pdf(school, issued, layout, label, first, language, photos, back=back)
    elif form in (".txt", ".png", ".svg"):
        if len(issued) != 1 and form != ".txt":
            raise click.UsageError(f"a {form} holds one pass; print several in a .pdf")
        data, count = _picture(issued, form), len(issued)
    else:
        raise click.UsageError(f"{out.name}: the file must end in .txt, .png, .svg or .pdf")
    try:
        out.write_bytes(data)
    except OSError as error:
        raise EnvironmentProblem(
            f"{out} can't be written ({error.strerror}); check the folder and the disk"
        ) from error
    return count


def _picture(issued: Sequence[Issued], form: str) -> bytes:
    if form == ".txt":
        return "".join(line.text + "\n" for line in issued).encode()
    from portique.paper.codes import CodePicture

    code = CodePicture.of(issued[0].text)
    if form == ".png":
        return code.png()
    return code.svg(title=f"Portique {issued[0].pass_id[:8]}").encode()


def _pdf(
    school: SchoolFolder,
    issued: Sequence[Issued],
    layout: str,
    label: str | None,
    first: int,
    language: str,
    photos: Path | None,
    *,
    back: bool,
) -> tuple[bytes, int]:
    from portique.paper.cards import Options, render

    printed = [p for line in issued if (p := _printed(school, line, photos)) is not None]
    if label is not None:
        printed = [one for one in printed if one.label == label]
    if not printed:
        raise click.UsageError("there is no pass to print")
    options: dict[str, Any] = {
        "created": now(), "language": Language(language), "zone": school.settings.zone,
        "first_label": first, "back": back,
    }  # fmt: skip
    return render(layout, printed, Options(**options)), len(printed)


def _printed(school: SchoolFolder, issued: Issued, photos: Path | None) -> PrintedPass | None:
    from portique.paper.cards import PrintedPass
    from portique.paper.portraits import find_portrait

    held, identity = printable(school, issued)
    photo = find_portrait(photos, issued.pass_id) if photos is not None else None
    return PrintedPass(
        issued.text, identity.name, identity.label, identity.kind,
        held.window.opens, from_ms(issued.expires_ms), school.settings.name, issued.pass_id, photo,
    )  # fmt: skip
