"""Scripts for the film: an endless morning to show, and people one after another to count."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from portique.core.decide import Outcome, Reason
from portique.testing.film import Act, Expected, Hand, Manner

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from portique.testing.film_cast import Cast, Prop

GLARE_SHARE = 0.15
DIM_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class Demonstration:
    """An endless script: mostly good passes, and each kind of bad one once a round.

    Iterating starts anew each time, and gives the same acts.
    """

    cast: Cast
    seed: int = 0

    def __iter__(self) -> Iterator[Act]:
        """Play round after round, for ever."""
        number = 0
        while True:
            yield from one_round(self.cast, number, random.Random(self.seed + number))
            number += 1


def one_round(cast: Cast, number: int, draw: random.Random) -> Iterator[Act]:
    """Play one round: three good passes, something else, and so on.

    Args:
        cast: The media; each round uses its own, until they come again.
        number: The round, from 0.
        draw: Decides how things are held up.
    """
    per_round = max(1, len(cast.good) // max(1, len(cast.lent)))
    start = number * per_round
    good = (
        granted(cast.good[(start + i) % len(cast.good)], _manner(draw)) for i in range(per_round)
    )
    for exception in _exceptions(cast, number, draw):
        # Two good ones before each exception, as long as there are any.
        for _ in range(2 if draw.random() < 0.5 else 1):
            if (act := next(good, None)) is not None:
                yield act
        yield from exception
    yield from good


def _exceptions(cast: Cast, number: int, draw: random.Random) -> Iterator[list[Act]]:
    """Give the round's exceptions, each as the acts that make it."""
    refused: list[tuple[str, tuple[Prop, ...], Outcome, Reason]] = [
        ("forged", cast.forged, Outcome.REFUSE, Reason.BAD_SEAL),
        ("revoked", cast.revoked, Outcome.REFUSE, Reason.REVOKED),
        ("a screenshot", cast.screenshots, Outcome.REFUSE, Reason.PHONE_CODE_OLD),
        ("wrong hours", cast.wrong_hours, Outcome.REFER, Reason.OUTSIDE_OPENING),
        ("another school's", cast.other_school, Outcome.REFUSE, Reason.OTHER_SCHOOL),
        ("suspended", cast.suspended, Outcome.REFUSE, Reason.SUSPENDED),
        ("expired", cast.expired, Outcome.REFUSE, Reason.EXPIRED),
        ("not a pass", cast.strangers, Outcome.REFUSE, Reason.NOT_A_PASS),
    ]
    for title, props, outcome, reason in refused:
        if props:
            prop = props[number % len(props)]
            yield [shown(title, prop, _manner(draw), Expected(outcome, reason, prop.pass_id))]
        if title == "a screenshot" and cast.lent:
            yield lent(cast.lent[number % len(cast.lent)], draw)
        if title == "suspended" and cast.pairs:
            at = 2 * number % len(cast.pairs)
            yield [together(cast.pairs[at], cast.pairs[at + 1])]


def granted(prop: Prop, manner: Manner) -> Act:
    """Let somebody come with a good pass."""
    return shown("good", prop, manner, Expected(Outcome.GRANT, None, prop.pass_id))


def shown(title: str, prop: Prop, manner: Manner, expected: Expected) -> Act:
    """Let somebody hold up one thing."""
    return Act(f"{prop.surface}, {title}", (Hand(prop.code, prop.surface, manner),), (expected,))


def lent(prop: Prop, draw: random.Random) -> list[Act]:
    """Let somebody in, then somebody else with the same card, handed back over the fence."""
    again = Expected(Outcome.REFER, Reason.DOUBLE_USE, prop.pass_id)
    # The first showing ends two seconds after its card is gone; the second must be a new one.
    late = replace(shown("lent to a friend", prop, _manner(draw), again), pause_s=2.6)
    return [granted(prop, _manner(draw)), late]


def together(first: Prop, second: Prop) -> Act:
    """Let two people hold up their passes at once; the second stays and is decided alone."""
    left = Manner(module_px=3.6, x=0.25, held_s=1.4)
    right = Manner(module_px=3.6, x=0.75, held_s=3.4, from_left=False)
    return Act(
        "two at once",
        (Hand(first.code, first.surface, left), Hand(second.code, second.surface, right)),
        (Expected(Outcome.GRANT, None, second.pass_id),),
        possible=(Expected(Outcome.GRANT, None, first.pass_id),),
    )


def one_after_another(props: Sequence[Prop], *, seed: int = 0) -> list[Act]:
    """Let people come one after another with good passes: as many decisions as people."""
    draw = random.Random(seed)
    return [granted(prop, _manner(draw)) for prop in props]


def _manner(draw: random.Random) -> Manner:
    """Draw how something is held up: near or far, askew, in more or less light."""
    return Manner(
        module_px=draw.uniform(3.4, 6.0),
        x=draw.uniform(0.4, 0.6),
        y=draw.uniform(0.46, 0.56),
        rotation_deg=draw.uniform(-25, 25),
        tilt_deg=draw.uniform(0, 30),
        tilt_axis_deg=draw.uniform(0, 360),
        defocus_px=draw.uniform(0.4, 1.0),
        tremor_px=draw.uniform(1, 4),
        light=draw.uniform(0.35, 0.6) if draw.random() < DIM_SHARE else draw.uniform(0.8, 1.0),
        glare_modules=draw.uniform(2, 4) if draw.random() < GLARE_SHARE else 0.0,
        held_s=draw.uniform(1.3, 2.2),
        from_left=draw.random() < 0.5,
    )
