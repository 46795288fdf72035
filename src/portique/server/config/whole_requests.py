"""Pages and API answered by few threads, none of which ever waits for a network.

A request is read here, asynchronously, within limits of size and time; a thread gets it once it is
whole, and gives back a whole answer, which is sent here. A body longer than anybody may send is
read only after the application, shown the request without it, said "100 Continue": it knows who
asks, and how much may be sent to that address.
"""

from __future__ import annotations

import asyncio
import io
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from portique.server.accounts.bodies import BODY_BYTES_MAX, GO_ON, UNREAD
from portique.server.config.bounds import DEFAULT, Bounds
from portique.server.config.refusals import refusal
from portique.server.config.wsgi_calls import CLOSES, Answer, call, environ_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import Receive, Scope, Send

    from portique.server.config.wsgi_calls import Application

# Gates wait for each other's filings: pages and API have their own threads. With more for gates
# those would wait for the processor, with fewer less would be filed together.
THREADS, GATES_THREADS = 8, 6
GATES = "/gate/"
PART_BYTES = 64 * 1024


class RefusedError(Exception):
    """A request that is not read to its end; `answer` says why."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


class GoneError(Exception):
    """Whoever asked is no longer there."""


class WholeRequests:
    """An ASGI application around one of WSGI."""

    def __init__(self, application: Application, bounds: Bounds = DEFAULT) -> None:
        self._application = application
        self._bounds = bounds
        self._kept: Counter[str] = Counter()
        self._threads = ThreadPoolExecutor(THREADS, "page")
        self._gates_threads = ThreadPoolExecutor(GATES_THREADS, "gate")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        try:
            with suppress(GoneError):
                await self._send(await self._answer(scope, receive), send)
        except RefusedError as refused:
            await self._refuse(refused.answer, receive, send)

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        length = _length(scope)
        if length is not None and length > BODY_BYTES_MAX:
            return await self._answer_long(scope, receive, length)
        body = await self._read(scope, receive) if length != 0 else io.BytesIO()
        return await self._work(scope, body)

    async def _answer_long(self, scope: Scope, receive: Receive, length: int) -> Answer:
        said = await self._work(scope, io.BytesIO(), unread=length)
        if said.status != GO_ON:
            raise RefusedError(said)
        client = scope["client"][0] if scope["client"] else ""
        with self._keeping(client, length, scope):
            return await self._work(scope, await self._read(scope, receive, length))

    @contextmanager
    def _keeping(self, client: str, length: int, scope: Scope) -> Iterator[None]:
        """Count what is kept of long bodies while one is read and worked on."""
        own, total = self._kept[client] + length, self._kept.total() + length
        if own > self._bounds.client_bytes or total > self._bounds.bytes:
            raise RefusedError(refusal(503, scope))
        self._kept[client] += length
        try:
            yield
        finally:
            self._kept[client] -= length
            self._kept += Counter()  # forgets who keeps nothing

    async def _read(
        self, scope: Scope, receive: Receive, bytes_max: int = BODY_BYTES_MAX
    ) -> io.BytesIO:
        body, more, clock = io.BytesIO(), True, asyncio.get_running_loop().time
        ends_s = clock() + self._bounds.body_s
        while more:
            try:
                async with asyncio.timeout_at(ends_s + body.tell() / self._bounds.body_pace):
                    message = await receive()
            except TimeoutError as error:
                raise RefusedError(refusal(408, scope)) from error
            if message["type"] == "http.disconnect":
                raise GoneError
            more = message.get("more_body", False)
            body.write(message.get("body", b""))
            if body.tell() > bytes_max:  # no length was said
                raise RefusedError(refusal(413, scope))
        body.seek(0)
        return body

    async def _work(self, scope: Scope, body: io.BytesIO, *, unread: int | None = None) -> Answer:
        environ = environ_of(scope, body, body.getbuffer().nbytes if unread is None else unread)
        if unread is not None:
            environ[UNREAD] = True
        is_gate = scope["path"].startswith(GATES)
        threads = self._gates_threads if is_gate else self._threads
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(threads, call, self._application, environ)

    async def _send(self, answer: Answer, send: Send, *, is_all: bool = True) -> None:
        """Send an answer by parts, each when the last was taken."""
        await send({
            "type": "http.response.start", "status": answer.status, "headers": answer.headers,
        })  # fmt: skip
        last = max(len(answer.body) - 1, 0) // PART_BYTES
        for number in range(last + 1):
            part = answer.body[number * PART_BYTES : (number + 1) * PART_BYTES]
            more = number < last or not is_all
            await send({"type": "http.response.body", "body": part, "more_body": more})

    async def _refuse(self, answer: Answer, receive: Receive, send: Send) -> None:
        """Answer, throw away for a while what still comes so that the answer is seen, and close."""
        closing = Answer(answer.status, [*answer.headers, CLOSES], answer.body)
        await self._send(closing, send, is_all=False)
        with suppress(TimeoutError):
            async with asyncio.timeout(self._bounds.drain_s):
                while (await receive()).get("more_body", False):
                    pass
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def _length(scope: Scope) -> int | None:
    """Return the announced length of a body; None: its end is found by reading.

    Raises:
        RefusedError: It is announced in two ways: a proxy might have believed the other one. Or a
            tunnel is asked for, of which no answer could be the end.
    """
    if scope["method"] == "CONNECT":
        raise RefusedError(refusal(400, scope))
    names = dict(scope["headers"])
    length = names.get(b"content-length")
    if b"transfer-encoding" in names:
        if length is not None or scope["http_version"] != "1.1":
            raise RefusedError(refusal(400, scope))
        return None
    return int(length or b"0")
