"""Measure the phone's reader beside the gate's: the scanner's own modules, in Node.

Both see the same frames, whole. A browser compiles the same JavaScript and the same WebAssembly:
what is read is the same there; how fast depends on the phone.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from contextlib import contextmanager
from itertools import chain, tee
from typing import IO, TYPE_CHECKING, Any

from portique.cli.bench_sight import CONDITIONS, FRAMES, varied

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    Frame = NDArray[np.uint8]
    Row = dict[str, Any]
    Showing = tuple[Iterable[Frame], str]  # frames, and the one text that they show

FAULTS = (
    *(("defocus", step) for step in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8)),
    *(("motion", step) for step in (1.0, 1.5, 2.0, 2.5)),
)
FRAME_MS = 67
MEDIA_FRAMES = 4  # a photograph is held still: more frames of it tell nothing new


class PhoneReader:
    """The scanner's reader in a Node process; one camera after another is shown to it."""

    def __init__(self, asking: IO[bytes], answers: IO[bytes]) -> None:
        self._asking, self._answers = asking, answers

    def read(self, frame: Frame, at_ms: int, *, fresh: bool) -> set[str]:
        """Return the texts of one grey frame; `fresh` begins with a new camera."""
        height, width = frame.shape
        asked = {"width": width, "height": height, "atMs": at_ms, "fresh": fresh}
        self._asking.write(json.dumps(asked).encode() + b"\n" + frame.tobytes())
        self._asking.flush()
        return set(json.loads(self._answers.readline())["texts"])


@contextmanager
def phone_reader() -> Iterator[PhoneReader | None]:
    """Start the phone's reader; None where Node or the checkout's `web/tests` are absent."""
    found = _program()
    if found is None:
        yield None
        return
    pipes = subprocess.Popen(found, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603 - two paths of ours
    with pipes as process:
        if process.stdin and process.stdout:
            yield PhoneReader(process.stdin, process.stdout)


def beside_rows(
    phone: PhoneReader, showings: int, scenes: int, media: Path | None
) -> Iterator[Row]:
    """Yield, for each fault, condition and folder of photographs, what each of the two reads."""
    for kind, step in FAULTS:
        yield _row(f"{kind} {step}", phone, (_held(kind, step, n) for n in range(showings)))
    for condition in CONDITIONS:
        yield _row(f"scenes: {condition}", phone, (_scene(n, condition) for n in range(scenes)))
    if media is not None:
        yield _row("photographs", phone, _photographs(media))
        yield _row("pictures without a code", phone, _lures(media))


def _row(what: str, phone: PhoneReader, showings: Iterable[Showing]) -> Row:
    """Show all to both readers; wrong is what the phone alone reads beside the truth."""
    row: Row = {"showing": what, "of": 0, "gate": 0, "phone": 0, "phone_wrong": 0}
    for frames, text in showings:
        for_gate, for_phone = tee(frames)
        gate, mine, truth = _gate_texts(for_gate), _phone_texts(phone, for_phone), normal(text)
        row["of"] += 1
        row["gate"] += truth in gate
        row["phone"] += truth in mine
        row["phone_wrong"] += bool(mine - gate - {truth})
    return row


def _gate_texts(frames: Iterable[Frame]) -> set[str]:
    """Return the texts of the first frame in which the gate's reader reads any."""
    from portique.sight.codes import CodeReader

    reader = CodeReader()
    for number, frame in enumerate(frames):
        if codes := reader.read(frame, at_ms=FRAME_MS * number).codes:
            return {normal(code.text) for code in codes}
    return set()


def _phone_texts(phone: PhoneReader, frames: Iterable[Frame]) -> set[str]:
    for number, frame in enumerate(frames):
        if texts := phone.read(frame, FRAME_MS * number, fresh=number == 0):
            return {normal(text) for text in texts}
    return set()


def _held(kind: str, step: float, seed: int) -> Showing:
    from portique.testing.held import Fault, held, pass_like_text

    fault = Fault(defocus_modules=step) if kind == "defocus" else Fault(motion_modules=step)
    return (held(seed, n, fault).frame for n in range(FRAMES)), pass_like_text(seed)


def _scene(seed: int, condition: str) -> Showing:
    shown = varied(seed, condition)
    first, text = next(shown)
    return chain([first.frame], (one.frame for one, _ in shown)), text


def _photographs(media: Path) -> Iterator[Showing]:
    from portique.sight.sources import is_picture

    folders = sorted((media / "qr").glob("qrcode-*"))
    for path in sorted(path for folder in folders for path in folder.iterdir()):
        truth = path.with_suffix(".txt")
        if is_picture(path) and truth.is_file():
            yield _still(path), truth.read_text(encoding="utf-8", errors="replace")


def _lures(media: Path) -> Iterator[Showing]:
    from portique.sight.sources import pictures_in

    return ((_still(path), "") for path in pictures_in(media / "qr" / "falsepositives-1"))


def _still(path: Path) -> list[Frame]:
    import cv2
    import numpy as np

    from portique.sight.sources import load_picture

    picture = load_picture(path)
    grey = picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    return [np.ascontiguousarray(grey, dtype=np.uint8)] * MEDIA_FRAMES


def normal(text: str) -> str:
    """Return a text without what editors add to its end."""
    return text.replace("\r\n", "\n").strip()


def _program() -> list[str] | None:
    from portique.core.errors import EnvironmentProblem
    from portique.server.wallet.web_files import web_folder

    try:
        web = web_folder()
    except EnvironmentProblem:
        return None
    fetched, script = web.parent / "build" / "web" / "node", web / "tests" / "reads_pictures.js"
    node = str(fetched) if fetched.exists() else shutil.which("node")
    return [node, str(script)] if node and script.is_file() else None
