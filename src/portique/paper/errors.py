"""What paper can refuse."""

from __future__ import annotations

from portique.core.errors import PortiqueError


class PaperError(PortiqueError):
    """A pass can't be printed as asked: the message says why, and which layout or file to change.

    It names a pass by the first digits of its number, never by its holder.
    """
