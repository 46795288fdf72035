"""Measure reading: time a frame beside other readers, and what each still reads as faults grow."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from portique.sight.shapes import Grey
    from portique.testing.held import Fault
    from portique.testing.scenes import Rendered

Row = dict[str, Any]

FRAMES = 15  # one second
SIZES = ((640, 480), (1280, 720), (1920, 1080))
SMALLEST_MODULE_PX = 2.6
DEFOCUS_MODULES = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
MOTION_MODULES = (1.0, 1.5, 2.0, 2.5, 3.0)
FRESH_SEED = 2_000  # of photographs that nothing was fitted to
CONDITIONS = ("plain", "blur", "noise", "dim", "glare", "all")


@dataclass(frozen=True, slots=True)
class Reader:
    """One reader under comparison: texts of a frame, and how to start it afresh."""

    name: str
    fresh: Callable[[], Callable[[Grey, int], set[str]]]


def time_rows(repeats: int = 30) -> list[Row]:
    """Time one 1280 x 720 frame, without and with a code, for each reader; one core."""
    from portique.testing.held import Fault, held
    from portique.testing.scenes import Scene, render

    _one_core()
    frames = {
        "without": render(Scene(noise_sigma=5)).frame,
        "with": held(1, 0, Fault()).frame,
        "blurred": held(1, 0, Fault(defocus_modules=0.6)).frame,
        "unreadable": held(1, 0, Fault(defocus_modules=1.2)).frame,  # all that a frame may cost
    }
    rows: list[Row] = []
    for reader in readers():
        for name, frame in frames.items():
            read = reader.fresh()
            spent = [_milliseconds(read, frame, 67 * n) for n in range(repeats)]
            rows.append(
                {
                    "reader": reader.name,
                    "frame": name,
                    "median_ms": round(statistics.median(spent), 2),
                    "max_ms": round(max(spent), 2),
                }
            )
    return rows


def fault_rows(seeds: int = 50, *, defocus: bool = True, motion: bool = True) -> Iterator[Row]:
    """Yield, for each fault and reader, the share of one-second showings read."""
    from portique.testing.held import Fault

    _one_core()
    faults: list[tuple[str, float, Fault]] = []
    if defocus:
        faults += [("defocus", s, Fault(defocus_modules=s)) for s in DEFOCUS_MODULES]
    if motion:
        faults += [("motion", s, Fault(motion_modules=s)) for s in MOTION_MODULES]
    for kind, step, fault in faults:
        for reader in readers():
            # The peers keep nothing between frames: five frames tell as much, in less time.
            frames = FRAMES if reader.name == "portique" else 5
            yield {"fault": kind, "modules": step} | _share(reader, seeds, frames, fault)


def scene_rows(seeds: int = 120) -> Iterator[Row]:
    """Yield, for each condition, the share of showings decided on rendered scenes.

    Three frame sizes, every surface, three backgrounds, tilt up to 45 degrees, smallest module
    between 2.6 and 6 pixels after tilt.
    """
    from portique.sight.codes import CodeReader

    _one_core()
    for condition in CONDITIONS:
        read = wrong = shown = 0
        for seed in range(seeds):
            reader = CodeReader()
            shown += 1
            for number, (frame, text) in enumerate(varied(seed, condition)):
                seen = {code.text for code in reader.read(frame.frame, at_ms=67 * number).codes}
                wrong += bool(seen - {text})
                if text in seen:
                    read += 1
                    break
        yield {"condition": condition, "showings": shown, "read": read, "wrong": wrong}


def still_rows(seeds: int = 40) -> Iterator[Row]:
    """Yield, for each kind of hard photograph, the texts read from it, and zxing-cpp's beside."""
    from portique.sight.codes import read_picture
    from portique.testing.photographs import Kind, photograph

    _one_core()
    for kind in Kind:
        row: Row = {"photograph": str(kind), "texts": 0, "portique": 0, "zxing-cpp": 0, "wrong": 0}
        spent: list[float] = []
        for seed in range(FRESH_SEED, FRESH_SEED + (seeds if kind is not Kind.LARGE else 5)):
            shown = photograph(kind, seed)
            start = time.process_time()
            texts = {code.text for code in read_picture(shown.picture)}
            spent.append(1000 * (time.process_time() - start))
            row["texts"] += len(shown.texts)
            row["portique"] += len(texts & shown.texts)
            row["zxing-cpp"] += len(_zxing(shown.picture, 0) & shown.texts)
            row["wrong"] += len(texts - shown.texts)
        yield row | {"mean_ms": round(statistics.fmean(spent)), "max_ms": round(max(spent))}


