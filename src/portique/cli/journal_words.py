"""One entry of a journal in one line: local time, words, and no more than a person needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portique.cli.speaking import printable
from portique.core.values import from_ms

if TYPE_CHECKING:
    from portique.gate.journal_values import Row

OUTCOMES = ("grant", "refer", "refuse")
FIRST = ("outcome", "reasons", "ruling")
SHORT_DIGITS = 8
SHORT = frozenset({"pass_id", "holder", "previous_head", "order_id"})
UNSAID = frozenset({"versions", "table", "evidence", "showing", "epoch"})  # --json has them
UNSAID_USUAL = {"posture": "normal"}
ANSWERED = {"number": "of entry"}


def line(row: Row, data: dict[str, Any]) -> str:
    """Write an entry in words; `data` is the same as plain values (`journal_export.as_data`)."""
    at = from_ms(row.time_ms).astimezone()
    body = sorted(data["body"].items(), key=lambda item: item[0] not in FIRST)
    said = (_said(name, value) for name, value in body if _worth(name, value))
    words = printable("  ".join(word for word in said if word))
    return f"{row.number:>6}  {at:%Y-%m-%d %H:%M:%S %z}  {data['kind']:<16} {words}".rstrip()


def _worth(name: str, value: Any) -> bool:
    return name not in UNSAID and UNSAID_USUAL.get(name) != value


def _said(name: str, value: Any) -> str:
    """Put one field in words; a list in commas, a truth by its name alone."""
    if name == "outcome":
        return OUTCOMES[value]
    if name == "reasons":
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return _name(name) if value else f"not {_name(name)}"
    if name == "ranges":
        return "entries " + ", ".join(f"{first} to {last}" for first, last in value)
    if name.endswith("_ms"):
        return f"{_name(name.removesuffix('_ms'))} {_moment(name, value)}"
    text = str(value)
    return f"{ANSWERED.get(name, _name(name))} {text[:SHORT_DIGITS] if name in SHORT else text}"


def _moment(name: str, value: int) -> str:
    """Write an instant in local time, a length in milliseconds."""
    if name == "uncertainty_ms":
        return f"{value} ms"
    return f"{from_ms(value).astimezone():%Y-%m-%d %H:%M:%S}"


def _name(name: str) -> str:
    return {"pass_id": "pass"}.get(name, name.replace("_", " "))
