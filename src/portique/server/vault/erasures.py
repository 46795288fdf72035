"""Erasures that must hold when an older copy of the database is put back.

Each is a line: a word, then numbers that were drawn at random and stand for nobody once the rows
are gone. It is written in the transaction of the erasure, then appended to a file beside the
database, which no backup holds. After a restore the file says what to erase again.

An app says how, by `ERASED_AGAIN` in its `purges.py`.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from portique.core.errors import EnvironmentProblem
from portique.server.vault.models import Erasure
from portique.server.vault.purging import again

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

FILE = "erased.list"
END = " ."  # a line that was cut short has none


def remember(word: str, references: Iterable[str]) -> None:
    """Write down what was erased; call it in the transaction of the erasure."""
    Erasure.objects.bulk_create([Erasure(line=f"{word} {one}") for one in references])
    transaction.on_commit(keep_apart, robust=True)


def keep_apart() -> None:
    """Append to the file what it lacks. Two processes may write a line twice: it is read once.

    Raises:
        EnvironmentProblem: The disk refused; it is tried again within the hour.
    """
    rows = list(Erasure.objects.filter(apart=False).order_by("pk"))
    folder: Path | None = settings.PORTIQUE_SCHOOL
    if not rows or folder is None:
        return
    known = set(lines_of(folder / FILE))
    lacking = [row.line for row in rows if row.line not in known]
    if lacking:
        _append(folder / FILE, "".join(f"{line}{END}\n" for line in lacking))
    Erasure.objects.filter(pk__in=[row.pk for row in rows]).update(apart=True)


def _append(path: Path, text: str) -> None:
    try:
        file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(file, "ab+") as opened:
            size = opened.seek(0, os.SEEK_END)
            whole = not size or os.pread(file, 1, size - 1) == b"\n"
            opened.write((text if whole else f"\n{text}").encode("ascii"))
            opened.flush()
            os.fsync(file)
    except OSError as error:
        raise EnvironmentProblem(
            f"{path} can't be written ({error.strerror}): free some space"
        ) from error


def lines_of(path: Path) -> list[str]:
    """Return the lines of a list, each once; none where there is no list. Halves are left out.

    Raises:
        EnvironmentProblem: The file can't be read.
    """
    try:
        text = path.read_text(encoding="ascii")
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise EnvironmentProblem(f"{path} can't be read: restore it") from error
    whole = (line.removesuffix(END) for line in text.splitlines() if line.endswith(END))
    return list(dict.fromkeys(whole))


def erase_again(lines: Iterable[str]) -> int:
    """Do erasures once more on a database that was put back; return how many lines there were.

    Call it in the transaction of the restore. The list is whole afterwards, in the database too.
    """
    known = dict.fromkeys(Erasure.objects.order_by("pk").values_list("line", flat=True))
    every = list(known | dict.fromkeys(lines))
    parted: dict[str, list[str]] = {}
    for line in every:
        word, _, reference = line.partition(" ")
        parted.setdefault(word, []).append(reference)
    for word, do in again().items():
        if word in parted:
            do(parted[word])
    Erasure.objects.all().delete()
    Erasure.objects.bulk_create([Erasure(line=line) for line in every])
    transaction.on_commit(keep_apart)
    return len(every)
