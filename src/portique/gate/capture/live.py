"""What every live camera needs: its return waited for, and only its newest frame given."""

from __future__ import annotations

import threading
from itertools import chain, repeat
from typing import TYPE_CHECKING

from portique.core.errors import EnvironmentProblem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from portique.gate.capture import Frame, Play, Shot

CLOSING_CHECK_S = 0.1  # how soon a reader waiting for a frame learns that the source is closed


def again(
    shots: Iterator[Shot], reopen: Callable[[], Iterator[Shot]], play: Play
) -> Iterator[Shot]:
    """Give shots for ever: when the camera is lost, say so, and reopen it until it is back."""
    while True:
        try:
            yield from shots
            play.notice("The camera ended its stream; trying to reach it again.")
        except EnvironmentProblem as problem:
            play.notice(str(problem))
        found = _reopened(reopen, play)
        if found is None:
            return
        play.notice("The camera is back.")
        shots = found


def _reopened(reopen: Callable[[], Iterator[Shot]], play: Play) -> Iterator[Shot] | None:
    """Try until the camera gives its first picture; None when the source is closed."""
    for wait_s in chain(play.retry_s, repeat(play.retry_s[-1])):
        if play.pause(wait_s):
            return None
        try:
            shots = reopen()
            return chain([next(shots)], shots)
        except EnvironmentProblem as problem:
            play.notice(str(problem))
        except StopIteration:
            play.notice("The camera answers but gives no picture; trying again.")
    return None


def newest(frames: Iterator[Frame], play: Play) -> Iterator[Frame]:
    """Read ahead on a thread and give only the newest frame; those missed are gone."""
    return _given(_Newest(frames, play))


def _given(box: _Newest) -> Iterator[Frame]:
    while (frame := box.take()) is not None:
        yield frame


class _Newest:
    """A box for one frame, filled by a thread, emptied by the reader."""

    def __init__(self, frames: Iterator[Frame], play: Play) -> None:
        self._frames = frames
        self._play = play
        self._changed = threading.Condition()
        self._frame: Frame | None = None
        self._error: Exception | None = None
        self._ended = False
        threading.Thread(target=self._fill, name="newest-frame", daemon=True).start()

    def _fill(self) -> None:
        try:
            for frame in self._frames:
                with self._changed:
                    self._frame = frame
                    self._changed.notify()
                if self._play.closing.is_set():
                    break
        except Exception as error:  # noqa: BLE001 - raised again where the frames are read
            self._error = error
        with self._changed:
            self._ended = True
            self._changed.notify()

    def _done(self) -> bool:
        return self._frame is not None or self._ended or self._play.closing.is_set()

    def take(self) -> Frame | None:
        """Wait for a frame not taken yet; None at the end."""
        with self._changed:
            while not self._changed.wait_for(self._done, timeout=CLOSING_CHECK_S):
                pass
            frame, self._frame = self._frame, None
        if frame is None and self._error is not None:
            raise self._error
        return frame
