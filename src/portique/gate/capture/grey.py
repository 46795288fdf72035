"""From FFmpeg's pictures to grey arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

    from portique.gate.capture import Grey


def grey_of(picture: VideoFrame) -> Grey:
    """Give a decoded picture as grey, turned upright as its file says; shape (height, width)."""
    grey = np.asarray(picture.reformat(format="gray").to_ndarray(), np.uint8)
    turns = round(getattr(picture, "rotation", 0) / 90) % 4
    return np.ascontiguousarray(np.rot90(grey, turns)) if turns else grey
