"""Random checks: the same chance for everybody, and no way around one once it is drawn."""

import random
from collections.abc import Callable, Iterator

import pytest

from portique.core.entries import Ruling
from portique.core.sentences import AdmitReason
from portique.core.values import HolderId
from portique.gate.spot_checks import SpotChecks, never
from portique.testing.lanes import Told, WorkingLane, open_lane

TO_CONFIRM = ["identity-to-confirm"]


@pytest.fixture
def opened(school, tmp_path) -> Iterator[Callable[..., WorkingLane]]:
    """Give a way to put a lane to work with the draws to come, and to start it again."""
    made: list[WorkingLane] = []

    def put_to_work(draws: list[bool]) -> WorkingLane:
        coming = iter(draws)
        clock = made[-1].clock if made else None
        if made:
            made[-1].close()
        working = open_lane(
            tmp_path / "journal.db",
            school,
            known=school.knowledge(),
            clock=clock,
            draws_check=lambda _told: next(coming),
        )
        made.append(working)
        return working

    yield put_to_work
    made[-1].close()


def reasons(judged) -> list[str]:
    return [str(reason) for reason in judged.decision.reasons]


@pytest.mark.parametrize(
    ("percent", "drawn", "checked"),
    [
        (0, bytes(8), False),
        (100, b"\xff" * 8, True),
        (25, bytes.fromhex("3fffffffffffffff"), True),
        (25, bytes.fromhex("4000000000000000"), False),
    ],
)
def test_the_share_is_exact_at_its_edges(percent, drawn, checked):
    """None at 0, all at 100, and at 25 one quarter of what may be drawn."""
    assert SpotChecks(percent, lambda _size: drawn).draw() is checked


def test_the_share_is_the_one_asked_for():
    """Over ten thousand showings, one in ten within a tenth."""
    checks = SpotChecks(10, random.Random(3).randbytes)

    assert 900 <= sum(checks.draw() for _ in range(10_000)) <= 1_100


def test_a_replay_draws_nobody():
    """The same pictures give the same decisions each time."""
    assert never() is False


def test_who_is_drawn_is_referred_for_a_look_at_the_card(school, opened):
    """A pass that is good in every way; the next one passes."""
    first, second = school.issue(), school.issue()
    working = opened([True, False])

    assert reasons(working.show(first.text)) == TO_CONFIRM
    assert working.show(second.text).granted


def test_chance_is_drawn_for_whatever_is_shown(school, opened):
    """One draw a showing, before anybody looks at whose it is."""
    held = school.issue()
    working = opened([False, True, False])
    working.show("no pass at all")

    assert reasons(working.show(held.text)) == TO_CONFIRM


def test_walking_away_escapes_no_check(school, opened):
    """Shown again, with another medium, even after a restart: still to be checked."""
    paper = school.issue()
    phone = school.issue(phone=True, holder=HolderId(paper.holder))
    working = opened([True, False])
    working.show(paper.text)
    again = working.show(phone.drawn(working.clock.now_ms()))
    restarted = opened([False])

    assert reasons(again) == TO_CONFIRM
    assert reasons(restarted.show(paper.text)) == TO_CONFIRM


def test_an_answered_check_is_over(school, opened):
    """The agent looked: the next showing is like anybody's."""
    held = school.issue()
    working = opened([True, False])
    working.show(held.text)
    [card] = working.board.snapshot().waiting
    working.lane.rule(card.showing, Ruling.ADMIT, AdmitReason.CHECKED, "loge")
    working.clock.advance(10 * 60_000)

    assert working.show(held.text).granted


@pytest.mark.parametrize(
    ("told", "drawn", "checked"),
    [
        (0, bytes(8), False),
        (1000, b"\xff" * 8, True),
        (250, bytes.fromhex("3fffffffffffffff"), True),
        (250, bytes.fromhex("4000000000000000"), False),
    ],
)
def test_the_schools_share_wins_over_the_configurations(told, drawn, checked):
    """Whatever the configuration says of this machine."""
    for configured in (0, 100):
        assert SpotChecks(configured, lambda _size: drawn).draw(told) is checked


@pytest.mark.parametrize(
    ("checks", "told"), [({"entry-1": 20}, 20), ({"exit-1": 20}, None), (None, None)]
)
def test_a_lane_draws_by_its_own_share(school, tmp_path, checks, told):
    """Never by another lane's; where the school says nothing, the configuration counts."""
    asked: list[int | None] = []

    def draw(share: int | None) -> bool:
        asked.append(share)
        return False

    held = school.issue()
    working = open_lane(
        tmp_path / "journal.db",
        school,
        known=school.knowledge(told=Told(checks=checks)),
        draws_check=draw,
    )
    working.show(held.text)
    working.close()

    assert asked == [told]
