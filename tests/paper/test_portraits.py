"""Photographs: only the picture is kept."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest

from portique.paper import PaperError, find_portrait
from portique.paper.portraits import PHOTO_BYTES_MAX, clean, read_portrait

if TYPE_CHECKING:
    from pathlib import Path

SECRET = b"GPS 43.2965N 5.3698E owner: Somebody"


def _picture(suffix: str) -> bytes:
    ramp = np.add.outer(np.arange(60), np.arange(40)).astype(np.uint8)
    done, encoded = cv2.imencode(suffix, np.dstack([ramp] * 3))
    assert done
    return encoded.tobytes()


def _segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def _exif(orientation: int, order: str = ">") -> bytes:
    mark = b"MM\0*" if order == ">" else b"II*\0"
    entry = struct.pack(f"{order}HHIHH", 0x0112, 3, 1, orientation, 0)
    body = mark + struct.pack(f"{order}IH", 8, 1) + entry + struct.pack(f"{order}I", 0)
    return _segment(0xE1, b"Exif\0\0" + body + SECRET)


def _jpeg(*segments: bytes, tail: bytes = b"") -> bytes:
    plain = _picture(".jpg")
    return plain[:2] + b"".join(segments) + plain[2:] + tail


def _pixels(data: bytes) -> Any:
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)


def test_a_jpeg_loses_where_and_by_whom_it_was_taken():
    """Exif, comments, vendors' notes and what follows the image are gone."""
    raw = _jpeg(
        _exif(1), _segment(0xFE, SECRET), _segment(0xED, SECRET), _segment(0xE2, SECRET),
        tail=SECRET,
    )  # fmt: skip
    portrait = clean(raw)

    assert SECRET not in portrait.data
    assert b"Exif" not in portrait.data
    assert (_pixels(portrait.data) == _pixels(_jpeg())).all()


def test_a_progressive_jpeg_keeps_all_its_scans():
    """Segments between scans are kept when they draw, left out when they tell."""
    ramp = np.add.outer(np.arange(60), np.arange(40)).astype(np.uint8)
    _, encoded = cv2.imencode(".jpg", ramp, [cv2.IMWRITE_JPEG_PROGRESSIVE, 1])
    raw = encoded.tobytes()

    assert (_pixels(clean(raw).data) == _pixels(raw)).all()


@pytest.mark.parametrize(("orientation", "turns"), [(1, 0), (3, 2), (6, 1), (8, 3), (99, 0)])
@pytest.mark.parametrize("order", ["<", ">"])
def test_a_sideways_photograph_is_turned_upright(orientation: int, turns: int, order: str):
    """The camera's orientation is obeyed before it is left out."""
    assert clean(_jpeg(_exif(orientation, order))).quarter_turns == turns


def test_a_damaged_exif_segment_turns_nothing():
    """A directory that lies about its place is ignored."""
    lie = _segment(0xE1, b"Exif\0\0MM\0*\xff\xff\xff\xf0" + SECRET)

    assert clean(_jpeg(lie)).quarter_turns == 0


def test_a_png_loses_its_texts_and_keeps_its_pixels():
    """Ancillary chunks go, transparency excepted."""
    raw = _picture(".png")
    text = b"tEXtComment\0" + SECRET
    chunk = struct.pack(">I", len(text) - 4) + text + struct.pack(">I", zlib.crc32(text))
    portrait = clean(raw[:33] + chunk + raw[33:] + SECRET)

    assert SECRET not in portrait.data
    assert (_pixels(portrait.data) == _pixels(raw)).all()


@pytest.mark.parametrize("suffix", [".jpg", ".png"])
def test_a_file_cut_short_is_refused(tmp_path: Path, suffix: str):
    """Half a picture is never half printed."""
    path = tmp_path / f"half{suffix}"
    path.write_bytes(_picture(suffix)[:-20])

    with pytest.raises(PaperError, match="cut short"):
        read_portrait(path)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"GIF89a", "neither a JPEG nor a PNG"),
        (b"\xff\xd8\x00\x00\x00\x00", "damaged"),
        (bytes(PHOTO_BYTES_MAX + 1), "over 1000 kB"),
    ],
)
def test_what_is_no_photograph_is_refused_with_what_to_do(
    tmp_path: Path, content: bytes, sentence: str
):
    """Each refusal says what to do with the file."""
    (tmp_path / "p.jpg").write_bytes(content)

    with pytest.raises(PaperError, match=sentence):
        read_portrait(tmp_path / "p.jpg")


def test_a_missing_photograph_is_an_error_without_its_name(tmp_path: Path):
    """A file may be named after a person: the message doesn't repeat it."""
    with pytest.raises(PaperError) as refusal:
        read_portrait(tmp_path / "garnier.jpg")

    assert "garnier" not in str(refusal.value)


def test_photographs_are_found_by_key(tmp_path: Path):
    """The extension may be any of the known ones, in small or capital letters."""
    (tmp_path / "0042.JPG").write_bytes(b"")

    assert find_portrait(tmp_path, "0042") == tmp_path / "0042.JPG"
    assert find_portrait(tmp_path, "0043") is None


@pytest.mark.parametrize("key", ["", "../0042", "a/b", "/etc/passwd", ".."])
def test_a_key_never_leads_out_of_the_folder(tmp_path: Path, key: str):
    """Keys come from a spreadsheet."""
    with pytest.raises(PaperError, match="plain file name"):
        find_portrait(tmp_path, key)
