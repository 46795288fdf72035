"""A network camera: MJPEG over HTTP, or RTSP, through FFmpeg.

The time of a frame is when it arrived: cameras' own clocks are not to be
trusted. FFmpeg is told not to hold frames back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import av
import av.error

from portique.core.errors import EnvironmentProblem
from portique.gate.capture import Play, Shot, shown
from portique.gate.capture.grey import grey_of
from portique.sight.limits import FFMPEG_LIMITS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from av.container import InputContainer

OPEN_TIMEOUT_S, READ_TIMEOUT_S = 8.0, 5.0
_NO_DELAY = {
    "fflags": "nobuffer",
    "flags": "low_delay",
    "analyzeduration": "500000",  # microseconds spent on guessing what the stream holds
    "probesize": "1000000",
}
HTTP_OPTIONS = {**_NO_DELAY, "protocol_whitelist": "http,https,tcp,tls"}
RTSP_OPTIONS = {
    **_NO_DELAY,
    "protocol_whitelist": "rtsp,rtsps,rtp,udp,tcp,tls,srtp",
    "rtsp_transport": "tcp",  # a lost packet smears a code over seconds; TCP sends it again
}


def open_shots(place: str, play: Play) -> Iterator[Shot]:
    """Open a network camera.

    Raises:
        EnvironmentProblem: It doesn't answer, or what it sends is no video; also, later, when it
            stops sending.
    """
    options = RTSP_OPTIONS if place.startswith("rtsp") else HTTP_OPTIONS
    try:
        options = {**options, **dict(play.wishes.options)}
        container = av.open(place, options=options, timeout=(OPEN_TIMEOUT_S, READ_TIMEOUT_S))
    except (av.error.FFmpegError, OSError) as error:
        raise EnvironmentProblem(_refused(place, error)) from error
    if not container.streams.video:
        container.close()
        raise EnvironmentProblem(
            f"The address {shown(place)} sends no video: take the camera's MJPEG or RTSP address."
        )
    return _shots(container, place, play)


def _shots(container: InputContainer, place: str, play: Play) -> Iterator[Shot]:
    with container:
        stream = container.streams.video[0]
        stream.codec_context.options = FFMPEG_LIMITS
        stream.thread_type = "SLICE"  # threads over whole frames would hold frames back
        try:
            for picture in container.decode(stream):
                yield Shot(play.elapsed_ms(), grey_of(picture))
        except (av.error.FFmpegError, OSError) as error:
            raise EnvironmentProblem(
                f"The camera at {shown(place)} stopped sending ({_cause(error)}): "
                "check its power and cable."
            ) from error


def _refused(place: str, error: Exception) -> str:
    return (
        f"The camera at {shown(place)} can't be reached ({_cause(error)}): check its address, name "
        "and password, its power and cable."
    )


def _cause(error: Exception) -> str:
    return getattr(error, "strerror", None) or type(error).__name__
