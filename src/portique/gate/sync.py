"""Where a gate's knowledge comes from: a file or folder that somebody fills, a stick's too.

The link with the server writes one file more, which is looked at like the others.

The newest bundle that verifies is taken and copied beside the journal, so
that the gate has it after the stick is gone or the power was cut. Nothing older
than what was once taken is ever taken again. A copy that can't be written is
used all the same, and written at one of the next looks.

Looking may take seconds: a disk, a signature, a whole school's rights. A
working gate has it done beside its loop (`learning`).
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from portique.core.errors import EnvironmentProblem, KnowledgeError
from portique.core.knowledge import read_manifest, without_today
from portique.core.recovery import check_succession
from portique.core.values import from_ms, to_ms
from portique.gate.board import Freshness, FreshnessState
from portique.gate.bundle_files import FILES_MAX, Offered, offered, read_file
from portique.gate.knowing import ages, open_bundle
from portique.gate.knowledge_copy import KEPT, Copy, forget_today

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime
    from pathlib import Path

    from portique.core.knowledge import Version
    from portique.core.seal import PrivateKey, PublicKey
    from portique.core.values import Uai
    from portique.gate.knowing import Knowledge
    from portique.gate.ports import ClockState

FUTURE = (
    "issued in the future: check the clock of the machine that exported it, then this gate's own; "
    "the former knowledge stays in use"
)
OLDER = "the knowledge offered is older than what this gate already knows; export it again"
CROWDED = (
    f"more than {FILES_MAX} knowledge files are there, of which the last written are looked at: "
    "remove the old ones"
)
AGEING = timedelta(hours=25)  # a daily export missed by an hour
SHOWN_PARTS = {"keys": "keys", "status": "status", "calendar": "calendars", "rights": "rights"}


@dataclass(frozen=True, slots=True)
class Trust:
    """Whom this gate believes, and the key its own secrets are wrapped to."""

    uai: Uai
    school_key: PublicKey
    mine: PrivateKey


@dataclass(frozen=True, slots=True)
class _Looked:
    """What a file turned out to be when it was last read."""

    file: Offered
    version: Version | None = None  # None: of no use, and `wrong` says why
    wrong: str | None = None
    signed_ms: int | None = None  # signed later than now: its time may come
    again: bool = False  # a stick that was pulled out half-way may come back


class Source:
    """The knowledge of one gate on disk. One thread at a time may look.

    Args:
        trust: Whose bundles count.
        path: A bundle, or a folder of bundles; it may be missing at times.
        kept: The gate's own folder, for its copy.
        beside: The one file that the server's link writes; None: no server.
        plausible: Says whether something may have been signed at an instant (UTC ms); the gate's
            clock. The copy was believed when it was taken, and is not asked about again.
    """

    def __init__(
        self,
        trust: Trust,
        path: Path,
        kept: Path,
        plausible: Callable[[int], bool] = lambda _signed_ms: True,
        *,
        beside: Path | None = None,
    ) -> None:
        self._trust = trust
        self._plausible = plausible
        self._path = path
        self._beside = beside
        self._copy = Copy(kept)
        self._at_least = self._copy.highest()
        self._seen: dict[Path, _Looked] = {}
        self._current: Knowledge | None = None
        self._unkept: tuple[bytes, Version] | None = None  # taken, but not yet on the disk
        self._not_kept: str | None = None
        self._past_list_kept = False  # a list of a day that is over is in this gate's files
        self.complaint: str | None = None  # what is wrong with the files there, or the copy

    @property
    def current(self) -> Knowledge | None:
        """What the gate knows; None until the first bundle."""
        return self._current

    def start(self) -> Knowledge | None:
        """Take up the copy of the last run, then whatever is newer."""
        damaged = self._take_copy() if self._copy.exists else None
        self.look()
        self.complaint = self.complaint or damaged
        return self._current

    def _take_copy(self) -> str | None:
        """Take up the copy, or say why that can't be done."""
        try:
            data = self._copy.read()
            known = self._open(data)
        except (KnowledgeError, EnvironmentProblem) as error:
            return f"{KEPT}: {error}"
        if known.version == self._at_least:
            self._current = known
        else:  # the mark was lost
            self._take(known, data)
        return None

    def look(self) -> Knowledge | None:
        """Look for a newer bundle; return it if there is one."""
        before, files = self._current, offered(self._path)
        crowded = len(files) > FILES_MAX
        files = files[:FILES_MAX]
        if self._beside is not None:
            files = sorted([*files, *offered(self._beside)], reverse=True)
        self._seen = {
            file.path: self._read(file) if self._is_new(file) else self._seen[file.path]
            for file in files  # the newest first: of the others a glance will mostly do
        }
        if self._unkept is not None:
            self._keep(*self._unkept)
        self.complaint = self._what_is_wrong() or self._not_kept or (CROWDED if crowded else None)
        return None if self._current is before else self._current

    def end_day(self, at_ms: int) -> None:
        """Let go of the day's list once its day is over: from memory, then from this gate's files.

        A disk that refuses is asked again at the next call.
        """
        known = self._current
        if known is not None and known.today is not None and known.is_past(known.today, at_ms):
            self._current = replace(known, today=None)
            self._past_list_kept = True
        if self._past_list_kept:
            if self._unkept is not None:
                data, version = self._unkept
                self._unkept = (without_today(data) or data, version)
            with suppress(OSError, EnvironmentProblem, KnowledgeError):
                self._copy.forget_today()
                if self._beside is not None and self._beside.exists():
                    forget_today(self._beside)
                self._past_list_kept = False

    def _is_new(self, file: Offered) -> bool:
        """Say whether a file must be read: it was not yet, it changed, or its time has come."""
        seen = self._seen.get(file.path)
        if seen is None or seen.file != file or seen.again:
            return True
        return seen.signed_ms is not None and self._plausible(seen.signed_ms)

    def _read(self, file: Offered) -> _Looked:
        """Read a file and take it if it is newer; otherwise say why not, and change nothing."""
        name, trust = file.path.name, self._trust
        try:
            data = read_file(file.path)
            manifest = read_manifest(data, trust.school_key, uai=trust.uai)
            signed_ms = to_ms(manifest.issued_at)
            if not self._plausible(signed_ms):
                return _Looked(file, wrong=f"{name}: {FUTURE}", signed_ms=signed_ms)
            if self._is_newer(manifest.version):
                self._take(self._open(data), data)
        except EnvironmentProblem as error:
            return _Looked(file, wrong=f"{name}: {error}", again=True)
        except KnowledgeError as error:
            return _Looked(file, wrong=f"{name}: {error}")
        return _Looked(file, manifest.version)

    def _is_newer(self, version: Version) -> bool:
        """Say whether a version is of use; the one marked is, as long as its copy is lost."""
        if self._current is not None:
            return version > self._current.version
        return self._at_least is None or version >= self._at_least

    def _open(self, data: bytes) -> Knowledge:
        trust, current = self._trust, self._current
        known = open_bundle(
            data, trust.school_key, uai=trust.uai, mine=trust.mine, at_least=self._at_least
        )
        if current is not None:
            check_succession(current.version, current.keys, known.manifest, known.keys)
        return known

    def _take(self, known: Knowledge, data: bytes) -> None:
        self._current = known
        self._at_least = known.version
        self._unkept = (data, known.version)

    def _what_is_wrong(self) -> str | None:
        """Tell why the newest file there isn't in use; older ones than that in use may be bad."""
        used = [seen.file.written_ns for seen in self._seen.values() if self._is_current(seen)]
        since_ns = max(used, default=0)
        wrong = [seen for seen in self._seen.values() if seen.wrong is not None]
        newest = max(wrong, key=lambda seen: seen.file, default=None)
        if newest is not None and newest.file.written_ns >= since_ns:
            return newest.wrong
        versions = [seen.version for seen in self._seen.values() if seen.version is not None]
        older = self._at_least is not None and versions and max(versions) < self._at_least
        return OLDER if older else None

    def _is_current(self, seen: _Looked) -> bool:
        return self._current is not None and seen.version == self._current.version

    def _keep(self, data: bytes, version: Version) -> None:
        """Keep a copy, whole or not at all; a full disk leaves the former one, for now."""
        try:
            self._copy.keep(data, version)
        except OSError as error:
            self._not_kept = (
                f"the new knowledge is used but can't be kept ({error.strerror}): free some space"
            )
            return
        self._unkept = self._not_kept = None


def freshness(known: Knowledge | None, clock: ClockState, at_ms: int) -> Iterable[Freshness]:
    """Tell agents how old each part of the knowledge is, and how sure the time."""
    at = from_ms(at_ms)
    parts = ages(known, at)
    for part, shown in SHOWN_PARTS.items():
        expired = known is not None and _expired(known, part, at)
        yield _freshness(shown, parts[part], expired=expired)
    doubt = FreshnessState.FRESH if clock.trusted else FreshnessState.STALE
    yield Freshness("clock", clock.uncertainty_ms // 1000, doubt)


def _expired(known: Knowledge, part: str, at: datetime) -> bool:
    """Say whether a part may no longer be believed; the status list has an end of its own."""
    ends = known.manifest.expires_at
    return at >= (min(ends, known.status.expires_at) if part == "status" else ends)


def _freshness(part: str, age: timedelta | None, *, expired: bool) -> Freshness:
    if age is None:
        return Freshness(part, None, FreshnessState.MISSING)
    state = FreshnessState.AGEING if age >= AGEING else FreshnessState.FRESH
    seconds = max(0, int(age.total_seconds()))
    return Freshness(part, seconds, FreshnessState.STALE if expired else state)
