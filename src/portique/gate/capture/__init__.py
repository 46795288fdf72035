"""Where pictures come from: one file per kind of camera, all giving grey frames with their time.

Importing this package loads no picture library: a source's driver is imported
when the source is opened, so that a capture process holds only the one it needs.
"""

from __future__ import annotations

import importlib
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol, Self
from urllib.parse import urlsplit, urlunsplit

from portique.core.errors import EnvironmentProblem
from portique.gate.capture.wishes import DEFAULT_WISHES, Wishes
from portique.gate.clock import SystemTime
from portique.sight.limits import PICTURE_SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

    import numpy as np
    from numpy.typing import NDArray

    Grey = NDArray[np.uint8]

STREAM_SCHEMES = frozenset({"http", "https", "rtsp", "rtsps"})
LIVE_DRIVERS = frozenset({"webcam", "stream"})
FILM_PREFIX = "film:"


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture.

    `number` counts from 0, pictures of a folder that can't be read included. `at_ms` is camera
    time in UTC milliseconds: the time given for the first frame, then the source's own pace (a
    file) or a steady clock (a live camera), so it never jumps back.
    `grey` has shape (height, width), uint8.
    """

    number: int
    at_ms: int
    grey: Grey


class Shot(NamedTuple):
    """What a driver gives: a grey picture, and its time since the source began.

    `left_out` counts the pictures just before it that couldn't be read.
    """

    offset_ms: int
    grey: Grey
    left_out: int = 0


def _say_nothing(_sentence: str) -> None:
    """Drop a notice nobody asked for."""


_steady_ms = SystemTime().boot_ms


@dataclass(frozen=True, slots=True)
class Play:
    """How a source is to be played.

    Args:
        starts_ms: Time of the first frame, UTC milliseconds.
        first_number: The first frame's number.
        wishes: What a camera is asked for.
        real_time: Play a file no faster than it was filmed.
        keep_trying: Wait for a lost camera and go on; otherwise its loss ends the source.
        notice: Called with one sentence when something happens that a technician should know.
        ticks_ms: A steady clock.
        retry_s: Waits between attempts at a lost camera; the last one repeats.
        closing: Set when nobody wants frames any more; every wait of a driver ends then.
    """

    starts_ms: int
    first_number: int = 0
    wishes: Wishes = DEFAULT_WISHES
    real_time: bool = False
    keep_trying: bool = False
    notice: Callable[[str], None] = _say_nothing
    ticks_ms: Callable[[], int] = _steady_ms
    retry_s: tuple[float, ...] = (0.5, 1.0, 2.0, 5.0)
    closing: threading.Event = field(default_factory=threading.Event)
    _began_ms: int = field(init=False)

    def __post_init__(self) -> None:
        """Start the steady clock of the source."""
        object.__setattr__(self, "_began_ms", self.ticks_ms())

    def elapsed_ms(self) -> int:
        """Tell the time since the source began, its losses included."""
        return self.ticks_ms() - self._began_ms

    def pause(self, wait_s: float) -> bool:
        """Wait, and tell whether the source is being closed."""
        return self.closing.wait(max(0.0, wait_s))


class FrameSource:
    """Frames in order, until the source ends or is closed; see `open_source`."""

    def __init__(self, frames: Iterator[Frame], play: Play) -> None:
        self._frames = frames
        self._play = play

    def __iter__(self) -> Iterator[Frame]:
        """Give the frames; there is one pass through them."""
        return self._frames

    def close(self) -> None:
        """Stop: a waiting iterator ends soon after."""
        self._play.closing.set()

    def __enter__(self) -> Self:
        """Close at the end of a `with` block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()


class Driver(Protocol):
    """What each driver's module offers."""

    def open_shots(self, place: str, play: Play) -> Iterator[Shot]:
        """Open at once, then give pictures until the end.

        Raises:
            EnvironmentProblem: Nothing readable there, or the camera was lost on the way.
        """
        ...