def varied(seed: int, condition: str) -> Iterator[tuple[Rendered, str]]:
    """Yield the frames of one showing on a rendered scene, with the text shown."""
    import numpy as np

    from portique.testing.backgrounds import Background
    from portique.testing.held import pass_like_text
    from portique.testing.scenes import Card, Glare, Placed, Scene, Surface, render

    drawn = np.random.default_rng((seed, 7))
    everything = condition == "all"
    version = int(drawn.choice([7, 9, 10, 11]))
    text = pass_like_text(seed, {7: 170, 9: 250, 10: 300, 11: 350}[version])
    card = Card(text, list(Surface)[seed % len(Surface)], version=version)
    size = SIZES[seed % 3]
    pose = _pose(drawn, card, size)
    blur = drawn.uniform(0, 0.35) * pose.module_px if everything or condition == "blur" else 0.0
    across, down, radius = drawn.uniform((0.0, 0.0, 1.0), (1.0, 1.0, 4.5))
    spot = Glare(float(across), float(down), float(radius))
    lit = condition == "glare" or (everything and seed % 2 == 0)
    light = drawn.uniform(0.12, 1.0) if everything or condition == "dim" else 1.0
    noise = drawn.uniform(0, 8) if everything or condition == "noise" else 2.0
    wall = list(Background)[int(drawn.integers(len(Background)))]
    for number in range(FRAMES):
        x, y, slide_x, slide_y = np.random.default_rng((seed, number)).normal(0, 1, 4)
        moving = Glare(spot.x + 0.03 * slide_x, spot.y + 0.03 * slide_y, spot.radius_modules)
        placed = Placed(
            card,
            (pose.centre_px[0] + 2 * x, pose.centre_px[1] + 2 * y),
            pose.module_px,
            pose.rotation_deg,
            pose.tilt_deg,
            pose.tilt_axis_deg,
            defocus_px=blur,
            glare=moving if lit else None,
        )
        scene = Scene((placed,), *size, wall, seed, light, noise, 100 * seed + number)
        yield render(scene), text


def _pose(drawn: Any, card: Any, size: tuple[int, int]) -> Any:
    """Choose a pose that keeps the whole code in view, its smallest module from 2.6 px up."""
    import numpy as np

    from portique.testing.scenes import Placed, smallest_module_px, symbol_modules

    rotation, axis = drawn.uniform(0, 360, 2)
    tilt = drawn.uniform(0, 45)
    turned = abs(np.cos(np.deg2rad(rotation))) + abs(np.sin(np.deg2rad(rotation)))
    side = (symbol_modules(card) + 8) * turned * 1.06
    middle = (size[0] / 2, size[1] / 2)
    wanted = float(np.exp(drawn.uniform(np.log(SMALLEST_MODULE_PX), np.log(6.0))))
    module = min(wanted, min(size) / side)
    for _ in range(4):
        smallest = smallest_module_px(Placed(card, middle, module, rotation, tilt, axis), size)
        module = min(module * max(wanted / smallest, 0.5), min(size) / side)
    smallest = smallest_module_px(Placed(card, middle, module, rotation, tilt, axis), size)
    if smallest < SMALLEST_MODULE_PX:  # too large a code for so small a frame, so tilted
        tilt = 0.0
    room = (max(0.0, size[0] - module * side) / 2, max(0.0, size[1] - module * side) / 2)
    x, y = (middle[n] + drawn.uniform(-room[n], room[n]) for n in (0, 1))
    return Placed(card, (x, y), module, rotation, tilt, axis)


def readers() -> list[Reader]:
    """Return the readers to compare: ours, and the peers that this machine has."""
    found = [
        Reader("portique", _portique),
        Reader("zxing-cpp", lambda: _zxing),
        Reader("opencv", _opencv),
    ]
    try:
        import pyzbar.pyzbar  # noqa: F401 - it fails without the system's libzbar
    except ImportError:
        return found
    return [*found, Reader("pyzbar", lambda: _pyzbar)]


def _portique() -> Callable[[Grey, int], set[str]]:
    from portique.sight.codes import CodeReader

    reader = CodeReader()
    return lambda grey, at_ms: {code.text for code in reader.read(grey, at_ms=at_ms).codes}


def _zxing(grey: Grey, _at_ms: int) -> set[str]:
    import zxingcpp

    formats = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
    found = zxingcpp.read_barcodes(grey, formats=formats)
    return {barcode.text for barcode in found}


def _opencv() -> Callable[[Grey, int], set[str]]:
    import cv2

    detector = cv2.QRCodeDetector()

    def read(grey: Grey, _at_ms: int) -> set[str]:
        return {text for text in detector.detectAndDecodeMulti(grey)[1] if text}

    return read


def _pyzbar(grey: Grey, _at_ms: int) -> set[str]:
    from pyzbar import pyzbar

    found = pyzbar.decode(grey, symbols=[pyzbar.ZBarSymbol.QRCODE])
    return {code.data.decode("utf-8", "replace") for code in found}


def _share(reader: Reader, seeds: int, frames: int, fault: Fault) -> Row:
    """Count the showings a reader reads within its frames, its wrong texts, its time a frame."""
    from portique.testing.held import FRAME_MS, held, pass_like_text

    read_in_time = wrong = 0
    spent: list[float] = []
    for seed in range(seeds):
        look, text = reader.fresh(), pass_like_text(seed)
        for number in range(frames):
            frame = held(seed, number, fault).frame
            start = time.process_time()
            texts = look(frame, FRAME_MS * number)
            spent.append(1000 * (time.process_time() - start))
            wrong += bool(texts - {text})
            if text in texts:
                read_in_time += 1
                break
    return {
        "reader": reader.name,
        "showings": seeds,
        "read": read_in_time,
        "wrong": wrong,
        "median_ms": round(statistics.median(spent), 1),
        "mean_ms": round(statistics.fmean(spent), 1),
    }


def _milliseconds(read: Callable[[Grey, int], set[str]], frame: Grey, at_ms: int) -> float:
    start = time.process_time()
    read(frame, at_ms)
    return 1000 * (time.process_time() - start)


def _one_core() -> None:
    import cv2

    cv2.setNumThreads(1)
