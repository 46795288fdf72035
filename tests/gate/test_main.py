"""A gate put together in this process: started in order, told of trouble, taken down whole."""

import os
import queue
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from portique.core.decide import Outcome
from portique.core.entries import AlarmBody, BootBody, ModeBody
from portique.core.errors import ConfigError, EnvironmentProblem, JournalError
from portique.core.values import from_ms, to_ms
from portique.core.zones import default_site
from portique.gate.board import Organ, Posture
from portique.gate.clock import GateClock, SystemTime
from portique.gate.config import load
from portique.gate.enrolment import enrol
from portique.gate.eyes import EyesHealth
from portique.gate.faults import JOURNAL_FAILS
from portique.gate.journal import Journal
from portique.gate.main import Gate
from portique.gate.ports import DoorState
from portique.gate.sections import (
    CameraSection,
    FireSection,
    GateConfig,
    MetricsSection,
    ReaderSection,
    WebhookSection,
)
from portique.testing.lanes import UAI

pytestmark = pytest.mark.slow  # whole gates, started and taken down

HOUR_MS = 3_600_000


@pytest.fixture
def config(school, tmp_path) -> GateConfig:
    """An enrolled lane without a camera, on any free port, that looks for knowledge often."""
    out = tmp_path / "gate" / "entry-1.toml"
    lane = default_site().lane("entry-1")
    mine, _ = enrol(out, lane, UAI, school.knowledge_key.public, entropy=os.urandom)
    school.gate_key = mine
    loaded = load(out)
    return replace(
        loaded,
        camera=CameraSection(source="none"),
        screens=replace(loaded.screens, port=0),
        knowledge=replace(loaded.knowledge, poll_s=0.5),
    )


@pytest.fixture
def put(school, config) -> Callable[[int], None]:
    """Give a way to export knowledge to the gate, issued an hour before the machine's time."""

    def export(number: int = 1) -> None:
        folder = config.knowledge.path
        folder.mkdir(exist_ok=True)
        issued = GateClock().now_ms() - HOUR_MS
        (folder / "today.knowledge").write_bytes(school.bundle(number, at_ms=issued))

    return export


@pytest.fixture
def enter() -> Iterator[Callable[..., Gate]]:
    """Give a way to start gates and turn their loops; all are taken down at the end."""
    with ExitStack() as stack:

        def start(config: GateConfig, *, turning: bool = True, said: list | None = None) -> Gate:
            announce = (said if said is not None else []).append
            gate = stack.enter_context(Gate(config, announce=announce))
            if turning:
                thread = threading.Thread(target=gate.run)
                thread.start()
                stack.callback(thread.join, 20)
                stack.callback(gate.stop.set)
            return gate

        yield start


def bodies(journal: Journal) -> list:
    return [row.read() for row in journal.rows()]


def test_a_gate_starts_says_so_and_leaves_in_order(config, enter, put):
    """Boot is journalled with how the last run ended; the door is in its fail state afterwards."""
    put()
    with Gate(config, announce=print) as gate:
        [boot] = [body for body in bodies(gate.journal) if isinstance(body, BootBody)]
        door = gate.door
    with Gate(config, announce=print) as again:
        boots = [body for body in bodies(again.journal) if isinstance(body, BootBody)]

    assert (boot.lane, boot.clean) == ("entry-1", True)
    assert [each.clean for each in boots] == [True, True]
    assert door.state is DoorState.CLOSED


def test_a_gate_that_cannot_start_takes_down_what_it_had(config, put):
    """The port is taken: one sentence, and the journal is free for the next try."""
    put()
    with Gate(config, announce=print) as first:
        taken = replace(config, screens=replace(config.screens, port=first.serving.port))
        other = replace(config.journal, file=config.journal.file.with_name("other.db"))
        with pytest.raises(EnvironmentProblem, match=str(first.serving.port)):
            Gate(replace(taken, journal=other), announce=print).__enter__()

    with Gate(replace(config, journal=other), announce=print):
        pass


