"""Where phones are measured: a school of 1,000 pupils, its real server, passes, a camera's film."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from portique.cli.bench_served import served
from portique.cli.options import entropy, now
from portique.core.calendars import PARIS
from portique.core.localtime import zone_of
from portique.core.values import Kind, Window

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

LANE = "entry-1"
WIDTH, HEIGHT = 1280, 720
HEADER = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F20:1 Ip A1:1 C420\nFRAME\n".encode()
NO_COLOUR = bytes([128]) * (WIDTH * HEIGHT // 2)
AROUND_MODULES = 20  # quiet zone and card on both sides, and a little wall
BLUR_MODULES = 0.6  # of defocus: no reader that does not undo blur reads it


@dataclass(frozen=True, slots=True)
class Scene:
    """A school that is served, who may join it, and the passes people hold up."""

    address: str
    invitation: str
    code: str
    names: list[str]
    texts: list[str]


class Film:
    """What a browser's made camera sees: a film of one frame, which is drawn anew in place."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.write_bytes(HEADER + picture("") + NO_COLOUR)

    def show(self, grey: bytes) -> None:
        """Show a picture from the next frame on."""
        with self.path.open("r+b") as film:  # in place: the browser holds it open
            film.seek(len(HEADER))
            film.write(grey)


def picture(text: str, *, blur_modules: float = 0.0) -> bytes:
    """Render a card with this code before the camera; no card for no text."""
    from portique.testing.scenes import Card, Placed, Scene, render, symbol_modules

    card = Card(text or "-")
    size = HEIGHT / (symbol_modules(card) + AROUND_MODULES)
    middle, blur = (WIDTH / 2, HEIGHT / 2), blur_modules * size
    placed = Placed(card, middle, size, rotation_deg=4.0, defocus_px=blur)
    shown = (placed,) if text else ()
    frame: Any = render(Scene(shown, WIDTH, HEIGHT, noise_sigma=3)).frame
    return bytes(frame.tobytes())


@contextmanager
def served_scene(folder: Path, passes: int, pupils: int) -> Iterator[Scene]:
    """Make the synthetic lycée with so many passes of staff, serve it, and invite two phones."""
    school = folder / "school"
    names = [f"Personne {number:03d}" for number in range(passes)]
    texts, day = _made(school, names)
    _ordered("fill", school, day.isoformat(), str(pupils))
    with served(school, folder / "server.log") as one:
        address = f"http://127.0.0.1:{one.port}"
        told = json.loads(_ordered("invite", school, address, LANE, "1"))
        yield Scene(address, told["invitation"], told["codes"][0], names, texts)


def _made(folder: Path, names: list[str]) -> tuple[list[str], date]:
    """Make the folder, with everybody's rights; return the passes' texts, and its day."""
    from portique.school.issuing import Request, issue
    from portique.testing.school import make_school
    from portique.testing.school_folder import create_folder

    at = now().replace(microsecond=0)
    day = at.astimezone(zone_of(PARIS)).date()
    school = create_folder(folder, make_school(day, open_all_day=True), at=at, entropy=entropy)
    window = Window(at - timedelta(hours=1), at + timedelta(days=30))
    asked = [Request(Kind.STAFF, name, window=window) for name in names]
    texts = [issue(school, one, at=at, entropy=entropy).text for one in asked]
    school.close()
    return texts, day


def _ordered(order: str, school: Path, *rest: str) -> bytes:
    """Have something done in a process with the server's settings; return what it says."""
    command = [sys.executable, "-m", "portique.testing.load.phones", order, str(school), *rest]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)  # noqa: S603 - our own
    return done.stdout
