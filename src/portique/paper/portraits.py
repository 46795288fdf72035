"""Photographs, cleaned in memory: pixels go on the card, where and when they were taken do not.

A camera writes the place, the date and its owner beside the pixels, and Typst
embeds a JPEG as it is. So everything that isn't needed to draw the picture is
cut out before: in a JPEG all application segments and comments, in a PNG all
ancillary chunks but transparency. Pixels are not re-encoded, nothing is written.

Source: ITU-T T.81 annex B (JPEG markers); Exif 2.32 tag 0x0112; W3C PNG chunks.
"""

from __future__ import annotations

import base64
import re
import struct
from dataclasses import dataclass
from pathlib import Path

from portique.paper.errors import PaperError

PHOTO_BYTES_MAX = 1_000_000
SUFFIXES = (".jpg", ".jpeg", ".png")

_JPEG, _PNG = b"\xff\xd8", b"\x89PNG\r\n\x1a\n"
_END_OF_IMAGE, _START_OF_SCAN, _COMMENT = 0xD9, 0xDA, 0xFE
_APP0, _APP1, _APP14, _APP15 = 0xE0, 0xE1, 0xEE, 0xEF
_AFTER_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_PNG_KEPT = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS"}
_ORIENTATION = 0x0112
# Exif's eight orientations as quarter turns clockwise; a mirrored picture is turned, not mirrored.
_TURNS = {1: 0, 2: 0, 3: 2, 4: 2, 5: 1, 6: 1, 7: 3, 8: 3}


WIDTH_MM, HEIGHT_MM = 13, 17  # as printed


@dataclass(frozen=True, slots=True)
class Portrait:
    """A photograph without metadata: its bytes, their type, and how to turn it upright."""

    data: bytes
    media_type: str
    quarter_turns: int

    def svg(self) -> str:
        """Frame it upright, cut to the card's proportions.

        An SVG because it is text: that is how pictures reach Typst without a file.
        """
        size = (WIDTH_MM, HEIGHT_MM) if self.quarter_turns % 2 == 0 else (HEIGHT_MM, WIDTH_MM)
        address = f"data:{self.media_type};base64,{base64.b64encode(self.data).decode()}"
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH_MM} {HEIGHT_MM}">'
            f'<g transform="translate({WIDTH_MM / 2} {HEIGHT_MM / 2}) '
            f'rotate({90 * self.quarter_turns})"><image x="{-size[0] / 2}" y="{-size[1] / 2}" '
            f'width="{size[0]}" height="{size[1]}" preserveAspectRatio="xMidYMid slice" '
            f'href="{address}"/></g></svg>'
        )


def find_portrait(folder: Path, key: str) -> Path | None:
    """Return the photograph in `folder` whose file is named `key`, if there is one.

    Raises:
        PaperError: The key would lead out of the folder.
    """
    if not key or key != Path(key).name or key.startswith("."):
        raise PaperError("a photograph's key is a plain file name without its extension")
    named = (folder / f"{key}{suffix}" for suffix in (*SUFFIXES, *map(str.upper, SUFFIXES)))
    return next((path for path in named if path.is_file()), None)


def read_portrait(path: Path) -> Portrait:
    """Read a JPEG or PNG and leave out everything but the picture.

    Raises:
        PaperError: The file can't be read, is too large, or is neither.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(PHOTO_BYTES_MAX + 1)
    except OSError as error:
        raise PaperError(
            f"a photograph can't be read ({error.strerror}); check the folder"
        ) from None
    if len(raw) > PHOTO_BYTES_MAX:
        raise PaperError(
            f"a photograph is over {PHOTO_BYTES_MAX // 1000} kB; reduce it to 400 pixels wide"
        )
    try:
        return clean(raw)
    except (struct.error, IndexError):
        raise PaperError("a photograph is cut short; copy it again") from None


def clean(raw: bytes) -> Portrait:
    """Leave out of a picture's bytes everything but the picture.

    Raises:
        PaperError: Neither a JPEG nor a PNG.
        struct.error: The file is cut short.
    """
    if raw.startswith(_JPEG):
        return _clean_jpeg(raw)
    if raw.startswith(_PNG):
        return Portrait(_clean_png(raw), "image/png", 0)
    raise PaperError("a photograph is neither a JPEG nor a PNG; convert it")


def _clean_jpeg(raw: bytes) -> Portrait:
    kept, turns, at = [_JPEG], 0, 2
    while True:
        fill, marker, length = struct.unpack_from(">BBH", raw + b"\0\0", at)
        if fill != 0xFF:
            raise PaperError("a photograph is damaged; export it again")
        if marker == _END_OF_IMAGE:  # what follows is not the picture: thumbnails, videos
            return Portrait(b"".join([*kept, b"\xff\xd9"]), "image/jpeg", turns)
        end = at + 2 + length
        if marker == _START_OF_SCAN:
            end = _end_of_scan(raw, end)
        if marker == _APP1:
            turns = _quarter_turns(raw[at + 4 : end]) or turns
        if _draws(marker):
            kept.append(raw[at:end])
        at = end


def _end_of_scan(raw: bytes, start: int) -> int:
    """Return where the next marker is; in a scan, 0xFF is stuffed or a restart."""
    marker = _AFTER_SCAN.search(raw, start)
    if marker is None:
        raise struct.error
    return marker.start()


def _draws(marker: int) -> bool:
    """Say whether a segment is needed to draw: all but comments and cameras' notes."""
    metadata = marker == _COMMENT or _APP0 <= marker <= _APP15
    return not metadata or marker == _APP14  # Adobe's, which says how colours are coded


def _quarter_turns(exif: bytes) -> int:
    """Read the orientation out of an Exif segment; 0 when there is none or it is damaged."""
    if not exif.startswith(b"Exif\0\0"):
        return 0
    tiff = exif[6:]
    order = "<" if tiff.startswith(b"II") else ">"
    try:
        (directory,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, directory)
        for entry in range(directory + 2, directory + 2 + 12 * count, 12):
            tag, _, _, value = struct.unpack_from(f"{order}HHIH", tiff, entry)
            if tag == _ORIENTATION:
                return _TURNS.get(value, 0)
    except struct.error:
        pass
    return 0


def _clean_png(raw: bytes) -> bytes:
    kept, at = [_PNG], len(_PNG)
    while at < len(raw):
        length, kind = struct.unpack_from(">I4s", raw, at)
        if kind in _PNG_KEPT:
            kept.append(raw[at : at + 12 + length])
        at += 12 + length
        if kind == b"IEND":
            return b"".join(kept)
    raise struct.error
