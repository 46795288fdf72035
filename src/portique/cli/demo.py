"""`portique demo`: a synthetic school and one gate, in one command."""

from __future__ import annotations

import fcntl
import os
import shutil
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import click

from portique import __version__
from portique.cli.demo_server import (
    COPY,
    chosen_ports,
    connected,
    exit_gate,
    server,
    wait_until_served,
)
from portique.cli.gate import announce, stop_on_signals
from portique.cli.knowledge import write_whole
from portique.cli.options import entropy, json_option, now
from portique.cli.speaking import say, warn
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

    from portique.cli.demo_server import Ports
    from portique.gate.sections import GateConfig
    from portique.paper.cards import PrintedPass
    from portique.testing.film_cast import Cast

MARK = ".portique-demo"
LANE, EXIT = "entry-1", "exit-1"
FILMS = {LANE: "film.json", EXIT: "film-exit.json"}  # other people: nobody is in two places
PREPARING = Words(
    "le lycée fictif se prépare\xa0: quelques instants, une minute la première fois…",
    "the fictional lycée is being prepared: moments, a minute the first time...",
)
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
    help="First of four ports on this machine: two gates, the pages, their stream; 0: free ones.",
)
@click.option("--seconds", type=click.FloatRange(min=1), help="Stop by itself after so long.")
@json_option
def demo(folder: Path, port: int, **asked: Any) -> None:
    r"""Start a synthetic lycée of 1,000 pupils: its server, and two gates whose cameras play films.

    Everybody in it is fictional. Nothing leaves this machine. What is tried on the server's pages
    is gone at the next start; passes printed before still count.

    \b
    Exit code: 0 stopped in order, 2 wrong use, 5 the folder, port, camera or disk refuses.

    \b
    Example:
        portique demo --camera 0
    """
    ports = chosen_ports(port)  # before the folder is touched: another one may be running
    with held(folder):
        warn(PREPARING)
        if asked["fresh"]:
            _empty(folder)
        at = now()
        scene = prepare(folder, at, camera=asked["camera"], port=ports.entry)
        _run(scene, ports, _today(at), seconds=asked["seconds"], as_json=asked["as_json"])


def _run(scene: Scene, ports: Ports, day: date, *, seconds: float | None, as_json: bool) -> None:
    from portique.gate.logs import configure
    from portique.gate.main import Gate

    folder = scene.folder
    configure((folder / "gate.log").open("a", encoding="utf-8", buffering=1))
    leaving = _write_config(connected(scene.leaving, ports, ports.exit), folder)
    entry = connected(scene.config, ports, ports.entry)
    with (
        server(folder, ports, day),
        Gate(entry, announce=announce) as gate,
        exit_gate(folder, leaving),
    ):
        stop_on_signals(gate.stop)
        for work in (
            partial(write_passes, folder, scene.cast),
            partial(_tell_when_served, ports, scene, gate.stop, as_json=as_json),
        ):
            threading.Thread(target=work, daemon=True).start()
        if seconds is not None:
            timer = threading.Timer(seconds, gate.stop.set)
            timer.daemon = True
            timer.start()
        gate.run()


def _tell_when_served(ports: Ports, scene: Scene, stop: threading.Event, *, as_json: bool) -> None:
    if wait_until_served(ports, stop):
        _tell(ports, scene, as_json=as_json)
    elif not stop.is_set():
        announce(f"the server did not start: see {scene.folder / 'server.log'}; the gates go on")


def _write_config(config: GateConfig, folder: Path) -> Path:
    from portique.gate.config import dump

    path = folder / "gate" / "exit.toml"
    path.touch(0o600)
    path.write_text(dump(config, folder=path.parent), encoding="utf-8")
    return path


@dataclass(frozen=True, slots=True)
class Scene:
    """A demonstration ready to start: the entry's gate and the exit's."""

    config: GateConfig
    leaving: GateConfig
    cast: Cast
    pins: tuple[str, str]
    folder: Path


def prepare(folder: Path, at: datetime, *, camera: int | None, port: int) -> Scene:
    """Take the school and passes that are there, or make them; and its gates, always new.

    A new gate has seen nobody yet: a card it showed a minute ago is no second use.

    Raises:
        EnvironmentProblem: The folder is somebody else's, or the disk refused.
    """
    school, cast = _kept(folder, at) or _made(folder, at)
    try:
        gates = {lane: _enrolled(school, folder / "gate", lane) for lane in FILMS}
        data = make_bundle(school, at=at - timedelta(minutes=1), entropy=entropy)
        for lane in FILMS:
            knowledge = folder / "gate" / f"{lane}-knowledge"
            knowledge.mkdir()
            write_whole(knowledge / "today.knowledge", data)
    finally:
        school.close()
    (entry, pin), (leaving, leaving_pin) = (gates[lane] for lane in FILMS)
    return Scene(
        _filmed(entry, folder / FILMS[LANE], camera=camera, port=port),
        _filmed(leaving, folder / FILMS[EXIT], camera=None, port=0),
        cast, (pin, leaving_pin), folder,
    )  # fmt: skip


