"""From what the eyes report to showings and hints on the holder's screen."""

import pytest

from portique.core.zones import default_site
from portique.gate.board import Advice, Board
from portique.gate.capture.messages import Looked, ReadCode, Suspect
from portique.gate.showing import AimArea, Showings
from portique.gate.view import View, fractions

SIZE = (640, 480)
SQUARE = ((160.0, 120.0), (320.0, 120.0), (320.0, 240.0), (160.0, 240.0))


@pytest.fixture
def board() -> Board:
    return Board(default_site().lane("entry-1"))


@pytest.fixture
def view(board) -> View:
    return View(Showings(), board)


def look(*texts: str, suspects: tuple[Suspect, ...] = ()) -> Looked:
    return Looked(0, tuple(ReadCode(text, SQUARE, sharpened=False) for text in texts), suspects, 1)


def test_a_code_opens_a_showing_and_is_outlined(view, board):
    """The outline is in fractions of the frame, so that every screen can draw it."""
    step = view.step(look("A"), 0, SIZE)

    [aim] = board.holder().aims
    assert [opened.text for opened in step.opened] == ["A"]
    assert aim.quad == ((0.25, 0.25), (0.5, 0.25), (0.5, 0.5), (0.25, 0.5))
    assert board.holder().aspect == pytest.approx(4 / 3)


def test_corners_outside_the_frame_are_kept_within_it():
    """A code cut by the edge is drawn to the edge."""
    quad = ((-10.0, 0.0), (700.0, 0.0), (700.0, 500.0), (-10.0, 500.0))

    assert fractions(quad, SIZE) == ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


def test_a_code_that_resists_brings_its_own_advice(view, board):
    """What couldn't be read says what would help."""
    view.step(look(suspects=(Suspect(SQUARE, "closer"),)), 0, SIZE)

    [aim] = board.holder().aims
    assert aim.advice is Advice.CLOSER


def test_two_people_are_asked_to_come_one_at_a_time(view, board):
    """Neither is decided until one is alone."""
    step = view.step(look("A", "B"), 0, SIZE)

    assert step.opened == ()
    assert board.holder().advice is Advice.ONE_AT_A_TIME


def test_a_code_left_in_view_is_to_be_taken_away(view, board):
    """After thirty seconds the screen says so."""
    for at_ms in range(0, 31_000, 1_000):
        view.step(look("A"), at_ms, SIZE)

    assert board.holder().advice is Advice.TAKE_AWAY


def test_two_people_matter_more_than_a_code_left(view, board):
    """One piece of advice at a time: the one that lets the lane go on."""
    for at_ms in range(0, 31_000, 1_000):
        view.step(look("A"), at_ms, SIZE)
    view.step(look("A", "B", "C"), 31_000, SIZE)

    assert board.holder().advice is Advice.ONE_AT_A_TIME


def test_a_code_that_left_is_told_to_the_board(view, board, monkeypatch):
    """Two seconds after the last sight of it."""
    gone: list[int] = []
    monkeypatch.setattr(board, "gone", gone.append)
    [opened] = view.step(look("A"), 0, SIZE).opened
    view.step(look(), 2_000, SIZE)

    assert gone == [opened.showing]


def test_without_a_board_showings_open_all_the_same():
    """A replay needs no screen."""
    assert View(Showings()).step(look("A"), 0, SIZE).opened


def test_a_poster_outside_the_aim_area_is_not_outlined(board):
    """Nothing on the holder's screen waits for it to leave."""
    view = View(Showings(AimArea(left=0.6)), board)

    view.step(look("POSTER", suspects=(Suspect(SQUARE, "closer"),)), 0, SIZE)

    assert board.holder().aims == ()


def test_a_code_too_small_to_count_is_asked_to_come_closer(board):
    """It was read, and is not decided: its holder would wait for nothing."""
    view = View(Showings(AimArea(code_width_min=0.5)), board)

    step = view.step(look("A"), 0, SIZE)

    [aim] = board.holder().aims
    assert (step.opened, aim.advice) == ((), Advice.CLOSER)
