"""As much of HTTP/1.1 as calls on loopback need, for little of the processor that is measured."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from typing import Self

HOST = "127.0.0.1"
NO_ANSWER = 0  # the status of a call whose connection broke, or that nobody answered
ANSWER_S = 90.0
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `status` is `NO_ANSWER` where nothing did."""

    status: int
    body: bytes = b""


class Caller:
    """Makes one call after another, over a connection that stays open."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: Streams | None = None

    async def ask(
        self, line: str, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Answer:
        """Call; `line` is method, space, path with query."""
        fresh = self._streams is None
        try:
            async with asyncio.timeout(ANSWER_S):
                return await self._ask(line, headers or {}, body)
        except TimeoutError:
            self.close()
            return Answer(NO_ANSWER)
        except (OSError, asyncio.IncompleteReadError):
            self.close()
        if fresh:
            return Answer(NO_ANSWER)
        return await self.ask(line, headers, body)  # the server let go of an idle connection

    async def _ask(self, line: str, headers: Mapping[str, str], body: bytes) -> Answer:
        if self._streams is None:
            self._streams = await asyncio.open_connection(HOST, self._port)
        reader, writer = self._streams
        writer.write(_request(line, self._port, {**headers, "Content-Length": str(len(body))}))
        writer.write(body)
        status, said = await _read_head(reader)
        if said.get("transfer-encoding") == "chunked":
            found = b"".join([part async for part in _chunks(reader)])
        else:
            found = await reader.readexactly(int(said.get("content-length", "0")))
        if said.get("connection") == "close":
            self.close()
        return Answer(status, found)

    def close(self) -> None:
        """Let go of the connection."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


class Stream:
    """A stream of server-sent events that is listened to."""

    def __init__(self, status: int, streams: Streams) -> None:
        self.status = status
        self._reader, self._writer = streams

    @classmethod
    async def open(cls, port: int, path: str, headers: Mapping[str, str]) -> Self:
        """Begin to listen."""
        reader, writer = await asyncio.open_connection(HOST, port)
        writer.write(_request(f"GET {path}", port, headers))
        status, _ = await _read_head(reader)
        return cls(status, (reader, writer))

    async def blocks(self) -> AsyncIterator[bytes]:
        """Give events as they were written, without the empty line after each."""
        rest = b""
        async for part in _chunks(self._reader):
            *whole, rest = (rest + part).split(b"\n\n")
            for block in whole:
                yield block

    def close(self) -> None:
        """Leave."""
        self._writer.close()


def _request(line: str, port: int, headers: Mapping[str, str]) -> bytes:
    said = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"{line} HTTP/1.1\r\nHost: {HOST}:{port}\r\n{said}\r\n".encode("ascii")


async def _read_head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines if line)
    return int(first.split()[1]), {name.lower(): value.strip().lower() for name, _, value in pairs}


async def _chunks(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while size := int(await reader.readline(), 16):
        yield (await reader.readexactly(size + 2))[:-2]
    await reader.readline()
