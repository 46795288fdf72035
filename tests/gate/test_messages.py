"""What the decide process accepts from its eyes: exact types, known words, sizes within bounds."""

import pytest

from portique.core import canonical
from portique.gate.capture import messages
from portique.gate.capture.messages import ADVICES, BadMessage, Suspect
from portique.sight.suspects import Advice

QUAD = [0, 0, 10, 0, 10, 10, 0, 10]


def looked(advice: object) -> bytes:
    return canonical.encode([4, 1, [], [[QUAD, advice]], 0])


def test_every_advice_of_the_reader_is_accepted_and_no_other_word_is_known():
    """The reader's words and the messages' words are one list."""
    assert {str(advice) for advice in Advice} == ADVICES


@pytest.mark.parametrize("advice", sorted(ADVICES))
def test_known_advice_arrives(advice):
    """Advice that a reader gives is passed on."""
    read = messages.parse_decode(looked(advice))

    assert read.suspects[0].advice == advice  # type: ignore[union-attr]  # a Looked


@pytest.mark.parametrize("advice", ["", "open the door", "Closer", 7, None, "closer "])
def test_unknown_advice_is_a_bad_message(advice):
    """A decoder that was taken over can't make the lane stumble over a word."""
    with pytest.raises(BadMessage):
        messages.parse_decode(looked(advice))


@pytest.mark.parametrize("size", [(0, 480), (640, 0), (-1, 480), (1 << 17, 480), ("640", 480)])
def test_a_picture_without_pixels_is_a_bad_message(size):
    """No size that would be divided by zero reaches the lane."""
    with pytest.raises(BadMessage):
        messages.parse_capture(canonical.encode([0, 1, 1, *size]))


def test_a_suspect_keeps_its_corners():
    """Corners arrive as they were sent."""
    [suspect] = messages.parse_decode(looked("closer")).suspects  # type: ignore[union-attr]  # a Looked

    assert suspect == Suspect(((0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)), "closer")
