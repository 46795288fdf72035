"""From a click to a gate: a badge enrolled at the office, a card forgotten there and at the gate.

A real server in its own processes, one whole gate linked with it, and pages asked as browsers do.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from http.cookies import SimpleCookie
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portique.cli.bench_served import served
from portique.cli.measuring import Row, timed_ms
from portique.core.calendars import Audience, On, Opening, default_calendar
from portique.core.errors import EnvironmentProblem
from portique.core.zones import INSIDE, default_site
from portique.gate.config import load
from portique.gate.enrolment import enrol
from portique.gate.main import NO_CAMERA, Gate
from portique.gate.ports import Line
from portique.gate.sections import CameraSection, ServerSection
from portique.school.folder import SchoolFolder
from portique.school.register import EnrolledGate
from portique.school.rules import write_calendar
from portique.testing.lanes import UAI
from portique.testing.load.school import Size, make_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BENCH = "badges"
GATE, PEOPLE, RUNS = "entry-1", 1_000, 10
WITHIN_S, PAUSE_S = 60.0, 0.005
WEEK = (1, 2, 3, 4, 5, 6, 7)
ALWAYS = Opening("toujours", INSIDE, Audience(everybody=True), 0, 24 * 60, WEEK, On.ALWAYS)
FORM = {"content-type": "application/x-www-form-urlencoded"}


@dataclass(slots=True)
class Browser:
    """Half a browser on loopback: cookies, and the token that a page's forms carry."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> str:
        """Return a page."""
        return self._ask("GET", path, None, {})

    def post(self, path: str, body: str, headers: dict[str, str]) -> str:
        """Send a form or an object; return the answer."""
        return self._ask("POST", path, body, headers)

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> str:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WITHIN_S)
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        link.request(method, path, body, {"cookie": cookie, **headers})
        answer = link.getresponse()
        for line in answer.headers.get_all("set-cookie", []):
            self.cookies.update({name: one.value for name, one in SimpleCookie(line).items()})
        text = answer.read().decode()
        link.close()
        if answer.status >= 400:
            raise EnvironmentProblem(f"{path} answers {answer.status} to the bench: {text:.200}")
        return text


@dataclass(slots=True)
class Scene:
    """The office's browser, the gate and its agent's browser."""

    office: Browser
    people: list[str]
    gate: Gate
    agent: Browser
    token: str

    def submit(self, page: str, action: str, **fields: str) -> None:
        """Fill a form of the office and send it: one click."""
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.office.get(page))
        token = found[1] if found else ""
        body = urllib.parse.urlencode({"csrfmiddlewaretoken": token, **fields})
        self.office.post(action, body, FORM)

    def touch(self, path: str, **fields: str) -> Any:
        """Send what the agent's screen sends at a touch."""
        headers = {"content-type": "application/json", "x-portique-token": self.token}
        return json.loads(self.agent.post(path, json.dumps(fields), headers))


def badge_rows() -> Iterator[Row]:
    """Time each click until the gate acts on it."""
    with tempfile.TemporaryDirectory(prefix="portique-bench-") as name, ExitStack() as stack:
        scene = _set_up(Path(name), stack)
        figures = {
            "badge enrolled at the office → its holder before the agent": _badges(scene),
            "day slip made at the office → counted at the gate": _slips(scene),
            "card forgotten at the gate: three letters → names": _finds(scene),
            "card forgotten at the gate: name → door": _admissions(scene),
        }
        known = scene.gate.source.current
        size = 0 if known is None else _bundle_bytes(Path(name))
    for what, times in figures.items():
        yield Row(BENCH, f"{what}, median", statistics.median(times), "ms", len(times))
        target = "≤ 60,000 ms" if "office" in what else ""
        yield Row(BENCH, f"{what}, longest", max(times), "ms", len(times), target=target)
    yield Row(BENCH, f"knowledge of {PEOPLE:,} people, {RUNS} badges", size / 1000, "kB", 1)


def _badges(scene: Scene) -> list[float]:
    """Enrol a badge each, then present it as soon as the gate knows it."""
    return [timed_ms(lambda n=n: _one_badge(scene, n)) for n in range(RUNS)]  # type: ignore[misc]


def _one_badge(scene: Scene, number: int) -> None:
    page, digits = f"/passes/personne/{scene.people[number]}/badge/", f"04A2B93C7D{number:04X}"
    scene.submit(page, page, number=digits)
    _wait(lambda: _knows_badge(scene.gate, digits))
    before = len(scene.gate.board.snapshot().waiting)
    scene.gate.loop.put_line(Line(digits, scene.gate.clock.now_ms(), "bench"))
    _wait(lambda: len(scene.gate.board.snapshot().waiting) > before)


