"""A real server, two real gates, and browsers in which a scripted user works; see task_times.py."""
# ruff: noqa: INP001, S603, TID251, E402 -- a script of the checkout: it prints, and times

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from playwright.sync_api import sync_playwright
from tests.conftest import ARGUMENTS, CHROMIUM
from tests.e2e.link_real import wait_for
from tests.e2e.test_first_day import (
    CODE,
    COMMAND,
    UAI,
    Day,
    free_ports,
    look_at,
    new_school,
    process,
    text_on,
)

from portique.gate.config import load
from portique.gate.knowledge_copy import KEPT
from portique.gate.sections import ReaderSection
from portique.testing.siecle import make_school, siecle_zip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

CLICK_S, KEY_S, THINK_S = 1.2, 0.28, 1.35
LANES = ("entry-1", "exit-1")
PUPILS = 60
PIN = "482915"
BADGE = "04A2B93C7D1E80"
LESSONS = "group;weekday;start;end;teacher\n{group};{day};14:00;16:00;NOIRET\n"
DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi")


@dataclass(slots=True)
class Task:
    """What a task took: of the user's hand, of the machine, and until the gate knew."""

    name: str
    clicks: int = 0
    keys: int = 0
    steps: int = 1
    machine_s: float = 0.0
    gate_s: float | None = None

    @property
    def person_s(self) -> float:
        """What a practised person takes, with the machine's part."""
        hand = self.clicks * CLICK_S + self.keys * KEY_S + self.steps * THINK_S
        return hand + self.machine_s


class Hand:
    """A user's hand on one page: what it does is counted into the task under way."""

    def __init__(self, page: Page) -> None:
        self.page, self.task = page, Task("")

    def click(self, what: str) -> None:
        """Click the first that fits."""
        self.task.clicks += 1
        self.page.locator(what).first.click()

    def tap(self, digit: str) -> None:
        """Touch a digit of the pad: fingers that are there already take as long as for a key."""
        self.task.keys += 1
        self.page.click(f"[data-digit='{digit}']")

    def choose(self, field: str, label: str) -> None:
        """Open a list and click."""
        self.task.clicks += 2
        self.page.select_option(field, label=label)

    def type(self, text: str) -> None:
        """Type where the focus is."""
        self.task.keys += len(text)
        self.page.keyboard.type(text)

    def press(self, key: str) -> None:
        """Press one key."""
        self.task.keys += 1
        self.page.keyboard.press(key)

    def hour(self, field: str, text: str) -> None:
        """Go to an hour and type its four digits."""
        self.task.clicks, self.task.keys = self.task.clicks + 1, self.task.keys + 4
        self.page.fill(field, text)

    def see(self, what: str) -> None:
        """Wait until it is there, and think of what comes next."""
        self.page.locator(what).first.wait_for()


@contextmanager
def timed(hand: Hand, tasks: list[Task], name: str, *, steps: int = 1) -> Iterator[Task]:
    """Time what is done within, and count it."""
    hand.task = task = Task(name, steps=steps)
    started = time.monotonic()
    yield task
    task.machine_s = time.monotonic() - started
    tasks.append(task)


@dataclass(slots=True)
class Gate:
    """A real gate's process, with a FIFO as its reader."""

    config: Path
    fifo: Path
    _seen: int = 0

    @property
    def knowledge(self) -> int:
        """When it last took up new rules, in nanoseconds: it then keeps its own copy."""
        path = load(self.config).journal.file.parent / KEPT
        return path.stat().st_mtime_ns if path.exists() else 0

    def mark(self) -> None:
        """Remember what it knows now."""
        self._seen = self.knowledge

    def wait(self) -> float:
        """Return how long it takes from now to other rules."""
        started = time.monotonic()
        wait_for(lambda: self.knowledge > self._seen, "what was clicked, at the gate")
        return time.monotonic() - started

    def read(self, line: str) -> None:
        """Hold something before its reader."""
        feed = os.open(self.fifo, os.O_RDWR)
        os.write(feed, line.encode() + b"\n")
        os.close(feed)


