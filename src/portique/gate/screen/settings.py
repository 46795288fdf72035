"""What the screens are told at start, and the agents' PINs."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from portique.core.errors import ConfigError
from portique.core.values import Language

if TYPE_CHECKING:
    from pathlib import Path

PIN_DIGITS_MIN = 6
PIN_DIGITS_MAX = 12
IDLE_LOCK_S_MAX = 30 * 60
SECRET_BYTES = 32
SCRYPT_N, SCRYPT_R, SCRYPT_P = 2**14, 8, 1  # 16 MiB and about 50 ms a try
SALT_BYTES = 16
_PIN_HASH = re.compile(r"scrypt\$([0-9a-f]{32})\$([0-9a-f]{64})")
_ALIAS = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,23}")  # a code, as the journal keeps it
_LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")


def hash_pin(pin: str, *, salt: bytes) -> str:
    """Return what settings keep of a PIN.

    Args:
        pin: 6 to 12 decimal digits.
        salt: 16 random bytes.

    Raises:
        ConfigError: The PIN is anything else.
    """
    if not (pin.isascii() and pin.isdigit() and PIN_DIGITS_MIN <= len(pin) <= PIN_DIGITS_MAX):
        raise ConfigError(
            f"an agent's PIN is {PIN_DIGITS_MIN} to {PIN_DIGITS_MAX} digits: choose another"
        )
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt is {SALT_BYTES} bytes, not {len(salt)}")
    return f"scrypt${salt.hex()}${_scrypt(pin, salt).hex()}"


def pin_matches(pin: str, hashed: str) -> bool:
    """Say whether `pin` is the one that was hashed, in the same time either way."""
    parts = _PIN_HASH.fullmatch(hashed)
    if parts is None:
        raise ConfigError("an agent's pin_hash is not one that `hash_pin` makes: make it again")
    return hmac.compare_digest(_scrypt(pin, bytes.fromhex(parts[1])), bytes.fromhex(parts[2]))


def _scrypt(pin: str, salt: bytes) -> bytes:
    return hashlib.scrypt(
        pin.encode(), salt=salt, n=SCRYPT_N, r=SCRYPT_R, p=SCRYPT_P, maxmem=2**26, dklen=32
    )


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody who may rule: an alias (never a civil name) and what is kept of the PIN."""

    alias: str
    pin_hash: str

    def __post_init__(self) -> None:
        """Refuse an alias that can't be shown on one line, and a hash that can't be checked."""
        if not _ALIAS.fullmatch(self.alias):
            raise ConfigError("an agent's alias is at most 24 plain letters, digits or . _ + -")
        if not _PIN_HASH.fullmatch(self.pin_hash):
            raise ConfigError(
                f"agent {self.alias}: pin_hash is not one that `hash_pin` makes: make it again"
            )


@dataclass(frozen=True, slots=True)
class ScreenSettings:
    """How and to whom the screens are served.

    `hosts` are the names browsers may use beside the loopback's and the bind
    address: anything else is refused, which stops DNS rebinding. `languages`
    are those of the holder's screen, the first one big. `secret` signs the
    cookies of paired devices: keep it across restarts or pair them again.
    """

    host: str = "127.0.0.1"
    port: int = 8470
    agents: tuple[Agent, ...] = ()
    hosts: tuple[str, ...] = ()
    languages: tuple[Language, ...] = (Language.FR, Language.EN)
    zone: str = "Europe/Paris"
    certificate: Path | None = None
    private_key: Path | None = None
    idle_lock_s: int = 120
    mirror: bool = True
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(SECRET_BYTES), repr=False)

    def __post_init__(self) -> None:
        """Refuse settings that would be unsafe or could not work, in one sentence each."""
        self._check_values()
        self._check_agents()
        if not self.loopback:
            self._check_lan()

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the screens."""
        return is_loopback(self.host)

    @property
    def tls(self) -> bool:
        """Whether the pages are served over TLS."""
        return self.certificate is not None

    @property
    def host_names(self) -> frozenset[str]:
        """The host names a browser may ask for, in lower case and without port."""
        names = {*_LOOPBACK_NAMES, *(h.lower() for h in self.hosts)}
        return frozenset(names if self.host in {"0.0.0.0", "::"} else {*names, self.host})  # noqa: S104 - compared, not bound

    def agent(self, alias: str) -> Agent | None:
        """Return the agent of that alias."""
        return next((a for a in self.agents if a.alias == alias), None)

    def _check_values(self) -> None:
        if not 0 <= self.port <= 65535:
            raise ConfigError(f"screen port {self.port} is not between 0 and 65535")
        if not 10 <= self.idle_lock_s <= IDLE_LOCK_S_MAX:
            raise ConfigError(
                f"screen idle_lock_s is {self.idle_lock_s}: choose 10 to {IDLE_LOCK_S_MAX} seconds"
            )
        if not 1 <= len(set(self.languages)) == len(self.languages):
            raise ConfigError("screen languages must name at least one language, each once")
        if len(self.secret) < SECRET_BYTES:
            raise ConfigError(f"the screens' secret must be {SECRET_BYTES} bytes at least")
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ConfigError(f"screen zone {self.zone!r} is not a time zone's name") from error

    def _check_agents(self) -> None:
        if len({a.alias for a in self.agents}) != len(self.agents):
            raise ConfigError("two agents have the same alias: rename one of them")

    def _check_lan(self) -> None:
        if self.certificate is None or self.private_key is None:
            raise ConfigError(
                f"screens on {self.host} can be reached from the network, so they need TLS: "
                "give `certificate` and `private_key`, or bind them to 127.0.0.1"
            )
        if not self.agents:
            raise ConfigError(
                f"screens on {self.host} can be reached from the network, so they need agents "
                "with PINs: add one under `agents`, or bind them to 127.0.0.1"
            )


def is_loopback(host: str) -> bool:
    """Say whether an address or name is this machine's own."""
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback
