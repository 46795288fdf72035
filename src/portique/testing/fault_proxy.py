"""A proxy for tests that passes HTTP/1.1 on and does to it, on demand, what networks do.

One fault at most for each request, in the order of a plan; `drawn` makes one from a seed. Streams
of events pass through as they come. Everything done is counted, and every answer the server gave
is told to `heard` before anything happens to it: what it promised can be held against it later.
"""

from __future__ import annotations

import asyncio
import random
import socket
import struct
import threading
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from itertools import repeat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Self

    Reading = tuple[asyncio.StreamReader, asyncio.StreamWriter]

HEAD_END = b"\r\n\r\n"
CHUNK_BYTES = 64 * 1024
DELAY_S = 0.05
STALL_S = 0.5  # shorter than a client waits: it must also be told by the end of a connection
BROKEN = b"HTTP/1.1 %d Broken on the way\r\nContent-Length: 5\r\n\r\nsorry"
BROKEN_STATUSES = (500, 502, 503, 504)
PASSED, DOWN = "passed", "down"  # counted beside the faults


class Fault(StrEnum):
    """What goes wrong with one request."""

    LOST = "lost"  # it never reaches the server
    UNANSWERED = "unanswered"  # it is carried out, its answer lost
    DOUBLED = "doubled"  # the server gets it twice; the second answer is given
    LATE = "late"  # given up by the client, it reaches the server after the next one
    DELAYED = "delayed"  # it takes its time; other connections overtake it
    CUT_REQUEST = "cut-request"  # half of it reaches the server
    CUT_ANSWER = "cut-answer"  # half of its answer comes back
    RESET = "reset"  # both connections are torn down as it begins
    STALLED = "stalled"  # it is carried out, and then there is silence
    BROKEN = "broken"  # something on the way answers 5xx


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request that the server carried out, and its whole answer."""

    line: str  # "POST /gate/v1/entries"
    body: bytes
    status: int
    answer: bytes


@dataclass(frozen=True, slots=True)
class _Message:
    """A request or an answer: its head with the empty line, and its body."""

    head: bytes
    body: bytes

    @property
    def whole(self) -> bytes:
        return self.head + self.body

    @property
    def half(self) -> bytes:
        """The first half of the body; without a body, of the head."""
        return self.head + self.body[: len(self.body) // 2] if self.body else self.head[:-8]


def drawn(seed: int, rate: float, faults: Sequence[Fault] = tuple(Fault)) -> Iterator[Fault | None]:
    """Draw faults without end: one for a share `rate` of the requests, the same for each seed."""
    chance = random.Random(seed)
    while True:
        yield chance.choice(faults) if chance.random() < rate else None


class FaultProxy:
    """A proxy on a loopback port in a thread of its own, as a context manager.

    Args:
        port: The server's, on loopback. It may be down at any time.
        plan: What happens to the next requests; after its end nothing does. May be exchanged.
        heard: Called, from the proxy's thread, with each whole answer of the server.

    Attributes:
        counts: How often each fault was done, `PASSED` without one, `DOWN` found no server.
    """

    def __init__(
        self,
        port: int,
        plan: Iterable[Fault | None] = (),
        heard: Callable[[Exchange], None] = lambda _exchange: None,
    ) -> None:
        self.counts: Counter[str] = Counter()
        self.port = 0
        self._server_port = port
        self._plan = iter(plan)
        self._heard = heard
        self._late: list[_Message] = []
        self._open: set[asyncio.Task[None]] = set()
        self._started = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._loop: asyncio.AbstractEventLoop
        self._stop: asyncio.Event

    def __enter__(self) -> Self:
        """Begin to listen."""
        self._thread.start()
        self._started.wait()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop, whatever is on the way."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def done(self) -> int:
        """How many faults were done."""
        return sum(self.counts[fault] for fault in Fault)

    def plan(self, faults: Iterable[Fault | None]) -> None:
        """Do this to the next requests, in the place of what was planned."""
        self._plan = iter(faults)

    def cut(self) -> None:
        """Let nothing through until `heal`; what is open is torn down."""
        self.plan(repeat(Fault.RESET))
        self._loop.call_soon_threadsafe(lambda: [task.cancel() for task in self._open])

    def heal(self) -> None:
        """Do no more harm."""
        self.plan(())

    # --- in the thread ---------------------------------------------------------------------------

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        listening = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = listening.sockets[0].getsockname()[1]
        self._started.set()
        await self._stop.wait()
        listening.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _accept(self, *client: *Reading) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - asyncio made it
        self._open.add(task)
        try:
            with suppress(OSError, EOFError, asyncio.LimitOverrunError):
                while await self._pass_one(client):
                    pass
        except asyncio.CancelledError:
            pass  # torn down by `cut` or at the end
        finally:
            self._open.discard(task)
            _reset(client[1])

    async def _pass_one(self, client: Reading) -> bool:
        """Pass one request on; return whether the client's connection is still good."""
        head = await client[0].readuntil(HEAD_END)
        fault = next(self._plan, None)
        self.counts[fault or PASSED] += 1
        if fault is Fault.RESET:
            return False
        request = _Message(head, await client[0].readexactly(_length(head) or 0))
        if fault is Fault.LATE:
            self._late.append(request)
        if fault in {Fault.LOST, Fault.LATE}:
            return False
        if fault is Fault.BROKEN:
            status = BROKEN_STATUSES[self.counts[fault] % len(BROKEN_STATUSES)]
            return await _send(client[1], BROKEN % status)
        try:
            return await self._carry(request, fault, client[1])
        except (OSError, EOFError):
            self.counts[DOWN] += 1
            return False
        finally:
            await self._deliver_late()

    async def _carry(
        self, request: _Message, fault: Fault | None, client: asyncio.StreamWriter
    ) -> bool:
        if fault is Fault.DELAYED:
            await asyncio.sleep(DELAY_S)
        if fault is Fault.CUT_REQUEST:
            return await self._send_half(request)
        if fault is Fault.DOUBLED:
            await self._ask(request, None)
        answer = await self._ask(request, client)
        if fault is Fault.STALLED:
            await asyncio.sleep(STALL_S)
        if answer is None or fault in {Fault.UNANSWERED, Fault.STALLED}:
            return False
        if fault is Fault.CUT_ANSWER:
            await _send(client, answer.half)
            await _finish(client)
            return False
        return await _send(client, answer.whole)

    async def _send_half(self, request: _Message) -> bool:
        _, server = await asyncio.open_connection("127.0.0.1", self._server_port)
        try:
            await _send(server, request.half)
        finally:
            await _finish(server)
        return False

    async def _ask(self, request: _Message, client: asyncio.StreamWriter | None) -> _Message | None:
        """Ask the server. What has no length goes to the client as it comes: then None.

        Raises:
            OSError, EOFError: The server is down, or went down.
        """
        answers, server = await asyncio.open_connection("127.0.0.1", self._server_port)
        try:
            await _send(server, request.whole)
            head = await answers.readuntil(HEAD_END)
            length = _length(head)
            if length is None:
                await _relay(head, answers, client)
                return None
            answer = _Message(head, await answers.readexactly(length))
        finally:
            server.close()
        line = request.head.split(b" HTTP/", 1)[0].decode("latin-1")
        self._heard(Exchange(line, request.body, _status(head), answer.body))
        return answer

    async def _deliver_late(self) -> None:
        """Deliver what the client gave up; nobody hears the answer."""
        while self._late:
            with suppress(OSError, EOFError):
                await self._ask(self._late.pop(0), None)


async def _relay(
    head: bytes, answers: asyncio.StreamReader, client: asyncio.StreamWriter | None
) -> None:
    if client is None:
        return
    await _send(client, head)
    while chunk := await answers.read(CHUNK_BYTES):
        await _send(client, chunk)
    await _finish(client)


async def _send(writer: asyncio.StreamWriter, data: bytes) -> bool:
    writer.write(data)
    await writer.drain()
    return True


async def _finish(writer: asyncio.StreamWriter) -> None:
    """Close in order: whoever reads gets all that was sent."""
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close at once; whoever reads gets a reset. Nothing is lost of what was closed in order."""
    taken = writer.get_extra_info("socket")
    if taken is not None and not writer.is_closing():
        with suppress(OSError):
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def _status(head: bytes) -> int:
    return int(head.split(b" ", 2)[1])


def _length(head: bytes) -> int | None:
    """Return how many bytes follow a head; None: as many as there are until the end."""
    answers = head.startswith(b"HTTP/")
    if answers and _status(head) in {204, 304}:
        return 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return None
