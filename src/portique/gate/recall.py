"""What one lane remembers: used phone proofs, last grants, consoles' openings, for a day at most.

Kept in memory by number only, the pass's own where this gate can't read whose
it is; rebuilt from the journal at a restart, and let go after a day (`forget`,
called every few minutes): no count of a person's passages outlives it. Which
way somebody went last is let go each night.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from portique.core.facts import Memory
from portique.core.passes import Proof

if TYPE_CHECKING:
    from collections.abc import Callable

    from portique.core.facts import Presented
    from portique.core.passes import Pass
    from portique.core.values import Direction, HolderId, PassId
    from portique.gate.journal_values import Head, Recent, Whose

REMEMBERED_MS = 24 * 3_600_000
RESTORED_MS = 25 * 3_600_000  # how far back a restart reads: the longest day, when clocks go back
PROOFS_MS = 10 * 60_000  # far longer than any proof is accepted


class Recall:
    """The memory of one lane."""

    def __init__(self, lane: str, direction: Direction) -> None:
        self._lane = lane
        self._direction = direction
        self._proofs: dict[tuple[PassId, int], int] = {}
        self._grants: dict[Whose, tuple[int, Direction | None]] = {}
        self._elsewhere: dict[Whose, int] = {}
        self._admissions: dict[str, int] = {}

    def restore(self, recent: Recent, at_ms: int, is_today: Callable[[int], bool]) -> None:
        """Take up what the journal remembers, after a restart at `at_ms`.

        `is_today` says whether an instant (UTC ms) is of the school's present day.
        """
        for proof in recent.proofs:
            self._proofs[proof] = at_ms
        self._admissions |= dict(recent.admissions)
        for grant in recent.grants:
            if grant.lane == self._lane:
                direction = self._direction if is_today(grant.at_ms) else None
                self._grants[grant.whose] = (grant.at_ms, direction)
            else:
                self._elsewhere[grant.whose] = grant.at_ms

    def of(self, presented: Presented) -> Memory:
        """Return what bears on this showing; nothing for a pass that isn't genuine."""
        held = presented.held
        if held is None:
            return Memory()
        key = whose(held)
        seconds = presented.proof_seconds
        used = seconds is not None and (held.pass_id, seconds) in self._proofs
        at_ms, direction = self._grants.get(key, (None, None))
        return Memory(at_ms, self._elsewhere.get(key), direction, proof_used=used)

    def note_proof(self, presented: Presented, at_ms: int) -> None:
        """Remember that this drawing of a phone was shown, whatever was decided.

        Only one the phone proved: a stranger's proof around a photographed pass must not use up
        the moments that its holder's own phone is going to draw.
        """
        seconds = proved_seconds(presented)
        if presented.held is not None and seconds is not None:
            self._proofs[presented.held.pass_id, seconds] = at_ms

    def note_grant(self, holder: Whose, at_ms: int) -> None:
        """Remember that a holder was let through here."""
        self._grants[holder] = (at_ms, self._direction)

    def note_elsewhere(self, holder: HolderId, at_ms: int) -> None:
        """Remember that another lane let a holder through, as the server tells."""
        self._elsewhere[holder] = max(at_ms, self._elsewhere.get(holder, at_ms))

    def has_admitted(self, admission: str) -> bool:
        """Say whether a console's request to open was carried out already."""
        return admission in self._admissions

    def note_admission(self, admission: str, at_ms: int) -> None:
        """Remember that a console's request to open was carried out."""
        self._admissions[admission] = at_ms

    def forget_directions(self) -> None:
        """Let go which way everybody went last: at midnight, and when the lane stops asking."""
        self._grants = {holder: (at_ms, None) for holder, (at_ms, _) in self._grants.items()}

    def forget(self, at_ms: int) -> None:
        """Let go everything older than a day, and proofs that nothing would accept any more."""
        self._proofs = {k: t for k, t in self._proofs.items() if at_ms - t < PROOFS_MS}
        self._grants = {h: g for h, g in self._grants.items() if at_ms - g[0] < REMEMBERED_MS}
        self._elsewhere = {h: t for h, t in self._elsewhere.items() if at_ms - t < REMEMBERED_MS}
        self._admissions = {a: t for a, t in self._admissions.items() if at_ms - t < REMEMBERED_MS}


def whose(held: Pass) -> Whose:
    """Return the holder's number; where that stays sealed, the pass's own."""
    return held.identity.holder if held.identity else held.pass_id


def proved_seconds(presented: Presented) -> int | None:
    """Return when the phone drew its code, if the phone proved it; None otherwise."""
    return presented.proof_seconds if presented.proof is Proof.VALID else None


def first_showing(head: Head, recent: Recent) -> int:
    """Return a number that no showing of the journal's recent past has.

    Most showings are entries, but not all: a flood is counted, and a new epoch numbers from 1.
    """
    return max(head.number, recent.last_showing) + 1
