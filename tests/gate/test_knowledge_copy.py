"""The gate's own copy, and the mark that outlives it."""

import os

import pytest

from portique.core.knowledge import Version
from portique.gate.knowledge_copy import KEPT, MARK, Copy
from portique.gate.sync import Source
from portique.testing.lanes import PocketSchool


def test_what_is_kept_is_read_again(tmp_path):
    """The bundle as it was, and its version apart."""
    Copy(tmp_path).keep(b"bundle", Version(2, 7))

    assert Copy(tmp_path).read() == b"bundle"
    assert Copy(tmp_path).highest() == Version(2, 7)


def test_a_gate_that_kept_nothing_has_no_mark(tmp_path):
    """The first start."""
    copy = Copy(tmp_path)

    assert (copy.exists, copy.highest()) == (False, None)


@pytest.mark.parametrize("mark", ["1 5 00000000\n", "1 5\n", "", "x y z\n", "\xe9\n"])
def test_a_damaged_mark_is_none(tmp_path, mark):
    """It could else refuse every version there will ever be."""
    (tmp_path / MARK).write_text(mark, "latin-1")

    assert Copy(tmp_path).highest() is None


def test_a_lost_mark_is_written_again(tmp_path):
    """The copy tells it."""
    school = PocketSchool()
    (tmp_path / "today.knowledge").write_bytes(school.bundle(2))
    Source(school.trust(), tmp_path / "today.knowledge", tmp_path).start()
    whole = (tmp_path / MARK).read_bytes()
    (tmp_path / MARK).unlink()

    Source(school.trust(), tmp_path / "away", tmp_path).start()

    assert (tmp_path / MARK).read_bytes() == whole


def test_a_full_disk_leaves_the_former_copy_and_no_draft(tmp_path, monkeypatch):
    """Whole or not at all."""
    Copy(tmp_path).keep(b"former", Version(1, 1))

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        Copy(tmp_path).keep(b"newer", Version(1, 2))

    assert Copy(tmp_path).read() == b"former"
    assert sorted(each.name for each in tmp_path.iterdir()) == [KEPT, MARK]
