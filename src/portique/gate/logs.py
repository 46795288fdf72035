"""Structured logs on standard error: JSON, one line an event, only keys of a closed list.

A name, a text of a code, a pass or holder number never gets into a log: not because callers are
careful, but because a key outside `KEYS`, or a value that is no number, truth or short code, is
dropped and counted. Error messages pass only from Portique's own errors, which hold no personal
data; of any other exception only the type is written.
"""

from __future__ import annotations

import io
import re
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, TextIO, cast

import structlog

from portique.core.errors import PassError, PortiqueError

if TYPE_CHECKING:
    from structlog.typing import EventDict, FilteringBoundLogger, WrappedLogger

KEYS = frozenset(
    {
        "event", "level", "at", "gate", "lane",
        "outcome", "medium", "table", "versions", "epoch", "number",
        "organ", "pid", "exit_code", "restarts", "fault", "error",
        "reader", "door", "state", "posture", "mode", "direction", "language",
        "frames", "dropped", "queue", "outbox", "entries", "count",
        "ms", "seconds", "bytes", "port", "host", "file", "key", "part", "age_s",
        "doubt", "uncertainty_ms", "off_by_ms", "version", "sandbox",
    }
)  # fmt: skip
CODE = re.compile(r"[a-z0-9][a-z0-9._:/+\-]{0,63}")  # no capital, no space: no name of anybody
_AT = re.compile(r"[0-9T:.\-]{19,26}Z")
_ID = re.compile(r"[0-9a-fA-F]{16,}")  # pass and holder numbers, keys, digests
_TEXT = re.compile(r"PQ[0-9]:.*")


class LeakError(AssertionError):
    """A log call carried a key or value that is not allowed: a bug of ours, raised in tests."""


class AllowList:
    """A processor that lets through known keys with harmless values; ``strict`` raises instead."""

    def __init__(self, *, strict: bool = False) -> None:
        self._strict = strict

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        """Return the allowed part of one event."""
        kept = {name: value for name, value in event.items() if allowed(name, value)}
        refused = len(event) - len(kept)
        if refused and self._strict:
            raise LeakError(f"keys {sorted(event.keys() - kept.keys())} must not be logged")
        return {"event": "withheld"} | kept | ({"withheld": refused} if refused else {})


def allowed(name: str, value: object) -> bool:
    """Say whether one pair may be written."""
    if name not in KEYS:
        return False
    if value is None or isinstance(value, bool | int | float):
        return True
    if name == "error":
        return isinstance(value, str)  # made by `fault_of` only, see `_explain`
    form = _AT if name == "at" else CODE
    return isinstance(value, str) and form.fullmatch(value) is not None and not _ID.search(value)


def fault_of(error: BaseException) -> str:
    """Describe an error without anybody's data: our own sentence, or another's type alone."""
    if isinstance(error, PassError) or not isinstance(error, PortiqueError):
        return type(error).__name__
    return _TEXT.sub("PQ…", _ID.sub("…", f"{type(error).__name__}: {error}"))


def configure(stream: TextIO | None = None, *, strict: bool = False) -> None:
    """Set up logging for this process; ``strict`` raises on what must not be logged."""
    unfailing = _Unfailing(stream or sys.stderr)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            _explain,
            AllowList(strict=strict),
            structlog.processors.JSONRenderer(sort_keys=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(20),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", unfailing)),
        cache_logger_on_first_use=False,
    )


# ValueError is what Python raises on a stream that was closed.
LOST = (OSError, ValueError)


class _Unfailing(io.TextIOBase):
    """A stream whose writes may be lost: a log on a full disk must not end a lane."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str, /) -> int:
        """Write what can be written."""
        with suppress(*LOST):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Bring it out, if that can be done."""
        with suppress(*LOST):
            self._stream.flush()


def log(**bound: str | int) -> FilteringBoundLogger:
    """Return a logger; bind what every line of a part shares, as ``log(organ="decode")``."""
    logger: FilteringBoundLogger = structlog.get_logger(**bound)
    return logger


def _explain(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Turn an exception given as ``error`` into a safe text; drop anything else called so."""
    event.pop("exc_info", None)
    given = event.pop("error", None)
    if isinstance(given, BaseException):
        event["error"] = fault_of(given)
    elif given is not None:
        event["error_text"] = given  # not in KEYS: withheld, or raised in tests
    return event
