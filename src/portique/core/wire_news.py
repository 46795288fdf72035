"""What a gate reports of itself, and what its school's server has to tell it: news and their notes.

A gate asks every few seconds, or at once when the stream says so. Notes have
rising numbers; the gate names the last one it took up (the *cursor*), and the
server lets go of its own that lie at or below. Asking again gives the same
notes, and taking a note up twice changes nothing. Source: `docs/formats/wire.md`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from portique.core import canonical
from portique.core.entries import Ruling
from portique.core.entries_fields import CODE, hexadecimal
from portique.core.errors import LinkError, PassError
from portique.core.knowledge import Version
from portique.core.values import HolderId
from portique.core.wire_calls import DAMAGED, is_uint

REPORT_BYTES_MAX = 1024
FAILING_MAX = 8
NEWS_BYTES_MAX = 128 * 1024
NOTES_MAX = 100
PAYLOAD_BYTES_MAX = 1024
NAME_CHARACTERS_MAX = 40
ADDRESS_CHARACTERS_MAX = 200
HOLDER_BYTES = 8
_ADMISSION = hexadecimal(8)
RULING, ELSEWHERE, ADMISSION = "ruling", "elsewhere", "admission"
ADMISSION_MS_MAX = 60_000  # whoever waited longer was let in by hand, or has gone


@dataclass(frozen=True, slots=True)
class Health:
    """How a gate is. `disk_free` in bytes; None for that or `knowledge`: not known, or none yet.

    `epoch` and `last` say how far its journal goes, `unsent` how many entries
    have no receipt, `set_aside` how many the server could not take. `failing`
    names what does not work at the lane, in rising order: the codes of `Organ`,
    and whatever a newer gate adds.
    """

    version: str
    epoch: int
    last: int
    unsent: int
    clock_uncertainty_ms: int
    clock_trusted: bool
    mode: str
    set_aside: int
    disk_free: int | None = None
    knowledge: Version | None = None
    failing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What a gate says when it asks for news: up to which note it has, and how it is."""

    cursor: int
    health: Health

    def to_bytes(self) -> bytes:
        """Encode; the call that carries it signs for it."""
        return canonical.encode({1: self.cursor, 2: _health_items(self.health)})


def read_report(data: bytes) -> Report:
    """Read a report.

    Raises:
        LinkError: Not a report in its one form, or too long.
    """
    match _decoded(data, REPORT_BYTES_MAX):
        case {1: cursor, 2: dict(items), **rest} if is_uint(cursor) and not rest:
            return Report(cursor, _health(items))
    raise LinkError(DAMAGED)


@dataclass(frozen=True, slots=True)
class Note:
    """One thing to know. A gate skips a `kind` it does not know; `payload` has integer keys."""

    number: int
    kind: str
    payload: dict[int, Any]


@dataclass(frozen=True, slots=True)
class News:
    """What is new since the cursor of a report.

    `cursor` is the gate's next one, once it has taken up the notes; lower than
    its own, the server came back from a backup. `knowledge` is the newest
    version there is to fetch, `stream` the address of the stream of events.
    """

    cursor: int
    knowledge: Version | None = None
    notes: tuple[Note, ...] = ()
    stream: str | None = None

    def to_bytes(self) -> bytes:
        """Encode; the answer that carries it signs for it."""
        items: dict[int, Any] = {1: self.cursor}
        if self.knowledge is not None:
            items[2] = [self.knowledge.epoch, self.knowledge.number]
        if self.notes:
            items[3] = [{1: note.number, 2: note.kind, 3: note.payload} for note in self.notes]
        if self.stream is not None:
            items[4] = self.stream
        return canonical.encode(items)


def read_news(data: bytes) -> News:
    """Read news. Notes of unknown kinds are kept as they are.

    Raises:
        LinkError: Not news in their one form, too long, or notes that don't rise to the cursor.
    """
    match _decoded(data, NEWS_BYTES_MAX):
        case {1: cursor, **rest} if is_uint(cursor) and rest.keys() <= {2, 3, 4}:
            knowledge = _version(rest[2]) if 2 in rest else None
            notes = _notes(rest[3], cursor) if 3 in rest else ()
            stream = _text(rest[4], ADDRESS_CHARACTERS_MAX) if 4 in rest else None
            return News(cursor, knowledge, notes, stream)
    raise LinkError(DAMAGED)


@dataclass(frozen=True, slots=True)
class ConsoleRuling:
    """Somebody at a console answers the decision (`epoch`, `number`) that waits at the gate.

    The gate's own agent may have answered first: the ruling's entry says who won.
    """

    epoch: int
    number: int
    ruling: Ruling
    reason: str
    agent: str

    def to_note(self, number: int) -> Note:
        """Return the note that tells it."""
        payload = {1: self.epoch, 2: self.number, 3: str(self.ruling), 4: self.reason}
        return Note(number, RULING, payload | {5: self.agent})


def ruling_of(note: Note) -> ConsoleRuling:
    """Read a note of kind `ruling`.

    Raises:
        LinkError: Its payload is another one's, or of another version.
    """
    match note.payload:
        case {1: epoch, 2: number, 3: ruling, 4: reason, 5: agent} if (
            len(note.payload) == 5 and is_uint(epoch) and is_uint(number)
        ):
            try:
                codes = CODE.from_cbor(reason), CODE.from_cbor(agent)
                return ConsoleRuling(epoch, number, Ruling(ruling), *codes)
            except ValueError as error:
                raise LinkError(DAMAGED) from error
    raise LinkError(DAMAGED)


