"""Read the codes of a camera's frames.

A cheap pass reads almost all codes that a still hand shows in fair light. Where it reads nothing
although the frame holds a code-like place, that place is followed and harder ways are tried, within
a budget of work units: never of time, so that a replay gives the same answers on any machine.
"""

from dataclasses import dataclass

from portique.sight.decoder import find_codes
from portique.sight.shapes import Grey, Quad, Sighted, centre_of, mean_side
from portique.sight.sharpen import read_track
from portique.sight.stills import read_picture
from portique.sight.suspects import Advice, Suspect, find_suspects
from portique.sight.tracks import FORGOTTEN_AFTER_MS, Track, nearest_track, place_for
from portique.sight.work import PLAIN_READ, SUSPECTS, THOROUGH_READ, Work

__all__ = [
    "Advice",
    "CodeReader",
    "Look",
    "Quad",
    "ReaderSettings",
    "Sighted",
    "Suspect",
    "read_picture",
]

CODES_MAX = 4
TRACKS_MAX = 8  # two frames' suspected places: a picture full of codes has no more averages held
THOROUGH_EVERY = 2
FIRST_SHARE = 0.8
BESIDE_MAX = 3_000  # units for other places of a frame in which a code was read


@dataclass(frozen=True, slots=True)
class ReaderSettings:
    """How hard to look. The default keeps 15 frames a second on one core of a small computer."""

    work_max: int = 10_000  # units a frame, see `portique.sight.work`
    sharpen: bool = True


@dataclass(frozen=True, slots=True)
class Look:
    """What one frame shows: codes read, places where a code resists, units of work spent."""

    codes: tuple[Sighted, ...]
    suspects: tuple[Suspect, ...]
    work: int


class CodeReader:
    """Read the frames of one camera, in their order.

    Deterministic: the same frames at the same times give the same looks, however slow the machine.
    """

    def __init__(self, settings: ReaderSettings | None = None) -> None:
        self._settings = settings or ReaderSettings()
        self._tracks: list[Track] = []
        self._empty_frames = 0
        self._turn = 0

    @property
    def followed(self) -> int:
        """How many places are followed: of each, an average is held."""
        return len(self._tracks)

    def read(self, grey: Grey, *, at_ms: int) -> Look:
        """Read one frame.

        Args:
            grey: The frame, uint8, `(height, width)`.
            at_ms: When it was taken, in milliseconds of the camera's own clock.

        Returns:
            At most `CODES_MAX` codes, the largest first, and the suspected places left unread.

        Raises:
            ValueError: The frame is not a grey uint8 picture.
        """
        if grey.ndim != 2 or grey.dtype != "uint8" or not grey.size:
            raise ValueError(
                f"a frame is grey uint8 (height, width); got {grey.dtype} {grey.shape}"
            )
        # Before all else: an average must not outlive its code because others are read.
        self._tracks = [t for t in self._tracks if at_ms - t.seen_ms <= FORGOTTEN_AFTER_MS]
        work = Work(self._settings.work_max)
        cheap = self._read_cheaply(grey, work)
        if not self._settings.sharpen or len(cheap) >= CODES_MAX:
            return Look(_largest(cheap), (), work.spent)
        work.spend(SUSPECTS, grey.size)
        suspects = find_suspects(grey, tuple(code.quad for code in cheap))
        # Beside a code already read, another that resists is rare and a poster is common.
        purse = Work(
            work.limit if not cheap else min(work.limit, work.spent + BESIDE_MAX), work.spent
        )
        hard, unread = self._read_suspects(grey, suspects, at_ms, purse)
        return Look(_largest([*cheap, *hard]), tuple(unread), purse.spent)

    def _read_cheaply(self, grey: Grey, work: Work) -> list[Sighted]:
        """Read the whole frame once; every other empty frame, also light on dark and reduced."""
        thorough = self._empty_frames % THOROUGH_EVERY == THOROUGH_EVERY - 1
        work.spend(THOROUGH_READ if thorough else PLAIN_READ, grey.size)
        read = [
            Sighted(found.text, found.quad, sharpened=False)
            for found in find_codes(grey, thorough=thorough)
            if found.text is not None
        ]
        # A code found the thorough way is looked for so again, or it would flicker.
        self._empty_frames = self._empty_frames if read else self._empty_frames + 1
        return read

    def _read_suspects(
        self, grey: Grey, suspects: list[Suspect], at_ms: int, work: Work
    ) -> tuple[list[Sighted], list[Suspect]]:
        read: list[Sighted] = []
        unread: list[Suspect] = []
        for number, suspect in enumerate(self._in_turn(suspects), start=1):
            track = self._track_of(suspect, at_ms)
            # The likeliest place gets the larger part; what it leaves goes to the others.
            share = 1.0 if number == len(suspects) else FIRST_SHARE
            purse = Work(int(share * (work.limit - work.spent)))
            reading = read_track(track, grey, purse)
            work.spent += purse.spent
            if reading is None:
                unread.append(suspect)
            elif not _already_in(read, reading):
                read.append(reading)
        return read, unread

    def _in_turn(self, suspects: list[Suspect]) -> list[Suspect]:
        """Put the likeliest place first in every other frame, each of the others in its turn."""
        self._turn += 1
        others = len(suspects) - 1
        if self._turn % 2 or others < 1:
            return suspects
        first = 1 + (self._turn // 2) % others
        return [suspects[first], *suspects[:first], *suspects[first + 1 :]]

    def _track_of(self, suspect: Suspect, at_ms: int) -> Track:
        free = [track for track in self._tracks if track.seen_ms != at_ms]
        track = nearest_track(free, suspect.quad)
        if track is None:
            track = Track(place_for(suspect.quad), at_ms)
        track.follow(suspect.quad, at_ms)
        # The one seen last stands last; whatever the time says, the oldest give way.
        others = [one for one in self._tracks if one is not track]
        self._tracks = [*others, track][-TRACKS_MAX:]
        return track


def _already_in(read: list[Sighted], reading: Sighted) -> bool:
    """Tell whether two suspected places turned out to be the same code."""
    x, y = centre_of(reading.quad)
    reach = mean_side(reading.quad) / 2
    return any(
        code.text == reading.text
        and abs(centre_of(code.quad)[0] - x) < reach
        and abs(centre_of(code.quad)[1] - y) < reach
        for code in read
    )


def _largest(codes: list[Sighted]) -> tuple[Sighted, ...]:
    return tuple(sorted(codes, key=lambda code: mean_side(code.quad), reverse=True)[:CODES_MAX])
