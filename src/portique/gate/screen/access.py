"""Who is at a screen: paired devices, agents' sessions, and patience with wrong PINs.

Nothing here ever locks an agent out for good. Wrong tries at an agent's PIN make
the *device* that made them wait, longer each time, at most a minute; a device that
was never paired may not try PINs at all, so it can't make anybody else wait.
"""

from __future__ import annotations

import hmac
import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portique.gate.screen.settings import pin_matches

if TYPE_CHECKING:
    from collections.abc import Callable

    from portique.gate.screen.settings import ScreenSettings

FREE_TRIES = 3  # a cold hand mistypes; the fourth try waits
WAIT_MS_MAX = 60_000
WAITERS_MAX = 512  # remembered for their wrong tries; the oldest is forgotten
SESSIONS_MAX = 32
SESSION_MS_MAX = 10 * 3600 * 1000  # a working day
PAIRING_DIGITS = 8
PAIRING_TRIES = 20  # wrong tries, from all devices, that end a code
PAIRING_MS = 10 * 60_000  # a code's life
_UNPAIRED, _PAIRED = "u", "p"


@dataclass(frozen=True, slots=True)
class Device:
    """A browser, known by its signed cookie."""

    name: str
    paired: bool


class Devices:
    """Signs and reads the cookies that tell one browser from another."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def new(self, *, paired: bool) -> Device:
        """Make a device never seen before."""
        return Device(secrets.token_hex(16), paired)

    def cookie(self, device: Device) -> str:
        """Write the device as a cookie's value."""
        text = f"{device.name}.{_PAIRED if device.paired else _UNPAIRED}"
        return f"{text}.{self._sign('device', text)}"

    def read(self, cookie: str | None) -> Device | None:
        """Read a cookie back; None if it isn't one of ours."""
        text, _, signature = (cookie or "").rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._sign("device", text).encode()):
            return None
        name, _, mark = text.partition(".")
        return Device(name, mark == _PAIRED)

    def form_token(self, device: Device) -> str:
        """Return what a page of this device must send back with each request that changes."""
        return self._sign("form", device.name)

    def _sign(self, purpose: str, text: str) -> str:
        return hmac.digest(self._secret, f"{purpose}:{text}".encode(), "sha256").hex()[:40]


class Patience:
    """Counts wrong tries by who makes them, and says how long to wait before the next one."""

    def __init__(self, monotonic_ms: Callable[[], int]) -> None:
        self._monotonic_ms = monotonic_ms
        self._wrong: OrderedDict[str, tuple[int, int]] = OrderedDict()

    def wait_ms(self, who: str) -> int:
        """Return how long `who` must still wait; 0 when free to try."""
        _, until = self._wrong.get(who, (0, 0))
        return max(0, until - self._monotonic_ms())

    def wrong(self, who: str) -> None:
        """Remember a wrong try; each beyond the third doubles the wait."""
        tries = self._wrong.pop(who, (0, 0))[0] + 1
        over = tries - FREE_TRIES
        wait = min(WAIT_MS_MAX, 1000 << min(over, 10)) if over >= 0 else 0
        self._wrong[who] = (tries, self._monotonic_ms() + wait)
        while len(self._wrong) > WAITERS_MAX:
            self._wrong.popitem(last=False)

    def right(self, who: str) -> None:
        """Forget the wrong tries of `who`."""
        self._wrong.pop(who, None)


@dataclass(slots=True)
class Session:
    """An agent signed in on one device; locked when idle, until the PIN is given again."""

    token: str
    agent: str
    device: str
    since_ms: int
    active_ms: int
    locked: bool = False


class Sessions:
    """The agents signed in now; kept in memory, gone at restart."""

    def __init__(self, settings: ScreenSettings, monotonic_ms: Callable[[], int]) -> None:
        self._settings = settings
        self._monotonic_ms = monotonic_ms
        self._sessions: OrderedDict[str, Session] = OrderedDict()
        self._hashing = threading.Lock()  # one PIN at a time: scrypt must not eat the gate's memory

    def open(self, alias: str, pin: str, device: str) -> Session | None:
        """Sign an agent in; None when alias or PIN is wrong, in the same time either way."""
        if not self._pin_is_right(alias, pin):
            return None
        now = self._monotonic_ms()
        session = Session(secrets.token_hex(24), alias, device, now, now)
        self._sessions[session.token] = session
        while len(self._sessions) > SESSIONS_MAX:
            self._sessions.popitem(last=False)
        return session

    def find(self, token: str | None, device: str) -> Session | None:
        """Return the session of a cookie on its own device, locked if it has been idle."""
        session = self._sessions.get(token or "")
        if session is None or session.device != device:
            return None
        now = self._monotonic_ms()
        if now - session.since_ms > SESSION_MS_MAX:
            self.close(session)
            return None
        if now - session.active_ms > self._settings.idle_lock_s * 1000:
            session.locked = True
        return session

    def touch(self, session: Session) -> None:
        """Remember that the agent is there; a locked session stays locked."""
        if not session.locked:
            session.active_ms = self._monotonic_ms()

    def unlock(self, session: Session, pin: str) -> bool:
        """Open a locked session again with its own agent's PIN."""
        if not self._pin_is_right(session.agent, pin):
            return False
        session.locked = False
        session.active_ms = self._monotonic_ms()
        return True

    def close(self, session: Session) -> None:
        """Sign the agent out."""
        self._sessions.pop(session.token, None)

    def _pin_is_right(self, alias: str, pin: str) -> bool:
        agent = self._settings.agent(alias)
        # An unknown alias costs one hash as well: time must not tell who exists.
        hashed = agent.pin_hash if agent else f"scrypt${'00' * 16}${'00' * 32}"
        with self._hashing:
            return pin_matches(pin, hashed) and agent is not None


class Pairing:
    """The code, printed by the gate, that makes a browser on the network known.

    It is made when an unknown browser asks for it, and lives ten minutes, so that what stands in
    the system's log is worth nothing afterwards.
    """

    def __init__(self, announce: Callable[[str], None], monotonic_ms: Callable[[], int]) -> None:
        self._announce = announce
        self._monotonic_ms = monotonic_ms
        self._lock = threading.Lock()
        self._code: str | None = None
        self._until_ms = 0
        self._wrong = 0

    def ask(self) -> None:
        """Announce a new code, unless one is still good."""
        with self._lock:
            if self._is_good():
                return
            self._wrong = 0
            self._until_ms = self._monotonic_ms() + PAIRING_MS
            self._code = f"{secrets.randbelow(10**PAIRING_DIGITS):0{PAIRING_DIGITS}}"
            self._announce(self._code)

    def accept(self, code: str) -> bool:
        """Use the code up; after too many wrong tries it is worth nothing either."""
        with self._lock:
            if self._code is None or not self._is_good():
                return False
            right = hmac.compare_digest(code.encode(), self._code.encode())
            self._wrong += 0 if right else 1
            if right or self._wrong >= PAIRING_TRIES:
                self._code = None
            return right

    def _is_good(self) -> bool:
        return self._code is not None and self._monotonic_ms() < self._until_ms
