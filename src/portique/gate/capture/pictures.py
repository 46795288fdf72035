"""Still pictures as a camera: one picture, or a folder in name order, one picture a second."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from portique.core.errors import EnvironmentProblem
from portique.gate.capture import PICTURE_SUFFIXES, Play, Shot

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from portique.gate.capture import Grey

MS_EACH = 1_000
FILE_BYTES_MAX = 256 << 20


def open_shots(place: str, play: Play) -> Iterator[Shot]:
    """Open a picture or a folder of pictures.

    In a folder, a file that can't be read is told and left out, so that one bad
    file doesn't spoil a campaign; its second passes all the same.

    Raises:
        EnvironmentProblem: Not a readable picture, or a folder without pictures.
    """
    path = Path(place)
    if not path.is_dir():
        return iter([Shot(0, read_grey(path))])
    files = sorted(file for file in path.iterdir() if file.suffix.lower() in PICTURE_SUFFIXES)
    if not files:
        suffixes = ", ".join(sorted(PICTURE_SUFFIXES))
        raise EnvironmentProblem(
            f"The folder {place} holds no picture: put files there that end in {suffixes}."
        )
    return _folder(files, play)


def _folder(files: Sequence[Path], play: Play) -> Iterator[Shot]:
    for second, file in enumerate(files):
        try:
            yield Shot(second * MS_EACH, read_grey(file))
        except EnvironmentProblem as problem:
            play.notice(str(problem))


def read_grey(path: Path) -> Grey:
    """Read a picture as grey, upright as its camera says, shape (height, width).

    Raises:
        EnvironmentProblem: It can't be opened, or isn't a picture, or is damaged.
    """
    try:
        if path.stat().st_size > FILE_BYTES_MAX:
            raise EnvironmentProblem(f"The picture {path} is larger than any camera's: not read.")
        data = path.read_bytes()
    except OSError as error:
        raise EnvironmentProblem(
            f"The picture {path} can't be opened ({error.strerror}): check its name and its rights."
        ) from error
    colour = _decoded(data)
    if colour is None:
        raise EnvironmentProblem(
            f"The file {path} is not a picture, or is damaged: open it with a viewer, "
            "export it anew."
        )
    return np.asarray(cv2.cvtColor(colour, cv2.COLOR_BGR2GRAY), np.uint8)


def _decoded(data: bytes) -> cv2.typing.MatLike | None:
    try:
        return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:  # empty, or more pixels than the limit set for OpenCV
        return None
