"""Read one still picture thoroughly."""

from portique.sight.decoder import find_codes
from portique.sight.shapes import Picture, Sighted


def read_picture(picture: Picture) -> tuple[Sighted, ...]:
    """Read every QR code of a still picture, grey or BGR, whatever it says."""
    return tuple(
        Sighted(found.text, found.quad, sharpened=False)
        for found in find_codes(picture, thorough=True)
        if found.text is not None
    )