def test_a_second_gate_on_one_journal_is_the_environments_trouble(config, enter, put):
    """Nothing is wrong with the data: exit code 5, not 1."""
    put()
    enter(config)

    with pytest.raises(EnvironmentProblem, match="another process"):
        Gate(config, announce=print).__enter__()


def test_a_journals_folder_that_cannot_be_made_is_one_sentence(config, put):
    """Something else lies in its place."""
    put()
    config.journal.file.parent.write_text("in the way", encoding="utf-8")

    with pytest.raises(EnvironmentProblem, match="can't be made"):
        Gate(config, announce=print).__enter__()


def test_a_lane_the_school_does_not_have_stops_the_start(config, put):
    """A wrong configuration, exit code 2."""
    put()
    with pytest.raises(ConfigError, match="entry-9"):
        Gate(replace(config, gate=replace(config.gate, lane="entry-9")), announce=print).__enter__()


def test_a_full_disk_at_the_start_keeps_nobody_from_counting_by_hand(config, put, monkeypatch):
    """The boot can't be journalled: said on the console and the screens, and the gate runs."""
    put()
    said: list[str] = []

    def full(_self: Journal, _body: object, *, at_ms: int) -> None:
        raise JournalError(f"the disk is full at {at_ms}")

    with monkeypatch.context() as disk:
        disk.setattr(Journal, "append", full)
        with Gate(config, announce=said.append) as gate:
            [fault] = gate.board.snapshot().faults

    assert fault.organ is Organ.JOURNAL
    assert fault.detail == JOURNAL_FAILS
    assert said[0].startswith("the disk is full")


def test_a_console_that_takes_nothing_stops_no_gate(config):
    """A sentence that can't be said is lost, not the lane: no knowledge, and a file of no use."""
    config.knowledge.path.mkdir()
    (config.knowledge.path / "odd.knowledge").write_bytes(b"odd")

    def gone(_sentence: str) -> None:
        raise BrokenPipeError

    with Gate(config, announce=gone) as gate:
        assert gate.source.complaint is not None


def test_a_turning_gate_beats_learns_and_tells(config, enter, put, wait_until):
    """The loop's chores: signs of life, knowledge, freshness, figures."""
    gate = enter(config)
    wait_until(lambda: gate.board.beat_ms is not None)
    assert {part.state for part in gate.board.snapshot().freshness[:4]} <= {"missing"}
    put()

    wait_until(lambda: gate.source.current is not None, what="the knowledge")
    wait_until(lambda: any(p.state == "fresh" for p in gate.board.snapshot().freshness[:4]))

    assert gate.lane.bench.knowledge is gate.source.current


def test_figures_are_served_on_loopback(config, enter, put):
    """Where the configuration says, and nowhere else."""
    put()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    enter(replace(config, metrics=MetricsSection(port=port)), turning=False)

    with socket.create_connection(("127.0.0.1", port), 10) as asked:
        asked.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
        assert asked.recv(100).startswith(b"HTTP/1.0 200")


class Started1970(SystemTime):
    """A machine whose battery is dead."""

    def wall_ms(self) -> int:
        return 0


def test_no_true_time_lies_before_the_knowledge(config, school, enter, monkeypatch):
    """Started in 1970: the gate goes by the signature, and trusts nothing yet."""
    config.knowledge.path.mkdir()
    ahead = GateClock().now_ms() + 24 * HOUR_MS
    monkeypatch.setattr("portique.gate.clock.SystemTime", Started1970)
    data = school.bundle(1, at_ms=to_ms(from_ms(ahead)))
    (config.knowledge.path / "today.knowledge").write_bytes(data)

    gate = enter(config, turning=False)

    assert gate.clock.now_ms() >= ahead
    assert not gate.clock.state.trusted


