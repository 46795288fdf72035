"""The capture process: cameras and the network in, frames into shared memory; no keys.

Started by `portique.gate.processes` as `python -m portique.gate.capture_process`.
It never waits for anybody: when the decoder is dead or slow its announcements
are dropped, and the pictures go on.
"""

from __future__ import annotations

import argparse
import contextlib
import signal
import socket
from itertools import chain, repeat
from pathlib import Path
from typing import TYPE_CHECKING

from portique.core.errors import EnvironmentProblem
from portique.gate import sandbox
from portique.gate.capture import FILM_PREFIX, LIVE_DRIVERS, Frame, Play, driver_of, open_frames
from portique.gate.capture.messages import (
    MESSAGE_BYTES_MAX,
    Announced,
    Ended,
    Orders,
    Remark,
    encode_capture,
    parse_orders,
)
from portique.gate.frames import FrameWriter, fit
from portique.gate.sandbox_calls import die_with_parent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from portique.gate.capture.messages import FromCapture


def main(arguments: Sequence[str] | None = None) -> None:
    """Run until the source ends or the gate's main process is gone."""
    die_with_parent(signal.SIGKILL)
    parser = argparse.ArgumentParser(description=__doc__)
    for descriptor in ("frames", "memory", "main"):
        parser.add_argument(descriptor, type=int)
    given = parser.parse_args(arguments)
    frames, to_main = socket.socket(fileno=given.frames), socket.socket(fileno=given.main)
    orders = parse_orders(to_main.recv(MESSAGE_BYTES_MAX))
    confine(orders.source)
    play = Play(
        orders.starts_ms,
        first_number=orders.first_number,
        wishes=orders.wishes,
        real_time=True,
        keep_trying=True,
        notice=lambda sentence: _tell(to_main, Remark(sentence)),
    )
    publish(opened(orders, play), FrameWriter(given.memory), frames, to_main)


def confine(source: str) -> None:
    """Shut this process in, unless it plays a film: that is our own code, not a stranger's."""
    if not source.startswith(FILM_PREFIX):
        path = Path(source)
        sandbox.confine_capture(path.absolute() if path.exists() else None)


def opened(
    orders: Orders, play: Play, frames_of: Callable[[str, Play], Iterator[Frame]] = open_frames
) -> Iterator[Frame]:
    """Open the source; a camera that isn't there yet is waited for, a wrong file is not."""
    for wait_s in chain(play.retry_s, repeat(play.retry_s[-1])):
        try:
            return frames_of(orders.source, play)
        except EnvironmentProblem as problem:
            play.notice(str(problem))
            if not _may_come(orders.source) or play.pause(wait_s):
                break
    return iter(())


def _may_come(source: str) -> bool:
    with contextlib.suppress(EnvironmentProblem):
        return driver_of(source)[0] in LIVE_DRIVERS
    return False


def publish(
    source: Iterator[Frame], memory: FrameWriter, frames: socket.socket, to_main: socket.socket
) -> None:
    """Write every frame and announce it, first to the main process, then to the decoder."""
    try:
        for frame in source:
            grey = fit(frame.grey)
            memory.write(frame.number, grey)
            height, width = grey.shape
            announced = Announced(frame.number, frame.at_ms, width, height)
            _tell(to_main, announced)
            _tell(frames, announced)
    except EnvironmentProblem as problem:
        _tell(to_main, Remark(str(problem)))
    _tell(to_main, Ended())


def _tell(whom: socket.socket, message: FromCapture) -> None:
    """Say it if there is room; a full queue means that nobody is listening just now."""
    with contextlib.suppress(BlockingIOError):
        whom.send(encode_capture(message), socket.MSG_DONTWAIT)


if __name__ == "__main__":
    main()