def _enrolled(school: SchoolFolder, folder: Path, lane: str) -> tuple[GateConfig, str]:
    from portique.gate.config import load
    from portique.gate.enrolment import enrol
    from portique.school.rules import site_of

    out, key = folder / f"{lane}.toml", school.keys.knowledge.public
    mine, pin = enrol(out, site_of(school).lane(lane), school.settings.uai, key, entropy=entropy)
    school.register.add_gate(EnrolledGate(lane, lane, mine.public.x, mine.public.y))
    return load(out), pin


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
            cast, _leaving = (read_cast(folder / film) for film in FILMS.values())
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
    away = len(synthetic.away) // 2
    cast = make_cast(studio, synthetic.people, outside_hours=synthetic.away[:away], rounds=ROUNDS)
    write_cast(cast, folder / FILMS[LANE])
    others = synthetic.people[::-1]
    leaving = make_cast(studio, others, outside_hours=synthetic.away[away:], rounds=ROUNDS)
    write_cast(leaving, folder / FILMS[EXIT])
    # Last: what was stopped half-way is made anew.
    (folder / MARK).write_text(_stamp(at), encoding="utf-8")
    return school, cast


def _today(at: datetime) -> date:
    return at.astimezone(zone_of(PARIS)).date()


def _filmed(config: GateConfig, cast: Path, *, camera: int | None, port: int) -> GateConfig:
    film = urlencode({"cast": str(cast.absolute())})
    source = f"film:portique.testing.film_reel:demonstration?{film}"
    return replace(
        config,
        camera=replace(config.camera, source=source if camera is None else str(camera)),
        screens=replace(config.screens, port=port),
    )


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
    for name in ("school", "gate", COPY):
        shutil.rmtree(folder / name, ignore_errors=True)
    for name in (*FILMS.values(), "passes.pdf"):
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


def _tell(ports: Ports, scene: Scene, *, as_json: bool) -> None:
    passes, page = str(scene.folder / "passes.pdf"), f"http://localhost:{ports.pages}/demo/"
    entry, leaving = f"http://127.0.0.1:{ports.entry}", f"http://127.0.0.1:{ports.exit}"
    pin, leaving_pin = scene.pins
    screens = {"url": entry, "agent": f"{entry}/agent", "holder": f"{entry}/holder", "pin": pin}
    say(
        screens
        | {
            "page": page,
            "phones": f"{page}#phones",
            "exit": f"{leaving}/agent",
            "exit_pin": leaving_pin,
        }
        | {"school": str(scene.folder / COPY), "passes": passes},
        as_json=as_json,
        words=Words(
            "\nPortique\xa0: un lycée fictif de 1 000 élèves, son serveur et deux portiques. "
            "Personne n’y est réel.\n\n"
            f"  Commencez ici          {page}\n"
            f"  Écran de l’agent       {entry}/agent    (agent-1, PIN {pin})\n"
            f"  Écran du passage       {entry}/holder\n"
            f"  À la sortie            {leaving}/agent    (agent-1, PIN {leaving_pin})\n"
            f"  Téléphones             {page}#phones    "
            "(le laissez-passer d’un élève, le scanner d’un agent\xa0: ce navigateur suffit)\n"
            f"  Codes à essayer        {passes}    (puis\xa0: {with_webcam()})\n\n"
            "Ctrl-C pour arrêter.\n",
            "\nPortique: a synthetic lycée of 1,000 pupils, its server and two gates. "
            "Everybody is fictional.\n\n"
            f"  Start here        {page}\n"
            f"  Agent's screen    {entry}/agent    (agent-1, PIN {pin})\n"
            f"  Holder's screen   {entry}/holder\n"
            f"  At the exit       {leaving}/agent    (agent-1, PIN {leaving_pin})\n"
            f"  Phones            {page}#phones    "
            "(a pupil's pass, an agent's scanner: this browser will do)\n"
            f"  Passes to try     {passes}    (then: {with_webcam()})\n\n"
            "Stop with Ctrl-C.\n",
        ),
    )
