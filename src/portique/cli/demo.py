"""`portique demo`: a synthetic school and one gate, in one command."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import click

from portique import __version__
from portique.cli.gate import announce, stop_on_signals
from portique.cli.knowledge import write_whole
from portique.cli.options import entropy, json_option, now
from portique.cli.speaking import say
from portique.core.calendars import PARIS
from portique.core.errors import EnvironmentProblem, PortiqueError
from portique.core.localtime import zone_of
from portique.core.plain import Words
from portique.core.values import Kind
from portique.school.bundles import make_bundle
from portique.school.folder import SchoolFolder, school_year
from portique.school.register import EnrolledGate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from portique.gate.sections import GateConfig
    from portique.paper.cards import PrintedPass
    from portique.testing.film_cast import Cast

MARK = ".portique-demo"
LANE = "entry-1"
ROUNDS = 4  # a card comes again only after more than five minutes
TITLES = {
    "good": "valable", "lent": "prêtée : à montrer deux fois", "pairs": "à deux : ensemble",
    "revoked": "révoquée", "suspended": "suspendue", "expired": "périmée",
    "forged": "contrefaite", "other_school": "autre établissement",
    "wrong_hours": "hors des heures", "screenshots": "capture d’écran", "strangers": "autre code",
}  # fmt: skip


@click.command()
@click.option("--camera", type=int, help="Use webcam N instead of the film.")
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("demo"),
    show_default=True,
    help="Where the demonstration lives; its school and passes are kept for the next start.",
)
@click.option("--fresh", is_flag=True, help="Make the school anew: passes printed before end.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8440,
    show_default=True,
    help="Port of the screens on this machine; 0 takes a free one.",
)
@click.option("--seconds", type=click.FloatRange(min=1), help="Stop by itself after so long.")
@json_option
def demo(folder: Path, port: int, **asked: Any) -> None:
    r"""Start a synthetic lycée of 1,000 pupils and one gate whose camera plays a film.

    Everybody in it is fictional. Nothing leaves this machine.

    \b
    Exit code: 0 stopped in order, 2 wrong use, 5 the folder, port, camera or disk refuses.

    \b
    Example:
        portique demo --camera 0
    """
    check_port(port)  # before the folder is touched: another demonstration may be running
    with held(folder):
        if asked["fresh"]:
            _empty(folder)
        _run(prepare(folder, now(), camera=asked["camera"], port=port), **asked)


def _run(scene: Scene, *, seconds: float | None, as_json: bool, **_asked: Any) -> None:
    from portique.gate.logs import configure
    from portique.gate.main import Gate

    folder = scene.folder
    configure((folder / "gate.log").open("a", encoding="utf-8", buffering=1))
    with Gate(scene.config, announce=announce) as gate:
        stop_on_signals(gate.stop)
        _tell(gate.serving.url, scene, as_json=as_json)
        printing = threading.Thread(target=write_passes, args=(folder, scene.cast), daemon=True)
        printing.start()
        if seconds is not None:
            timer = threading.Timer(seconds, gate.stop.set)
            timer.daemon = True
            timer.start()
        gate.run()


@dataclass(frozen=True, slots=True)
class Scene:
    """A demonstration ready to start."""

    config: GateConfig
    cast: Cast
    pin: str
    folder: Path


def prepare(folder: Path, at: datetime, *, camera: int | None, port: int) -> Scene:
    """Take the school and passes that are there, or make them; and one gate, always new.

    A new gate has seen nobody yet: a card it showed a minute ago is no second use.

    Raises:
        EnvironmentProblem: The folder is somebody else's, or the disk refused.
    """
    from portique.gate.config import load
    from portique.gate.enrolment import enrol
    from portique.school.rules import site_of

    school, cast = _kept(folder, at) or _made(folder, at)
    try:
        lane = site_of(school).lane(LANE)
        out = folder / "gate" / f"{LANE}.toml"
        key = school.keys.knowledge.public
        mine, pin = enrol(out, lane, school.settings.uai, key, entropy=entropy)
        school.register.add_gate(EnrolledGate(LANE, LANE, mine.public.x, mine.public.y))
        data = make_bundle(school, at=at - timedelta(minutes=1), entropy=entropy)
        knowledge = out.parent / f"{LANE}-knowledge"
        knowledge.mkdir()
        write_whole(knowledge / "today.knowledge", data)
    finally:
        school.close()
    return Scene(_filmed(load(out), folder, camera=camera, port=port), cast, pin, folder)


def _stamp(at: datetime) -> str:
    """Say what a school must have been made by to be taken up again: its passes end in August."""
    return f"{__version__} {school_year(at, zone_of(PARIS))}\n"


def _kept(folder: Path, at: datetime) -> tuple[SchoolFolder, Cast] | None:
    """Take up the school of the last start, open today; None when it can't serve."""
    from portique.testing.film_reel import read_cast
    from portique.testing.school import make_school
    from portique.testing.school_folder import fill_folder

    with suppress(OSError, ValueError, PortiqueError):
        if (folder / MARK).read_text(encoding="utf-8") == _stamp(at):
            cast = read_cast(folder / "film.json")
            school = SchoolFolder.open(folder / "school")
            fill_folder(school, make_school(_today(at), open_all_day=True))
            shutil.rmtree(folder / "gate", ignore_errors=True)
            return school, cast
    return None


