"""A scanner of JavaScript, whole but for its page, whose calls go to the server's views."""

import json
import subprocess
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.test import Client
from tests.web.node_lines import ROOT, node

from portique.testing.fault_proxy import Fault

PHONE = ROOT / "web" / "tests" / "scanner_phone.js"
PASSED_ON = ("Portique-Answer", "Content-Type")


class Refused(Exception):  # noqa: N818 - what the scanner did
    """The scanner's error, by its class."""


@dataclass
class Phone:
    """One phone; `faults` befall its next calls, `asked` are the paths it called.

    `refusing`: somebody on the way answers every call with 401, unsigned.
    """

    process: subprocess.Popen[str]
    client: Client = field(default_factory=Client)
    faults: deque[Fault] = field(default_factory=deque)
    asked: list[str] = field(default_factory=list)
    refusing: bool = False

    def ask(self, name: str, **of: Any) -> Any:
        """Have something done, answering its calls meanwhile."""
        self._say({"ask": name, "of": of})
        while True:
            assert self.process.stdout
            line = json.loads(self.process.stdout.readline())
            if "fetch" in line:
                self._say({"fetched": self._fetch(line["fetch"])})
            elif "refused" in line:
                raise Refused(f"{line['refused']}: {line['message']}\n{line['stack']}")
            else:
                return line["answer"]

    def _say(self, line: dict[str, Any]) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps(line) + "\n")
        self.process.stdin.flush()

    def _fetch(self, asked: dict[str, Any]) -> dict[str, Any] | None:
        """Carry a call to the server, or lose it on the way; None: no answer came."""
        self.asked.append(asked["path"])
        fault = self.faults.popleft() if self.faults else None
        if self.refusing:
            return {"status": 401, "headers": {}, "body": ""}
        if fault is Fault.LOST:
            return None
        if fault is Fault.DOUBLED:
            self._carry(asked)
        answered = self._carry(asked)
        if fault is Fault.BROKEN:
            return answered | {"status": 500, "headers": {}}
        return None if fault is Fault.UNANSWERED else answered

    def _carry(self, asked: dict[str, Any]) -> dict[str, Any]:
        body = bytes.fromhex(asked["body"])
        response = self.client.generic(
            asked["method"], asked["path"], body, headers=asked["headers"]
        )
        passed = {name: response[name] for name in PASSED_ON if name in response}
        return {"status": response.status_code, "headers": passed, "body": response.content.hex()}


@contextmanager
def switched_on() -> Iterator[Phone]:
    """Give a phone that joined no school; it ends with the block."""
    with subprocess.Popen(
        [node(), str(PHONE)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as process:
        try:
            yield Phone(process)
        finally:
            assert process.stdin
            process.stdin.close()
            process.wait()
