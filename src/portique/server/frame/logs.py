"""Logs of the server: one JSON line an event, on the error stream, without personal data.

Django's own records (a path, an exception's text) may hold names, so only the logger, the level,
the kind of exception, the line of our code it came from and the status code are kept.
"""

from __future__ import annotations

import errno
import json
import logging
import sys
import threading
import traceback
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from portique.server.clock import now

if TYPE_CHECKING:
    from types import TracebackType

OURS = "portique"
BENEATH = "portique.server.config.sqlite"  # whoever asked the database is of interest
KEPT = frozenset({"status_code"})
DJANGOS = ("django", "django.server")  # Django gave these handlers of its own
log = logging.getLogger("portique.server.uncaught")


class _OneLine(logging.Formatter):
    """Write a record as JSON, leaving out whatever might be somebody's."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, Any] = {
            "at": now().isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "line": f"{record.module}:{record.lineno}",
        }
        line |= {key: getattr(record, key) for key in KEPT if hasattr(record, key)}
        if record.name.startswith(f"{OURS}."):
            line["event"] = str(record.msg)  # our own events are constants, see `tests/server`
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            line |= _number(record.exc_info[1]) | _place(record.exc_info[2])
        return json.dumps(line, ensure_ascii=False)


def _number(fault: BaseException | None) -> dict[str, str]:
    """Return the system's own name of a fault: `ENOSPC`, never the file or the text."""
    name = errno.errorcode.get(fault.errno or 0) if isinstance(fault, OSError) else None
    return {"errno": name} if name else {}


def _place(trace: TracebackType | None) -> dict[str, str]:
    """Return the last line of ours that an exception went through: a place, and no value."""
    steps = [
        (frame.f_globals.get("__name__", ""), number) for frame, number in traceback.walk_tb(trace)
    ]
    ours = [
        step
        for step in steps
        if step[0].partition(".")[0] == OURS and not step[0].startswith(BENEATH)
    ]
    return {"raised": "{}:{}".format(*ours[-1])} if ours else {}


class _ErrorStream(logging.Handler):
    """Writes to the error stream of the moment; a line that can't be written ends nothing."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        with suppress(OSError, ValueError):  # a full disk; a stream that was closed
            sys.stderr.write(self.format(record) + "\n")
            sys.stderr.flush()


def configure(_settings: dict[str, Any] | None = None) -> None:
    """Send every record through the one formatter."""
    handler = _ErrorStream()
    handler.setFormatter(_OneLine())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in DJANGOS:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
        logger.setLevel(logging.ERROR)  # not a line for each page that isn't there


def take_uncaught() -> None:
    """Log what nobody caught as the rest: Python would write its text, and that may name people."""
    sys.excepthook = _tell
    threading.excepthook = lambda fault: _tell(fault.exc_type, fault.exc_value, fault.exc_traceback)
    sys.unraisablehook = lambda fault: _tell(fault.exc_type, fault.exc_value, fault.exc_traceback)


def _tell(
    kind: type[BaseException], fault: BaseException | None, trace: TracebackType | None
) -> None:
    log.critical("uncaught", exc_info=(kind, fault or kind(), trace))
