"""One lane's configuration: one TOML file, read whole or refused with one sentence.

Paths are relative to the file's own folder. The tables are in `portique.gate.sections`.
"""

from __future__ import annotations

import re
import stat
import tomllib
from dataclasses import fields, is_dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from portique.core.errors import ConfigError
from portique.gate.sections import GateConfig
from portique.gate.toml import declared, read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portique.gate.toml import Declared

CONFIG_BYTES_MAX = 65_536
PIN_HASH = re.compile(r"scrypt\$[0-9a-f]{32}\$[0-9a-f]{64}")
_UAI = re.compile(r"[0-9]{7}[A-Z]")


def load(path: Path) -> GateConfig:
    """Read and check the configuration of one lane.

    Raises:
        ConfigError: The file is missing, is no TOML, has an unknown or wrong key, two keys that
            contradict each other, or a secret that others can read. One sentence says which.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"the configuration {path} can't be read ({error.strerror}): "
            "name another file, or make one with `portique gate init`"
        ) from error
    if len(raw) > CONFIG_BYTES_MAX:
        raise ConfigError(f"{path} has {len(raw)} bytes, more than {CONFIG_BYTES_MAX}: not ours")
    config = parse(raw.decode("utf-8", "replace"), folder=path.absolute().parent)
    if config.screens.agents:
        check_secret(path)  # a PIN's hash gives the PIN to whoever can try a million of them
    for secret in secrets_of(config):
        if secret.exists():
            check_secret(secret)
    return config


def parse(text: str, *, folder: Path) -> GateConfig:
    """Read the text of a configuration whose relative paths start at ``folder``.

    Raises:
        ConfigError: See `load`.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"the configuration is not TOML: {error}") from error
    config = read(GateConfig, table, folder=folder)
    for objection in _objections(config):
        raise ConfigError(objection)
    return config


def dump(config: GateConfig, *, folder: Path | None = None) -> str:
    """Write a configuration as TOML with every key explained; `load` gives the same value back.

    Paths under ``folder`` are written relative to it.
    """
    written = ["# One lane of Portique. Every key is explained in docs/gate-configuration.md.\n"]
    written.extend(_table_lines("", config, folder))
    return "\n".join(written).replace("\n\n\n", "\n\n").strip() + "\n"


def secrets_of(config: GateConfig) -> Iterator[Path]:
    """List the files that only the gate's own user may read."""
    candidates = (
        config.gate.key,
        config.screens.tls_key,
        config.door.webhook.secret,
        config.door.mqtt.password,
    )
    return (path for path in candidates if path is not None)


def read_secret(path: Path) -> str:
    """Return the text of a secret file without its last newline.

    Raises:
        ConfigError: It is missing, empty, or others can read it.
    """
    try:
        check_secret(path)
        text = path.read_text(encoding="utf-8").removesuffix("\n")
    except OSError as error:
        raise ConfigError(f"the secret {path} can't be read ({error.strerror})") from error
    if not text:
        raise ConfigError(f"the secret {path} is empty: write it again")
    return text


def check_secret(path: Path) -> None:
    """Refuse a secret that anybody but its owner can read or write.

    Raises:
        ConfigError: With the command that mends it.
    """
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise ConfigError(
            f"others can read {path} (mode {mode:04o}), which holds secrets: run `chmod 600 {path}`"
        )


