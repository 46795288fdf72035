"""`portique sight`: look at pictures and films, as a gate's camera would."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from portique.cli.options import file_to_read
from portique.cli.speaking import json_line
from portique.core.errors import EnvironmentProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.progress import Progress


@click.group()
def sight() -> None:
    """Read codes in pictures and films."""


@sight.command()
@click.argument("source", type=click.Path(path_type=Path, readable=False))
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def read(source: Path, as_json: bool) -> None:  # noqa: FBT001 - click passes flags so
    r"""Read the QR codes of SOURCE, whatever they say.

    SOURCE is a picture, a folder of pictures (read in the order of their names) or a film. Each
    picture is looked at as thoroughly as it needs; a film's frames are read as a gate reads its
    camera's. Each line is {"picture": name, "texts": [...]} or {"frame": number, "texts": [...]};
    a picture of a folder that can't be opened has no text and an "error".

    Exit code: 0 done, 2 wrong use, 5 SOURCE is missing or can't be read.

    \b
    Example:
        portique sight read photographs/ --json
    """
    import cv2

    cv2.setNumThreads(1)  # small pictures: threads cost more than they bring
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)  # we say it in one sentence
    if source.is_dir():
        _read_folder(source, as_json=as_json)
        return
    from portique.sight.sources import is_picture

    if is_picture(file_to_read(str(source))):
        _say({"picture": source.name, "texts": _texts_of(source)}, as_json=as_json)
    else:
        _read_film(source, as_json=as_json)


def _read_folder(folder: Path, *, as_json: bool) -> None:
    from portique.sight.sources import pictures_in

    paths = pictures_in(folder)
    with _progress(shown=not as_json) as progress:
        for path in progress.track(paths, description="pictures"):
            line: dict[str, Any] = {"picture": path.name, "texts": []}
            try:
                line["texts"] = _texts_of(path)
            except EnvironmentProblem as problem:
                line["error"] = str(problem)
                click.echo(f"portique: {problem}", err=True)
            _say(line, as_json=as_json)


def _read_film(path: Path, *, as_json: bool) -> None:
    from portique.sight.codes import CodeReader
    from portique.sight.sources import frames_of

    reader = CodeReader()
    with _progress(shown=not as_json) as progress:
        for frame in progress.track(frames_of(path), description="frames"):
            look = reader.read(frame.grey, at_ms=frame.at_ms)
            texts = [code.text for code in look.codes]
            _say({"frame": frame.number, "texts": texts}, as_json=as_json)


def _texts_of(path: Path) -> list[str]:
    from portique.sight.codes import read_picture
    from portique.sight.sources import load_picture

    return [code.text for code in read_picture(load_picture(path))]


def _say(line: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        click.echo(json_line(line))
        return
    where = line["picture"] if "picture" in line else f"frame {line['frame']}"
    for text in line["texts"]:
        click.echo(f"{where}: {_shown(text)}")
    if "picture" in line and not line["texts"] and "error" not in line:
        click.echo(f"{where}: no code")


def _shown(text: str) -> str:
    """Return a text that can't play with the terminal: a code may hold any character."""
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)


@contextmanager
def _progress(*, shown: bool) -> Iterator[Progress]:
    """Show progress on the error stream, when a person looks at it and it takes a while."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    visible = shown and console.is_terminal and not sys.stdout.isatty()
    with Progress(console=console, transient=True, disable=not visible) as progress:
        yield progress
