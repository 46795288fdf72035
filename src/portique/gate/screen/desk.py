"""What the screens may ask of the gate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from portique.core.daylists import Listed
    from portique.core.entries import Ruling
    from portique.core.sentences import AdmitReason, DenyReason, ForgottenReason, ManualReason
    from portique.core.values import Direction
    from portique.core.zones import Mode


class Desk(Protocol):
    """What the screens may ask of the gate's loop.

    Called from worker threads, never from the web server's event loop. Each
    call returns once its effect is journalled; the board follows.
    """

    def rule(
        self, showing: int, ruling: Ruling, reason: AdmitReason | DenyReason, agent: str
    ) -> None:
        """Give an agent's ruling on a waiting card.

        Raises:
            TooLate: Somebody ruled first, or the card is no longer waiting.
            JournalError: It could not be written; nothing was done.
        """
        ...

    def admit_manually(self, reason: ManualReason, agent: str) -> None:
        """Let somebody through who showed no code.

        Raises:
            JournalError: It could not be written; nothing was done.
        """
        ...

    def find_forgotten(self, letters: str, label: str) -> list[Listed] | None:
        """Find who of today's list is meant, by letters of a name and the beginning of a class.

        Returns:
            None where this gate has no list of today.
        """
        ...

    def admit_forgotten(self, card: str, reason: ForgottenReason, agent: str) -> bool:
        """Decide on a forgotten card as if it had been shown; the agent answers at once.

        Args:
            card: The number of a card of today's list.
            reason: Why it is not there.
            agent: Who answers, by alias.

        Returns:
            Whether they were let through. Where more objects than the missing card, their own
            card waits for an answer instead.

        Raises:
            TooLate: It is not on today's list (any more).
            JournalError: It could not be written; no order was given.
        """
        ...

    def count(self, direction: Direction, step: int) -> None:
        """Add (+1) or take back (-1) one person counted by hand."""
        ...

    def set_mode(self, mode: Mode, agent: str) -> None:
        """Change how the lane works."""
        ...

    def end_evacuation(self, agent: str) -> None:
        """End an evacuation because a person says that it is over; journalled with who said so.

        Raises:
            EnvironmentProblem: The fire panel still asks for it; nothing changed.
            JournalError: It could not be written; nothing changed.
        """
        ...

    def dismiss_alert(self, alert: int, agent: str) -> None:
        """Take an alert off every screen.

        Raises:
            TooLate: Somebody did already.
        """
        ...
