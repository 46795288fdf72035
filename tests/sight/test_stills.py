"""Reading still pictures: rendered ones always, real photographs where they are."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from portique.sight.codes import read_picture
from portique.sight.shapes import Picture
from portique.sight.sources import is_picture, load_picture
from portique.testing.held import Fault, held, pass_like_text
from portique.testing.scenes import Card, Placed, Scene, render

TEXT = "https://lycee.example/entree?jour=lundi"


def still(text: str = TEXT, module_px: float = 6.0, side: int = 320, **placed: float) -> Picture:
    one = Placed(Card(text), (side / 2, side / 2), module_px, rotation_deg=placed.get("turn", 0.0))
    return render(Scene((one,), side, side, noise_sigma=2), colour=True).frame


def read_texts(picture: Picture) -> list[str]:
    return [code.text for code in read_picture(picture)]


def test_a_plain_picture_is_read_in_colour_and_grey():
    """Both kinds of picture are accepted."""
    colour = still()

    assert read_texts(colour) == [TEXT]
    assert read_texts(np.ascontiguousarray(colour[..., 1])) == [TEXT]


def test_a_tiny_code_is_read_enlarged():
    """Modules of a pixel and a quarter are too small for the decoder alone."""
    small = cv2.resize(still(turn=8.0), None, fx=0.22, fy=0.22, interpolation=cv2.INTER_AREA)

    assert read_texts(np.asarray(small, dtype=np.uint8)) == [TEXT]


def test_a_blurred_still_is_read_and_says_so():
    """One frame, defocused by six tenths of a module."""
    codes = read_picture(held(40, 0, Fault(0.6)).frame)

    assert [code.text for code in codes] == [pass_like_text(40)]
    assert codes[0].sharpened


def test_ink_that_shows_in_one_channel_only_is_read():
    """Yellow on white is nearly invisible in grey, and plain in blue."""
    grey = still()[..., 1]
    ink = np.full((*grey.shape, 3), 250, np.uint8)
    ink[..., 0] = grey

    assert read_texts(ink) == [TEXT]


def test_control_characters_come_out_as_they_are():
    """The text is what the code says, not a rendering of it."""
    assert read_texts(still("a\x01b\x1dc\r\nd")) == ["a\x01b\x1dc\r\nd"]


@pytest.mark.parametrize("size", [(1, 1), (1, 100), (9, 9), (64, 64)], ids=str)
def test_pictures_without_a_code_give_nothing(size):
    """However small."""
    noise = np.random.default_rng(1).integers(0, 255, size, dtype=np.uint8)

    assert read_texts(noise) == []


def test_a_picture_of_another_type_is_refused():
    """Floating point is a caller's bug."""
    with pytest.raises(ValueError, match="uint8"):
        read_picture(np.zeros((8, 8), np.float32))


def truth_of(path: Path) -> bytes:
    """Return what the picture says; line ends differ between checkouts of the truth."""
    return normal((path.parent / f"{path.name.rsplit('.', 1)[0]}.txt").read_bytes())


def normal(text: bytes) -> bytes:
    return text.replace(b"\r\n", b"\n").rstrip(b"\n")


@pytest.mark.media
@pytest.mark.parametrize("folder", ["qrcode-2", "qrcode-3", "qrcode-5"])
def test_real_photographs_are_all_read(media, folder):
    """Each picture's text is among those read; the decoder alone misses five of ninety."""
    pictures = [path for path in sorted((media / "qr" / folder).iterdir()) if is_picture(path)]

    missed = [
        path.name
        for path in pictures
        if truth_of(path) not in {normal(t.encode()) for t in read_texts(load_picture(path))}
    ]

    assert pictures
    assert missed == []


@pytest.mark.slow
@pytest.mark.media
def test_nothing_is_read_that_is_not_there(media):
    """Pictures that lure readers into seeing codes."""
    lures = [p for p in sorted((media / "qr" / "falsepositives-1").iterdir()) if is_picture(p)]

    assert {path.name: read_texts(load_picture(path)) for path in lures} == {
        path.name: [] for path in lures
    }
