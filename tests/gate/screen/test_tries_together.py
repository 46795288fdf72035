"""Tries sent at the same moment wait like tries sent one after another."""

from concurrent.futures import ThreadPoolExecutor

from portique.gate.screen.access import FREE_TRIES
from portique.gate.screen.preview import PIN

TOGETHER = 12
WRONG = "000000"


def test_wrong_pins_sent_together_are_counted_before_they_are_checked(visitor):
    """However many arrive at once, no more are tried than one after another."""
    visitor.get("/agent")
    wrong = {"alias": "loge", "pin": WRONG}
    with ThreadPoolExecutor(TOGETHER) as pool:
        answers = list(
            pool.map(lambda _: visitor.post("/agent/sign-in", wrong).status, range(TOGETHER))
        )

    assert answers.count(403) <= FREE_TRIES
    assert answers.count(403) + answers.count(429) == TOGETHER


def test_a_right_pin_after_that_is_not_locked_out_for_good(visitor, ticks):
    """The wait is bounded: the agent signs in once it is over."""
    visitor.get("/agent")
    for _ in range(FREE_TRIES + 1):
        visitor.post("/agent/sign-in", {"alias": "loge", "pin": WRONG})
    ticks.pass_s(61)

    assert visitor.post("/agent/sign-in", {"alias": "loge", "pin": PIN}).status == 200


def test_half_a_character_is_a_bad_request(visitor):
    """JSON can write half a character; the page's server says 400 and goes on."""
    visitor.get("/agent")
    half = {"alias": "loge", "pin": "\ud800"}

    assert visitor.post("/agent/sign-in", half).status == 400
    assert visitor.sign_in().status == 200
