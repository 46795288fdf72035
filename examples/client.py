"""A small client of Portique's interface for programs. It needs nothing but Python 3.11.

    export PORTIQUE_ADDRESS=https://portique.lycee.example PORTIQUE_TOKEN=portique_…
    python client.py gates
    python client.py absent NOIRET 2026-11-23 14:00 16:00

The token is made by the head of school, on the page “Programs”. It is read from the
environment, so that it is in no list of processes and no history of commands.
"""

# ruff: noqa: INP001, T201 -- a script to copy, which prints

from __future__ import annotations

import json
import os
import sys
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass
from typing import Any

TIMEOUT_S = 10


class PortiqueProblem(Exception):  # noqa: N818 -- the standard's own word
    """What Portique answered instead: a problem of RFC 9457."""

    def __init__(self, status: int, title: str, detail: str, retry_after_s: int | None) -> None:
        super().__init__(f"{title} ({status}): {detail}")
        self.status = status
        self.retry_after_s = retry_after_s


@dataclass(frozen=True)
class Client:
    """Calls a school's server in the language of `language`.

    Args:
        address: Such as `https://portique.lycee.example`.
        token: The program's own; keep it as one keeps a password.
        language: `fr` or `en`, for words in answers.
    """

    address: str
    token: str
    language: str = "fr"

    def gates(self) -> list[dict[str, Any]]:
        """Return how each gate is; scope `gates:read`.

        Raises:
            PortiqueProblem: It was refused.
            OSError: The server can't be reached.
        """
        answer: list[dict[str, Any]] = self._call("GET", "gates")
        return answer

    def announce_absence(
        self, teacher: str, day: str, begins: str | None = None, ends: str | None = None
    ) -> dict[str, Any]:
        """Announce that a teacher is absent, and return the lessons that go; scope `rules:write`.

        Called again after a broken connection, it is done twice unless the mark is the same: this
        client tries once more by itself, with the same mark.

        Args:
            teacher: The school's own code of them.
            day: `YYYY-MM-DD`.
            begins: `HH:MM`, local time; None: from the morning.
            ends: `HH:MM`; None: to the evening.

        Raises:
            PortiqueProblem: It was refused; nothing was changed.
            OSError: The server can't be reached.
        """
        change = {"act": "teacher-absent", "teacher": teacher, "day": day}
        change |= {name: at for name, at in (("begins", begins), ("ends", ends)) if at}
        mark = uuid.uuid4().hex
        try:
            answer = self._call("POST", "changes", change, mark)
        except (urllib.error.URLError, TimeoutError):
            answer = self._call("POST", "changes", change, mark)
        made: dict[str, Any] = answer
        return made

    def _call(self, method: str, path: str, body: Any = None, mark: str = "") -> Any:
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Accept-Language": self.language,
            "Accept": "application/json",
        }
        headers |= {"Content-Type": "application/json"} if body is not None else {}
        headers |= {"Idempotency-Key": mark} if mark else {}
        address = f"{self.address.rstrip('/')}/api/v1/{path}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(address, data, headers, method=method)  # noqa: S310 -- as given
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S) as response:  # noqa: S310
                return json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                raise _problem(error) from None


def _problem(error: urllib.error.HTTPError) -> PortiqueProblem:
    try:
        said = json.load(error)
    except ValueError:
        said = {}  # not from Portique: a proxy between
    wait_s = error.headers.get("Retry-After", "")
    return PortiqueProblem(
        error.code,
        said.get("title", error.reason),
        said.get("detail", ""),
        int(wait_s) if wait_s.isdigit() else None,
    )


def main(words: list[str]) -> int:
    """Run one of the two uses; return the exit code."""
    client = Client(os.environ["PORTIQUE_ADDRESS"], os.environ["PORTIQUE_TOKEN"])
    match words:
        case ["gates"]:
            for gate in client.gates():
                troubles = "; ".join(trouble["what"] for trouble in gate["troubles"])
                print(f"{gate['title']}: {troubles or 'ok'}")
        case ["absent", teacher, day, *hours] if len(hours) in {0, 2}:
            print(client.announce_absence(teacher, day, *hours)["said"])
        case _:
            print(__doc__)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
