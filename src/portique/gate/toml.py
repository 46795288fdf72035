"""TOML into frozen dataclasses, refused whole with one sentence on the first fault.

A dataclass is a table; a field annotated with a `Key` carries its own meaning, choices and bounds,
so that the reader, the file written by `gate init` and the reference page cannot disagree.
"""

from __future__ import annotations

import dataclasses
import difflib
import types
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, Union, get_args, get_origin, get_type_hints

from portique.core.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator

Table = TypeVar("Table")

NAMES: dict[type, str] = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    Path: "a path",
}


@dataclass(frozen=True, slots=True)
class Key:
    """What a key means: a sentence, the texts accepted, closed bounds, an example if required."""

    doc: str
    choices: tuple[str, ...] = ()
    bounds: tuple[float, float] | None = None
    example: str = ""


@dataclass(frozen=True, slots=True)
class Declared:
    """One declared key: its path, type, meaning and default (`MISSING`: required)."""

    path: str
    kind: Any
    about: Key
    default: Any

    @property
    def required(self) -> bool:
        """Say whether a file must give it."""
        return self.default is dataclasses.MISSING


def declared(table: type, where: str = "") -> tuple[Declared, ...]:
    """List the keys of one table, in order; ``where`` begins their paths."""
    hints = get_type_hints(table, include_extras=True)
    items = []
    for field in dataclasses.fields(table):
        kind, about = get_args(hints[field.name])[:2]
        items.append(Declared(_join(where, field.name), kind, about, _default(field)))
    return tuple(items)


def every_key(table: type, where: str = "") -> Iterator[Declared]:
    """List the keys of a table and of the tables inside it; a list of tables ends in `[]`."""
    for item in declared(table, where):
        yield item
        inner = get_args(item.kind)[0] if get_origin(item.kind) is tuple else item.kind
        if dataclasses.is_dataclass(inner) and isinstance(inner, type):
            yield from every_key(inner, item.path if inner is item.kind else item.path + "[]")


def read(kind: type[Table], table: object, *, where: str = "", folder: Path) -> Table:
    """Make a ``kind`` of a parsed TOML table; relative paths start at ``folder``.

    Raises:
        ConfigError: One sentence naming the key's path, what was found and what is accepted.
    """
    if not isinstance(table, dict):
        raise ConfigError(f"{where} must be a table, not {table!r}")
    accepted = {item.path.rpartition(".")[2]: item for item in declared(kind, where)}
    for name in table:
        if name not in accepted:
            raise ConfigError(_unknown(_join(where, name), name, tuple(accepted)))
    values = {}
    for name, item in accepted.items():
        if name in table:
            values[name] = _value(item.kind, table[name], item.path, folder)
            _check(item, values[name])
        elif item.required:
            raise ConfigError(f"{item.path} is missing: {item.about.doc}")
        elif isinstance(item.default, Path):
            values[name] = folder / item.default
        elif dataclasses.is_dataclass(item.default):
            values[name] = read(type(item.default), {}, where=item.path, folder=folder)
    return kind(**values)


def _unknown(path: str, name: str, accepted: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(name, accepted, n=1, cutoff=0.6)
    hint = f"; did you mean {near[0]}?" if near else ""
    return f"{path} is not a key of Portique{hint} (accepted here: {', '.join(accepted)})"


def name_of(hint: Any) -> str:
    """Name a type in words, as in `a list of whole numbers`."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in {types.UnionType, Union}:
        return name_of(arguments[0])
    if origin is tuple:
        many = name_of(arguments[0]).removeprefix("a ") + "s"
        return f"a list of {many}" if arguments[-1] is ... else f"{len(arguments)} {many}"
    if origin is dict:
        return "a table of texts"
    return NAMES.get(hint, "a table")


def _join(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def _default(field: dataclasses.Field[Any]) -> Any:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default


def _value(kind: Any, found: object, path: str, folder: Path) -> Any:
    origin = get_origin(kind)
    if origin in {types.UnionType, Union}:  # `X | None`: absent is None, TOML has no null
        return _value(get_args(kind)[0], found, path, folder)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return read(kind, found, where=path, folder=folder)
    if origin is tuple:
        return _items(kind, found, path, folder)
    return _texts(found, path) if origin is dict else _scalar(kind, found, path, folder)


def _scalar(kind: type, found: object, path: str, folder: Path) -> Any:
    if kind is Path and isinstance(found, str) and found:
        return folder / Path(found).expanduser()
    if kind is float and type(found) is int:
        return float(found)
    if type(found) is not kind:  # not isinstance: true is no number here
        raise ConfigError(f"{path} must be {name_of(kind)}, not {found!r}")
    return found


def _items(hint: Any, found: object, path: str, folder: Path) -> tuple[Any, ...]:
    arguments = get_args(hint)
    fixed = None if arguments[-1] is ... else len(arguments)
    if not isinstance(found, list) or (fixed is not None and len(found) != fixed):
        raise ConfigError(f"{path} must be {name_of(hint)}, not {found!r}")
    return tuple(
        _value(arguments[0], item, f"{path}[{number}]", folder)
        for number, item in enumerate(found, 1)
    )


def _texts(found: object, path: str) -> dict[str, str]:
    if not isinstance(found, dict):
        raise ConfigError(f"{path} must be a table of texts, not {found!r}")
    for name, text in found.items():
        if not isinstance(text, str):
            raise ConfigError(f"{path}.{name} must be a text in quotes, not {text!r}")
    return dict(found)


def _check(item: Declared, value: object) -> None:
    choices, bounds = item.about.choices, item.about.bounds
    for one in value if isinstance(value, tuple) else (value,):
        if choices and one not in choices:
            near = difflib.get_close_matches(str(one), choices, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise ConfigError(f"{item.path} must be one of {', '.join(choices)}, not {one!r}{hint}")
        # `not` of the range: a NaN is refused too
        if bounds and not (isinstance(one, int | float) and bounds[0] <= one <= bounds[1]):
            raise ConfigError(f"{item.path} must be from {bounds[0]} to {bounds[1]}, not {one!r}")
