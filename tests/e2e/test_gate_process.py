"""A real gate process: it decides, remembers, survives kills, and opens nothing unwritten."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from portique.core.entries import DecisionBody, from_body
from portique.core.errors import EnvironmentProblem
from portique.gate import sandbox_probe
from portique.gate.config import load
from portique.gate.main import Gate
from portique.gate.sections import CameraSection, SandboxSection


def decisions(journal: Path) -> list[DecisionBody]:
    """Read the decisions of a journal whose gate is dead."""
    with closing(sqlite3.connect(journal)) as db:
        rows = db.execute("SELECT body FROM entry WHERE body IS NOT NULL ORDER BY number")
        bodies = [from_body(row[0]) for row in rows]
    return [body for body in bodies if isinstance(body, DecisionBody)]


def portique(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "portique.cli", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def verified(journal: Path) -> dict[str, Any]:
    done = portique("journal", "verify", str(journal), "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_a_genuine_pass_opens_the_door(driven, controller, start, wait_until):
    """The pass shown to the reader is journalled and the door released."""
    [issued] = driven.issue(1)
    driven.export()
    gate = start(driven)

    gate.show(issued.text)
    wait_until(lambda: controller.releases == 1, 20, "the door's release")

    assert gate.stop() == 0
    [decision] = decisions(driven.journal)
    assert (decision.pass_id, decision.outcome) == (issued.pass_id, 0)


def test_the_screens_answer_and_hold_no_name(driven, start):
    """The holder's page and the health answer; neither tells anything about anybody."""
    [issued] = driven.issue(1)
    driven.export()
    gate = start(driven)
    gate.show(issued.text)

    assert json.loads(gate.get("/healthz"))
    assert "Personne" not in gate.get("/holder")


def test_a_restarted_gate_remembers_who_passed(driven, controller, start, wait_until):
    """After a kill, the same pass within five minutes is a double use, not a second grant."""
    [issued] = driven.issue(1)
    driven.export()
    first = start(driven)
    first.show(issued.text)
    wait_until(lambda: controller.lamps == 1, 20, "the first lamp")
    first.kill()

    second = start(driven)
    second.show(issued.text)
    wait_until(lambda: controller.lamps == 2, 20, "the second lamp")
    assert second.stop() == 0

    outcomes = [(d.outcome, d.reasons) for d in decisions(driven.journal)]
    assert outcomes == [(0, ()), (1, ("double-use",))]
    assert controller.releases == 1


def test_newer_knowledge_reaches_a_running_gate(driven, controller, start, wait_until):
    """A pass revoked and exported is refused without a restart."""
    from portique.core.revocation import Status

    good, lost = driven.issue(2)
    driven.export()
    driven.configure(lambda c: replace(c, knowledge=replace(c.knowledge, poll_s=0.5)))
    gate = start(driven)
    driven.school.register.set_status(lost.pass_id, Status.REVOKED)
    driven.export()
    log = driven.folder / "gate.log"
    wait_until(lambda: log.read_text().count("knowledge-taken") == 1, 20, "the new knowledge")

    gate.show(lost.text)
    gate.show(good.text)
    wait_until(lambda: controller.releases == 1, 20, "the good pass's release")
    gate.stop()

    assert [d.outcome for d in decisions(driven.journal)] == [2, 0]


def test_a_gate_without_knowledge_grants_nobody(driven, controller, start, wait_until):
    """Without the school's keys nothing can be judged: the gate says so, and opens nothing."""
    [issued] = driven.issue(1)
    gate = start(driven)
    gate.show(issued.text)
    wait_until(lambda: len(controller.orders) > 0, 20, "the lamp's order")
    gate.stop()

    [decision] = decisions(driven.journal)
    assert (decision.outcome, decision.reasons) == (1, ("knowledge-missing",))
    assert controller.releases == 0


def test_a_second_gate_on_the_same_journal_is_told_so(driven, start):
    """Two processes never share a journal: the second ends with one sentence."""
    driven.export()
    start(driven)

    done = portique("gate", "run", str(driven.config))

    assert done.returncode in (1, 5)
    assert "Traceback" not in done.stderr
    assert done.stderr.count("portique:") == 1


def test_a_gate_that_requires_a_sandbox_the_machine_lacks_does_not_start(site, monkeypatch):
    """One sentence for the technician (exit code 5), before anything is opened."""
    weak = sandbox_probe.Strength(("limits",), {"open a connection": False}, landlock=0)
    monkeypatch.setattr(sandbox_probe, "probe", lambda: weak)
    site.configure(
        lambda c: replace(
            c,
            camera=CameraSection(source=str(site.folder)),
            sandbox=SandboxSection(level="required"),
        )
    )

    with pytest.raises(EnvironmentProblem, match="can't be had on this machine"):
        Gate(load(site.config), announce=print).__enter__()
    assert not site.journal.exists()
