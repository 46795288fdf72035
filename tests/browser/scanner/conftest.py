"""A Chromium with a camera of its own: what it sees is a file, which a test draws anew as it likes.

The camera's film is one frame long and is read from its file again and again. Drawn anew in place,
it shows something else from the next frame on: no test has to follow a film's time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser
from tests.browser.scanner.at_school import phone, school, times
from tests.browser.wallet.conftest import live_server
from tests.conftest import ARGUMENTS, CHROMIUM
from tests.server.conftest import account, folder_made_once, served
from tests.server.passes.conftest import by

from portique.testing.scenes import Card, Frame, Placed, Scene, Surface, render, symbol_modules

__all__ = [
    "account",
    "by",
    "folder_made_once",
    "live_server",
    "phone",
    "school",
    "served",
    "times",
]
WIDTH, HEIGHT = 1280, 720
HEADER = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F20:1 Ip A1:1 C420\nFRAME\n".encode()
NO_COLOUR = bytes([128]) * (WIDTH * HEIGHT // 2)
WIPED_MS = 60_000  # from the console's click until a phone holds nothing
AROUND_MODULES = 20  # quiet zone and card on both sides, and a little wall


@dataclass(frozen=True)
class FakeCamera:
    """What the scanner's camera sees."""

    film: Path

    def show(self, *texts: str, surface: Surface = Surface.PAPER, defocus_px: float = 0.0) -> None:
        """Hold up one code for each text, side by side in the middle, where the scanner looks."""
        cards = [Card(text, surface) for text in texts]
        room = HEIGHT / max(1, len(cards))
        placed = [
            Placed(
                card,
                ((WIDTH - HEIGHT) / 2 + room * (place + 0.5), HEIGHT / 2),
                room / (symbol_modules(card) + AROUND_MODULES),
                rotation_deg=4.0,
                defocus_px=defocus_px,
            )
            for place, card in enumerate(cards)
        ]
        self.draw(render(Scene(tuple(placed), WIDTH, HEIGHT, noise_sigma=3)).frame)

    def show_nothing(self) -> None:
        """Take away whatever was held up."""
        self.show()

    def draw(self, frame: Frame) -> None:
        """Show a picture, grey, 1280 x 720."""
        with self.film.open("r+b") as film:  # in place: the browser holds it open
            film.write(HEADER + np.ascontiguousarray(frame).tobytes() + NO_COLOUR)


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the file that the camera sees."""
    path = tmp_path_factory.mktemp("camera") / "film.y4m"
    path.touch()
    return path


@pytest.fixture(scope="session")
def seeing_chromium(chromium: Browser, film: Path) -> Iterator[Browser]:
    """Start a Chromium whose camera sees the film; a context with `permissions=["camera"]` may."""
    FakeCamera(film).show_nothing()
    browser = chromium.browser_type.launch(
        executable_path=str(CHROMIUM),
        args=[
            *ARGUMENTS,
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={film}",
        ],
    )
    yield browser
    browser.close()


@pytest.fixture
def camera(film: Path) -> FakeCamera:
    """Give the camera, before which nothing is held up yet."""
    camera = FakeCamera(film)
    camera.show_nothing()
    return camera
