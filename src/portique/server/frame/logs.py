"""Logs of the server: one JSON line an event, on the error stream, without personal data.

Django's own records (a path, an exception's text) may hold names, so only the logger, the level,
the kind of exception and the status code are kept.
"""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

from portique.server.clock import now

KEPT = frozenset({"status_code"})


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
        if record.name.startswith("portique."):
            line["event"] = record.msg  # our own events are constants, see `tests/server`
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
        return json.dumps(line, ensure_ascii=False)


def configure(_settings: dict[str, Any] | None = None) -> None:
    """Send every record through the one formatter."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_OneLine())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
