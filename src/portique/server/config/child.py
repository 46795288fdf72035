"""One part of the server as a process: `python -m portique.server.config.child PART HOST PORT …`.

Started by the supervisor, with its variables. Its standard input is a lifeline: when it ends, so
does the part, however the supervisor died.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

PAGES, STREAMS = "pages", "streams"


def main(part: str, host: str, port: int, *tls: str) -> None:
    """Serve pages or streams until told to stop; `tls` is certificate and key, or nothing."""
    from portique.server.config import starting  # noqa: PLC0415 -- before Django is imported

    threading.Thread(target=_hold_lifeline, name="lifeline", daemon=True).start()
    starting.make_ready(Path(os.environ["PORTIQUE_SCHOOL"]))
    from portique.server.frame import logs  # noqa: PLC0415 -- likewise

    logs.take_uncaught()
    pair = (Path(tls[0]), Path(tls[1])) if tls else None
    if part == PAGES:
        from portique.server.config.serving import serve_pages  # noqa: PLC0415

        serve_pages(host, port, pair)
    else:
        from portique.server.config.streams import serve_streams  # noqa: PLC0415

        serve_streams(host, port, pair)


def _hold_lifeline() -> None:
    """Wait for the end of the standard input, then stop in order."""
    # Not `sys.stdin`: whoever closes it meanwhile would wait for its lock for ever.
    while os.read(0, 64):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), *sys.argv[4:])
