"""A school at work before phones: a real server, its console in a browser, passes people hold."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import cv2
import numpy as np
from playwright.sync_api import Browser
from tests.e2e.test_first_day import UAI, Day, first_start, new_school

from portique.cli.options import machine_time
from portique.core.values import Kind, Window
from portique.core.values import Uai as SchoolCode
from portique.school.folder import SchoolFolder, Settings
from portique.school.issuing import Request, issue
from portique.sight.codes import CodeReader
from portique.testing.siecle import FictionalPupil, make_school, siecle_zip


class Card(NamedTuple):
    """A pass somebody holds."""

    name: str
    pass_id: str
    text: str


@dataclass
class Office:
    """A school's console in a browser, and its database."""

    day: Day
    folder: Path

    @property
    def port(self) -> int:
        """Return the port of its server."""
        return urlsplit(self.day.address).port or 0

    def invite(self, lane: str) -> str:
        """Have the console show a code for a phone; read it as a phone's camera does."""
        page = self.day.page
        self.day.go("/portiques/ajouter/")
        page.check("[value=phone]")
        page.check(f"[value={lane}]")
        page.click("text=Afficher le code")
        seen = np.frombuffer(page.locator("img.qr").screenshot(), np.uint8)
        page.goto("about:blank")  # its own reload could cut off where one goes next
        picture = cv2.imdecode(seen, cv2.IMREAD_GRAYSCALE)
        assert picture is not None
        (code,) = CodeReader().read(picture.astype(np.uint8), at_ms=0).codes
        return str(code.text)

    def remove(self, gate_id: str) -> None:
        """Take a phone out of the school."""
        self.day.go(f"/portiques/{gate_id}/retirer/")
        self.day.page.click("button.danger")
        self.day.page.wait_for_url("**/portiques/")

    def filed(self, gate_id: str) -> list[tuple[int, int, str]]:
        """Return the entries the server holds of one phone, as often as they are there."""
        return self._asked(
            "SELECT epoch.number, entry.number, lower(hex(entry.chain)) FROM gates_entry entry"
            " JOIN gates_epoch epoch ON epoch.id = entry.epoch_id WHERE epoch.gate_id = ?"
            " ORDER BY epoch.number, entry.number",
            gate_id,
        )

    def crossed(self, gate_id: str) -> list[str]:
        """Return whom the server knows to have passed at one phone, by holder, once each time."""
        rows = self._asked(
            "SELECT crossing.holder FROM gates_crossing crossing"
            " JOIN gates_entry entry ON entry.id = crossing.entry_id"
            " JOIN gates_epoch epoch ON epoch.id = entry.epoch_id WHERE epoch.gate_id = ?",
            gate_id,
        )
        return [holder for (holder,) in rows]

    def _asked(self, query: str, gate_id: str) -> list[tuple]:
        file = f"file:{self.folder / 'server.db'}?mode=ro"
        with closing(sqlite3.connect(file, uri=True)) as rows:
            return rows.execute(query, [gate_id]).fetchall()


@dataclass
class School(Office):
    """A school at work: with the passes people hold."""

    cards: list[Card]
    strange: Card
    pupil: FictionalPupil


def cards_of(folder: Path, count: int) -> list[Card]:
    """Issue passes to people of a school's folder."""
    at = machine_time().replace(microsecond=0)
    window = Window(at - timedelta(hours=1), at + timedelta(days=30))
    school = SchoolFolder.open(folder)
    names = [f"Personne {number:04}" for number in range(count)]
    asked = [Request(Kind.STAFF, name, window=window) for name in names]
    made = [issue(school, each, at=at, entropy=os.urandom) for each in asked]
    school.close()
    return [Card(name, one.pass_id, one.text) for name, one in zip(names, made, strict=True)]


@contextmanager
def at_work(
    chromium: Browser, home: Path, wait_until: Callable[..., None], people: int
) -> Iterator[School]:
    """Run a new school's server, its head signed in, a class with cards on the day's list."""
    folder, other = home / "school", home / "other"
    new_school(folder)
    settings = Settings(SchoolCode("0990002P"), "Lycée des Ormes")
    SchoolFolder.create(other, settings, at=machine_time(), entropy=os.urandom).close()
    cards, (strange,) = cards_of(folder, people), cards_of(other, 1)
    pupils = make_school(7, 12, uai=UAI)
    with first_start(chromium, folder, wait_until) as (day, code):
        day.start(code)
        day.import_pupils(siecle_zip(pupils))
        day.go("/passes/")
        day.page.click("main table a >> nth=0")
        day.page.click("button:has-text('Délivrer')")
        day.page.wait_for_selector("text=laissez-passer délivrés")
        pupil = next(one for one in pupils.here if not one.usual_family_name)
        yield School(day, folder, cards, strange, pupil)
