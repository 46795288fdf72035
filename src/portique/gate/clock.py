"""The gate's one clock: UTC milliseconds that never run back, and how far to trust them.

The machine's clock is believed only inside an envelope. The gate remembers one point it believed
(*anchor*: a time, and the machine's uptime then) and the highest time it ever gave out (*high
water*, seeded from the journal). Uptime cannot be set by anybody, so time since the anchor is
known; a wall clock that leaves the envelope is refused and the gate goes by the anchor plus uptime:

    wall clock                                   the gate's time         state
    inside the envelope                          wall (never below high) trusted
    below the high water                         high water + uptime     rolled-back
    earlier than this software                   high water + uptime     before-build
      …back above it                             wall again              trusted
    ahead by more than the envelope              anchor + uptime         jumped-forward
      …by ≤ 7 days, and the system says synchronised for 10 s            wall again, trusted
      …and the server signed the true time       signed time + uptime    trusted

The envelope is fixed at the anchor (5 s, plus 500 ppm of the time since, the fastest a kernel may
slew), so that many small steps cannot walk the time away. What stays possible is in
`docs/limits.md`: a wrong time at start that is later than everything the gate has seen.
"""

from __future__ import annotations

import ctypes
import functools
import threading
import time
from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

from portique.core.errors import EnvironmentProblem
from portique.gate.ports import ClockState, DoubtfulTime

BUILT_AT_MS = 1_793_491_200_000  # 2026-11-01T00:00:00Z; raised with each release
STEP_MS = 5_000  # steps up to this are everyday synchronisation
SLEW_PPM = 500  # adjtimex(2): the most a kernel slews
DRIFT_PPM = 100  # an ordinary quartz from 0 to 40 °C loses under 9 s a day
CLAIM_MS_MAX = 30_000  # design §5.2: a phone's proof is widened by no more
UNSYNCHRONISED_MS = 5_000  # how far off a clock nobody has synchronised may be at start
SIGNED_MS = 2_000  # a signed time is as old as the way from the server
ADOPT_MS_MAX = 7 * 86_400_000  # a longer jump needs the server's signature
ADOPT_AFTER_MS = 10_000  # how long the system must call itself synchronised after a jump


class TimeSource(Protocol):
    """What the operating system says about time."""

    def wall_ms(self) -> int:
        """Return the machine's UTC milliseconds, which anybody with rights can set."""
        ...

    def boot_ms(self) -> int:
        """Return milliseconds since the machine started, asleep included."""
        ...

    def synchronised_ms(self) -> int | None:
        """Return the error bound if the system is synchronised, in milliseconds; else None."""
        ...


class SystemTime:
    """The Linux kernel's clocks."""

    def wall_ms(self) -> int:
        """Return CLOCK_REALTIME."""
        return time.time_ns() // 1_000_000

    def boot_ms(self) -> int:
        """Return CLOCK_BOOTTIME: unlike CLOCK_MONOTONIC it goes on while a laptop sleeps."""
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000

    def synchronised_ms(self) -> int | None:
        """Ask the kernel's time discipline, adjtimex(2) in its read-only mode."""
        answer = _Timex()
        if _adjtimex(answer) in {-1, _TIME_ERROR} or answer.status & _STA_UNSYNC:
            return None
        return int(answer.maxerror) // 1_000


class _Basis(Enum):
    """Why an anchor was believed."""

    WALL = auto()
    HIGH_WATER = auto()  # the machine's clock was below it: a lower bound, not a time
    SIGNED = auto()


@dataclass(frozen=True, slots=True)
class _Anchor:
    """A time that was believed, when, and how sure it was."""

    at_ms: int
    boot_ms: int
    error_ms: int
    basis: _Basis = _Basis.WALL