@dataclass(frozen=True, slots=True)
class ConsoleAdmission:
    """Somebody at a console opens a lane's door for one person who has no pass.

    `admission` (16 hexadecimal digits) is drawn for it alone: numbers of notes come again when a
    server is restored, this does not. `at_ms` (UTC) is when it was asked.
    """

    admission: str
    at_ms: int
    lane: str
    reason: str
    agent: str

    def to_note(self, number: int) -> Note:
        """Return the note that tells it."""
        payload = {1: bytes.fromhex(self.admission), 2: self.at_ms, 3: self.lane}
        return Note(number, ADMISSION, payload | {4: self.reason, 5: self.agent})

    def is_timely(self, at_ms: int) -> bool:
        """Whether somebody may still stand there: a door opens now, or not at all."""
        return abs(at_ms - self.at_ms) <= ADMISSION_MS_MAX


def admission_of(note: Note) -> ConsoleAdmission:
    """Read a note of kind `admission`.

    Raises:
        LinkError: Its payload is another one's, or of another version.
    """
    match note.payload:
        case {1: admission, 2: at_ms, 3: lane, 4: reason, 5: agent} if len(
            note.payload
        ) == 5 and is_uint(at_ms):
            try:
                asked = _ADMISSION.from_cbor(admission)
                codes = CODE.from_cbor(reason), CODE.from_cbor(agent)
            except ValueError as error:
                raise LinkError(DAMAGED) from error
            return ConsoleAdmission(asked, at_ms, _text(lane, NAME_CHARACTERS_MAX), *codes)
    raise LinkError(DAMAGED)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A holder was let through at another lane, at a time (UTC ms)."""

    holder: HolderId
    at_ms: int
    lane: str

    def to_note(self, number: int) -> Note:
        """Return the note that tells it."""
        return Note(number, ELSEWHERE, {1: bytes.fromhex(self.holder), 2: self.at_ms, 3: self.lane})


def elsewhere_of(note: Note) -> Elsewhere:
    """Read a note of kind `elsewhere`.

    Raises:
        LinkError: Its payload is another one's, or of another version.
    """
    match note.payload:
        case {1: bytes(holder), 2: at_ms, 3: lane} if (
            len(note.payload) == 3 and len(holder) == HOLDER_BYTES and is_uint(at_ms)
        ):
            return Elsewhere(HolderId(holder.hex()), at_ms, _text(lane, NAME_CHARACTERS_MAX))
    raise LinkError(DAMAGED)


def _decoded(data: bytes, bytes_max: int) -> Any:
    try:
        return canonical.decode(data, bytes_max=bytes_max, depth_max=6, items_max=32 * NOTES_MAX)
    except PassError as error:
        raise LinkError(DAMAGED) from error


def _health_items(health: Health) -> dict[int, Any]:
    items: dict[int, Any] = {1: health.version, 2: health.epoch, 3: health.last, 4: health.unsent}
    if health.disk_free is not None:
        items[5] = health.disk_free
    items |= {6: health.clock_uncertainty_ms, 7: health.clock_trusted}
    if health.knowledge is not None:
        items[8] = [health.knowledge.epoch, health.knowledge.number]
    items |= {9: health.mode, 10: health.set_aside}
    if health.failing:
        items[11] = [str(code) for code in health.failing]
    return items


def _health(items: dict[int, Any]) -> Health:
    match items:
        case {1: version, 2: epoch, 3: last, 4: unsent, 6: uncertainty, 7: bool(trusted),
              9: mode, 10: aside, **rest} if (
            all(map(is_uint, (epoch, last, unsent, uncertainty, aside)))
            and rest.keys() <= {5, 8, 11}
        ):  # fmt: skip
            return Health(
                _text(version, NAME_CHARACTERS_MAX),
                epoch,
                last,
                unsent,
                uncertainty,
                trusted,
                _text(mode, NAME_CHARACTERS_MAX),
                aside,
                _uint(rest[5]) if 5 in rest else None,
                _version(rest[8]) if 8 in rest else None,
                _failing(rest[11]) if 11 in rest else (),
            )
    raise LinkError(DAMAGED)


def _failing(codes: Any) -> tuple[str, ...]:
    if not isinstance(codes, list) or not 0 < len(codes) <= FAILING_MAX:
        raise LinkError(DAMAGED)
    try:
        failing = [str(CODE.from_cbor(code)) for code in codes]
    except ValueError as error:
        raise LinkError(DAMAGED) from error
    if sorted(set(failing)) != failing:
        raise LinkError(DAMAGED)
    return tuple(failing)


def _notes(rows: Any, cursor: int) -> tuple[Note, ...]:
    if not isinstance(rows, list) or not 0 < len(rows) <= NOTES_MAX:
        raise LinkError(DAMAGED)
    notes = tuple(_note(row) for row in rows)
    numbers = [0, *(note.number for note in notes)]
    if sorted(set(numbers)) != numbers or numbers[-1] > cursor:
        raise LinkError(DAMAGED)
    return notes


def _note(row: Any) -> Note:
    match row:
        case {1: number, 2: kind, 3: dict(payload)} if (
            len(row) == 3
            and is_uint(number)
            and all(map(is_uint, payload))
            and len(canonical.encode(payload)) <= PAYLOAD_BYTES_MAX
        ):
            return Note(number, _text(kind, NAME_CHARACTERS_MAX), payload)
    raise LinkError(DAMAGED)


def _version(items: Any) -> Version:
    match items:
        case [epoch, number] if is_uint(epoch) and is_uint(number):
            return Version(epoch, number)
    raise LinkError(DAMAGED)


def _uint(number: Any) -> int:
    if is_uint(number):
        return int(number)
    raise LinkError(DAMAGED)


def _text(text: Any, characters_max: int) -> str:
    if isinstance(text, str) and 0 < len(text) <= characters_max:
        return text
    raise LinkError(DAMAGED)
