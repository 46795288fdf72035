"""Estimate how a picture was blurred, and undo it.

The blur is read off the power spectrum. A code's modules are random, so its sharp spectrum is
almost the same in all directions and falls slowly; what falls faster is the blur. The logarithm of
the spectrum near the origin is a paraboloid whose curvature is the second moment of everything
that smoothed the picture: defocus equally in all directions, motion in one.
"""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from portique.sight.shapes import Layer

TAPER_PX = 8
PROFILE_STEP = 0.01  # cycles a pixel: the width of a ring of frequencies
LOWEST_RING = 2  # below it is the card, not its code
FEWEST_RINGS, MOST_RINGS = 6, 40
FLOOR_RING = 42  # from here on there is nothing but noise
NOISE_RATIO = 8.0  # the spectrum is trusted where it stands this far above the noise


@dataclass(frozen=True, slots=True)
class Kernel:
    """A supposed blur: a gaussian and a straight movement, in pixels."""

    defocus_px: float
    motion_px: float = 0.0
    motion_deg: float = 0.0


@dataclass(frozen=True, slots=True)
class Spread:
    """Second moments of everything that smoothed a picture, in square pixels."""

    least: float
    most: float
    angle_deg: float  # of the direction of the most
    noise_sigma: float  # in grey levels a pixel
    contrast: float  # standard deviation of the picture, in grey levels

    @property
    def is_directed(self) -> bool:
        """Tell whether the blur has a direction, as motion gives."""
        return self.most > 1.25 * self.least + 0.15

    def resembles(self, other: "Spread") -> bool:
        """Tell whether two pictures were blurred alike, so that averaging them loses nothing."""
        if self.is_directed or other.is_directed:
            turn = abs((self.angle_deg - other.angle_deg + 90) % 180 - 90)
            if turn > 15:
                return False
        return 0.7 < (self.least + self.most) / max(other.least + other.most, 1e-6) < 1.4


def estimate_spread(layer: Layer) -> Spread:
    """Estimate the blur of a picture filled by a code.

    Args:
        layer: Grey levels, `(height, width)`; a code should fill most of it.
    """
    height, width = layer.shape
    size = _fast_size(height), _fast_size(width)
    level = layer - layer.mean()
    padded = np.zeros(size, dtype=np.float32)
    np.multiply(level, _window(height, width), out=padded[:height, :width])
    spectrum = cv2.dft(padded)
    real, imaginary = spectrum[:, 1:-1:2], spectrum[:, 2:-1:2]
    rings = _rings(*size)
    power = (real * real + imaginary * imaginary).ravel()[rings.order]
    floor = float(np.median(power[rings.first[FLOOR_RING] :]))
    kept = slice(rings.first[LOWEST_RING], rings.first[_rings_above(power, rings, floor)])
    terms = rings.terms[:, kept]
    weighed = np.linalg.solve(terms @ terms.T, terms @ np.log(power[kept] + np.float32(1e-9)))
    xx, xy, yy = -weighed[1:].astype(np.float64) / (4 * np.pi**2)
    moments, axes = np.linalg.eigh(np.array([[xx, xy / 2], [xy / 2, yy]]))
    angle = float(np.rad2deg(np.arctan2(axes[1, 1], axes[0, 1])) % 180)
    # The median of an exponential law is its mean times log 2; the window keeps 9/64 of the power.
    noise = np.sqrt(floor / np.log(2) / (height * width * 9 / 64))
    return Spread(float(moments[0]), float(moments[1]), angle, float(noise), float(level.std()))


def candidates(spread: Spread) -> list[Kernel]:
    """Return the kernels to try for such a blur, the likeliest first.

    The estimate includes the modules' own width, which is unknown: hence several shares of it.
    """
    least = max(spread.least, 0.2)
    focus = [Kernel(_rounded(np.sqrt(least * share))) for share in (0.85, 0.93, 0.7, 0.5)]
    if not spread.is_directed:
        return focus
    length = np.sqrt(12 * (spread.most - spread.least))
    angle = round(spread.angle_deg / 4) * 4.0
    still = _rounded(np.sqrt(least * 0.2))
    blurred = _rounded(np.sqrt(least * 0.7))
    motion = [Kernel(still, _rounded(length * r), angle) for r in (1.1, 1.5)]
    return [
        *motion,
        Kernel(blurred, _rounded(length), angle),
        Kernel(still, _rounded(length * 2), angle),
        *focus[:2],
    ]


def _rounded(pixels: float) -> float:
    """Round to steps of 6 %: near estimates share one prepared filter."""
    return float(np.exp(np.round(np.log(max(pixels, 0.3)) / 0.06) * 0.06))


@dataclass(frozen=True, slots=True)
class _Rings:
    """The inner columns of a packed spectrum, sorted by the ring of frequencies they lie in."""

    order: NDArray[np.intp]
    first: NDArray[np.intp]  # where each ring begins in that order
    terms: Layer  # (4, n): 1, across², across * down, down²