def test_knowledge_from_the_future_moves_no_trusted_clock(config, school, enter):
    """Exported on a machine a year ahead: refused, said, and the gate keeps its time."""
    config.knowledge.path.mkdir()
    now = GateClock().now_ms()
    data = school.bundle(1, at_ms=now + 365 * 24 * HOUR_MS)
    (config.knowledge.path / "today.knowledge").write_bytes(data)
    said: list[str] = []

    gate = enter(config, turning=False, said=said)

    assert gate.clock.state.trusted
    assert gate.clock.now_ms() < now + HOUR_MS
    assert gate.source.current is None
    assert "issued in the future" in said[0]


def test_a_readers_line_reaches_the_screen(config, school, enter, put, wait_until, tmp_path):
    """FIFO, loop, lane, journal, door, board."""
    fifo = tmp_path / "reader"
    os.mkfifo(fifo)
    put()
    reader = ReaderSection("serial", "fifo", fifo, lines_per_minute=600)
    gate = enter(replace(config, readers=(reader,)))
    with fifo.open("w") as line:
        line.write("https://example.org\n")
        line.flush()
        wait_until(lambda: gate.board.snapshot().waiting, what="the card")

    [card] = gate.board.snapshot().waiting
    assert [str(reason) for reason in card.reasons] == ["not-a-pass"]


def test_a_fire_line_frees_the_door_and_is_journalled(config, enter, put, wait_until, tmp_path):
    """A word on the FIFO; the door, the screens, then the journal."""
    put()
    gate = enter(replace(config, fire=FireSection(kind="line", path=tmp_path / "fire")))
    with (tmp_path / "fire").open("w") as line:
        line.write("fire\n")

    wait_until(lambda: gate.door.state is DoorState.FREE, what="the door")
    wait_until(lambda: isinstance(bodies(gate.journal)[-1], AlarmBody), what="the entry")

    assert gate.board.snapshot().posture is Posture.EVACUATION
    with (tmp_path / "fire").open("w") as line:
        line.write("normal\n")
    wait_until(lambda: not gate.following._line.active, what="the quiet panel")
    gate.lane.end_evacuation("loge")
    assert gate.board.snapshot().posture is Posture.NORMAL
    assert bodies(gate.journal)[-1].agent == "loge"


def test_a_gate_set_free_holds_its_door_open(config, enter, put, wait_until):
    """From its first turns, with the mode in the journal."""
    put()
    gate = enter(replace(config, gate=replace(config.gate, mode="free")))

    wait_until(lambda: gate.door.state is DoorState.RELEASED, what="the door")

    assert any(isinstance(body, ModeBody) for body in bodies(gate.journal))


def test_what_the_journal_noticed_is_told_to_agents(config, enter, put, wait_until):
    """A damaged journal set aside at the start is a notice on every screen, once."""
    put()
    with Gate(config, announce=print):
        pass
    config.journal.file.write_bytes(b"damaged" * 100)

    gate = enter(config)
    wait_until(lambda: gate.board.snapshot().alerts, what="the notice")

    [alert] = gate.board.snapshot().alerts
    assert "journal" in alert.detail.fr
    gate._tell()
    assert len(gate.board.snapshot().alerts) == 1


def test_a_door_that_does_not_answer_is_a_fault(config, enter, put, wait_until):
    """Nobody listens at the controller's address: agents see it, and what to do."""
    put()
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}/door"
    door = replace(config.door, kind="webhook", webhook=WebhookSection(url=url))
    gate = enter(replace(config, door=door), turning=False)
    gate.door.lamp(Outcome.GRANT)
    wait_until(lambda: gate.door.state is DoorState.UNREACHABLE)

    gate._tell()

    assert [fault.organ for fault in gate.board.snapshot().faults] == [Organ.DOOR]


def test_a_keeper_that_was_replaced_is_counted(config, enter, put, wait_until, tmp_path):
    """Killed from outside: the door works on, and the figure says that it happened."""
    put()
    (tmp_path / "gpio17").mkdir()
    (tmp_path / "gpio17" / "value").write_text("0")
    pins = replace(config.door.gpio, door=17, lines=tmp_path)
    gate = enter(replace(config, door=replace(config.door, kind="gpio", gpio=pins)))
    os.kill(gate.door._actuator.keeper_pid, signal.SIGKILL)

    def restarts() -> object:
        named = {"organ": "keeper"}
        return gate.metrics.registry.get_sample_value("portique_restarts_total", named)

    wait_until(restarts, what="the count")
    assert gate.door.state is not DoorState.CLOSED


