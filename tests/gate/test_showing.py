"""Showings: when a code is decided, held, latched and let go."""

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from portique.core import passes, seal
from portique.core.values import Uai
from portique.gate.showing import (
    MARKS_REMEMBERED_MAX,
    AimArea,
    Opened,
    SeenCode,
    Showings,
)

VECTORS = json.loads(
    (Path(__file__).parents[1] / "vectors" / "pass" / "valid.json").read_text(encoding="utf-8")
)["vectors"]
CENTRE = ((0.4, 0.4), (0.6, 0.4), (0.6, 0.6), (0.4, 0.6))


def seen(text: str, quad=CENTRE) -> SeenCode:
    return SeenCode(text, quad)


def feed(showings: Showings, *frames: tuple[int, list[SeenCode]]) -> list[Opened]:
    return [opened for at_ms, codes in frames for opened in showings.step(codes, at_ms).opened]


def test_a_code_held_in_view_is_decided_once():
    """However many frames show it, a code in view is one showing."""
    frames = [(t, [seen("A")]) for t in range(0, 20_000, 66)]

    opened = feed(Showings(), *frames)

    assert [o.text for o in opened] == ["A"]


def test_a_code_unread_for_less_than_two_seconds_is_the_same_showing():
    """A hand that shakes for 1.9 s does not present the pass twice."""
    opened = feed(Showings(), (0, [seen("A")]), (1_900, [seen("A")]), (3_800, [seen("A")]))

    assert len(opened) == 1


def test_a_code_gone_for_two_seconds_and_back_is_a_new_showing():
    """After 2 s out of view the same code is presented again."""
    opened = feed(Showings(), (0, [seen("A")]), (2_000, [seen("A")]))

    assert [o.showing for o in opened] == [1, 2]


def test_two_codes_at_once_are_both_held():
    """Two people at once are asked to come one at a time; neither is decided."""
    step = Showings().step([seen("A"), seen("B")], 0)

    assert step.opened == ()
    assert step.crowded


def test_of_two_held_codes_the_one_that_stays_is_decided():
    """Once alone, the remaining code is decided."""
    opened = feed(Showings(), (0, [seen("A"), seen("B")]), (66, [seen("B")]))

    assert [o.text for o in opened] == ["B"]


def test_a_second_code_beside_a_decided_one_is_decided_as_it_appears():
    """The next person need not wait until the one before has put the card away."""
    opened = feed(Showings(), (0, [seen("A")]), (66, [seen("A"), seen("B")]))

    assert [o.text for o in opened] == ["A", "B"]


def test_a_code_outside_the_aim_area_is_silent():
    """The neighbour's lane and the poster on the wall are not showings."""
    showings = Showings(AimArea(left=0.7))

    assert feed(showings, (0, [seen("A")])) == []


def test_a_code_below_the_smallest_size_is_silent():
    """A code on somebody's clothing, far away, is not presented."""
    far = ((0.5, 0.5), (0.57, 0.5), (0.57, 0.6), (0.5, 0.6))

    assert feed(Showings(), (0, [seen("A", far)])) == []


def test_a_code_left_in_view_is_asked_to_be_taken_away():
    """After 30 s the holder is told to take the code away."""
    showings = Showings()
    steps = [showings.step([seen("A")], t) for t in range(0, 31_000, 1_000)]

    assert [step.overstayed for step in steps].index(True) == 30


def test_each_line_of_a_reader_is_a_showing():
    """A scanner sends a line when somebody presents something: never silent."""
    showings = Showings()

    assert [showings.line("A", 0).showing, showings.line("A", 10).showing] == [1, 2]


def test_a_closed_showing_is_told_once():
    """The holder's screen learns that the medium has left."""
    showings = Showings()
    showings.step([seen("A")], 0)

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
        for opened in showings.step([seen(t) for t in texts], at_ms).opened:
            since_decided = sightings.pop(f"decided {opened.text}", [])
            moments = sightings[opened.text]
            gaps = [b - a for a, b in pairwise(moments)]
            assert not since_decided or max(gaps) >= 2_000
            sightings[f"decided {opened.text}"] = [at_ms]
            sightings[opened.text] = [at_ms]


def test_a_lane_that_sees_many_texts_keeps_few():
    """However many different codes pass by, only the last few are remembered."""
    showings = Showings()

    for n in range(2 * MARKS_REMEMBERED_MAX):
        showings.line(f"text {n}", n)

    assert len(showings._marks) == MARKS_REMEMBERED_MAX


def test_a_forged_code_does_not_hide_the_pass_whose_id_it_borrows():
    """Shown just before, a forgery with somebody's id leaves that person's own pass decided."""
    genuine = next(v["text"] for v in VECTORS if v["medium"] == "paper")
    code = passes.parse(genuine)
    forged = passes.text_of(replace(code.sealed.signed, signature=bytes(64)))
    assert passes.parse(forged).pass_id == code.pass_id

    opened = feed(Showings(), (0, [seen(forged)]), (66, [seen(genuine)]))

    assert [o.text for o in opened] == [forged, genuine]


def test_a_phones_redraw_extends_its_showing():
    """A phone that draws a fresh code is still the same showing."""
    bound = next(v["text"] for v in VECTORS if v["medium"] == "phone")
    phone = seal.private_key(seal.Purpose.PHONE, bytes(40))
    signed = passes.parse(bound).sealed.signed
    drawn = [passes.phone_text(signed, phone, uai=Uai("0990001S"), seconds=n) for n in (15, 30)]

    opened = feed(Showings(), (0, [seen(drawn[0])]), (15_000, [seen(drawn[1])]))
    held = feed(Showings(), (0, [seen(drawn[0])]), (1_000, [seen(drawn[1])]))

    assert len(opened) == 2  # fifteen seconds apart with nothing in between: presented again
    assert len(held) == 1
