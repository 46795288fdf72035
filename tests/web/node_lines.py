"""A Node process that answers each line of JSON with a line of JSON, for differential tests."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
NODE_LINK = ROOT / "build" / "web" / "node"  # laid by tools/web.py
ANSWERS = ROOT / "web" / "tests" / "answers.js"


def node() -> str:
    """Return the Node to start."""
    found = str(NODE_LINK) if NODE_LINK.exists() else shutil.which("node")
    assert found, "no Node here: run `make check` once, it fetches one"
    return found


class Answers:
    """Questions put to one Node process, which knows them by name (`web/tests/answers.js`)."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ask(self, name: str, asked: Any) -> Any:
        """Send one question, however long, and wait for its answer."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps({"ask": name, "of": asked}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "Node ended: its error is above"
        return json.loads(line)


@contextmanager
def answering() -> Iterator[Answers]:
    """Start Node; it ends with the block."""
    with subprocess.Popen(
        [node(), str(ANSWERS)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        yield Answers(process)
        assert process.stdin
        process.stdin.close()
        assert process.wait() == 0