def test_pictures_and_lines_that_found_no_room_are_figures(config, enter, put):
    """Nothing is always zero."""
    put()
    gate = enter(config, turning=False)

    class Eyes:
        health = EyesHealth(looks=7)
        looks: queue.Queue = queue.Queue()

    gate.eyes, gate.loop.lines_dropped = Eyes(), 3
    gate._tell()

    value = gate.metrics.registry.get_sample_value
    assert (value("portique_frames_total"), value("portique_lines_dropped")) == (7, 3)


def test_a_reader_that_fails_is_told_on_the_console(config, enter, put):
    """With the reason."""
    put()
    said: list[str] = []
    gate = enter(config, turning=False, said=said)

    gate._tell_of_reader("hand", EnvironmentProblem("evdev is not installed"))

    assert said[-1].endswith("evdev is not installed")


def test_a_reader_that_is_not_there_is_shown_to_agents_until_it_is(
    config, enter, put, tmp_path, wait_until, monkeypatch
):
    """From its device to their screens, and so to the server."""
    put()
    monkeypatch.setattr("portique.gate.readers.serial_line.RETRY_S", 0.01)
    scanner = tmp_path / "scanner"
    section = ReaderSection("serial", device=scanner)
    gate = enter(replace(config, readers=(section,)), turning=False)

    def failing() -> list[Organ]:
        gate._tell()
        return [fault.organ for fault in gate.board.snapshot().faults]

    wait_until(lambda: failing() == [Organ.READER], what="the fault")
    os.mkfifo(scanner)
    wait_until(lambda: failing() == [], what="its end")


def test_retention_forgets_everywhere(config, enter, put):
    """Entries, cards and memory: the chore that runs every ten minutes."""
    put()
    gate = enter(config, turning=False)

    gate._retain()
    gate._checkpoint()

    assert gate.journal.verify().whole


def test_memory_is_forgotten_whatever_the_disk_does(config, enter, put, monkeypatch):
    """Cards and grants go in their time although the journal can't be written."""
    put()
    gate = enter(config, turning=False)
    forgotten: list[str] = []

    def sick(*_: object, **__: object) -> None:
        raise JournalError("the disk failed")

    monkeypatch.setattr(gate.journal, "erase_before", sick)
    monkeypatch.setattr(gate.board, "forget", lambda _before: forgotten.append("board"))
    monkeypatch.setattr(gate.lane, "forget", lambda _now: forgotten.append("lane"))

    with pytest.raises(JournalError):
        gate._retain()

    assert forgotten == ["board", "lane"]


def test_former_files_go_in_their_time_without_a_server(config, enter, put, monkeypatch):
    """Fourteen days after its last entry, by the daily chore."""
    put()
    gate = enter(config, turning=False)
    former = config.journal.file.with_name("journal.db.epoch-1")
    gate.journal.rotate(at_ms=gate.clock.now_ms())
    assert former.exists()
    later = gate.clock.now_ms() + 15 * 24 * HOUR_MS
    monkeypatch.setattr(gate.clock, "now_ms", lambda: later)

    [retire] = [chore for chore in gate.loop.chores if chore.name == "retire"]
    retire.run()

    assert not former.exists()


def test_a_gate_with_a_film_for_a_camera_stops_with_it(config, put, school, tmp_path):
    """Asked to, it ends with its source: eyes, loop, everything."""
    put()
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    cv2.imwrite(str(pictures / "1.png"), np.full((120, 160), 255, np.uint8))
    camera = CameraSection(source=str(pictures))

    with Gate(replace(config, camera=camera), announce=print, ends_with_source=True) as gate:
        gate.run()

    assert gate.eyes is not None
    assert gate.eyes.health.ended
    assert gate.eyes.health.looks == 1
    assert isinstance(config.journal.file, Path)
