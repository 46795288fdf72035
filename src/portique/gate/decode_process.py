"""The decode process: pictures in, texts out, and nothing else within its reach.

Started by `portique.gate.processes` as `python -m portique.gate.decode_process`.
It holds three descriptors: frames' memory (read only), a socket on which capture
says which frame is there, and one on which it answers. Everything is imported
and tried out first; then the process shuts itself in (`sandbox`) and only then
looks at a picture.
"""

from __future__ import annotations

import argparse
import importlib
import os
import select
import signal
import socket
from typing import TYPE_CHECKING, Protocol

import cv2
import numpy as np

from portique.gate import sandbox
from portique.gate.capture.messages import (
    MESSAGE_BYTES_MAX,
    Announced,
    BadMessage,
    Failed,
    Looked,
    ReadCode,
    Ready,
    Skipped,
    Suspect,
    encode_decode,
    parse_capture,
)
from portique.gate.frames import FrameReader
from portique.gate.sandbox_calls import die_with_parent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from portique.gate.capture.messages import FromDecode
    from portique.sight.codes import Look

# numpy and OpenCV load these on first use, which would be too late.
LAZY_MODULES = ("numpy.fft", "numpy.linalg", "encodings.idna", "traceback")
WARM_SHAPE = (480, 640)


class Reader(Protocol):
    """What reads codes: `portique.sight.codes.CodeReader`."""

    def read(self, grey: NDArray[np.uint8], *, at_ms: int) -> Look:
        """Find the codes of one frame of a camera."""
        ...


def main(arguments: Sequence[str] | None = None) -> None:
    """Run until the gate's main process is gone."""
    die_with_parent(signal.SIGKILL)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reader")
    parser.add_argument("memory_bytes_max", type=int)
    for descriptor in ("frames", "memory", "answers"):
        parser.add_argument(descriptor, type=int)
    given = parser.parse_args(arguments)
    pictures = FrameReader(given.memory)
    os.close(given.memory)
    frames, answers = socket.socket(fileno=given.frames), socket.socket(fileno=given.answers)
    reader = warm_reader(given.reader)
    measures = sandbox.confine_decoder(given.memory_bytes_max)
    answers.send(encode_decode(Ready(tuple(str(measure) for measure in measures))))
    serve(reader, pictures, frames, answers)


def warm_reader(path: str) -> Reader:
    """Make the reader, and a spare one work once, so that nothing is left to load or to open.

    Args:
        path: `package.module:factory`; the factory takes no argument.
    """
    module, _, factory = path.partition(":")
    make = getattr(importlib.import_module(module), factory)
    for name in LAZY_MODULES:
        importlib.import_module(name)
    cv2.setNumThreads(1)  # one thread: small pictures gain nothing, and the sandbox admits no other
    spare: Reader = make()
    noise = np.arange(WARM_SHAPE[0] * WARM_SHAPE[1], dtype=np.uint32) * 2654435761 >> 24
    for at_ms in (0, 33):
        spare.read(noise.astype(np.uint8).reshape(WARM_SHAPE), at_ms=at_ms)
    fresh: Reader = make()
    return fresh


def serve(
    reader: Reader, pictures: FrameReader, frames: socket.socket, answers: socket.socket
) -> None:
    """Answer for the newest frame, again and again, until the main process closes its end."""
    waiting = select.poll()
    waiting.register(frames, select.POLLIN)
    waiting.register(answers, select.POLLIN)  # nothing is ever sent here: readable means closed
    while answers.fileno() not in (ready := [fd for fd, _ in waiting.poll()]):
        announced = newest(frames) if ready else None
        if announced is not None:
            answers.send(encode_decode(answer(reader, pictures, announced)))


def newest(frames: socket.socket) -> Announced | None:
    """Take every announcement waiting and keep the last; the frames before are not looked at."""
    last = None
    while True:
        try:
            packet = frames.recv(MESSAGE_BYTES_MAX, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return last
        if not packet:  # capture is gone and so is the main process
            raise SystemExit
        try:
            message = parse_capture(packet)
        except BadMessage:
            continue
        last = message if isinstance(message, Announced) else last


def answer(reader: Reader, pictures: FrameReader, announced: Announced) -> FromDecode:
    """Copy one frame out and read it."""
    number = announced.number
    grey = pictures.read(number, width=announced.width, height=announced.height)
    if grey is None:
        return Skipped(number)
    try:
        return looked(number, reader.read(grey, at_ms=announced.at_ms))
    except Exception as error:  # noqa: BLE001 - any failure on one frame costs that frame only
        return Failed(number, type(error).__name__)


def looked(number: int, look: Look) -> Looked:
    """Put sight's `Look` into the form that leaves this process, corners in floats."""
    codes = tuple(ReadCode(code.text, code.quad, code.sharpened) for code in look.codes)
    suspects = tuple(Suspect(suspect.quad, str(suspect.advice)) for suspect in look.suspects)
    return Looked(number, codes, suspects, look.work)


if __name__ == "__main__":
    main()
