"""Fire in a real gate: doors first, whatever the disk does, remembered over a kill."""

import json
import resource
import urllib.request
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from sqlite3 import connect

import pytest

from portique.core.entries import AlarmBody, from_body
from portique.gate.sections import FireSection

NO_BYTE_MORE = (0, resource.RLIM_INFINITY)
ALL_AGAIN = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


@pytest.fixture
def burning(driven):
    """Give a site whose gate listens to a fire line, the panel's FIFO."""
    fire = FireSection(kind="line", path=driven.folder / "fire")
    driven.configure(lambda c: replace(c, fire=fire))
    driven.issue(1)
    driven.export()
    return driven


def say(site, word: str) -> None:
    """Write a word to the panel's line."""
    with (site.folder / "fire").open("w", encoding="ascii") as line:
        line.write(f"{word}\n")


def orders(controller) -> list[str]:
    return [order["order"] for order in controller.orders if order["order"] != "alive"]


def holder_state(gate) -> str:
    """Return what the holder's screen is told at this moment."""
    with urllib.request.urlopen(gate.urls["url"] + "/holder/stream", timeout=10) as stream:
        for line in stream:
            if line.startswith(b"data:") and b'"state"' in line:
                return str(json.loads(line[5:])["state"])
    raise AssertionError("the stream ended without a state")


def alarms(journal: Path) -> list[tuple[str, str]]:
    """Read the alarms of a journal whose gate is dead."""
    with closing(connect(journal)) as db:
        bodies = [from_body(row[0]) for row in db.execute("SELECT body FROM entry ORDER BY number")]
    return [(body.posture, body.source) for body in bodies if isinstance(body, AlarmBody)]


def limit_files(gate, limits: tuple[int, int]) -> None:
    """Let a running gate write no byte more to any file, as on a full disk, or all again."""
    resource.prlimit(gate.pid, resource.RLIMIT_FSIZE, limits)


def test_a_fire_frees_the_door_shows_it_and_is_journalled(burning, controller, start, wait_until):
    """One word on the line: the controller is told to free, the holder to leave."""
    gate = start(burning)
    say(burning, "fire")
    wait_until(lambda: "free" in orders(controller), 20, "the order to free")
    wait_until(lambda: holder_state(gate) == "evacuate", 20, "the holder's screen")
    posture = burning.journal.with_name("posture.json")
    wait_until(posture.exists, 20, "the memory of the fire")
    assert gate.stop() == 0

    assert orders(controller)[0] == "free"
    assert alarms(burning.journal) == [("evacuation", "fire-line")]


def test_a_fire_frees_the_door_while_the_disk_takes_nothing(burning, controller, start, wait_until):
    """The journal is full: nobody is granted, and a fire frees the door all the same."""
    [issued] = burning.passes
    gate = start(burning)
    limit_files(gate, NO_BYTE_MORE)
    gate.show(issued.text)
    wait_until(lambda: "lamp" in orders(controller), 20, "the referral's lamp")

    say(burning, "fire")
    wait_until(lambda: "free" in orders(controller), 20, "the order to free")
    wait_until(lambda: holder_state(gate) == "evacuate", 20, "the holder's screen")
    assert controller.releases == 0

    limit_files(gate, ALL_AGAIN)
    wait_until(lambda: alarms_live(burning), 20, "the entry, once the disk has room")
    assert gate.stop() == 0
    assert alarms(burning.journal) == [("evacuation", "fire-line")]


def alarms_live(site) -> bool:
    """Say whether a running gate has journalled an alarm, by its write-ahead log."""
    log = site.journal.with_name(site.journal.name + "-wal")
    return log.exists() and b"fire-line" in log.read_bytes()


def test_a_fire_is_remembered_over_a_kill(burning, controller, start, wait_until):
    """Killed in the evacuation, the next run frees the door before anybody shows anything."""
    first = start(burning)
    say(burning, "fire")
    memory = burning.journal.with_name("posture.json")
    wait_until(memory.exists, 20, "the memory of the fire")
    first.kill()
    controller.orders.clear()

    second = start(burning)
    wait_until(lambda: "free" in orders(controller), 20, "the order to free")

    assert holder_state(second) == "evacuate"
    assert orders(controller)[0] == "free"
    second.stop()


def test_during_a_fire_a_pass_is_referred_and_releases_nothing(
    burning, controller, start, wait_until
):
    """The door is free; the screen keeps saying evacuate, and the agent sees who came."""
    [issued] = burning.passes
    gate = start(burning)
    say(burning, "fire")
    wait_until(lambda: holder_state(gate) == "evacuate", 20, "the holder's screen")
    gate.show(issued.text)
    wait_until(lambda: "lamp" in orders(controller), 20, "the lamp")

    assert holder_state(gate) == "evacuate"
    assert controller.releases == 0
    gate.stop()
