"""Showings: when a code is decided, held, latched and let go."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from portique.gate.showing import (
    CLAIMS_REMEMBERED_MAX,
    AimArea,
    Opened,
    SeenCode,
    Showings,
)

CENTRE = ((0.4, 0.4), (0.6, 0.4), (0.6, 0.6), (0.4, 0.6))


def code(text: str, quad=CENTRE) -> SeenCode:
    return SeenCode(text, quad)


def feed(showings: Showings, *frames: tuple[int, list[SeenCode]]) -> list[Opened]:
    return [opened for at_ms, codes in frames for opened in showings.step(codes, at_ms).opened]


def test_a_code_held_in_view_is_decided_once():
    """However many frames show it, a code in view is one showing."""
    frames = [(t, [code("A")]) for t in range(0, 20_000, 66)]

    opened = feed(Showings(), *frames)

    assert [o.text for o in opened] == ["A"]


def test_a_code_unread_for_less_than_two_seconds_is_the_same_showing():
    """A hand that shakes for 1.9 s does not present the pass twice."""
    opened = feed(Showings(), (0, [code("A")]), (1_900, [code("A")]), (3_800, [code("A")]))

    assert len(opened) == 1


def test_a_code_gone_for_two_seconds_and_back_is_a_new_showing():
    """After 2 s out of view the same code is presented again."""
    opened = feed(Showings(), (0, [code("A")]), (2_000, [code("A")]))

    assert [o.showing for o in opened] == [1, 2]


def test_two_codes_at_once_are_both_held():
    """Two people at once are asked to come one at a time; neither is decided."""
    step = Showings().step([code("A"), code("B")], 0)

    assert step.opened == ()
    assert step.crowded


def test_of_two_held_codes_the_one_that_stays_is_decided():
    """Once alone, the remaining code is decided."""
    opened = feed(Showings(), (0, [code("A"), code("B")]), (66, [code("B")]))

    assert [o.text for o in opened] == ["B"]


def test_a_second_code_beside_a_decided_one_is_decided_as_it_appears():
    """The next person need not wait until the one before has put the card away."""
    opened = feed(Showings(), (0, [code("A")]), (66, [code("A"), code("B")]))

    assert [o.text for o in opened] == ["A", "B"]


def test_a_code_outside_the_aim_area_is_silent():
    """The neighbour's lane and the poster on the wall are not showings."""
    showings = Showings(AimArea(left=0.7))

    assert feed(showings, (0, [code("A")])) == []


def test_a_code_below_the_smallest_size_is_silent():
    """A code on somebody's clothing, far away, is not presented."""
    far = ((0.5, 0.5), (0.57, 0.5), (0.57, 0.6), (0.5, 0.6))

    assert feed(Showings(), (0, [code("A", far)])) == []


def test_a_code_left_in_view_is_asked_to_be_taken_away():
    """After 30 s the holder is told to take the code away."""
    showings = Showings()
    steps = [showings.step([code("A")], t) for t in range(0, 31_000, 1_000)]

    assert [step.overstayed for step in steps].index(True) == 30


def test_each_line_of_a_reader_is_a_showing():
    """A scanner sends a line when somebody presents something: never silent."""
    showings = Showings()

    assert [showings.line("A", 0).showing, showings.line("A", 10).showing] == [1, 2]


def test_a_closed_showing_is_told_once():
    """The holder's screen learns that the medium has left."""
    showings = Showings()
    showings.step([code("A")], 0)

    assert showings.step([], 2_000).closed == (1,)
    assert showings.step([], 4_000).closed == ()


@given(st.lists(st.lists(st.sampled_from("ABC"), max_size=3), max_size=60))
def test_a_showing_is_never_doubled_while_its_code_is_in_view(frames):
    """Between two openings of one code lie at least two seconds without it."""
    showings = Showings()
    sightings: dict[str, list[int]] = {}
    for n, texts in enumerate(frames):
        at_ms = n * 500
        for text in set(texts):
            sightings.setdefault(text, []).append(at_ms)
        for opened in showings.step([code(t) for t in texts], at_ms).opened:
            since_decided = sightings.pop(f"decided {opened.text}", [])
            seen = sightings[opened.text]
            gaps = [b - a for a, b in pairwise(seen)]
            assert not since_decided or max(gaps) >= 2_000
            sightings[f"decided {opened.text}"] = [at_ms]
            sightings[opened.text] = [at_ms]


def test_a_lane_that_sees_many_texts_keeps_few():
    """However many different codes pass by, only the last few are remembered."""
    showings = Showings()

    for n in range(2 * CLAIMS_REMEMBERED_MAX):
        showings.line(f"text {n}", n)

    assert len(showings._claims) == CLAIMS_REMEMBERED_MAX
