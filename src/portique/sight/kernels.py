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

TAPER_PX = 12
LOWEST_FREQUENCY = 0.015  # cycles a pixel; below it is the card, not its code
HIGHEST_FREQUENCY = 0.4
NOISE_RATIO = 8.0  # the spectrum is trusted where it stands this far above the noise
PROFILE_STEP = 0.01


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
    level = layer - layer.mean()
    size = (cv2.getOptimalDFTSize(height), cv2.getOptimalDFTSize(width))
    power = np.abs(np.fft.rfft2(level * _window(height, width), s=size)) ** 2
    grid = _frequencies(*size)
    floor = float(np.median(power[grid.radius > 0.42]))
    mask = (grid.radius > LOWEST_FREQUENCY) & (grid.radius < _band(power, grid, floor))
    terms = grid.terms[mask]
    weighed = np.linalg.solve(terms.T @ terms, terms.T @ np.log(power[mask] + 1e-9))
    xx, xy, yy = -weighed[1:] / (4 * np.pi**2)
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
class _Frequencies:
    radius: NDArray[np.float32]
    ring: NDArray[np.intp]
    terms: NDArray[np.float64]


@lru_cache(maxsize=16)
def _frequencies(height: int, width: int) -> _Frequencies:
    down = np.fft.fftfreq(height)[:, None]
    across = np.fft.rfftfreq(width)[None, :]
    radius = np.hypot(across, down)
    terms = np.stack(np.broadcast_arrays(1.0, across**2, across * down, down**2), axis=-1)
    ring = (radius / PROFILE_STEP).astype(np.intp)
    return _Frequencies(radius.astype(np.float32), ring, terms)


def _band(power: NDArray[np.float32], grid: _Frequencies, floor: float) -> float:
    """Return the frequency up to which the picture stands above its noise."""
    sums = np.bincount(grid.ring.ravel(), power.ravel())
    profile = sums / np.maximum(np.bincount(grid.ring.ravel()), 1)
    drowned = np.flatnonzero(profile[4:] < NOISE_RATIO * floor)
    limit = (drowned[0] + 4) * PROFILE_STEP if drowned.size else HIGHEST_FREQUENCY
    return float(np.clip(limit, 0.06, HIGHEST_FREQUENCY))


@lru_cache(maxsize=16)
def _window(height: int, width: int) -> Layer:
    return np.outer(np.hanning(height), np.hanning(width)).astype(np.float32)


class Restorer:
    """Undo supposed blurs of one picture; its transform is computed once."""

    def __init__(self, layer: Layer) -> None:
        """Prepare a picture, float32 grey levels, `(height, width)`."""
        self._shape = layer.shape
        height, width = (cv2.getOptimalDFTSize(side + 2 * TAPER_PX) for side in layer.shape)
        self._size = (height, width)
        self._mean = float(layer.mean())
        padded = cv2.copyMakeBorder(
            layer - self._mean,
            TAPER_PX,
            height - layer.shape[0] - TAPER_PX,
            TAPER_PX,
            width - layer.shape[1] - TAPER_PX,
            cv2.BORDER_REFLECT,
        )
        self._spectrum = cv2.dft(padded)

    def restore(self, kernel: Kernel, noise_to_signal: float) -> Layer:
        """Return the picture with a supposed blur undone (Wiener), not clipped."""
        inverse = _wiener(self._size, kernel, _ratio_step(noise_to_signal))
        product = cv2.mulSpectrums(self._spectrum, inverse, 0)
        whole = cv2.idft(product, flags=cv2.DFT_SCALE | cv2.DFT_REAL_OUTPUT)
        height, width = self._shape
        inside = whole[TAPER_PX : TAPER_PX + height, TAPER_PX : TAPER_PX + width]
        return np.asarray(inside + self._mean, dtype=np.float32)


def _ratio_step(ratio: float) -> float:
    """Round to a factor of two, within what helps: near ratios share one prepared filter."""
    return float(2.0 ** np.round(np.log2(np.clip(ratio, 3e-5, 3e-2))))


@lru_cache(maxsize=96)
def _wiener(size: tuple[int, int], kernel: Kernel, ratio: float) -> Layer:
    """Return the inverse filter in OpenCV's packed form."""
    response = _response(size, kernel)
    inverse = np.fft.irfft2(response / (response**2 + ratio), s=size).astype(np.float32)
    return np.asarray(cv2.dft(inverse), dtype=np.float32)


def _response(size: tuple[int, int], kernel: Kernel) -> NDArray[np.float64]:
    """Return what a blur leaves of each frequency: real, for both blurs are symmetric."""
    down = np.fft.fftfreq(size[0])[:, None]
    across = np.fft.rfftfreq(size[1])[None, :]
    angle = np.deg2rad(kernel.motion_deg)
    along = across * np.cos(angle) + down * np.sin(angle)
    focus = np.exp(-2 * (np.pi * kernel.defocus_px) ** 2 * (across**2 + down**2))
    response: NDArray[np.float64] = focus * np.sinc(kernel.motion_px * along)
    return response