def is_loopback(host: str) -> bool:
    """Say whether ``host`` only answers on this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _objections(config: GateConfig) -> Iterator[str]:
    """Say what no single key can: values that need or contradict each other."""
    if not _UAI.fullmatch(config.gate.school):
        yield f"gate.school must be a UAI, seven digits and a letter, not {config.gate.school!r}"
    yield from _camera_objections(config)
    yield from _reader_objections(config)
    yield from _door_objections(config)
    yield from _fire_objections(config)
    yield from _screen_objections(config)
    yield from _server_objections(config)


def _camera_objections(config: GateConfig) -> Iterator[str]:
    left, top, right, bottom = config.camera.aim
    if not (left < right and top < bottom):
        yield "camera.aim is empty: left must be less than right, and top less than bottom"


def _reader_objections(config: GateConfig) -> Iterator[str]:
    names = [reader.name or reader.kind for reader in config.readers]
    for number, reader in enumerate(config.readers, 1):
        if reader.kind != "stdin" and reader.device is None:
            yield f"readers[{number}].device is missing: a {reader.kind} reader needs its path"
        if names.count(names[number - 1]) > 1:
            yield f"readers[{number}].name: two readers are named {names[number - 1]!r}"


def _door_objections(config: GateConfig) -> Iterator[str]:
    door = config.door
    if config.gate.direction == "exit" and door.gpio.door is not None:
        yield "door.gpio.door: an exit lane drives no lock, only lamps; remove the key"
    if door.kind == "webhook" and not door.webhook.url.startswith(("http://", "https://")):
        yield "door.webhook.url must be an address beginning with http:// or https://"
    if door.kind == "gpio" and config.gate.direction == "entry" and door.gpio.door is None:
        yield "door.gpio.door is missing: the BCM number of the relay's pin"
    if door.fail.link_lost == "free" and config.gate.direction == "entry":
        yield 'door.fail.link_lost: a lost link must not open an entry; only "secured" is accepted'
    if door.kind == "mqtt" and not (door.mqtt.tls or is_loopback(door.mqtt.host)):
        yield "door.mqtt.tls must be true: the broker is on another machine"


def _fire_objections(config: GateConfig) -> Iterator[str]:
    if config.fire.kind == "contact" and config.fire.pin is None:
        yield "fire.pin is missing: the BCM number of the contact's pin"
    if config.fire.kind == "line" and config.fire.path is None:
        yield "fire.path is missing: the FIFO that carries the fire line"


def _screen_objections(config: GateConfig) -> Iterator[str]:
    screens = config.screens
    if (screens.tls_certificate is None) != (screens.tls_key is None):
        yield "screens.tls_certificate and screens.tls_key go together: give both or none"
    if not is_loopback(screens.host) and (screens.tls_key is None or not screens.agents):
        yield (
            f"screens.host is {screens.host}: pages outside this machine need tls_certificate, "
            "tls_key and at least one agent with a PIN"
        )
    for number, agent in enumerate(screens.agents, 1):
        if not PIN_HASH.fullmatch(agent.pin_hash):
            yield f"screens.agents[{number}].pin_hash: make it with `portique gate init`"


def _server_objections(config: GateConfig) -> Iterator[str]:
    server = config.server
    if server.address and not is_server_address(server.address):
        yield (
            "server.address must be https://name or https://name:port, without a path; "
            "http:// is for this machine alone"
        )
    if server.proxy and not _is_place(server.proxy, ("http", "https")):
        yield "server.proxy must be http://name:port"


def is_server_address(address: str) -> bool:
    """Say whether this is where a school's server may be: over TLS, or on this machine."""
    if not _is_place(address, ("https", "http")):
        return False
    parts = urlsplit(address)
    return parts.scheme == "https" or is_loopback(parts.hostname or "")


def _is_place(address: str, schemes: tuple[str, ...]) -> bool:
    """Say whether an address is scheme, host and perhaps a port, and nothing more."""
    try:
        parts = urlsplit(address)
        named = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
    bare = f"{parts.scheme}://{parts.netloc}" == address and "@" not in parts.netloc
    return named and bare and parts.scheme in schemes and address.isascii()


def _table_lines(path: str, table: Any, folder: Path | None) -> Iterator[str]:
    """Write one table: its plain keys first, then the tables inside it."""
    if path:
        yield f"\n[{path}]"
    inner = []
    for item in declared(type(table), path):
        value = getattr(table, item.path.rpartition(".")[2])
        if _is_table(value) or (value and isinstance(value, tuple) and _is_table(value[0])):
            inner.append((item, value))
        else:
            yield from _key_lines(item, value, folder)
    for item, value in inner:
        yield f"\n# {item.about.doc.capitalize()}."
        if _is_table(value):
            yield from _table_lines(item.path, value, folder)
        else:
            for one in value:
                lines = _table_lines(item.path, one, folder)
                yield next(lines).replace("[", "[[").replace("]", "]]")
                yield from lines


def _key_lines(item: Declared, value: object, folder: Path | None) -> Iterator[str]:
    name = item.path.rpartition(".")[2]
    choices = f" ({', '.join(item.about.choices)})" if item.about.choices else ""
    yield f"# {item.about.doc}{choices}"
    if value is None or value in ((), {}):
        yield f"# {name} ="
    else:
        yield f"{name} = {_toml(value, folder)}"


def _is_table(value: object) -> bool:
    return is_dataclass(value) and bool(fields(value))


def _toml(value: object, folder: Path | None) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, tuple):
        return f"[{', '.join(_toml(item, folder) for item in value)}]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_quoted(k)} = {_quoted(v)}" for k, v in value.items()) + " }"
    if isinstance(value, Path):
        inside = folder is not None and value.is_relative_to(folder)
        return _quoted(str(value.relative_to(folder) if inside and folder else value))
    return _quoted(str(value))


def _quoted(text: str) -> str:
    escaped = "".join(
        f"\\u{ord(c):04x}" if ord(c) < 32 or ord(c) == 127 else c
        for c in text.replace("\\", "\\\\").replace('"', '\\"')
    )
    return f'"{escaped}"'
