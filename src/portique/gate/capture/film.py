"""A film made by a program as a camera: the demo's, or a test's.

    film:package.module:factory?name=value&…

The factory is called with the values as texts and gives an object whose
`frames(start_ms)` yields `(at_ms, grey)`, like `portique.testing.film.Film`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Protocol
from urllib.parse import parse_qsl

from portique.core.errors import EnvironmentProblem
from portique.gate.capture import Play, Shot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portique.gate.capture import Grey


class Film(Protocol):
    """What a factory makes."""

    def frames(self, start_ms: int) -> Iterator[tuple[int, Grey]]:
        """Give frames and the times they are taken at, UTC milliseconds."""
        ...


def open_shots(place: str, play: Play) -> Iterator[Shot]:
    """Open the film that `place` names.

    Raises:
        EnvironmentProblem: No such factory.
    """
    path, _, options = place.partition("?")
    module, _, name = path.partition(":")
    try:
        factory = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise EnvironmentProblem(
            f"There is no film {path}: write film:package.module:factory, "
            "and install what it needs."
        ) from error
    return _shots(factory(**dict(parse_qsl(options))), play.starts_ms)


def _shots(film: Film, starts_ms: int) -> Iterator[Shot]:
    for at_ms, grey in film.frames(starts_ms):
        yield Shot(at_ms - starts_ms, grey)
