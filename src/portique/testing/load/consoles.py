"""Consoles that listen, in a process of their own: `python -m portique.testing.load.consoles`.

Reads what to listen to from its standard input, says when all listen, and at the next line stops
and tells which lines each was given, and when those of one lane came.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from portique.testing.load.http import Stream

if TYPE_CHECKING:
    from collections.abc import Sequence

    Spans = list[tuple[int, int]]

PATH = "/direct/flux"
CATCH_UP_S, LOOK_S = 20.0, 0.1


@dataclass(slots=True)
class Heard:
    """What one console was given: spans of ids, ids out of order, uptimes of one lane's decisions.

    A span is the first and last of ids without a gap.
    """

    spans: Spans = field(default_factory=list)
    disordered: int = 0
    decisions_s: list[float] = field(default_factory=list)

    def note(self, number: int) -> None:
        """Note a line's id."""
        if not self.spans:
            self.spans.append((number, number))
        elif number == self.spans[-1][1] + 1:
            self.spans[-1] = self.spans[-1][0], number
        elif number > self.spans[-1][1]:
            self.spans.append((number, number))
        else:
            self.disordered += 1

    @property
    def last(self) -> int:
        """Return the id of the newest line."""
        return self.spans[-1][1] if self.spans else 0


async def listen(stream: Stream, watched: bytes, heard: Heard) -> None:
    """Listen until it is cancelled; a line with `watched` in it is one whose time counts."""
    async for block in stream.blocks():
        if not block.startswith(b"id: "):
            continue
        heard.note(int(block[4 : block.index(b"\n")]))
        if watched in block and b'"kind": "decision"' in block:
            heard.decisions_s.append(time.monotonic())


async def main(port: int, cookies: Sequence[str], lane: str) -> None:
    """Listen until told the id of the newest line; give what was heard once all have it."""
    opening = (Stream.open(port, PATH, {"Cookie": cookie}) for cookie in cookies)
    streams = await asyncio.gather(*opening)
    heard, watched = [Heard() for _ in streams], json.dumps({"lane": lane})[1:-1].encode()
    tasks = [
        asyncio.create_task(listen(stream, watched, each))
        for stream, each in zip(streams, heard, strict=True)
    ]
    say({"statuses": [stream.status for stream in streams]})
    newest = int(await asyncio.to_thread(sys.stdin.readline))
    for _ in range(round(CATCH_UP_S / LOOK_S)):
        if all(each.last >= newest for each in heard):
            break
        await asyncio.sleep(LOOK_S)
    for task in tasks:
        task.cancel()
    say([asdict(each) for each in heard])


def say(what: object) -> None:
    """Tell the process that started this one."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(**json.loads(sys.stdin.readline())))
