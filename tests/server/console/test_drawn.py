"""Lines of the console are drawn once, and nobody misses one."""

from hypothesis import given
from hypothesis import strategies as st

from portique.server.console.drawn import Drawn, join

STEPS = st.lists(st.tuples(st.sampled_from(["add", "forget"]), st.integers(1, 5)), max_size=30)


def told(first: int, count: int) -> list[tuple[int, str]]:
    return [(number, f"<{number}>") for number in range(first, first + count)]


@given(STEPS, st.integers(0, 3))
def test_what_follows_a_cursor_that_is_held_is_there_without_a_gap(steps, began):
    """Whatever was added and forgotten: all lines after it, up to the last, in order."""
    drawn = Drawn.after(began)
    for at_s, (step, count) in enumerate(steps):
        if step == "add":
            drawn.add(drawn.last, told(drawn.last + 1, count), at_s)
        else:
            drawn.forget(at_s - count)

    for cursor in filter(drawn.holds, range(drawn.last + 2)):
        lines = told(cursor + 1, drawn.last - cursor)
        assert drawn.following(cursor) == join(lines, cursor)


def test_lines_that_do_not_continue_the_last_are_not_added():
    """Two who read the same lines add them once."""
    drawn = Drawn.after(7)
    drawn.add(7, told(8, 2), 0.0)
    drawn.add(7, told(8, 2), 0.0)

    assert (drawn.last, drawn.following(7).count) == (9, 2)


def test_nobody_is_given_lines_from_before_what_is_kept():
    """A page that was away for longer reads the database."""
    drawn = Drawn.after(0)
    drawn.add(0, told(1, 3), 0.0)
    drawn.add(3, told(4, 2), 20.0)
    drawn.forget(10.0)

    assert [drawn.holds(cursor) for cursor in (0, 2, 3, 5, 6)] == [False, False, True, True, False]
