"""What a gate reports and the news it gets, against vectors made without the project's code."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portique.core import wire_news
from portique.core.entries import Ruling
from portique.core.errors import LinkError
from portique.core.knowledge import Version
from portique.core.values import HolderId, Organ
from portique.core.wire_news import (
    ConsoleAdmission,
    ConsoleRuling,
    Elsewhere,
    Health,
    News,
    Note,
    Report,
)

VECTORS = Path(__file__).parents[1] / "vectors" / "wire"
VALID = json.loads((VECTORS / "valid.json").read_text("utf-8"))
INVALID = json.loads((VECTORS / "invalid.json").read_text("utf-8"))
HEALTH = Health(
    "0.2.0", 2, 812, 3, 40, clock_trusted=True, mode="control", set_aside=1,
    disk_free=9_000_000_000, knowledge=Version(1, 40),
)  # fmt: skip
FAILING = (Organ.CAMERA, Organ.READER, "turnstile.left")  # the last one is a newer gate's own
RULED = ConsoleRuling(2, 811, Ruling.ADMIT, "checked", "loge-2")
OPENED = ConsoleAdmission(
    "8877665544332211", VALID["now_ms"], "entry-1", "forgotten", "console-0a1b2c3d"
)
SEEN = Elsewhere(HolderId("00112233aabbccdd"), VALID["now_ms"], "entry-2")


def only_note(data: bytes) -> Note:
    [note] = wire_news.read_news(data).notes
    return note


READERS: dict[str, Callable[[bytes], object]] = {
    "report": wire_news.read_report,
    "news": wire_news.read_news,
    "ruling": lambda data: wire_news.ruling_of(only_note(data)),
    "elsewhere": lambda data: wire_news.elsewhere_of(only_note(data)),
    "console admission": lambda data: wire_news.admission_of(only_note(data)),
}
REFUSED = [
    pytest.param(kind, data, id=f"{kind}: {name}")
    for kind in READERS
    for name, data in INVALID[kind].items()
]


@pytest.mark.parametrize(("kind", "data"), REFUSED)
def test_what_is_not_exactly_right_is_refused(kind: str, data: str):
    """Each invalid vector is a link's error, never another one."""
    with pytest.raises(LinkError):
        READERS[kind](bytes.fromhex(data))


@pytest.mark.parametrize("kind", ["ruling", "elsewhere", "console admission"])
def test_a_note_that_cannot_be_used_spoils_no_other(kind: str):
    """The news around a note of a newer form are read: only the note itself is refused."""
    for data in INVALID[kind].values():
        assert only_note(bytes.fromhex(data)).kind == kind.rsplit(maxsplit=1)[-1]


def test_a_report_comes_back():
    """One made elsewhere is read and written as it was, whole and in its shortest form."""
    shortest = replace(HEALTH, disk_free=None, knowledge=None)
    for name, report in (
        ("report", Report(6, HEALTH)),
        ("shortest report", Report(0, shortest)),
        ("report of a gate without its camera", Report(6, replace(HEALTH, failing=FAILING))),
    ):
        assert wire_news.read_report(bytes.fromhex(VALID[name])) == report
        assert report.to_bytes().hex() == VALID[name]


def test_news_come_back():
    """News made elsewhere are read and written as they were; a note of unknown kind survives."""
    news = wire_news.read_news(bytes.fromhex(VALID["news"]))
    unknown = Note(12, "weather", {1: "rain", 2: [1, {3: b"deep"}]})

    assert news == News(
        12,
        Version(1, 41),
        (RULED.to_note(7), SEEN.to_note(9), unknown),
        "https://portique.example:8444/gate/v1/stream",
    )
    assert news.to_bytes().hex() == VALID["news"]
    assert wire_news.read_news(bytes.fromhex(VALID["shortest news"])) == News(0)
    assert News(0).to_bytes().hex() == VALID["shortest news"]


def test_notes_say_what_they_are_about():
    """A ruling of a console and a showing elsewhere are read from their notes."""
    ruled, seen, _ = wire_news.read_news(bytes.fromhex(VALID["news"])).notes

    assert wire_news.ruling_of(ruled) == RULED
    assert wire_news.elsewhere_of(seen) == SEEN


def test_an_admission_of_a_console_comes_back():
    """Made elsewhere, it is read and written as it was."""
    data = VALID["news of an admission"]

    assert wire_news.admission_of(only_note(bytes.fromhex(data))) == OPENED
    assert News(3, notes=(OPENED.to_note(3),)).to_bytes().hex() == data


@pytest.mark.parametrize(
    ("later_ms", "timely"), [(0, True), (60_000, True), (60_001, False), (-60_001, False)]
)
def test_a_door_is_opened_within_a_minute_or_not_at_all(later_ms: int, timely: bool):  # noqa: FBT001
    """A request that waited longer, or comes from the future, is for nobody."""
    assert OPENED.is_timely(OPENED.at_ms + later_ms) is timely


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes):
    """Whatever the network brings, a reader gives a value or a link's error."""
    for read in (wire_news.read_report, wire_news.read_news):
        try:
            assert read(data).to_bytes() == data
        except LinkError:
            continue
