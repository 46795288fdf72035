"""Knowledge on disk: the newest that verifies, kept over restarts, never older, never damaged."""

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from portique.core.errors import EnvironmentProblem
from portique.core.values import to_ms
from portique.gate import bundle_files, private_files, sync
from portique.gate.board import FreshnessState
from portique.gate.knowing import open_bundle
from portique.gate.knowledge_copy import KEPT, MARK
from portique.gate.ports import ClockState, DoubtfulTime
from portique.gate.sync import AGEING, CROWDED, OLDER, Source, freshness
from portique.testing.fakes import MONDAY_0800_MS as NOW
from portique.testing.lanes import PocketSchool

SURE = ClockState(None, 0, 0)
HOUR_MS = 3_600_000


@pytest.fixture
def new_source(school: PocketSchool, stick: Path, tmp_path: Path) -> Callable[..., Source]:
    """Give a way to start the gate's side anew, over the same folder of its own."""
    kept = tmp_path / "gate"
    kept.mkdir()
    return lambda path=stick, **more: Source(school.trust(), path, kept, **more)


def put(folder: Path, data: bytes, name: str = "today.knowledge", *, stamp: int = 0) -> Path:
    path = folder / name
    path.write_bytes(data)
    os.utime(path, ns=(stamp, stamp + NOW * 1_000_000))
    return path


def number(source: Source) -> int | None:
    return source.current.version.number if source.current else None


def test_nothing_there_is_no_complaint(new_source):
    """A gate waits for its first stick."""
    source = new_source()

    assert source.start() is None
    assert source.complaint is None


def test_the_newest_of_a_folder_is_taken(new_source, school, stick):
    """Yesterday's file beside today's is usual, and no reason to complain."""
    put(stick, school.bundle(1), "a.knowledge")
    put(stick, school.bundle(3), "b.knowledge")
    put(stick, school.bundle(2), "c.knowledge")
    source = new_source()

    source.start()

    assert (number(source), source.complaint) == (3, None)


def test_a_single_file_may_be_named(new_source, school, tmp_path):
    """The path may be the bundle itself, and may not exist yet."""
    path = tmp_path / "one.knowledge"
    source = new_source(path)
    assert source.start() is None
    put(tmp_path, school.bundle(1), "one.knowledge")

    assert source.look() is source.current
    assert number(source) == 1


def test_newer_knowledge_is_taken_live_and_told_once(new_source, school, stick):
    """The look that takes it returns it; the next has nothing new."""
    put(stick, school.bundle(1))
    source = new_source()
    source.start()
    put(stick, school.bundle(2), stamp=1)

    assert source.look().version.number == 2
    assert source.look() is None


def test_older_knowledge_is_refused_and_said(new_source, school, stick):
    """A stick from last week changes nothing."""
    put(stick, school.bundle(5))
    source = new_source()
    source.start()
    put(stick, school.bundle(4), stamp=1)

    assert source.look() is None
    assert (number(source), source.complaint) == (5, OLDER)


def test_after_a_restart_older_knowledge_is_refused_as_well(new_source, school, stick):
    """The copy is the high-water mark."""
    path = put(stick, school.bundle(5))
    new_source().start()
    path.unlink()
    put(stick, school.bundle(4))
    source = new_source()

    source.start()

    assert (number(source), source.complaint) == (5, OLDER)


def test_knowledge_from_the_future_is_refused_said_and_the_former_kept(new_source, school, stick):
    """A laptop a year ahead: the sentence names what to look at, and nothing changes."""
    put(stick, school.bundle(1), "a.knowledge")
    source = new_source(plausible=lambda signed_ms: signed_ms <= NOW)
    source.start()
    put(stick, school.bundle(2, at_ms=NOW + 365 * 24 * HOUR_MS), "b.knowledge")

    assert source.look() is None
    assert source.look() is None
    assert number(source) == 1
    assert source.complaint.startswith("b.knowledge: issued in the future: check the clock of the")


def test_knowledge_from_the_future_is_taken_once_its_time_has_come(new_source, school, stick):
    """A laptop two minutes ahead: the same file is looked at again."""
    now = [NOW]
    put(stick, school.bundle(1, at_ms=NOW + 120_000))
    source = new_source(plausible=lambda signed_ms: signed_ms <= now[0])
    source.start()
    now[0] += 120_000

    source.look()

    assert (number(source), source.complaint) == (1, None)


