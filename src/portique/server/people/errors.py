"""What can't be done with people, said to whoever asked for it."""

from __future__ import annotations

from portique.core.errors import PortiqueError


class NotAName(PortiqueError):  # noqa: N818
    """A name is missing or holds signs that no name has; whoever typed it corrects it."""

    def __init__(self) -> None:
        super().__init__("a name has letters, and what stands between them; correct it")


class Outdated(PortiqueError):  # noqa: N818
    """What was confirmed is no longer what would happen; it is shown again."""

    def __init__(self) -> None:
        super().__init__("people or choices changed since the preview; look at it again")
