"""A film's cast on disk, so that the gate's capture process can open the film as a camera.

    film:portique.testing.film_reel:demonstration?cast=FILE
    film:portique.testing.film_reel:one_after_another?cast=FILE&people=30

The file holds codes and the keys of synthetic phones: nobody's, and of no use outside the
demonstration's own school.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portique.core.errors import EnvironmentProblem
from portique.core.values import PassId, Uai
from portique.gate.clock import SystemTime
from portique.testing import film_scripts
from portique.testing.film import Film, Phone, Take
from portique.testing.film_cast import Cast, Prop
from portique.testing.scenes import Surface

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from portique.testing.scenes import Frame

LATE_MS = 100  # a frame and a half: a camera's own jitter


def write_cast(cast: Cast, path: Path) -> None:
    """Write a cast as JSON, readable by its owner alone."""
    data = {
        part.name: [_prop_data(prop) for prop in getattr(cast, part.name)] for part in fields(cast)
    }
    path.touch(mode=0o600)
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def read_cast(path: Path) -> Cast:
    """Read a cast back.

    Raises:
        EnvironmentProblem: No such file, or it isn't a cast.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return Cast(**{name: tuple(map(_prop, props)) for name, props in data.items()})
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise EnvironmentProblem(
            f"{path} is no film's cast ({error}); start the demonstration again to make it"
        ) from error


@dataclass(frozen=True, slots=True)
class Live:
    """A film that plays like a camera: frames that could not be drawn in time never were.

    Otherwise a loaded machine would fall behind the clock, second by second, until the phones'
    codes look old.
    """

    film: Film
    ticks_ms: Callable[[], int] = SystemTime().boot_ms

    def frames(self, start_ms: int) -> Iterator[tuple[int, Frame]]:
        """Draw from now on; see `Film.frames`."""
        began = self.ticks_ms()

        def late(at_ms: int) -> bool:
            return self.ticks_ms() - began > at_ms - start_ms + LATE_MS

        return self.film.frames(start_ms, late)


def demonstration(cast: str, seed: str = "0") -> Live:
    """Open the endless demonstration. Arguments are texts: they come from a camera's address."""
    read = read_cast(Path(cast))
    return Live(Film(film_scripts.Demonstration(read, int(seed)), Take(seed=int(seed))))


def one_after_another(cast: str, people: str = "30", seed: str = "0") -> Film:
    """Open a film of as many people as asked, all with good passes, one after another."""
    props = read_cast(Path(cast)).good[: int(people)]
    script = film_scripts.one_after_another(props, seed=int(seed))
    return Film(script, Take(seed=int(seed)))


def texts_to_try(cast: Cast) -> list[tuple[str, str]]:
    """List what can be printed and shown to a real camera: a title, and the code's text."""
    parts: Iterable[tuple[str, tuple[Prop, ...]]] = (
        (part.name, getattr(cast, part.name)) for part in fields(cast)
    )
    return [
        (name, prop.code) for name, props in parts for prop in props if isinstance(prop.code, str)
    ]


def _prop_data(prop: Prop) -> dict[str, Any]:
    code = prop.code
    shown: dict[str, Any] = (
        {"text": code}
        if isinstance(code, str)
        else {
            "sealed": code.sealed.hex(),
            "key": code.key.hex(),
            "uai": code.uai,
            "behind_s": code.behind_s,
        }
    )
    return {"surface": prop.surface, "pass_id": prop.pass_id, "name": prop.name, **shown}


def _prop(data: dict[str, Any]) -> Prop:
    code: str | Phone = (
        data["text"]
        if "text" in data
        else Phone(
            bytes.fromhex(data["sealed"]),
            bytes.fromhex(data["key"]),
            Uai(data["uai"]),
            data["behind_s"],
        )
    )
    pass_id = data["pass_id"]
    surface = Surface(data["surface"])
    return Prop(code, surface, PassId(pass_id) if pass_id else None, data["name"])
