"""What somebody put on a stick is listed newest first and read warily."""

import os
from pathlib import Path

import pytest

from portique.core.errors import EnvironmentProblem, KnowledgeError
from portique.gate import bundle_files
from portique.gate.bundle_files import offered, read_file


def put(path: Path, written_ns: int = 0) -> Path:
    path.write_bytes(b"content")
    os.utime(path, ns=(0, written_ns))
    return path


def names(folder: Path) -> list[str]:
    return [file.path.name for file in offered(folder)]


def test_the_last_written_come_first(tmp_path):
    """Whatever they are called."""
    put(tmp_path / "b.knowledge", 1)
    put(tmp_path / "a.knowledge", 3)
    put(tmp_path / "c.knowledge", 2)

    assert names(tmp_path) == ["a.knowledge", "c.knowledge", "b.knowledge"]


def test_no_more_are_listed_than_it_takes_to_say_that_there_are_more(tmp_path, monkeypatch):
    """Ten years of exports fill no memory."""
    monkeypatch.setattr(bundle_files, "FILES_MAX", 2)
    for day in range(5):
        put(tmp_path / f"{day}.knowledge", day)

    assert names(tmp_path) == ["4.knowledge", "3.knowledge", "2.knowledge"]


def test_what_other_systems_hide_on_a_stick_is_left_alone(tmp_path):
    """A laptop writes `._today.knowledge` beside each file it copies."""
    put(tmp_path / "._today.knowledge", 2)
    put(tmp_path / "today.knowledge", 1)
    put(tmp_path / "holiday.jpg")

    assert names(tmp_path) == ["today.knowledge"]


def test_a_path_that_is_missing_offers_nothing(tmp_path):
    """The stick isn't there."""
    assert offered(tmp_path / "away") == []


def test_a_plain_file_is_read(tmp_path):
    """As it lies."""
    assert read_file(put(tmp_path / "a.knowledge")) == b"content"


def test_a_file_of_the_largest_size_is_read_and_no_larger(tmp_path, monkeypatch):
    """A film called .knowledge fills no memory."""
    path = put(tmp_path / "film.knowledge")
    monkeypatch.setattr(bundle_files, "BUNDLE_BYTES_MAX", 7)
    assert read_file(path) == b"content"
    monkeypatch.setattr(bundle_files, "BUNDLE_BYTES_MAX", 6)

    with pytest.raises(KnowledgeError, match="larger than any"):
        read_file(path)


def test_a_file_that_is_gone_can_not_be_read(tmp_path):
    """The stick was pulled out at that very moment; it may come back."""
    with pytest.raises(EnvironmentProblem, match="No such file"):
        read_file(tmp_path / "gone.knowledge")


def test_a_file_the_disk_does_not_give_can_not_be_read(tmp_path, monkeypatch):
    """A bad sector, and no descriptor is left open."""
    path = put(tmp_path / "a.knowledge")
    before = len(list(Path("/proc/self/fd").iterdir()))

    def sick(_handle: int) -> bytes:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(bundle_files, "_read", sick)

    with pytest.raises(EnvironmentProblem, match="Input/output error"):
        read_file(path)
    assert len(list(Path("/proc/self/fd").iterdir())) == before
