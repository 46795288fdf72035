"""`portique journal`: verify, show and export a gate's journal."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from portique.cli.options import file_to_read
from portique.cli.speaking import json_line, many, many_fr, say
from portique.core.errors import EnvironmentProblem, JournalError
from portique.core.plain import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from portique.gate.journal_values import Row, Verdict

EXIT_DAMAGED = 1
json_option = click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")

file_argument = click.argument("file", type=file_to_read, metavar="FILE")


@click.group()
def journal() -> None:
    """Verify, show and export a gate's journal.

    A journal that its gate holds is asked through the gate.
    """


@journal.command()
@file_argument
@click.option("--key", help="The gate's public key, 128 hexadecimal digits (x then y), if known.")
@json_option
def verify(file: Path, key: str | None, *, as_json: bool) -> None:
    r"""Check every entry, signature and absence of FILE, and name the first bad entry.

    Without --key the file's own word is taken for whose key signed it; the answer names it.

    \b
    JSON: {file, whole, gate_id, epoch, entries, erased, head, key, live,
           fault: null | {epoch, number|null, what}}
    Exit code: 0 whole, 1 damaged, 2 wrong use, 5 the file can't be read.

    \b
    Example:
        portique journal verify journal.db --json
    """
    verdict, live = _verdict(file, _public(key))
    if as_json:
        click.echo(json_line(_as_data(file, verdict, live=live)))
    else:
        click.echo(_in_words(file, verdict))
    raise SystemExit(0 if verdict.whole else EXIT_DAMAGED)


@journal.command()
@file_argument
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="A .jsonl or .csv file.",
)
@json_option
def export(file: Path, out: Path, *, as_json: bool) -> None:
    r"""Write every entry of FILE to a .jsonl or .csv file.

    Stops at the first entry that is not what was written.

    \b
    JSON: {file, out, entries}
    Exit code: 0 done, 1 damaged, 2 wrong use, 5 a file can't be read or written.

    \b
    Example:
        portique journal export journal.db --out journal.csv
    """
    from portique.gate.journal_export import write_csv, write_json_lines

    writers = {".jsonl": write_json_lines, ".csv": write_csv}
    if out.suffix not in writers:
        raise click.UsageError(f"--out ends in .jsonl or .csv, not {out.suffix or 'nothing'}")
    try:
        with out.open("w", encoding="utf-8", newline="") as target:
            count = writers[out.suffix](_progress(_rows(file)), target)
    except OSError as error:
        raise EnvironmentProblem(f"{out} can't be written: {error.strerror}") from error
    say(
        {"file": str(file), "out": str(out), "entries": count},
        as_json=as_json,
        words=Words(
            f"{many_fr(count, 'écriture')} dans {out}",
            f"{many(count, 'entry', 'entries')} written to {out}",
        ),
    )


@journal.command()
@file_argument
@click.option("--last", default=20, show_default=True, type=click.IntRange(1), help="How many.")
@json_option
def show(file: Path, last: int, *, as_json: bool) -> None:
    r"""Show the last entries of FILE, oldest first, in words and this machine's local time.

    Numbers of passes and holders are cut to eight digits; --json has every field.

    \b
    JSON: one object a line: {epoch, number, time, kind, body: {…}, commitment, chain};
          kind is "erased" and body empty once erased
    Exit code: 0 done, 1 damaged, 5 the file can't be read.

    \b
    Example:
        portique journal show journal.db --last 5
    """
    from collections import deque

    from portique.cli.journal_words import line
    from portique.gate.journal_export import as_data

    for row in deque(_rows(file), maxlen=last):
        data = as_data(row)
        click.echo(json_line(data) if as_json else line(row, data))


def _verdict(file: Path, public: bytes | None) -> tuple[Verdict, bool]:
    from portique.gate.journal_control import ask_verify
    from portique.gate.journal_schema import is_locked, sentence_for
    from portique.gate.journal_values import Fault
    from portique.gate.journal_verify import key_id, verify_file

    try:
        return verify_file(file, public=public), False
    except sqlite3.Error as error:
        if not is_locked(error):
            raise EnvironmentProblem(sentence_for(error, file)) from error
    verdict = ask_verify(file)
    if public is not None and key_id(public) != verdict.key:
        what = "the journal is not of this gate's key"
        verdict = replace(verdict, fault=Fault(verdict.epoch, None, what))
    return verdict, True


def _rows(file: Path) -> Iterator[Row]:
    from portique.gate.journal_control import ask_rows
    from portique.gate.journal_export import read_rows
    from portique.gate.journal_schema import is_damage, is_locked, sentence_for

    try:
        yield from read_rows(file)
    except sqlite3.Error as error:
        if is_damage(error):
            raise JournalError(f"{file.name} is damaged: {error}") from error
        if not is_locked(error):
            raise EnvironmentProblem(sentence_for(error, file)) from error
    else:
        return
    yield from ask_rows(file)


def _progress(rows: Iterable[Row]) -> Iterator[Row]:
    """Show how far the export is, on a terminal alone."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.completed} entries"), TimeElapsedColumn())
    console = Console(stderr=True)
    hidden = not console.is_terminal  # where nobody looks it would still write a line end
    with Progress(*columns, console=console, transient=True, disable=hidden) as progress:
        yield from progress.track(rows, total=None)


def _public(key: str | None) -> bytes | None:
    if key is None:
        return None
    try:
        public = bytes.fromhex(key)
    except ValueError:
        public = b""
    if len(public) != 64:
        raise click.BadParameter("a public key is 128 hexadecimal digits", param_hint="--key")
    return public


def _as_data(file: Path, verdict: Verdict, *, live: bool) -> dict[str, Any]:
    fault = verdict.fault
    return {
        "file": str(file),
        "whole": verdict.whole,
        "gate_id": verdict.gate_id,
        "epoch": verdict.epoch,
        "entries": verdict.entries,
        "erased": verdict.erased,
        "head": verdict.head.hex(),
        "key": verdict.key,
        "live": live,
        "fault": None
        if fault is None
        else {"epoch": fault.epoch, "number": fault.number, "what": fault.what},
    }


def _in_words(file: Path, verdict: Verdict) -> str:
    if verdict.fault is not None:
        where = "" if verdict.fault.number is None else f" at entry {verdict.fault.number}"
        return (
            f"{file.name}: damaged{where} of epoch {verdict.fault.epoch}: {verdict.fault.what}\n"
            "Keep the file as it is; the gate goes on in a new one. Tell the school's DPO."
        )
    return (
        f"{file.name}: whole. Gate {verdict.gate_id}, epoch {verdict.epoch}, "
        f"{verdict.entries} entries of which {verdict.erased} erased by order, "
        f"signed by key {verdict.key}, head {verdict.head.hex()[:16]}"
    )
