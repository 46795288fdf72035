"""Who plays in the demonstration's film: passes of a school's folder, good ones and bad ones.

Every good pass is really issued and registered, every bad one is bad in exactly one way, so that
what the gate answers is known beforehand.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from portique.core import passes, seal
from portique.core.passes import Draft, Identity
from portique.core.revocation import Status
from portique.core.seal import PrivateKey, Purpose, SecretKey, Signed
from portique.core.values import Kind, PassId, Uai, Window, hex_id
from portique.school.issuing import Request, issue, to_second
from portique.testing.film import Phone
from portique.testing.scenes import Surface

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from portique.school.folder import SchoolFolder
    from portique.testing.people import SyntheticPerson

ROUNDS = 4  # so many of each bad pass: a round lasts over a minute, double use is counted for five
GOOD_PER_ROUND = 15
SCREENSHOT_S = 600
OTHER_UAI = Uai("0999002X")
NOT_PASSES = ("https://example.org/menu", "WIFI:T:WPA;S:lycee-invites;P:bienvenue;;")


@dataclass(frozen=True, slots=True)
class Prop:
    """A medium in somebody's hand: what it shows, and on what."""

    code: str | Phone
    surface: Surface
    pass_id: PassId | None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Cast:
    """Every medium that appears, by what is wrong with it. `good` ones are shown once a showing."""

    good: tuple[Prop, ...]
    lent: tuple[Prop, ...]
    pairs: tuple[Prop, ...]
    revoked: tuple[Prop, ...]
    suspended: tuple[Prop, ...]
    expired: tuple[Prop, ...]
    screenshots: tuple[Prop, ...]
    forged: tuple[Prop, ...]
    other_school: tuple[Prop, ...]
    wrong_hours: tuple[Prop, ...]
    strangers: tuple[Prop, ...]


@dataclass(frozen=True, slots=True)
class Studio:
    """What making passes takes: the school, the time and a source of randomness."""

    school: SchoolFolder
    at: datetime
    entropy: Callable[[int], bytes]

    def paper(self, person: SyntheticPerson, window: Window | None = None) -> Prop:
        """Issue a pass on paper; staff's are worn as badges."""
        issued = issue(self.school, _request(person, window), at=self.at, entropy=self.entropy)
        surface = Surface.BADGE if person.kind is Kind.STAFF else Surface.PAPER
        return Prop(issued.text, surface, issued.pass_id, person.name)

    def phone(self, person: SyntheticPerson, *, behind_s: int = 0, dark: bool = False) -> Prop:
        """Issue a pass bound to a phone; `behind_s` makes a screenshot of that age of it."""
        key = seal.private_key(Purpose.PHONE, self.entropy(40))
        request = _request(person, None, phone=key)
        issued = issue(self.school, request, at=self.at, entropy=self.entropy)
        sealed = passes.parse(issued.text).sealed.to_bytes()
        held = Phone(sealed, key.scalar(), self.school.settings.uai, behind_s)
        surface = Surface.DARK_SCREEN if dark else Surface.SCREEN
        return Prop(held, surface, issued.pass_id, person.name)

    def forged(self, person: SyntheticPerson) -> Prop:
        """Make a pass that names the school's key but is signed by another."""
        foreign = self._foreign(person, self.school.settings.uai)
        genuine = seal.sign(foreign.payload, self.school.keys.issuers[0])
        claimed = Signed(genuine.protected, foreign.payload, foreign.signature)
        return Prop(passes.text_of(claimed), Surface.PAPER, None, person.name)

    def of_other_school(self, person: SyntheticPerson) -> Prop:
        """Make a pass that another school issued."""
        signed = self._foreign(person, OTHER_UAI)
        return Prop(passes.text_of(signed), Surface.PAPER, None, person.name)

    def _foreign(self, person: SyntheticPerson, uai: Uai) -> Signed:
        """Issue a pass with keys that no gate of this school knows."""
        issuer: PrivateKey = seal.private_key(Purpose.PASS, self.entropy(40))
        names = SecretKey(Purpose.NAME, self.entropy(32))
        start = to_second(self.at)
        identity = Identity(person.holder, person.kind, person.name, person.label, "", 1)
        window = Window(start, start + timedelta(days=200))
        draft = Draft(uai, PassId(hex_id(self.entropy(8))), window, identity)
        return passes.issue(draft, issuer, names, iv=self.entropy(12))


def _request(
    person: SyntheticPerson, window: Window | None, *, phone: PrivateKey | None = None
) -> Request:
    return Request(
        person.kind,
        person.name,
        person.label,
        person.regime,
        window,
        person.holder,
        phone.public if phone else None,
    )


def make_cast(
    studio: Studio,
    people: Sequence[SyntheticPerson],
    *,
    outside_hours: Sequence[SyntheticPerson] = (),
    rounds: int = ROUNDS,
) -> Cast:
    """Issue everything the film needs.

    Args:
        studio: The school's folder, the time, randomness.
        people: Whom to draw from, in order; each plays one part.
        outside_hours: People for whom the school is closed while the film plays.
        rounds: How many rounds of the script to prepare before cards come again.
    """
    staff = iter([person for person in people if person.kind is Kind.STAFF])
    away = {person.holder for person in outside_hours}
    pupils = iter([p for p in people if p.kind is Kind.PUPIL and p.holder not in away])
    return Cast(
        good=tuple(_good(studio, pupils, staff, GOOD_PER_ROUND * rounds)),
        lent=tuple(studio.paper(next(pupils)) for _ in range(rounds)),
        pairs=tuple(studio.paper(next(pupils)) for _ in range(2 * rounds)),
        revoked=tuple(_with_status(studio, pupils, Status.REVOKED, rounds)),
        suspended=tuple(_with_status(studio, pupils, Status.SUSPENDED, rounds)),
        expired=tuple(_expired(studio, staff, rounds)),
        screenshots=tuple(studio.phone(next(pupils), behind_s=SCREENSHOT_S) for _ in range(rounds)),
        forged=tuple(studio.forged(next(pupils)) for _ in range(rounds)),
        other_school=tuple(studio.of_other_school(next(pupils)) for _ in range(rounds)),
        wrong_hours=tuple(studio.paper(person) for person in outside_hours[:rounds]),
        strangers=tuple(Prop(text, Surface.YELLOW_PAPER, None) for text in NOT_PASSES),
    )


def _good(
    studio: Studio,
    pupils: Iterator[SyntheticPerson],
    staff: Iterator[SyntheticPerson],
    count: int,
) -> Iterator[Prop]:
    """Mix media as a school does: half paper, four phones in ten, a badge now and then."""
    for number in range(count):
        match number % 10:
            case 3:
                yield studio.paper(next(staff))
            case 1 | 4 | 6 | 8:
                yield studio.phone(next(pupils), dark=number % 4 == 0)
            case _:
                yield studio.paper(next(pupils))


def _with_status(
    studio: Studio, pupils: Iterator[SyntheticPerson], status: Status, count: int
) -> Iterator[Prop]:
    for _ in range(count):
        prop = studio.paper(next(pupils))
        assert prop.pass_id is not None, "an issued pass has an id"  # noqa: S101 -- our own bug
        studio.school.register.set_status(prop.pass_id, status)
        yield prop


def _expired(studio: Studio, staff: Iterator[SyntheticPerson], count: int) -> Iterator[Prop]:
    """Issue badges that ended yesterday, to adults: a pupil's expired pass is only referred."""
    end = to_second(studio.at.astimezone(UTC)) - timedelta(days=1)
    window = Window(end - timedelta(days=300), end)
    for _ in range(count):
        yield studio.paper(next(staff), window)
