"""A school's first day, as its people live it: one browser, a real server and a real gate."""

import base64
import hashlib
import hmac
import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import pytest
from playwright.sync_api import Browser
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from portique.core.calendars import Audience, On, Opening, default_calendar
from portique.core.values import Uai
from portique.core.zones import INSIDE
from portique.gate.config import dump, load
from portique.gate.sections import CameraSection, ReaderSection
from portique.school.folder import SchoolFolder, Settings
from portique.school.rules import write_calendar
from portique.testing.siecle import make_school, siecle_zip

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]

UAI = "0990001N"
PATIENCE_MS = 60_000
PASSWORD = "une phrase assez longue"
CODE = re.compile(r"[A-Z0-9]{4}(?:-[A-Z0-9]{4})+")
COMMAND = [sys.executable, "-m", "portique.cli"]


def one_time_code(secret: str) -> str:
    """Return what an authenticator app shows now (RFC 6238)."""
    key = base64.b32decode(secret)
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**6:06d}"


@contextmanager
def process(*words: str, log: Path) -> Iterator[subprocess.Popen[str]]:
    """Run a command beside the test; stop it in order at the end."""
    with log.open("wb") as lines:
        started = subprocess.Popen(
            [*COMMAND, *words], stdout=lines, stderr=lines, text=True, start_new_session=True
        )
    try:
        yield started
    finally:
        started.send_signal(signal.SIGTERM)
        try:
            started.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(started.pid, signal.SIGKILL)
            started.wait()


def new_school(folder: Path) -> None:
    """Make a school that is open at every hour: tests run at night too."""
    at = datetime.now(UTC)
    made = SchoolFolder.create(
        folder, Settings(Uai(UAI), "Lycée des Tilleuls"), at=at, entropy=os.urandom
    )
    always = Opening(
        "toujours", INSIDE, Audience(everybody=True), 0, 24 * 60, (1, 2, 3, 4, 5, 6, 7), On.ALWAYS
    )
    usual = default_calendar()
    write_calendar(made, replace(usual, openings=(*usual.openings, always)))
    made.close()


class Day:
    """One browser window and what is done in it."""

    def __init__(self, page: Any, address: str, folder: Path) -> None:
        self.page, self.address, self.folder = page, address, folder
        page.set_default_timeout(PATIENCE_MS)

    def go(self, path: str) -> None:
        self.page.goto(self.address + path)

    def start(self, code: str) -> None:
        """Make the head's account and its second factor."""
        self.go("/")
        for name, text in (("code", code), ("name", "Claire Fontaine"), ("login", "direction")):
            self.page.fill(f"[name={name}]", text)
        self.page.fill("[name=password]", PASSWORD)
        self.page.fill("[name=again]", PASSWORD)
        self.page.click("button:has-text('Créer le compte')")
        self.page.wait_for_url("**/second-facteur/")
        self.go("/compte/second-facteur/application/")
        found = re.search(r"[A-Z2-7]{32}", self.page.inner_text("main"))
        assert found is not None
        self.page.fill("[name=code]", one_time_code(found.group()))
        self.page.click("button:has-text('Mettre en place')")
        self.page.wait_for_selector("text=L’application de codes est en place")

    def import_pupils(self, data: bytes) -> None:
        """Take in a file of SIECLE's."""
        file = self.folder / "siecle.zip"
        file.write_bytes(data)
        self.go("/personnes/importer/")
        self.page.set_input_files("[type=file]", file)
        self.page.click("text=Lire le fichier")
        self.page.click("button:has-text('Appliquer')")
        self.page.wait_for_selector("text=L’importation est faite")

    def print_class(self) -> Path:
        """Issue and print the first class's cards."""
        self.go("/passes/")
        self.page.click("main table a >> nth=0")
        self.page.click("button:has-text('Délivrer')")
        self.page.wait_for_selector("text=laissez-passer délivrés")
        with self.page.expect_download() as downloading:
            self.page.click("button:has-text('Imprimer')")
        cards = self.folder / "cards.pdf"
        downloading.value.save_as(cards)
        return cards

    def invite(self) -> Path:
        """Show the code that lets the entry's gate join."""
        self.go("/portiques/ajouter/")
        self.page.check("[value=entry-1]")
        self.page.click("text=Afficher le code")
        picture = self.folder / "invitation.png"
        self.page.wait_for_selector("main img")
        self.page.screenshot(path=picture, full_page=True)
        self.page.goto("about:blank")  # its own reload could cut off where one goes next
        return picture

    def revoke(self, name: str) -> None:
        """Make the card of somebody in the first class void for good."""
        self.go("/passes/")
        self.page.click("main table a >> nth=0")
        self.page.click(f"main table a:has-text('{name}')")
        self.page.click("summary:has-text('Annuler pour toujours')")
        self.page.click("button:has-text('Oui, annuler cette carte')")
        self.page.wait_for_selector(".passes-one .tag.refuse")

    def show_until_refused(self, name: str, text: str, scanner: IO[str]) -> None:
        """Show a card again and again while the gate learns what the office said."""
        refused = self.page.locator(f"#waiting .referral.refuse:has-text('{name}')")
        for _ in range(20):
            scanner.write(text + "\n")
            scanner.flush()
            try:
                refused.wait_for(timeout=3000)
            except PlaywrightTimeout:
                continue
            return
        raise AssertionError("a revoked card was never refused")


