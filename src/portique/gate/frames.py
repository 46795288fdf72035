"""Frames in shared memory: one writer (capture), one reader (decode), no lock between them.

A lock would let a killed process stop the other. Instead every slot carries the
frame's number twice, at its head before the pixels are written and at its tail
after: a reader that finds both equal to the number it came for has a whole frame,
otherwise the frame is torn or gone and costs nothing but itself.
"""

from __future__ import annotations

import mmap
import struct
import threading
from typing import TYPE_CHECKING

import numpy as np

from portique.gate.frame_memory import (
    BEGUN_AT,
    FINISHED_AT,
    MEMORY_BYTES,
    PIXELS_AT,
    PIXELS_MAX,
    SLOT_BYTES,
    SLOTS,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NUMBER = struct.Struct("<Q")


class FrameWriter:
    """The capture side."""

    def __init__(self, memory: int) -> None:
        self._map = mmap.mmap(memory, MEMORY_BYTES)
        self._bytes = np.frombuffer(self._map, dtype=np.uint8)

    def write(self, number: int, grey: NDArray[np.uint8]) -> int:
        """Put a frame into the slot its number falls on, and return the slot.

        Args:
            number: The frame's number, from 0.
            grey: Shape (height, width), at most `PIXELS_MAX` pixels; see `fit`.
        """
        assert grey.size <= PIXELS_MAX, f"frame of {grey.size} pixels"  # noqa: S101 - ours
        slot = number % SLOTS
        base = slot * SLOT_BYTES
        _NUMBER.pack_into(self._map, base + BEGUN_AT, number + 1)
        _fence()
        pixels = self._bytes[base + PIXELS_AT : base + PIXELS_AT + grey.size]
        np.copyto(pixels.reshape(grey.shape), grey)
        _fence()
        _NUMBER.pack_into(self._map, base + FINISHED_AT, number + 1)
        return slot


class FrameReader:
    """The decode side."""

    def __init__(self, memory: int) -> None:
        self._map = mmap.mmap(memory, MEMORY_BYTES, prot=mmap.PROT_READ)
        self._bytes = np.frombuffer(self._map, dtype=np.uint8)

    def read(self, number: int, *, width: int, height: int) -> NDArray[np.uint8] | None:
        """Copy a frame out; None when it is torn, overwritten or not of that number.

        The copy matters: what is decoded must not change under the decoder.
        """
        if not (width > 0 < height and width * height <= PIXELS_MAX):
            return None
        base = number % SLOTS * SLOT_BYTES
        if self._number(base + FINISHED_AT) != number + 1:
            return None
        _fence()
        start = base + PIXELS_AT
        grey = self._bytes[start : start + width * height].reshape(height, width).copy()
        _fence()
        return grey if self._number(base + BEGUN_AT) == number + 1 else None

    def _number(self, at: int) -> int:
        (number,) = _NUMBER.unpack_from(self._map, at)
        return int(number)


def fit(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Thin a frame too large for a slot by whole pixels; others are returned as they are."""
    step = 1
    while -(-grey.shape[0] // step) * -(-grey.shape[1] // step) > PIXELS_MAX:
        step += 1
    return grey[::step, ::step]


def _fence() -> None:
    """Keep what was written before visible before what is written after.

    x86 does so by itself; ARM needs barriers. One lock orders only inwards
    (before into it, after into it); a second one after the first orders across.
    """
    for fence in _FENCES:
        with fence:
            pass


_FENCES = (threading.Lock(), threading.Lock())
