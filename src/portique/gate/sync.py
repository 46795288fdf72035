"""Where a gate's knowledge comes from: a file or folder that somebody fills, a stick's too.

The newest bundle that verifies is taken and copied beside the journal, so
that the gate has it after the stick is gone or the power was cut. The copy is
also the high-water mark: nothing older is ever taken again. A copy that can't
be written is used all the same, and written at one of the next looks.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from portique.core.errors import EnvironmentProblem, KnowledgeError
from portique.core.knowledge import BUNDLE_BYTES_MAX
from portique.core.values import from_ms, to_ms
from portique.gate.board import Freshness, FreshnessState
from portique.gate.knowing import ages, open_bundle
from portique.gate.private_files import open_private

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from portique.core.knowledge import Version
    from portique.core.seal import PrivateKey, PublicKey
    from portique.core.values import Uai
    from portique.gate.knowing import Knowledge
    from portique.gate.ports import ClockState

SUFFIX = ".knowledge"
KEPT = "current.knowledge"
FILES_LOOKED_AT_MAX = 64
FUTURE = (
    "issued in the future: check the clock of the machine that exported it, then this gate's own; "
    "the former knowledge stays in use"
)
OLDER = "the knowledge offered is older than what this gate already knows; export it again"
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
    """A file as it was last looked at; `version` is None when it holds nothing of ours."""

    mark: tuple[int, int]
    version: Version | None


class Source:
    """The knowledge of one gate on disk.

    Args:
        trust: Whose bundles count.
        path: A bundle, or a folder of bundles; it may be missing at times.
        kept: The gate's own folder, for its copy.
        plausible: Says whether something may have been signed at an instant (UTC ms); the gate's
            clock. The copy was believed when it was taken, and is not asked about again.
    """

    def __init__(
        self,
        trust: Trust,
        path: Path,
        kept: Path,
        plausible: Callable[[int], bool] = lambda _signed_ms: True,
    ) -> None:
        self._trust = trust
        self._plausible = plausible
        self._path = path
        self._kept = kept / KEPT
        self._seen: dict[str, _Looked] = {}
        self._current: Knowledge | None = None
        self._unkept: bytes | None = None  # taken, but the disk had no room for the copy
        self.complaint: str | None = None  # what is wrong with the files there, or the copy

    @property
    def current(self) -> Knowledge | None:
        """What the gate knows; None until the first bundle."""
        return self._current

    def start(self) -> Knowledge | None:
        """Take up the copy of the last run, then whatever is newer."""
        damaged: str | None = None
        if self._kept.exists():
            try:
                self._current = self._open(_read(self._kept))
            except (KnowledgeError, EnvironmentProblem) as error:
                damaged = f"{self._kept.name}: {error}"
        self.look()
        self.complaint = self.complaint or damaged
        return self._current

    def look(self) -> Knowledge | None:
        """Look for a newer bundle; return it if there is one."""
        before, paths = self._current, _bundles(self._path)
        self._seen = {name: self._seen[name] for name in map(str, paths) if name in self._seen}
        for path in self._changed(paths):
            self.complaint = None
            self._take(*path)
        self._complain_of_age()
        if self._unkept is not None:
            self._keep(self._unkept)
        return None if self._current is before else self._current

    def _changed(self, paths: Iterable[Path]) -> Iterator[tuple[Path, tuple[int, int]]]:
        for path in paths:
            try:
                status = path.stat()
            except OSError:
                continue  # the stick was taken out meanwhile
            mark = (status.st_mtime_ns, status.st_size)
            seen = self._seen.get(str(path))
            if seen is None or seen.mark != mark:
                yield path, mark

    def _take(self, path: Path, mark: tuple[int, int]) -> None:
        """Verify a file and keep it if it is newer; otherwise say why not, and change nothing."""
        try:
            data = _read(path)
            known = self._open(data)
        except EnvironmentProblem as error:
            self.complaint = f"{path.name}: {error}"
            return  # not noted as seen: a stick that was pulled out half-way may come back
        except KnowledgeError as error:
            self.complaint = f"{path.name}: {error}"
            self._seen[str(path)] = _Looked(mark, None)
            return
        if not self._plausible(to_ms(known.manifest.issued_at)):
            self.complaint = f"{path.name}: {FUTURE}"
            return  # not noted as seen: its time may come, or the gate's clock be put right
        self._seen[str(path)] = _Looked(mark, known.version)
        if self._current is None or known.version > self._current.version:
            self._current = known
            self._unkept = data

    def _open(self, data: bytes) -> Knowledge:
        trust = self._trust
        return open_bundle(data, trust.school_key, uai=trust.uai, mine=trust.mine)

    def _complain_of_age(self) -> None:
        """Complain when all there is to take is older; yesterday's file beside today's is usual."""
        versions = [seen.version for seen in self._seen.values() if seen.version is not None]
        if self._current is not None and versions and max(versions) < self._current.version:
            self.complaint = self.complaint or OLDER

    def _keep(self, data: bytes) -> None:
        """Keep a copy, whole or not at all; a full disk leaves the former one, for now."""
        draft = self._kept.with_suffix(".draft")
        try:
            with open_private(draft, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._kept)
            _sync_folder(self._kept.parent)
        except OSError as error:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
            self.complaint = (
                f"the new knowledge is used but can't be kept ({error.strerror}): free some space"
            )
            return
        self._unkept = None


def _sync_folder(folder: Path) -> None:
    """Make a change of names in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _bundles(path: Path) -> list[Path]:
    try:
        if path.is_dir():
            return sorted(path.glob(f"*{SUFFIX}"))[:FILES_LOOKED_AT_MAX]
        return [path] if path.exists() else []
    except OSError:
        return []


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > BUNDLE_BYTES_MAX:
            raise KnowledgeError("larger than any knowledge file")
        return path.read_bytes()
    except OSError as error:
        raise EnvironmentProblem(f"can't be read ({error.strerror})") from error


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
