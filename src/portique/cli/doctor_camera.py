"""Measure a camera through the same drivers and the same reader a gate uses."""

from __future__ import annotations

import statistics
import threading
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import zxingcpp

from portique.core.errors import EnvironmentProblem
from portique.gate.capture import open_source
from portique.gate.clock import SystemTime
from portique.sight.shapes import as_quad, box_around, mean_side

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from portique.gate.capture import Frame, Grey
    from portique.sight.shapes import Quad

_FORMATS = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
CLOCK_PREFIX = "PORTIQUE-TIME:"
CLOCK_EVERY_S = 0.3
FIRST_FRAME_S_MAX = 20.0
READER_THREAD = "newest-frame"  # of `portique.gate.capture.live`
READER_ENDS_S = 5.0  # a network camera may be waited for
RATE_MIN = 15.0
MODULE_PX_MIN = 2.6  # docs/reading.md: smallest module read 99 times in 100
BLUR_MODULES_MAX = 0.6
BRIGHTNESS_MIN, BRIGHTNESS_MAX = 50.0, 215.0
LATENCY_MS_MAX = 300.0
GAUSS_PEAK = 2.5066  # sqrt(2 pi): an edge of contrast c blurred by s has slope c / (s sqrt(2 pi))


@dataclass(frozen=True, slots=True)
class Measured:
    """A camera's figures; the help of `portique doctor camera` explains each."""

    frames: int
    seconds: float
    frames_per_second: float | None
    width: int
    height: int
    brightness: float
    codes_seen: float
    module_px: float | None
    blur_px: float | None
    blur_modules: float | None
    read_ms: float
    latency_ms: float | None
    notices: tuple[str, ...]
    advice: tuple[str, ...]


@dataclass(slots=True)
class Samples:
    """What single frames gave."""

    first: Frame | None = None
    last: Frame | None = None
    looked_at: int = 0
    with_code: int = 0
    brightness: list[float] = field(default_factory=list)
    module_px: list[float] = field(default_factory=list)
    blur_px: list[float] = field(default_factory=list)
    read_ms: list[float] = field(default_factory=list)
    latency_ms: list[float] = field(default_factory=list)


def measure(source: str, *, seconds: float, show: Callable[[str], None] | None = None) -> Measured:
    """Look at a source for some seconds, or to its end.

    Args:
        source: See `open_source`.
        seconds: How long, from the first frame on.
        show: Draws a text as a code on this machine's screen, for the latency.

    Raises:
        EnvironmentProblem: No camera there, or it gives no picture.
    """
    cv2.setNumThreads(1)
    notices: list[str] = []
    samples = Samples()
    with open_source(
        source, at=SystemTime().wall_ms(), real_time=True, newest_only=True, notice=notices.append
    ) as frames:
        stop = threading.Timer(FIRST_FRAME_S_MAX + seconds, frames.close)
        stop.start()
        try:
            drawn = _draw_now(show, 0.0)
            for frame in frames:
                _sample(samples, frame)
                drawn = _draw_now(show, drawn)
                if samples.first and frame.at_ms - samples.first.at_ms >= seconds * 1000:
                    break
        finally:
            stop.cancel()
    _wait_for_reader()
    if samples.first is None:
        raise EnvironmentProblem(
            f"No picture came in {FIRST_FRAME_S_MAX + seconds:.0f} s: check the camera's cable and "
            f"power. {' '.join(notices)}".strip()
        )
    live = not Path(source).exists() or source.startswith("/dev/")
    return summary(samples, tuple(dict.fromkeys(notices)), live=live)


def _wait_for_reader() -> None:
    """Let the thread that reads ahead end: one inside OpenCV at the exit aborts the process."""
    for thread in threading.enumerate():
        if thread.name == READER_THREAD:
            thread.join(READER_ENDS_S)


def _draw_now(show: Callable[[str], None] | None, drawn_s: float) -> float:
    """Draw the time again if it is due; when it was last drawn."""
    if show is None or time.monotonic() - drawn_s < CLOCK_EVERY_S:
        return drawn_s
    show(f"{CLOCK_PREFIX}{SystemTime().wall_ms()}")
    return time.monotonic()


def _sample(samples: Samples, frame: Frame) -> None:
    """Add one frame's figures."""
    samples.first = samples.first or frame
    samples.last = frame
    samples.looked_at += 1
    samples.brightness.append(float(frame.grey.mean()))
    began = time.perf_counter()
    codes = _codes(frame.grey)
    samples.read_ms.append((time.perf_counter() - began) * 1000)
    samples.with_code += bool(codes)
    for code in codes:
        _sample_code(samples, frame, code)


