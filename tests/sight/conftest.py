"""Showings rendered for the tests of reading, and the real pictures where they are."""

import os
from collections.abc import Callable
from pathlib import Path

import cv2
import pytest

from portique.sight.codes import CodeReader, Look
from portique.testing.scenes import Rendered


@pytest.fixture(autouse=True, scope="session")
def _one_thread():
    """One core is what a gate gives to reading."""
    cv2.setNumThreads(1)


@pytest.fixture
def show() -> Callable[..., list[Look]]:
    """Show frames to a new reader at 15 a second."""

    def look_at(frames: list[Rendered]) -> list[Look]:
        reader = CodeReader()
        return [reader.read(one.frame, at_ms=67 * n) for n, one in enumerate(frames)]

    return look_at


@pytest.fixture(scope="session")
def media() -> Path:
    """Find the real pictures, which are no part of the project."""
    checkout = Path(__file__).resolve().parents[2]
    named = os.environ.get("PORTIQUE_MEDIA")
    folder = Path(named) if named else checkout.parent / "shared" / "media"
    if not (folder / "qr").is_dir():
        pytest.skip("the real pictures are absent: set PORTIQUE_MEDIA to the folder that holds qr/")
    return folder
