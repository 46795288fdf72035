"""Still pictures as a camera: one picture, or a folder in name order, one picture a second."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from portique.core.errors import EnvironmentProblem
from portique.gate.capture import Play, Shot
from portique.sight.limits import PICTURE_SUFFIXES, check_size, too_large
from portique.sight.sources import read_picture_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from portique.gate.capture import Grey

MS_EACH = 1_000


def open_shots(place: str, play: Play) -> Iterator[Shot]:
    """Open a picture or a folder of pictures.

    In a folder, a file that can't be read is told and left out, so that one bad
    file doesn't spoil a campaign; its number and its second pass all the same.

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
    left_out = 0
    for second, file in enumerate(files):
        try:
            yield Shot(second * MS_EACH, read_grey(file), left_out)
            left_out = 0
        except EnvironmentProblem as problem:
            play.notice(str(problem))
            left_out += 1


def read_grey(path: Path) -> Grey:
    """Read a picture as grey, upright as its camera says, shape (height, width).

    Raises:
        EnvironmentProblem: It can't be opened, or isn't a picture, is too large, or is damaged.
    """
    data = read_picture_file(path)
    try:
        colour = cv2.imdecode(data, cv2.IMREAD_COLOR) if data.size else None
    except cv2.error as error:
        raise too_large(path) from error
    if colour is None:
        raise EnvironmentProblem(
            f"The file {path} is not a picture, or is damaged: open it with a viewer, "
            "export it anew."
        )
    check_size(path, colour.shape[1], colour.shape[0])
    return np.asarray(cv2.cvtColor(colour, cv2.COLOR_BGR2GRAY), np.uint8)
