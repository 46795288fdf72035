"""Real gates and a real server, a faulty network between them, both killed: nothing is lost.

A history is the life of one gate in three processes' lives: it shows, files and is killed, while
its network loses, doubles, halves and stalls what it says, and while the server is killed under it
and under its neighbours. Once all is healed the server has every entry of its journal, once.
"""

import os
import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.e2e.link_real import (
    STEP_S,
    Mother,
    RealGate,
    School,
    opened_school,
    pause,
    wait_for,
)

from portique.gate.clock import GateClock
from portique.gate.config import load
from portique.gate.journal import Journal
from portique.gate.keyfiles import read_private
from portique.testing.evidence import kept_if_failing
from portique.testing.fault_proxy import drawn
from portique.testing.journals import decision
from portique.testing.postgresql import own_database

HISTORIES = int(os.environ.get("PORTIQUE_LINK_HISTORIES", "20"))
GATES = 5  # around one server
LIVES = 2  # of each gate, before the one in which all is healed
SHOWN_MAX, CALLS_UP, CALLS_STEPS = 12, 60, 50
MOMENT_S, DOWN_S = 0.1, 0.4
RATE = 0.6  # of the calls go wrong
BACKLOGS = (0, 0, 40, 1200)


def wait_in_journal(gate: RealGate, entries: int) -> None:
    """Give a gate entries that wait already, as after days without a server."""
    gate.journal.parent.mkdir(parents=True)
    clock, config = GateClock(), load(gate.config)
    key = read_private(config.gate.key)
    journal = Journal.open(
        gate.journal, gate_id=gate.gate_id, key=key, now_ms=clock.now_ms(), entropy=os.urandom
    )
    for n in range(entries):
        journal.append(decision(n, holder=None, pass_id=None), at_ms=clock.now_ms())
    journal.close(at_ms=clock.now_ms())


def live(gate: RealGate, mother: Mother, texts: list[str], chance: random.Random) -> None:
    """Let a gate show and be killed; what was written once is there ever after."""
    wait_in_journal(gate, chance.choice(BACKLOGS))
    before: dict[tuple[int, int], bytes] = {}
    for _ in range(LIVES):
        born = mother.bear(gate.config)
        for _ in range(chance.randrange(4, SHOWN_MAX)):
            gate.show(chance.choice([*texts, "PQ1:NOT A PASS"]))
            wait_for_calls([gate], chance.randrange(1, 4))
        pause(chance.random() * MOMENT_S)
        mother.bury(born)
        written = gate.written()
        assert before.items() <= written.items(), "the journal lost entries"
        before = written


def wait_for_calls(gates: list[RealGate], more: int) -> None:
    """Let gates make so many calls in all, unless they are busy with something else."""
    until = calls_of(gates) + more
    for _ in range(CALLS_STEPS):
        if calls_of(gates) >= until:
            return
        pause(STEP_S)


def calls_of(gates: list[RealGate]) -> int:
    return sum(gate.proxy.counts.total() for gate in gates)


def drain(gate: RealGate, mother: Mother) -> None:
    """Let a gate live in peace until it tells that nothing waits."""
    gate.heard.reports.clear()
    born = mother.bear(gate.config)
    wait_for(lambda: gate.heard.drained, f"the end of {gate.gate_id}'s outbox")
    mother.bury(born)


def run_school(folder: Path, gates: int, seed: int, url: str = "") -> tuple[School, int]:
    """Let gates live around a server that is killed; return the entries there are at the end."""
    chance = random.Random(seed)
    plans = [drawn(chance.randrange(2**32), RATE) for _ in range(gates)]
    seeds = [random.Random(chance.randrange(2**32)) for _ in range(gates)]
    mothers = [Mother(folder / f"mother-{n}.log") for n in range(gates)]
    with opened_school(folder, plans, url) as school, ThreadPoolExecutor(gates) as pool:
        school.server.start()
        lives = [
            pool.submit(live, gate, mother, school.texts, own)
            for gate, mother, own in zip(school.gates, mothers, seeds, strict=True)
        ]
        while not all(each.done() for each in lives):
            wait_for_calls(school.gates, chance.randrange(CALLS_UP))
            pause(chance.random() * MOMENT_S)
            school.server.kill()
            pause(chance.random() * DOWN_S)
            school.server.start()
        for each in lives:
            each.result()
        for gate in school.gates:
            gate.proxy.heal()
        for each in [pool.submit(drain, *both) for both in zip(school.gates, mothers, strict=True)]:
            each.result()
        school.server.kill()
        for mother in mothers:
            mother.close()
        assert school.server.disputes() == []
        answers = {answer for gate in school.gates for answer in gate.heard.statuses}
        assert {status for _, status in answers} <= STATUSES, answers
        return school, school.compare()


STATUSES = {200, 204, 400}  # what a whole or a halved call may be answered with


@pytest.mark.slow
@pytest.mark.timeout(300 + 10 * HISTORIES)  # against a hang; a busy machine may take its time
def test_whatever_fails_the_server_has_every_entry_once(tmp_path):
    """Every entry of every journal is there once, the chain unbroken, nothing waits any more."""
    seed = int(os.environ.get("PORTIQUE_SEED", random.SystemRandom().randrange(2**32)))
    entries = faults = kills = 0
    for number in range(-(-HISTORIES // GATES)):
        folder = tmp_path / str(number)
        folder.mkdir()
        gates = min(GATES, HISTORIES - GATES * number)
        with kept_if_failing(folder, f"seed {seed}, school {number}"):
            school, there = run_school(folder, gates, seed + number)
        entries += there
        faults += sum(gate.proxy.done for gate in school.gates)
        kills += school.server.kills
    print(  # noqa: T201
        f"{HISTORIES} histories: {entries} entries, {faults} faults, {kills} kills of the server, "
        f"{LIVES * HISTORIES} of gates, 0 lost, 0 twice, seed {seed}"
    )
    assert faults >= HISTORIES
    assert kills >= HISTORIES / GATES


@pytest.mark.slow
def test_whatever_fails_postgresql_has_every_entry_once(tmp_path):
    """One life of a gate with a server that is killed, and a database that goes on."""
    seed = int(os.environ.get("PORTIQUE_SEED", random.SystemRandom().randrange(2**32)))
    with own_database() as url, kept_if_failing(tmp_path, f"seed {seed}, PostgreSQL"):
        school, there = run_school(tmp_path, 1, seed, url)

    assert there > 0
    assert school.server.kills > 0
