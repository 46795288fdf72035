"""The long campaign: blur and motion that stop other readers, by the numbers promised."""

import pytest

from portique.sight.codes import CodeReader
from portique.testing.held import FRAME_MS, Fault, held, pass_like_text

SHOWINGS = 50
FRAMES = 15  # one second

FAULTS = {
    "defocus 0.5": Fault(defocus_modules=0.5),
    "defocus 0.6": Fault(defocus_modules=0.6),
    "defocus 0.7": Fault(defocus_modules=0.7),
    "motion 1": Fault(motion_modules=1.0),
    "motion 1.5": Fault(motion_modules=1.5),
}


def read_within_a_second(seed: int, fault: Fault) -> bool:
    reader = CodeReader()
    for number in range(FRAMES):
        look = reader.read(held(seed, number, fault).frame, at_ms=FRAME_MS * number)
        assert {code.text for code in look.codes} <= {pass_like_text(seed)}, "a wrong text"
        if look.codes:
            return True
    return False


@pytest.mark.slow
@pytest.mark.parametrize("name", FAULTS)
def test_ninety_five_in_a_hundred_showings_are_read(name):
    """Over fifty seeds, within one second of frames, and never a wrong text."""
    read = sum(read_within_a_second(seed, FAULTS[name]) for seed in range(SHOWINGS))

    assert read >= 0.95 * SHOWINGS
