"""Pictures and frames from files, for the commands that read them at their own pace."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from portique.core.errors import EnvironmentProblem
from portique.sight.limits import (
    FFMPEG_LIMITS,
    FILE_BYTES_MAX,
    PICTURE_SUFFIXES,
    check_size,
    too_large,
)
from portique.sight.shapes import Picture


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame of a film: its number from 0, its time in the film, its grey picture."""

    number: int
    at_ms: int
    grey: NDArray[np.uint8]


def is_picture(path: Path) -> bool:
    """Tell a picture from a film by its name."""
    return path.suffix.lower() in PICTURE_SUFFIXES


def pictures_in(folder: Path) -> list[Path]:
    """Return the pictures of a folder in the order of their names.

    Raises:
        EnvironmentProblem: The folder holds none, or can't be listed.
    """
    try:
        paths = sorted(path for path in folder.iterdir() if is_picture(path) and path.is_file())
    except OSError as error:
        raise EnvironmentProblem(
            f"the folder {folder} can't be listed ({error.strerror}); check its rights"
        ) from error
    if not paths:
        known = ", ".join(sorted(PICTURE_SUFFIXES))
        raise EnvironmentProblem(f"the folder {folder} holds no picture; known kinds: {known}")
    return paths


def load_picture(path: Path) -> Picture:
    """Load a picture as BGR; what is transparent becomes white.

    Raises:
        EnvironmentProblem: The file is missing, can't be read, is too large, or is no picture.
    """
    data = read_picture_file(path)
    try:
        decoded = _decoded(data)
    except cv2.error as error:  # what is damaged is None; this is its size
        raise too_large(path) from error
    if decoded is None:
        decoded = next((f for f in _film_pictures(path) if f.size), None)
    if decoded is None:
        raise EnvironmentProblem(
            f"{path} is not a picture that can be read: damaged, cut short, or of another kind; "
            "save it again as PNG or JPEG"
        )
    check_size(path, decoded.shape[1], decoded.shape[0])
    return decoded


def read_picture_file(path: Path) -> NDArray[np.uint8]:
    """Read the bytes of a picture's file, never waiting for a pipe or a device.

    Raises:
        EnvironmentProblem: The file is missing, can't be read, or is larger than any camera's.
    """
    try:
        if path.exists() and not path.is_file():
            raise EnvironmentProblem(f"the picture {path} is not an ordinary file; give a file")
        if path.stat().st_size > FILE_BYTES_MAX:
            raise too_large(path)
        return np.frombuffer(path.read_bytes(), dtype=np.uint8)
    except OSError as error:
        raise EnvironmentProblem(
            f"the picture {path} can't be read ({error.strerror}); check its name and rights"
        ) from error


def frames_of(path: Path) -> Iterator[Frame]:
    """Yield every frame of a film, in order, in grey.

    Raises:
        EnvironmentProblem: The file is missing, is no film, or breaks off with nothing read.
    """
    if not path.is_file():
        raise EnvironmentProblem(f"there is no file {path}; check its name")
    import av  # noqa: PLC0415 - films need the gate's extra; pictures must not

    try:
        with av.open(str(path), options=FFMPEG_LIMITS) as container:
            stream = container.streams.video[0]
            stream.codec_context.options = FFMPEG_LIMITS
            rate = float(stream.average_rate or 25)
            tick = float(stream.time_base or 0)
            for number, frame in enumerate(container.decode(stream)):
                check_size(path, frame.width, frame.height)
                stamp: int | None = frame.pts
                at_s = number / rate if stamp is None or not tick else stamp * tick
                grey = np.asarray(frame.to_ndarray(format="gray"), dtype=np.uint8)
                yield Frame(number, round(at_s * 1000), grey)
    except (av.FFmpegError, IndexError) as error:
        raise EnvironmentProblem(
            f"{path} can't be read as a film: damaged, cut short, too large, or of another kind; "
            "check that a player opens it"
        ) from error


def _film_pictures(path: Path) -> Iterator[Picture]:
    """Yield what the film reader makes of a picture that the picture reader refuses."""
    import av  # noqa: PLC0415 - films need the gate's extra; pictures must not

    try:
        with av.open(str(path), options=FFMPEG_LIMITS) as container:
            stream = container.streams.video[0]
            stream.codec_context.options = FFMPEG_LIMITS
            for frame in container.decode(stream):
                check_size(path, frame.width, frame.height)
                yield np.asarray(frame.to_ndarray(format="bgr24"), dtype=np.uint8)
    except (av.FFmpegError, IndexError):
        return


def _decoded(data: NDArray[np.uint8]) -> Picture | None:
    """Decode a picture's bytes to BGR, laying transparent ones on white; None: they are damaged.

    Raises:
        cv2.error: They say a size beyond the limits.
    """
    if not data.size:
        return None
    raw = cv2.imdecode(data, cv2.IMREAD_UNCHANGED)
    if raw is None:
        return None
    if raw.ndim == 3 and raw.shape[2] == 4:
        return _on_white(raw)
    del raw
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), dtype=np.uint8)


def _on_white(raw: cv2.typing.MatLike) -> Picture:
    scale = 255.0 if raw.dtype == np.uint8 else 65535.0
    levels = raw.astype(np.float32) / scale
    alpha = levels[..., 3:]
    laid = levels[..., :3] * alpha + (1 - alpha)
    return np.asarray(np.round(laid * 255), dtype=np.uint8)
