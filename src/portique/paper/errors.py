"""What paper can refuse."""

from __future__ import annotations

from portique.core.errors import PortiqueError


class PaperError(PortiqueError):
    """A pass can't be printed as asked: the message says why, and which layout or file to change.

    It names a pass by the first digits of its number, never by its holder.
    """


class UndrawnError(PaperError):
    """No font here draws a character of some names or labels.

    `positions` are those of the passes that have it, from 0 in the order given; `what` says
    which it is and what to do, for whoever knows the passes by something else than a number.
    """

    def __init__(self, numbers: str, what: str, positions: tuple[int, ...]) -> None:
        super().__init__(f"pass {numbers}: {what}")
        self.what = what
        self.positions = positions


class NoGlyphError(PaperError):
    """No font here draws `characters`; whoever knows the passes says which ones have them."""

    def __init__(self, characters: str) -> None:
        super().__init__("a character that no font here can draw")
        self.characters = characters
