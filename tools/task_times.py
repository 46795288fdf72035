"""Time the office's and the agents' tasks, on a real server and real gates, by a scripted user.

Each task is done in a browser as somebody would do it; its clicks and keys are counted. What the
machine takes is measured; what a person takes besides is estimated by the keystroke-level model
(Card, Moran and Newell: 1.2 s to point and click, 0.28 s a key, 1.35 s to think of a step).
For what gates have to know, the time from the last click until the gate has taken it up is said.

Example:
    python tools/task_times.py --json
"""
# ruff: noqa: INP001, T201 -- a script of the checkout: it prints, and times

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools.task_scene import BADGE, PIN, Gate, Hand, Scene, Task, next_open_day, opened, timed

if TYPE_CHECKING:
    from collections.abc import Callable


def sign_in(scene: Scene) -> None:
    """Shift change at a shared device."""
    hand = scene.agent
    with timed(hand, scene.tasks, "agent signs in by PIN (5 s)"):
        hand.click(".people a")
        for digit in PIN:
            hand.tap(digit)
        hand.see("text=Changer d’agent")


def forgotten(scene: Scene) -> None:
    """A card left at home, at the desk: three letters, and the first name."""
    hand = scene.agent
    hand.page.goto("/direct/")
    gate = scene.gates["entry-1"]
    gate.mark()
    with timed(hand, scene.tasks, "forgotten card at the console (8 s)", steps=2) as task:
        hand.click("nav a:has-text('Carte oubliée')")
        hand.see("#letters:focus")
        hand.type(scene.pupil.split()[-1][:3])
        hand.press("Enter")
        hand.see("[name=admit]")
        hand.press("Enter")
        hand.see(".passes-code")
    task.gate_s = gate.wait()
    seen(scene, gate, scene.card(), "grant")


def rule(scene: Scene) -> None:
    """Somebody with a foreign code waits; the agent lets them in."""
    hand = scene.agent
    hand.page.goto("/direct/")
    hand.see('#link[data-state="live"]')
    started = time.monotonic()
    scene.gates["entry-1"].read("PQ1:NO PASS OF THIS SCHOOL")
    hand.see('.referral[data-waits="yes"]')
    appeared = time.monotonic() - started
    with timed(hand, scene.tasks, "ruling on a referral") as task:
        hand.click(".referral .admit")
        hand.see('.referral[data-waits="no"]')
    started = time.monotonic()
    hand.page.locator(".referral").first.wait_for(state="detached")
    task.gate_s = time.monotonic() - started
    scene.tasks.append(Task("(a referral appears on the console)", steps=0, gate_s=appeared))


def absent(scene: Scene) -> None:
    """A teacher is absent from 14 to 16, as the office hears of it by telephone."""
    hand, gate = scene.office, scene.gates["exit-1"]
    scene.day.go("/")
    gate.mark()
    with timed(hand, scene.tasks, "teacher absent 14–16 h", steps=3) as task:
        hand.click("main a:has-text('Changements du jour')")
        hand.choose("[name=teacher]", "NOIRET")
        hand.page.fill("[name=day]", next_open_day().isoformat())
        hand.hour("[name=begins]", "14:00")
        hand.hour("[name=ends]", "16:00")
        hand.click("text=Voir ce que cela change")
        hand.click("button:has-text('Confirmer')")
        hand.see(".message.success")
    task.gate_s = gate.wait()


def find(hand: Hand, name: str) -> None:
    """Go from the first page to somebody's passes."""
    hand.click("main .tiles a:has(strong:text-is('Personnes'))")
    hand.see("#letters:focus")
    hand.type(name.rsplit(maxsplit=1)[-1][:4])
    hand.press("Enter")
    hand.click(f"main table a:has-text('{name}')")
    hand.click("main a:text-is('Laissez-passer')")


def on_passes(scene: Scene, name: str, act: Callable[[Hand], None], *, lane: str) -> None:
    """Time something done on somebody's page of passes, from the first page to the gate."""
    hand, gate = scene.office, scene.gates[lane]
    scene.day.go("/")
    gate.mark()
    with timed(hand, scene.tasks, name, steps=3) as task:
        find(hand, scene.pupil)
        act(hand)
    task.gate_s = gate.wait()


def permit(hand: Hand) -> None:
    """May leave today, without a reason."""
    hand.click("main a:has-text('Autorisations')")
    hand.click("button:has-text('Donner l’autorisation')")
    hand.see("text=Peut sortir")


def replace_card(hand: Hand) -> None:
    """A new card for the lost one, which is void at once."""
    hand.click("button:text-is('Remplacer')")
    hand.see(".message.success")


def suspend(hand: Hand) -> None:
    """The card is lost, and may be found."""
    hand.click("button:has-text('Perdue')")
    hand.see("button:has-text('Retrouvée')")


def enrol_badge(hand: Hand) -> None:
    """A badge before the office's reader, which types and sends its number."""
    hand.click("main a:text-is('Badges')")
    hand.page.fill("[name=number]", BADGE)
    hand.page.keyboard.press("Enter")
    hand.see("text=Badge inscrit le")


def seen(scene: Scene, gate: Gate, text: str, outcome: str) -> None:
    """Hold a code before the gate's reader until the console shows what became of it."""
    page = scene.agent.page
    page.goto("/direct/")
    page.locator('#link[data-state="live"]').wait_for()
    before = page.locator(f"#lines .line.{outcome}").count()
    gate.read(text)
    page.locator(f"#lines .line.{outcome}").nth(before).wait_for()


TASKS: tuple[Callable[[Scene], None], ...] = (
    sign_in,
    rule,
    forgotten,
    absent,
    lambda scene: on_passes(scene, "permission to leave today", permit, lane="exit-1"),
    lambda scene: on_passes(scene, "card replaced", replace_card, lane="entry-1"),
    lambda scene: on_passes(scene, "card suspended", suspend, lane="entry-1"),
    lambda scene: on_passes(scene, "badge enrolled", enrol_badge, lane="entry-1"),
    lambda scene: seen(scene, scene.gates["entry-1"], BADGE, "refer"),
)


def show(tasks: list[Task]) -> None:
    """Print a table."""
    print(f"{'task':<38}{'clicks':>7}{'keys':>6}{'machine':>9}{'person':>9}{'at gate':>9}")
    for task in tasks:
        gate = "" if task.gate_s is None else f"{task.gate_s:.1f} s"
        done = f"{task.machine_s:.1f} s", f"{task.person_s:.1f} s"
        print(f"{task.name:<38}{task.clicks:>7}{task.keys:>6}{done[0]:>9}{done[1]:>9}{gate:>9}")


def main() -> None:
    """Do every task once and say what it took."""
    parser = argparse.ArgumentParser(description=re.split(r"\n\n", str(__doc__))[0])
    parser.add_argument("--json", action="store_true", help="one line of JSON instead of a table")
    as_json = parser.parse_args().json
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder)) as scene:
        for task in TASKS:
            task(scene)
        tasks = scene.tasks
    rows: list[dict[str, Any]] = [asdict(task) | {"person_s": task.person_s} for task in tasks]
    print(json.dumps(rows)) if as_json else show(tasks)


if __name__ == "__main__":
    main()