def _made(folder: Path, at: datetime) -> tuple[SchoolFolder, Cast]:
    """Make the school and its passes in an empty folder."""
    from portique.testing.film_cast import Studio, make_cast
    from portique.testing.film_reel import write_cast
    from portique.testing.school import make_school
    from portique.testing.school_folder import create_folder

    _empty(folder)
    synthetic = make_school(_today(at), open_all_day=True)
    school = create_folder(folder / "school", synthetic, at=at, entropy=entropy)
    studio = Studio(school, at, entropy)
    cast = make_cast(studio, synthetic.people, outside_hours=synthetic.away, rounds=ROUNDS)
    write_cast(cast, folder / "film.json")
    # Last: what was stopped half-way is made anew.
    (folder / MARK).write_text(_stamp(at), encoding="utf-8")
    return school, cast


def _today(at: datetime) -> date:
    return at.astimezone(zone_of(PARIS)).date()


def _filmed(config: GateConfig, folder: Path, *, camera: int | None, port: int) -> GateConfig:
    film = urlencode({"cast": str((folder / "film.json").absolute())})
    source = f"film:portique.testing.film_reel:demonstration?{film}"
    return replace(
        config,
        camera=replace(config.camera, source=source if camera is None else str(camera)),
        screens=replace(config.screens, port=port),
    )


def check_port(port: int) -> None:
    """Refuse a port that another program has; 0 is any that is free.

    Raises:
        EnvironmentProblem: Names it.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise EnvironmentProblem(
                f"port {port} can't be used ({error.strerror}): perhaps a demonstration is running "
                "already; stop it with Ctrl-C, or choose another --port and --folder"
            ) from error


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Keep a demonstration's folder to this process, made if need be.

    Raises:
        EnvironmentProblem: Another demonstration runs in it, it holds something else, or the
            disk refused.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not (folder / MARK).exists() and any(folder.iterdir()):
            raise EnvironmentProblem(f"{folder} holds something else: name another with --folder")
        mark = (folder / MARK).open("a", encoding="utf-8")
    except OSError as error:
        raise EnvironmentProblem(f"{folder} can't be used ({error.strerror})") from error
    with mark:
        try:
            fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise EnvironmentProblem(
                f"a demonstration runs in {folder}: stop it with Ctrl-C, or choose another --folder"
            ) from error
        yield


def _empty(folder: Path) -> None:
    """Make room for a new school; the mark stays, for it is what is locked."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in ("school", "gate"):
        shutil.rmtree(folder / name, ignore_errors=True)
    for name in ("film.json", "passes.pdf"):
        (folder / name).unlink(missing_ok=True)
    (folder / MARK).write_text("", encoding="utf-8")


def write_passes(folder: Path, cast: Cast) -> None:
    """Print passes to try before a camera, good and bad ones, each saying which it is."""
    from portique.paper.cards import Options, render
    from portique.testing.film_reel import texts_to_try

    at = now()
    texts = texts_to_try(cast)
    printed = [_to_print(title, text, at) for title, text in texts if title != "strangers"]
    chosen = one_of_each(printed)
    write_whole(folder / "passes.pdf", render("sheet", chosen, Options(created=at)))


def _to_print(title: str, text: str, at: datetime) -> PrintedPass:
    """Print a pass under its own number, with what it is to show instead of a name."""
    from portique.core.passes import recognised
    from portique.paper.cards import PrintedPass
    from portique.testing.school import NAME

    known = recognised(text)
    assert known is not None, "every text to print is a pass"  # noqa: S101 - our own bug
    return PrintedPass(
        text, TITLES[title], "démonstration", Kind.PUPIL, at, at + timedelta(days=1),
        NAME, known[0],
    )  # fmt: skip


def one_of_each(printed: list[PrintedPass]) -> list[PrintedPass]:
    """Choose ten good passes and at most two of every other sort."""
    chosen: list[PrintedPass] = []
    for title in TITLES.values():
        most = 10 if title == TITLES["good"] else 2
        chosen += [one for one in printed if one.name == title][:most]
    return chosen


def with_webcam() -> str:
    """Return the command that takes a webcam instead of the film, as this one was started."""
    started_by_make = "MAKELEVEL" in os.environ
    return 'make run DEMO_OPTIONS="--camera 0"' if started_by_make else "portique demo --camera 0"


def _tell(url: str, scene: Scene, *, as_json: bool) -> None:
    passes = str(scene.folder / "passes.pdf")
    screens = {"url": url, "agent": f"{url}/agent", "holder": f"{url}/holder", "pin": scene.pin}
    say(
        screens | {"school": str(scene.folder / "school"), "passes": passes},
        as_json=as_json,
        words=Words(
            "\nPortique\xa0: un lycée fictif de 1 000 élèves et un portique. "
            "Personne n’y est réel.\n\n"
            f"  Écran de l’agent       {url}/agent    (agent-1, PIN {scene.pin})\n"
            f"  Écran du titulaire     {url}/holder\n"
            f"  Codes à essayer        {passes}    (puis\xa0: {with_webcam()})\n\n"
            "Ctrl-C pour arrêter.\n",
            "\nPortique: a synthetic lycée of 1,000 pupils and one gate. "
            "Everybody is fictional.\n\n"
            f"  Agent's screen    {url}/agent    (agent-1, PIN {scene.pin})\n"
            f"  Holder's screen   {url}/holder\n"
            f"  Passes to try     {passes}    (then: {with_webcam()})\n\n"
            "Stop with Ctrl-C.\n",
        ),
    )