class GateClock:
    """The clock of one gate. Thread-safe.

    Args:
        high_water_ms: The highest time seen before this start: the journal's last entry, or the
            issue of signed knowledge if that is later; 0 when there is none.
        source: What the system says; the kernel's clocks unless a test says otherwise.
        built_at_ms: No true time is earlier.
    """

    def __init__(
        self,
        high_water_ms: int = 0,
        *,
        source: TimeSource | None = None,
        built_at_ms: int = BUILT_AT_MS,
    ) -> None:
        self._source = source or SystemTime()
        self._floor_ms = built_at_ms
        self._high_ms = max(high_water_ms, 0)
        self._lock = threading.Lock()
        self._doubt: DoubtfulTime | None = None
        self._off_by_ms = 0
        self._jump_agreed_ms: int | None = None  # uptime since which a jump was called synchronised
        self._anchor = self._first_anchor()

    @property
    def state(self) -> ClockState:
        """Judge the time now: trusted or why not, how far off it may be."""
        with self._lock:
            self._read()
            uncertainty = self._uncertainty_ms()
            claim = min(uncertainty, CLAIM_MS_MAX)
            return ClockState(self._doubt, uncertainty, claim, self._off_by_ms)

    def now_ms(self) -> int:
        """Return UTC milliseconds, never lower than an earlier answer save after `correct`."""
        with self._lock:
            return self._read()

    def monotonic_ms(self) -> int:
        """Return milliseconds since the machine started, time asleep included."""
        return self._source.boot_ms()

    def plausible(self, signed_ms: int) -> bool:
        """Say whether something may have been signed at ``signed_ms``: a trusted clock can object.

        Later than the envelope allows, the clock of whoever signed is wrong, and `at_least` would
        put this gate out of use until that time. A clock in doubt objects to nothing.
        """
        with self._lock:
            now = self._read()
            return self._doubt is not None or signed_ms <= now + self._envelope_ms()

    def at_least(self, signed_ms: int) -> None:
        """Raise the high water: something signed by the school existed at ``signed_ms``.

        Ask `plausible` first, before the thing is believed at all.
        """
        with self._lock:
            if signed_ms > self._read() + self._envelope_ms():
                self._believe(signed_ms, UNSYNCHRONISED_MS, basis=_Basis.HIGH_WATER)
            self._high_ms = max(self._high_ms, signed_ms)

    def correct(self, signed_ms: int, *, error_ms: int = SIGNED_MS) -> None:
        """Go by the server's signed time from now on, be it earlier than the high water.

        Call only with an answer to this gate's own fresh question (a nonce inside the signature):
        an old signed time would turn the clock back.

        Raises:
            EnvironmentProblem: The time is earlier than this software: the server's clock is wrong.
        """
        if signed_ms < self._floor_ms:
            raise EnvironmentProblem(
                f"the server's time ({signed_ms} ms) is earlier than this version of Portique: "
                "its clock is wrong; set it, then synchronise again"
            )
        with self._lock:
            self._high_ms = signed_ms
            self._believe(signed_ms, error_ms, basis=_Basis.SIGNED)
            self._read()

    def heed(self, signed_ms: int, *, within_ms: int) -> bool:
        """Compare with the server's signed time, and go by it if this clock is in doubt or is off.

        Args:
            signed_ms: When the server signed its answer to this gate's own fresh question.
            within_ms: How long the question was out: the answer is as old, at the most.

        Returns:
            Whether the clock was put right.

        Raises:
            EnvironmentProblem: See `correct`.
        """
        with self._lock:
            now = self._read()
            agrees = signed_ms - STEP_MS <= now <= signed_ms + within_ms + STEP_MS
            drifts = self._off_by_ms != 0 and self._uncertainty_ms() > UNSYNCHRONISED_MS + within_ms
            if agrees and self._doubt is None and not drifts:
                return False
        self.correct(signed_ms + within_ms // 2, error_ms=SIGNED_MS + within_ms // 2)
        return True

    def _first_anchor(self) -> _Anchor:
        wall, boot = self._source.wall_ms(), self._source.boot_ms()
        lowest = max(self._floor_ms, self._high_ms)
        if wall >= lowest:
            return _Anchor(wall, boot, self._system_error_ms())
        return _Anchor(lowest, boot, UNSYNCHRONISED_MS, _Basis.HIGH_WATER)

    def _system_error_ms(self) -> int:
        return self._synchronised_ms(UNSYNCHRONISED_MS)

    def _believe(self, at_ms: int, error_ms: int, *, basis: _Basis) -> None:
        self._anchor = _Anchor(at_ms, self._source.boot_ms(), error_ms, basis)
        self._jump_agreed_ms = None

    def _read(self) -> int:
        """Judge the machine's clock, choose the time, raise the high water."""
        wall = self._source.wall_ms()
        expected = self._anchor.at_ms + self._elapsed_ms()
        self._doubt = self._objection(wall, expected)
        if self._doubt is DoubtfulTime.JUMPED_FORWARD and self._may_adopt(wall, expected):
            self._believe(wall, self._system_error_ms(), basis=_Basis.WALL)
            self._doubt, expected = None, wall
        agrees = self._doubt is None and abs(wall - expected) <= self._envelope_ms()
        self._off_by_ms = 0 if agrees else wall - expected
        self._high_ms = max(self._high_ms, wall if agrees else expected)
        return self._high_ms

    def _objection(self, wall: int, expected: int) -> DoubtfulTime | None:
        if self._anchor.basis is _Basis.SIGNED:
            return None  # the signature stands whatever the machine's clock says
        if wall < self._floor_ms:
            return DoubtfulTime.BEFORE_BUILD
        if wall < self._high_ms - self._envelope_ms():
            return DoubtfulTime.ROLLED_BACK
        if wall > expected + self._envelope_ms():
            return DoubtfulTime.JUMPED_FORWARD
        return None

    def _may_adopt(self, wall: int, expected: int) -> bool:
        """Believe a jump once the system has called itself synchronised for a while.

        After a start below the high water nobody knows how long the gate was off, so a clock back
        above it is believed at once, as it would have been at the start.
        """
        if self._anchor.basis is _Basis.HIGH_WATER:
            return True
        if wall - expected > ADOPT_MS_MAX or self._source.synchronised_ms() is None:
            self._jump_agreed_ms = None
            return False
        boot = self._source.boot_ms()
        if self._jump_agreed_ms is None:
            self._jump_agreed_ms = boot
        return boot - self._jump_agreed_ms >= ADOPT_AFTER_MS

    def _envelope_ms(self) -> int:
        return STEP_MS + self._elapsed_ms() * SLEW_PPM // 1_000_000

    def _uncertainty_ms(self) -> int:
        """Bound the error: the system's figure, or the anchor's, growing as a quartz drifts."""
        error_ms = self._anchor.error_ms + self._elapsed_ms() * DRIFT_PPM // 1_000_000
        if self._doubt is not None:
            return max(error_ms, abs(self._off_by_ms))
        return error_ms if self._off_by_ms else min(error_ms, self._synchronised_ms(error_ms))

    def _synchronised_ms(self, otherwise_ms: int) -> int:
        error_ms = self._source.synchronised_ms()
        return otherwise_ms if error_ms is None else error_ms

    def _elapsed_ms(self) -> int:
        return self._source.boot_ms() - self._anchor.boot_ms


_STA_UNSYNC = 0x0040
_TIME_ERROR = 5


class _Timex(ctypes.Structure):
    """`struct timex` of adjtimex(2), as laid out on Linux."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * 256),  # more than any version of the structure needs
    )


def _adjtimex(answer: _Timex) -> int:
    return int(_libc().adjtimex(ctypes.byref(answer)))


@functools.cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None)
