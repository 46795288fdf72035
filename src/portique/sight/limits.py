"""Which pictures are read: by their names, and up to which size.

A file of a hundred kilobytes may hold a thousand million pixels. Its header says so, and both
readers of pictures stop there when they know the limits before they begin.
"""

from __future__ import annotations

from portique.core.errors import EnvironmentProblem

PICTURE_SUFFIXES = frozenset(
    {".bmp", ".jpeg", ".jpg", ".pbm", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp"}
)
PIXELS_MAX = 1 << 26  # 67 million: the largest telephones' are 50, and each costs three bytes
SIDE_MAX = (
    1 << 15
)  # the decoder of codes takes sides of 65,535; it is shown pictures twice as large
FILE_BYTES_MAX = 256 << 20
OPENCV_LIMITS = {  # of the environment; OpenCV asks for them once, when it is first imported
    "OPENCV_IO_MAX_IMAGE_PIXELS": str(PIXELS_MAX),
    "OPENCV_IO_MAX_IMAGE_WIDTH": str(SIDE_MAX),
    "OPENCV_IO_MAX_IMAGE_HEIGHT": str(SIDE_MAX),
}
FFMPEG_LIMITS = {"max_pixels": str(PIXELS_MAX)}


def check_size(name: object, width: int, height: int) -> None:
    """Refuse a picture larger than any camera's.

    Raises:
        EnvironmentProblem: Names it.
    """
    if width * height > PIXELS_MAX or max(width, height) > SIDE_MAX:
        raise too_large(name)


def too_large(name: object) -> EnvironmentProblem:
    """Say that a picture is too large, and what to do."""
    return EnvironmentProblem(
        f"the picture {name} is damaged or too large ({PIXELS_MAX // 1_000_000} million pixels and "
        f"{SIDE_MAX} on a side are the most): open it with a viewer and save it smaller"
    )
