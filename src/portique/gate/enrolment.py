"""Preparing a gate: its own key pair and its configuration, made together."""

from __future__ import annotations

import os
import tempfile
import tomllib
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives import serialization

from portique.core.errors import ConfigError, EnvironmentProblem
from portique.core.seal import Purpose, private_key
from portique.gate.config import dump, load, parse
from portique.gate.private_files import sync_folder
from portique.gate.screen.settings import SALT_BYTES, Agent, hash_pin
from portique.gate.sections import (
    AgentSection,
    CameraSection,
    GateConfig,
    GateSection,
    JournalSection,
    KnowledgeSection,
    ScreensSection,
    ServerSection,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from portique.core.seal import PrivateKey, PublicKey
    from portique.core.values import Uai
    from portique.core.zones import Lane

PIN_DIGITS = 6
FIRST_AGENT = "agent-1"
FIRST_PORT, PORTS = 8440, 100
THERE_ALREADY = "exists already: choose another --out, or remove the former gate"


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A gate just made: its key, its agents' PINs by alias (told once), its screens' port."""

    key: PrivateKey
    pins: dict[str, str]
    port: int


def enrol(
    out: Path,
    lane: Lane,
    uai: Uai,
    school_key: PublicKey,
    *,
    entropy: Callable[[int], bytes],
) -> tuple[PrivateKey, str]:
    """Make a gate with one agent, `agent-1`; see `enrol_with`. Return its key and the PIN."""
    made = enrol_with((FIRST_AGENT,), out, lane, (uai, school_key), entropy=entropy)
    return made.key, made.pins[FIRST_AGENT]


def enrol_with(
    aliases: Iterable[str],
    out: Path,
    lane: Lane,
    school: tuple[Uai, PublicKey],
    *,
    entropy: Callable[[int], bytes],
) -> Enrolled:
    """Write a gate's configuration and keys beside each other.

    Args:
        aliases: Its agents; each gets a PIN, kept only as a hash.
        out: The configuration; its neighbours are named after it.
        lane: The lane the gate serves.
        school: Its UAI, and the public key that signs its knowledge.
        entropy: Random bytes.

    Raises:
        ConfigError: An alias is none.
        EnvironmentProblem: The files exist already or can't be written.
    """
    joined = Joined(private_key(Purpose.GATE, entropy(40)), lane.name, lane, *school)
    return write_gate(aliases, out, joined, entropy=entropy)


@dataclass(frozen=True, slots=True)
class Joined:
    """A gate that belongs to a school: its key and name, its lane, whom it believes.

    `server` is where the school's server answers, if it has one.
    """

    key: PrivateKey
    gate_id: str
    lane: Lane
    uai: Uai
    school_key: PublicKey
    server: ServerSection = field(default_factory=ServerSection)


def check_free(out: Path) -> None:
    """Make sure that a gate's files can be written, before an invitation is used up for it.

    Raises:
        EnvironmentProblem: One exists already, or the folder can't be made.
    """
    for path in (out, *_neighbours(out)):
        if path.exists():
            raise EnvironmentProblem(f"{path} {THERE_ALREADY}")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out.parent):
            pass
    except OSError as error:
        raise EnvironmentProblem(f"{out} can't be written ({error.strerror})") from error


def write_gate(
    aliases: Iterable[str], out: Path, joined: Joined, *, entropy: Callable[[int], bytes]
) -> Enrolled:
    """Write the configuration and keys of a gate that belongs to a school.

    Raises:
        ConfigError, EnvironmentProblem: See `enrol_with`.
    """
    pins = {alias: draw_pin(entropy) for alias in aliases}
    agents = tuple(_agent(alias, pin, entropy) for alias, pin in pins.items())
    config = configuration(out, joined.lane, joined.uai, agents)
    gate = replace(config.gate, id=joined.gate_id)
    config = replace(config, gate=gate, server=joined.server)
    files = {
        out: dump(config, folder=out.parent).encode(),
        config.gate.key: _private_pem(joined.key),
        config.knowledge.school_key: _public_pem(joined.school_key),
    }
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        _write_all(files)
        sync_folder(out)
    except FileExistsError as error:
        raise EnvironmentProblem(f"{error.filename} {THERE_ALREADY}") from error
    except OSError as error:
        raise EnvironmentProblem(f"{out} can't be written ({error.strerror})") from error
    return Enrolled(joined.key, pins, config.screens.port)


def configuration(out: Path, lane: Lane, uai: Uai, agents: tuple[AgentSection, ...]) -> GateConfig:
    """Return a lane's first configuration: webcam, simulated door, its agents."""
    key, school_key = _neighbours(out)
    folder, stem = out.absolute().parent, out.stem
    return GateConfig(
        GateSection(
            id=lane.name,
            school=uai,
            lane=lane.name,
            direction=str(lane.direction),
            staffed_point=lane.point.fr,
            key=key,
        ),
        camera=CameraSection(source="0"),
        screens=ScreensSection(port=port_beside(out), agents=agents),
        knowledge=KnowledgeSection(path=knowledge_beside(out), school_key=school_key),
        journal=JournalSection(file=folder / f"{stem}-journal" / "journal.db"),
    )


def knowledge_beside(out: Path) -> Path:
    """Return the folder where a gate looks for knowledge that somebody brings."""
    return out.absolute().parent / f"{out.stem}-knowledge"


def _neighbours(out: Path) -> tuple[Path, Path]:
    """Return where the gate's key and the school's public one are."""
    folder = out.absolute().parent
    return folder / f"{out.stem}.key", folder / f"{out.stem}-school.pub"


def port_beside(out: Path) -> int:
    """Return the first usual port of the screens that no other configuration in the folder has."""
    taken = {_port_in(path) for path in out.absolute().parent.glob("*.toml") if path != out}
    return next(p for p in range(FIRST_PORT, FIRST_PORT + PORTS) if p not in taken)


def _port_in(path: Path) -> int | None:
    """Return the screens' port of a configuration; None when the file is none."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        return int(table["screens"]["port"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def give_pin(path: Path, alias: str, entropy: Callable[[int], bytes]) -> str:
    """Add an agent to a configuration, or give a known one a new PIN; return the PIN.

    Raises:
        ConfigError: The configuration or the alias is wrong.
        EnvironmentProblem: The file can't be written.
    """
    config, pin = load(path), draw_pin(entropy)
    mine = _agent(alias, pin, entropy)
    kept = tuple(agent for agent in config.screens.agents if agent.alias != alias)
    _rewrite(path, replace(config, screens=replace(config.screens, agents=(*kept, mine))))
    return pin


def remove_agent(path: Path, alias: str) -> None:
    """Take an agent out of a configuration.

    Raises:
        ConfigError: The configuration is wrong, or has no such agent.
        EnvironmentProblem: The file can't be written.
    """
    config = load(path)
    kept = tuple(agent for agent in config.screens.agents if agent.alias != alias)
    if len(kept) == len(config.screens.agents):
        there = ", ".join(agent.alias for agent in kept) or "nobody"
        raise ConfigError(f"{path} has no such agent; it has: {there}")
    _rewrite(path, replace(config, screens=replace(config.screens, agents=kept)))


def _agent(alias: str, pin: str, entropy: Callable[[int], bytes]) -> AgentSection:
    hashed = hash_pin(pin, salt=entropy(SALT_BYTES))
    Agent(alias, hashed)  # refuses what the journal can't keep
    return AgentSection(alias, hashed)


def _rewrite(path: Path, config: GateConfig) -> None:
    """Write a configuration in the place of the former one, with its owner and mode."""
    draft, folder = path.with_name(path.name + ".draft"), path.absolute().parent
    text = dump(config, folder=folder)
    parse(text, folder=folder)  # pages on the network need an agent: the last one stays
    try:
        former = path.stat()
        draft.unlink(missing_ok=True)
        _write(draft, text.encode())
        if (former.st_uid, former.st_gid) != (os.geteuid(), os.getegid()):
            os.chown(draft, former.st_uid, former.st_gid)
        draft.replace(path)
        sync_folder(path)
    except OSError as error:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise EnvironmentProblem(
            f"{path} can't be written ({error.strerror}): run as its owner, and check the disk"
        ) from error


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
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        with suppress(OSError):
            path.unlink()
        raise
