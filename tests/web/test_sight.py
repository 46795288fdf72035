"""The phone's reader on rendered showings: the scanner's own modules, in Node."""

import subprocess
from collections.abc import Iterator

import pytest

from portique.cli import bench_sight_phone
from portique.cli.bench_sight_phone import PhoneReader, beside_rows, phone_reader
from portique.testing.held import FRAME_MS, Fault, held, pass_like_text

SHOWINGS = 10
FRAMES = 4  # a third of a second
PROMISED = {
    "defocus 0.5": Fault(defocus_modules=0.5),
    "defocus 0.6": Fault(defocus_modules=0.6),
    "motion 1": Fault(motion_modules=1.0),
}


@pytest.fixture(scope="module")
def phone() -> Iterator[PhoneReader]:
    """Start the phone's reader."""
    with phone_reader() as reader:
        assert reader, "no Node here: run `make check` once, it fetches one"
        yield reader


def is_read(phone: PhoneReader, seed: int, fault: Fault) -> bool:
    """Show a few frames of one code; no other text may be read."""
    for number in range(FRAMES):
        frame = held(seed, number, fault).frame
        texts = phone.read(frame, FRAME_MS * number, fresh=number == 0)
        assert texts <= {pass_like_text(seed)}, "a wrong text"
        if texts:
            return True
    return False


@pytest.mark.parametrize("name", PROMISED)
def test_nine_in_ten_blurred_showings_are_read_by_a_phone(phone: PhoneReader, name: str):
    """Within a third of a second of frames, and never a wrong text."""
    read = sum(is_read(phone, seed, PROMISED[name]) for seed in range(SHOWINGS))

    assert read >= 0.9 * SHOWINGS


def test_two_codes_that_take_turns_are_never_put_together(phone: PhoneReader):
    """Blurred beyond a single frame: an average of two contents would read as neither."""
    texts = [pass_like_text(seed) for seed in (1, 2)]
    seen: set[str] = set()
    for number in range(8):
        frame = held(3, number, Fault(defocus_modules=0.6), text=texts[number % 2]).frame
        seen |= phone.read(frame, FRAME_MS * number, fresh=number == 0)

    assert seen == set(texts)


def test_the_measurement_shows_both_readers_the_same(
    phone: PhoneReader, monkeypatch: pytest.MonkeyPatch
):
    """One row for each fault and condition, none of them with a wrong text."""
    monkeypatch.setattr(bench_sight_phone, "FAULTS", (("defocus", 0.3),))
    monkeypatch.setattr(bench_sight_phone, "CONDITIONS", ("plain",))

    rows = list(beside_rows(phone, 1, 1, None))

    expected = {"of": 1, "gate": 1, "phone": 1, "phone_wrong": 0}
    assert rows == [{"showing": "defocus 0.3"} | expected, {"showing": "scenes: plain"} | expected]


def test_where_there_is_no_node_there_is_no_phone(monkeypatch: pytest.MonkeyPatch):
    """A machine without it measures the gate alone."""
    monkeypatch.setattr(bench_sight_phone, "_program", lambda: None)
    monkeypatch.setattr(subprocess, "Popen", lambda *_, **__: pytest.fail("started"))

    with phone_reader() as reader:
        assert reader is None
