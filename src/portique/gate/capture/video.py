"""A video file as a camera, through FFmpeg, with the times written in the file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import av
import av.error

from portique.core.errors import EnvironmentProblem
from portique.gate.capture import Play, Shot
from portique.gate.capture.grey import grey_of
from portique.sight.limits import FFMPEG_LIMITS, check_size

if TYPE_CHECKING:
    from collections.abc import Iterator

    from av.container import InputContainer
    from av.video.frame import VideoFrame

SHORT_MS = 1_000  # a file that ends this much before its own stated length is cut short
ONLY_FILES = {"protocol_whitelist": "file"}  # a playlist must not make the gate call somebody


def open_shots(place: str, play: Play) -> Iterator[Shot]:
    """Open a video file.

    A file cut short gives the frames that can be read, then a notice.

    Raises:
        EnvironmentProblem: Not a video, or damaged before its first frame.
    """
    try:
        container = av.open(
            place, options={**ONLY_FILES, **FFMPEG_LIMITS, **dict(play.wishes.options)}
        )
    except (av.error.FFmpegError, OSError) as error:
        raise EnvironmentProblem(
            f"The file {place} can't be read as a video ({_cause(error)}): it may be damaged or "
            "still being written; play it with a viewer, or copy it again."
        ) from error
    if not container.streams.video:
        container.close()
        raise EnvironmentProblem(f"The file {place} holds no video: choose a file with pictures.")
    return _shots(container, place, play)


def _shots(container: InputContainer, place: str, play: Play) -> Iterator[Shot]:
    stream = container.streams.video[0]
    stream.thread_type = "AUTO"
    stream.codec_context.options = FFMPEG_LIMITS
    pace = _Pace(round(1000 / (stream.average_rate or 25)))
    count, damage = 0, _Damage()
    with container:
        for picture in _pictures(container, damage):
            check_size(place, picture.width, picture.height)
            yield Shot(pace.offset_ms(picture), grey_of(picture))
            count += 1
        missing_ms = (container.duration or 0) * 1000 / av.time_base - pace.end_ms
        missing_ms = max(missing_ms, (stream.frames - count) * pace.step_ms)  # 0: not stated
    if count == 0:
        raise EnvironmentProblem(
            f"The file {place} has no readable frame: it is damaged or empty; copy it again."
        )
    if damage.cause or missing_ms > SHORT_MS:
        play.notice(
            f"The file {place} is damaged or cut short ({damage.cause or 'it ends early'}): "
            f"{count} frames were read, the rest is missing; copy it again if you need it."
        )


@dataclass(slots=True)
class _Damage:
    """What was found wrong on the way, if anything."""

    cause: str = ""


def _pictures(container: InputContainer, damage: _Damage) -> Iterator[VideoFrame]:
    """Decode what can be decoded: a damaged packet costs its own frames, not those after it."""
    packets = container.demux(container.streams.video[0])
    while True:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except av.error.FFmpegError as error:
            damage.cause = _cause(error)
            return
        try:
            yield from packet.decode()
        except av.error.FFmpegError as error:
            damage.cause = _cause(error)


class _Pace:
    """The times written in a file, from its first frame on, made to run forward only."""

    def __init__(self, step_ms: int) -> None:
        self.step_ms = step_ms
        self._first_ms: int | None = None
        self.end_ms = 0  # when the last frame gives way to the next

    def offset_ms(self, picture: VideoFrame) -> int:
        """Return a frame's time; one that has none, or runs back, follows the frame before."""
        offset_ms = self.end_ms
        if picture.pts is not None and picture.time_base is not None:
            at_ms = round(picture.pts * picture.time_base * 1000)
            if self._first_ms is None:
                self._first_ms = at_ms - self.end_ms
            if at_ms - self._first_ms > self.end_ms - self.step_ms:
                offset_ms = at_ms - self._first_ms
        self.end_ms = offset_ms + self.step_ms
        return offset_ms


def _cause(error: Exception) -> str:
    return getattr(error, "strerror", None) or type(error).__name__