def test_older_knowledge_beside_that_of_the_future_does_not_hide_why(new_source, school, stick):
    """What matters is said: the newest file there can't be taken."""
    path = put(stick, school.bundle(5))
    new_source().start()
    path.unlink()
    put(stick, school.bundle(4), "a.knowledge")
    put(stick, school.bundle(6, at_ms=NOW + HOUR_MS), "b.knowledge")
    source = new_source(plausible=lambda signed_ms: signed_ms <= NOW)

    source.start()

    assert number(source) == 5
    assert "issued in the future" in source.complaint


def test_the_copy_is_believed_whatever_the_clock_says(new_source, school, stick):
    """It was believed when it was taken: a clock that lost its time since must not lose it too."""
    put(stick, school.bundle(1))
    new_source().start()

    source = new_source(plausible=lambda _signed_ms: False)

    assert source.start().version.number == 1


def test_the_copy_survives_when_the_stick_is_gone(new_source, school, stick):
    """A gate restarted at six in the morning knows what it knew."""
    put(stick, school.bundle(1))
    new_source().start()
    shutil.rmtree(stick)

    source = new_source()

    assert source.start() is source.current
    assert (number(source), source.complaint) == (1, None)


def test_a_copy_whose_mark_was_lost_is_taken_and_marked_again(new_source, school, stick, tmp_path):
    """The next start refuses what is older, as if nothing had happened."""
    put(stick, school.bundle(2))
    new_source().start()
    (tmp_path / "gate" / MARK).unlink()
    assert new_source().start().version.number == 2
    assert (tmp_path / "gate" / MARK).exists()


def test_a_damaged_file_is_complained_about_and_the_former_kept(new_source, school, stick):
    """By its name, once; the gate goes on with what it knew."""
    put(stick, school.bundle(1))
    source = new_source()
    source.start()
    put(stick, school.bundle(2)[:-1], stamp=1)

    assert source.look() is None
    assert number(source) == 1
    assert source.complaint.startswith("today.knowledge: the knowledge file is damaged")


def test_a_file_being_copied_is_read_again_when_it_is_whole(new_source, school, stick):
    """Half a file is damaged, then it grows."""
    data = school.bundle(1)
    put(stick, data[: len(data) // 2])
    source = new_source()
    source.start()
    put(stick, data, stamp=1)

    source.look()

    assert (number(source), source.complaint) == (1, None)


def test_an_unchanged_damaged_file_is_not_read_again(new_source, stick, monkeypatch):
    """A gate looks every few seconds: once read, a bad file costs nothing."""
    put(stick, b"no knowledge")
    source = new_source()
    source.start()
    monkeypatch.setattr(sync, "read_file", lambda _path: pytest.fail("read again"))

    assert source.look() is None
    assert source.complaint is not None


def test_a_file_that_cannot_be_read_is_tried_again(new_source, school, stick, monkeypatch):
    """A stick pulled out half-way may come back with the same file."""
    put(stick, school.bundle(1))
    source = new_source()

    def fail(_path: Path) -> bytes:
        raise EnvironmentProblem("can't be read (Input/output error)")

    with monkeypatch.context() as broken:
        broken.setattr(sync, "read_file", fail)
        source.start()
    assert source.complaint == "today.knowledge: can't be read (Input/output error)"

    source.look()

    assert (number(source), source.complaint) == (1, None)


def test_a_file_removed_between_listing_and_reading_is_no_trouble(
    new_source, school, stick, monkeypatch
):
    """The stick was pulled out at that very moment."""
    gone = put(stick, school.bundle(1))
    source = new_source()
    monkeypatch.setattr(bundle_files, "_named_so", lambda _folder: [gone])
    gone.unlink()

    assert source.start() is None
    assert source.complaint is None


def test_a_folder_that_cannot_be_listed_is_an_empty_one(new_source, monkeypatch):
    """A stick whose file system broke is a stick that isn't there."""

    def broken(_self: Path) -> bool:
        raise OSError(5, "Input/output error")

    source = new_source()
    monkeypatch.setattr(Path, "is_dir", broken)

    assert source.look() is None


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (Path.mkdir, "not a plain file"),
        (os.mkfifo, "not a plain file"),  # nobody writes: a reader would wait for ever
        (lambda path: path.symlink_to("/dev/zero"), "a link is not followed"),
    ],
)
def test_what_only_looks_like_a_bundle_is_one_sentence(new_source, school, stick, make, why):
    """Neither waited for nor followed; the bundle beside it is taken."""
    put(stick, school.bundle(1))
    make(stick / "a.knowledge")
    os.utime(stick / "a.knowledge", ns=(0, NOW * 1_000_000), follow_symlinks=False)
    source = new_source()

    source.start()

    assert number(source) == 1
    assert source.complaint.startswith(f"a.knowledge: {why}")