def open_source(
    address: str,
    *,
    at: int,
    real_time: bool = False,
    newest_only: bool = False,
    notice: Callable[[str], None] = _say_nothing,
    wishes: Wishes = DEFAULT_WISHES,
) -> FrameSource:
    """Open whatever `address` names.

    Args:
        address: `0` or `/dev/video0` (webcam), a video file, a picture, a folder of
            pictures, `http://…` or `https://…` (MJPEG), `rtsp://…`, or
            `film:package.module:factory?name=value` (frames made by a program).
        at: Time of the first frame, UTC milliseconds.
        real_time: Play files and films no faster than they were filmed.
        newest_only: Live use: a slow reader gets the newest frame and misses those
            before, and a lost camera is waited for. Otherwise no frame is
            dropped, and the loss of the camera ends the source.
        notice: Called with one sentence for each thing a technician should know.
        wishes: What a camera is asked for.

    Raises:
        EnvironmentProblem: Nothing readable there; says what, why and what to do.
    """
    play = Play(
        at,
        wishes=wishes,
        real_time=real_time,
        keep_trying=newest_only,
        notice=notice,
    )
    frames = open_frames(address, play)
    if newest_only:
        live = importlib.import_module("portique.gate.capture.live")
        frames = live.newest(frames, play)
    return FrameSource(frames, play)


def open_frames(address: str, play: Play) -> Iterator[Frame]:
    """Open `address` with its driver; every frame is given, in order.

    Raises:
        EnvironmentProblem: Nothing readable there.
    """
    name, place = driver_of(address)
    driver: Driver = importlib.import_module(f"portique.gate.capture.{name}")
    shots = driver.open_shots(place, play)
    if name not in LIVE_DRIVERS:
        return _numbered(_paced(shots, play) if play.real_time else shots, play, from_first=True)
    if not play.keep_trying:
        return _numbered(_until_lost(shots, play), play, from_first=True)
    live = importlib.import_module("portique.gate.capture.live")
    return _numbered(live.again(shots, lambda: driver.open_shots(place, play), play), play)


def _paced(shots: Iterator[Shot], play: Play) -> Iterator[Shot]:
    """Hold each shot back until its time has come, counted from the first one."""
    began_ms = None
    for shot in shots:
        if began_ms is None:
            began_ms = play.ticks_ms() - shot.offset_ms
        early_ms = shot.offset_ms - (play.ticks_ms() - began_ms)
        if early_ms > 0 and play.pause(early_ms / 1000):
            return
        yield shot


def _until_lost(shots: Iterator[Shot], play: Play) -> Iterator[Shot]:
    """Take the loss of a live camera as its end; one that never gave a picture is a problem."""
    given = False
    try:
        for shot in shots:
            yield shot
            given = True
    except EnvironmentProblem as problem:
        if not given:
            raise
        play.notice(str(problem))


def _numbered(shots: Iterator[Shot], play: Play, *, from_first: bool = False) -> Iterator[Frame]:
    """Number the shots and date them: `from_first` puts the first one at `starts_ms` exactly."""
    base, number = None, play.first_number
    for shot in shots:
        if play.closing.is_set():
            return
        if base is None:
            base = shot.offset_ms if from_first else 0
        else:
            number += shot.left_out
        yield Frame(number, play.starts_ms + shot.offset_ms - base, shot.grey)
        number += 1


def driver_of(address: str) -> tuple[str, str]:
    """Tell which driver opens `address`, and what it is to open.

    Raises:
        EnvironmentProblem: No such file.
    """
    if address.isdecimal() or address.startswith("/dev/video"):
        return "webcam", address
    if address.startswith(FILM_PREFIX):
        return "film", address.removeprefix(FILM_PREFIX)
    if urlsplit(address).scheme in STREAM_SCHEMES:
        return "stream", address
    path = Path(address)
    if not path.exists():
        raise EnvironmentProblem(
            f"There is no file, folder or camera named {address}: check the path, or give a camera "
            "number (0), a file, a folder of pictures, or an http:// or rtsp:// address."
        )
    if not path.is_file() and not path.is_dir():
        raise EnvironmentProblem(
            f"{address} is a pipe or a device, not a picture or a film: give a file, or a camera's "
            "number."
        )
    still = path.is_dir() or path.suffix.lower() in PICTURE_SUFFIXES
    return ("pictures" if still else "video"), address


def shown(address: str) -> str:
    """Give an address fit for a notice or a log: without user name, password or query."""
    parts = urlsplit(address)
    if parts.scheme not in STREAM_SCHEMES:
        return address.partition("?")[0] if address.startswith(FILM_PREFIX) else address
    host = parts.hostname or ""
    where = f"{host}:{parts.port}" if parts.port else host
    return urlunsplit((parts.scheme, where, parts.path, "", ""))