def first_card(cards: Path, folder: Path) -> Path:
    """Photograph the first card of a sheet as a camera sees it held up: its own corner alone."""
    import cv2

    folder.mkdir()
    name = folder / "sheet"
    command = ["pdftoppm", "-r", "150", "-png", "-singlefile", str(cards), str(name)]
    subprocess.run(command, check=True, timeout=60)
    sheet = cv2.imread(str(name.with_suffix(".png")))
    assert sheet is not None
    card = folder / "card.png"
    height, width = sheet.shape[:2]
    assert cv2.imwrite(str(card), sheet[: height * 9 // 40, : width // 2])
    name.with_suffix(".png").unlink()
    return card


def enrol(picture: Path, out: Path) -> None:
    """Let the gate read the code on the console with its own camera."""
    words = ["gate", "enrol", "--picture", str(picture), "--out", str(out), "--json"]
    done = subprocess.run(
        [*COMMAND, *words], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["lane"] == "entry-1"


def look_at(config: Path, camera: str, *readers: ReaderSection) -> None:
    """Set what the gate sees with: a camera's address, and hand readers."""
    held = load(config)
    looking = replace(
        held,
        camera=CameraSection(source=camera),
        readers=readers,
        screens=replace(held.screens, port=0),
    )
    config.write_text(dump(looking, folder=config.parent), encoding="utf-8")


def text_on(card: Path) -> str:
    """Read a card as a hand scanner does."""
    words = ["sight", "read", str(card), "--json"]
    done = subprocess.run(
        [*COMMAND, *words], capture_output=True, text=True, check=True, timeout=60
    )
    [text] = json.loads(done.stdout.splitlines()[0])["texts"]
    return str(text)


def free_ports() -> tuple[int, int]:
    """Return two ports that nobody listens on."""
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


@contextmanager
def first_start(
    chromium: Browser, school: Path, wait_until: Callable[..., None], **options: Any
) -> Iterator[tuple[Day, str]]:
    """Run a new school's server, a browser before it; give both, and the code it printed."""
    port, stream = free_ports()
    log = school.with_name("server.log")
    words = ["server", "run", "--school", str(school)]
    with process(*words, "--port", str(port), "--stream-port", str(stream), log=log):
        wait_until(lambda: CODE.search(log.read_text("utf-8")), 60, "the code of the first start")
        found = CODE.search(log.read_text("utf-8"))
        assert found is not None
        context = chromium.new_context(locale="fr-FR", **options)
        yield Day(context.new_page(), f"http://127.0.0.1:{port}", school.parent), found.group()
        context.close()


@pytest.fixture
def day(chromium, tmp_path, wait_until):
    """A new school's server, running, and a browser before it; and the code it printed."""
    new_school(tmp_path / "school")
    with first_start(chromium, tmp_path / "school", wait_until, accept_downloads=True) as begun:
        yield begun


def test_from_an_empty_folder_to_a_refused_card(day, tmp_path):
    """Account, import of 1,000 pupils, cards, a gate, a card seen live; revoked, it is refused."""
    at, code = day
    at.start(code)
    at.import_pupils(siecle_zip(make_school(7, 1000, uai=UAI)))
    card = first_card(at.print_class(), tmp_path / "camera")
    config = tmp_path / "gate" / "entry-1.toml"
    config.parent.mkdir()
    enrol(at.invite(), config)
    look_at(config, str(card.parent))
    at.go("/direct/")
    with process("gate", "run", str(config), log=tmp_path / "gate.log"):
        at.page.wait_for_selector("#lines .line.grant .who")
        name = at.page.inner_text("#lines .line.grant .who")
    at.revoke(name)
    at.go("/direct/")
    fifo = tmp_path / "scanner"
    os.mkfifo(fifo)
    look_at(config, "none", ReaderSection("serial", "scanner", fifo, lines_per_minute=600))
    with process("gate", "run", str(config), log=tmp_path / "gate.log"), fifo.open("w") as scanner:
        at.show_until_refused(name, text_on(card), scanner)
