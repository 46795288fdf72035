"""The two keys a gate reads from disk: its own private one, and the school's public one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from portique.core.errors import EnvironmentProblem
from portique.core.seal import COORDINATE_BYTES, PrivateKey, PublicKey, Purpose

if TYPE_CHECKING:
    from pathlib import Path


def read_private(path: Path) -> PrivateKey:
    """Read the gate's own key.

    Raises:
        EnvironmentProblem: Missing, open to other users, or not a P-256 key.
    """
    data = _read(path)
    if path.stat().st_mode & 0o077:
        raise EnvironmentProblem(f"the gate's key is open to other users; run: chmod 600 {path}")
    try:
        handle = serialization.load_pem_private_key(data, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:  # TypeError: it asks a password
        raise EnvironmentProblem(
            f"{path} is not a key a gate can use without a password; enrol the gate again"
        ) from error
    if not isinstance(handle, ec.EllipticCurvePrivateKey) or handle.curve.name != "secp256r1":
        raise EnvironmentProblem(f"{path} is not a P-256 key; enrol the gate again")
    return PrivateKey(Purpose.GATE, handle)


def read_public(path: Path) -> PublicKey:
    """Read the school's public knowledge key, pinned when the gate was enrolled.

    Raises:
        EnvironmentProblem: Missing, or not a P-256 public key.
    """
    try:
        handle = serialization.load_pem_public_key(_read(path))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise EnvironmentProblem(
            f"{path} is not the school's public key; copy it from the school's folder again"
        ) from error
    if not isinstance(handle, ec.EllipticCurvePublicKey) or handle.curve.name != "secp256r1":
        raise EnvironmentProblem(f"{path} is not a P-256 public key; copy it again")
    numbers = handle.public_numbers()
    x, y = (number.to_bytes(COORDINATE_BYTES, "big") for number in (numbers.x, numbers.y))
    return PublicKey.from_point(Purpose.KNOWLEDGE, x, y)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise EnvironmentProblem(
            f"the key {path} can't be read ({error.strerror}); enrol the gate again with"
            " `portique gate init`"
        ) from error
