"""Asking a live journal through its gate: a Unix socket beside the file.

The gate holds its file alone, so nobody else can read it meanwhile. One
connection, one JSON line asked, one JSON line answered. Only the gate's own
user may connect.
"""

from __future__ import annotations

import json
import os
import socket
import threading
from contextlib import contextmanager, suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from portique.core.errors import EnvironmentProblem, JournalError
from portique.gate.journal_marks import beside
from portique.gate.journal_values import Fault, Row, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from portique.gate.journal import Journal

REQUEST_BYTES_MAX = 256
ANSWER_BYTES_MAX = 8 * 2**20
ROWS_AT_ONCE = 500
PATIENCE_S = 60.0  # a whole verification of 500,000 entries takes a few seconds
WAKE_S = 0.2  # how soon a closed server's thread notices


class JournalControl:
    """Answers {"ask": "head"}, {"ask": "verify"} and {"ask": "rows", "after": n} for one journal.

    Runs in a thread of its own; the journal's lock keeps it from the decisions.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._path = beside(journal.path, ".sock")
        self._closing = threading.Event()
        self._socket = _listen(self._path)
        self._thread = threading.Thread(target=self._serve, name="journal-control", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop answering and remove the socket. May be repeated."""
        if self._closing.is_set():
            return
        self._closing.set()
        self._thread.join()
        self._socket.close()
        self._path.unlink(missing_ok=True)

    def _serve(self) -> None:
        while not self._closing.is_set():
            try:
                connection, _ = self._socket.accept()
            except TimeoutError:
                continue
            except OSError:  # no descriptor left, for now: asked again once there is one
                self._closing.wait(WAKE_S)
                continue
            with connection, suppress(OSError):  # the asker may leave at any time
                connection.settimeout(PATIENCE_S)
                connection.sendall(json.dumps(self._answer(connection)).encode() + b"\n")

    def _answer(self, connection: socket.socket) -> dict[str, Any]:
        try:
            request = json.loads(_line(connection, REQUEST_BYTES_MAX))
            return self._do(request)
        except JournalError as error:
            return {"error": str(error)}
        except (ValueError, TypeError):
            return {"error": "not a request of this journal"}

    def _do(self, request: Any) -> dict[str, Any]:
        match request:
            case {"ask": "head"}:
                head = self._journal.head
                return {"epoch": head.epoch, "number": head.number, "chain": head.chain.hex()}
            case {"ask": "verify"}:
                verdict = asdict(self._journal.verify())
                return verdict | {"head": verdict["head"].hex()}
            case {"ask": "rows", "after": int(after)} if after >= 0:
                rows = self._journal.rows(after, ROWS_AT_ONCE)
                return {"rows": [_row_to_json(row) for row in rows]}
        raise ValueError("an unknown request")


def ask_head(path: Path) -> dict[str, Any]:
    """Ask a live gate where its journal stands.

    Raises:
        EnvironmentProblem: No gate answers.
        JournalError: The gate answers that it can't.
    """
    return _ask(path, {"ask": "head"})


def ask_verify(path: Path) -> Verdict:
    """Ask a live gate to verify its journal.

    Raises:
        EnvironmentProblem: No gate answers.
        JournalError: The gate answers that it can't.
    """
    answer = _ask(path, {"ask": "verify"})
    fault = answer.pop("fault")
    head = bytes.fromhex(answer.pop("head"))
    return Verdict(**answer, head=head, fault=None if fault is None else Fault(**fault))


def ask_rows(path: Path) -> Iterator[Row]:
    """Ask a live gate for all rows of its present epoch.

    Raises:
        EnvironmentProblem: No gate answers.
        JournalError: The gate answers that it can't.
    """
    after = 0
    while found := _ask(path, {"ask": "rows", "after": after})["rows"]:
        for each in found:
            yield _row_from_json(each)
        after = found[-1][1]


def _ask(path: Path, request: dict[str, Any]) -> dict[str, Any]:
    place = beside(path, ".sock")
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(PATIENCE_S)
            with _short(place) as address:
                connection.connect(address)
            connection.sendall(json.dumps(request).encode() + b"\n")
            answer: dict[str, Any] = json.loads(_line(connection, ANSWER_BYTES_MAX))
    except (OSError, ValueError) as error:
        raise EnvironmentProblem(
            f"{path.name} is held by another process that does not answer on {place.name}: "
            "stop that process, or ask as the user the gate runs under"
        ) from error
    if "error" in answer:
        raise JournalError(answer["error"])
    return answer


def _listen(path: Path) -> socket.socket:
    """Open the socket for this user alone; one left by a crash is taken over."""
    path.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with _short(path) as address:
        listening.bind(address)
    path.chmod(0o600)
    listening.listen(4)
    listening.settimeout(WAKE_S)
    return listening


@contextmanager
def _short(path: Path) -> Iterator[str]:
    """Name a socket in at most 108 bytes, the system's limit, however deep its folder is."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


def _line(connection: socket.socket, bytes_max: int) -> bytes:
    data = bytearray()
    while not data.endswith(b"\n"):
        part = connection.recv(65_536)
        if not part or len(data) + len(part) > bytes_max:
            raise ValueError("the line is cut or too long")
        data += part
    return bytes(data)


def _row_to_json(row: Row) -> list[Any]:
    texts = (None if each is None else each.hex() for each in (row.salt, row.body))
    return [row.epoch, row.number, row.time_ms, *texts, row.commitment.hex(), row.chain.hex()]


def _row_from_json(found: list[Any]) -> Row:
    epoch, number, time_ms, *texts = found
    salt, body, commit, chain = (None if t is None else bytes.fromhex(t) for t in texts)
    return Row(epoch, number, time_ms, salt, body, commit or b"", chain or b"")
