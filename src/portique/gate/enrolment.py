"""Preparing a gate: its own key pair and its configuration, made together."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives import serialization

from portique.core.errors import EnvironmentProblem
from portique.core.seal import Purpose, private_key
from portique.gate.config import dump
from portique.gate.screen.settings import SALT_BYTES, hash_pin
from portique.gate.sections import (
    AgentSection,
    CameraSection,
    GateConfig,
    GateSection,
    JournalSection,
    KnowledgeSection,
    ScreensSection,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from portique.core.seal import PrivateKey, PublicKey
    from portique.core.values import Uai
    from portique.core.zones import Lane

PIN_DIGITS = 6


def enrol(
    out: Path,
    lane: Lane,
    uai: Uai,
    school_key: PublicKey,
    *,
    entropy: Callable[[int], bytes],
) -> tuple[PrivateKey, str]:
    """Write a gate's configuration and key beside each other; return the key and the agent's PIN.

    The PIN is shown once and kept only as a hash.

    Raises:
        EnvironmentProblem: The files exist already or can't be written.
    """
    mine = private_key(Purpose.GATE, entropy(40))
    pin = draw_pin(entropy)
    config = configuration(out, lane, uai, hash_pin(pin, salt=entropy(SALT_BYTES)))
    files = {
        out: dump(config, folder=out.parent).encode(),
        config.gate.key: _private_pem(mine),
        config.knowledge.school_key: _public_pem(school_key),
    }
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        _write_all(files)
    except FileExistsError as error:
        raise EnvironmentProblem(
            f"{error.filename} exists already: choose another --out, or remove the former gate"
        ) from error
    except OSError as error:
        raise EnvironmentProblem(f"{out} can't be written ({error.strerror})") from error
    return mine, pin


def configuration(out: Path, lane: Lane, uai: Uai, pin_hash: str) -> GateConfig:
    """Return a lane's first configuration: webcam, simulated door, one agent."""
    folder, stem = out.absolute().parent, out.stem
    return GateConfig(
        GateSection(
            id=lane.name,
            school=uai,
            lane=lane.name,
            direction=str(lane.direction),
            staffed_point=lane.point.fr,
            key=folder / f"{stem}.key",
        ),
        camera=CameraSection(source="0"),
        screens=ScreensSection(agents=(AgentSection("agent-1", pin_hash),)),
        knowledge=KnowledgeSection(
            path=folder / f"{stem}-knowledge", school_key=folder / f"{stem}-school.pub"
        ),
        journal=JournalSection(file=folder / f"{stem}-journal" / "journal.db"),
    )


def draw_pin(entropy: Callable[[int], bytes]) -> str:
    """Draw a PIN of six digits."""
    return f"{int.from_bytes(entropy(8), 'big') % 10**PIN_DIGITS:0{PIN_DIGITS}}"


def _private_pem(key: PrivateKey) -> bytes:
    return key.handle.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _public_pem(key: PublicKey) -> bytes:
    return key.handle.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def _write_all(files: Mapping[Path, bytes]) -> None:
    """Write every file or, when one can't be, none: half a gate could not be enrolled again."""
    written: list[Path] = []
    try:
        for path, data in files.items():
            _write(path, data)
            written.append(path)
    except OSError:
        for path in written:
            with suppress(OSError):
                path.unlink()
        raise


def _write(path: Path, data: bytes) -> None:
    """Write a new file, whole: what a full disk cut short is removed again."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
    except OSError:
        with suppress(OSError):
            path.unlink()
        raise
