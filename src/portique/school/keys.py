"""The school's keys on disk: one file each, mode 0600, one purpose each.

Signing keys are PKCS#8 PEM, sealing keys 64 hexadecimal digits. A file's name
says purpose and school year (`pass-2026.pem`); the newest year issues, all
years verify.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from portique.core.errors import EnvironmentProblem, PassError
from portique.core.knowledge import SchoolKeys
from portique.core.seal import (
    COORDINATE_BYTES,
    PrivateKey,
    PublicKey,
    Purpose,
    SecretKey,
    private_key,
)
from portique.school.disk import write_durably

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


RECOVERY = "recovery.pub"
LASTING_SIGNERS = (Purpose.STATUS, Purpose.KNOWLEDGE, Purpose.ORDERS)


@dataclass(frozen=True, slots=True)
class KeyStore:
    """All keys of a school's folder, newest first where there are several."""

    issuers: tuple[PrivateKey, ...]
    names: tuple[SecretKey, ...]
    status: PrivateKey
    knowledge: PrivateKey
    orders: PrivateKey
    recovery: PublicKey | None = None

    @property
    def public(self) -> SchoolKeys:
        """What a gate is given (name keys travel wrapped)."""
        return SchoolKeys(
            tuple(key.public for key in self.issuers),
            self.status.public,
            self.orders.public,
            self.names,
            self.recovery,
        )


def make(folder: Path, *, year: int, entropy: Callable[[int], bytes]) -> None:
    """Create the keys a new school needs; the folder is made with mode 0700."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=False)
    for purpose in LASTING_SIGNERS:
        write_signer(folder / f"{purpose}.pem", private_key(purpose, entropy(40)))
    roll(folder, year=year, entropy=entropy)


def roll(folder: Path, *, year: int, entropy: Callable[[int], bytes]) -> None:
    """Add the yearly keys of `year`; older ones stay, to verify what they issued.

    What was stopped half-way is completed: a key that is there stays as it is.

    Raises:
        EnvironmentProblem: All of that year's keys exist already, or the disk refused.
    """
    signer, name = folder / f"{Purpose.PASS}-{year}.pem", folder / f"{Purpose.NAME}-{year}.key"
    if signer.exists() and name.exists():
        raise EnvironmentProblem(
            f"the keys of {year} exist already; a key is never overwritten: for newer ones within"
            f" the year, as after a theft, --year {year + 1}"
        )
    if not name.exists():
        _write(name, entropy(32).hex().encode() + b"\n")
    # Last: the newest signer issues, and seals with the newest name key.
    if not signer.exists():
        write_signer(signer, private_key(Purpose.PASS, entropy(40)))


def load(folder: Path) -> KeyStore:
    """Read every key of the folder.

    Raises:
        EnvironmentProblem: A key is missing, unreadable, or open to other users.
    """
    signers = {purpose: _one(folder, purpose) for purpose in LASTING_SIGNERS}
    return KeyStore(
        tuple(read_signer(path, Purpose.PASS) for path in _newest_first(folder, "pass-*.pem")),
        tuple(_read_secret(path, Purpose.NAME) for path in _newest_first(folder, "name-*.key")),
        signers[Purpose.STATUS],
        signers[Purpose.KNOWLEDGE],
        signers[Purpose.ORDERS],
        read_recovery(folder),
    )


def read_recovery(folder: Path) -> PublicKey | None:
    """Read the public half of the recovery key; None where the school has none.

    Raises:
        EnvironmentProblem: Unreadable, open to other users, or damaged.
    """
    path = folder / RECOVERY
    if not path.exists():
        return None
    try:
        point = bytes.fromhex(_read(path).decode().strip())
        x, y = point[:COORDINATE_BYTES], point[COORDINATE_BYTES:]
        return PublicKey.from_point(Purpose.RECOVERY, x, y)
    except (ValueError, PassError) as error:
        raise EnvironmentProblem(f"{path} is not a key file; restore it from the backup") from error


def write_recovery(folder: Path, key: PublicKey) -> None:
    """Write the public half of the recovery key, never over another.

    Raises:
        EnvironmentProblem: There is one already, or the disk refused.
    """
    _write(folder / RECOVERY, (key.x + key.y).hex().encode() + b"\n")


def _one(folder: Path, purpose: Purpose) -> PrivateKey:
    return read_signer(folder / f"{purpose}.pem", purpose)


def _newest_first(folder: Path, pattern: str) -> list[Path]:
    paths = sorted(folder.glob(pattern), reverse=True)
    if not paths:
        raise EnvironmentProblem(
            f"no {pattern} in {folder}: the school's keys are missing; restore them from the backup"
        )
    return paths


def write_signer(path: Path, key: PrivateKey) -> None:
    """Write a signing key as PKCS#8 PEM, mode 0600, never over an existing file."""
    pem = key.handle.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    _write(path, pem)


def read_signer(path: Path, purpose: Purpose) -> PrivateKey:
    """Read a signing key for one purpose.

    Raises:
        EnvironmentProblem: Missing, open to other users, or not a P-256 key.
    """
    try:
        handle = serialization.load_pem_private_key(_read(path), password=None)
    except ValueError as error:
        raise EnvironmentProblem(f"{path} is not a key file; restore it from the backup") from error
    if not isinstance(handle, ec.EllipticCurvePrivateKey) or handle.curve.name != "secp256r1":
        raise EnvironmentProblem(f"{path} is not a P-256 key; restore it from the backup")
    return PrivateKey(purpose, handle)


def _read_secret(path: Path, purpose: Purpose) -> SecretKey:
    try:
        return SecretKey(purpose, bytes.fromhex(_read(path).decode().strip()))
    except ValueError as error:
        raise EnvironmentProblem(f"{path} is not a key file; restore it from the backup") from error


def _read(path: Path) -> bytes:
    try:
        mode = path.stat().st_mode
        data = path.read_bytes()
    except OSError as error:
        raise EnvironmentProblem(
            f"the key {path} can't be read ({error.strerror}); restore it or run as its owner"
        ) from error
    if mode & 0o077:
        raise EnvironmentProblem(f"the key {path} is open to other users; run: chmod 600 {path}")
    return data


def _write(path: Path, data: bytes) -> None:
    if path.exists():
        raise EnvironmentProblem(f"{path} exists already; a key is never overwritten")
    try:
        write_durably(path, data)
    except OSError as error:
        raise EnvironmentProblem(f"the key {path} can't be written ({error.strerror})") from error