def test_the_newest_by_date_of_many_exports_is_taken(new_source, school, stick, monkeypatch):
    """A year of exports: the last written are looked at, and that some are not is said."""
    monkeypatch.setattr(bundle_files, "FILES_MAX", 2)
    monkeypatch.setattr(sync, "FILES_MAX", 2)
    for day, version in enumerate((1, 2, 3)):
        put(stick, school.bundle(version), f"{9 - day}.knowledge", stamp=day)
    source = new_source()

    source.start()

    assert (number(source), source.complaint) == (3, CROWDED)


def test_of_older_exports_the_signed_version_alone_is_read(new_source, school, stick, monkeypatch):
    """The newest first: what is older costs a signature, not a whole school's rights."""
    opened: list[int] = []
    whole = open_bundle

    def counted(data: bytes, *of: Any, **more: Any) -> Any:
        opened.append(len(data))
        return whole(data, *of, **more)

    monkeypatch.setattr(sync, "open_bundle", counted)
    for version in (1, 2, 3):
        put(stick, school.bundle(version), f"{version}.knowledge", stamp=version)

    new_source().start()

    assert len(opened) == 1


def test_a_date_that_lies_hides_no_newer_version(new_source, school, stick):
    """Copied with its former date: the signed version counts."""
    put(stick, school.bundle(2), "a.knowledge", stamp=0)
    put(stick, school.bundle(1), "b.knowledge", stamp=5)
    source = new_source()

    source.start()

    assert (number(source), source.complaint) == (2, None)


def test_a_damaged_file_older_than_the_one_in_use_is_no_complaint(new_source, school, stick):
    """Last week's bad export is nobody's worry once today's is in use."""
    put(stick, b"damaged", "a.knowledge", stamp=0)
    put(stick, school.bundle(1), "b.knowledge", stamp=1)
    source = new_source()

    source.start()

    assert (number(source), source.complaint) == (1, None)


def test_a_complaint_goes_with_its_file(new_source, school, stick):
    """The bad stick is taken out."""
    put(stick, school.bundle(1), "a.knowledge")
    bad = put(stick, b"damaged", "b.knowledge", stamp=1)
    source = new_source()
    source.start()
    assert source.complaint is not None
    bad.unlink()

    source.look()

    assert source.complaint is None


def test_knowledge_from_the_future_is_verified_once(new_source, school, stick, monkeypatch):
    """Until its time comes, only the clock is asked."""
    put(stick, school.bundle(1, at_ms=NOW + HOUR_MS))
    source = new_source(plausible=lambda signed_ms: signed_ms <= NOW)
    source.start()
    monkeypatch.setattr(sync, "read_file", lambda _path: pytest.fail("read again"))

    source.look()

    assert "issued in the future" in source.complaint


def test_a_damaged_copy_is_told_and_replaced(new_source, school, stick, tmp_path):
    """A bad sector in the gate's own copy: the stick's bundle takes its place."""
    put(stick, school.bundle(1))
    new_source().start()
    (tmp_path / "gate" / KEPT).write_bytes(b"damaged")
    source = new_source()

    assert source.start().version.number == 1
    assert source.complaint.startswith(KEPT)
    assert (tmp_path / "gate" / KEPT).read_bytes() == (stick / "today.knowledge").read_bytes()


def test_a_damaged_copy_lets_no_older_knowledge_in(new_source, school, stick, tmp_path):
    """One bit flipped: who was revoked since stays so; without newer knowledge all are referred."""
    put(stick, school.bundle(5))
    new_source().start()
    put(stick, school.bundle(6), stamp=1)
    new_source().start()
    copy = tmp_path / "gate" / KEPT
    copy.write_bytes(copy.read_bytes()[:-1])
    put(stick, school.bundle(5), stamp=2)
    source = new_source()

    assert source.start() is None
    assert source.complaint == OLDER
    put(stick, school.bundle(6), stamp=3)
    assert source.look().version.number == 6


def test_an_older_copy_put_in_the_place_of_the_last_is_refused(new_source, school, stick, tmp_path):
    """Restored from yesterday's backup, without the mark."""
    put(stick, school.bundle(5))
    new_source().start()
    yesterday = (tmp_path / "gate" / KEPT).read_bytes()
    put(stick, school.bundle(6), stamp=1)
    new_source().start()
    (tmp_path / "gate" / KEPT).write_bytes(yesterday)
    shutil.rmtree(stick)
    source = new_source()

    assert source.start() is None
    assert source.complaint.startswith(f"{KEPT}: the knowledge file is older")


def test_a_copy_that_does_not_fit_is_kept_later(new_source, school, stick, tmp_path, monkeypatch):
    """A full disk: the new knowledge is used at once, and written as soon as there is room."""
    put(stick, school.bundle(1))
    source = new_source()

    def full(_folder: Path) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(private_files, "sync_folder", full)
        source.start()
    assert number(source) == 1
    assert "can't be kept (No space left on device)" in source.complaint
    (tmp_path / "gate" / KEPT).unlink(missing_ok=True)

    source.look()

    assert (tmp_path / "gate" / KEPT).exists()
    assert not (tmp_path / "gate" / f"{KEPT}.new").exists()


# --- freshness -----------------------------------------------------------------------------------


def told(known, at_ms: int = NOW, clock: ClockState = SURE) -> dict:
    return {part.part: part for part in freshness(known, clock, at_ms)}


def test_a_gate_that_knows_nothing_says_so_of_each_part():
    """Missing is not old."""
    parts = told(None)

    states = {name: part.state for name, part in parts.items()}
    missing = dict.fromkeys(("keys", "status", "calendars", "rights"), FreshnessState.MISSING)
    assert states == missing | {"clock": FreshnessState.FRESH}
    assert parts["keys"].age_s is None


@pytest.mark.parametrize(
    ("hours", "state"),
    [
        (0, FreshnessState.FRESH),
        (24, FreshnessState.FRESH),
        (25, FreshnessState.AGEING),
        (24 * 7, FreshnessState.STALE),
    ],
)
def test_each_part_ages_from_fresh_to_stale(school, hours, state):
    """A daily export missed by an hour is ageing; after the signed end it is stale."""
    known = school.knowledge(at_ms=NOW)
    parts = told(known, NOW + hours * HOUR_MS)

    assert {parts[name].state for name in ("keys", "status", "rights")} == {state}
    assert parts["keys"].age_s == hours * 3600
    assert AGEING.total_seconds() == 25 * 3600


def test_a_status_list_has_an_end_of_its_own(school):
    """Revocations run out before the rest: their part is stale, the others are not."""
    known = school.knowledge(at_ms=NOW)
    short = replace(known.status, expires_at=known.manifest.issued_at)
    parts = told(replace(known, status=short), NOW + 1)

    assert parts["status"].state is FreshnessState.STALE
    assert parts["rights"].state is FreshnessState.FRESH


def test_knowledge_from_the_future_has_no_negative_age(school):
    """A gate whose clock is behind shows zero."""
    known = school.knowledge(at_ms=NOW)

    assert told(known, to_ms(known.manifest.issued_at) - 5_000)["keys"].age_s == 0


def test_a_doubtful_clock_is_stale(school):
    """Shown like a part of the knowledge, with how far off it may be."""
    clock = told(school.knowledge(), NOW, ClockState(DoubtfulTime.ROLLED_BACK, 9_000, 9_000))[
        "clock"
    ]

    assert (clock.age_s, clock.state) == (9, FreshnessState.STALE)


def test_what_the_server_sent_is_looked_at_like_a_file(school, new_source, tmp_path):
    """The link writes one file beside: the newest counts."""
    assert new_source(beside=put(tmp_path / "gate", school.bundle(3))).start().version.number == 3
