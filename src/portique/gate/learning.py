"""How a working gate keeps learning: newer knowledge is taken up live, and trouble is told once.

A large school's knowledge takes longer to read than the door waits for a sign
of life: it is read in a thread, and taken up by the loop between two showings.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from portique.core.errors import ConfigError
from portique.core.plain import Words
from portique.core.values import Uai, to_ms
from portique.gate.judge import Bench
from portique.gate.logs import log
from portique.gate.wiring import lane_row

if TYPE_CHECKING:
    from collections.abc import Callable

    from portique.gate.following import Following
    from portique.gate.knowing import Knowledge
    from portique.gate.lane import Lane
    from portique.gate.sections import GateConfig
    from portique.gate.sync import Source

DAY_MS = 86_400_000
NOT_TAKEN = Words(
    "Les informations apportées n’ont pas été prises ; les anciennes restent en usage. "
    "Prévenez le technicien.",
    "The knowledge offered was not taken; the former stays in use. Tell the technician.",
)
NO_NAMES = Words(
    "Ce portique ne peut lire aucun nom : inscrivez-le auprès de l’établissement, "
    "puis exportez de nouveau les informations.",
    "This gate can read no names: enrol it with the school, then export the knowledge again.",
)
NO_LANE = Words(
    "L’établissement ne connaît plus cette voie : ses droits sont à jour, ses lieux non. "
    "Prévenez le technicien.",
    "The school no longer knows this lane: its rights are up to date, its places are not. "
    "Tell the technician.",
)


class Timekeeper(Protocol):
    """What learning asks of the gate's clock."""

    def now_ms(self) -> int:
        """Return UTC milliseconds."""
        ...

    def at_least(self, signed_ms: int) -> None:
        """Hold no time before `signed_ms` for true."""
        ...


@dataclass(frozen=True, slots=True)
class Pupils:
    """Who learns."""

    lane: Lane
    clock: Timekeeper
    following: Following


class Learning:
    """Brings what the school says to a lane, at the start and while it works.

    Args:
        config: The lane's configuration.
        source: Where knowledge comes from.
        pupils: Who learns it.
        announce: Gets sentences for the gate's own console.
    """

    def __init__(
        self,
        config: GateConfig,
        source: Source,
        pupils: Pupils,
        announce: Callable[[str], None],
    ) -> None:
        self._config = config
        self._source = source
        self._pupils = pupils
        self._announce = announce
        self._complained: str | None = None
        self._looking: threading.Thread | None = None
        self._failure: Exception | None = None
        self._known: Knowledge | None = None  # what the lane has fully taken up

    def begin(self) -> None:
        """Say what the knowledge at the start means: the posture, and what is wrong."""
        self._known = self._source.current
        if self._known is not None:
            self._pupils.following.school_says(self._known.alarm)
            self._check_names(self._known)
        self._complain()

    def look(self) -> None:
        """Begin to look for newer knowledge, unless a look still goes on."""
        if self._looking is None or not self._looking.is_alive():
            self._failure = None
            self._looking = threading.Thread(target=self._look, name="knowledge", daemon=True)
            self._looking.start()

    def _look(self) -> None:
        try:
            now_ms = self._pupils.clock.now_ms()
            self._source.end_day(now_ms)
            found = self._source.look()
            if found is not None:  # the first showing would wait for a whole school's timetable
                found.plan_at(now_ms)
                found.plan_at(now_ms + DAY_MS)
        except Exception as error:  # noqa: BLE001 - the loop tells of it: see `take_up`
            self._failure = error

    def take_up(self) -> None:
        """Take up what the last look found, once it is over; call several times a second.

        Raises:
            JournalError: A change of mode could not be written; it is tried again.
            Exception: What ended the last look, until the next one.
        """
        if self._looking is not None and self._looking.is_alive():
            return
        if self._failure is not None:
            raise self._failure
        self._complain()
        knowledge = self._source.current
        if knowledge is None or knowledge is self._known:
            return
        believe_time_of(knowledge, self._pupils.clock)
        self._pupils.following.school_says(knowledge.alarm)
        self._pupils.lane.learn(self._bench(knowledge))
        self._known = knowledge
        self._check_names(knowledge)
        log().info("knowledge-taken", version=knowledge.version.number)

    def close(self) -> None:
        """Wait for a look that still goes on. May be repeated."""
        if self._looking is not None:
            self._looking.join()

    def _bench(self, knowledge: Knowledge) -> Bench:
        """Judge by the newer knowledge whatever it says of the lane: a revocation can't wait."""
        try:
            row = lane_row(self._config, knowledge)
        except ConfigError as error:
            row = self._pupils.lane.bench.lane
            self._announce(str(error))
            self._tell(NO_LANE)
        return Bench(Uai(self._config.gate.school), row, knowledge)

    def _check_names(self, knowledge: Knowledge) -> None:
        if not knowledge.keys.names:
            self._announce(NO_NAMES.en)
            self._tell(NO_NAMES)

    def _complain(self) -> None:
        """Say once what is wrong with the files; their names stay on the gate's own console."""
        complaint, self._complained = self._complained, self._source.complaint
        if self._complained is not None and self._complained != complaint:
            self._announce(self._complained)
            log().warning("knowledge-not-taken")
            self._tell(NOT_TAKEN)

    def _tell(self, words: Words) -> None:
        self._pupils.lane.tell(words, self._pupils.clock.now_ms())


def believe_time_of(knowledge: Knowledge, clock: Timekeeper) -> None:
    """No true time lies before the knowledge the school signed."""
    clock.at_least(to_ms(knowledge.manifest.issued_at))
