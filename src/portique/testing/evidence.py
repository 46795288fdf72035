"""What a failed round of a long campaign leaves behind: its folder and a report, out of reach.

pytest removes the folders of its older runs, and a campaign of hours is not repeated for a word.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import traceback
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

REPORT = "report.txt"


@contextmanager
def kept_if_failing(folder: Path, told: str) -> Iterator[None]:
    """Copy `folder` aside, with a report that begins with `told`, when what is inside fails.

    The place is told in the error's own notes. `PORTIQUE_EVIDENCE` names the folder for such
    copies; without it, the system's folder for temporary files.
    """
    try:
        yield
    except BaseException as error:
        kept = Path(tempfile.mkdtemp(prefix="portique-failed-", dir=_place()))
        shutil.copytree(folder, kept / folder.name, ignore=_no_file, symlinks=True)
        (kept / REPORT).write_text(f"{told}\n\n{traceback.format_exc()}", encoding="utf-8")
        error.add_note(f"{told}; kept in {kept}")
        raise


def _place() -> Path | None:
    named = os.environ.get("PORTIQUE_EVIDENCE")
    if named is None:
        return None
    Path(named).mkdir(parents=True, exist_ok=True)
    return Path(named)


def _no_file(folder: str, names: list[str]) -> list[str]:
    """List the FIFOs and sockets of a folder, which can't be copied."""
    paths = (Path(folder, name) for name in names)
    return [path.name for path in paths if not (path.is_file() or path.is_dir())]
