"""What a camera is asked for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a camera is asked for; see the `[camera]` table of a gate's configuration.

    Exposures are in microseconds, `mains_hz` 0 leaves the mains frequency alone,
    `options` are handed to FFmpeg with an address or a file.
    """

    width_px: int = 1280
    height_px: int = 720
    frames_per_second: int = 30
    exposure_us: int = 4_000
    alternate_exposure: bool = True
    lock_focus: bool = True
    mains_hz: int = 50
    options: tuple[tuple[str, str], ...] = ()


DEFAULT_WISHES = Wishes()
