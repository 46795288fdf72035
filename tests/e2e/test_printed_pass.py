"""From the printer to the agent's screen: printed, filmed, decided, ruled on, journalled."""

import json
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import connect
from typing import Any

import pytest

from portique.core.entries import Body, DecisionBody, RulingBody, from_body
from portique.core.revocation import Status
from portique.gate.sections import CameraSection

PATIENCE_MS = 60_000


def portique(*words: str) -> list[dict[str, Any]]:
    """Run a command that says JSON lines, and return them."""
    command = [sys.executable, "-m", "portique.cli", *words, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def photographed(card: Path) -> Path:
    """Turn a printed page into a picture, as a scanner at 150 dots an inch would."""
    command = ["pdftoppm", "-r", "150", "-png", "-singlefile", str(card), str(card.with_suffix(""))]
    subprocess.run(command, check=True, timeout=60)
    return card.with_suffix(".png")


@pytest.fixture
def printed(site, tmp_path):
    """Give a way to issue a pass by the command line, print it, and take its picture."""

    def make(name: str) -> tuple[str, Path]:
        card = tmp_path / "pictures" / f"{name}.pdf"
        card.parent.mkdir(exist_ok=True)
        [answer] = portique(
            *("pass", "issue", "--school", str(site.folder / "school")),
            *("--kind", "staff", "--name", name, "--out", str(card)),
        )
        picture = photographed(card)
        card.unlink()
        return str(answer["pass_id"]), picture

    return make


def bodies(journal: Path) -> list[Body]:
    """Read the journal of a gate that was stopped."""
    with closing(connect(journal)) as db:
        return [from_body(row[0]) for row in db.execute("SELECT body FROM entry ORDER BY number")]


def test_a_printed_pass_is_granted_from_its_picture(site, printed):
    """Issue, print, photograph, replay: one decision, and the pass is let in."""
    pass_id, picture = printed("Zoé Martin")

    *decisions, last = portique(
        *("gate", "replay", str(picture), "--school", str(site.folder / "school")),
        *("--lane", "entry-1", "--at", portique_now(site)),
    )

    assert [(d["outcome"], d["pass_id"], d["medium"]) for d in decisions] == [
        ("grant", pass_id, "paper")
    ]
    assert last["summary"]["frames"] == 1


def portique_now(site) -> str:
    """Return an instant at which the site's passes count: just after the last was issued."""
    newest = max(issued.issued_ms for issued in site.school.register.all())
    return datetime.fromtimestamp(newest // 1000 + 1, UTC).isoformat()


@pytest.mark.browser
def test_an_agent_rules_on_what_the_camera_saw(site, printed, start, chromium):
    """A revoked pass before the camera: refused on the agent's page, admitted by a key, chained."""
    pass_id, picture = printed("Zoé Martin")
    site.school.register.set_status(pass_id, Status.REVOKED)
    site.export()
    site.configure(lambda c: replace(c, camera=CameraSection(source=str(picture.parent))))
    gate = start(site)

    page = chromium.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(gate.urls["agent"])
    page.fill("#pin", site.pin)
    page.click("form .primary")
    page.wait_for_selector(".card[data-waits=yes]:has-text('Zoé Martin')")
    page.wait_for_timeout(750)  # the page ignores presses while the card has just changed
    page.keyboard.press("1")
    page.wait_for_selector(".card[data-waits=yes]", state="detached")
    page.close()
    assert gate.stop() == 0

    made = bodies(site.journal)
    [decision] = [body for body in made if isinstance(body, DecisionBody)]
    [ruling] = [body for body in made if isinstance(body, RulingBody)]
    assert (decision.pass_id, decision.outcome) == (pass_id, 2)
    assert (ruling.showing, ruling.ruling, ruling.agent) == (decision.showing, "admit", "agent-1")
    assert b"Martin" not in site.journal.read_bytes()
