"""The one place where a gate is put together from its configuration, run, and taken down.

capture ─▶ decode ─▶ (this process) loop ─▶ lane ─▶ journal, door, board ─▶ screens
readers ─▶┘                      fire line ─▶ door first
"""

from __future__ import annotations

import os
import threading
from contextlib import ExitStack, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Self

from portique import __version__
from portique.core.calendars import PARIS, default_calendar
from portique.core.entries import BootBody
from portique.core.errors import EnvironmentProblem, JournalError
from portique.core.plain import Words
from portique.core.values import Language, Uai, from_ms
from portique.gate import board as shown
from portique.gate.board import Board
from portique.gate.clock import GateClock
from portique.gate.doors.choose import open_door, open_fire
from portique.gate.faults import tell_of_journal
from portique.gate.flood import Flood
from portique.gate.following import Followers, Following
from portique.gate.journal import Journal
from portique.gate.journal_checking import check_in_background
from portique.gate.journal_control import JournalControl
from portique.gate.journal_values import ACKNOWLEDGED_KEPT_MS, JournalSettings
from portique.gate.judge import Bench
from portique.gate.keyfiles import read_private, read_public
from portique.gate.lane import HOLD_EVERY_MS, Lane, Ports
from portique.gate.learning import Learning, Pupils, believe_time_of
from portique.gate.link.client import Around
from portique.gate.link.fetching import FILE as FROM_SERVER
from portique.gate.link.opening import open_link
from portique.gate.logs import fault_of, log
from portique.gate.loop import Chore, Loop
from portique.gate.metrics import Metrics
from portique.gate.organs import Organs
from portique.gate.processes import Eyes
from portique.gate.readers.feed import ReaderFeed, open_readers
from portique.gate.recall import RESTORED_MS, first_showing
from portique.gate.retention import forget_before
from portique.gate.sandbox_probe import require_strongest
from portique.gate.screen.app import create_app
from portique.gate.screen.serving import Serving, serve_in_thread
from portique.gate.showing import Showings
from portique.gate.spot_checks import SpotChecks
from portique.gate.sync import Source, Trust, freshness
from portique.gate.view import View
from portique.gate.wiring import (
    aim_area,
    eyes_settings,
    lane_row,
    screen_settings,
    screens_secret,
    secret_file,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from portique.core.seal import PrivateKey
    from portique.gate.link.client import Link
    from portique.gate.sections import GateConfig

BEAT_MS = 200
POSTURE_MS = 100
LINK_MS = 50
TELL_MS = 2_000
CHECKPOINT_MS = FLOOD_MS = 60_000
RETENTION_MS = 10 * 60_000
RETIRE_MS = 24 * 3_600_000
DAY_MS = 20_000  # how late a midnight may be
NO_CAMERA = "none"


class Gate:
    """One gate, from its configuration. Use as a context: leaving it takes everything down.

    Args:
        config: The lane's configuration, already checked.
        announce: Gets pairing codes and notices for the gate's own console.
        ends_with_source: Stop when a film or file used as camera has ended.
    """

    def __init__(
        self,
        config: GateConfig,
        *,
        announce: Callable[[str], None],
        ends_with_source: bool = False,
    ) -> None:
        self._config = config
        self._console = announce
        self._ends_with_source = ends_with_source
        self._stack = ExitStack()
        self._chores: list[Chore] = []
        self._notices_told = 0
        self.stop = threading.Event()

    def __enter__(self) -> Self:
        """Start everything, in the order a later part needs an earlier one.

        Raises:
            EnvironmentProblem, ConfigError, JournalError: One sentence each.
        """
        try:
            self._start()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Take everything down, last started first; the journal is closed in order."""
        self._stack.close()

    def run(self) -> None:
        """Work until `stop` is set."""
        self.loop.run()

    def _announce(self, sentence: str) -> None:
        """Say something on the console; one on a full disk or gone must not end a lane."""
        with suppress(OSError):
            self._console(sentence)

    # --- starting --------------------------------------------------------------------------------

    def _start(self) -> None:
        config = self._config
        if config.sandbox.level == "required" and config.camera.source != NO_CAMERA:
            require_strongest()
        mine = read_private(config.gate.key)
        self._trust = Trust(Uai(config.gate.school), read_public(config.knowledge.school_key), mine)
        self._open_journal(mine)
        self._learn_first()
        self._open_lane()
        self._follow_postures()
        self._open_eyes()
        self._open_readers()
        self._open_screens()
        self._open_link()
        self._plan_chores()
        self._append_boot()
        log().info("gate-ready", gate=config.gate.id, lane=config.gate.lane, port=self.serving.port)

    def _open_journal(self, mine: PrivateKey) -> None:
        file = self._config.journal.file
        _make_folder(file.parent)
        first = GateClock()  # before the journal tells how far time had come
        try:
            self.journal = Journal.open(
                file,
                gate_id=self._config.gate.id,
                key=mine,
                now_ms=first.now_ms(),
                entropy=os.urandom,
                settings=JournalSettings(held_max=self._config.journal.rows_max),
            )
        except (
            JournalError
        ) as error:  # at the start it is the machine's trouble: disk, or a second gate
            raise EnvironmentProblem(str(error)) from error
        self.clock = GateClock(self.journal.highest_ms)
        self._stack.callback(lambda: self.journal.close(at_ms=self.clock.now_ms()))
        control = JournalControl(self.journal)
        self._stack.callback(control.close)

    def _learn_first(self) -> None:
        kept, path = self._config.journal.file.parent, self._config.knowledge.path
        beside = kept / FROM_SERVER if self._config.server.address else None
        self.source = Source(self._trust, path, kept, self.clock.plausible, beside=beside)
        knowledge = self.source.start()
        if knowledge is not None:
            believe_time_of(knowledge, self.clock)
        self.board = Board(lane_row(self._config, knowledge))

    def _open_lane(self) -> None:
        config = self._config
        self.metrics = Metrics()
        self._stack.callback(self.metrics.close)
        if config.metrics.port:
            self.metrics.serve(config.metrics.port)
        self._organs = Organs(self.board, self.metrics)
        self.door = open_door(config, self.clock, lambda: self.metrics.restarted("keeper"))
        self._stack.callback(self.door.close)
        now = self.clock.now_ms()
        recent = self.journal.recent(now - RESTORED_MS)
        first = first_showing(self.journal.head, recent)
        showings = Showings(aim_area(config), first_number=first)
        self.view = View(showings, self.board)
        known = self.source.current
        bench = Bench(Uai(config.gate.school), lane_row(config, known), known)
        ports = Ports(
            self.journal,
            self.door,
            self.clock,
            self.board,
            self.metrics,
            config.door.open_s,
            Flood(),
            SpotChecks(config.gate.spot_check_percent, os.urandom).draw,
        )
        self.lane = Lane(bench, ports, take_number=showings.take_number)
        self.lane.restore(recent, now)
        self.board.set_mode(self.lane.bench.lane.mode)

    def _follow_postures(self) -> None:
        """Free the door at a fire from the line's own thread; begin with what the school says."""
        memory = self._config.journal.file.with_name("posture.json")
        followers = Followers(self.lane, self.board, self.journal, self.clock)
        self.following = Following(self.door, followers, memory)
        self._stack.callback(self.following.close)
        self.lane.end_fires_by(self.following.end_fire)
        line = open_fire(self._config)
        if line is not None:
            self._stack.callback(line.close)
            self.following.watch(line)
        pupils = Pupils(self.lane, self.clock, self.following)
        self.learning = Learning(self._config, self.source, pupils, self._announce)
        self._stack.callback(self.learning.close)
        self.learning.begin()

    def _open_eyes(self) -> None:
        self.eyes: Eyes | None = None
        camera = self._config.camera
        if camera.source == NO_CAMERA:
            return
        self.eyes = Eyes(eyes_settings(self._config, self.clock.now_ms(), self._announce))
        self.eyes.start()
        self._stack.callback(self.eyes.stop)

    def _open_readers(self) -> None:
        self.loop = Loop(
            self.lane,
            self.view,
            self.eyes,
            self.clock,
            self._chores,
            self.stop,
            self._ends_with_source,
        )
        readers = open_readers(self._config, self.clock)
        self._feed = ReaderFeed(readers, self.loop.put_line, self._tell_of_reader)
        self._stack.callback(self._feed.close)

    def _open_screens(self) -> None:
        known = self.source.current
        zone = known.calendar.zone if known else PARIS
        secret = screens_secret(secret_file(self._config), os.urandom)
        settings = replace(screen_settings(self._config), zone=zone, secret=secret)
        app = create_app(
            self.board,
            self.lane,
            settings,
            monotonic_ms=self.clock.monotonic_ms,
            announce=lambda code: self._announce(
                f"pairing code for a new screen, good for ten minutes: {code}"
            ),
        )
        self.serving: Serving = serve_in_thread(app, settings)
        self._stack.callback(self.serving.stop)

    def _open_link(self) -> None:
        """Begin to talk with the school's server, if there is one."""
        self.link: Link | None = None
        if not self._config.server.address:
            return
        around = Around(self.journal, self.source, self.clock, self.board, self.metrics, self.lane)
        self.link = open_link(self._config, around, self._trust, self.learning.look)
        self._stack.callback(self.link.close)
        self.link.start()

    def _append_boot(self) -> None:
        boot = BootBody(
            self._config.gate.lane,
            __version__,
            clean=self.journal.was_clean,
            clock_trusted=self.clock.state.trusted,
        )
        try:
            self.journal.append(boot, at_ms=self.clock.now_ms())
        except JournalError as error:
            # The lane still refers and counts by hand: say it, and go on.
            tell_of_journal(self.board, error)
            self._announce(str(error))

    # --- chores ----------------------------------------------------------------------------------

    def _plan_chores(self) -> None:
        check_in_background(self.journal, self.clock.now_ms)
        poll_ms = int(self._config.knowledge.poll_s * 1000)
        self._chores += [
            Chore("beat", BEAT_MS, self._beat),
            Chore("posture", POSTURE_MS, self.following.write),
            Chore("door", HOLD_EVERY_MS, self.lane.hold_open),
            Chore("day", DAY_MS, lambda: self.lane.keep_day(self.clock.now_ms())),
            Chore("knowledge", poll_ms, self.learning.look),
            Chore("learning", BEAT_MS, self.learning.take_up),
            Chore("flood", FLOOD_MS, self.lane.write_flood),
            Chore("tell", TELL_MS, self._tell),
            Chore("checkpoint", CHECKPOINT_MS, self._checkpoint),
            Chore("retention", RETENTION_MS, self._retain),
            Chore("retire", RETIRE_MS, self._retire),
        ]
        if self.link is not None:
            self._chores.append(Chore("link", LINK_MS, self.link.take_up))

    def _beat(self) -> None:
        self.door.beat()
        self.board.beat(self.clock.monotonic_ms())

    def _tell(self) -> None:
        self._tell_of_journal()
        state, now = self.clock.state, self.clock.now_ms()
        known = self.source.current
        heard = [] if self.link is None else [self.link.freshness()]
        self.board.set_freshness([*freshness(known, state, now), *heard])
        self.metrics.heard(heard[0].age_s if heard else None)
        self.board.forget(now - shown.RECENT_MS)
        self._organs.tell_of_door(self.door.state)
        self._organs.tell_of_readers(work=self._feed.works)
        self._organs.tell_of_clock(state)
        if self.eyes is not None:
            self._organs.tell_of_eyes(self.eyes.health, self.clock.monotonic_ms())
        self.metrics.crowded_out(self.loop.lines_dropped)
        for name, counts in self._feed.counts.items():
            self.metrics.let_go(name, counts)
        age = (from_ms(now) - known.manifest.issued_at).total_seconds() if known else None
        self.metrics.standing(
            queue=self.eyes.looks.qsize() if self.eyes else 0,
            outbox=self.journal.pending(),
            knowledge_age_s=age,
            clock_trusted=state.trusted,
        )

    def _tell_of_journal(self) -> None:
        """Show agents what the journal noticed since it was last asked."""
        notices = self.journal.notices
        for notice in notices[self._notices_told :]:
            words = Words(notice.sentences[Language.FR], notice.sentences[Language.EN])
            self.lane.tell(words, self.clock.now_ms())
        self._notices_told = len(notices)

    def _tell_of_reader(self, name: str, error: Exception) -> None:
        """Say on the console why a reader does not work; agents see that it does not."""
        self._announce(f"the reader {name} does not work: {fault_of(error)}")

    def _checkpoint(self) -> None:
        self.journal.checkpoint(at_ms=self.clock.now_ms())

    def _retain(self) -> None:
        now = self.clock.now_ms()
        self.board.forget(now - shown.RECENT_MS)  # memory first: no disk can be in its way
        self.lane.forget(now)
        known = self.source.current
        calendar = known.calendar if known else default_calendar()
        before = forget_before(now, calendar, self._config.journal.retention_days)
        self.journal.erase_before(before, rule="next-school-day", at_ms=now)

    def _retire(self) -> None:
        """Remove former files in their time; where there is a server, only what it has."""
        now, served = self.clock.now_ms(), self.link is not None
        self.journal.retire(now - ACKNOWLEDGED_KEPT_MS, at_ms=now, acknowledged_only=served)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise EnvironmentProblem(
            f"the journal's folder {folder} can't be made ({error.strerror}): check disk and rights"
        ) from error
