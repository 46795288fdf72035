"""The demonstration camera: what it draws is what its script says, and the same each time."""

import pickle
from itertools import islice, pairwise

import numpy as np
import pytest
import zxingcpp

from portique.core import passes, seal
from portique.core.decide import Outcome
from portique.core.seal import PrivateKey, Purpose
from portique.core.values import HolderId, Kind, PassId, Uai, Window, from_ms
from portique.testing.film import Act, Expected, Film, Hand, Manner, Phone, Take, repeated
from portique.testing.scenes import Surface

pytestmark = pytest.mark.slow  # films drawn

MONDAY_0730_MS = 1_795_419_000_000  # 2026-11-23T07:30:00Z
SMALL = Take(width_px=640, height_px=480)
UAI = Uai("0999001W")
GRANT = (Expected(Outcome.GRANT),)


def code(number: int) -> str:
    """Write a text as long as a pass, and different for each number."""
    return f"PQ1:{number:04d}" + "A0B1C2D3" * 30


def act(number: int) -> Act:
    """Let somebody come with a paper, tilted, in an ordinary hall."""
    hand = Hand(code(number), manner=Manner(module_px=3.4, tilt_deg=20.0, light=0.6))
    return Act(f"paper {number}", (hand,), GRANT)


def texts(frame: np.ndarray) -> set[str]:
    """Read the codes of a frame with the library itself."""
    return {found.text for found in zxingcpp.read_barcodes(frame)}


def phone() -> tuple[Phone, PrivateKey]:
    """Make a phone bound to a fictional pupil's pass."""
    key = seal.private_key(Purpose.PHONE, b"p" * 40)
    draft = passes.Draft(
        UAI,
        PassId("00" * 8),
        Window(from_ms(MONDAY_0730_MS), from_ms(MONDAY_0730_MS + 86_400_000)),
        passes.Identity(HolderId("11" * 8), Kind.PUPIL, "Zoé B.", "2DE 1", "vert", 7),
        phone_key=key.public,
    )
    issuer = seal.private_key(Purpose.PASS, b"i" * 40)
    sealed = passes.issue(draft, issuer, seal.SecretKey(Purpose.NAME, b"n" * 32), iv=b"v" * 12)
    return Phone(sealed.to_bytes(), key.scalar(), UAI), key


def test_every_act_can_be_read_while_it_is_in_the_picture():
    """A code held up is readable in many frames, and never outside its act."""
    film = Film([act(number) for number in range(3)], SMALL)
    looked = [(n, texts(frame)) for n, (_, frame) in enumerate(film.frames(0)) if n % 4 == 0]

    for truth in film.truths(0):
        read = [n for n, found in looked if found == {truth.act.hands[0].code}]
        assert len(read) >= 4
        assert truth.first_frame <= min(read) <= max(read) <= truth.last_frame


def test_the_same_script_gives_the_same_frames():
    """Nothing but script, take and start decides a pixel."""
    first, again = (
        [frame for _, frame in Film([act(1)], SMALL).frames(MONDAY_0730_MS)] for _ in range(2)
    )

    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))


def test_frames_are_taken_at_the_camera_s_rate():
    """Times rise by a fifteenth of a second, whole milliseconds, without drift."""
    times = [at_ms for at_ms, _ in Film([act(1), act(2)], SMALL).frames(MONDAY_0730_MS)]

    assert times[0] == MONDAY_0730_MS
    assert times[15] == MONDAY_0730_MS + 1000
    assert {after - before for before, after in pairwise(times)} <= {66, 67}


def test_nobody_is_in_the_picture_before_the_first_act():
    """The pause before an act shows the wall alone."""
    quiet = Take(width_px=640, height_px=480, noise_sigma=0)
    pause = Act("after a while", act(1).hands, GRANT, pause_s=1.0)
    frames = [frame for _, frame in islice(Film([pause], quiet).frames(MONDAY_0730_MS), 15)]

    assert all(np.array_equal(frame, frames[0]) for frame in frames)


def test_two_people_at_once_are_both_in_the_picture():
    """An act of two hands shows both codes in one frame."""
    left = Hand(code(1), manner=Manner(module_px=3, x=0.27))
    right = Hand(code(2), manner=Manner(module_px=3, x=0.73, from_left=False))
    film = Film([Act("two at once", (left, right), GRANT)], SMALL)

    assert any(texts(frame) == {code(1), code(2)} for _, frame in film.frames(MONDAY_0730_MS))


def test_an_endless_script_makes_an_endless_film():
    """Acts are asked for as they play, so the script may have no end."""
    film = Film(repeated([act(1)]), SMALL)
    count = sum(1 for _ in islice(film.frames(MONDAY_0730_MS), 300))

    assert count == 300


def test_a_phone_draws_a_fresh_code_every_fifteen_seconds():
    """The proof's time follows the camera's, in steps of 15 s from when it was taken out."""
    held, _ = phone()
    since = MONDAY_0730_MS
    seconds = [
        passes.parse(held.text_at(since + after_ms, since)).proof_seconds
        for after_ms in (0, 14_999, 15_000, 31_000)
    ]

    assert seconds == [since // 1000 + later for later in (0, 0, 15, 30)]


def test_a_phone_s_code_carries_a_valid_proof():
    """What the film's phone signs is what a gate accepts."""
    held, key = phone()
    shown = passes.parse(held.text_at(MONDAY_0730_MS, MONDAY_0730_MS))

    assert shown.phone is not None
    assert seal.verify(shown.phone.signed, key.public)


def test_a_screenshot_is_as_old_as_it_says():
    """`behind_s` is the age of the code on the screen."""
    held, _ = phone()
    old = Phone(held.sealed, held.key, held.uai, behind_s=600)
    shown = passes.parse(old.text_at(MONDAY_0730_MS, MONDAY_0730_MS))

    assert shown.proof_seconds == MONDAY_0730_MS // 1000 - 600


def test_a_script_can_be_sent_to_another_process():
    """The capture process draws the film, so acts are plain data."""
    held, _ = phone()
    script = [Act("phone", (Hand(held, Surface.SCREEN),), GRANT)]

    assert pickle.loads(pickle.dumps(script)) == script  # noqa: S301 -- our own bytes


@pytest.mark.parametrize("surface", Surface, ids=str)
def test_every_surface_can_be_read(surface: Surface):
    """Paper, screens light and dark, coloured paper and badges all read when held still."""
    hand = Hand(code(1), surface, Manner(module_px=3.6, tremor_px=0.5))
    frames = Film([Act(surface, (hand,), GRANT)], SMALL).frames(MONDAY_0730_MS)

    assert any(texts(frame) == {code(1)} for _, frame in frames)
