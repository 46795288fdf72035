"""Whether a gate can know its school: a file there, signed, in date, with names for this gate."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from portique.cli.doctor_checks import Finding, State
from portique.cli.options import now
from portique.core.errors import ConfigError, EnvironmentProblem
from portique.core.values import Uai
from portique.gate.bundle_files import SUFFIX
from portique.gate.keyfiles import read_private, read_public
from portique.gate.knowledge_copy import KEPT
from portique.gate.sync import Source, Trust
from portique.gate.wiring import lane_row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portique.gate.knowing import Knowledge
    from portique.gate.sections import GateConfig

NAME = "knowledge"
FETCHED = "server.knowledge"
EXPORT = f"portique knowledge export --school DIR --out {{}}/today{SUFFIX}"


def check_knowledge(config: GateConfig) -> Iterator[Finding]:
    """Take the knowledge as the gate would, and say what it would lack."""
    try:
        trust = Trust(
            Uai(config.gate.school),
            read_public(config.knowledge.school_key),
            read_private(config.gate.key),
        )
    except EnvironmentProblem as problem:
        yield Finding(NAME, State.WRONG, f"it can't be checked: {problem}", "mend the key first")
        return
    path = config.knowledge.path
    beside = config.journal.file.with_name(FETCHED) if config.server.address else None
    known, complaint = _taken(trust, path, beside)
    if known is not None:
        yield _judged(config, known)
        return
    kept, _ = _taken(trust, config.journal.file.with_name(KEPT))
    state = State.WRONG if kept is None else State.NOTE
    missing = f"no file ending in {SUFFIX} is there" if path.exists() else "it is not there"
    found = f"the gate watches {path}: {complaint or missing}"
    rest = "everybody is referred" if kept is None else "the gate has its last copy alone"
    yield Finding(NAME, state, f"{found}; {rest}", EXPORT.format(path))


def _taken(
    trust: Trust, path: Path, beside: Path | None = None
) -> tuple[Knowledge | None, str | None]:
    """Look at a file or folder with the gate's own eyes, keeping the copy elsewhere.

    `beside` is the file that the link with the server writes.
    """
    with tempfile.TemporaryDirectory() as elsewhere:
        source = Source(trust, path, Path(elsewhere), beside=beside)
        return source.start(), source.complaint


def _judged(config: GateConfig, known: Knowledge) -> Finding:
    """Say whether knowledge that verifies is of use today, to this gate."""
    path, ends = config.knowledge.path, known.manifest.expires_at
    day = f"{ends:%Y-%m-%d}"
    if now() >= ends:
        found = f"the newest file in {path} ended on {day}: everybody is referred"
        return Finding(NAME, State.WRONG, found, EXPORT.format(path))
    if not known.keys.names:
        found = "it holds no names for this gate: every pass is referred"
        advice = "the gate isn't enrolled, or was after the export: export again, or gate init"
        return Finding(NAME, State.WRONG, found, advice)
    try:
        lane_row(config, known)
    except ConfigError as error:
        return Finding(NAME, State.WRONG, str(error), "mend gate.lane or the school's zones.json")
    return Finding(NAME, State.OK, f"of {known.school_name}, believed until {day}, names readable")