def _codes(grey: Grey) -> list[zxingcpp.Barcode]:
    """Read the codes; straight from the decoder, which alone tells how many modules one has."""
    return list(zxingcpp.read_barcodes(grey, formats=_FORMATS))


def _sample_code(samples: Samples, frame: Frame, code: zxingcpp.Barcode) -> None:
    place = code.position
    corners = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
    quad = as_quad(np.array([(corner.x, corner.y) for corner in corners], dtype=np.float64))
    extra = code.extra
    version = str(extra.get("Version", "")) if isinstance(extra, dict) else ""
    if version.isdecimal():
        samples.module_px.append(mean_side(quad) / (17 + 4 * int(version)))
    blur = blur_px(frame.grey, quad)
    if blur is not None:
        samples.blur_px.append(blur)
    digits = code.text.removeprefix(CLOCK_PREFIX)
    if digits != code.text and digits.isdecimal() and len(digits) < 16:
        samples.latency_ms.append(frame.at_ms - int(digits))


def blur_px(grey: Grey, quad: Quad) -> float | None:
    """Estimate the blur of a code's edges as the sigma of a Gaussian, in pixels.

    The steepest edges inside the code have the slope of a step of its contrast,
    blurred; a perfectly sharp picture gives about 0.4. None without contrast.
    """
    box = box_around(quad, margin_px=1.0).within(grey.shape)
    inside = grey[box.top : box.bottom, box.left : box.right].astype(np.float32)
    if inside.size < 100:
        return None
    dark, light = np.percentile(inside, (5, 95))
    slopes = np.hypot(
        cv2.Scharr(inside, cv2.CV_32F, 1, 0) / 32, cv2.Scharr(inside, cv2.CV_32F, 0, 1) / 32
    )
    slope = float(np.percentile(slopes, 98))
    return None if light - dark < 20 or slope <= 0 else float(light - dark) / (slope * GAUSS_PEAK)


def summary(samples: Samples, notices: tuple[str, ...], *, live: bool = True) -> Measured:
    """Put the samples into figures, and the figures into advice; a file has no rate of its own."""
    assert samples.first is not None  # noqa: S101 - the caller saw to it
    assert samples.last is not None  # noqa: S101
    span_s = (samples.last.at_ms - samples.first.at_ms) / 1000
    frames = samples.last.number - samples.first.number + 1
    module, blur = _median(samples.module_px), _median(samples.blur_px)
    figures = Measured(
        frames=frames,
        seconds=round(span_s, 2),
        frames_per_second=round((frames - 1) / span_s, 1) if span_s else None,
        width=samples.last.grey.shape[1],
        height=samples.last.grey.shape[0],
        brightness=round(statistics.median(samples.brightness), 1),
        codes_seen=round(samples.with_code / samples.looked_at, 3),
        module_px=module,
        blur_px=blur,
        blur_modules=round(blur / module, 2) if blur and module else None,
        read_ms=round(statistics.median(samples.read_ms), 1),
        latency_ms=_median(samples.latency_ms),
        notices=notices,
        advice=(),
    )
    return _advised(figures, live=live)


def _median(values: Sequence[float]) -> float | None:
    return round(statistics.median(values), 2) if values else None


def _advised(figures: Measured, *, live: bool) -> Measured:
    rate, module, blur = figures.frames_per_second, figures.module_px, figures.blur_modules
    rules = (
        (
            live and rate is not None and rate < RATE_MIN,
            f"{rate} frames a second: people walk on; ask the camera for MJPEG, add light.",
        ),
        (
            figures.brightness < BRIGHTNESS_MIN,
            "The picture is dark: put a lamp above the reader, towards the codes.",
        ),
        (
            figures.brightness > BRIGHTNESS_MAX,
            "The picture is overexposed: turn the camera away from the window, or shade it.",
        ),
        (
            module is None,
            "No code was read: hold a printed pass, flat and still, where people will."
            if live
            else "No code was read in these pictures.",
        ),
        (
            module is not None and module < MODULE_PX_MIN,
            f"A module is only {module} pixels wide: bring the codes closer, or the camera nearer.",
        ),
        (
            blur is not None and blur > BLUR_MODULES_MAX,
            "The codes are blurred: mend the focus, shorten the exposure, clean the lens.",
        ),
        (
            live and figures.latency_ms is not None and figures.latency_ms > LATENCY_MS_MAX,
            "Pictures arrive late: switch off the camera's own buffering, use a cable.",
        ),
    )
    return replace(figures, advice=tuple(sentence for applies, sentence in rules if applies))
