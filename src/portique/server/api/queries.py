"""What is asked of tokens, and what only programs ask: pages of passes, counts by quarter-hour."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django.db import connection
from django.db.models import BigIntegerField, Func, Q, Sum

from portique.core.revocation import Status
from portique.core.values import Direction, to_ms
from portique.school.finding import Standing, standing_of
from portique.server.accounts.codes import keyed_hash
from portique.server.accounts.roles import Role
from portique.server.api.models import Token
from portique.server.console.models import Event
from portique.server.console.tally import midnight
from portique.server.gates.queries import lanes
from portique.server.passes.models import IssuedPass, Use
from portique.server.passes.queries import PassRow
from portique.server.passes.register import issued_from
from portique.server.people.index import WITHOUT_CARDS, by_holder
from portique.server.people.models import Person
from portique.server.school.house import served_school

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from pathlib import Path

    from django.db.models import QuerySet
    from django.db.models.sql.compiler import SQLCompiler

    from portique.core.zones import Lane
    from portique.server.people.index import Named

WITH_MAKER = """
    SELECT api_token.*, accounts_user.is_active AS maker_is_active, accounts_user.role AS maker_role
    FROM api_token JOIN accounts_user ON accounts_user.id = api_token.made_by_id
    WHERE api_token.id = %s
"""  # in every call: to be put together by Django took nine tenths of the time
TOKEN = "api-token"  # noqa: S105 -- the purpose of its hash
WRITTEN = re.compile(r"portique_([0-9a-f]{32})_([0-9a-f]{64})")
QUARTER = timedelta(minutes=15)
QUARTER_S = int(QUARTER.total_seconds())
SUMS_S = 10
FEW = 5
"""Cells of fewer people are not told: one pupil who is late is not a figure."""


# --- tokens ---


def tokens() -> list[Token]:
    """Return every token, by name."""
    rows = Token.objects.select_related("made_by")
    return sorted(rows, key=lambda token: (token.name.casefold(), token.made_at))


def text_of(token: Token, secret: str) -> str:
    """Write a token as programs send it; the prefix lets scanners of leaked secrets know it."""
    return f"portique_{token.pk.hex}_{secret}"


def token_of(text: str, at: datetime) -> Token | None:
    """Find the token that a program sent, while it and the head who made it are in force.

    The secret's hash is compared in constant time, and made whether or not there is such a token.
    """
    written = WRITTEN.fullmatch(text)
    if written is None:
        return None
    key = Token._meta.pk.get_db_prep_value(UUID(written[1]), connection)  # noqa: SLF001 -- public
    token: Any = next(iter(Token.objects.raw(WITH_MAKER, [key])), None)
    hashed = keyed_hash(TOKEN, written[2])
    right = hmac.compare_digest(hashed, token.token_hash if token else "")
    if not (token and right and _counts(token, token.maker_is_active, token.maker_role, at)):
        return None
    return cast("Token", token)


def is_in_force(token: Token, at: datetime) -> bool:
    """Say whether a token still counts: before its end, and by somebody who heads the school."""
    return _counts(token, token.made_by.is_active, token.made_by.role, at)


def _counts(token: Token, maker_is_active: object, maker_role: str, at: datetime) -> bool:
    return at < token.expires_at and bool(maker_is_active) and maker_role == Role.HEAD


# --- passes ---


@dataclass(frozen=True, slots=True)
class PassQuery:
    """Which passes are asked for; `after` is the place of the last one of the page before."""

    person: UUID | None = None
    label: str = ""
    standing: Standing | None = None
    after: int = 0


@dataclass(frozen=True, slots=True)
class PassFound:
    """A pass, its place in the order of issuance, and whose it is, if they are still known."""

    row: PassRow
    line: int
    person: UUID | None


def passes(asked: PassQuery, at: datetime, limit: int) -> list[PassFound]:
    """Return passes in the order they were issued.

    Day slips are left out: from them it could be counted who forgets their card.
    """
    rows = _lasting().filter(line__gt=asked.after)
    if asked.person is not None or asked.label:
        rows = rows.filter(holder__in=_holders(asked))
    if asked.standing is not None:
        rows = rows.filter(_standing(asked.standing, at))
    return _found(rows.order_by("line")[:limit], at)


def pass_numbered(pass_id: str, at: datetime) -> PassFound | None:
    """Return one pass; None when it was never issued, or is a day slip."""
    return next(iter(_found(_lasting().filter(pk=pass_id), at)), None)


def _lasting() -> QuerySet[IssuedPass]:
    return IssuedPass.objects.exclude(use=Use.SLIP)


def _holders(asked: PassQuery) -> QuerySet[Person, Any]:
    people = Person.objects.exclude(holder=None)
    if asked.person is not None:
        people = people.filter(pk=asked.person)
    if asked.label:
        people = people.filter(label=asked.label)
    return people.values("holder")


def _standing(standing: Standing, at: datetime) -> Q:
    """Write `school.finding.standing_of` as a condition."""
    revoked, running = Q(status=Status.REVOKED.value), Q(expires_ms__gt=to_ms(at))
    suspended = Q(status=Status.SUSPENDED.value)
    return {
        Standing.REVOKED: revoked,
        Standing.EXPIRED: ~revoked & ~running,
        Standing.SUSPENDED: suspended & running,
        Standing.VALID: ~revoked & ~suspended & running,
    }[standing]


def _found(rows: Iterable[IssuedPass], at: datetime) -> list[PassFound]:
    people = by_holder()
    return [_pass(row, people.get(row.holder), at) for row in rows]


def _pass(row: IssuedPass, holder: Named | None, at: datetime) -> PassFound:
    issued = issued_from(row)
    shown = PassRow(issued, Use(row.use), standing_of(issued, at))
    return PassFound(shown, row.line, holder.person if holder else None)


def person_known(person_id: UUID) -> Person | None:
    """Return somebody who is here and may be given a card; None when there is nobody such."""
    return Person.objects.filter(pk=person_id, left_on=None).exclude(kind__in=WITHOUT_CARDS).first()


# --- counts ---


@dataclass(frozen=True, slots=True)
class Cell:
    """How many people crossed a lane in a quarter-hour; None: fewer than five, or nobody."""

    lane: str
    direction: Direction
    begins: datetime
    people: int | None


@dataclass(frozen=True, slots=True)
class Moment:
    """What today's counts depend on; the same for ten seconds, unless lanes change.

    `over` is how many quarter-hours of the day are over.
    """

    school: Path
    day: datetime
    over: int
    number: int
    lanes: tuple[Lane, ...]


def moment_of(at: datetime) -> Moment:
    """Return the moment in which an instant is. What gates file late is counted in the next one.

    A quarter-hour that still runs is not told: asked every second, it would show who passes. So the
    day's last one is over on the next day: until that has one to tell, the day before is told.
    """
    day, number = midnight(at - QUARTER), int(at.timestamp()) // SUMS_S
    return Moment(served_school().path, day, (at - day) // QUARTER, number, lanes())


def quarter_hours(at: datetime) -> list[Cell]:
    """Return today's counts by lane and quarter-hour, those that are over; see `moment_of`."""
    return cells_of(moment_of(at))


