"""Text in, decision out: beside a bare signature check and the `cwt` library."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from portique.cli.measuring import Row, median_ms
from portique.core import passes, seal
from portique.core.alarms import CALM
from portique.core.calendars import default_calendar
from portique.core.exits import BUILT_IN
from portique.core.facts import Memory
from portique.core.knowledge import Manifest, SchoolKeys, Version
from portique.core.passes import Draft, Identity
from portique.core.revocation import Status, StatusList, pack
from portique.core.rules import TABLE_HASH
from portique.core.seal import Purpose, SecretKey
from portique.core.values import HolderId, Kind, PassId, Uai, Window, hex_id, to_ms
from portique.core.zones import default_site
from portique.gate.judge import Bench, judge
from portique.gate.knowing import Knowledge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from portique.core.seal import PrivateKey, Signed

Turned = TypeVar("Turned")

RUNS = 400
PASSES = 200
UAI = Uai("0990001N")
MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)


def bench_decision() -> Iterator[Row]:
    """Measure a text's way to its decision, on paper and from a phone."""
    draw = random.Random(1)  # noqa: S311 - figures, not keys of anybody
    issuer = seal.private_key(Purpose.PASS, draw.randbytes(40))
    phone = seal.private_key(Purpose.PHONE, draw.randbytes(40))
    names = SecretKey(Purpose.NAME, draw.randbytes(32))
    bench = Bench(UAI, default_site().lane("entry-1"), _knowledge(issuer, names, draw))
    papers = [_issued(draw, n, issuer, names, None) for n in range(PASSES)]
    bound = [_issued(draw, n, issuer, names, phone) for n in range(PASSES)]
    texts = [passes.text_of(signed) for signed in papers]
    seconds = to_ms(MONDAY) // 1000
    phones = [passes.phone_text(s, phone, uai=UAI, seconds=seconds) for s in bound]
    target = "≤ 0.5 ms"
    yield _row("text to decision, paper", _deciding(bench, texts), target=target)
    yield _row("text to decision, phone", _deciding(bench, phones))
    public = issuer.public
    turn = _turning(papers)
    yield _row("one ES256 verification", lambda: seal.verify(turn(), public), peer=True)
    yield from _cwt(papers, issuer)


def _deciding(bench: Bench, texts: list[str]) -> Callable[[], object]:
    turn = _turning(texts)

    def work() -> object:
        presented = bench.present(turn())
        return judge(presented, bench.situation(presented, to_ms(MONDAY), Memory()))

    return work


def _turning(items: list[Turned]) -> Callable[[], Turned]:
    position = 0

    def turn() -> Turned:
        nonlocal position
        position = (position + 1) % len(items)
        return items[position]

    return turn


def _cwt(papers: list[Signed], issuer: PrivateKey) -> Iterator[Row]:
    try:
        import cwt
    except ImportError:
        return
    key = cwt.COSEKey.new({1: 2, -1: 1, -2: issuer.public.x, -3: issuer.public.y, 3: -7,
                           2: issuer.public.kid})  # fmt: skip
    turn = _turning([signed.to_bytes() for signed in papers])
    context = cwt.COSE.new()
    yield _row("cwt: COSE_Sign1 verified", lambda: context.decode(turn(), key), peer=True)


def _row(what: str, work: Callable[[], object], *, peer: bool = False, target: str = "") -> Row:
    return Row("decision", what, median_ms(work, runs=RUNS), "ms", RUNS, peer, target)


def _issued(
    draw: random.Random, number: int, issuer: PrivateKey, names: SecretKey, phone: PrivateKey | None
) -> Signed:
    holder = HolderId(hex_id(draw.randbytes(8)))
    identity = Identity(holder, Kind.PUPIL, "Zoé Martin-Lefebvre", "2nde 4", "green", number)
    window = Window(MONDAY - timedelta(days=30), MONDAY + timedelta(days=300))
    key = phone.public if phone else None
    draft = Draft(UAI, PassId(hex_id(draw.randbytes(8))), window, identity, key)
    return passes.issue(draft, issuer, names, iv=draw.randbytes(12))


def _knowledge(issuer: PrivateKey, names: SecretKey, draw: random.Random) -> Knowledge:
    until = MONDAY + timedelta(days=7)
    status = seal.private_key(Purpose.STATUS, draw.randbytes(40)).public
    orders = seal.private_key(Purpose.ORDERS, draw.randbytes(40)).public
    keys = SchoolKeys((issuer.public,), status, orders, (names,))
    statuses = dict.fromkeys(range(PASSES), Status.VALID)
    return Knowledge(
        Manifest(UAI, Version(1, 1), MONDAY, until),
        keys,
        keys.ring(UAI),
        StatusList(pack(statuses, 4096), MONDAY, until, 3600),
        default_calendar(),
        {},
        default_site(),
        CALM,
        {regime.code: regime for regime in BUILT_IN},
        "Lycée",
        TABLE_HASH,
    )
