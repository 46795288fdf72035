"""What cameras see before which phones are held, and a gate's camera."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2
import numpy as np
from tests.browser.scanner.conftest import HEIGHT, WIDTH

from portique.sight.codes import CodeReader
from portique.testing.backgrounds import Background, background
from portique.testing.scenes import (
    Card,
    Frame,
    Placed,
    Scene,
    Surface,
    render,
    symbol_modules,
)

LEAN_DEG = 4.0  # nobody holds a phone straight


def held_up(screen: bytes) -> Frame:
    """Return what a camera sees of a phone held before it: its whole screen, and a wall."""
    decoded = cv2.imdecode(np.frombuffer(screen, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert decoded is not None
    height, width = decoded.shape
    scale = HEIGHT / height
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), LEAN_DEG, scale)
    matrix[:, 2] += (WIDTH - width) / 2, (HEIGHT - height) / 2
    wall = wall_alone().astype(np.float32)
    small = cv2.GaussianBlur(decoded, (0, 0), 0.4 / scale)
    cv2.warpAffine(
        small.astype(np.float32), matrix, (WIDTH, HEIGHT), dst=wall,
        flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_TRANSPARENT,
    )  # fmt: skip
    return np.asarray(wall.clip(0, 255), np.uint8)


def wall_alone() -> Frame:
    """Return what a camera sees when nobody is there."""
    seen = background(Background.CORRIDOR, (WIDTH, HEIGHT), 0, colour=False)
    return np.asarray(seen.clip(0, 255), np.uint8)


def drawn(text: str) -> Frame:
    """Return what a camera sees of a code that somebody drew on a screen."""
    card = Card(text, Surface.SCREEN, error_correction="L")
    module_px = HEIGHT / (symbol_modules(card) + 24)
    placed = Placed(card, (WIDTH / 2, HEIGHT / 2), module_px, rotation_deg=LEAN_DEG)
    return render(Scene((placed,), WIDTH, HEIGHT)).frame


def text_in(screen: bytes) -> str:
    """Read the one code of a picture."""
    decoded = cv2.imdecode(np.frombuffer(screen, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert decoded is not None
    (code,) = CodeReader().read(np.asarray(decoded, np.uint8), at_ms=0).codes
    return str(code.text)


class NetworkCamera:
    """A gate's camera: JPEG pictures over HTTP, of whatever is held before it."""

    RATE = 15

    def __init__(self) -> None:
        """Begin to look at a wall."""
        self._gone = threading.Event()
        self.see(wall_alone())
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """Where its pictures are."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/live"

    def see(self, frame: Frame) -> None:
        """Look at this from now on."""
        self._picture = cv2.imencode(".jpg", frame)[1].tobytes()

    def close(self) -> None:
        """Hang up."""
        self._gone.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        camera = self

        class Viewer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
                self.end_headers()
                while not camera._gone.wait(1 / camera.RATE):
                    head = f"--frame\r\nContent-Length: {len(camera._picture)}\r\n"
                    kind = "Content-Type: image/jpeg\r\n\r\n"
                    try:
                        self.wfile.write((head + kind).encode() + camera._picture + b"\r\n")
                    except OSError:  # the gate stopped
                        return

            def log_message(self, *_: object) -> None:
                pass

        return Viewer
