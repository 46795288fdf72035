"""One call of the QR decoder, and what it says: texts, or places where a code resists."""

from dataclasses import dataclass
from enum import Enum

import numpy as np
import zxingcpp

from portique.sight.shapes import Picture, Quad, as_quad

# Micro and rectangular codes carry no pass, and their weaker finder patterns invite false readings.
_FULL = zxingcpp.BarcodeFormats(
    [zxingcpp.BarcodeFormat.QRCodeModel1, zxingcpp.BarcodeFormat.QRCodeModel2]
)
_WITH_SMALL = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])


class Binarizer(Enum):
    """How grey becomes black and white."""

    LOCAL = zxingcpp.Binarizer.LocalAverage
    HISTOGRAM = zxingcpp.Binarizer.GlobalHistogram
    FIXED = zxingcpp.Binarizer.FixedThreshold


@dataclass(frozen=True, slots=True)
class Found:
    """A code in the picture. `text` is None where one was located but could not be read.

    `modules`: how many it has on a side, where the decoder could tell.
    """

    text: str | None
    quad: Quad
    modules: int | None = None


def find_codes(
    picture: Picture,
    *,
    binarizer: Binarizer = Binarizer.LOCAL,
    thorough: bool = False,
    small: bool = False,
) -> list[Found]:
    """Look for QR codes once, in this picture as it is.

    Args:
        picture: Grey or BGR, uint8.
        binarizer: How to tell dark from light.
        thorough: Also look for light-on-dark codes and at reduced scales.
        small: Also micro and rectangular codes.

    Returns:
        What was found, read or only located, in the decoder's order.
    """
    barcodes = zxingcpp.read_barcodes(
        np.ascontiguousarray(picture),
        formats=_WITH_SMALL if small else _FULL,
        try_rotate=False,  # a square code needs no rotated scan: measured, no reading lost
        try_downscale=thorough,
        try_invert=thorough,
        text_mode=zxingcpp.TextMode.Plain,
        binarizer=binarizer.value,
        return_errors=True,
    )
    return [_found(barcode) for barcode in barcodes]


def _found(barcode: zxingcpp.Barcode) -> Found:
    place = barcode.position
    corners = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
    quad = as_quad(np.array([(corner.x, corner.y) for corner in corners], dtype=np.float64))
    return Found(barcode.text if barcode.valid else None, quad, _modules(barcode))


def _modules(barcode: zxingcpp.Barcode) -> int | None:
    """Return the side in modules of a square code; others say their size otherwise."""
    extra = barcode.extra
    version = str(extra.get("Version")) if isinstance(extra, dict) else ""
    return 17 + 4 * int(version) if version.isdigit() else None
