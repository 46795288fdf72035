"""What a school is to those who work on it: settings, keys, a register, and rules by name.

There are two kinds: a folder of files (`folder`), and the server's, whose register and rules
are in its database. Issuing, finding and telling gates are the same for both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from portique.school.folder import Settings
    from portique.school.keys import KeyStore
    from portique.school.register import Register


class School(Protocol):
    """An open school."""

    @property
    def path(self) -> Path:
        """The folder of its keys and settings."""

    @property
    def settings(self) -> Settings:
        """Who it is."""

    @property
    def keys(self) -> KeyStore:
        """Its keys, newest first where there are several."""

    @property
    def register(self) -> Register:
        """What it issued."""

    def read_data(self, name: str) -> Any:
        """Return rules as plain data, None when there are none of that name.

        Raises:
            ConfigError: What is there is damaged.
        """

    def write_data(self, name: str, data: object) -> None:
        """Replace rules, whole or not at all.

        Raises:
            EnvironmentProblem: The disk or database refused.
        """

    def roll_keys(self, *, year: int, entropy: Callable[[int], bytes]) -> None:
        """Start a school year: new issuing and name keys; older ones keep verifying."""

    def close(self) -> None:
        """Let go of what it holds."""