def _knows_badge(gate: Gate, digits: str) -> bool:
    known = gate.lane.bench.knowledge
    return bool(known and known.badges and known.badges.stands_for(digits))


def _slips(scene: Scene) -> list[float]:
    return [timed_ms(lambda n=n: _one_slip(scene, n)) for n in range(RUNS)]  # type: ignore[misc]


def _one_slip(scene: Scene, number: int) -> None:
    before = _version(scene.gate)
    person = scene.people[RUNS + number]
    scene.submit("/passes/oubli/", "/passes/oubli/suite/", admit=person, reason="at-home")
    _wait(lambda: _version(scene.gate) > before)


def _version(gate: Gate) -> tuple[int, int]:
    known = gate.lane.bench.knowledge
    return (known.version.epoch, known.version.number) if known else (0, 0)


def _finds(scene: Scene) -> list[float]:
    asked = {"letters": "pre", "label": "2de1"}
    return [timed_ms(lambda: scene.touch("/agent/find-forgotten", **asked)) for _ in range(RUNS)]


def _admissions(scene: Scene) -> list[float]:
    found = [
        scene.touch("/agent/find-forgotten", letters=f"nom{number}", label="")["people"][0]
        for number in range(100, 100 + RUNS)
    ]
    return [timed_ms(lambda one=one: _admit(scene, one["card"])) for one in found]  # type: ignore[misc]


def _admit(scene: Scene, card: str) -> None:
    if not scene.touch("/agent/forgotten", card=card, reason="at-home")["admitted"]:
        raise EnvironmentProblem("the gate lets nobody through: its school is closed to the bench")


def _set_up(folder: Path, stack: ExitStack) -> Scene:
    """Fill a school, serve it, join one gate to it, and sign both people in."""
    school = make_folder(folder / "school", Size(PEOPLE, 1, 0, 0, 0, 0)).folder
    config, pin = _gate(folder, school)
    for module, *rest in (("school", "fill"), ("office",)):
        said = _run(module, school, *rest)
    one = stack.enter_context(served(school, folder / "server.log"))
    server = ServerSection(address=f"http://127.0.0.1:{one.port}")
    gate = stack.enter_context(Gate(replace(config, server=server), announce=lambda _words: None))
    turning = threading.Thread(target=gate.run)
    turning.start()
    stack.callback(turning.join)
    stack.callback(gate.stop.set)
    name, _, value = said["cookie"].partition("=")
    office, agent = Browser(one.port, {name: value}), Browser(gate.serving.port)
    scene = Scene(office, said["people"], gate, agent, _token(agent))
    scene.touch("/agent/sign-in", alias="agent-1", pin=pin)
    scene.token = _token(agent)
    _wait(lambda: gate.lane.bench.knowledge is not None)
    return scene


def _gate(folder: Path, path: Path) -> tuple[Any, str]:
    """Make a gate at the entry, and open the school at every hour: benches run at night too."""
    school, lane = SchoolFolder.open(path), default_site().lane(GATE)
    usual = default_calendar()
    write_calendar(school, replace(usual, openings=(*usual.openings, ALWAYS)))
    knowledge_key = school.keys.knowledge.public
    out = folder / "gate" / "entry-1.toml"
    key, pin = enrol(out, lane, UAI, knowledge_key, entropy=os.urandom)
    school.register.add_gate(EnrolledGate(GATE, GATE, key.public.x, key.public.y))
    school.close()
    made = load(out)
    config = replace(
        made, camera=CameraSection(source=NO_CAMERA), screens=replace(made.screens, port=0)
    )
    return config, pin


def _run(module: str, school: Path, *rest: str) -> Any:
    """Have something done in a process with the server's settings; return what it says."""
    order, sizes = rest[:1], Size(PEOPLE, 1, 0, 0, 0, 0).to_texts() if rest else []
    command = [sys.executable, "-m", f"portique.testing.load.{module}", *order, str(school), *sizes]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)  # noqa: S603 - our own
    return json.loads(done.stdout)


def _token(browser: Browser) -> str:
    found = re.search(r'data-token="([0-9a-f]+)"', browser.get("/agent"))
    return found[1] if found else ""


def _bundle_bytes(folder: Path) -> int:
    return max(file.stat().st_size for file in folder.rglob("current.knowledge"))


def _wait(done: Callable[[], bool]) -> None:
    pause, ends = threading.Event(), time.monotonic() + WITHIN_S
    while not done():
        if time.monotonic() > ends:
            raise EnvironmentProblem(f"nothing reaches the gate within {WITHIN_S:g} s")
        pause.wait(PAUSE_S)
