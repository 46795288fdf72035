"""A broker for tests: MQTT 5 on loopback, QoS 1 and wills, all that the gate asks of one."""

import contextlib
import socket
import struct
import threading
from dataclasses import dataclass, field
from typing import BinaryIO


@dataclass
class TinyBroker:
    """Keeps what was published, as (topic, payload, retain); `deaf` brokers send no receipts."""

    published: list[tuple[str, bytes, bool]] = field(default_factory=list)
    deaf: bool = False
    connections: int = 0
    _clients: list[socket.socket] = field(default_factory=list)
    _listening: list[tuple[socket.socket, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Listen on a free port of loopback."""
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()

    def orders(self) -> list[bytes]:
        """Return the payloads published so far on any topic that ends in /order."""
        return [payload for topic, payload, _ in self.published if topic.endswith("/order")]

    def drop_all(self) -> None:
        """Cut every connection, as a dead network does."""
        clients, self._clients, self._listening = self._clients, [], []
        for client in clients:
            with contextlib.suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)

    def say(self, topic: str, payload: bytes) -> None:
        """Publish to whoever subscribed to ``topic``."""
        body = struct.pack("!H", len(topic)) + topic.encode() + b"\0" + payload
        for client, wanted in tuple(self._listening):
            if wanted == topic:
                with contextlib.suppress(OSError):  # it left meanwhile
                    client.sendall(b"\x30" + bytes([len(body)]) + body)

    def close(self) -> None:
        """Stop."""
        with contextlib.suppress(OSError):  # a blocked accept would keep the port open
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._accepting.join()
        self.drop_all()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._server.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        will: tuple[str, bytes, bool] | None = None
        with contextlib.suppress(OSError, ConnectionError), client, client.makefile("rb") as wire:
            while head := wire.read(1):
                body = wire.read(_length(wire))
                kind = head[0] >> 4
                if kind == 1:
                    will = _will(body)
                    self.connections += 1
                    self._clients.append(client)
                    client.sendall(b"\x20\x03\x00\x00\x00")
                elif kind == 3:
                    self._publish(client, head[0], body)
                elif kind == 8:
                    size = struct.unpack("!H", body[3:5])[0]
                    self._listening.append((client, body[5 : 5 + size].decode()))
                    client.sendall(b"\x90\x04" + body[:2] + b"\x00\x01")
                elif kind == 12:
                    client.sendall(b"\xd0\x00")
                elif kind == 14:
                    will = None
        if will is not None:
            self.published.append(will)

    def _publish(self, client: socket.socket, flags: int, body: bytes) -> None:
        size = struct.unpack("!H", body[:2])[0]
        rest = body[2 + size + 2 :]
        self.published.append((body[2 : 2 + size].decode(), rest[1 + rest[0] :], bool(flags & 1)))
        if not self.deaf:
            client.sendall(b"\x40\x02" + body[2 + size : 4 + size])


def _length(wire: BinaryIO) -> int:
    size = shift = 0
    while True:
        byte = wire.read(1)[0]
        size |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return size


def _will(body: bytes) -> tuple[str, bytes, bool] | None:
    flags, at = body[7], 10
    if not flags & 4:
        return None
    at += 1 + body[at]  # connection properties
    at += 2 + struct.unpack("!H", body[at : at + 2])[0]  # client id
    at += 1 + body[at]  # will properties
    parts = []
    for _ in range(2):
        size = struct.unpack("!H", body[at : at + 2])[0]
        parts.append(body[at + 2 : at + 2 + size])
        at += 2 + size
    return parts[0].decode(), parts[1], bool(flags & 32)
