"""The reference page of the configuration, from the tables themselves.

python -m portique.gate.config_page > docs/gate-configuration.md
"""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from typing import TYPE_CHECKING, get_args, get_origin

from portique.gate.sections import GateConfig
from portique.gate.toml import declared, name_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portique.gate.toml import Declared

INTRODUCTION = """\
# A gate's configuration

One lane, one TOML file, made by `portique gate init` or `portique gate enrol` and read by
`portique gate run`. The file is read whole or refused with one sentence: an unknown key, a wrong
value, or two keys that contradict each other stop the start. Relative paths begin at the file's own
folder. Files that hold secrets must have mode 0600, and so must this file once it names an agent.

Only `gate.id` and `gate.school` must be given. Everything else has a default that opens nothing:
pages on this machine only, no relay, no fire line, entries erased after a day.

This page is generated from the program's own tables (`python -m portique.gate.config_page`).
"""


def page() -> str:
    """Return the page, in Markdown."""
    return INTRODUCTION + "".join(f"{line}\n" for line in _sections(GateConfig, "", many=False))


def _sections(table: type, path: str, *, many: bool) -> Iterator[str]:
    """Write one table as a section: its keys, then the tables inside it."""
    items = declared(table)
    plain = [item for item in items if not _inner(item)]
    if path:
        yield f"\n## `{'[[' if many else '['}{path}{']]' if many else ']'}`"
        yield f"\n{(table.__doc__ or '').strip()}"
    if plain:
        yield "\n| key | type | default | meaning |\n|---|---|---|---|"
        yield from (_row(item) for item in plain)
    for item in items:
        inner = _inner(item)
        if inner is not None:
            name = f"{path}.{item.path}" if path else item.path
            yield from _sections(inner, name, many=get_origin(item.kind) is tuple)


def _inner(item: Declared) -> type | None:
    """Return the table a key holds, or lists; None for a plain key."""
    kind = get_args(item.kind)[0] if get_origin(item.kind) is tuple else item.kind
    return kind if dataclasses.is_dataclass(kind) and isinstance(kind, type) else None


def _row(item: Declared) -> str:
    about = item.about
    accepted = ""
    if about.choices:
        accepted = f" One of: {', '.join(f'`{choice}`' for choice in about.choices)}."
    if about.bounds:
        accepted = f" From {about.bounds[0]:.10g} to {about.bounds[1]:.10g}."
    meaning = f"{about.doc[0].upper()}{about.doc[1:]}.{accepted}".replace("|", "\\|")
    return f"| `{item.path}` | {name_of(item.kind)} | {_shown(item)} | {meaning} |"


def _shown(item: Declared) -> str:
    if item.required:
        return f"required, as `{item.about.example}`" if item.about.example else "required"
    default = item.default
    if default is None or default in ((), "", {}):
        return "none"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    if isinstance(default, tuple):
        return f"`[{', '.join(repr(one) for one in default)}]`".replace("'", '"')
    return f'`"{default}"`' if isinstance(default, str | Path) else f"`{default}`"


if __name__ == "__main__":
    sys.stdout.write(page())
