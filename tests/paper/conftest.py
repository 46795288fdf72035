"""Fictional passes to print, and eyes to read the prints with."""

from __future__ import annotations

import io
import random
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from pypdf import PdfReader

from portique.core.values import Kind, PassId
from portique.paper import Options, PrintedPass

if TYPE_CHECKING:
    from pathlib import Path

BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
CHARACTERS = 340  # a printed pass without a template: version 11
SCHOOL = "Lycée Honorine-Vasseur"

PrintOne = Callable[..., PrintedPass]


@pytest.fixture
def printed() -> PrintOne:
    """Make passes one after the other; each call's keywords replace the usual values."""
    source = random.Random(45)

    def make(*, characters: int = CHARACTERS, **changes: Any) -> PrintedPass:
        usual: dict[str, Any] = {
            "text": "PQ1:" + "".join(source.choices(BASE45, k=characters - 4)),
            "name": "Adèle Garnier-Lœuil",
            "label": "2de B",
            "kind": Kind.PUPIL,
            "valid_from": datetime(2026, 8, 31, 22, tzinfo=UTC),
            "valid_until": datetime(2027, 8, 31, 22, tzinfo=UTC),
            "school": SCHOOL,
            "pass_id": PassId(source.randbytes(8).hex()),
        }
        return PrintedPass(**(usual | changes))

    return make


@pytest.fixture
def options() -> Options:
    """Print in French, dated at the start of the school year."""
    return Options(created=datetime(2026, 9, 1, 8, tzinfo=UTC))


@pytest.fixture
def read_pdf() -> Callable[[bytes], PdfReader]:
    """Open a PDF from memory."""
    return lambda pdf: PdfReader(io.BytesIO(pdf))


@pytest.fixture
def rasterise(tmp_path: Path) -> Callable[[bytes, int], list[Path]]:
    """Turn a PDF into one grey picture a page, as a printer would, at so many dots an inch."""
    if shutil.which("pdftoppm") is None:
        pytest.skip("pdftoppm is missing: apt-get install poppler-utils")

    def draw(pdf: bytes, dots_per_inch: int) -> list[Path]:
        source = tmp_path / f"{dots_per_inch}.pdf"
        source.write_bytes(pdf)
        command = ["pdftoppm", "-gray", "-r", str(dots_per_inch), str(source), str(tmp_path / "p")]
        subprocess.run(command, check=True)
        return sorted(tmp_path.glob("p-*.pgm"))

    return draw
