"""Issuing, replacing, suspending and revoking passes of a school's folder."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import repeat
from typing import TYPE_CHECKING

from portique.core import passes
from portique.core.dayplans import plan_day
from portique.core.errors import RegisterError
from portique.core.localtime import local_day, local_ms
from portique.core.passes import Draft, Identity, shortened
from portique.core.revocation import Status
from portique.core.values import HolderId, Kind, PassId, Window, from_ms, hex_id, to_ms
from portique.school.register import Issued
from portique.school.rules import calendar_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from portique.core.seal import PublicKey, Signed
    from portique.school.house import School

BREAKS = frozenset({"Cc", "Zl", "Zp"})  # controls, line and paragraph separators


@dataclass(frozen=True, slots=True)
class Request:
    """What a pass is asked for.

    `name` and `label` are cut to what a pass carries (32 and 12 bytes).
    `holder` is None for somebody new. `phone_key` binds the pass to a phone.
    """

    kind: Kind
    name: str
    label: str = ""
    regime: str = ""
    window: Window | None = None
    holder: HolderId | None = None
    phone_key: PublicKey | None = None


def issue(
    school: School, request: Request, *, at: datetime, entropy: Callable[[int], bytes]
) -> Issued:
    """Seal, sign and register one pass.

    Raises:
        RegisterError: The name is empty or no text, or the regime's code is too long.
    """
    with school.register.transaction():
        return _issue(school, request, at=at, entropy=entropy)


def _issue(
    school: School, request: Request, *, at: datetime, entropy: Callable[[int], bytes]
) -> Issued:
    request = checked(request)
    identity = Identity(
        request.holder or HolderId(hex_id(entropy(8))),
        request.kind,
        shortened(request.name, passes.NAME_BYTES_MAX),
        shortened(request.label, passes.LABEL_BYTES_MAX),
        request.regime,
        school.register.free_index(entropy(4) for _ in repeat(None)),
    )
    window = request.window or default_window(school, request.kind, at)
    pass_id = PassId(hex_id(entropy(8)))
    draft = Draft(school.settings.uai, pass_id, window, identity, request.phone_key)
    signed = passes.issue(draft, school.keys.issuers[0], school.keys.names[0], iv=entropy(12))
    issued = _line(draft, signed, at)
    school.register.add(issued)
    return issued


def checked(request: Request) -> Request:
    """Return a request whose texts a pass can carry.

    Raises:
        RegisterError: The name is empty or no text, or the regime's code is too long.
    """
    texts = (request.name, request.label, request.regime)
    name, label, regime = (on_one_line(text) for text in texts)
    if not name:
        raise RegisterError("a pass needs a name for the agent to read")
    if len(regime.encode()) > passes.REGIME_BYTES_MAX:
        raise RegisterError(f"an exit regime's code is at most {passes.REGIME_BYTES_MAX} bytes")
    return replace(request, name=name, label=label, regime=regime)


def cut_parts(request: Request) -> tuple[str, ...]:
    """Name the parts that are longer than a pass carries, of which it keeps the beginning."""
    carried = {"name": passes.NAME_BYTES_MAX, "label": passes.LABEL_BYTES_MAX}
    return tuple(
        part for part, size in carried.items() if len(getattr(request, part).encode()) > size
    )


def on_one_line(text: str) -> str:
    """Return a text as a screen and a card can show it: spaces for line ends and controls.

    Raises:
        RegisterError: It holds bytes that are no text.
    """
    if any(unicodedata.category(character) == "Cs" for character in text):
        raise RegisterError("a name, label or regime holds bytes that are no UTF-8 text")
    shown = (" " if unicodedata.category(c) in BREAKS else c for c in text)
    return " ".join("".join(shown).split())


def _line(draft: Draft, signed: Signed, at: datetime) -> Issued:
    identity = draft.identity
    return Issued(
        draft.pass_id,
        identity.holder,
        identity.kind,
        identity.status_index,
        Status.VALID,
        to_ms(at),
        to_ms(draft.window.closes),
        None,
        passes.text_of(signed),
    )


def replace_pass(
    school: School, pass_id: PassId, *, at: datetime, entropy: Callable[[int], bytes]
) -> Issued:
    """Revoke a pass and issue its successor for the same holder, with the same end.

    Raises:
        RegisterError: Never issued, revoked already, expired, a phone's, or not one the
            school's name keys open.
    """
    held = reopened(school, school.register.get(pass_id))
    if held.phone_key is not None:  # its successor would be neither a card nor known to the phone
        raise RegisterError(
            f"pass {pass_id} lives on a phone: give the phone a new code (the person's page,"
            " Phone), or issue a card besides it (pass issue --holder)"
        )
    if held.identity is None or held.window.closes <= at:
        raise RegisterError(f"pass {pass_id} has expired or can't be opened; issue a new one")
    identity = held.identity
    start = max(held.window.opens, to_second(at))
    request = Request(
        identity.kind, identity.name, identity.label, identity.regime,
        Window(start, held.window.closes), identity.holder,
    )  # fmt: skip
    with school.register.transaction():
        school.register.set_status(pass_id, Status.REVOKED)
        issued = _issue(school, request, at=at, entropy=entropy)
        school.register.link(pass_id, issued.pass_id)
    return issued


def reopened(school: School, issued: Issued) -> passes.Pass:
    """Open a pass of the register with the school's own keys, to print or replace it."""
    ring = school.keys.public.ring(school.settings.uai)
    return passes.open_pass(passes.parse(issued.text).sealed, ring)


def default_window(school: School, kind: Kind, at: datetime) -> Window:
    """Return the usual validity: to the end of the next 31 August, to closing for a visitor.

    On a 31 August the next one is meant; after closing, or on a day without opening, a visit ends
    with the day.

    Raises:
        ConfigError: The calendar is wrong.
        EnvironmentProblem: There is no calendar.
    """
    start = to_second(at)
    if kind is Kind.VISITOR:
        return Window(start, _closing(school, start))
    local = at.astimezone(school.settings.zone).date()
    year = local.year if (local.month, local.day) < (8, 31) else local.year + 1
    return Window(start, from_ms(local_ms(date(year, 9, 1), 0, school.settings.time_zone)))


def _closing(school: School, start: datetime) -> datetime:
    """Return when the last opening of that day closes."""
    rules = calendar_of(school)
    plan = plan_day(rules, local_day(to_ms(start), rules.zone))
    closes = max((o.hours.closes_ms for o in plan.openings if o.hours), default=0)
    return from_ms(closes if closes > to_ms(start) else plan.ends_ms)


def to_second(at: datetime) -> datetime:
    """Drop what is below the second: a pass counts in seconds."""
    return at.astimezone(UTC).replace(microsecond=0)
