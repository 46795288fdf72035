"""The demonstration as a newcomer starts it: addresses, a PIN, decisions, and passes to try."""

import re
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from sqlite3 import connect

import cv2
import numpy as np
import pypdf
import pytest

from portique.core.entries import DecisionBody, from_body
from portique.sight.codes import read_picture

pytestmark = pytest.mark.slow
SECONDS = 40  # a quiet machine shows its first decision in the first ten


def demonstrate(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "portique.cli", "demo", "--folder", str(folder)]
    command += ["--port", "0", "--seconds", str(SECONDS)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=240)


def codes_on(page: Path) -> set[str]:
    """Read every code of a printed page, from its picture."""
    grey = cv2.imread(str(page), cv2.IMREAD_GRAYSCALE)
    assert grey is not None
    return {sighted.text for sighted in read_picture(grey.astype(np.uint8))}


def test_a_newcomer_sees_decisions_and_gets_passes_to_try(tmp_path):
    """One command: it says where to look, decides, ends by itself, and leaves readable passes."""
    folder = tmp_path / "demo"

    done = demonstrate(folder)

    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert re.search(r"http://127\.0\.0\.1:\d+/agent +\(agent-1, PIN \d{6}\)", done.stdout)
    assert re.search(r"http://127\.0\.0\.1:\d+/holder", done.stdout)
    assert re.search(r"http://localhost:\d+/demo/#phones", done.stdout)
    with closing(connect(folder / "gate" / "entry-1-journal" / "journal.db")) as db:
        bodies = [from_body(row[0]) for row in db.execute("SELECT body FROM entry")]
    decided = [body for body in bodies if isinstance(body, DecisionBody)]
    assert any(body.outcome == 0 for body in decided), "nobody was granted in the whole run"
    pages = len(pypdf.PdfReader(folder / "passes.pdf").pages)
    picture = tmp_path / "page"
    command = ["pdftoppm", "-r", "200", "-png", str(folder / "passes.pdf"), str(picture)]
    subprocess.run(command, check=True, timeout=60)
    texts = set().union(*map(codes_on, tmp_path.glob("page-*.png")))
    assert pages >= 1
    assert len([text for text in texts if text.startswith("PQ")]) >= 15
