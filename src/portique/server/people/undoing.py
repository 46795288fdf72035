"""What an import must remember to be undone, as sealed text."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from portique.school.people.changes import Change
from portique.school.people.difference import Reversal
from portique.school.people.records import Boarding, Role, Tie


@dataclass(slots=True)
class Undo:
    """How to take an import back; `suspended` are passes by the status they had."""

    reversal: Reversal
    suspended: dict[str, int] = field(default_factory=dict)


def write_undo(undo: Undo) -> str:
    """Write as text."""
    back = undo.reversal
    return json.dumps(
        {
            "remove": back.remove,
            "restore": {key: [_plain(c) for c in changes] for key, changes in back.restore.items()},
            "bring_back": back.bring_back,
            "send_away": back.send_away,
            "suspended": undo.suspended,
        },
        ensure_ascii=False,
    )


def read_undo(text: str) -> Undo:
    """Read back what `write_undo` wrote."""
    held = json.loads(text)
    restore = {
        key: tuple(_change(*plain) for plain in changes) for key, changes in held["restore"].items()
    }
    reversal = Reversal(
        tuple(held["remove"]), restore, tuple(held["bring_back"]), tuple(held["send_away"])
    )
    return Undo(reversal, held["suspended"])


def _plain(change: Change) -> list[Any]:
    return [change.field, _text(change.old), _text(change.new)]


def _text(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [list(asdict(one).values()) if isinstance(one, Tie) else one for one in value]
    return value


def _change(name: str, old: Any, new: Any) -> Change:
    return Change(name, _value(name, old), _value(name, new))


def _value(name: str, plain: Any) -> Any:
    if plain is None:
        return None
    match name:
        case "birth_date":
            return date.fromisoformat(plain)
        case "boarding":
            return Boarding(plain)
        case "groups" | "meal_days":
            return tuple(plain)
        case "ties":
            return tuple(Tie(pupil, Role(role)) for pupil, role in plain)
        case _:
            return plain
