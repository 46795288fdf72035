"""A webcam through V4L2, set for codes that move: fixed focus, short exposure, no hunting.

A walking code blurs by speed times exposure (docs/reading.md), so the exposure
is held at 4 ms or less, and alternates where the camera obeys: phones shine and
want short frames, paper only reflects and wants long ones. Whatever the camera
refuses is said once, in words: most webcams refuse something.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import struct
from typing import TYPE_CHECKING, Protocol

import cv2
import numpy as np

from portique.core.errors import EnvironmentProblem
from portique.gate.capture import Play, Shot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from portique.gate.capture import Grey
    from portique.gate.capture.wishes import Wishes

PHONE_SHARE = 4  # a phone's frames are exposed this many times shorter than paper's
FRAMES_EACH = 5  # before the exposure changes: cameras take two or three frames to obey
EXPOSURE_UNIT_US = 100  # V4L2: exposure_time_absolute
SHORT_EXPOSURE = "short exposure"
MANUAL_EXPOSURE = 1  # V4L2_EXPOSURE_MANUAL
DEVICE_NUMBER_MAX = 63

# linux/videodev2.h: _IOWR('V', 28, struct v4l2_control), V4L2_CID_POWER_LINE_FREQUENCY
_SET_CONTROL, _POWER_LINE_FREQUENCY = 0xC008561C, 0x00980918
_MAINS = {50: 1, 60: 2}


class Camera(Protocol):
    """What is used of `cv2.VideoCapture`."""

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        """Tell whether the device was found and gives pictures."""
        ...

    def read(self) -> tuple[bool, cv2.typing.MatLike | None]:
        """Wait for the next frame, in BGR or grey."""
        ...

    def set(self, property_id: int, value: float, /) -> bool:
        """Set a property; false when the camera refuses."""
        ...

    def get(self, property_id: int, /) -> float:
        """Tell a property's value."""
        ...

    def release(self) -> None:
        """Let go of the device."""
        ...


def open_shots(place: str, play: Play) -> Iterator[Shot]:
    """Open a webcam, `0` or `/dev/video0`.

    Raises:
        EnvironmentProblem: No such camera, or another program holds it; later: unplugged.
    """
    number = _number(place)
    device = f"/dev/video{number}"
    if not os.path.exists(device):  # noqa: PTH110 - a device, not a path of ours
        raise EnvironmentProblem(
            f"There is no camera {number} ({device} is missing): plug it in, or choose another "
            "number; `portique doctor` lists them."
        )
    camera = cv2.VideoCapture(number, cv2.CAP_V4L2)
    return shots(camera, device, play, set_mains)


def shots(
    camera: Camera, device: str, play: Play, tell_mains: Callable[[str, int], bool]
) -> Iterator[Shot]:
    """Set a camera up and give its frames; `tell_mains` tells it the mains frequency.

    Raises:
        EnvironmentProblem: It gives nothing; later: it stopped.
    """
    if not camera.isOpened():
        camera.release()
        raise EnvironmentProblem(
            f"The camera {device} is there but can't be opened: another program may be using it, "
            "or this user isn't in the group `video`."
        )
    refused = set_up(camera, play.wishes)
    if not tell_mains(device, play.wishes.mains_hz):
        refused.append(f"{play.wishes.mains_hz} Hz mains (lamps may flicker)")
    if refused:
        play.notice(f"The camera {device} refused: {', '.join(refused)}.")
    obeys = SHORT_EXPOSURE not in refused
    return _read(camera, device, play, alternates=play.wishes.alternate_exposure and obeys)


def set_up(camera: Camera, wishes: Wishes) -> list[str]:
    """Set what the camera takes, and return what it refused, in words."""
    width, height, rate = wishes.width_px, wishes.height_px, wishes.frames_per_second
    asked = {
        "MJPEG": (cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG")),
        f"{width} pixels of width": (cv2.CAP_PROP_FRAME_WIDTH, width),
        f"{height} pixels of height": (cv2.CAP_PROP_FRAME_HEIGHT, height),
        f"{rate} frames a second": (cv2.CAP_PROP_FPS, rate),
        "a queue of one frame": (cv2.CAP_PROP_BUFFERSIZE, 1),
        "manual exposure": (cv2.CAP_PROP_AUTO_EXPOSURE, MANUAL_EXPOSURE),
        SHORT_EXPOSURE: (cv2.CAP_PROP_EXPOSURE, wishes.exposure_us / EXPOSURE_UNIT_US),
    }
    if wishes.lock_focus:
        asked["fixed focus"] = (cv2.CAP_PROP_AUTOFOCUS, 0)
    return [name for name, (key, value) in asked.items() if not _obeys(camera, key, value)]


def _obeys(camera: Camera, property_id: int, value: float) -> bool:
    """Set a property and read it back: some drivers say yes and do nothing.

    A rate read back as 0, or a queue's length, is a driver that doesn't tell; it is believed.
    """
    if not camera.set(property_id, value):
        return False
    told = camera.get(property_id)
    return told <= 0 or abs(told - value) <= 0.02 * value or property_id == cv2.CAP_PROP_BUFFERSIZE


def _read(camera: Camera, device: str, play: Play, *, alternates: bool) -> Iterator[Shot]:
    try:
        for count in _counted(play):
            if alternates and count % FRAMES_EACH == 0:
                share = 1 if count // FRAMES_EACH % 2 == 0 else PHONE_SHARE
                exposure_us = play.wishes.exposure_us / share
                camera.set(cv2.CAP_PROP_EXPOSURE, exposure_us / EXPOSURE_UNIT_US)
            whole, picture = camera.read()
            offset_ms = play.elapsed_ms()
            if not whole or picture is None:
                raise EnvironmentProblem(
                    f"The camera {device} stopped giving pictures: it was unplugged, or its "
                    "cable is loose; plug it in again."
                )
            yield Shot(offset_ms, _grey(picture))
    finally:
        camera.release()


def _counted(play: Play) -> Iterator[int]:
    count = 0
    while not play.closing.is_set():
        yield count
        count += 1


def _grey(picture: cv2.typing.MatLike) -> Grey:
    if picture.ndim == 2:
        return np.asarray(picture, np.uint8)
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)


def _number(place: str) -> int:
    digits = place.removeprefix("/dev/video")
    if not digits.isdecimal() or int(digits) > DEVICE_NUMBER_MAX:
        raise EnvironmentProblem(
            f"{place} names no camera: give a number from 0 to {DEVICE_NUMBER_MAX}, or /dev/video0."
        )
    return int(digits)


def set_mains(device: str, mains_hz: int) -> bool:
    """Tell the camera at which frequency lamps flicker, which OpenCV can't; false: it refuses."""
    if mains_hz not in _MAINS:
        return True  # it is to be left alone
    control = struct.pack("Ii", _POWER_LINE_FREQUENCY, _MAINS[mains_hz])
    with contextlib.suppress(OSError):
        descriptor = os.open(device, os.O_RDWR | os.O_CLOEXEC | os.O_NONBLOCK)
        try:
            fcntl.ioctl(descriptor, _SET_CONTROL, control)
        finally:
            os.close(descriptor)
        return True
    return False
