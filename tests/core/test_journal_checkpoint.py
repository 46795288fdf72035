"""Signed heads: read back as they were signed, and believed from nobody else."""

import hashlib

import pytest

from portique.core import canonical, seal
from portique.core.errors import BadSeal, PassError, UnreadablePass
from portique.core.journal_checkpoint import TYPE, Checkpoint, open_checkpoint
from portique.core.seal import Purpose

KEY = seal.private_key(Purpose.GATE, hashlib.sha512(b"gate").digest())
OTHER = seal.private_key(Purpose.GATE, hashlib.sha512(b"other").digest())
HEAD = Checkpoint("entry-1", 2, 812, bytes(range(32)), 1_795_417_200_000, 1_795_417_200_001)
GOOD = {1: "entry-1", 2: 2, 3: 812, 4: bytes(32), 5: 7, 6: 8}


def signed(payload: object, typ: str = TYPE) -> bytes:
    return seal.sign(canonical.encode(payload), KEY, typ=typ).to_bytes()


def test_a_head_is_read_back_as_it_was_signed():
    """What the gate said is what the server reads."""
    assert open_checkpoint(HEAD.sign(KEY), KEY.public) == HEAD


def test_a_head_is_believed_from_its_gate_alone():
    """Another gate's key signed it, or it was signed as something else."""
    for data in (HEAD.sign(OTHER), signed(GOOD, "portique-call")):
        with pytest.raises(BadSeal):
            open_checkpoint(data, KEY.public)


@pytest.mark.parametrize(
    "payload",
    [
        [], GOOD | {7: 1}, GOOD | {4: bytes(31)}, GOOD | {1: 5}, GOOD | {3: "812"},
        {key: value for key, value in GOOD.items() if key != 6},
    ],
)  # fmt: skip
def test_what_has_another_form_is_no_head(payload: object):
    """Signed by the gate, and not a head all the same."""
    with pytest.raises(UnreadablePass):
        open_checkpoint(signed(payload), KEY.public)


def test_a_head_that_was_changed_is_refused():
    """Each byte is signed for or structure."""
    data = HEAD.sign(KEY)
    for at in range(len(data)):
        with pytest.raises(PassError):
            open_checkpoint(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :], KEY.public)