class Scene:
    """The school, its people, their browsers and its gates."""

    def __init__(self, day: Day, browser: Browser, folder: Path) -> None:
        self.day, self.folder, self.browser = day, folder, browser
        self.office = Hand(day.page)
        self.agent = Hand(self._page())
        self.gates: dict[str, Gate] = {}
        self.tasks: list[Task] = []
        self.group = self.pupil = ""

    def _page(self) -> Page:
        page = self.browser.new_context(locale="fr-FR", base_url=self.day.address).new_page()
        page.set_default_timeout(60_000)
        return page

    def prepare(self) -> None:
        """Bring in people and lessons, issue a class's cards."""
        page, go = self.day.page, self.day.go
        self.day.import_pupils(siecle_zip(make_school(7, PUPILS, uai=UAI)))
        go("/passes/")
        self.group = page.inner_text("main table a >> nth=0")
        page.click("main table a >> nth=0")
        page.click("button:has-text('Délivrer')")
        page.wait_for_selector("text=laissez-passer délivrés")
        self.pupil = page.inner_text("main table a >> nth=0")
        day = next_open_day()
        file = self.folder / "edt.csv"
        file.write_text(LESSONS.format(group=self.group, day=DAYS[day.weekday()]), "utf-8")
        go("/regles/emploi-du-temps/")
        page.set_input_files("[type=file]", file)
        page.check("[name=keep_teachers]")
        page.click("text=Voir ce qu’ils contiennent")
        page.click("button:has-text('Mettre en place')")
        page.wait_for_selector(".message.success")

    def enrol(self, lane: str) -> None:
        """Let a gate join by the code on the page, with a reader of ours."""
        self.day.go("/portiques/ajouter/")
        self.day.page.check(f"[value={lane}]")
        self.day.page.click("text=Afficher le code")
        self.day.page.wait_for_selector("main img")
        picture, out = self.folder / f"{lane}.png", self.folder / lane / "gate.toml"
        self.day.page.screenshot(path=picture)
        out.parent.mkdir()
        words = ["gate", "enrol", "--picture", str(picture), "--out", str(out)]
        subprocess.run([*COMMAND, *words], check=True, capture_output=True, timeout=120)
        fifo = out.with_name("reader")
        os.mkfifo(fifo)
        look_at(out, "none", ReaderSection("serial", "scanner", fifo, lines_per_minute=600))
        self.gates[lane] = Gate(out, fifo)

    def hire(self) -> None:
        """Make an agent's account and a shared device; the agent chooses a PIN."""
        head, agent = self.day.page, self.agent.page
        self.day.go("/compte/comptes/nouveau/")
        head.fill("[name=name]", "Sami Bellacourt")
        head.fill("[name=login]", "loge")
        head.select_option("[name=role]", "agent")
        head.click("main form .primary")
        paper = head.inner_text(".sheet .code")
        self.day.go("/compte/postes/")
        head.fill("[name=name]", "Loge")
        head.click("text=Obtenir un code")
        agent.goto("/compte/poste/")
        agent.fill("[name=code]", head.inner_text(".sheet .code"))
        agent.click("main form .primary")
        agent.goto("/compte/arrivee/")
        agent.fill("[name=code]", paper)
        agent.click("main form .primary")
        for field in ("password", "again"):
            agent.fill(f"main input[type=password] >> nth={field == 'again':d}", PIN)
        agent.click("main form .primary")
        agent.wait_for_load_state()
        agent.goto("/compte/poste/")

    def card(self) -> str:
        """Read the code on the page, as a camera would."""
        picture = self.folder / "code.png"
        self.agent.page.locator(".passes-code").screenshot(path=picture)
        return text_on(picture)


def next_open_day() -> date:
    """Return today, or Monday when it is Sunday."""
    today = datetime.now().astimezone().date()
    return today + timedelta(days=1) if today.isoweekday() == 7 else today


@contextmanager
def opened(folder: Path) -> Iterator[Scene]:
    """Start a new school's server, its head and agent, and two gates."""
    school, (port, stream) = folder / "school", free_ports()
    new_school(school)
    log = folder / "server.log"
    words = ["server", "run", "--school", str(school), "--port", str(port)]
    with ExitStack() as stack:
        stack.enter_context(process(*words, "--stream-port", str(stream), log=log))
        browser_of = stack.enter_context(sync_playwright())
        browser = browser_of.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        stack.callback(browser.close)
        wait_for(lambda: CODE.search(log.read_text("utf-8")), "the code of the first start")
        page = browser.new_context(locale="fr-FR").new_page()
        scene = Scene(Day(page, f"http://127.0.0.1:{port}", folder), browser, folder)
        code = CODE.search(log.read_text("utf-8"))
        scene.day.start(code.group() if code else "")
        scene.prepare()
        scene.hire()
        for lane in LANES:
            scene.enrol(lane)
            config, out = str(scene.gates[lane].config), folder / f"{lane}.log"
            stack.enter_context(process("gate", "run", config, log=out))
            wait_for(lambda gate=scene.gates[lane]: gate.knowledge, f"{lane}'s knowledge")  # type: ignore[misc]  # bound now
        yield scene
