"""What paper can refuse."""

from __future__ import annotations

from portique.core.errors import PortiqueError


class PaperError(PortiqueError):
    """A pass can't be printed as asked: the message says why, and which layout or file to change.

    It names a pass by the first digits of its number, never by its holder.
    """


class NoGlyphError(PaperError):
    """No font here draws `characters`; whoever knows the passes says which ones have them."""

    def __init__(self, characters: str) -> None:
        super().__init__("a character that no font here can draw")
        self.characters = characters
