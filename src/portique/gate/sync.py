"""Where a gate's knowledge comes from: a file or folder that somebody fills, a stick's too.

The newest bundle that verifies is taken and copied beside the journal, so
that the gate has it after the stick is gone or the power was cut. The copy is
also the high-water mark: nothing older is ever taken again.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from portique.core.errors import EnvironmentProblem, KnowledgeError
from portique.core.knowledge import BUNDLE_BYTES_MAX
from portique.core.values import from_ms
from portique.gate.board import Freshness, FreshnessState
from portique.gate.knowing import ages, open_bundle

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from portique.core.seal import PrivateKey, PublicKey
    from portique.core.values import Uai
    from portique.gate.knowing import Knowledge
    from portique.gate.ports import ClockState

SUFFIX = ".knowledge"
KEPT = "current.knowledge"
FILES_LOOKED_AT_MAX = 64
AGEING = timedelta(hours=25)  # a daily export missed by an hour
SHOWN_PARTS = {"keys": "keys", "status": "status", "calendar": "calendars", "rights": "rights"}


@dataclass(frozen=True, slots=True)
class Trust:
    """Whom this gate believes, and the key its own secrets are wrapped to."""

    uai: Uai
    school_key: PublicKey
    mine: PrivateKey


class Source:
    """The knowledge of one gate on disk.

    Args:
        trust: Whose bundles count.
        path: A bundle, or a folder of bundles; it may be missing at times.
        kept: The gate's own folder, for its copy.
    """

    def __init__(self, trust: Trust, path: Path, kept: Path) -> None:
        self._trust = trust
        self._path = path
        self._kept = kept / KEPT
        self._seen: dict[str, tuple[int, int]] = {}
        self._current: Knowledge | None = None
        self.complaint: str | None = None  # why the last file looked at was not taken

    @property
    def current(self) -> Knowledge | None:
        """What the gate knows; None until the first bundle."""
        return self._current

    def start(self) -> Knowledge | None:
        """Take up the copy of the last run, then whatever is newer."""
        if self._kept.exists():
            self._take(self._kept)
        return self.look() or self._current

    def look(self) -> Knowledge | None:
        """Look for a newer bundle; return it if there is one."""
        before = self._current
        for path in self._changed():
            self._take(path)
        if self._current is before:
            return None
        return self._current

    def _changed(self) -> Iterator[Path]:
        for path in _bundles(self._path):
            try:
                status = path.stat()
            except OSError:
                continue  # the stick was taken out meanwhile
            mark = (status.st_mtime_ns, status.st_size)
            if self._seen.get(str(path)) != mark:
                self._seen[str(path)] = mark
                yield path

    def _take(self, path: Path) -> None:
        """Verify a file and keep it if it is newer; otherwise say why not, and change nothing."""
        at_least = self._current.version if self._current else None
        try:
            data = _read(path)
            known = open_bundle(
                data,
                self._trust.school_key,
                uai=self._trust.uai,
                mine=self._trust.mine,
                at_least=at_least,
            )
        except (KnowledgeError, EnvironmentProblem) as error:
            self.complaint = f"{path.name}: {error}"
            return
        self.complaint = None
        if at_least is not None and known.version == at_least:
            return
        self._current = known
        if path != self._kept:
            self._keep(data)

    def _keep(self, data: bytes) -> None:
        """Keep a copy, whole or not at all; a full disk leaves the former one."""
        draft = self._kept.with_suffix(".draft")
        try:
            with draft.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._kept)
        except OSError as error:
            self.complaint = f"the new knowledge is used but can't be kept ({error.strerror})"


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
    expired = known is not None and at >= known.manifest.expires_at
    for part, shown in SHOWN_PARTS.items():
        yield _freshness(shown, parts[part], expired=expired)
    doubt = FreshnessState.FRESH if clock.trusted else FreshnessState.STALE
    yield Freshness("clock", clock.uncertainty_ms // 1000, doubt)


def _freshness(part: str, age: timedelta | None, *, expired: bool) -> Freshness:
    if age is None:
        return Freshness(part, None, FreshnessState.MISSING)
    state = FreshnessState.AGEING if age >= AGEING else FreshnessState.FRESH
    seconds = max(0, int(age.total_seconds()))
    return Freshness(part, seconds, FreshnessState.STALE if expired else state)
