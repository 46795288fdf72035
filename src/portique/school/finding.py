"""Finding passes of the register by name and class, which stay sealed on the disk."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from portique.core.finding import joined, plain
from portique.core.passes import LABEL_BYTES_MAX, NAME_BYTES_MAX, shortened
from portique.core.revocation import Status
from portique.core.rights import UNKNOWN
from portique.core.values import to_ms
from portique.school.issuing import reopened
from portique.school.rights_table import rights_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from portique.core.passes import Identity
    from portique.core.rights import Rights
    from portique.core.values import HolderId, Kind
    from portique.school.house import School
    from portique.school.issuing import Request
    from portique.school.register import Issued


class Standing(StrEnum):
    """What has become of a pass at an instant; exactly one of these."""

    VALID = "valid"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    EXPIRED = "expired"


VALID = frozenset({Standing.VALID})
COUNTING = frozenset({Standing.VALID, Standing.SUSPENDED})


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which passes are looked for.

    `name`: words that must all be in the name, in any order; `label`: the whole class or service.
    Both without regard to case, accents, hyphens, apostrophes and, in a label, spaces; None asks
    for nothing.
    """

    name: str | None = None
    label: str | None = None
    kind: Kind | None = None
    standings: frozenset[Standing] = COUNTING

    @property
    def sealed(self) -> bool:
        """Whether passes must be opened to know."""
        return self.name is not None or self.label is not None

    def fits(self, name: str, label: str) -> bool:
        """Tell whether what a pass holds is what is looked for."""
        if self.label is not None and joined(self.label) != joined(label):
            return False
        return all(word in plain(name) for word in plain(self.name or "").split())


@dataclass(frozen=True, slots=True)
class Found:
    """A pass that was looked for; `identity` and `label` are None unless it was opened."""

    issued: Issued
    standing: Standing
    identity: Identity | None = None
    label: str | None = None


def find_passes(
    school: School, wanted: Wanted, at: datetime, *, unseal: bool = False
) -> Iterator[Found]:
    """Yield the passes looked for, oldest first, as they stand at `at`.

    Passes are opened in memory, with the school's own name keys, when a name or label is asked
    for or `unseal` is true; one that these keys don't open has neither.
    """
    opens, book = unseal or wanted.sealed, rights_of(school)
    for issued in school.register.all():
        standing = standing_of(issued, at)
        if standing not in wanted.standings or wanted.kind not in {None, issued.kind}:
            continue
        identity = reopened(school, issued).identity if opens else None
        label = label_today(identity, book) if identity else None
        if wanted.sealed and not wanted.fits(identity.name if identity else "", label or ""):
            continue
        yield Found(issued, standing, identity, label)


def positions_held(school: School, requests: Sequence[Request], at: datetime) -> list[int]:
    """Return which requests are for somebody with a valid pass: same name, label and kind.

    One that names its holder means to give them another.
    """
    held = {
        (one.issued.kind, plain(one.identity.name), joined(label))
        for one in find_passes(school, Wanted(standings=VALID), at, unseal=True)
        if one.identity
        for label in (one.identity.label, one.label or "")
    }
    return [n for n, one in enumerate(requests) if one.holder is None and _key(one) in held]


def _key(request: Request) -> tuple[Kind, str, str]:
    """Name whom a request is for as their pass would, cut to what it carries."""
    name = shortened(request.name, NAME_BYTES_MAX)
    return request.kind, plain(name), joined(shortened(request.label, LABEL_BYTES_MAX))


def label_today(identity: Identity, book: Mapping[HolderId, Rights]) -> str:
    """Return the class or service of a holder: by their rights, else as sealed when issued."""
    return book.get(identity.holder, UNKNOWN).label or identity.label


def standing_of(issued: Issued, at: datetime) -> Standing:
    """Say what has become of a pass at `at`; revoked stays revoked when it expires."""
    if issued.status is Status.REVOKED:
        return Standing.REVOKED
    if issued.expires_ms <= to_ms(at):
        return Standing.EXPIRED
    return Standing.SUSPENDED if issued.status is Status.SUSPENDED else Standing.VALID
