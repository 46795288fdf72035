"""Write a film as a video file, for `portique gate replay`."""

from __future__ import annotations

from fractions import Fraction
from itertools import takewhile
from typing import TYPE_CHECKING, Any

import av

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from portique.testing.film import Film
    from portique.testing.scenes import Frame

# FFV1 loses nothing, so that a replay sees exactly what was drawn; H.264 at this quality loses
# what no eye sees, in a tenth of the bytes.
H264_QUALITY = "16"
LOSSLESS_SUFFIX = ".mkv"


def write_video(film: Film, path: Path, *, for_ms: int | None = None) -> int:
    """Encode a film: FFV1 in `.mkv`, H.264 in `.mp4`.

    Args:
        film: What to write; endless films need `for_ms`.
        path: Where; its suffix chooses the codec.
        for_ms: Stop after so much camera time.

    Returns:
        How many frames were written.
    """
    lossless = path.suffix == LOSSLESS_SUFFIX
    frames = film.frames(0)
    if for_ms is not None:
        frames = takewhile(lambda taken: taken[0] < for_ms, frames)
    with av.open(str(path), "w") as container:
        options = {} if lossless else {"crf": H264_QUALITY, "preset": "veryfast"}
        stream: Any = container.add_stream(
            "ffv1" if lossless else "libx264",
            rate=film.take.frames_per_second,
            options=options,
        )
        stream.width, stream.height = film.take.width_px, film.take.height_px
        stream.pix_fmt = "gray" if lossless else "yuv420p"
        count = 0
        for packets, written in _encoded(stream, frames):
            container.mux(packets)
            count += written
        return count


def _encoded(stream: Any, frames: Iterator[tuple[int, Frame]]) -> Iterator[tuple[Any, int]]:
    """Give what the encoder hands out, and how many frames it took in."""
    for number, (_, grey) in enumerate(frames):
        yield stream.encode(_video_frame(stream, grey, number)), 1
    yield stream.encode(None), 0


def _video_frame(stream: Any, grey: Frame, number: int) -> Any:
    frame = av.VideoFrame.from_ndarray(grey, format="gray")
    if stream.pix_fmt != "gray":
        frame = frame.reformat(format=stream.pix_fmt)
    frame.pts, frame.time_base = number, Fraction(1, round(stream.average_rate))
    return frame
