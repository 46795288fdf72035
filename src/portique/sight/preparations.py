"""Ways to prepare a picture before decoding, for codes that resist as they are."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, product

import cv2
import numpy as np

from portique.sight.corners import may_be_reversed, mend
from portique.sight.decoder import Binarizer, Found
from portique.sight.kernels import Restorer, candidates, estimate_spread
from portique.sight.shapes import Box, Grey, Layer, Matrix, Picture, Quad, as_quad, moved
from portique.sight.unbending import Roll, laid_flat
from portique.sight.work import PREPARE, UNBEND

ENLARGED_MAX_PX = 1800
RESTORED_SIDES_PX = (160, 220, 320, 480)  # at one of them the modules are 3 to 5 pixels wide
RESTORED_STRENGTHS = (1.0, 4.0, 15.0, 0.3)  # of the noise term
RESTORED_KERNELS_MAX = 4
NOISE_MIN = 1e-4  # of the picture's power: a file's own rounding
ENLARGED_AFTER_PX = 400  # restored pictures smaller than this are enlarged for the decoder
MODULES_MIN = 21  # of a QR code of version 1
QUIET_PX = 16  # added around a part, for codes cut out to their edge


@dataclass(frozen=True, slots=True)
class Prepared:
    """A picture ready for decoding, and where it came from."""

    name: str
    grey: Grey
    part: Box
    factor: float = 1.0  # how much larger than the part
    border_px: int = 0
    sharpened: bool = False
    binarizer: Binarizer = Binarizer.LOCAL
    to_part: Matrix | None = None  # for a picture laid flat
    price: float = PREPARE  # of making it, in units of work a kilopixel

    def in_picture(self, quad: Quad) -> Quad:
        """Return a quad found in the prepared picture in the pixels of the whole."""
        if self.to_part is not None:
            quad = moved(quad, self.to_part)
        points = (np.array(quad) - self.border_px + 0.5) / self.factor - 0.5
        return as_quad(points + np.array([self.part.left, self.part.top]))


def cropped(grey: Grey, part: Box) -> Grey:
    """Return a part of a picture."""
    return grey[part.top : part.bottom, part.left : part.right]


def evened(grey: Grey, part: Box) -> Iterator[Prepared]:
    """Even out light and noise at the picture's own size."""
    inside = cropped(grey, part)
    yield Prepared("histogram", inside, part, binarizer=Binarizer.HISTOGRAM)
    padded = np.pad(inside, QUIET_PX, constant_values=int(np.percentile(inside, 95)))
    yield Prepared("bordered", padded, part, border_px=QUIET_PX)
    calm = _bytes(cv2.medianBlur(inside, 3))
    yield Prepared("median", calm, part)
    yield Prepared("median histogram", calm, part, binarizer=Binarizer.HISTOGRAM)
    soft = _bytes(cv2.GaussianBlur(inside, (0, 0), 1.0))
    yield Prepared("soft", soft, part)
    yield Prepared("soft histogram", soft, part, binarizer=Binarizer.HISTOGRAM)
    local = _bytes(cv2.createCLAHE(3.0, (8, 8)).apply(inside))
    yield Prepared("local contrast", local, part)
    yield Prepared("local contrast histogram", local, part, binarizer=Binarizer.HISTOGRAM)
    yield Prepared("unsharp", _unsharp(inside, 2.0), part)
    lifted = np.arange(256, dtype=np.float64) / 255
    yield Prepared("lifted", _bytes(255 * lifted**0.4)[inside], part)
    yield Prepared("lowered", _bytes(255 * lifted**2.5)[inside], part)
    for factor in (0.5, 0.3):
        if min(inside.shape) * factor > 40:
            small = cv2.resize(inside, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
            yield Prepared(
                f"reduced {factor}", _bytes(small), part, factor, binarizer=Binarizer.HISTOGRAM
            )


def enlarged(grey: Grey, part: Box) -> Iterator[Prepared]:
    """Enlarge, for modules too small for the decoder's finder."""
    inside = cropped(grey, part)
    for factor in (2, 3):
        if max(inside.shape) * factor > ENLARGED_MAX_PX:
            return
        large = cv2.resize(inside, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
        plain, crisp = _bytes(large), _unsharp(_bytes(large), 1.5 * factor)
        soft = _bytes(cv2.GaussianBlur(plain, (0, 0), 0.8 * factor))
        for name, picture in (("crisp", crisp), ("plain", plain), ("soft", soft)):
            yield Prepared(f"x{factor} {name}", picture, part, factor)
            yield Prepared(
                f"x{factor} {name} histogram", picture, part, factor, binarizer=Binarizer.HISTOGRAM
            )


def restored(grey: Grey, part: Box) -> Iterator[Prepared]:
    """Undo the blur that the part's spectrum tells of, at several sizes.

    A blur is undone best where it is a few pixels wide: large pictures are reduced for it.
    """
    inside = cropped(grey, part)
    factors = [side / max(inside.shape) for side in RESTORED_SIDES_PX]
    layers = [(f, _resized(inside, f)) for f in factors if f <= 2 and f * min(inside.shape) >= 32]
    sized = [(factor, Restorer(layer), estimate_spread(layer)) for factor, layer in layers]
    for strength in RESTORED_STRENGTHS:
        for factor, restorer, spread in sized:
            noise = max((spread.noise_sigma / max(spread.contrast, 1.0)) ** 2, NOISE_MIN)
            for kernel in candidates(spread)[:RESTORED_KERNELS_MAX]:
                sharp = restorer.restore(kernel, noise * strength)
                name = f"restored {factor:.3f} {kernel} {strength}"
                larger = 2 if max(sharp.shape) < ENLARGED_AFTER_PX else 1
                ready = _bytes(_resized(sharp, larger))
                yield Prepared(name, ready, part, larger * factor, sharpened=True)


def _resized(layer: Layer | Grey, factor: float) -> Layer:
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    resized = cv2.resize(layer, None, fx=factor, fy=factor, interpolation=how)
    return np.asarray(resized, dtype=np.float32)


def unbent(grey: Grey, found: Found, rolls: Iterable[Roll]) -> Iterator[Prepared]:
    """Lay a code flat that was located but not read; its size is told within one version."""
    if found.modules is None:
        return
    whole = Box(0, 0, grey.shape[1], grey.shape[0])
    sizes = [
        side
        for side in (found.modules, found.modules + 4, found.modules - 4)
        if side >= MODULES_MIN
    ]
    for roll, side in product(rolls, sizes):
        flat, to_picture = laid_flat(grey, found.quad, side, roll)
        soft = _bytes(cv2.GaussianBlur(flat, (0, 0), 1.5))
        for name, picture, price in (("unbent", flat, UNBEND), ("unbent soft", soft, PREPARE)):
            named = f"{name} {side} {roll}"
            yield Prepared(named, picture, whole, to_part=to_picture, price=price)


def completed(grey: Grey, part: Box) -> Iterator[Prepared]:
    """Lay the part's code flat and draw the finder patterns it lost."""
    inside = cropped(grey, part)
    if min(inside.shape) < 48:
        return
    layer = inside.astype(np.float32)
    for mended in chain(mend(layer), mend(255 - layer) if may_be_reversed(layer) else ()):
        calm = _bytes(cv2.GaussianBlur(mended.grey, (0, 0), 1.5))
        for name, flat in ((mended.name, mended.grey), (f"{mended.name} soft", calm)):
            yield Prepared(name, flat, part, to_part=mended.to_place)


def channels(picture: Picture, part: Box) -> Iterator[Prepared]:
    """Take colours apart: ink and paper may differ in one channel only."""
    if picture.ndim == 2:
        return
    inside = picture[part.top : part.bottom, part.left : part.right]
    most, least = inside.max(axis=2), inside.min(axis=2)
    layers = {
        "blue": inside[..., 0],
        "green": inside[..., 1],
        "red": inside[..., 2],
        "most": most,
        "least": least,
        "saturation": most - least,
    }
    for name, layer in layers.items():
        grey = np.ascontiguousarray(layer)
        yield Prepared(name, grey, part)
        yield Prepared(f"{name} histogram", grey, part, binarizer=Binarizer.HISTOGRAM)


def thresholds(grey: Grey, part: Box) -> Iterator[Prepared]:
    """Decide dark and light by other rules, and close the gaps of dotted or outlined modules."""
    inside = cropped(grey, part)
    for window in (11, 25, 51):
        if min(inside.shape) > window:
            way = cv2.ADAPTIVE_THRESH_GAUSSIAN_C
            local = cv2.adaptiveThreshold(inside, 255, way, cv2.THRESH_BINARY, window, 4)
            yield Prepared(f"adaptive {window}", _bytes(local), part)
    low, high = np.percentile(inside, [2, 98])
    for share in (0.3, 0.5, 0.7, 0.9):
        level = low + share * (high - low)
        flat = _bytes(np.where(inside > level, 255, 0))
        yield Prepared(f"level {share}", flat, part)
    for size in (3, 5):
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
        for name, how in (("open", cv2.MORPH_OPEN), ("close", cv2.MORPH_CLOSE)):
            joined = _bytes(cv2.morphologyEx(inside, how, disc))
            yield Prepared(f"{name} {size}", joined, part)
            yield Prepared(f"{name} {size} histogram", joined, part, binarizer=Binarizer.HISTOGRAM)


def _unsharp(grey: Grey, sigma_px: float) -> Grey:
    return _bytes(cv2.addWeighted(grey, 2.5, cv2.GaussianBlur(grey, (0, 0), sigma_px), -1.5, 0))


def _bytes(layer: Layer | Grey | cv2.typing.MatLike) -> Grey:
    if layer.dtype == np.uint8:
        return np.asarray(layer, dtype=np.uint8)
    return np.clip(np.round(layer), 0, 255).astype(np.uint8)
