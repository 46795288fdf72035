"""The demonstration camera: people come up to a lane one after another and show what they hold.

A film is a script of acts turned into frames, each act with what the gate is expected to make of
it. The same script, seed and start give the same frames, whatever the machine's load: frame `n` is
taken at `n / frames_per_second` of camera time. Textures are painted once and only warped for each
frame, so that half a core draws faster than a camera delivers.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from portique.core import passes, seal
from portique.core.seal import PrivateKey, Purpose
from portique.testing.backgrounds import Background
from portique.testing.film_drawing import Canvas
from portique.testing.scenes import Card, Glare, Placed, Surface

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from portique.core.decide import Outcome
    from portique.core.values import PassId, Uai
    from portique.testing.scenes import Frame

REDRAW_S = 15  # a phone draws a fresh code this often
EXPOSURE_S = 0.008
ARRIVE_S = 0.6
LEAVE_S = 0.5
FAR_SHARE = 0.8  # of its held size, the card's when it enters the picture


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone that signs its own code; plain data, so that another process can draw it.

    `behind_s` is how old the code on its screen is: a screenshot's age.
    """

    sealed: bytes
    key: bytes
    uai: Uai
    behind_s: int = 0

    def text_at(self, at_ms: int, shown_since_ms: int) -> str:
        """Return what the screen shows: drawn when it was taken out, then every 15 s."""
        drawn = (at_ms - shown_since_ms) // (REDRAW_S * 1000) * REDRAW_S
        return _phone_text(self, shown_since_ms // 1000 + drawn - self.behind_s)


@lru_cache(maxsize=64)
def _phone_text(phone: Phone, seconds: int) -> str:
    key = PrivateKey.from_scalar(Purpose.PHONE, phone.key)
    sealed = seal.parse_signed(phone.sealed, bytes_max=passes.SEALED_PASS_BYTES_MAX)
    return passes.phone_text(sealed, key, uai=phone.uai, seconds=seconds)


@dataclass(frozen=True, slots=True)
class Manner:
    """How something is held up. `x` and `y` are shares of the frame; angles in degrees."""

    module_px: float = 5.0
    x: float = 0.5
    y: float = 0.52
    rotation_deg: float = 0.0
    tilt_deg: float = 0.0
    tilt_axis_deg: float = 0.0
    defocus_px: float = 0.6
    tremor_px: float = 2.5
    light: float = 1.0
    glare_modules: float = 0.0
    held_s: float = 1.8
    from_left: bool = True


@dataclass(frozen=True, slots=True)
class Hand:
    """One thing held up: a code's text, or a phone that draws its own."""

    code: str | Phone
    surface: Surface = Surface.PAPER
    manner: Manner = Manner()


@dataclass(frozen=True, slots=True)
class Expected:
    """What the gate must answer to one thing shown. `reason` None: a grant."""

    outcome: Outcome
    reason: str | None = None
    pass_id: PassId | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """One coming to the lane, with one hand or two at once, after `pause_s` of nobody.

    `expected` is what the gate must decide, in any order; `possible` what it may decide besides:
    of two people who come together, the one who leaves first may have been read alone or not.
    """

    title: str
    hands: tuple[Hand, ...]
    expected: tuple[Expected, ...]
    pause_s: float = 0.4
    possible: tuple[Expected, ...] = ()

    @property
    def duration_s(self) -> float:
        """How long it takes, the pause included."""
        held_s = max((hand.manner.held_s for hand in self.hands), default=0.0)
        return self.pause_s + ARRIVE_S + held_s + LEAVE_S


@dataclass(frozen=True, slots=True)
class Truth:
    """When an act is in the picture, in UTC milliseconds, and which frames that is (0-based)."""

    act: Act
    begins_ms: int
    ends_ms: int
    first_frame: int
    last_frame: int


@dataclass(frozen=True, slots=True)
class Take:
    """How the film is taken."""

    width_px: int = 1280
    height_px: int = 720
    frames_per_second: int = 15
    noise_sigma: float = 4.0
    background: Background = Background.CORRIDOR
    seed: int = 0


class Film:
    """Frames of a lane's camera, following a script; endless when the script is.

    Args:
        script: The acts, in order. Read again at each call of `frames`, so pass a list, or an
            object whose iterator starts anew.
        take: Size, rate and picture quality.
    """

    def __init__(self, script: Iterable[Act], take: Take | None = None) -> None:
        self._script = script
        self.take = take or Take()

    def truths(self, start_ms: int) -> Iterator[Truth]:
        """Tell when each act plays, if the first frame is taken at `start_ms`."""
        rate = self.take.frames_per_second
        clock_s = 0.0
        for act in self._script:
            begins_s, clock_s = clock_s + act.pause_s, clock_s + act.duration_s
            first, last = math.ceil(begins_s * rate), math.ceil(clock_s * rate) - 1
            yield Truth(
                act,
                start_ms + round(begins_s * 1000),
                start_ms + round(clock_s * 1000),
                first,
                last,
            )

    def frames(
        self, start_ms: int, late: Callable[[int], bool] = lambda _at_ms: False
    ) -> Iterator[tuple[int, Frame]]:
        """Draw the film.

        Args:
            start_ms: When the first frame is taken, UTC milliseconds.
            late: Asked with the time of each frame before it is drawn; true leaves it out.

        Yields:
            The time a frame is taken at, in UTC milliseconds, and the frame: uint8,
            `(height, width)`.
        """
        canvas = Canvas(self.take)
        number = 0
        for index, truth in enumerate(self.truths(start_ms)):
            while number <= truth.last_frame:
                at_ms = start_ms + round(number * 1000 / self.take.frames_per_second)
                number += 1
                if not late(at_ms):
                    yield at_ms, canvas.draw(self._placed(truth, at_ms, index), self._light(truth))

    def _light(self, truth: Truth) -> float:
        return min((hand.manner.light for hand in truth.act.hands), default=1.0)

    def _placed(self, truth: Truth, at_ms: int, index: int) -> list[Placed]:
        since_s = (at_ms - truth.begins_ms) / 1000
        if since_s < 0:
            return []
        return [
            placed
            for number, hand in enumerate(truth.act.hands)
            if (placed := self._hand(hand, truth, at_ms, 7 * index + number)) is not None
        ]

    def _hand(self, hand: Hand, truth: Truth, at_ms: int, phase: int) -> Placed | None:
        """Place one hand's card, or nothing once it has left the picture."""
        manner, since_s = hand.manner, (at_ms - truth.begins_ms) / 1000
        if since_s > ARRIVE_S + manner.held_s + LEAVE_S:
            return None
        x, y, near = self._at(manner, since_s, phase)
        x_before, y_before, _ = self._at(manner, since_s - EXPOSURE_S, phase)
        path = math.hypot(x - x_before, y - y_before)
        return Placed(
            _card(hand, at_ms, truth.begins_ms),
            centre_px=(x, y),
            module_px=manner.module_px * near,
            rotation_deg=manner.rotation_deg + 2 * math.sin(2.1 * since_s + phase),
            tilt_deg=manner.tilt_deg,
            tilt_axis_deg=manner.tilt_axis_deg,
            defocus_px=manner.defocus_px,
            # rounded, so that few kernels are made; what is shorter than half a pixel shows nothing
            motion_px=float(round(path)),
            motion_deg=round(math.degrees(math.atan2(y - y_before, x - x_before)) / 15) * 15.0,
            glare=Glare(0.7, 0.3, manner.glare_modules) if manner.glare_modules else None,
        )

    def _at(self, manner: Manner, since_s: float, phase: int) -> tuple[float, float, float]:
        """Return where a card's centre is, in pixels, and how near: 1 when it is held."""
        width, height = self.take.width_px, self.take.height_px
        arriving = _smooth(since_s / ARRIVE_S)
        leaving = _smooth((since_s - ARRIVE_S - manner.held_s) / LEAVE_S)
        away = (arriving - 1.0) + leaving  # -1 before, 0 held, 1 after
        side = 1.0 if manner.from_left else -1.0
        x = manner.x * width + side * away * 0.75 * width
        y = manner.y * height + abs(away) * 0.35 * height
        x += manner.tremor_px * math.sin(6.3 * since_s + phase)
        y += manner.tremor_px * math.sin(8.9 * since_s + 2 * phase)
        return x, y, 1.0 - (1.0 - FAR_SHARE) * abs(away)


def _card(hand: Hand, at_ms: int, since_ms: int) -> Card:
    """Make what a hand holds: paper resists scratches (M), a screen has none (L)."""
    code = hand.code
    text = code if isinstance(code, str) else code.text_at(at_ms, since_ms)
    on_screen = hand.surface in {Surface.SCREEN, Surface.DARK_SCREEN}
    return Card(text, hand.surface, error_correction="L" if on_screen else "M")


def _smooth(share: float) -> float:
    """Go from 0 to 1, slowly at both ends."""
    bounded = min(max(share, 0.0), 1.0)
    return bounded * bounded * (3 - 2 * bounded)


def repeated(script: Iterable[Act]) -> Iterator[Act]:
    """Play a finite script for ever."""
    return itertools.cycle(script)
