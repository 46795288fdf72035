"""What the eyes' tests put into the real child processes: films, readers, one hostile decoder.

A film's frames carry their number in their first pixels; a marked frame (255 in its last pixel) is
poison to the readers here; `poison=40` marks every fortieth.
"""

from __future__ import annotations

import ctypes
import itertools
import os
import socket
import sys
import threading
from types import SimpleNamespace

import numpy as np

from portique.core import canonical
from portique.gate.capture.messages import Ready, encode_decode

SHAPE = (48, 64)
HOSTILE_PACKETS = (
    b"\xff" * 30_000,
    b"",
    b"\x80",
    canonical.encode([4, 0, [], [], 0, 0]),
    canonical.encode({"looked": 1}),
    canonical.encode([3, ["x" * 41]]),
)


class Plain:
    """Frames of one grey, their number written in, at a steady rate."""

    def __init__(self, rate: str = "30", count: str = "0", poison: str = "") -> None:
        self._rate, self._count = int(rate), int(count)
        self._poison = int(poison or 0)

    def frames(self, start_ms: int):
        """Draw; `count` 0 is for ever."""
        for number in range(self._count) if self._count else itertools.count():
            grey = np.full(SHAPE, 100, np.uint8)
            grey[0, :8] = np.frombuffer(number.to_bytes(8, "little"), np.uint8)
            grey[-1, -1] = 255 if self._poison and number % self._poison == self._poison - 1 else 0
            yield start_ms + number * 1000 // self._rate, grey


class Wide:
    """Noise as large as a gate's pictures."""

    def frames(self, start_ms: int):
        """Draw twenty a second."""
        noise = np.random.default_rng(0).integers(60, 200, (720, 1280), dtype=np.uint8)
        for number in itertools.count():
            yield start_ms + 50 * number, np.roll(noise, number, axis=1)


class Mutated:
    """A code of a pass's size, damaged anew in every frame."""

    def frames(self, start_ms: int):
        """Draw forty a second; blocks flipped, shifted, blackened, or nothing at all."""
        import segno

        rows = segno.make("PQ1:" + "A1" * 170, error="m").matrix
        code = np.kron(255 * (1 - np.array([list(row) for row in rows], np.uint8)), np.ones((4, 4)))
        drawn = np.pad(code.astype(np.uint8), 24, constant_values=255)
        rng = np.random.default_rng(1)
        for number in itertools.count():
            grey = drawn.copy()
            for _ in range(rng.integers(0, 60)):
                y, x = rng.integers(0, len(grey) - 8, 2)
                block = grey[y : y + 8, x : x + 8]
                block[:] = (255 - block, np.roll(block, 4), 0 * block)[rng.integers(3)]
            yield start_ms + 25 * number, grey


class Teller:
    """A reader that tells the number written in a frame, after what `poisoned` does to it."""

    def read(self, grey, *, at_ms: int):
        """Look at one frame."""
        if grey[-1, -1] == 255:
            self.poisoned()
        number = int.from_bytes(grey[0, :8].tobytes(), "little")
        quad = ((1.4, 1.6), (9.0, 1.0), (9.0, 9.0), (1.0, 9.0))
        code = SimpleNamespace(text=f"{number} {at_ms}", quad=quad, sharpened=False)
        return SimpleNamespace(codes=(code,), suspects=(), work=1)

    def poisoned(self) -> None:
        """Bear it."""


class Hanging(Teller):
    """A reader that never comes back from a poison frame."""

    def poisoned(self) -> None:
        """Wait for ever."""
        threading.Event().wait()


class Crashing(Teller):
    """A reader that dies of a poison frame as C code does."""

    def poisoned(self) -> None:
        """Read what isn't there."""
        ctypes.string_at(0)


class Raising(Teller):
    """A reader that raises on a poison frame."""

    def poisoned(self) -> None:
        """Raise."""
        raise ValueError("poison")


class Greedy(Teller):
    """A reader that asks for more memory than there is on a poison frame."""

    def poisoned(self) -> None:
        """Ask for 8 GiB."""
        np.ones(1 << 33, np.uint8)


def stillborn() -> Teller:
    """Fail before it is warm."""
    raise RuntimeError("no reader")


def talk_nonsense() -> None:
    """Be a decoder taken over by a stranger: everything but one true answer."""
    answers = socket.socket(fileno=int(sys.argv[-1]))
    frames = socket.socket(fileno=int(sys.argv[-3]))
    answers.send(encode_decode(Ready(("calls",))))
    while True:
        frames.recv(100)
        for packet in HOSTILE_PACKETS:
            if packet:
                answers.send(packet)
        answers.send(canonical.encode([4, 1 << 40, [["PQ1:FORGED", [0] * 8, False]], [], 0]))


if __name__ == "__main__":
    talk_nonsense()
    os._exit(0)
