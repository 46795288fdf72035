"""Two network cameras on loopback: MJPEG over HTTP, and H.264 over RTSP (RFC 7826 in small).

Both send frames of 128 x 96 pixels for ever, until they are unplugged.
"""

from __future__ import annotations

import contextlib
import itertools
import socketserver
import struct
import threading
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

import av
import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

FRAME_S = 0.02


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_):
        """Say nothing: viewers hang up as they like."""


class _Viewer(socketserver.StreamRequestHandler):
    unplugged: ClassVar[threading.Event]

    def frames(self) -> Iterator[int]:
        """Count at a camera's pace until the cable is pulled."""
        for number in itertools.count():
            if self.unplugged.wait(FRAME_S):
                return
            yield number

    def head(self) -> list[str]:
        """Read a request's lines; none when the viewer hung up."""
        lines = iter(lambda: self.rfile.readline().decode().strip(), "")
        return list(lines)


class Mjpeg(_Viewer):
    """Answer one GET with JPEG pictures."""

    def handle(self):
        """Send until unplugged."""
        self.head()
        kind = "multipart/x-mixed-replace; boundary=frame"
        self.wfile.write(f"HTTP/1.0 200 OK\r\nContent-Type: {kind}\r\n\r\n".encode())
        for number in self.frames():
            data = cv2.imencode(".jpg", np.full((96, 128), number % 200, np.uint8))[1].tobytes()
            head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(data)}\r\n\r\n"
            self.wfile.write(head.encode() + data + b"\r\n")


class Rtsp(_Viewer):
    """Answer DESCRIBE, SETUP and PLAY, then send each NAL unit as one interleaved RTP packet."""

    def handle(self):
        """Talk until PLAY, then send."""
        while lines := self.head():
            verb = lines[0].split()[0]
            number = next(line.split()[1] for line in lines if line.startswith("CSeq"))
            self.answer(verb, number, lines[0].split()[1])
            if verb == "PLAY":
                self.send()
                return

    def answer(self, verb: str, number: str, address: str) -> None:
        """Answer one request."""
        more, body = "", ""
        if verb == "OPTIONS":
            more = "Public: DESCRIBE, SETUP, PLAY, TEARDOWN\r\n"
        elif verb == "DESCRIBE":
            body = (
                "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=camera\r\nt=0 0\r\n"
                "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
                "a=fmtp:96 packetization-mode=1\r\na=control:track\r\n"
            )
            more = f"Content-Base: {address}/\r\nContent-Type: application/sdp\r\n"
            more += f"Content-Length: {len(body)}\r\n"
        elif verb == "SETUP":
            more = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n"
        session = "" if verb in {"OPTIONS", "DESCRIBE"} else "Session: 1\r\n"
        self.wfile.write(f"RTSP/1.0 200 OK\r\nCSeq: {number}\r\n{session}{more}\r\n{body}".encode())

    def send(self) -> None:
        """Encode and send until unplugged."""
        encoder = av.CodecContext.create("libx264", "w")
        encoder.width, encoder.height, encoder.pix_fmt = 128, 96, "yuv420p"
        encoder.time_base, encoder.gop_size = Fraction(1, 50), 5
        encoder.options = {"tune": "zerolatency", "preset": "ultrafast"}
        order = itertools.count()
        for number in self.frames():
            grey = np.full((96, 128), number % 200, np.uint8)
            picture = av.VideoFrame.from_ndarray(grey, format="gray").reformat(format="yuv420p")
            picture.pts = number
            units = [unit for packet in encoder.encode(picture) for unit in _units(bytes(packet))]
            for unit in units:
                last = 0x80 if unit is units[-1] else 0
                head = struct.pack(
                    ">BBHII", 0x80, 96 | last, next(order) & 0xFFFF, number * 1800, 7
                )
                self.wfile.write(b"$\0" + struct.pack(">H", 12 + len(unit)) + head + unit)


def _units(stream: bytes) -> list[bytes]:
    """Split an Annex B stream into its NAL units."""
    parts = stream.replace(b"\0\0\0\1", b"\0\0\1").split(b"\0\0\1")
    return [part for part in parts if part]


class NetworkCamera:
    """A camera that can be unplugged and plugged in again, always at the same address."""

    def __init__(self, scheme: str) -> None:
        """Take `http` or `rtsp`."""
        self._kind: type[_Viewer] = {"http": Mjpeg, "rtsp": Rtsp}[scheme]
        self._scheme, self._port = scheme, 0
        self.plug()

    @property
    def address(self) -> str:
        """Where its pictures are."""
        return f"{self._scheme}://127.0.0.1:{self._port}/live"

    def plug(self) -> None:
        """Start sending to whoever asks."""
        self._unplugged = threading.Event()
        viewer = type("Viewer", (self._kind,), {"unplugged": self._unplugged})
        self._server = _Server(("127.0.0.1", self._port), viewer)
        self._port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def unplug(self) -> None:
        """Stop, and hang up on every viewer."""
        self._unplugged.set()
        with contextlib.suppress(OSError):
            self._server.shutdown()
        self._server.server_close()
        self._thread.join()