@lru_cache(maxsize=8)
def _rings(height: int, width: int) -> _Rings:
    grid = _half_grid(height, width)
    across, down = (layer[:, 1:-1].ravel() for layer in np.broadcast_arrays(*grid))
    ring = (np.hypot(across, down) / PROFILE_STEP).astype(np.intp)
    order = np.argsort(ring, kind="stable")
    across, down = across[order], down[order]
    terms = np.stack([np.ones_like(across), across**2, across * down, down**2])
    return _Rings(order, np.searchsorted(ring[order], np.arange(FLOOR_RING + 1)), terms)


def _half_grid(height: int, width: int) -> tuple[Layer, Layer]:
    """Return the frequencies of half a spectrum, in cycles a pixel: of a row, of a column."""
    across = np.fft.rfftfreq(width)[None, :].astype(np.float32)
    return across, np.fft.fftfreq(height)[:, None].astype(np.float32)


def _rings_above(power: Layer, rings: _Rings, floor: float) -> int:
    """Return how many rings stand above the picture's noise, those below the lowest included."""
    first = rings.first[:FLOOR_RING]
    sums = np.add.reduceat(power[: rings.first[FLOOR_RING]], first)
    profile = sums / np.maximum(np.diff(rings.first), 1)
    drowned = np.flatnonzero(profile[FEWEST_RINGS:MOST_RINGS] < NOISE_RATIO * floor)
    return FEWEST_RINGS + int(drowned[0]) if drowned.size else MOST_RINGS


def _fast_size(side: int) -> int:
    """Return an even size, no smaller, whose transform is quick."""
    return 2 * cv2.getOptimalDFTSize((side + 1) // 2)


@lru_cache(maxsize=16)
def _window(height: int, width: int) -> Layer:
    return np.outer(np.hanning(height), np.hanning(width)).astype(np.float32)


class Restorer:
    """Undo supposed blurs of one picture; its transform is computed once."""

    def __init__(self, layer: Layer) -> None:
        """Prepare a picture, float32 grey levels, `(height, width)`."""
        self._shape = layer.shape
        height, width = (_fast_size(side + 2 * TAPER_PX) for side in layer.shape)
        self._size = (height, width)
        padded = cv2.copyMakeBorder(
            layer,
            TAPER_PX,
            height - layer.shape[0] - TAPER_PX,
            TAPER_PX,
            width - layer.shape[1] - TAPER_PX,
            cv2.BORDER_REFLECT,
        )
        self._spectrum = cv2.dft(padded)

    def restore(self, kernel: Kernel, noise_to_signal: float) -> Layer:
        """Return the picture with a supposed blur undone (Wiener), not clipped."""
        gain = _wiener(self._size, kernel, _ratio_step(noise_to_signal))
        product = cv2.multiply(self._spectrum, gain)
        whole = cv2.idft(product, flags=cv2.DFT_SCALE | cv2.DFT_REAL_OUTPUT)
        height, width = self._shape
        inside = whole[TAPER_PX : TAPER_PX + height, TAPER_PX : TAPER_PX + width]
        return np.asarray(inside, dtype=np.float32)


def _ratio_step(ratio: float) -> float:
    """Round to a factor of two, within what helps: near ratios share one prepared filter."""
    return float(2.0 ** np.round(np.log2(np.clip(ratio, 3e-5, 3e-2))))


@lru_cache(maxsize=24)
def _wiener(size: tuple[int, int], kernel: Kernel, ratio: float) -> Layer:
    """Return what the inverse filter makes of each number of OpenCV's packed spectrum.

    A symmetric blur has a real response: the real and the imaginary part of a frequency are
    multiplied alike. The mean is kept.
    """
    response = _response(size, kernel)
    inverse = response / (response**2 + np.float32(ratio))
    inverse[0, 0] = 1.0
    packed = np.empty(size, dtype=np.float32)
    packed[:, 1:-1] = inverse[:, 1:-1].repeat(2, axis=1)
    # The outer columns are real spectra of their own: each frequency's two parts follow each other.
    rows = (np.arange(size[0]) + 1) // 2
    packed[:, 0], packed[:, -1] = inverse[rows, 0], inverse[rows, -1]
    return packed


def _response(size: tuple[int, int], kernel: Kernel) -> Layer:
    """Return what a blur leaves of each frequency: real, for both blurs are symmetric."""
    across, down = _half_grid(*size)
    fall = np.float32(-2 * (np.pi * kernel.defocus_px) ** 2)
    response: Layer = np.exp(fall * across**2) * np.exp(fall * down**2)
    if kernel.motion_px:
        angle = np.deg2rad(kernel.motion_deg)
        along = across * np.float32(np.cos(angle)) + down * np.float32(np.sin(angle))
        response *= np.sinc(np.float32(kernel.motion_px) * along)
    return response