def cells_of(moment: Moment) -> list[Cell]:
    """Return the day's counts as they are at a moment."""
    counts, first = _sums(moment), int(moment.day.timestamp()) // QUARTER_S
    return [
        Cell(
            lane.name,
            lane.direction,
            moment.day + place * QUARTER,
            _told(counts.get((lane.name, first + place), 0)),
        )
        for lane in moment.lanes
        for place in range(moment.over)
    ]


@lru_cache(maxsize=2)
def _sums(moment: Moment) -> Mapping[tuple[str, int], int]:
    """Add up the day's lines by lane and quarter-hour: fifty thousand, so once for a moment."""
    ends = moment.day + moment.over * QUARTER
    rows = Event.objects.filter(at__gte=moment.day, at__lt=ends).exclude(direction="")
    sums = rows.order_by().values("lane", begun=QuarterOf("at")).annotate(sum=Sum("people"))
    return {(row["lane"], row["begun"]): row["sum"] for row in sums}


class QuarterOf(Func):
    """The quarter-hour of an instant, numbered from 1970, as the database counts it.

    Local midnight begins one wherever France is.
    """

    output_field = BigIntegerField()
    template = f"FLOOR(EXTRACT(EPOCH FROM %(expressions)s) / {QUARTER_S})"

    def as_sqlite(self, compiler: SQLCompiler, connection: Any, **others: Any) -> Any:
        """Write it for SQLite."""
        form = f"unixepoch(%(expressions)s) / {QUARTER_S}"
        return self.as_sql(compiler, connection, template=form, **others)


def _told(people: int) -> int | None:
    return people if people >= FEW else None
